import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { Digest } from '../core/index.ts';
import { makeDirectory } from '../oci/index.ts';
import { ownName, removeAbandoned } from '../oci/own-name.ts';
import { fileFacts } from './file-facts.ts';
import type { FileFacts, LayerFacts } from './types.ts';

/** Goes up with every change of what a scan finds or of how it is written: entries of other versions are misses. */
const VERSION = 15;
const DEFAULT_LIMIT = 512 << 20;
/** An entry beyond this is not one of ours. */
const ENTRY_LIMIT = 256 << 20;
const UNPACKED_ENTRY_LIMIT = 1 << 30;
/** Characters of JSON that are packed together. */
const LINES_AT_ONCE = 1 << 16;

export interface ScanCacheOptions {
  /** Absolute; made when first needed. */
  readonly directory: string;
  /** Bytes that all entries may take together; the least recently used go first. */
  readonly limit?: number | undefined;
  /** Milliseconds since 1970: orders entries by use. */
  readonly now: () => number;
}

export interface ScanKey {
  readonly digest: Digest;
  readonly diffId: Digest;
  /** `KeepRule.id`: facts with other content kept are other facts. */
  readonly keep: string;
}

/** Facts of layers that were read before. Never an error: what cannot be read or written is a miss. */
export interface ScanCache {
  get(key: ScanKey): Promise<LayerFacts | undefined>;
  put(key: ScanKey, facts: LayerFacts): Promise<void>;
}

/**
 * A cache in a directory, safe under concurrent runs and kill -9: an entry appears by rename, whole, and carries
 * the checksum of its content and the key that it was written for.
 */
export function openScanCache(options: ScanCacheOptions): ScanCache {
  const { now, limit = DEFAULT_LIMIT } = options;
  const directory = join(options.directory, `scan-v${VERSION}`);
  const fileOf = (key: ScanKey) => join(directory, `${createHash('sha256').update(nameOf(key)).digest('hex')}.entry`);
  return {
    async get(key) {
      const file = fileOf(key);
      try {
        const bytes = await readWhole(file);
        const facts = bytes && (await decode(bytes, key));
        if (facts === undefined) {
          await rm(file, { force: true });
          return undefined;
        }
        const seconds = now() / 1000;
        await utimes(file, seconds, seconds).catch(() => undefined);
        return facts;
      } catch {
        return undefined;
      }
    },
    async put(key, facts) {
      // Only what was read to its end and found true is worth remembering.
      if (!facts.complete || facts.digest !== key.digest || facts.diffId !== key.diffId) return;
      const file = fileOf(key);
      const temporary = `${file}.${ownName()}.tmp`;
      try {
        const bytes = await encode(key, facts);
        if (bytes.length > Math.min(limit, ENTRY_LIMIT)) return;
        await makeDirectory(directory, 0o700);
        const handle = await open(temporary, 'wx', 0o600);
        try {
          await handle.writeFile(bytes);
        } finally {
          await handle.close();
        }
        const seconds = now() / 1000;
        await utimes(temporary, seconds, seconds);
        await rename(temporary, file);
        await removeAbandoned(directory, (name) => /\.entry\.(.+)\.tmp$/.exec(name)?.[1]);
        await evict(options.directory, limit);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

function nameOf({ digest, diffId, keep }: ScanKey): string {
  return `${digest}\n${diffId}\n${keep}`;
}

async function readWhole(file: string): Promise<Buffer | undefined> {
  const { size } = await stat(file);
  return size > ENTRY_LIMIT ? undefined : await readFile(file);
}

/**
 * `rightarch scan VERSION <sha256 of the rest>\n`, then gzip of JSON lines: the layer, then one line for each of its files, so
 * that no text is larger than a file's.
 */
async function encode(key: ScanKey, { files, ...facts }: LayerFacts): Promise<Buffer> {
  function* lines(): Generator<string> {
    let text = `${JSON.stringify({ key: nameOf(key), facts })}\n`;
    for (const file of files) {
      text += `${JSON.stringify(stored(file))}\n`;
      if (text.length < LINES_AT_ONCE) continue;
      yield text;
      text = '';
    }
    yield text;
  }
  const packed: Buffer[] = [];
  for await (const chunk of Readable.from(lines()).pipe(createGzip({ level: 1 }))) packed.push(chunk as Buffer);
  const hash = createHash('sha256');
  for (const chunk of packed) hash.update(chunk);
  return Buffer.concat([Buffer.from(`rightarch scan ${VERSION} ${hash.digest('hex')}\n`), ...packed]);
}

async function decode(bytes: Buffer, key: ScanKey): Promise<LayerFacts | undefined> {
  const newline = bytes.indexOf(10);
  const body = bytes.subarray(newline + 1);
  const sum = createHash('sha256').update(body).digest('hex');
  if (bytes.toString('latin1', 0, Math.max(newline, 0)) !== `rightarch scan ${VERSION} ${sum}`) return undefined;
  const files: FileFacts[] = [];
  let head: StoredHead | undefined;
  await eachLine(body, (line) => {
    const value: unknown = JSON.parse(line);
    if (head === undefined) head = value as StoredHead;
    else files.push(restored(value as StoredFile));
  });
  const found = head as StoredHead | undefined;
  return found?.key === nameOf(key) ? { ...found.facts, files } : undefined;
}

async function eachLine(packed: Buffer, take: (line: string) => void): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of Readable.from([packed]).pipe(createGunzip({ chunkSize: LINES_AT_ONCE }))) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    size += (chunk as Buffer).length;
    if (size > UNPACKED_ENTRY_LIMIT) throw new RangeError('more than any entry of ours unpacks to');
    let at = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
      take(bytes.toString('utf8', at, end));
      at = end + 1;
    }
    rest = bytes.subarray(at);
  }
}

/** Bytes are base64 in JSON. */
function stored(file: FileFacts): StoredFile | FileFacts {
  const { content, ...rest } = file;
  return content === undefined ? file : { ...rest, content: Buffer.from(content).toString('base64') };
}

function restored(file: StoredFile): FileFacts {
  const { program, content, ...entry } = file;
  return fileFacts(entry, { program, content: content === undefined ? undefined : Buffer.from(content, 'base64') });
}

type StoredFile = Omit<FileFacts, 'content'> & { readonly content?: string };
interface StoredHead {
  readonly key: string;
  readonly facts: Omit<LayerFacts, 'files'>;
}

/** Removes the least recently used entries until the rest fits, those of versions before and after this one among them. */
async function evict(root: string, limit: number): Promise<void> {
  const entries: { readonly file: string; readonly size: number; readonly usedMs: number }[] = [];
  for (const version of await readdir(root)) {
    if (!/^scan-v\d+$/.test(version)) continue;
    for (const name of await readdir(join(root, version)).catch(() => [])) {
      const file = join(root, version, name);
      const info = name.endsWith('.entry') ? await stat(file).catch(() => undefined) : undefined;
      if (info?.isFile() === true) entries.push({ file, size: info.size, usedMs: info.mtimeMs });
    }
  }
  let total = entries.reduce((sum, { size }) => sum + size, 0);
  entries.sort((a, b) => a.usedMs - b.usedMs || (a.file < b.file ? -1 : 1));
  for (const { file, size } of entries) {
    if (total <= limit) return;
    await rm(file, { force: true });
    total -= size;
  }
}
