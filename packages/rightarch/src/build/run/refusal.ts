import type { Diagnostic, Failure, Location } from '../../core/index.ts';
import { type ArgsOf, type CodeId, diagnostic, failure } from '../../messages/index.ts';

type RunCode = Extract<CodeId, `run/${string}` | `npm/${string}`>;

/** What the place of a refusal knows. `docker`, the line that builds the same without us, comes in where the request is known. */
type Known<Id extends RunCode> = Omit<ArgsOf<Id>, 'docker'>;

/**
 * Thrown where it is not known what the image would do. `offset` is a place in the script, put in by the
 * interpreter where the thrower does not know it; `runSimulated` turns it into a Failure with a line.
 */
export class Refusal<Id extends RunCode = RunCode> extends Error {
  readonly code: Id;
  readonly args: Known<Id>;
  offset: number | undefined;
  readonly because: readonly string[];

  constructor(
    code: Id,
    args: Known<Id>,
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
export function refuse<Id extends RunCode>(code: Id, args: Known<Id>, offset?: number): never {
  throw new Refusal(code, args, offset === undefined ? {} : { offset });
}

/** The codes whose fix is that line. */
const dockerHelps: { readonly [Id in RunCode as 'docker' extends keyof ArgsOf<Id> ? Id : never]: true } = {
  'npm/config-refused': true,
  'npm/script-needed': true,
  'npm/source-refused': true,
  'npm/version-unknown': true,
  'run/command-unknown': true,
  'run/implementation-unknown': true,
  'run/not-computable': true,
  'run/option-unknown': true,
  'run/path-mounted': true,
  'run/secret-used': true,
  'run/shell-unknown': true,
  'run/syntax': true,
  'run/tool-not-yet': true,
};

/** Where a refusal is told: the line of the Dockerfile, and the line that builds these very values with Docker. */
interface Told {
  readonly at: (offset: number) => Location;
  readonly docker: string;
}

/** A refusal as a finding of a plan. */
export function refusalFound({ code, args, offset, because }: Refusal, { at, docker }: Told): Diagnostic {
  return diagnostic(code, argsOf(code, args, docker), at(offset ?? 0), { because });
}

/** A refusal as the end of a build. */
export function refusalThrown({ code, args, offset, because }: Refusal, { at, docker }: Told): Failure {
  const blame = code === 'npm/fetch-failed' ? 'outside' : 'request';
  return failure(code, argsOf(code, args, docker), at(offset ?? 0), blame, { because });
}

function argsOf(code: RunCode, args: object, docker: string): never {
  return (Object.hasOwn(dockerHelps, code) ? { ...args, docker } : args) as never;
}
