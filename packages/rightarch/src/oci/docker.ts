import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, type Location } from '../core/index.ts';
import { failure } from '../messages/index.ts';
import { openArchive } from './archive.ts';
import { isSystemError, writeFailure } from './files.ts';
import type { ListedSource } from './layout.ts';
import type { CallOptions } from './types.ts';

/** Where a Docker or Podman engine listens: the path of a socket or named pipe, or a place that is not asked from here. */
export type DockerAddress = { readonly socketPath: string } | { readonly elsewhere: string };

export interface DockerOptions extends CallOptions {
  readonly address?: DockerAddress | undefined;
  /** Where the image is kept while it is open. The system's temporary directory unless told. */
  readonly temporaryDirectory?: string | undefined;
}

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
    directory = await mkdtemp(join(parent, `rightarch-${randomBytes(4).toString('hex')}-`));
    const file = join(directory, 'image.tar');
    await store(answer, file, shown, at);
    const source = await openArchive(file, { ...options, name, kind: 'docker' });
    const kept = directory;
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
