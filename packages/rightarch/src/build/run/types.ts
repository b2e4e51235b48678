import type { Location } from '../../core/index.ts';

/** A heredoc of the instruction, as the Dockerfile parser found it. */
export interface RunHeredoc {
  readonly name: string;
  /** False where the delimiter is quoted. */
  readonly expand: boolean;
  /** `<<-`: leading tabs go. */
  readonly chomp: boolean;
  readonly body: string;
}

/**
 * One RUN, without its flags. `at` maps an offset of the text (or the number of an argument) to its place in the
 * Dockerfile; offsets behind the text lie in the heredocs, joined as BuildKit joins them (`script.ts`).
 */
export type RunInput =
  | {
      readonly form: 'shell';
      readonly text: string;
      readonly heredocs: readonly RunHeredoc[];
      readonly at: (offset: number) => Location;
    }
  | { readonly form: 'json'; readonly argv: readonly string[]; readonly at: (index: number) => Location };

/** What a program left behind: its exit status and what it printed. */
export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  /** It printed something whose bytes are not known here: it may be shown, never used. */
  readonly unknownOut?: true;
}

export const success: Outcome = { status: 0, out: '', err: '' };
