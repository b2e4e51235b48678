import type { PackageAccess } from '../stage-files.ts';
import { parseIntegrity } from './integrity.ts';
import type { LockEntry } from './lockfile.ts';
import { authorizationOf, parseIni } from './npmrc.ts';

const PUBLIC = 'registry.npmjs.org';

/**
 * What the person who builds has told npm about reaching the public registry: a mirror, its token, a private CA's
 * file. Text of the user's `.npmrc` and the environment, from the caller.
 */
export function npmAccessOf(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): {
  readonly npm: PackageAccess['npm'];
  readonly caFile: string | undefined;
  /** Those that have a registry of their own: `@team`. */
  readonly scopes: ReadonlySet<string>;
} {
  const known = Object.fromEntries(
    Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const values = parseIni(text, known);
  const value = (key: string): string | undefined =>
    env[`npm_config_${key}`] || env[`NPM_CONFIG_${key.toUpperCase()}`] || values.get(key);
  const variables = Object.keys(known).flatMap((key) => /^npm_config_(@.*)/i.exec(key)?.[1] ?? []);
  const scopes = [...values.keys(), ...variables].flatMap((key) => /^(@[^:]+):registry$/.exec(key)?.[1] ?? []);
  const registry = value('registry');
  const mirror = registry !== undefined && URL.canParse(registry) ? new URL(registry) : undefined;
  const useful = mirror !== undefined && /^https?:$/.test(mirror.protocol) && mirror.hostname !== PUBLIC;
  return {
    npm: useful ? { registry: slash(mirror.href), authorization: authorizationOf([values]) } : undefined,
    caFile: value('cafile'),
    scopes: new Set(scopes),
  };
}

/**
 * Where a tarball of the public registry is fetched from on this machine. Only the way differs: a stand-in is asked
 * for nothing that is not held to a hash of the lockfile, and whatever else the image configured stays as it is.
 */
export function standIn(url: string, entry: LockEntry, access: PackageAccess | undefined): string | undefined {
  const { npm } = access ?? {};
  const asked = new URL(url);
  if (npm === undefined || !isPublic(url) || parseIntegrity(entry.integrity) === undefined) return undefined;
  return new URL(asked.pathname.slice(1), npm.registry).href;
}

/** Whether an address is one of the public registry. */
export function isPublic(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname === PUBLIC;
}

function slash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
