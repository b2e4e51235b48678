import { type Diagnostic, type Location, samePlatform } from '../core/index.ts';
import { matchesPath } from './stated-foreign.ts';
import type { ImageProof, PlatformProof, TargetProof, Verdict } from './types.ts';

/** One entry of `ignore:` in rightarch.yaml. */
export interface IgnoreRule {
  readonly code: string;
  /** Patterns as those of `foreign`; none is every file. */
  readonly paths: readonly string[];
  readonly reason: string;
  /** The last day on which it holds: `2027-03-31`. */
  readonly until?: string;
  readonly at: Location;
}

/** A finding that somebody answers for. */
export interface Ignored {
  readonly diagnostic: Diagnostic;
  readonly reason: string;
  readonly until?: string;
}

/** The proof without the findings that somebody answers for, the rules that met one, and those past their day. */
export interface Accepted {
  readonly proof: ImageProof;
  readonly used: ReadonlySet<IgnoreRule>;
  readonly expired: readonly IgnoreRule[];
}

/** What a runtime says of an image that was judged before: it goes with that verdict. */
const FOLLOWS: ReadonlySet<string> = new Set([
  'target/image-refuted',
  'target/image-undecided',
  'target/emulation-hides',
]);

/**
 * Takes out the findings that `rules` name. No verdict changes by that: what the bytes say they go on saying, and a
 * platform of which every finding is answered for is `accepted` as it is. `today` is a day: `2026-11-23`.
 */
export function ignoreFindings(proof: ImageProof, rules: readonly IgnoreRule[], today: string): Accepted {
  const expired = rules.filter(({ until }) => until !== undefined && until < today);
  const active = rules.filter((rule) => !expired.includes(rule));
  const used = new Set<IgnoreRule>();
  const ignored: Ignored[] = [];
  /** What is left of the findings, some of which follow from a platform that is accepted. */
  const left = (diagnostics: readonly Diagnostic[], follows: (one: Diagnostic) => boolean = () => false) =>
    diagnostics.filter((one) => {
      const rule = active.find((candidate) => covers(candidate, one));
      if (rule === undefined) return !follows(one);
      used.add(rule);
      const { reason, until } = rule;
      ignored.push({ diagnostic: one, reason, ...(until !== undefined ? { until } : {}) });
      return false;
    });
  const platforms = proof.platforms.map((part): PlatformProof => accept(part, left(part.diagnostics)));
  const isAccepted = ({ code, at }: Diagnostic): boolean =>
    FOLLOWS.has(code) &&
    platforms.some(
      ({ accepted, platform }) =>
        accepted === true &&
        (at.in !== 'image' ||
          at.platform === undefined ||
          (platform !== undefined && samePlatform(at.platform, platform))),
    );
  const targets = proof.targets.map((part): TargetProof => accept(part, left(part.diagnostics, isAccepted)));
  const diagnostics = left(proof.diagnostics);
  const whole: ImageProof = { ...proof, platforms, targets, diagnostics, ...(ignored.length > 0 ? { ignored } : {}) };
  const settled = platforms.every((part) => part.verdict === 'proven' || part.accepted === true);
  const answered = platforms.some(({ accepted }) => accepted === true) || diagnostics.length < proof.diagnostics.length;
  const isOpen = !settled || !answered || whole.verdict === 'proven' || diagnostics.some(isTold);
  return { proof: isOpen ? whole : { ...whole, accepted: true }, used, expired };
}

/** Somebody answered for a finding of it, and nothing is left to say: it is taken as it is. */
function accept<Part extends { readonly verdict: Verdict; readonly diagnostics: readonly Diagnostic[] }>(
  part: Part,
  diagnostics: readonly Diagnostic[],
): Part {
  const answered = diagnostics.length < part.diagnostics.length;
  const accepted = part.verdict !== 'proven' && answered && !diagnostics.some(isTold);
  return { ...part, diagnostics, ...(accepted ? { accepted: true as const } : {}) };
}

function isTold({ severity, code }: Diagnostic): boolean {
  return severity !== 'note' || code === 'proof/more-files';
}

/** What is told as a number has no path: only a rule for every file covers it. */
function covers({ code, paths }: IgnoreRule, { code: found, at, args }: Diagnostic): boolean {
  if (found === 'proof/more-files') return args['code'] === code && paths.length === 0;
  if (found !== code) return false;
  if (paths.length === 0) return true;
  const path = at.in === 'image' ? at.path : undefined;
  return path !== undefined && paths.some((pattern) => matchesPath(pattern, path));
}
