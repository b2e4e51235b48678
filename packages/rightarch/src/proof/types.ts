import type { Diagnostic, Digest, Platform } from '../core/index.ts';
import type { Remark } from '../messages/index.ts';
import type { NeededPages, OpenSetting, SetAt, TargetEntry } from '../target/index.ts';
import type { Ignored } from './ignore.ts';
import type { OnPurpose } from './stated-foreign.ts';

export type { Ignored, IgnoreRule } from './ignore.ts';
export type { OnPurpose, StatedForeign } from './stated-foreign.ts';

/** design.md, What a verdict means. `refuted` beats `undecided` beats `proven`. */
export type Verdict = 'proven' | 'refuted' | 'undecided';

/** How far a proof reaches: the first executable, its loader, the `#!` interpreter, the program behind a script. */
export type Reach = 'exec' | 'loader' | 'interpreter' | 'program';

/** The start that is proved: from the image, or where the target overrides it. */
export interface Start {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: string;
  /**
   * The runtime runs it as a user of its own, whose ids nobody promises; where that he is not root is not sure either,
   * as anybody. `user` is a name for readers then.
   */
  readonly ownUser?: 'unprivileged' | 'anybody';
  /** Groups beside those that the image gives the user. */
  readonly groups?: readonly number[];
  /** Paths that something unknown is mounted over. */
  readonly mounts?: readonly string[];
  /** What the target sets to a value that only somebody else knows. */
  readonly open?: readonly OpenSetting[];
  /** Where argv came from, for the report. */
  readonly from: 'image' | 'target';
}

/** One thing that had to hold, with what was seen. `step` is a stable word; the report puts it into a sentence. */
export interface Obligation {
  readonly step: 'structure' | 'machine-code' | 'exec' | 'interpreter' | 'loader' | 'library' | 'module' | 'target';
  readonly holds: boolean | 'unknown';
  /** The file, digest or fact that was looked at. */
  readonly subject: string;
  /** Data behind it, never translated (`x86-64 (e_machine 62)`, `symlink -> /usr/bin/node`), or a sentence of ours. */
  readonly evidence: string | Remark;
  /** 1-based layer that holds the file, where there is one. */
  readonly layer?: number;
}

/** The verdict for one platform, bound to the digest whose bytes were read. Only `proof/` makes one. */
export interface PlatformProof {
  readonly image: Digest;
  readonly platform: Platform | undefined;
  readonly verdict: Verdict;
  readonly reach: Reach | undefined;
  readonly start: Start | undefined;
  readonly obligations: readonly Obligation[];
  /** How many files held machine code, by what was found. */
  readonly counts: {
    readonly files: number;
    readonly programs: number;
    readonly match: number;
    readonly mismatch: number;
    readonly undecided: number;
  };
  /** Machine code that does not fit and was judged to be there on purpose: by which rule, or by whose word. */
  readonly onPurpose: readonly OnPurpose[];
  readonly diagnostics: readonly Diagnostic[];
  /** Set where it is not proven, and somebody answers for every finding. */
  readonly accepted?: true;
  /** The file of the start that asks for the smallest pages of a kernel, where these are below 64 KiB. */
  readonly pages?: NeededPages;
  /** Whether it holds a client of the Lambda runtime API; absent where a compiled program could hide one. */
  readonly lambdaClient?: 'present' | 'absent';
  /** What the last part of the first word of its start leads to, where it is a symbolic link. */
  readonly entryLink?: string;
  /** CPUs of the wrong programs, where they are all that refutes it: an emulator for them may hide it. */
  readonly runsAs?: readonly Platform[];
  /** The command that would fail as predicted, for refutations; the one missing fact, for undecided. */
  readonly witness?: string;
  readonly needs?: string | Remark;
}

/** What becomes of the image on one of the platforms that a target asks for. */
export interface TargetStart extends TargetEntry {
  /** The proof of the start that the target makes, where it sets one over the image's. */
  readonly proof?: PlatformProof;
}

/** A second answer beside the image's own: would this runtime take it and start it. */
export interface TargetProof {
  /** The name in the configuration or the runtime id with its CPU: `api`, `lambda:arm64`. */
  readonly id: string;
  readonly runtime: string;
  readonly platforms: readonly Platform[];
  readonly verdict: Verdict;
  /** The line that says what is started, and which of the settings it makes; all others are the image's. */
  readonly setAt?: SetAt & { readonly sets: readonly string[] };
  /** One for each of `platforms`: which manifest is taken, by which rule, and what comes of it. */
  readonly entries: readonly TargetStart[];
  readonly diagnostics: readonly Diagnostic[];
  readonly accepted?: true;
}

/** Everything `verify` knows about one image name. */
export interface ImageProof {
  readonly image: string;
  readonly source: 'registry' | 'layout' | 'archive' | 'docker';
  readonly digest: Digest;
  readonly form: 'index' | 'manifest';
  readonly verdict: Verdict;
  readonly platforms: readonly PlatformProof[];
  readonly targets: readonly TargetProof[];
  /** Faults of the whole, not of one platform. */
  readonly diagnostics: readonly Diagnostic[];
  /** Set where every part is proven or accepted, and one is not proven. */
  readonly accepted?: true;
  /** Findings of any part that somebody answers for, in `ignore:` of rightarch.yaml. */
  readonly ignored?: readonly Ignored[];
}

/** The worst of several: `refuted` beats `undecided` beats `proven`. Nothing at all is undecided, never proven. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('refuted')) return 'refuted';
  return verdicts.length === 0 || verdicts.includes('undecided') ? 'undecided' : 'proven';
}
