import { statSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostNative } from '../lint/index.ts';
import { ProgramReader } from '../scan/index.ts';

/** More folders than the largest projects have packages with native files in reach; a walk ends there. */
const MOST_FOLDERS = 50_000;
const MOST_FILES = 2_000;
/** The header of a program. */
const HEAD = 4_096;

/** The native files that COPY would take along today: below these folders of packages, and among the files that it names. */
export async function findHostNatives(
  root: string,
  { folders, named }: { readonly folders: readonly string[]; readonly named: readonly string[] },
): Promise<readonly HostNative[]> {
  const found: HostNative[] = [];
  const below = (
    await Promise.all(folders.filter((one) => is(join(root, one), 'isDirectory')).map((one) => nativeFiles(root, one)))
  ).flat();
  for (const path of new Set([...below, ...named.filter((one) => is(join(root, one), 'isFile'))])) {
    const native = await nativeAt(root, path).catch(() => undefined);
    if (native !== undefined) found.push(native);
  }
  return found;
}

function is(path: string, what: 'isFile' | 'isDirectory'): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.[what]() === true;
  } catch {
    return false;
  }
}

/**
 * Node loads `.node`; esbuild and its like start a program that lies in `bin` of a package for one CPU. Extensions of Python
 * are `.so` everywhere, those of Ruby `.bundle` on macOS.
 */
const isNative = (path: string): boolean =>
  path.includes('node_modules/')
    ? /\.node$|\/@esbuild\/[^/]+\/bin\/esbuild$/.test(path)
    : /\.(?:so|bundle)$/.test(path);

/** Links lead to other packages, which are met under their own names. */
async function nativeFiles(root: string, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const open = [folder];
  for (let met = 0; open.length > 0 && met < MOST_FOLDERS && found.length < MOST_FILES; met++) {
    const below = open.pop()!;
    const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = `${below}/${entry.name}`;
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile() && isNative(path)) found.push(path);
    }
  }
  return found.sort();
}

async function nativeAt(root: string, path: string): Promise<HostNative | undefined> {
  const file = await open(join(root, path));
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const reader = new ProgramReader(size);
    reader.write(buffer.subarray(0, bytesRead));
    const facts = reader.facts();
    if (facts.kind !== 'elf' && facts.kind !== 'macho' && facts.kind !== 'pe') return undefined;
    return { path, program: facts };
  } finally {
    await file.close();
  }
}
