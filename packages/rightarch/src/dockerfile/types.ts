import type { Diagnostic, Position } from '../core/index.ts';

/** A stretch of the file. Lines and columns from 1; `end` is behind the last character. */
export interface Span {
  readonly start: Position;
  readonly end: Position;
}

/** Text as written, before expansion, with the place it stands at. */
export interface Word {
  readonly text: string;
  readonly span: Span;
}

/**
 * The way back from joined text to the file. Each piece begins at `offset` of the text, stands at `start` in the
 * file, and runs on one line of the file up to the next piece. In ascending order of `offset`.
 */
export interface Piece {
  readonly offset: number;
  readonly start: Position;
}

/** `--platform=linux/amd64`, `--from=build`, `--mount=type=cache,…`. A flag without `=` has an empty value. */
export interface Flag {
  readonly name: string;
  /** Quotes and escapes removed, variables not yet expanded. */
  readonly value: Word;
  /** False for `--link`, true for `--link=`. */
  readonly assigned: boolean;
  readonly span: Span;
}

export interface Heredoc {
  readonly name: string;
  /** False where the delimiter is quoted: the body is literal. */
  readonly expand: boolean;
  /** `<<-`: leading tabs are removed. */
  readonly chomp: boolean;
  /** The file descriptor in front of `<<`, where there is one. */
  readonly fd?: number;
  /** The lines up to the terminator as they stand in the file, leading tabs included; `heredocContent` removes those. */
  readonly body: string;
  /** The way back from `body`. */
  readonly pieces: readonly Piece[];
  /** From the first line of the body to the end of the terminator. */
  readonly span: Span;
}

/** The arguments of RUN, CMD, ENTRYPOINT, SHELL, COPY … */
export type Arguments =
  | { readonly form: 'json'; readonly words: readonly Word[]; readonly span: Span }
  /** One text for the shell: continuation lines joined and comment lines removed as BuildKit does it. */
  | { readonly form: 'shell'; readonly text: string; readonly pieces: readonly Piece[]; readonly span: Span };

interface Base {
  /** Upper case. */
  readonly keyword: string;
  readonly span: Span;
  /** The keyword as written, at its place. */
  readonly name: Word;
  /** The instruction as written, continuation lines joined, heredoc bodies left out. */
  readonly original: string;
  readonly flags: readonly Flag[];
  readonly heredocs: readonly Heredoc[];
}

export interface From extends Base {
  readonly keyword: 'FROM';
  readonly image: Word;
  /** Behind `AS`, as written. BuildKit compares it in lower case. */
  readonly alias?: Word;
}
export interface Run extends Base {
  readonly keyword: 'RUN';
  readonly command: Arguments;
}
export interface Command extends Base {
  readonly keyword: 'CMD' | 'ENTRYPOINT' | 'SHELL';
  readonly command: Arguments;
}
export interface Copy extends Base {
  readonly keyword: 'COPY' | 'ADD';
  /** Heredocs are not among them: they stand in `heredocs`, and come after the paths. */
  readonly sources: readonly Word[];
  readonly destination: Word;
}
/** `ENV a=b c=d`, `ENV a b c` (one pair), `LABEL`. */
export interface Pairs extends Base {
  readonly keyword: 'ENV' | 'LABEL';
  /** Quotes and escapes are still in the words: expansion removes them. */
  readonly pairs: readonly { readonly key: Word; readonly value: Word }[];
  /** `ENV a b c`, without `=`. */
  readonly legacy: boolean;
}
export interface Arg extends Base {
  readonly keyword: 'ARG';
  readonly args: readonly { readonly name: Word; readonly value?: Word }[];
}
/** WORKDIR, USER, STOPSIGNAL, MAINTAINER: one text. */
export interface Single extends Base {
  readonly keyword: 'WORKDIR' | 'USER' | 'STOPSIGNAL' | 'MAINTAINER';
  readonly value: Word;
}
/** EXPOSE, VOLUME: several texts. */
export interface Several extends Base {
  readonly keyword: 'EXPOSE' | 'VOLUME';
  readonly values: readonly Word[];
}
export interface Onbuild extends Base {
  readonly keyword: 'ONBUILD';
  readonly trigger: Instruction;
  /** What goes into the image's `OnBuild`, and is parsed again where the image is a base. */
  readonly expression: string;
}
export interface Healthcheck extends Base {
  readonly keyword: 'HEALTHCHECK';
  readonly none: boolean;
  readonly command?: Arguments;
}
/** A keyword that is no instruction, or one whose arguments cannot be read. A diagnostic says why. */
export interface Unknown extends Base {
  readonly keyword: 'UNKNOWN';
  readonly word: Word;
}

export type Instruction =
  | From
  | Run
  | Command
  | Copy
  | Pairs
  | Arg
  | Single
  | Several
  | Onbuild
  | Healthcheck
  | Unknown;

export interface Directive {
  readonly name: 'syntax' | 'escape' | 'check' | (string & {});
  readonly value: string;
  readonly span: Span;
}

/** The frontend that a file asks for: `# syntax=`, `// syntax=` or `{"syntax": …}`. */
export interface Syntax {
  readonly reference: string;
  readonly span: Span;
}

/** What a text says as a Dockerfile. Parsing never fails: what was understood, and what was not. */
export interface Dockerfile {
  readonly file: string;
  readonly text: string;
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  readonly syntax?: Syntax;
  readonly instructions: readonly Instruction[];
  /** Comment lines, with their text behind `#`: suppressions live there. */
  readonly comments: readonly Word[];
  readonly problems: readonly Diagnostic[];
}

/** One FROM with everything up to the next. */
export interface Stage {
  readonly index: number;
  /** In lower case, as BuildKit compares it. */
  readonly name: string | undefined;
  readonly from: From;
  readonly instructions: readonly Instruction[];
}
