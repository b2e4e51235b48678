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
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${name}-${version}.tgz`);
  if (!existsSync(path)) {
    await run('npm', ['pack', '--silent', '--pack-destination', directory, `${name}@${version}`], {
      shell: process.platform === 'win32',
    }).catch((error: Error) => {
      throw new Unavailable(`\`npm pack ${name}@${version}\` failed: ${error.message}`);
    });
  }
  const bytes = await readFile(path);
  const found = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (found !== integrity)
    throw new Unavailable(`${path} has the digest ${found}, expected ${integrity}; delete it and try again`);
  return [...readPackageTar(gunzipSync(bytes))].map((entry) => ({
    ...entry,
    path: entry.path.replace(/^[^/]+\/?/, ''),
  }));
}
