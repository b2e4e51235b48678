import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { createTarReader, DecompressProblem, decompress, type EntrySink } from '../../tar/index.ts';
import { refuse } from '../run/refusal.ts';
import type { Content } from '../stage-files.ts';
import { type FetchOptions, fetchTarball } from './fetch-tarball.ts';
import { type Integrity, integrityText } from './integrity.ts';

/** A file of a package: `path` without the leading folder. Its bytes lie uncompressed in the store. */
export interface PackedFile {
  readonly path: string;
  /** Mode bits before the umask. */
  readonly mode: number;
  readonly size: number;
  readonly offset: number;
  readonly digest: Digest;
}

/** An unpacked package, read only. */
export interface PackedPackage {
  readonly files: readonly PackedFile[];
  content(file: PackedFile): Content;
}

interface Index {
  readonly files: readonly PackedFile[];
}

/** Changes when other things are kept of a tarball. */
const FORMAT = '2';

/** More than npm's largest packages, less than a disk. */
const UNPACKED_LIMIT = 4 * 2 ** 30;

const running = new Map<string, Promise<PackedPackage>>();

/**
 * Packages by the integrity of their tarball, uncompressed, under `cacheDirectory/npm`. A package is written under a
 * name of its own and renamed when whole; asked for twice at once it is fetched once.
 */
export async function openPackage(
  wanted: { readonly name: string; readonly url: string; readonly integrity: Integrity | undefined },
  options: FetchOptions & { readonly cacheDirectory: string },
): Promise<PackedPackage> {
  const { integrity } = wanted;
  const key =
    integrity === undefined
      ? undefined
      : join(options.cacheDirectory, 'npm', FORMAT, integrity.algorithm, integrity.hex.slice(0, 2), integrity.hex);
  if (key === undefined) return fetchPackage(wanted, options);
  const already = running.get(key);
  if (already !== undefined) return already;
  const work = (async () => (await stored(key)) ?? (await fetchPackage(wanted, options)))();
  running.set(key, work);
  // What was read once is checked against its digests on every use, so only failures have to be forgotten.
  work.then(
    () => running.delete(key),
    () => running.delete(key),
  );
  return work;
}

async function stored(key: string): Promise<PackedPackage | undefined> {
  const text = await readFile(`${key}.json`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (text.slice(0, end) !== digestOf(body)) return undefined;
  const index = JSON.parse(body) as Index;
  const file = await open(`${key}.tar`, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  const { size } = await file.stat();
  await file.close();
  if (index.files.some((f) => f.offset + f.size > size)) return undefined;
  return packed(`${key}.tar`, index);
}

function packed(tar: string, index: Index): PackedPackage {
  return { ...index, content: (file) => ({ size: file.size, digest: file.digest, open: () => readPart(tar, file) }) };
}

/** The bytes of one file, hashed while they are read: a damaged store is noticed, not built from. */
async function* readPart(tar: string, file: PackedFile): AsyncGenerator<Uint8Array> {
  if (file.size === 0) return;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(tar, {
    start: file.offset,
    end: file.offset + file.size - 1,
    highWaterMark: 1 << 18,
  })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  const found: Digest = `sha256:${hash.digest('hex')}`;
  if (found === file.digest) return;
  await rm(tar, { force: true });
  throw failure(
    'npm/integrity-mismatch',
    { package: file.path, url: tar, expected: file.digest, found },
    atInput(tar),
    'outside',
  );
}

async function fetchPackage(
  wanted: { readonly name: string; readonly url: string; readonly integrity: Integrity | undefined },
  options: FetchOptions & { readonly cacheDirectory: string },
): Promise<PackedPackage> {
  const root = join(options.cacheDirectory, 'npm');
  await mkdir(join(root, 'tmp'), { recursive: true });
  const temporary = join(root, 'tmp', randomBytes(12).toString('hex'));
  try {
    const { index, found } = await download(wanted, temporary, options);
    const { integrity } = wanted;
    if (integrity !== undefined && found[integrity.algorithm] !== integrity.hex) {
      return refuse('npm/integrity-mismatch', {
        package: wanted.name,
        url: wanted.url,
        expected: integrityText(integrity),
        found: integrityText({ algorithm: integrity.algorithm, hex: found[integrity.algorithm] ?? '' }),
      });
    }
    const { algorithm, hex } = integrity ?? { algorithm: 'sha512' as const, hex: found['sha512']! };
    const key = join(root, FORMAT, algorithm, hex.slice(0, 2), hex);
    await mkdir(join(root, FORMAT, algorithm, hex.slice(0, 2)), { recursive: true });
    const body = JSON.stringify(index);
    const handle = await open(`${temporary}.json`, 'w');
    await handle.writeFile(`${digestOf(body)}\n${body}`);
    await handle.close();
    // The index last: a reader takes a tar only with the index that describes it.
    await rename(temporary, `${key}.tar`);
    await rename(`${temporary}.json`, `${key}.json`);
    return packed(`${key}.tar`, index);
  } finally {
    await rm(temporary, { force: true });
    await rm(`${temporary}.json`, { force: true });
  }
}

/** Streams the tarball through its hash, gunzip and the tar reader into one uncompressed file. */
async function download(
  wanted: { readonly name: string; readonly url: string; readonly integrity: Integrity | undefined },
  file: string,
  options: FetchOptions,
): Promise<{ readonly index: Index; readonly found: Readonly<Record<string, string>> }> {
  const bad = (problem: string): never => refuse('npm/package-malformed', { package: wanted.name, problem });
  const hashes = (wanted.integrity === undefined ? ['sha512'] : [wanted.integrity.algorithm]).map((name) => ({
    name,
    hash: createHash(name),
  }));
  const entries = new PackageEntries();
  const reader = createTarReader({
    onEntry: (entry, offset) => entries.take(entry, offset),
    globalHeaders: 'apply',
    paths: 'written',
  });
  const handle = await open(file, 'w');
  try {
    const source = fetchTarball(wanted.url, wanted.name, options);
    const hashed = (async function* () {
      for await (const chunk of source) {
        for (const { hash } of hashes) hash.update(chunk);
        yield chunk;
      }
    })();
    for await (const chunk of decompress(hashed, 'gzip', { limit: UNPACKED_LIMIT })) {
      await handle.write(chunk);
      reader.write(chunk);
    }
  } catch (thrown) {
    if (thrown instanceof DecompressProblem) return bad(thrown.message);
    throw thrown;
  } finally {
    await handle.close();
  }
  const summary = reader.end();
  if (summary.damage !== undefined) bad(`${summary.damage.kind} at ${summary.damage.offset}: ${summary.damage.detail}`);
  if (entries.outside !== undefined) bad(`it writes outside itself: ${entries.outside}`);
  if (entries.unclear !== undefined) bad(`where npm would write this is not known: ${entries.unclear}`);
  const found = Object.fromEntries(hashes.map(({ name, hash }) => [name, hash.digest('hex')]));
  return { index: { files: [...entries.files.values()] }, found };
}

/**
 * What npm keeps of a package's tar: files below the first part of their path, whatever it is; links and empty
 * directories left out; `.gitignore` under the name `.npmignore` (pacote, fetcher.js `#tarxOptions`; node-tar,
 * unpack.js). Compared with npm 10.9.9 and 11.19.1.
 */
class PackageEntries {
  readonly files = new Map<string, PackedFile>();
  readonly #ignores = new Set<string>();
  outside: string | undefined;
  unclear: string | undefined;

  take(entry: Parameters<Parameters<typeof createTarReader>[0]['onEntry']>[0], offset: number): EntrySink | undefined {
    // A contiguous file is one for node-tar; what else hides behind such a type is not known.
    if (entry.type === 'other') this.unclear ??= entry.path;
    if (entry.type !== 'file') return undefined;
    const parts = entry.path.split('/').slice(1);
    let path = parts.join('/');
    if (path === '') return undefined;
    if (parts.includes('..') || path.includes('\0')) {
      this.outside ??= entry.path;
      return undefined;
    }
    // node-tar drops the root of a path also as Windows would see it: `a:b` becomes `b`.
    if (parts.includes('') || parts.includes('.') || /^(?:[A-Za-z]:|\\)/.test(path)) this.unclear ??= entry.path;
    const name = parts.at(-1)!;
    if (name === '.npmignore') this.#ignores.add(path);
    else if (name === '.gitignore') {
      const ignore = path.replace(/\.gitignore$/, '.npmignore');
      if (this.#ignores.has(ignore)) return undefined;
      path = ignore;
    }
    const hash = createHash('sha256');
    return {
      write: (chunk) => {
        hash.update(chunk);
      },
      end: (complete) => {
        if (!complete) return;
        // Later entries of one name are written into the first: its mode stays.
        const mode = this.files.get(path)?.mode ?? (entry.mode & 0o7777) | 0o666;
        this.files.set(path, { path, mode, size: entry.size, offset, digest: `sha256:${hash.digest('hex')}` });
      },
    };
  }
}
