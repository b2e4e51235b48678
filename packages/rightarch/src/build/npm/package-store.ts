import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf, isObject } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import { makeDirectory } from '../../oci/index.ts';
import { ownName, removeAbandoned } from '../../oci/own-name.ts';
import { createTarReader, DecompressProblem, decompress, type EntrySink } from '../../tar/index.ts';
import { diskFailure } from '../files/disk-failure.ts';
import { readPart } from '../files/read-part.ts';
import { refuse } from '../run/refusal.ts';
import type { Content } from '../stage-files.ts';
import { packagesGrown } from './bound-packages.ts';
import { type FetchOptions, fetchTarball, shown } from './fetch-tarball.ts';
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
  readonly script?: string;
  content(file: PackedFile): Content;
}

interface Index {
  /** The install script that it has itself, whatever a lockfile says: an event of its package.json, or node-gyp. */
  readonly script?: string;
  readonly files: readonly PackedFile[];
}

/** Changes when other things are kept of a tarball. */
const FORMAT = '3';

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
  // Another address or another token may have another answer: one who was turned away is no one else's.
  const asked = JSON.stringify([key, wanted.url, options.headersFor?.(new URL(wanted.url))]);
  const already = running.get(asked);
  if (already !== undefined) return already;
  const work = (async () => (await stored(key)) ?? (await fetchPackage(wanted, options)))();
  running.set(asked, work);
  // What was read once is checked against its digests on every use, so only failures have to be forgotten.
  work.then(
    () => running.delete(asked),
    () => running.delete(asked),
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
  // What was used lately is not what goes where the store is too large.
  const now = new Date();
  await utimes(`${key}.json`, now, now).catch(() => undefined);
  return packed(`${key}.tar`, index);
}

function packed(tar: string, index: Index): PackedPackage {
  return { ...index, content: (file) => ({ size: file.size, digest: file.digest, open: () => contentOf(tar, file) }) };
}

/** The bytes of one file. A damaged store is noticed, not built from. */
function contentOf(tar: string, file: PackedFile): AsyncIterable<Uint8Array> {
  return readPart(tar, file, async (found) => {
    await rm(tar, { force: true });
    const args = { package: file.path, url: tar, expected: file.digest, found };
    return failure('npm/integrity-mismatch', args, atInput(tar), 'outside');
  });
}

/** Removes what killed runs left of packages in the making. */
export function sweepPackages(cacheDirectory: string): Promise<void> {
  return removeAbandoned(join(cacheDirectory, 'npm', 'tmp'), (name) => name.replace(/\.json$/, ''));
}

async function fetchPackage(
  wanted: { readonly name: string; readonly url: string; readonly integrity: Integrity | undefined },
  options: FetchOptions & { readonly cacheDirectory: string },
): Promise<PackedPackage> {
  const root = join(options.cacheDirectory, 'npm');
  const temporary = join(root, 'tmp', ownName());
  try {
    await makeDirectory(join(root, 'tmp'));
    const { index, found } = await download(wanted, temporary, options);
    const { integrity } = wanted;
    const { algorithm, hex } = integrity ?? { algorithm: 'sha512' as const, hex: found['sha512']! };
    const key = join(root, FORMAT, algorithm, hex.slice(0, 2), hex);
    await makeDirectory(join(root, FORMAT, algorithm, hex.slice(0, 2)));
    const body = JSON.stringify(index);
    const handle = await open(`${temporary}.json`, 'w');
    await handle.writeFile(`${digestOf(body)}\n${body}`);
    await handle.close();
    // The index last: a reader takes a tar only with the index that describes it.
    await rename(temporary, `${key}.tar`);
    await rename(`${temporary}.json`, `${key}.json`);
    packagesGrown(options.cacheDirectory);
    return packed(`${key}.tar`, index);
  } catch (cause) {
    throw diskFailure(cause, root);
  } finally {
    await rm(temporary, { force: true });
    await rm(`${temporary}.json`, { force: true });
  }
}

/** What is wrong with a tarball, unless it turns out to be another one than the lockfile's. */
class Malformed extends Error {}

/**
 * Streams the tarball through its hash, gunzip and the tar reader into one uncompressed file. Bytes that are not those of
 * the lockfile are called that, whatever else is wrong with them: the hash is taken to their end and decided first.
 */
async function download(
  wanted: { readonly name: string; readonly url: string; readonly integrity: Integrity | undefined },
  file: string,
  options: FetchOptions,
): Promise<{ readonly index: Index; readonly found: Readonly<Record<string, string>> }> {
  const { name: pack, url, integrity } = wanted;
  const algorithm = integrity?.algorithm ?? 'sha512';
  const hash = createHash(algorithm);
  const source = fetchTarball(url, pack, options);
  // Not `for await`: whoever stops reading early would close the source before its end was hashed.
  const hashed = async function* (): AsyncGenerator<Uint8Array> {
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      hash.update(next.value);
      yield next.value;
    }
  };
  let index: Index | undefined;
  let malformed: Malformed | undefined;
  try {
    index = await unpack(hashed(), file);
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) {
      await source.return(undefined);
      throw thrown;
    }
    malformed = thrown;
  }
  let left = UNPACKED_LIMIT;
  for await (const chunk of hashed()) {
    left -= chunk.length;
    if (left < 0) break;
  }
  await source.return(undefined);
  const hex = hash.digest('hex');
  if (integrity !== undefined && hex !== integrity.hex)
    return refuse('npm/integrity-mismatch', {
      package: pack,
      url: shown(url, options),
      expected: integrityText(integrity),
      found: integrityText({ algorithm, hex }),
    });
  if (index === undefined) return refuse('npm/package-malformed', { package: pack, problem: malformed?.message ?? '' });
  return { index, found: { [algorithm]: hex } };
}

async function unpack(tarball: AsyncIterable<Uint8Array>, file: string): Promise<Index> {
  const bad = (problem: string): never => {
    throw new Malformed(problem);
  };
  const entries = new PackageEntries();
  const reader = createTarReader({
    onEntry: (entry, offset) => entries.take(entry, offset),
    globalHeaders: 'apply',
    paths: 'written',
  });
  const handle = await open(file, 'w');
  try {
    for await (const chunk of decompress(tarball, 'gzip', { limit: UNPACKED_LIMIT })) {
      // Not `write`, which takes a part of it for success where the disk ends.
      await handle.writeFile(chunk);
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
  const script = await scriptOf(file, entries.files);
  return { files: [...entries.files.values()], ...(script === undefined ? {} : { script }) };
}

const SCRIPTS = ['preinstall', 'install', 'postinstall'] as const;
const MANIFEST_LIMIT = 16 * 2 ** 20;

/** What npm would run after it unpacked this: with a binding.gyp and no word about it, node-gyp (arborist, rebuild.js). */
async function scriptOf(tar: string, files: ReadonlyMap<string, PackedFile>): Promise<string | undefined> {
  const manifest = files.get('package.json');
  let scripts: unknown;
  if (manifest !== undefined && manifest.size <= MANIFEST_LIMIT) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of contentOf(tar, manifest)) chunks.push(chunk);
    try {
      const found: unknown = JSON.parse(
        Buffer.concat(chunks)
          .toString('utf8')
          .replace(/^\uFEFF/, ''),
      );
      scripts = isObject(found) ? found['scripts'] : undefined;
    } catch {
      // A package without a readable manifest has no scripts for npm either.
    }
  }
  const event = isObject(scripts) ? SCRIPTS.find((name) => typeof scripts[name] === 'string') : undefined;
  return event ?? (files.has('binding.gyp') ? 'node-gyp rebuild' : undefined);
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
