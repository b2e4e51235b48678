import type { ResolvedProject } from '../config/index.ts';
import type { Diagnostic } from '../core/index.ts';
import type { Dockerfile } from '../dockerfile/index.ts';
import { matchesPath } from '../proof/index.ts';

/** A finding that a comment answers for. */
export interface Suppressed {
  readonly diagnostic: Diagnostic;
  /** The words behind the code; empty where there are none. */
  readonly reason: string;
  readonly by: 'comment' | 'configuration';
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

const OWN = /^\s*rightarch-ignore(-file)?\s+([\w/-]+(?:\s*,\s*[\w/-]+)*)(?:\s*:\s*(.*))?/;

/**
 * The comments of a Dockerfile that silence findings: `# rightarch-ignore CODE: reason` before an instruction, for that
 * one; `# rightarch-ignore-file CODE: reason` for all; `# hadolint ignore=DL3029` and `# check=skip=…` for what they
 * silence in their own tools.
 */
export function suppressions(dockerfile: Dockerfile): readonly Suppression[] {
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
    const own = OWN.exec(text);
    const hadolint = /^\s*hadolint\s+(global\s+)?ignore\s*=\s*([\w,\s]+)/.exec(text);
    const codes =
      own !== null
        ? own[2]!.split(',').map((one) => one.trim())
        : (hadolint?.[2] ?? '').split(/[,\s]+/).flatMap((one) => EQUIVALENTS[one] ?? []);
    if (codes.length === 0) continue;
    const whole = own?.[1] !== undefined || hadolint?.[1] !== undefined;
    // Both stand in the order of the file.
    while ((instructions[at]?.span.start.line ?? Infinity) <= span.start.line) at++;
    const next = whole ? undefined : instructions[at];
    found.push({
      reason: own?.[3]?.trim() ?? '',
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
export function commentSuppressions(file: string, text: string): readonly Suppression[] {
  if (!text.includes('rightarch-ignore')) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, i): readonly Suppression[] => {
    const own = OWN.exec(/^\s*(?:#|\/\/)(.*)$/.exec(line)?.[1] ?? '');
    if (own === null) return [];
    const codes = own[2]!.split(',').map((one) => one.trim());
    const next = lines.findIndex((other, j) => j > i && !/^\s*(?:$|#|\/\/)/.test(other)) + 1;
    return [
      {
        reason: own[3]?.trim() ?? '',
        by: 'comment',
        covers: ({ code, at }) =>
          codes.includes(code) &&
          at.in === 'file' &&
          at.file === file &&
          (own[1] !== undefined || at.start.line === next),
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
