import { lstat, mkdir, open, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, type Location } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { openArchive } from './archive.ts';
import { isSystemError, writeFailure } from './files.ts';
import type { ListedSource } from './layout.ts';
import { isAbandoned, ownerOf, ownName } from './own-name.ts';
import type { CallOptions } from './types.ts';

/** Where a Docker or Podman engine listens: the path of a socket or named pipe, or a place that is not asked from here. */
export type DockerAddress = { readonly socketPath: string } | { readonly elsewhere: string };

export interface DockerOptions extends CallOptions {
  readonly address?: DockerAddress | undefined;
  /** Where the image is kept while it is open. The system's temporary directory unless told. */
  readonly temporaryDirectory?: string | undefined;
}

const PREFIX = 'rightarch-docker.';
const FILE = 'image.tar';
const DEFAULT: DockerAddress = { socketPath: '/var/run/docker.sock' };
/** Silence of the engine after which it counts as unreachable; `docker save` sends its first byte when it has packed a layer. */
const SILENCE_MS = 120_000;

/**
 * An image of the local engine, exported once (`GET /images/{name}/get`, what `docker save` does) and then read as an
 * archive. The copy is removed on close.
 */
export async function openDocker(image: string, options: DockerOptions = {}): Promise<ListedSource> {
  const name = `docker:${image}`;
  const at: Location = { in: 'image', image: name };
  const address = options.address ?? DEFAULT;
  if ('elsewhere' in address) {
    throw failure('image/docker-elsewhere', { name: image, address: address.elsewhere }, at, 'request');
  }
  const shown = address.socketPath;
  const answer = await ask(
    address,
    `/images/${encodeURIComponent(image).replaceAll('%2F', '/')}/get`,
    options.signal,
  ).catch((error: unknown) => {
    if (options.signal?.aborted) throw error;
    const because = error instanceof Error ? [error.message] : [];
    throw failure('image/docker-unreachable', { address: shown }, at, 'outside', { because, cause: error });
  });
  const status = answer.statusCode ?? 0;
  if (status !== 200) {
    const because = await saying(answer);
    if (status === 404) throw failure('image/docker-missing', { name: image }, at, 'request', { because });
    throw failure('image/docker-refused', { name: image, status }, at, 'outside', { because });
  }
  const parent = options.temporaryDirectory ?? tmpdir();
  let directory: string | undefined;
  try {
    await removeAbandonedExports(parent);
    const made = join(parent, `${PREFIX}${ownName()}`);
    await mkdir(made, { mode: 0o700 });
    directory = made;
    const file = join(made, FILE);
    await store(answer, file, shown, at);
    const source = await openArchive(file, { ...options, name, kind: 'docker' });
    const kept = made;
    // It is open, and where the system allows it, no name is left for a kill to leave behind; Windows does not.
    await rm(kept, { recursive: true, force: true }).catch(() => {});
    return {
      ...source,
      async close() {
        await source.close();
        await rm(kept, { recursive: true, force: true });
      },
    };
  } catch (error) {
    answer.destroy();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    throw isSystemError(error) && !(error instanceof Failure) ? writeFailure(error, parent) : error;
  }
}

/**
 * What runs that were killed left: only what is this user's, for others may put into a shared directory what they like,
 * and only the one file, so that no link in it leads anywhere.
 */
async function removeAbandonedExports(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(PREFIX) || ownerOf(name.slice(PREFIX.length)) === undefined) continue;
    const path = join(parent, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isDirectory() !== true || found.uid !== (process.getuid?.() ?? found.uid)) continue;
    if (!(await isAbandoned(path, name.slice(PREFIX.length)))) continue;
    await unlink(join(path, FILE)).catch(() => {});
    await rmdir(path).catch(() => {});
  }
}

function ask(
  { socketPath }: { readonly socketPath: string },
  path: string,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath,
      path,
      method: 'GET',
      headers: { host: 'docker', accept: 'application/x-tar, application/json' },
      ...(signal !== undefined ? { signal } : {}),
    });
    outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error(`no answer for ${SILENCE_MS / 1000} s`)));
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    outgoing.end();
  });
}

/** The builder that an engine says is its own: `1` from before BuildKit, `2` BuildKit; empty where it leaves that to the client. Undefined where nobody answers. */
export async function pingDocker(
  address: DockerAddress | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (address === undefined || 'elsewhere' in address) return undefined;
  try {
    const answer = await ask(address, '/_ping', signal);
    answer.resume();
    const said = answer.headers['builder-version'];
    return typeof said === 'string' ? said : '';
  } catch (error) {
    if (signal?.aborted) throw error;
    return undefined;
  }
}

/** What the engine says went wrong, bounded: `{"message": …}`. */
async function saying(answer: IncomingMessage): Promise<string[]> {
  let text = '';
  try {
    for await (const chunk of answer) {
      text += String(chunk);
      if (text.length > 4096) break;
    }
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? [message] : [];
  } catch {
    return text === '' ? [] : [text.slice(0, 500)];
  }
}

async function store(answer: IncomingMessage, file: string, address: string, at: Location): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const chunks = answer[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      const { done, value } = await chunks.next().catch((error: unknown) => {
        const because = error instanceof Error ? [error.message] : [];
        throw failure('image/docker-unreachable', { address }, at, 'outside', { because, cause: error });
      });
      if (done) break;
      await handle.writeFile(value);
    }
  } finally {
    await handle.close();
  }
}
