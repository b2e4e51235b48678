import type { TarEntry } from '../tar/types.ts';
import type { FileFacts, ProgramFacts } from './types.ts';

/** Facts that thousands of files have in common are one object. */
const TEXT: ProgramFacts = { kind: 'other', text: true };
const BINARY: ProgramFacts = { kind: 'other' };
export const EMPTY: ProgramFacts = { kind: 'empty' };

export function shared(program: ProgramFacts): ProgramFacts {
  if (program.kind === 'empty') return EMPTY;
  if (program.kind !== 'other' || program.bom) return program;
  return program.text ? TEXT : BINARY;
}

/**
 * One entry with what was learned of it. Member by member: V8 gives every object that comes out of spreads a shape of
 * its own, which is as large as the object, and there are hundreds of thousands of them.
 */
export function fileFacts(
  entry: TarEntry,
  { program, content }: { readonly program?: ProgramFacts | undefined; readonly content?: Uint8Array | undefined } = {},
): FileFacts {
  const facts: { -readonly [Key in keyof FileFacts]: FileFacts[Key] } = {
    path: entry.path,
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    uname: entry.uname,
    gname: entry.gname,
    size: entry.size,
    mtime: entry.mtime,
    link: entry.link,
  };
  if (program !== undefined) facts.program = shared(program);
  if (entry.device !== undefined) facts.device = entry.device;
  if (entry.xattrs !== undefined) facts.xattrs = entry.xattrs;
  if (entry.sparse !== undefined) facts.sparse = entry.sparse;
  if (content !== undefined) facts.content = content;
  return facts;
}
