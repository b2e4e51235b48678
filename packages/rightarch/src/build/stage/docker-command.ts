import { formatPlatform, shellWords } from '../../core/index.ts';
import { csvFields, csvRow } from '../docker-flags.ts';
import type { BuildRequest } from '../types.ts';
import { isProxyArg } from './variables.ts';

/** The line that builds the same with Docker and proves it, for these very values. Secrets are named, never shown. */
export function dockerCommand(request: BuildRequest): string {
  const path = pathsFrom(request.cwd);
  const words = ['docker', 'buildx', 'build', '--platform', platformsOf(request)];
  // The plain store of Docker holds no image of several platforms, and nothing is proven that is in no file.
  const archive = `${request.name.replace(/[^A-Za-z0-9_.-]+/g, '-')}.tar`;
  words.push('-f', path(request.dockerfile), '-t', imageName(request.name), '-o', `type=oci,dest=${archive}`);
  // docker takes the value from its own environment where none is given.
  const args = Object.entries(request.args).map(([name, value]) => (isProxyArg(name) ? name : `${name}=${value}`));
  words.push(...buildFlags(request, args, path), path(request.context));
  return `${shellWords(words)} && rightarch verify archive:${archive}`;
}

/** A folder may have a name that no image can have. */
export const imageName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '') || 'app';

export const platformsOf = ({ platforms }: Pick<BuildRequest, 'platforms'>): string =>
  platforms.map(({ platform }) => formatPlatform(platform)).join(',');

/** What a request says beside platforms, Dockerfile and output, in the flags of `docker buildx build`; `args` as given. */
export function buildFlags(request: BuildRequest, args: readonly string[], path: (path: string) => string): string[] {
  const words: string[] = [];
  if (request.stage !== undefined) words.push('--target', request.stage);
  for (const arg of args) words.push('--build-arg', arg);
  for (const [name, value] of Object.entries(request.labels)) words.push('--label', `${name}=${value}`);
  for (const [name, value] of Object.entries(request.annotations)) words.push('--annotation', `${name}=${value}`);
  for (const [name, value] of Object.entries(request.contexts)) {
    // What is `oci:` here is `oci-layout://` there (docs.docker.com/reference/cli/docker/buildx/build, read 2026-11-28).
    const layout = value.startsWith('oci:');
    words.push(
      '--build-context',
      `${name}=${layout ? `oci-layout://${path(value.slice('oci:'.length))}` : path(value)}`,
    );
  }
  words.push(...secretFlags(request, path));
  if (request.network !== undefined) words.push('--network', request.network);
  for (const [flag, value] of request.dockerFlags ?? [])
    words.push(`--${flag}`, flag.startsWith('cache-') ? localCache(value, path) : value);
  for (const attest of request.attests ?? []) words.push('--attest', attest);
  if (request.pull) words.push('--pull');
  if (request.noCache) words.push('--no-cache');
  return words;
}

/** Secrets and agents: `buildctl` has the same flags. */
export function secretFlags({ secrets, ssh }: BuildRequest, path: (path: string) => string): readonly string[] {
  const words: string[] = [];
  for (const { id, file, env } of secrets) {
    const from = file !== undefined ? [`src=${path(file)}`] : env !== undefined ? [`env=${env}`] : [];
    words.push('--secret', csvRow([`id=${id}`, ...from]));
  }
  for (const agent of ssh) {
    const [, id = agent, keys] = /^([^=]*=)(.*)$/.exec(agent) ?? [];
    // `default=$SSH_AUTH_SOCK` is `default`: a variable in quotes would be a file of that name.
    const named = keys === undefined || keys.startsWith('$');
    words.push('--ssh', named ? id.replace(/=$/, '') : id + keys.split(',').map(path).join(','));
  }
  return words;
}

/** `type=local,src=DIR` with its path; what names no type is a reference. */
export function localCache(text: string, path: (path: string) => string): string {
  const fields = csvFields(text);
  if (!fields.includes('type=local')) return text;
  return csvRow(fields.map((field) => field.replace(/^(src|dest)=(.*)$/s, (_, key, place) => `${key}=${path(place)}`)));
}

/** The line that has BuildKit's own checks look at the same Dockerfile. */
export function dockerCheckCommand({ cwd, dockerfile, context }: BuildRequest): string {
  const path = pathsFrom(cwd);
  return shellWords(['docker', 'buildx', 'build', '--check', '-f', path(dockerfile), path(context)]);
}

/** Paths as they are typed where the user stands; what is no path inside that directory stays as it is. */
function pathsFrom(cwd: string | undefined): (path: string) => string {
  return (path) => {
    if (cwd === undefined || !path.startsWith(cwd)) return path;
    const rest = path.slice(cwd.length);
    return rest === '' ? '.' : /^[\\/]/.test(rest) ? rest.slice(1) : path;
  };
}
