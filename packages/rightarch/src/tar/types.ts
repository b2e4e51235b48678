/**
 * One entry of a layer's tar, in order. Paths are as in the tar with leading `./` and `/` and trailing `/` removed,
 * decoded by `decodeName`: equal text is equal bytes. Never normalised further: `..` is visible.
 */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo' | 'other';
  /** Permission bits with setuid, setgid and sticky: 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  /** Bytes of content that follow (the expanded size for sparse files). */
  readonly size: number;
  /** Seconds, with the fraction of a PAX header. */
  readonly mtime: number;
  /** Target of a link, as written. */
  readonly link: string;
  readonly device?: readonly [major: number, minor: number];
  /** PAX SCHILY.xattr.*, values as raw bytes in latin1. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** Stored with holes. Go's runtimes unpack the PAX forms and refuse the old GNU form. */
  readonly sparse?: 'pax' | 'gnu';
}

/** Takes the content of one entry, in order. `end` is called once, also for empty files and damaged ends. */
export interface EntrySink {
  write(chunk: Uint8Array): void;
  end(complete: boolean): void;
}

/** What a tar turned out to be. `ended` is true only where the two zero blocks (or a clean end) were met. */
export interface TarSummary {
  readonly entries: number;
  readonly bytes: number;
  readonly ended: boolean;
  /** Bytes that are not zero behind the end marker: they do not exist for a runtime. */
  readonly trailing: number;
  /** Structural damage that stopped the reading: header checksum, size, truncated content. */
  readonly damage?: {
    readonly kind: 'checksum' | 'truncated' | 'size' | 'number' | 'pax' | 'sparse' | 'limit';
    readonly offset: number;
    readonly detail: string;
  };
}
