import { posix } from 'node:path';
import type { Arguments, Span, Word } from '../../../dockerfile/index.ts';
import type { NotExpanded } from '../../../messages/codes/dockerfile-choice.ts';
import { diagnostic } from '../../../messages/index.ts';
import { copiedTo } from '../../context-files.ts';
import { automaticNames, type StageView, type StepView, stepsOf, wholeText } from '../../documents/dockerfile.ts';
import { type DockerfileRule, inFile } from '../../rule.ts';

/** One of BuildKit's own variables, as it is written. */
const NAMED = new RegExp(`\\$(?:(${automaticNames.join('|')})(?!\\w)|\\{(${automaticNames.join('|')})(?=[}:#%/+?-]))`);

interface Kept {
  readonly name: string;
  readonly how: NotExpanded;
  readonly keyword: string;
  readonly span: Span;
}

/**
 * `$TARGETARCH` where BuildKit fills nothing in: in the words of RUN, CMD, ENTRYPOINT and HEALTHCHECK, and in single quotes
 * (moby/buildkit 73ed682, read 2026-11-29: CMD, ENTRYPOINT, HEALTHCHECK, ONBUILD and SHELL have no `Expand` in
 * frontend/dockerfile/instructions/commands.go, and that of RUN is for its mounts; `dispatch` of dockerfile2llb/convert.go
 * calls it for the others, and EXPOSE does so in convert_expose.go). Of a heredoc that COPY or ADD writes, the body is filled in
 * unless its delimiter is quoted (`ExpandRaw` there, `Expand` of heredocFromMatch in parser.go).
 */
export const targetArgumentNotExpanded: DockerfileRule = function* (view) {
  for (const stage of view.stages) {
    const kept = stage.steps.flatMap((step) => [...inStep(step), ...inHeredocs(step, () => stepsOf(view, stage))]);
    const started = stage.isFinal ? startedIn(stage, stepsOf(view, stage)) : [];
    const told = new Set<Span>();
    for (const { name, how, keyword, span } of [...kept, ...started]) {
      if (told.has(span)) continue;
      told.add(span);
      const args = { name, how, keyword };
      yield { diagnostic: diagnostic('dockerfile/target-argument-not-expanded', args, inFile(view.file, span)) };
    }
  }
};

const nameIn = (text: string): string | undefined => NAMED.exec(text)?.slice(1).find(Boolean);

function inStep({ instruction, script }: StepView): readonly Kept[] {
  const { keyword } = instruction;
  const texts = [instruction.original, ...instruction.heredocs.map(({ body }) => body)];
  const quoted = (name: string): NotExpanded =>
    texts.some((text) => new RegExp(`\\\\\\$\\{?${name}\\b`).test(text)) ? 'escaped' : 'quoted';
  const literal = ({ text, span }: Word, how?: NotExpanded): readonly Kept[] => {
    const name = nameIn(text);
    return name === undefined ? [] : [{ name, how: how ?? quoted(name), keyword, span }];
  };
  // Filled in by now: what is left stood in single quotes, or behind a backslash.
  if (instruction.keyword === 'COPY' || instruction.keyword === 'ADD')
    return instruction.sources.flatMap((one) => literal(one));
  if (instruction.keyword !== 'RUN') return [];
  const { command } = instruction;
  if (command.form === 'json') return startsShell(command) ? [] : command.words.flatMap((one) => literal(one, 'exec'));
  return (script?.commands ?? []).flatMap(({ words }) =>
    /^(?:curl|wget|aria2c)$/.test(words[0]?.text ?? '')
      ? words.flatMap(({ text, from, to }) => {
          const name = text.includes('://') ? nameIn(text) : undefined;
          return name === undefined ? [] : [{ name, how: quoted(name), keyword, span: script!.span(from, to) }];
        })
      : [],
  );
}

/** Files that are read as they are: what a script or a template says, somebody fills in. */
const PLAIN = /\.(?:conf|cfg|ini|toml|json|ya?ml|xml|properties|list|sources|repo)$/;

/** Few heredocs get so far that the steps of their stage are asked for. */
function inHeredocs({ instruction, written }: StepView, steps: () => readonly StepView[]): readonly Kept[] {
  if (written.keyword !== 'COPY' && written.keyword !== 'ADD') return [];
  const to = written.destination.text;
  return written.heredocs.flatMap(({ name: file, expand, body, span }) => {
    const name = expand ? undefined : nameIn(body);
    const path = to.endsWith('/') ? `${to}${file}` : to;
    if (name === undefined || !PLAIN.test(path)) return [];
    if (mayFill(steps(), { name, path })) return [];
    const line = span.start.line + body.slice(0, NAMED.exec(body)!.index).split('\n').length - 1;
    const at = { start: { line, column: 1 }, end: { line: line + 1, column: 1 } };
    return [{ name, how: 'heredoc' as const, keyword: instruction.keyword, span: at }];
  });
}

/** A command that names the file, or fills such files in, may do so here; and with ENV or its own script, when it starts. */
function mayFill(
  steps: readonly StepView[],
  { name, path }: { readonly name: string; readonly path: string },
): boolean {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const all = steps.map(({ written }) => written);
  return all.some((one) => {
    if (one.keyword === 'ENV') return one.pairs.some(({ key }) => key.text === name);
    if (one.keyword === 'ENTRYPOINT' || one.keyword === 'CMD') {
      const started =
        one.command.form === 'json' ? one.command.words.map(({ text }) => text) : one.command.text.split(/\s+/);
      const isSaid = started.some((word) => word.includes('envsubst') || word.includes(base));
      return isSaid || started.some((word) => word.includes('/') && copiedTo(posix.resolve('/', word), all).length > 0);
    }
    return one.keyword === 'RUN' && (wholeText(one).includes('envsubst') || wholeText(one).includes(base));
  });
}

/** What the container is started with, and asked after: the last of each counts. */
function startedIn({ node }: StageView, steps: readonly StepView[]): readonly Kept[] {
  const last = new Map<string, Kept | undefined>();
  const set = new Set(
    steps.flatMap(({ written }) => (written.keyword === 'ENV' ? written.pairs.map(({ key }) => key.text) : [])),
  );
  for (const { written } of steps) {
    const { keyword } = written;
    // `HEALTHCHECK NONE` takes back what was said before.
    if (keyword === 'ENTRYPOINT' || keyword === 'CMD' || keyword === 'HEALTHCHECK')
      last.set(keyword, written.command && keptIn(written.command, { keyword, set, at: written.span }));
    // Another ENTRYPOINT takes the CMD of a stage below it away; that of this stage stays.
    if (keyword === 'ENTRYPOINT' && !node.stage.instructions.some((one) => one.keyword === 'CMD')) last.delete('CMD');
  }
  return [...last.values()].flatMap((one) => one ?? []);
}

function keptIn(
  command: Arguments,
  { keyword, set, at }: { readonly keyword: string; readonly set: ReadonlySet<string>; readonly at: Span },
): Kept | undefined {
  if (command.form === 'json' && !startsShell(command)) {
    const word = command.words.find(({ text }) => nameIn(text) !== undefined);
    return word === undefined ? undefined : { name: nameIn(word.text)!, how: 'exec', keyword, span: word.span };
  }
  const text = command.form === 'json' ? command.words.map((word) => word.text).join(' ') : command.text;
  const name = nameIn(text);
  // Told to the container by ENV, or given another value where there is none.
  if (name === undefined || set.has(name) || new RegExp(`\\{${name}:?[-?+]`).test(text)) return undefined;
  return /^\s*echo\b/.test(text) ? undefined : { name, how: 'at-start', keyword, span: at };
}

/** `["sh", "-c", "…"]`: a shell fills in what its environment has. */
const startsShell = ({ words }: Extract<Arguments, { form: 'json' }>): boolean =>
  words.some(({ text }) => /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z)?sh$/.test(text)) &&
  words.some(({ text }) => /^-[a-z]*c$/.test(text));
