import { refuse } from '../run/refusal.ts';
import type { LockEntry } from './lockfile.ts';
import type { NpmConfig } from './npmrc.ts';

/**
 * Where a package's tarball is. An address of the public registry means "the configured registry", as npm has it
 * (`replace-registry-host`); an entry without one gets the registry's conventional address.
 */
export function tarballUrl(name: string, entry: LockEntry, config: NpmConfig): string {
  const scope = /^(@[^/]+)\//.exec(name)?.[1];
  const registry = (scope === undefined ? undefined : config.scopes.get(scope)) ?? config.registry;
  const { resolved, version } = entry;
  if (resolved === undefined) {
    if (version === undefined) return refuse('npm/source-refused', { package: name, source: '' });
    return `${registry}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
  }
  let url: URL;
  try {
    url = new URL(resolved);
  } catch {
    return refuse('npm/source-refused', { package: name, source: resolved });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refuse('npm/source-refused', { package: name, source: resolved });
  if (url.username !== '' || url.password !== '')
    return refuse('npm/source-refused', { package: name, source: `${url.protocol}//${url.host}` });
  const host = config.replaceRegistryHost === 'npmjs' ? 'registry.npmjs.org' : config.replaceRegistryHost;
  if (config.replaceRegistryHost !== 'always' && url.hostname !== host) {
    // Code hosting answers with tarballs that it makes anew: no hash is promised.
    if (entry.integrity === undefined) return refuse('npm/source-refused', { package: name, source: resolved });
    return url.href;
  }
  const to = new URL(config.registry);
  const path = to.pathname.replace(/\/$/, '');
  url.protocol = to.protocol;
  url.host = to.host;
  if (path !== '' && !url.pathname.startsWith(`${path}/`)) url.pathname = `${path}${url.pathname}`;
  return url.href;
}
