import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** What Git tracks below a directory: path with `/`, relative to that directory, to the mode in the index. */
export type TrackedModes = ReadonlyMap<string, 'file' | 'executable' | 'link'>;

const none: TrackedModes = new Map();

/** An index larger than this is not read: modes then come from the file system. */
const MAX_INDEX = 512 << 20;

/**
 * The modes that Git keeps for the files below a directory, from the index of the work tree that holds it; empty
 * where there is none. Git itself is not run: a repository's configuration can name programs.
 */
export async function readTrackedModes(directory: string): Promise<TrackedModes> {
  const found = await findGitDirectory(resolve(directory));
  if (found === undefined) return none;
  const file = join(found.git, 'index');
  const size = (await stat(file).catch(() => undefined))?.size;
  if (size === undefined || size > MAX_INDEX) return none;
  const bytes = await readFile(file).catch(() => undefined);
  const entries = bytes === undefined ? undefined : parseGitIndex(bytes);
  if (entries === undefined) return none;
  const prefix = relative(found.work, resolve(directory)).split(sep).join('/');
  const inside = prefix === '' ? '' : `${prefix}/`;
  const modes = new Map<string, 'file' | 'executable' | 'link'>();
  for (const [path, mode] of entries) {
    if (!path.startsWith(inside)) continue;
    const kind = mode === 0o120000 ? 'link' : mode === 0o100755 ? 'executable' : mode === 0o100644 ? 'file' : undefined;
    if (kind !== undefined) modes.set(path.slice(inside.length), kind);
  }
  return modes;
}

async function findGitDirectory(start: string): Promise<{ work: string; git: string } | undefined> {
  for (let at = start; ; at = dirname(at)) {
    const candidate = join(at, '.git');
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isDirectory()) return { work: at, git: candidate };
    if (found?.isFile()) {
      // gitrepository-layout(5): a work tree or submodule has a file that names the directory.
      const named = /^gitdir: (.+?)\r?\n?$/.exec(await readFile(candidate, 'utf8').catch(() => ''))?.[1];
      if (named === undefined) return undefined;
      return { work: at, git: isAbsolute(named) ? named : join(at, named) };
    }
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Paths and modes of an index file, versions 2 to 4 (gitformat-index(5)); undefined where it is none or damaged.
 * Split indexes (`link` extension) hold only a part: undefined too.
 */
export function parseGitIndex(bytes: Buffer): [path: string, mode: number][] | undefined {
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const count = bytes.readUInt32BE(8);
  const out: [string, number][] = [];
  let at = 12;
  let previous = Buffer.alloc(0);
  for (let i = 0; i < count; i++) {
    if (at + 62 > bytes.length) return undefined;
    const start = at;
    const mode = bytes.readUInt32BE(at + 24);
    const flags = bytes.readUInt16BE(at + 60);
    at += (flags & 0x4000) !== 0 && version >= 3 ? 64 : 62;
    let kept = 0;
    if (version === 4) {
      // The number of bytes to drop from the previous name, in the offset encoding of packs.
      let byte = bytes[at++];
      if (byte === undefined) return undefined;
      let strip = byte & 0x7f;
      while ((byte & 0x80) !== 0) {
        byte = bytes[at++];
        if (byte === undefined) return undefined;
        strip = ((strip + 1) << 7) | (byte & 0x7f);
      }
      kept = previous.length - strip;
      if (kept < 0) return undefined;
    }
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    const name = Buffer.concat([previous.subarray(0, kept), bytes.subarray(at, end)]);
    previous = name;
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
    // Stage 0 only: a conflict has no mode to go by.
    if ((flags & 0x3000) === 0) out.push([name.toString('utf8'), mode]);
  }
  // Extensions lie between the entries and the checksum of 20 (sha1) or 32 bytes.
  while (at + 8 <= bytes.length - 20) {
    const signature = bytes.toString('latin1', at, at + 4);
    if (signature === 'link') return undefined;
    if (!/^[A-Za-z]{4}$/.test(signature)) break;
    at += 8 + bytes.readUInt32BE(at + 4);
  }
  return out;
}
