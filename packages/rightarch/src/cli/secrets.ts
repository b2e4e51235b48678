import { createReadStream, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { BuildRequest } from '../build/index.ts';
import { type Location, relativePath } from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { type Secret, secret } from '../oci/credentials.ts';
import { fieldsOf } from './arguments.ts';
import type { Shell } from './shell.ts';

type Given = BuildRequest['secrets'][number];

/** Bytes that BuildKit takes for one secret (session/secrets/secretsprovider, MaxSecretSize, read 2026-11-29). */
const LIMIT = 500 * 1024;

/** docker's `id=NAME,src=FILE` or `id=NAME,env=VARIABLE`; `src` alone names itself, and with `type=env` a variable. */
export function parseSecret(shell: Shell, text: string): Given {
  const pairs = fieldsOf(text);
  const source = pairs.get('src') ?? pairs.get('source');
  const id = pairs.get('id') ?? (source === undefined ? undefined : basename(source));
  if (!id || source === '')
    throw failure(
      'cli/bad-value',
      { option: '--secret', value: 'id=…', accepted: ['id=NAME,src=FILE', 'id=NAME,env=VARIABLE'] },
      atInput('--secret'),
      'request',
    );
  const isVariable = pairs.get('type') === 'env' && !pairs.get('env');
  const env = isVariable ? source : pairs.get('env');
  const file = isVariable ? undefined : source;
  const written = { id, ...(file === undefined ? {} : { file: resolve(shell.cwd, file) }), ...(env ? { env } : {}) };
  return foundSecret(shell, written, { option: '--secret', at: atInput('--secret'), folder: shell.cwd });
}

/**
 * A secret with its source, which docker looks for before it reads the Dockerfile, whether any RUN asks for it or not:
 * the file; a variable that is named may be unset; of an id alone the variable of that name, else the file (NewStore of
 * BuildKit's session/secrets/secretsprovider, read 2026-11-29).
 */
export function foundSecret(
  shell: Shell,
  { id, file, env }: Given,
  { option, at, folder }: { readonly option: string; readonly at: Location; readonly folder: string },
): Given {
  if (file === undefined && env !== undefined) return { id, env };
  if (file === undefined && shell.env[id] !== undefined) return { id, env: id };
  const path = file ?? resolve(folder, id);
  const found = statSync(path, { throwIfNoEntry: false });
  const shown = file === undefined ? id : relativePath(shell.cwd, path);
  if (found === undefined || found.isDirectory()) {
    const args = { option, file: shown, folder: found !== undefined, variable: file === undefined };
    throw failure('cli/file-missing', args, at, 'request');
  }
  if (found.size > LIMIT) throw tooLarge(id, shown, at);
  // Of both the variable counts, once the file is there.
  return env === undefined ? { id, file: path } : { id, env };
}

/** What secrets hold, looked at where a RUN needs it, and once: a source may be a pipe. */
export function secretReader(shell: Shell): (given: Given) => Promise<Secret> {
  const known = new Map<string, Promise<Secret>>();
  return (given) => {
    const key = JSON.stringify([given.file, given.env ?? given.id]);
    const found = known.get(key) ?? read(shell, given);
    known.set(key, found);
    return found;
  };
}

async function read(shell: Shell, { id, file, env = id }: Given): Promise<Secret> {
  const at = atInput('--secret');
  const text = file === undefined ? (shell.env[env] ?? '') : await bytesOf(file, relativePath(shell.cwd, file), at);
  if (Buffer.byteLength(text) > LIMIT) throw tooLarge(id, file === undefined ? env : relativePath(shell.cwd, file), at);
  return secret(text.toString());
}

async function bytesOf(path: string, shown: string, at: Location): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: LIMIT })) chunks.push(chunk as Buffer);
  } catch (cause) {
    const errno = (cause as NodeJS.ErrnoException).code ?? '';
    throw failure('cli/file-missing', { option: '--secret', file: shown, errno }, at, 'request', { cause });
  }
  return Buffer.concat(chunks);
}

function tooLarge(id: string, source: string, at: Location) {
  return failure('cli/secret-too-large', { id, source, limit: LIMIT / 1024 }, at, 'request');
}
