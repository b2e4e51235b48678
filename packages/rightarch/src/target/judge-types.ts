import type { Diagnostic, Digest, Platform } from '../core/index.ts';

/** The same three words as in `proof/`, which this room may not import. */
export type JudgedVerdict = 'proven' | 'refuted' | 'undecided';

/** One runnable image behind the name, with what the proof found out about it. */
export interface JudgedEntry {
  readonly digest: Digest;
  /** As the index says; for a single manifest, as its config says. Undefined where nobody says. */
  readonly platform: Platform | undefined;
  readonly mediaType: string;
  readonly layerMediaTypes: readonly string[];
  /** Of the image on the platform that it declares. */
  readonly verdict: JudgedVerdict;
  /**
   * Whether it holds what speaks the Lambda runtime API: a runtime interface client, a `bootstrap`, or an
   * adapter in /opt/extensions. Undefined where nobody looked.
   */
  readonly lambdaRuntimeClient?: 'present' | 'absent' | undefined;
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

export interface TargetJudgement {
  readonly verdict: JudgedVerdict;
  readonly diagnostics: readonly Diagnostic[];
}
