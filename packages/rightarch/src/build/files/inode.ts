import type { FileFacts } from '../../scan/types.ts';
import type { Content } from '../stage-files.ts';

/**
 * The content behind a regular file. Two names of one file hold the same object, so that links stay links.
 * Base layers give it lazily: what nobody reads is never unpacked.
 */
export interface Inode {
  /** Bytes. */
  readonly size: number;
  content(): Promise<Content>;
}

/**
 * An entry with its content. The extra member survives the copies that `FileTree` makes of an entry for a hard link
 * (it spreads them), which is why it stands in the entry and not in a map beside it.
 */
export interface HeldFacts extends FileFacts {
  readonly inode?: Inode;
}

/** The content behind an entry, where it has one. */
export function inodeOf(entry: FileFacts): Inode | undefined {
  return (entry as HeldFacts).inode;
}

/** An inode whose content is known already. */
export function inodeFrom(content: Content): Inode {
  return { size: content.size, content: async () => content };
}
