import { type Diagnostic, formatPlatform, type Location, shortDigest } from '../core/index.ts';
import { dockerfileBaseCodes } from '../messages/codes/dockerfile-bases.ts';
import { dockerfileChoiceCodes } from '../messages/codes/dockerfile-choice.ts';
import { dockerfileCpuCodes } from '../messages/codes/dockerfile-cpu.ts';
import { lockfileCodes } from '../messages/codes/lockfile.ts';
import { repositoryCodes } from '../messages/codes/repository.ts';
import { workflowCodes } from '../messages/codes/workflow.ts';
import { inWords, type Language, printable, reasons, remarkText } from '../messages/index.ts';
import { reportPhrases, reportTexts } from '../messages/phrases/report.ts';
import { ink, type Page } from './page.ts';
import { displayWidth } from './table.ts';

/** Gives the text of a file for an excerpt; undefined where it cannot be had. */
export type ReadSource = (file: string) => string | undefined;

const INK = { error: 'red', warning: 'yellow', note: 'cyan' } as const;

/** One diagnostic as lines for people: what, where with the line itself, why, what to do, where to read on. */
export function renderDiagnostic(page: Page, diagnostic: Diagnostic, readSource?: ReadSource): string {
  const { message, fix, docs } = inWords(diagnostic, page.language, page.program);
  const word = reportPhrases[diagnostic.severity][page.language];
  const lines = [
    `${ink(page, INK[diagnostic.severity], `${word}[${diagnostic.code}]`)}: ${ink(page, 'bold', message)}`,
  ];
  lines.push(`  ${ink(page, 'dim', '-->')} ${renderLocation(diagnostic.at, page.language)}`);
  const excerpt = renderExcerpt(page, diagnostic.at, readSource);
  if (excerpt !== undefined) lines.push(excerpt);
  const label = (name: keyof typeof reportPhrases) => ink(page, 'dim', `${reportPhrases[name][page.language]}:`);
  for (const related of diagnostic.related) {
    lines.push(
      `  ${label('note')} ${printable(remarkText(related.note, page.language))} (${renderLocation(related.at, page.language)})`,
    );
  }
  for (const cause of reasons(diagnostic, page.language)) {
    for (const line of cause.split('\n')) lines.push(`  ${label('because')} ${printable(line)}`);
  }
  if (fix !== '') lines.push(`  ${label('fix')} ${fix}`);
  const silencer = silencerOf(diagnostic);
  if (silencer !== undefined) lines.push(`  ${label('onPurpose')} ${silencer}`);
  lines.push(`  ${label('docs')} ${docs}`);
  return lines.join('\n');
}

/** Findings that a person may know better: files that are foreign on purpose. */
const SETTLED_BY_WORD = new Set([
  'proof/unexplained-machine-code',
  'proof/wrong-cpu-module',
  'proof/wrong-cpu-command',
  'proof/optional-module',
]);

/** What a runtime says because of a finding of the image: it goes with that one. */
const FOLLOWS = new Set(['target/image-refuted', 'target/image-undecided', 'target/emulation-hides']);

/** What a fact is answered for with stands in its fix: `assume:` says more than a line that hides it. */
const ANSWERED_BY_NAME = new Set(['target/fact-unknown', 'target/fact-partial']);

/** Findings of `check`, which a comment on the line before can answer for. */
const FOUND_BY_CHECK: ReadonlySet<string> = new Set(
  [dockerfileBaseCodes, dockerfileChoiceCodes, dockerfileCpuCodes, repositoryCodes, workflowCodes].flatMap(Object.keys),
);

/** No comment lasts in a file that a program writes. */
const IN_LOCKFILES: ReadonlySet<string> = new Set(Object.keys(lockfileCodes));

/** A comment as the language of a file has it. JSON has none. */
function commentIn(file: string, text: string): string {
  return /\.(?:[cm]?[jt]sx?|bicep)$|(?:^|\/)Jenkinsfile$/.test(file) ? `// ${text}` : `# ${text}`;
}

/** What would silence this very finding: a comment before it, its line in rightarch.yaml, for machine code `--foreign`. */
export function silencerOf({ code, severity, at, args }: Diagnostic): string | undefined {
  const isComment = at.in === 'file' && FOUND_BY_CHECK.has(code);
  if (isComment && !at.file.endsWith('.json')) return `\`${commentIn(at.file, `rightarch-ignore ${code}: …`)}\``;
  if (at.in === 'file' && (isComment || IN_LOCKFILES.has(code)))
    return `\`ignore: [{ code: ${code}, paths: ${JSON.stringify(printable(at.file))}, reason: … }]\``;
  if (at.in !== 'image' || severity === 'note' || FOLLOWS.has(code) || ANSWERED_BY_NAME.has(code)) return undefined;
  if (!/^(proof|target)\//.test(code)) return undefined;
  const many = Number(args['files'] ?? 1) > 1;
  const path = at.path && printable(many ? `${at.path.slice(0, at.path.lastIndexOf('/'))}/**` : at.path);
  if (path === undefined) return `\`ignore: [{ code: ${code}, reason: … }]\``;
  return SETTLED_BY_WORD.has(code)
    ? `\`--foreign '${path}'\`, \`images.NAME.foreign: [{ path: ${JSON.stringify(path)}, reason: … }]\``
    : `\`ignore: [{ code: ${code}, paths: ${JSON.stringify(path)}, reason: … }]\``;
}

/** `Dockerfile:3:6`, `app@sha256:9f2c41d0a7be, linux/arm64, layer 3 of 5, /usr/bin/tini`, `--platform`. */
export function renderLocation(at: Location, language: Language): string {
  if (at.in === 'file') return `${printable(at.file)}:${at.start.line}:${at.start.column}`;
  if (at.in === 'input') return printable(at.name);
  const parts = [printable(at.image)];
  if (at.platform !== undefined) parts.push(formatPlatform(at.platform));
  if (at.layerIndex !== undefined)
    parts.push(reportTexts.layer[language]({ number: at.layerIndex[0], of: at.layerIndex[1] }));
  else if (at.layer !== undefined) parts.push(shortDigest(at.layer));
  if (at.path !== undefined) parts.push(printable(at.path));
  return parts.join(', ');
}

function renderExcerpt(page: Page, at: Location, readSource: ReadSource | undefined): string | undefined {
  if (at.in !== 'file' || readSource === undefined) return undefined;
  const text = readSource(at.file);
  const line = text === undefined ? undefined : linesOf(text)[at.start.line - 1];
  if (line === undefined || line.trim() === '' || line.length > 400) return undefined;
  const number = String(at.start.line);
  const gutter = ' '.repeat(number.length);
  const from = at.start.column - 1;
  const to = at.end.line === at.start.line ? Math.max(from + 1, at.end.column - 1) : line.length;
  const before = ' '.repeat(displayWidth(line.slice(0, from).replaceAll('\t', ' ')));
  const marks = '^'.repeat(Math.max(1, displayWidth(line.slice(from, to))));
  const bar = ink(page, 'dim', '|');
  return [
    ` ${gutter} ${bar}`,
    ` ${ink(page, 'dim', number)} ${bar} ${printable(line.replaceAll('\t', ' '))}`,
    ` ${gutter} ${bar} ${before}${ink(page, 'red', marks)}`,
  ].join('\n');
}

let split: { readonly text: string; readonly lines: readonly string[] } | undefined;

/** A file with thousands of findings is split once: they come in the order of their files. */
function linesOf(text: string): readonly string[] {
  if (split?.text !== text) split = { text, lines: text.split(/\r?\n/) };
  return split.lines;
}

/** Location, then code: the same findings always in the same order. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = ({ at, code }: Diagnostic): string =>
    at.in === 'file'
      ? `1 ${at.file} ${String(at.start.line).padStart(8, '0')} ${String(at.start.column).padStart(6, '0')} ${code}`
      : at.in === 'image'
        ? `2 ${at.image} ${at.platform === undefined ? '' : formatPlatform(at.platform)} ${String(at.layerIndex?.[0] ?? 0).padStart(4, '0')} ${at.path ?? ''} ${code}`
        : `0 ${at.name} ${code}`;
  return [...diagnostics].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
