import type { Digest } from './digest.ts';
import type { Platform } from './platform.ts';

export type Severity = 'error' | 'warning' | 'note';

/** A place in text. Both count from 1; columns count UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a finding is. Each kind has only the fields that mean something for it. */
export type Location =
  | { readonly in: 'file'; readonly file: string; readonly start: Position; readonly end: Position }
  | {
      readonly in: 'image';
      readonly image: string;
      readonly platform?: Platform;
      readonly layer?: Digest;
      /** 1-based, with the number of layers: "layer 3 of 5". */
      readonly layerIndex?: readonly [number, number];
      readonly path?: string;
    }
  /** A flag, a variable, a key of the configuration, a command. */
  | { readonly in: 'input'; readonly name: string };

/** A second place that explains the first. `note` says how, in the words of `messages/`: made by `remark`. */
export interface Related {
  readonly at: Location;
  readonly note: { readonly remark: string; readonly args: unknown };
}

/**
 * The one shape for everything that is found or fails: a code and its arguments, as plain JSON.
 * The sentence is made by the renderer, in the reader's language (`messages/`).
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: Location;
  readonly related: readonly Related[];
  /** What other programs said, in their own words: outermost first. Never translated. */
  readonly because?: readonly string[];
  /** Failures of ours that led here, such as those of the mirrors that were asked before. The renderer has their words. */
  readonly causes?: readonly Diagnostic[];
}

/** Who must act on a failure, and so the exit status: `request` 2, `outside` 3 (design.md, Commands). */
export type Blame = 'request' | 'outside' | 'bug';

/** An operation that could not be carried out: the same diagnostic, thrown. */
export class Failure extends Error {
  readonly diagnostic: Diagnostic;
  readonly blame: Blame;

  constructor(diagnostic: Diagnostic, blame: Blame, options?: { cause?: unknown }) {
    super(`${diagnostic.code} ${JSON.stringify(diagnostic.args)}`, options);
    this.name = 'Failure';
    this.diagnostic = diagnostic;
    this.blame = blame;
  }
}
