import { posix } from 'node:path';
import { isObject } from '../../core/index.ts';
import type { Kernel } from '../run/kernel.ts';
import { refuse } from '../run/refusal.ts';
import { type Lockfile, parseLockfile } from './lockfile.ts';
import { textOf } from './node-in-image.ts';

/** A package.json of the image. */
export interface Manifest {
  readonly file: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The package.json of the directory in which npm is called. */
export async function readProject(kernel: Kernel, directory: string): Promise<Manifest> {
  const file = posix.join(directory, 'package.json');
  const text = await textOf(kernel, file);
  // npm would look for a project above, or fail: both depend on what lies there.
  if (text === undefined) return refuse('npm/lockfile-missing', { directory });
  for (let above = posix.dirname(directory); ; above = posix.dirname(above)) {
    const parent = above === directory ? undefined : await textOf(kernel, posix.join(above, 'package.json'));
    // A directory that is a workspace of one above is installed there (@npmcli/config, loadLocalPrefix).
    if (parent !== undefined && parseManifest(parent, posix.join(above, 'package.json'))['workspaces'] !== undefined)
      refuse('run/not-computable', { what: posix.join(above, 'package.json') });
    if (above === '/') break;
  }
  return { file, text, fields: parseManifest(text, file) };
}

/** The fields of a package.json. */
export function parseManifest(text: string, file: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (isObject(parsed)) return parsed;
  } catch (cause) {
    return refuse('npm/lockfile-malformed', {
      file,
      problem: cause instanceof Error ? cause.message : 'it is not JSON',
    });
  }
  return refuse('npm/lockfile-malformed', { file, problem: 'it is not an object' });
}

/** The lockfile that npm would read; undefined where there is none. */
export async function readLock(kernel: Kernel, directory: string): Promise<Lockfile | undefined> {
  for (const name of ['npm-shrinkwrap.json', 'package-lock.json']) {
    const file = posix.join(directory, name);
    const text = await textOf(kernel, file);
    if (text !== undefined) return parseLockfile(text, file);
  }
  return undefined;
}

/** The project and its workspaces, as locations of the lockfile. */
export function topsOf(lock: Lockfile): string[] {
  return [...lock.packages.keys()].filter((location) => location === '' || !location.includes('node_modules/'));
}
