import type { EntrySink } from '../tar/types.ts';
import { ElfReader, isElf } from './elf.ts';
import { ELF_HEADER, elfIdentity } from './elf-identity.ts';
import type { NativeMember } from './file-types.ts';
import { readMachO } from './macho.ts';
import { PeReader } from './pe.ts';
import type { ElfFacts } from './types.ts';

/** Bytes of a member by which it is told what it is. */
export const MEMBER_HEAD = 1024;
/** A library beyond this is told by its header alone. */
export const GATHERED_LIMIT = 32 << 20;

/** What stands in a member: no machine code, something that is not to be told, or machine code. */
export type MemberFound = 'plain' | 'odd' | NativeMember['program'];

/** What the libraries in archives may still cost, for all files that share it: their bytes and names deflate to nothing. */
export interface LibraryBudget {
  /** Bytes that they may inflate to. */
  libraries: number;
  /** Characters of names of libraries and versions that are kept. */
  names: number;
}

/** What a member is, by its first bytes. */
export function programOf(head: Buffer): MemberFound {
  if (isElf(head)) return elfIdentity(head) ?? 'odd';
  const mach = readMachO(head, Number.POSITIVE_INFINITY);
  if (mach !== undefined) return mach;
  if (head[0] !== 0x4d || head[1] !== 0x5a) return 'plain';
  const reader = new PeReader(head.length);
  reader.write(head);
  reader.end(true);
  const { damaged: _, ...pe } = reader.facts();
  return pe;
}

/**
 * Gathers one member that is named like a library, to tell what it is linked with. Its size is known when it has passed:
 * `jar` and most build tools write it behind the content.
 */
export class NativeReader implements EntrySink {
  readonly #budget: LibraryBudget;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #found: MemberFound = 'odd';

  constructor(budget: LibraryBudget) {
    this.#budget = budget;
  }

  write(piece: Uint8Array): void {
    // The piece is a view that the reader reuses.
    if (this.#size < GATHERED_LIMIT) this.#pieces.push(Uint8Array.from(piece));
    this.#size += piece.length;
  }

  end(complete: boolean): void {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    const told = complete || bytes.length >= ELF_HEADER;
    this.#found = told ? programOf(bytes.subarray(0, MEMBER_HEAD)) : 'odd';
    if (!complete || bytes.length !== this.#size || typeof this.#found === 'string' || this.#found.kind !== 'elf')
      return;
    const linked = linkedWith(bytes);
    const names = linked === undefined ? 0 : sizeOf(linked);
    if (linked === undefined || names > this.#budget.names) return;
    this.#budget.names -= names;
    const { partial: _, ...identity } = this.#found;
    this.#found = { ...identity, ...linked };
  }

  /** Ask after `end`. */
  get found(): MemberFound {
    return this.#found;
  }
}

type Linked = Pick<
  ElfFacts,
  'needed' | 'needs' | 'soname' | 'rpath' | 'runpath' | 'noDefaults' | 'unread' | 'versionsUnread'
>;

/** What a loader goes by; undefined where the file is damaged or not understood. */
function linkedWith(bytes: Buffer): Linked | undefined {
  const reader = new ElfReader(bytes.length);
  reader.write(bytes);
  reader.end(true);
  const { damaged, partial, needed, needs, soname, rpath, runpath, noDefaults, unread, versionsUnread } =
    reader.facts();
  if (damaged || partial) return undefined;
  return {
    ...(needed !== undefined ? { needed } : {}),
    ...(needs !== undefined ? { needs } : {}),
    ...(soname !== undefined ? { soname } : {}),
    ...(rpath !== undefined ? { rpath } : {}),
    ...(runpath !== undefined ? { runpath } : {}),
    ...(noDefaults !== undefined ? { noDefaults } : {}),
    ...(unread !== undefined ? { unread } : {}),
    ...(versionsUnread !== undefined ? { versionsUnread } : {}),
  };
}

/** Characters of all names, and what an empty one costs. */
function sizeOf({ needed = [], needs = [], soname = '', rpath = '', runpath = '' }: Linked): number {
  const names = [soname, rpath, runpath, ...needed];
  for (const { file, versions, weak = [] } of needs) names.push(file, ...versions, ...weak);
  return names.reduce((sum, name) => sum + name.length + 16, 0);
}
