import type { ArgsOf, CodeId } from '../../messages/index.ts';

type RunCode = Extract<CodeId, `run/${string}` | `npm/${string}`>;

/**
 * Thrown where it is not known what the image would do. `offset` is a place in the script, put in by the
 * interpreter where the thrower does not know it; `runSimulated` turns it into a Failure with a line.
 */
export class Refusal<Id extends RunCode = RunCode> extends Error {
  readonly code: Id;
  readonly args: ArgsOf<Id>;
  offset: number | undefined;
  readonly because: readonly string[];

  constructor(
    code: Id,
    args: ArgsOf<Id>,
    more: { readonly offset?: number; readonly because?: readonly string[] } = {},
  ) {
    super(`${code} ${JSON.stringify(args)}`);
    this.name = 'Refusal';
    this.code = code;
    this.args = args;
    this.offset = more.offset;
    this.because = more.because ?? [];
  }
}

/** Stops: what this does in the image is not known. */
export function refuse<Id extends RunCode>(code: Id, args: ArgsOf<Id>, offset?: number): never {
  throw new Refusal(code, args, offset === undefined ? {} : { offset });
}
