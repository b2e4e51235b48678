import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { npmAccessOf, type PackageAccess } from '../build/index.ts';
import { openConnections, type RegistryOptions } from '../oci/registry/index.ts';
import type { Shell } from './shell.ts';

/** The way to package registries that the person who builds has given this machine: proxy, CA, npm's own mirror. */
export function packageAccess({ env, home }: Shell, registry: RegistryOptions): PackageAccess {
  const { npm, caFile } = npmAccessOf(read(userNpmrc({ env, home })) ?? '', env);
  const ca = caFile === undefined ? undefined : read(caFile);
  // npm trusts nothing but its cafile where it has one; here it is trusted beside the others.
  const connections = openConnections({
    ca: [...(registry.ca ?? []), ...(ca === undefined ? [] : [ca])],
    proxy: registry.proxy,
    connectTimeoutMs: 15_000,
  });
  return { connect: (url) => connections.to(url), npm, hostNpm: () => npmOnPath(env['PATH'] ?? '') };
}

/** Scopes that have a registry of their own, by the .npmrc of the user or of the project, or by a variable. */
export function ownScopes({ env, home, cwd }: Pick<Shell, 'env' | 'home' | 'cwd'>): ReadonlySet<string> {
  const files = [userNpmrc({ env, home }), join(cwd, '.npmrc')];
  return new Set(files.flatMap((file) => [...npmAccessOf(read(file) ?? '', env).scopes]));
}

const userNpmrc = ({ env, home }: Pick<Shell, 'env' | 'home'>): string =>
  env['npm_config_userconfig'] ?? env['NPM_CONFIG_USERCONFIG'] ?? join(home, '.npmrc');

/** The npm-cli.js that the first npm on PATH is: a link to it, or on Windows a shim beside its directory. */
export function npmOnPath(path: string): string | undefined {
  for (const directory of path.split(delimiter)) {
    if (directory === '' || !['npm', 'npm.cmd'].some((name) => existsSync(join(directory, name)))) continue;
    const beside = join(directory, 'node_modules', 'npm', 'bin', 'npm-cli.js');
    try {
      const file = existsSync(beside) ? beside : realpathSync(join(directory, 'npm'));
      return file.endsWith('npm-cli.js') ? file : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function read(file: string): string | undefined {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
