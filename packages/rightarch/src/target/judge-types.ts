import type { Diagnostic, Digest, Platform } from '../core/index.ts';
import type { Stage } from './types.ts';

/** The same three words as in `proof/`, which this room may not import. */
export type JudgedVerdict = 'proven' | 'refuted' | 'undecided';

/** The first thing that fails when an image is started, as the proof found it. */
export interface JudgedFailure {
  /** The code of the finding: `proof/start-wrong-cpu`. */
  readonly code: string;
  readonly stage: Stage;
  /** What runc, the loader or the program prints. */
  readonly prints?: string;
  readonly path?: string;
}

/** The file of a start that asks for the smallest pages of a kernel, and what is printed where they are larger. */
export interface NeededPages {
  readonly bytes: number;
  readonly path: string;
  readonly says: string;
  /** With larger pages it is mapped, and loses part of what its segments may. */
  readonly shares?: true;
}

/** One runnable image behind the name, with what the proof found out about it. */
export interface JudgedEntry {
  readonly digest: Digest;
  /** As the index says it, which is what runtimes choose by. Undefined in a single manifest, and where it says nothing. */
  readonly listed?: Platform | undefined;
  /** As the index says, else as the config says. Undefined where nobody says. */
  readonly platform: Platform | undefined;
  readonly mediaType: string;
  readonly layerMediaTypes: readonly string[];
  /** Nobody looked at what stands there, where the index gives it no platform: it may be one for the host. */
  readonly unread?: true | undefined;
  /** Marked in the index as the zstd twin of another entry. */
  readonly zstd?: boolean;
  /** Of the image on the platform that it declares. */
  readonly verdict: JudgedVerdict;
  /** Of a refuted one. */
  readonly failure?: JudgedFailure | undefined;
  /** The 32-bit program that the start of an undecided one comes to, with the fact that decides it. */
  readonly only32?: { readonly needs: 'ia32' | 'aarch32'; readonly path: string; readonly found: string } | undefined;
  /** What it would start, where a message names it: `/usr/local/bin/node`. */
  readonly command?: string | undefined;
  /** The first word of its start, as it is written, and where the last part of that path leads if it is a link. */
  readonly entry?: { readonly word: string; readonly link?: string } | undefined;
  /** USER as the image itself says it. */
  readonly user?: string | undefined;
  /** CPUs of the files that refute it, where nothing but programs of another CPU does: an emulator may run those. */
  readonly runsAs?: readonly Platform[] | undefined;
  /**
   * Whether it holds what speaks the Lambda runtime API: a runtime interface client, a `bootstrap`, or an
   * adapter in /opt/extensions. Undefined where nobody looked.
   */
  readonly lambdaRuntimeClient?: 'present' | 'absent' | undefined;
  /** The largest page of a kernel by which everything that a start maps can be mapped, where it is below 64 KiB. */
  readonly pages?: NeededPages | undefined;
  /** The sum of the layers' uncompressed bytes, where it was counted. */
  readonly unpackedBytes?: number | undefined;
}

/** An image as far as a runtime sees it. */
export interface JudgedImage {
  /** As people wrote it. */
  readonly name: string;
  readonly form: 'index' | 'manifest';
  readonly mediaType: string;
  /** Runnable entries in the order of the index; one where there is none. */
  readonly entries: readonly JudgedEntry[];
  /** How many provenance and SBOM manifests the index lists. */
  readonly attestations: number;
}

/** By which rule an entry was taken; `single` is no choice: the one manifest that there is. */
export type SelectedBy = 'single' | 'containerd' | 'cri-o' | 'containerd, cri-o' | 'docker' | 'exact';

/** What becomes of the image on one of the platforms that a target asks for. */
export interface TargetEntry {
  readonly asked: Platform;
  /** The manifest that this runtime would take; undefined where it takes none, or which one is open. */
  readonly selected?: { readonly digest: Digest; readonly platform: Platform | undefined } | undefined;
  readonly by?: SelectedBy | undefined;
  readonly verdict: JudgedVerdict;
  /** Of a refuted one: when it fails, and what the runtime prints then. */
  readonly stage?: Stage | undefined;
  readonly says?: string | undefined;
}

export interface TargetJudgement {
  readonly verdict: JudgedVerdict;
  /** One for each platform that is asked for, in that order. */
  readonly entries: readonly TargetEntry[];
  readonly diagnostics: readonly Diagnostic[];
}
