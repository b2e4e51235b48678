import { child, entriesOf, itemsOf, readTrees, type Tree, type Trees } from '../../definition/index.ts';
import { jobsOf } from './workflow.ts';

/** A piece of shell in a file. What another language puts in is one character that no script has in a word. */
export interface Script {
  readonly text: string;
  /** The offset in the file of an offset in the text. */
  readonly source: (offset: number) => number;
}

/** More than any file has; what is beyond is not looked at. */
const MOST = 500;

/** Whether CodeBuild runs a file, by its usual name. */
export const isBuildspec = (path: string): boolean => /buildspec[\w-]*\.ya?ml$/.test(path);

/** The shell in a file, by its kind; none where the file is of none that has any. */
export function scriptsIn(path: string, text: string, read: (text: string) => Trees = readTrees): readonly Script[] {
  if (/\.(ba)?sh$/.test(path)) return [{ text, source: (offset) => offset }];
  if (/(^|\/)Makefile$|\.mk$/i.test(path)) return recipes(text, /^\t/);
  if (/(^|\/)Justfile$/i.test(path)) return recipes(text, /^[ \t]+(?=\S)/);
  if (/(^|\/)Procfile$/.test(path)) return processes(text);
  if (/(^|\/)Taskfile\.ya?ml$/i.test(path))
    return read(text).roots.flatMap((root) =>
      entriesOf(child(root, 'tasks')).flatMap(([, task]) => commands(child(task, 'cmds') ?? task, text)),
    );
  if (/(^|\/)package\.json$/.test(path))
    return read(text).roots.flatMap((root) =>
      entriesOf(child(root, 'scripts')).flatMap(([, one]) => scalar(one, text)),
    );
  if (isBuildspec(path))
    return read(text).roots.flatMap((root) =>
      entriesOf(child(root, 'phases')).flatMap(([, phase]) => commands(child(phase, 'commands'), text)),
    );
  if (/gitlab-ci\.ya?ml$/.test(path))
    return read(text).roots.flatMap((root) =>
      entriesOf(root).flatMap(([, job]) =>
        ['before_script', 'script', 'after_script'].flatMap((key) => commands(child(job, key), text)),
      ),
    );
  if (/(^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(^|\/)action\.ya?ml$/.test(path))
    return read(text).roots.flatMap((root) =>
      jobsOf(root).flatMap(([, job]) => {
        const steps = itemsOf(child(job, 'steps')).flatMap((step) => child(step, 'run') ?? shellInput(step) ?? []);
        return together(steps.slice(0, MOST).flatMap((one) => scalar(one, text)));
      }),
    );
  return [];
}

/** The input of an action that runs it as shell on the same machine: azure/cli, azure/powershell, run-on-arch-action. */
const shellInput = (step: Tree): Tree | undefined =>
  child(child(step, 'with'), 'inlineScript') ?? child(child(step, 'with'), 'run');

/** Commands that run one after another are one script; Taskfile has some of them under `cmd`. */
const commands = (list: Tree | undefined, text: string): readonly Script[] =>
  together(
    (list?.kind === 'list' ? list.items : list === undefined ? [] : [list])
      .slice(0, MOST)
      .flatMap((one) => scalar(child(one, 'cmd') ?? one, text)),
  );

function together(scripts: readonly Script[]): readonly Script[] {
  if (scripts.length === 0) return [];
  const starts: number[] = [];
  let text = '';
  for (const one of scripts) {
    starts.push(text.length);
    text += `${one.text}\n`;
  }
  const source = (offset: number): number => {
    const i = starts.findLastIndex((start) => start <= offset);
    return scripts[i]!.source(offset - starts[i]!);
  };
  return [{ text, source }];
}

/** A text of a document, with the place of each of its characters where it stands there as it is. */
function scalar(tree: Tree, file: string): readonly Script[] {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return [];
  const { offset, value, block } = { ...tree, value: tree.value };
  // An expression of the CI, or of Taskfile, is put in before the shell sees it.
  const text = value.replace(/\$?\{\{.*?\}\}/gs, (found) => '\u0000'.repeat(found.length));
  if (block === undefined) {
    const at = /["']/.test(file[offset] ?? '') ? offset + 1 : offset;
    const isThere = file.startsWith(value, at);
    return [{ text, source: (inner) => (isThere ? at + inner : offset) }];
  }
  // Below its mark each line has lost what it is indented by.
  const begin = file.indexOf('\n', offset) + 1;
  const indent = /^(?:[ \t]*\r?\n)*( *)/.exec(file.slice(begin, begin + 2_000))?.[1]?.length ?? 0;
  const lines = value.split('\n');
  const starts: (readonly [number, number])[] = [];
  let inner = 0;
  let outer = begin;
  for (const line of lines) {
    starts.push([inner, outer + (line === '' ? 0 : indent)]);
    inner += line.length + 1;
    const next = file.indexOf('\n', outer);
    outer = next < 0 ? file.length : next + 1;
  }
  // A folded text has other lines than the file.
  if (block === 'folded') return [{ text, source: () => offset }];
  const source = (at: number): number => {
    const [from, to] = starts[starts.findLastIndex(([start]) => start <= at)] ?? [0, begin];
    return to + at - from;
  };
  return [{ text, source }];
}

/** `web: node server.js`: each line a script. */
function processes(text: string): readonly Script[] {
  return [...text.matchAll(/^([\w-]+:[ \t]*)(.+)$/gm)].slice(0, MOST).map(({ 1: name = '', 2: line = '', index }) => ({
    text: line,
    source: (offset) => index + name.length + offset,
  }));
}

/** The recipes of a Makefile or Justfile, each target's as one script: its lines run one after another. */
function recipes(text: string, indent: RegExp): readonly Script[] {
  const found: Script[] = [];
  let lines: { readonly text: string; readonly at: number }[] = [];
  const end = (): void => {
    const own = lines;
    lines = [];
    if (own.length === 0 || found.length >= MOST) return;
    found.push(...together(own.map(({ text: line, at }) => ({ text: line, source: (offset: number) => at + offset }))));
  };
  let at = 0;
  let isContinued = false;
  for (const line of text.split('\n')) {
    const isRecipe: boolean = indent.test(line) || isContinued;
    if (isRecipe && (lines.length > 0 || indent.test(line))) {
      const mark = isContinued ? 0 : (/^[ \t]*[@+-]*/.exec(line)?.[0].length ?? 0);
      // `$(NAME)` is a variable of make, and `$$` the shell's sign: both keep their length.
      const shell = line
        .slice(mark)
        .replace(/\$\$/g, '\u0000\u0000')
        .replace(/\$\([^()\n]*\)|\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}/g, (whole) => '\u0000'.repeat(whole.length));
      lines.push({ text: shell, at: at + mark });
    } else if (line.trim() !== '' && !line.startsWith('#')) end();
    isContinued = isRecipe && line.trimEnd().endsWith('\\');
    at += line.length + 1;
  }
  end();
  return found;
}
