import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DockerAddress } from '../oci/index.ts';
import type { Shell } from './shell.ts';

/**
 * The engine that `docker` itself would ask, in its order (docker/cli, cli/command/cli.go, resolveContextName, and
 * cli/context/store: `meta/<sha256 of the name>/meta.json`): DOCKER_HOST, DOCKER_CONTEXT, the context of its
 * configuration, the usual sockets. Another engine has other images under the same names, so none is guessed.
 * Undefined where none is named and none is there.
 */
export function dockerAddress(
  shell: Pick<Shell, 'env' | 'home' | 'system'>,
  isSocket: (path: string) => boolean = isSocketHere,
): DockerAddress | undefined {
  const host = shell.env['DOCKER_HOST'];
  if (host) return addressOf(host);
  const directory = shell.env['DOCKER_CONFIG'] ?? join(shell.home, '.docker');
  const context = shell.env['DOCKER_CONTEXT'] || member(join(directory, 'config.json'), 'currentContext');
  if (typeof context === 'string' && context !== '' && context !== 'default') {
    const name = createHash('sha256').update(context).digest('hex');
    const endpoint = member(join(directory, 'contexts', 'meta', name, 'meta.json'), 'Endpoints', 'docker', 'Host');
    return typeof endpoint === 'string' && endpoint !== '' ? addressOf(endpoint) : { elsewhere: `context ${context}` };
  }
  if (shell.system === 'win32') return { socketPath: '\\\\.\\pipe\\docker_engine' };
  const usual = [
    '/var/run/docker.sock',
    join(shell.home, '.docker', 'run', 'docker.sock'),
    join(shell.env['XDG_RUNTIME_DIR'] ?? '/run/user/0', 'podman', 'podman.sock'),
  ];
  const found = usual.find(isSocket);
  return found === undefined ? undefined : { socketPath: found };
}

/** Whether `docker buildx install` made buildx the builder of this client (docker/cli, cmd/docker/aliases.go). */
export function hasBuildAlias({ env, home }: Pick<Shell, 'env' | 'home'>): boolean {
  const directory = env['DOCKER_CONFIG'] ?? join(home, '.docker');
  return member(join(directory, 'config.json'), 'aliases', 'builder') !== undefined;
}

const isSocketHere = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isSocket() === true;

function addressOf(host: string): DockerAddress {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (host.startsWith('npipe://')) return { socketPath: host.slice('npipe://'.length).replaceAll('/', '\\') };
  return { elsewhere: host };
}

/** A member of a JSON file; undefined where the file, or any part of the way, is not there. */
function member(file: string, ...path: readonly string[]): unknown {
  try {
    let value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    for (const key of path) value = (value as Readonly<Record<string, unknown>> | null)?.[key];
    return value;
  } catch {
    return undefined;
  }
}

/** Where `buildctl` looks; an empty variable is none. */
export const buildkitHost = ({ env }: Pick<Shell, 'env'>): string | undefined => env['BUILDKIT_HOST'] || undefined;
