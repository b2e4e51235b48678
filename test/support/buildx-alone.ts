import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './assembled-bases.ts';
import { buildkitPrograms } from './reference-builders.ts';

/** The environment of a `docker` with its plugin buildx, whose files are below a directory, and no Docker Engine. */
export async function buildxAlone(directory: string): Promise<NodeJS.ProcessEnv> {
  const docker = await buildkitPrograms(join(REPOSITORY, '.cache', 'buildkit'));
  const plugins = join(directory, 'config', 'cli-plugins');
  mkdirSync(plugins, { recursive: true });
  copyFileSync(join(docker, 'docker-buildx'), join(plugins, 'docker-buildx'));
  return {
    ...process.env,
    PATH: `${docker}:${process.env['PATH']}`,
    DOCKER_CONFIG: join(directory, 'config'),
    DOCKER_HOST: `unix://${join(directory, 'nobody.sock')}`,
  };
}
