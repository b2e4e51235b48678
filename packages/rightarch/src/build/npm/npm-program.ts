import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isObject } from '../../core/index.ts';
import { refuse } from '../run/refusal.ts';
import type { FetchOptions } from './fetch-tarball.ts';
import { standIn } from './host-registry.ts';
import type { Install } from './install.ts';
import { parseIntegrity } from './integrity.ts';
import { npmReleases } from './npm-releases.ts';
import { openPackage, type PackedPackage } from './package-store.ts';

/** A release of npm that can be run here: that of this machine, or one that was fetched. */
export type NpmProgram = { readonly directory: string } | { readonly packed: PackedPackage };

/**
 * The release of npm that the image has: this machine's own where it is the same, else the published one, which is run
 * only with the hash that `npm-releases.ts` has for it. Any other is refused: another release may choose other versions.
 */
export async function packageFilesOf(
  version: string,
  { context, config }: Install,
  options: FetchOptions,
): Promise<NpmProgram> {
  const own = context.packages?.hostNpm?.();
  if (own !== undefined && (await versionAt(own)) === version) return { directory: dirname(dirname(own)) };
  const hash = npmReleases.get(version);
  if (hash === undefined) return refuse('npm/resolver-unknown', { npm: version });
  const entry = { version, integrity: `sha512-${hash}` };
  const url = `https://registry.npmjs.org/npm/-/npm-${version}.tgz`;
  const other = standIn(url, entry, context.packages);
  const authorization = other === undefined ? config.authorization : context.packages?.npm?.authorization;
  const { headersFor } = await import('./fetch-tarball.ts');
  const packed = await openPackage(
    { name: 'npm', url: other ?? url, integrity: parseIntegrity(entry.integrity) },
    {
      ...options,
      cacheDirectory: context.cacheDirectory,
      headersFor: (to) => headersFor(to, authorization ?? new Map()),
    },
  );
  return { packed };
}

/** The version beside an npm-cli.js whose own packages lie with it, as in every release; undefined for any other. */
async function versionAt(cli: string): Promise<string | undefined> {
  const root = dirname(dirname(cli));
  try {
    await readFile(join(root, 'node_modules', '@npmcli', 'arborist', 'package.json'));
    const found: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return isObject(found) && found['name'] === 'npm' && typeof found['version'] === 'string'
      ? found['version']
      : undefined;
  } catch {
    return undefined;
  }
}
