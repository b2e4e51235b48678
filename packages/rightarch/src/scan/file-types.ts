import type { ElfFacts } from './types.ts';

/** Programs of macOS and iOS. Linux refuses them all with ENOEXEC. */
export interface MachOFacts {
  readonly kind: 'macho';
  /** One for a thin file, one for each slice of a fat one, in file order: `x86_64`, `arm64`, `arm64e` … */
  readonly architectures: readonly string[];
  /** Headers are cut off, or a slice lies outside the file. */
  readonly damaged?: boolean;
}

/** Windows programs and .NET assemblies. */
export interface PeFacts {
  readonly kind: 'pe';
  /** Of the COFF header, `unknown-<number>` where it is none that we know; absent for a DOS program or damage. */
  readonly machine?: string;
  /**
   * A .NET assembly: `any` holds nothing but IL and runs on every CPU, `bound` holds code for `machine`, or asks for
   * a 32-bit process. `unknown` where the CLR header was out of reach.
   */
  readonly managed?: 'any' | 'bound' | 'unknown';
  /** The system that ReadyToRun code in it is for, which .NET writes into the machine number. */
  readonly system?: 'linux' | 'windows' | 'macos' | 'freebsd' | 'netbsd' | 'sunos';
  readonly damaged?: boolean;
}

/** WebAssembly: for no CPU, and nothing that a kernel starts by itself. */
export interface WasmFacts {
  readonly kind: 'wasm';
  readonly form: 'module' | 'component' | 'unknown';
}

/** A static library or another `ar` archive. Never executed: noted, not judged. */
export interface ArchiveFacts {
  readonly kind: 'archive';
  /** The different machines of its ELF members, in the order they were met. */
  readonly machines: readonly ElfFacts[];
  readonly members: number;
  /** Members are other files, named only. */
  readonly thin?: boolean;
  readonly damaged?: boolean;
}

/** Why a zip archive was not read to its end: stable words. */
export type ZipUnread =
  | 'damaged'
  | 'encrypted'
  | 'compression'
  | 'layout'
  | 'too-deep'
  | 'too-large'
  | 'too-many-members';

/**
 * Machine code inside a zip archive. Of an ELF file that is named like a library, what a loader goes by; of others, and of
 * one that is too large, the header alone, so `partial` is set.
 */
export interface NativeMember {
  /** As the archive names it; through nested archives `BOOT-INF/lib/x.jar!/linux/libx.so`. */
  readonly path: string;
  readonly program: ElfFacts | MachOFacts | PeFacts;
}

/** What the central directory of a zip archive (jar, wheel, pex, egg) names, which is what a JVM and Python read. */
export interface ZipFacts {
  readonly kind: 'zip';
  /** Members, without those of nested archives. */
  readonly members: number;
  readonly natives: readonly NativeMember[];
  /** Set where `natives` may lack some. */
  readonly unread?: ZipUnread;
  /** Of a jar, where it could be read. */
  readonly manifest?: JarManifest;
}

/** What a jar says of how it is started. */
export interface JarManifest {
  /** The class that it names. */
  readonly main?: string;
  /** That class is one of its members. */
  readonly holdsMain: boolean;
  /** What else its classes are looked for in, from where it lies. */
  readonly classPath?: readonly string[];
}

/** What the Go toolchain wrote into a program (debug/buildinfo). Absent settings were not recorded. */
export interface GoFacts {
  /** `go1.24.1`. Absent where only the older form with pointers is there, which tells no more than that it is Go. */
  readonly version?: string;
  /** The package that was built: `github.com/moby/buildkit/cmd/buildctl`. */
  readonly path?: string;
  /** The main module. */
  readonly module?: string;
  readonly system?: string;
  readonly architecture?: string;
  /** GOAMD64, GOARM, GOARM64 … as written: `v3`, `7,softfloat`, `v8.0`. */
  readonly level?: string;
  readonly cgo?: boolean;
  /** `exe`, `pie`, `c-shared`, `plugin` … */
  readonly mode?: string;
}
