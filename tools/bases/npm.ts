import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { Unavailable } from './apt.ts';
import { type PackageEntry, readPackageTar } from './tar.ts';

const run = promisify(execFile);

/** A package of the npm registry, bound to its bytes. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** As in a lock file: `sha512-…`. */
  readonly integrity: string;
}

/** The entries of an npm package, without the `package/` they all stand in. Nothing of it is executed. */
export async function readNpmPackage(
  { name, version, integrity }: NpmPackage,
  directory: string,
): Promise<PackageEntry[]> {
  // As `npm pack` calls it: `@img/colour` is img-colour.
  const path = join(directory, `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`);
  if (!existsSync(path) || (await integrityOf(path)) !== integrity) await download(`${name}@${version}`, directory);
  const found = await integrityOf(path);
  if (found !== integrity) throw new Unavailable(`npm gave ${name}@${version} as ${found}, expected ${integrity}`);
  const bytes = await readFile(path);
  return [...readPackageTar(gunzipSync(bytes))].map((entry) => ({
    ...entry,
    path: entry.path.replace(/^[^/]+\/?/, ''),
  }));
}

async function integrityOf(path: string): Promise<string> {
  return `sha512-${createHash('sha512')
    .update(await readFile(path))
    .digest('base64')}`;
}

async function download(name: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await run('npm', ['pack', '--silent', '--pack-destination', directory, name]).catch((error: Error) => {
    throw new Unavailable(`\`npm pack ${name}\` failed: ${error.message}`);
  });
}
