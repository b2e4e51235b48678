import type { Position } from '../../core/index.ts';
import type { Marker } from '../../proof/index.ts';

/** What writes a lockfile, in the form whose fields decide what can be told from it. */
export type LockTool = 'npm' | 'pnpm' | 'yarn-classic' | 'yarn' | 'bun' | 'uv' | 'poetry' | 'pip' | 'go';

/** One package of a lockfile for Node. */
export interface NodePackage {
  readonly name: string;
  readonly version: string;
  /** Where it begins in the file. */
  readonly at: () => Position;
  /** As npm writes them: `linux`, `!win32`. Undefined where the package names none, or the format has no such field. */
  readonly os: readonly string[] | undefined;
  readonly cpu: readonly string[] | undefined;
  readonly libc: readonly string[] | undefined;
  /** Only packages that work without it want it: where it does not fit it is left out, and nothing fails. */
  readonly optional: boolean;
  /** Only development wants it. */
  readonly dev: boolean;
  /** The project names it itself. */
  readonly direct: boolean;
  /** Its own optional dependencies, each with what the lockfile has of it. */
  readonly members: readonly Member[];
  /** Has a script that runs when it is installed; undefined where the format does not say. */
  readonly hasInstallScript: boolean | undefined;
  /** Names of what it needs; undefined where it was not read. */
  readonly needs?: readonly string[];
}

export interface Member {
  readonly name: string;
  /** Undefined where the lockfile has lost it. */
  readonly to: NodePackage | undefined;
}

export interface NodeLockfile {
  readonly kind: 'node';
  readonly tool: Extract<LockTool, 'npm' | 'pnpm' | 'yarn-classic' | 'yarn' | 'bun'>;
  readonly file: string;
  readonly packages: readonly NodePackage[];
  /** Whether the format has os and cpu of each package. */
  readonly saysPlatforms: boolean;
  /** Names that a setting keeps out of the lockfile, as it records them. */
  readonly ignored: readonly string[];
}

/** One distribution of a lockfile for Python. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  readonly at: () => Position;
  /** Names of the wheels that may be installed; undefined where the format does not say. */
  readonly wheels: readonly string[] | undefined;
  readonly sdist: boolean;
  /** SHA-256 of what may be installed, in hexadecimal; empty where any file may. */
  readonly hashes: readonly string[];
  /** Who wants it. Empty: nobody that is known, and so it is wanted for itself. */
  readonly wantedBy: readonly Want[];
  /** What the lockfile says itself of where it is wanted. */
  readonly marker: Marker | 'unread' | undefined;
  /** Of a release of the public index, as far as the file says. */
  readonly fromIndex: boolean;
}

export interface Want {
  /** Index of the package; undefined for the project itself. */
  readonly by: number | undefined;
  readonly marker: Marker | 'unread' | undefined;
  readonly kind: 'always' | 'extra' | 'dev';
}

export interface PythonLockfile {
  readonly kind: 'python';
  readonly tool: Extract<LockTool, 'uv' | 'poetry' | 'pip'>;
  readonly file: string;
  readonly packages: readonly PythonPackage[];
  /** As written: `>=3.9,<3.12`. */
  readonly requiresPython: string | undefined;
  /** `environments` of uv: the lockfile was resolved for these alone. Empty: for all. */
  readonly environments: readonly {
    readonly text: string;
    readonly marker: Marker | undefined;
    readonly at: () => Position;
  }[];
}

/** A module of go.mod. */
export interface GoModule {
  readonly name: string;
  /** `v1.8.2`. */
  readonly version: string;
  readonly at: () => Position;
}

export interface GoLockfile {
  readonly kind: 'go';
  readonly tool: 'go';
  readonly file: string;
  readonly packages: readonly GoModule[];
}

export type Lockfile = NodeLockfile | PythonLockfile | GoLockfile;

/** What could not be read as what its name says it is. */
export interface Malformed {
  /** The marks of a `merge`, something that such a file has and this one `lacks`, or no `syntax` at all. */
  readonly problem: 'merge' | 'lacks' | 'syntax';
  /** What it lacks, or the words of the parser. */
  readonly detail: string;
  readonly at: Position;
}

export type LockRead = { readonly lockfile: Lockfile } | { readonly malformed: Malformed };

/** Another file beside it, for a format that leaves something to a manifest. */
export type ReadBeside = (name: string) => string | undefined;
