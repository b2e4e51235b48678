import type { ResolvedProject } from '../config/index.ts';
import type { Diagnostic } from '../core/index.ts';
import type { Dockerfile } from '../dockerfile/index.ts';
import { matchesPath } from '../proof/index.ts';

/** A finding that a comment answers for. */
export interface Suppressed {
  readonly diagnostic: Diagnostic;
  /** The words behind the code; empty where there are none. */
  readonly reason: string;
  readonly by: 'comment' | 'configuration' | 'baseline';
}

export interface Suppression {
  readonly reason: string;
  readonly by: Suppressed['by'];
  covers(diagnostic: Diagnostic): boolean;
}

/** What other tools' words silence here, because they name the same mistake. */
const EQUIVALENTS: Readonly<Record<string, readonly string[]>> = {
  DL3029: ['dockerfile/platform-pinned'],
  FromPlatformFlagConstDisallowed: ['dockerfile/platform-pinned'],
};

const OWN =
  /^\s*rightarch-ignore(-file)?\s+([\w/-]+(?:\s*,\s*[\w/-]+)*)(?:\s+until\s+(\d{4}-\d{2}-\d{2}))?(?:\s*:\s*(.*))?/;

interface OwnComment {
  readonly whole: boolean;
  readonly codes: readonly string[];
  readonly reason: string;
}

/** A comment of ours, if it is one and not past its last day. */
function ownComment(text: string, today: string): OwnComment | undefined {
  const [, file, codes, until, reason] = OWN.exec(text) ?? [];
  if (codes === undefined || (until !== undefined && until < today)) return undefined;
  return { whole: file !== undefined, codes: codes.split(',').map((one) => one.trim()), reason: reason?.trim() ?? '' };
}

/**
 * The comments of a Dockerfile that silence findings: `# rightarch-ignore CODE: reason` before an instruction, for that
 * one; `# rightarch-ignore-file CODE: reason` for all, both also with a last day, `CODE until 2027-03-31: reason`; `# hadolint ignore=DL3029` and `# check=skip=…` for what they
 * silence in their own tools.
 */
export function suppressions(dockerfile: Dockerfile, today: string): readonly Suppression[] {
  const found: Suppression[] = [];
  for (const { name, value } of dockerfile.directives) {
    if (name !== 'check') continue;
    const skipped = /(?:^|;)\s*skip\s*=\s*([^;]*)/i.exec(value)?.[1]?.split(',') ?? [];
    for (const one of skipped) {
      const codes = EQUIVALENTS[one.trim()] ?? [];
      found.push({
        reason: '',
        by: 'comment',
        covers: ({ code }) => (one.trim() === 'all' ? isEquivalent(code) : codes.includes(code)),
      });
    }
  }
  const { instructions } = dockerfile;
  let at = 0;
  for (const { text, span } of dockerfile.comments) {
    const own = ownComment(text, today);
    const hadolint = /^\s*hadolint\s+(global\s+)?ignore\s*=\s*([\w,\s]+)/.exec(text);
    const codes = own?.codes ?? (hadolint?.[2] ?? '').split(/[,\s]+/).flatMap((one) => EQUIVALENTS[one] ?? []);
    if (codes.length === 0) continue;
    const whole = own?.whole === true || hadolint?.[1] !== undefined;
    // Both stand in the order of the file.
    while ((instructions[at]?.span.start.line ?? Infinity) <= span.start.line) at++;
    const next = whole ? undefined : instructions[at];
    found.push({
      reason: own?.reason ?? '',
      by: 'comment',
      covers: ({ code, at }) =>
        codes.includes(code) &&
        (whole ||
          (next !== undefined &&
            at.in === 'file' &&
            at.start.line >= next.span.start.line &&
            at.start.line <= next.span.end.line)),
    });
  }
  return found;
}

/** The same comment of ours in a workflow, a script, a template: for the next line that says something, or for the file. */
export function commentSuppressions(file: string, text: string, today: string): readonly Suppression[] {
  if (!text.includes('rightarch-ignore')) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, i): readonly Suppression[] => {
    const own = ownComment(/^\s*(?:#|\/\/|<!--)(.*?)(?:-->\s*)?$/.exec(line)?.[1] ?? '', today);
    if (own === undefined) return [];
    const next = lines.findIndex((other, j) => j > i && !/^\s*(?:$|#|\/\/)/.test(other)) + 1;
    let last = next;
    // A command that goes on in the next line has no room for a comment there.
    while (next > 0 && lines[last - 1]?.trimEnd().endsWith('\\') === true) last++;
    // In Markdown a block goes up to its other fence.
    const fence = /^\s*(`{3,}|~{3,})/.exec(lines[next - 1] ?? '')?.[1];
    if (fence !== undefined) {
      const end = lines.findIndex((other, j) => j >= next && other.trimStart().startsWith(fence));
      last = end < 0 ? lines.length : end + 1;
    }
    return [
      {
        reason: own.reason,
        by: 'comment',
        covers: ({ code, at }) =>
          own.codes.includes(code) &&
          at.in === 'file' &&
          at.file === file &&
          (own.whole || (at.start.line >= next && at.start.line <= last)),
      },
    ];
  });
}

/** `ignore:` of rightarch.yaml, as far as it speaks of files; a rule past its last day silences nothing. */
export function declaredSuppressions(rules: ResolvedProject['ignore'], today: string): readonly Suppression[] {
  return rules
    .filter(({ until }) => until === undefined || until >= today)
    .map(({ code, paths, reason }) => ({
      reason,
      by: 'configuration',
      covers: (one) =>
        one.code === code &&
        one.at.in === 'file' &&
        (paths.length === 0 || paths.some((path) => one.at.in === 'file' && matchesPath(path, one.at.file))),
    }));
}

const isEquivalent = (code: string): boolean => Object.values(EQUIVALENTS).some((codes) => codes.includes(code));
