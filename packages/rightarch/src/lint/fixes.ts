import type { Diagnostic, Position } from '../core/index.ts';
import type { DockerfileView } from './documents/dockerfile.ts';
import type { Repository } from './repository.ts';

/** A stretch of a file and what takes its place; nothing between `from` and `to` is an insertion. Offsets of the text. */
export interface TextEdit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What `--fix` may do for a finding of a Dockerfile. */
export interface Fix {
  readonly diagnostic: Diagnostic;
  readonly edits: readonly TextEdit[];
}

/**
 * The edits that mend a finding and cannot make a wrong image of a right one; undefined where there are none, as where a
 * download for the other CPU may not exist. Formatting stays, and what is mended is found no more.
 */
export function fixer(view: DockerfileView, repository: Repository): (diagnostic: Diagnostic) => Fix | undefined {
  const offset = offsetsOf(view.dockerfile.text);
  return (diagnostic) => fixOf(diagnostic, view, { repository, offset });
}

function fixOf(
  diagnostic: Diagnostic,
  view: DockerfileView,
  { repository, offset }: { readonly repository: Repository; readonly offset: (position: Position) => number },
): Fix | undefined {
  const { at, code, args } = diagnostic;
  if (at.in !== 'file') return undefined;
  const { text } = view.dockerfile;
  const [from, to] = [offset(at.start), offset(at.end)];
  const edits = (...all: readonly (TextEdit | undefined)[]): Fix | undefined =>
    all.every((one) => one !== undefined) ? { diagnostic, edits: all } : undefined;
  switch (code) {
    case 'dockerfile/final-stage-on-builder':
      return edits(withoutFlag(text, from, to));
    case 'dockerfile/platform-pinned': {
      // Without the pin it is whatever the build says: so each that is seen must say it.
      const { builds } = repository;
      const said = builds.every(({ platforms, unseen, trial }) => platforms.length > 0 || unseen || trial);
      return builds.length > 0 && said ? edits(withoutFlag(text, from, to)) : undefined;
    }
    case 'dockerfile/base-digest-of-one-platform': {
      // The index has the very manifest that is pinned: what is built today stays as it is, to the byte.
      const { instead, isNewer, reference } = args;
      const isWritten = text.slice(from, to) === reference;
      return typeof instead === 'string' && isNewer === false && isWritten
        ? edits({ from, to, text: instead })
        : undefined;
    }
    case 'dockerfile/neutral-stage-emulated':
      // It is told of what no CPU runs alone, and what builds it there is the same that builds it for the first platform.
      // `--platform=$TARGETPLATFORM` says the same as nothing.
      return /--platform\S*\s+$/.test(text.slice(0, from))
        ? undefined
        : edits({ from, to: from, text: '--platform=$BUILDPLATFORM ' });
    case 'dockerfile/target-argument-default':
      return edits({ from: from + String(args['name']).length, to, text: '' });
    case 'dockerfile/target-argument-undeclared':
      return edits(argBehindFrom(view, at.start, String(args['name']), offset));
    case 'dockerfile/architecture-hard-coded': {
      if (args['what'] !== 'go') return undefined;
      const token = String(args['token']);
      const within = text.slice(from, to);
      const assigned = within.search(new RegExp(`(?<![A-Za-z0-9_])GOARCH=${token}(?![A-Za-z0-9_])`));
      const place = within === token ? from : assigned < 0 ? -1 : from + assigned + 'GOARCH='.length;
      if (place < 0) return undefined;
      const arg = argBehindFrom(view, at.start, 'TARGETARCH', offset);
      const value = { from: place, to: place + token.length, text: '$TARGETARCH' };
      return declares(view, at.start, 'TARGETARCH') ? edits(value) : edits(arg, value);
    }
    default:
      return undefined;
  }
}

/** Of the script that an image starts: what the kernel and the interpreter take for a part of a name. */
export function scriptFix(
  diagnostic: Diagnostic,
  read: (path: string) => string | undefined,
): (Fix & { readonly file: string }) | undefined {
  const { code, args } = diagnostic;
  if (code !== 'dockerfile/entry-script-broken') return undefined;
  const file = String(args['script']);
  const text = read(file) ?? '';
  const { fault } = args;
  const mended =
    fault === 'carriage-return'
      ? text.replaceAll('\r\n', '\n')
      : fault === 'byte-order-mark'
        ? text.replace(/^\ufeff(?=#!)/, '')
        : text;
  return mended === text ? undefined : { diagnostic, file, edits: [{ from: 0, to: text.length, text: mended }] };
}

export interface Mended {
  readonly text: string;
  /** Those whose edits were all made: of two that touch the same place the first is. */
  readonly done: readonly Fix[];
  /** The change as `diff -u` writes its hunks, three lines around each place. */
  readonly hunks: readonly string[];
}

/** Makes the edits of these fixes, each once. */
export function applyFixes(text: string, fixes: readonly Fix[]): Mended {
  const taken: TextEdit[] = [];
  const done: Fix[] = [];
  for (const fix of fixes) {
    const fresh = fix.edits.filter((edit) => !taken.some((one) => isSame(one, edit)));
    if (fresh.some((edit) => taken.some((one) => edit.from < one.to && one.from < edit.to))) continue;
    taken.push(...fresh);
    done.push(fix);
  }
  return { ...applyEdits(text, taken), done };
}

/** Makes edits of which no two touch the same place. Insertions at one place stay in their order. */
export function applyEdits(text: string, all: readonly TextEdit[]): Omit<Mended, 'done'> {
  const edits = all
    .map((edit, i) => ({ edit, i }))
    .sort((a, b) => a.edit.from - b.edit.from || a.i - b.i)
    .map(({ edit }) => edit);
  return { text: edited(text, 0, text.length, edits), hunks: hunksOf(text, edits) };
}

function edited(text: string, from: number, to: number, edits: readonly TextEdit[]): string {
  let at = from;
  let result = '';
  for (const edit of edits) {
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at, to);
}

/** Lines of context in a hunk; places nearer than twice as many share one. */
const CONTEXT = 3;

function hunksOf(text: string, edits: readonly TextEdit[]): readonly string[] {
  const starts = lineStarts(text);
  const lineAt = (offset: number): number => starts.findLastIndex((start) => start <= offset);
  const groups: { first: number; last: number; edits: TextEdit[] }[] = [];
  for (const edit of edits) {
    const [first, last] = [lineAt(edit.from), lineAt(edit.to)];
    const before = groups.at(-1);
    if (before !== undefined && first - before.last <= 2 * CONTEXT) {
      before.last = Math.max(before.last, last);
      before.edits.push(edit);
    } else groups.push({ first, last, edits: [edit] });
  }
  let shift = 0;
  return groups.map((group) => {
    const first = Math.max(0, group.first - CONTEXT);
    const last = Math.min(starts.length - 1, group.last + CONTEXT);
    const [from, to] = [starts[first]!, starts[last + 1] ?? text.length];
    const old = linesIn(text.slice(from, to));
    const fresh = linesIn(edited(text, from, to, group.edits));
    const [body, removed, added] = compared(old, fresh);
    const head = `@@ -${first + 1},${old.length} +${first + 1 + shift},${fresh.length} @@`;
    shift += added - removed;
    return [head, ...body].join('\n');
  });
}

/** Both sides line by line: what they have in common stands once.  */
function compared(old: readonly string[], fresh: readonly string[]): readonly [string[], number, number] {
  const body: string[] = [];
  let [i, j, removed, added] = [0, 0, 0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && old[i] === fresh[j]) {
      body.push(` ${old[i++]}`);
      j++;
      continue;
    }
    const nextNew = fresh.indexOf(old[i] ?? '\0', j);
    if (i < old.length && nextNew < 0) {
      body.push(`-${old[i++]}`);
      removed++;
    } else {
      body.push(`+${fresh[j++]}`);
      added++;
    }
  }
  return [body, removed, added];
}

const linesIn = (text: string): string[] => {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

const isSame = (one: TextEdit, other: TextEdit): boolean =>
  one.from === other.from && one.to === other.to && one.text === other.text;

function withoutFlag(text: string, from: number, to: number): TextEdit {
  let end = to;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return { from, to: end, text: '' };
}

/** Behind the FROM of the stage that a line belongs to. */
function argBehindFrom(
  view: DockerfileView,
  at: Position,
  name: string,
  offset: (position: Position) => number,
): TextEdit | undefined {
  const stage = stageAt(view, at);
  if (stage === undefined) return undefined;
  const from = offset(stage.node.stage.from.span.end);
  const feed = view.dockerfile.text.includes('\r\n') ? '\r\n' : '\n';
  return { from, to: from, text: `${feed}ARG ${name}` };
}

const stageAt = (view: DockerfileView, at: Position) =>
  view.stages.findLast(({ node }) => node.stage.from.span.start.line <= at.line);

const declares = (view: DockerfileView, at: Position, name: string): boolean =>
  stageAt(view, at)?.steps.some(
    ({ written }) =>
      written.keyword === 'ARG' &&
      written.span.start.line < at.line &&
      written.args.some((one) => one.name.text === name),
  ) === true;

/** Offsets of positions. Lines end at line feeds only, as everywhere in a Dockerfile. */
export function offsetsOf(text: string): (position: Position) => number {
  const starts = lineStarts(text);
  return ({ line, column }) => (starts[line - 1] ?? text.length) + column - 1;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}
