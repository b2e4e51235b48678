import { chmod, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ownerOf, ownName, removeAbandoned } from './own-name.ts';

/**
 * Writes a file whole or not at all: until its last byte is on the disk, what was there before stays, and its mode is
 * the new one's too. A link is followed, and what is no file (`/dev/null`, a pipe) is written to and never replaced.
 * What a killed run left beside it goes. A new file has `mode`, less what the umask takes.
 * Throws the error of the file system.
 */
export async function writeWholeFile(path: string, bytes: AsyncIterable<Uint8Array>, mode = 0o644): Promise<void> {
  const file = await replaceable(path);
  if (file === undefined) return writeInto(path, 'a', bytes, mode);
  const [directory, prefix, suffix] = [dirname(file), `${basename(file)}.`, '.tmp'];
  await removeAbandoned(directory, (name) => {
    const own = name.startsWith(prefix) && name.endsWith(suffix) ? name.slice(prefix.length, -suffix.length) : '';
    return ownerOf(own) === undefined ? undefined : own;
  });
  const temporary = join(directory, `${prefix}${ownName()}${suffix}`);
  try {
    await writeInto(temporary, 'wx', bytes, mode);
    const before = await stat(file).catch(() => undefined);
    // Not by its creation: the umask takes from that.
    if (before !== undefined) await chmod(temporary, before.mode & 0o7777);
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** Where a new file takes the place of the old one; undefined for what is no file or belongs to the system. */
async function replaceable(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  // `/dev/stdout` may lead to a file that the shell has open: another one under its name would not be read.
  if (found !== undefined && !found.isDirectory() && (!found.isFile() || /^\/(dev|proc)\//.test(path)))
    return undefined;
  if (found !== undefined) return realpath(path);
  // A link that leads to nothing yet.
  const to = await readlink(path).catch(() => undefined);
  return to === undefined ? path : resolve(dirname(path), to);
}

async function writeInto(path: string, how: 'a' | 'wx', bytes: AsyncIterable<Uint8Array>, mode: number): Promise<void> {
  const handle = await open(path, how, mode);
  try {
    for await (const chunk of bytes) await handle.writeFile(chunk);
  } finally {
    // A full disk may say so only here.
    await handle.close();
  }
}
