import { isBound, readAddon, registeredVersion } from './node-addon.ts';

/** Node's own programs and libraries, and what it loads: the only files that are searched. */
const NAMES = /(?:^|\/)(?:node|nodejs|bun|libnode\.so[.\d]*|[^/]+\.node)$/;
/**
 * A module that is not N-API has this as a symbol, and Node looks it up by a string of its own with the version that it
 * has (node.h, NODE_MODULE_INITIALIZER; node_binding.cc, GetInitializerCallback).
 */
const MARK = Buffer.from('node_register_module_v');
const DIGITS = 4;
/** What a module calls that registers itself from a constructor; its version is in no symbol then (`NODE_MODULE`). */
const CALL = Buffer.from('\0node_module_register\0');
/** A module of this size is kept until its end, because what it registers may be anywhere in it. */
const KEPT = 8 << 20;

export function mayHaveNodeAbi(path: string): boolean {
  return NAMES.test(path);
}

/** Looks for the NODE_MODULE_VERSION of a file while its bytes pass. */
export class NodeAbiSearch {
  readonly #kept: Buffer[] | undefined;
  #calls = false;
  #tail: Buffer = Buffer.alloc(0);
  #found: number | undefined;

  constructor(path: string, size: number) {
    if (path.endsWith('.node') && size <= KEPT) this.#kept = [];
  }

  write(chunk: Uint8Array): void {
    if (this.#found !== undefined) return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    // The chunk is a view that the reader reuses.
    this.#kept?.push(Buffer.from(bytes));
    // What may lie across two chunks is looked for in the end of one and the beginning of the next.
    const overlap = Math.max(MARK.length + DIGITS, CALL.length);
    this.#look(Buffer.concat([this.#tail, bytes.subarray(0, overlap)]));
    if (this.#found === undefined) this.#look(bytes);
    this.#tail =
      bytes.length >= overlap
        ? Buffer.from(bytes.subarray(bytes.length - overlap))
        : Buffer.concat([this.#tail, bytes]).subarray(-overlap);
  }

  /** Ask when everything has passed. `unread` for a module that has one where nobody can read it. */
  get version(): number | 'unread' | undefined {
    if (this.#found !== undefined || !this.#calls) return this.#found;
    if (this.#kept === undefined) return 'unread';
    const addon = readAddon(Buffer.concat(this.#kept));
    if (addon === undefined) return 'unread';
    return isBound(addon, CALL) === false ? undefined : (registeredVersion(addon) ?? 'unread');
  }

  #look(bytes: Buffer): void {
    this.#calls ||= bytes.includes(CALL);
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      const from = at + MARK.length;
      // Ended by NUL, as strings and symbols are; where it is cut off, the next look has the whole.
      const digits = /^(\d{1,4})\0/.exec(bytes.toString('latin1', from, from + DIGITS + 1))?.[1];
      if (digits === undefined) continue;
      this.#found = Number(digits);
      return;
    }
  }
}
