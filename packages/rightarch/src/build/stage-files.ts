import type { Dispatcher } from 'undici';
import type { Digest, Platform } from '../core/index.ts';
import type { Secret } from '../oci/registry/secret.ts';
import type { FileTree } from '../scan/tree.ts';
import type { Outcome } from './run/types.ts';

/** The bytes of one file, not necessarily in memory. Opening it twice gives the same bytes. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  /** sha256 of the bytes. */
  readonly digest: Digest;
  open(): AsyncIterable<Uint8Array>;
}

export interface Ownership {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The file system of one stage on one platform, as the container would see it, while one instruction is carried
 * out. Every change is recorded for the instruction's layer. Paths are absolute; parents are followed through
 * links and are never made, except by `makeDirectory` with `parents`. Throws `FileProblem` where the kernel would
 * give an errno. Nothing touches the host's file system. Permissions are the caller's to ask (`mayWrite`).
 */
export interface StageFiles {
  /** The merged view, with what this instruction has changed so far. Read only. */
  readonly tree: FileTree;
  /** The whole content of a file, links followed; at most `limit` bytes (16 MiB unless told otherwise). */
  readFile(path: string, options?: { readonly limit?: number }): Promise<Uint8Array>;
  /** The content of a file without reading it: for copies. */
  contentOf(path: string): Promise<Content>;
  makeDirectory(path: string, options: Ownership & { readonly mode: number; readonly parents?: boolean }): void;
  /** Creates or replaces. An existing file keeps its mode and owner unless `replace` is true, as open(O_TRUNC) does. */
  writeFile(
    path: string,
    content: Content | Uint8Array | string,
    options: Ownership & { readonly mode: number; readonly replace?: boolean },
  ): void;
  makeLink(path: string, target: string, options: Ownership): void;
  makeHardLink(path: string, existing: string): void;
  /** Removes a file, link or whole directory; the last part is never followed. */
  remove(path: string): void;
  /** mv: keeps content, mode and owner. */
  rename(from: string, to: string): void;
  changeMode(path: string, mode: number, options?: { readonly followLast?: boolean }): void;
  changeOwner(path: string, owner: Partial<Ownership>, options?: { readonly followLast?: boolean }): void;
}

/** What the kernel would answer, by errno. */
export class FileProblem extends Error {
  readonly errno:
    | 'ENOENT'
    | 'EEXIST'
    | 'ENOTDIR'
    | 'EISDIR'
    | 'ELOOP'
    | 'EACCES'
    | 'EPERM'
    | 'ENOTEMPTY'
    | 'EFBIG'
    | 'EINVAL';
  readonly path: string;

  constructor(errno: FileProblem['errno'], path: string) {
    super(`${errno} ${path}`);
    this.name = 'FileProblem';
    this.errno = errno;
    this.path = path;
  }
}

/** How this machine reaches package registries. Transport alone: nothing of it is in a plan, a key, a log or a layer. */
export interface PackageAccess {
  /** The way to an address: a proxy, a private CA. */
  connect?(url: URL): Promise<Dispatcher>;
  /** Stands in for registry.npmjs.org; what it gives is held to the lockfile's hashes. */
  readonly npm?: { readonly registry: string; readonly authorization: ReadonlyMap<string, string> } | undefined;
  /** The npm-cli.js of this machine, where it has one. */
  hostNpm?(): string | undefined;
}

/** A secret as a file of the container that carries out one RUN. */
export interface SecretFile {
  readonly id: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The secrets that one RUN has. What they hold is for the program that they are meant for, and for no file. */
export interface RunSecrets {
  /** By the path that its mount point resolves to. */
  readonly files: ReadonlyMap<string, SecretFile>;
  /** The id behind each variable. */
  readonly variables: ReadonlyMap<string, string>;
  /** What the RUN asks for and nobody gave, with the source that people have for such a one: `src=$HOME/.npmrc`. */
  readonly absent: ReadonlyMap<string, string>;
  read(id: string): Promise<Secret>;
}

/** Everything that a RUN may look at. The host's environment is not in it. */
export interface RunContext {
  readonly platform: Platform;
  readonly files: StageFiles;
  /** Image Env, then the ARGs in scope; ENV wins over ARG. HOME is added by the runner from passwd. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** USER as written: `node`, `1000:1000`, empty for root. */
  readonly user: string;
  /** SHELL in force: `['/bin/sh', '-c']`. */
  readonly shell: readonly string[];
  /** Where things that were fetched are kept between builds, by content; absolute. */
  readonly cacheDirectory: string;
  /** Seconds for every file that is made. */
  readonly mtime: number;
  readonly scriptsNotNeeded: readonly { readonly package: string; readonly reason: string }[];
  /** The line that builds the same with Docker, for what is refused here. */
  readonly docker: string;
  readonly secrets?: RunSecrets | undefined;
  readonly packages?: PackageAccess | undefined;
  /** What installs without a lockfile came to in this build: the same versions on every platform. Filled by them. */
  readonly resolved?: Map<string, Promise<{ readonly text: string } | { readonly failed: Outcome }>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((what: string, done: number, total?: number) => void) | undefined;
}
