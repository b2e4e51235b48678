import type { Diagnostic, Digest, Platform } from '../core/index.ts';
import type { TarEntry } from '../tar/types.ts';
import type { ArchiveFacts, GoFacts, MachOFacts, PeFacts, WasmFacts, ZipFacts } from './file-types.ts';

export type * from './file-types.ts';
export type { TarEntry };

/** Symbol versions that a file needs of one library (DT_VERNEED): `GLIBC_2.38` of `libc.so.6`. */
export interface VersionNeed {
  readonly file: string;
  readonly versions: readonly string[];
  /** Those that are only warned about where they are not there (VER_FLG_WEAK). */
  readonly weak?: readonly string[];
}

/** What the ELF headers of one file say. Everything is read from bytes; what could not be read is absent. */
export interface ElfFacts {
  readonly kind: 'elf';
  /** e_machine. */
  readonly machine: number;
  /** e_type: 1 relocatable, 2 executable, 3 shared (or PIE), 4 core. */
  readonly type: number;
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  readonly osAbi: number;
  /** e_flags: ARM EABI version and float ABI, MIPS and RISC-V and PowerPC ABI. */
  readonly flags: number;
  /** PT_INTERP. */
  readonly interpreter?: string;
  /** DT_NEEDED in order; absent where there is no dynamic section or it was out of reach. */
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  /** A program, though it has the type of a shared object (DF_1_PIE). */
  readonly pie?: true;
  /** Its libraries are not looked for in the loader's own directories (DF_1_NODEFLIB). */
  readonly noDefaults?: true;
  /** Symbol versions that it needs of its libraries; absent where it asks for none. */
  readonly needs?: readonly VersionNeed[];
  /** Symbol versions that it defines (DT_VERDEF); absent where it has no version information. */
  readonly defines?: readonly string[];
  /** True where there are tables of versions that were out of reach: the absence of `needs` and `defines` says nothing. */
  readonly versionsUnread?: boolean;
  /**
   * The largest page of a kernel by which its PT_LOAD segments can be mapped, in bytes; absent from 64 KiB on, which no
   * kernel exceeds. p_align itself is only what the linker wished for.
   */
  readonly pages?: number;
  /** With larger pages it is mapped, and loses part of what its segments may: what `pages` says is no matter of mapping. */
  readonly sharesPages?: true;
  /**
   * The CPU level that the file itself states, as a platform variant: `v3` for x86-64-v3 (GNU property note, Go build
   * info), `v7` for GOARM=7. Its absence says nothing.
   */
  readonly level?: string;
  /** NODE_MODULE_VERSION: of Node itself, or of a module that was built against its V8 (not one of N-API). */
  readonly nodeAbi?: number | 'unread';
  /** What the Go toolchain recorded, where it built this file. */
  readonly go?: GoFacts;
  /** True where headers point outside the file: damaged, never a match. */
  readonly damaged?: boolean;
  /** True where program headers were out of reach in one pass: the absence of an interpreter says nothing. */
  readonly partial?: boolean;
  /** True where there is a dynamic section that was out of reach: the absence of `needed` says nothing. */
  readonly unread?: boolean;
}

/** `#!` line: the interpreter and its one argument, as the kernel splits them. `''` where it finds none (ENOEXEC). */
export interface ScriptFacts {
  readonly kind: 'script';
  readonly interpreter: string;
  readonly argument?: string;
  /** The line ends in CR: the kernel looks for `/bin/sh\r`. */
  readonly crlf?: boolean;
  /** The archive behind the line, as zipapps and pex files have it. */
  readonly zip?: ZipFacts;
}

/** A text that is too long, or bytes that are no program we know. `empty` files are executed as nothing. */
export type ProgramFacts =
  | ElfFacts
  | ScriptFacts
  | MachOFacts
  | PeFacts
  | WasmFacts
  | ArchiveFacts
  | ZipFacts
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'other';
      /** No NUL in its first bytes: a shell would run it as a script where the kernel refuses it. */
      readonly text?: boolean;
      /** A UTF-8 byte order mark stands before `#!`, so the kernel sees no `#!`. */
      readonly bom?: boolean;
    };

/** One entry with what was learned from its content. */
export interface FileFacts extends TarEntry {
  /** For regular files with content. */
  readonly program?: ProgramFacts;
  /** The whole content, of the few small files that proofs read (passwd, ld.so.cache, package.json …). */
  readonly content?: Uint8Array;
}

/** What one layer holds, read in one pass and bound to its bytes. */
export interface LayerFacts {
  readonly digest: Digest;
  readonly diffId: Digest;
  /** Bytes read before and after decompression. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly FileFacts[];
  /** Hostile or damaged entries, data after the end marker … */
  readonly problems: readonly Diagnostic[];
  /** False where reading stopped early: no proof can rest on it. */
  readonly complete: boolean;
  /** Known from an earlier run: these bytes were held to their digest, or their size in a registry, not unpacked again. */
  readonly earlier?: true;
  /** Set where only the layer's table of contents and parts of some files were read: what unpacks may be other files. */
  readonly lookedAt?: 'estargz' | 'zstd:chunked';
}

/** Which CPU a program is for, as the kernel decides it; undefined where its headers name none that we know. */
export type MachineOf = (facts: ElfFacts) => Platform | undefined;
