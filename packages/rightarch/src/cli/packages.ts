import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npmAccessOf, type PackageAccess } from '../build/index.ts';
import { openConnections, type RegistryOptions } from '../oci/registry/index.ts';
import type { Shell } from './shell.ts';

/** The way to package registries that the person who builds has given this machine: proxy, CA, npm's own mirror. */
export function packageAccess({ env, home }: Shell, registry: RegistryOptions): PackageAccess {
  const file = env['npm_config_userconfig'] ?? env['NPM_CONFIG_USERCONFIG'] ?? join(home, '.npmrc');
  const { npm, caFile } = npmAccessOf(read(file) ?? '', env);
  const ca = caFile === undefined ? undefined : read(caFile);
  // npm trusts nothing but its cafile where it has one; here it is trusted beside the others.
  const connections = openConnections({
    ca: [...(registry.ca ?? []), ...(ca === undefined ? [] : [ca])],
    proxy: registry.proxy,
    connectTimeoutMs: 15_000,
  });
  return { connect: (url) => connections.to(url), npm };
}

function read(file: string): string | undefined {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
