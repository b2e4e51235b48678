import type { Platform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { type Misnamed, misnamedFor, misnamedPath, misnamedUrl } from '../../cpu-names.ts';
import { stepsOf } from '../../documents/dockerfile.ts';
import type { RunCommand } from '../../documents/evaluated.ts';
import { type PlatformStep, stepsFor } from '../../documents/for-platform.ts';
import { shownText } from '../../documents/shell.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf, type WantedPlatform } from '../../wanted.ts';

interface Found extends Misnamed {
  readonly text: string;
  readonly keyword: string;
  readonly span: Span;
}

/**
 * BuildKit says `amd64`, the kernel `x86_64`, Node `x64`: one of these words where another one is meant. Nothing of that
 * name exists, on the platforms whose words differ.
 */
export const cpuNameUnknown: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    const all = new Map<string, { readonly found: Found; readonly breaks: WantedPlatform[] }>();
    for (const wanted of breaksOn(context, stage, () => false))
      for (const step of stepsFor(view, wanted.platform).get(stage.node.stage.index) ?? [])
        for (const found of misnamedIn(step, wanted.platform)) {
          const { line, column } = found.span.start;
          const before = all.get(`${line}:${column}`) ?? { found, breaks: [] };
          all.set(`${line}:${column}`, before);
          if (!before.breaks.includes(wanted)) before.breaks.push(wanted);
        }
    for (const { found, breaks } of all.values()) {
      const { namer, word, expected, words, text, span, keyword } = found;
      const isDeclared = stepsOf(view, stage).some(
        ({ written }) => written.keyword === 'ARG' && written.args.some(({ name }) => name.text === 'TARGETARCH'),
      );
      const args = {
        namer: typeof namer === 'string' ? namer : ('project' as const),
        project: typeof namer === 'string' ? undefined : namer.project,
        word,
        expected,
        words,
        keyword,
        isDeclared,
        text: shownText(text),
        platforms: namesOf(breaks),
      };
      yield {
        diagnostic: diagnostic('dockerfile/cpu-name-unknown', args, inFile(view.file, span), {
          severity: severityOf(breaks),
        }),
      };
    }
  }
};

function* misnamedIn({ written, instruction, run }: PlatformStep, platform: Platform): Iterable<Found> {
  // What is written out is the same for all, and told by the rule for that.
  const told = (
    found: Misnamed | undefined,
    text: string,
    source: { written: string; span: () => Span },
  ): readonly Found[] =>
    found === undefined || source.written.includes(found.word)
      ? []
      : [{ ...found, text, keyword: instruction.keyword, span: source.span() }];
  if (instruction.keyword === 'ENV' && written.keyword === 'ENV')
    for (const [i, { value }] of instruction.pairs.entries())
      yield* told(misnamedPath(value.text, platform), value.text, of(written.pairs[i]!.value));
  if (instruction.keyword === 'COPY' && written.keyword === 'COPY')
    for (const [i, { text }] of instruction.sources.entries())
      yield* told(misnamedPath(text, platform), text, of(written.sources[i]!));
  if (instruction.keyword === 'ADD' && written.keyword === 'ADD')
    for (const [i, { text }] of instruction.sources.entries())
      yield* told(misnamedUrl(text, platform), text, of(written.sources[i]!));
  for (const command of run?.commands ?? []) {
    if (command.isCaught) continue;
    const at = (from: number, to: number) => () => run!.span(from, to);
    const go = command.assigned.get('GOARCH');
    if (go !== undefined && command.words[0]?.text === 'go')
      yield* told(misnamedFor('go', go, platform), `GOARCH=${go}`, { written: '', span: at(command.from, command.to) });
    for (const [i, word] of command.words.entries())
      yield* told(misnamedAt(command, i, platform), word.text, { written: word.written, span: at(word.from, word.to) });
  }
}

const of = (word: { readonly text: string; readonly span: Span }) => ({ written: word.text, span: () => word.span });

function misnamedAt({ words }: RunCommand, index: number, platform: Platform): Misnamed | undefined {
  const [name = ''] = words.map(({ text }) => text);
  const { text } = words[index]!;
  const flag = /^(-[\w-]+)=(.*)$/.exec(text);
  const [option, value] = flag === null ? [words[index - 1]?.text ?? '', text] : [flag[1]!, flag[2]!];
  const target = /^(\w+)-unknown-linux-(?:gnu|musl)$/.exec(value)?.[1];
  if (
    target !== undefined &&
    ((name === 'cargo' && option === '--target') || (name === 'rustup' && words[1]?.text === 'target'))
  )
    return misnamedFor('rust', target, platform);
  const rid = /^linux(?:-musl)?-(\w+)$/.exec(value)?.[1];
  if (name === 'dotnet' && rid !== undefined && /^(?:-r|--runtime)$/.test(option))
    return misnamedFor('dotnet', rid, platform);
  if (/^(?:npm|pnpm)$/.test(name) && option === '--cpu') return misnamedFor('npm', value, platform);
  if (/^(?:echo|printf|add-apt-repository)$/.test(name)) {
    const source = /^\s*deb(?:-src)?\s+\[[^\]]*\barch=(\w+)[\s\]]/.exec(text)?.[1];
    return source === undefined ? undefined : misnamedFor('apt', source, platform);
  }
  if (/^(?:curl|wget|aria2c)$/.test(name)) return misnamedUrl(text, platform);
  return /^(?:rm|mkdir|install|test|\[|export)$/.test(name) ? undefined : misnamedPath(text, platform);
}
