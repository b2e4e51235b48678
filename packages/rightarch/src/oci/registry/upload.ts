import { createHash } from 'node:crypto';
import { Failure, splitDigest } from '../../core/index.ts';
import type { CallOptions, Descriptor } from '../types.ts';
import type { Scope } from './authorizer.ts';
import { nextUrl, shownLocation } from './endpoint.ts';
import { NetworkProblem, outside, unreachable } from './problems.ts';
import { abortedOr, type Session } from './session.ts';
import type { Answer } from './transport.ts';

interface UploadOptions extends CallOptions {
  readonly mountFrom?: string | undefined;
  readonly onBytes?: (count: number) => void;
}

interface Place {
  readonly url: URL;
  /** OCI-Chunk-Min-Length: what the registry demands of every chunk but the last. */
  readonly least: number;
}

type Way = 'whole' | 'chunks';

/** Statuses that say "not this way" and not "not you" or "not now". */
const OTHER_WAY = new Set([400, 404, 405, 411, 413, 415, 416, 501]);

/**
 * Brings one blob into the repository: mounted where another repository of the registry has it, else uploaded. The
 * bytes are hashed on the way, and the last of them leave only if all of them are the blob's: a registry is never
 * left to notice by itself.
 */
export async function uploadBlob(
  session: Session,
  scopes: readonly Scope[],
  descriptor: Descriptor,
  bytes: () => AsyncIterable<Uint8Array>,
  options: UploadOptions,
): Promise<void> {
  const { image, settings } = session;
  const { digest, size } = descriptor;
  const { signal, mountFrom } = options;
  const subject = { kind: 'upload', name: digest } as const;
  let place = mountFrom === undefined ? undefined : await mount(mountFrom);
  if (place === 'mounted') return;
  let way: Way = size > settings.chunkFrom ? 'chunks' : 'whole';
  let changed = false;
  for (let attempt = 1; ; attempt++) {
    place ??= await begin();
    try {
      if (way === 'chunks') await sendChunks(place);
      else await sendWhole(place);
      return;
    } catch (error) {
      const reason = abortedOr(error, signal, image);
      await cancel(place);
      place = undefined;
      if (signal?.aborted) throw reason;
      const status = statusOf(reason);
      if (status !== undefined && OTHER_WAY.has(status) && !changed) {
        changed = true;
        way = way === 'chunks' ? 'whole' : 'chunks';
        attempt--;
        continue;
      }
      const again = reason instanceof NetworkProblem || (status !== undefined && passes(status));
      if (!again) throw reason;
      if (!(await session.pause(attempt, signal))) {
        throw reason instanceof NetworkProblem ? unreachable(reason, session.about(subject)) : reason;
      }
    }
  }

  /** distribution-spec, "Mounting a blob": 201 is done, 202 is an ordinary upload; a refusal is no reason to fail. */
  async function mount(from: string): Promise<Place | 'mounted' | undefined> {
    try {
      const answer = await session.send({
        method: 'POST',
        at: `/blobs/uploads/?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from)}`,
        scopes: [...scopes, `repository:${from}:pull`],
        subject,
        accept: [201, 202],
        signal,
      });
      await answer.drop();
      return answer.status === 201 ? 'mounted' : placeOf(answer);
    } catch (error) {
      if (error instanceof Failure && error.diagnostic.code !== 'registry/interrupted' && !signal?.aborted)
        return undefined;
      throw error;
    }
  }

  async function begin(): Promise<Place> {
    const answer = await session.send({
      method: 'POST',
      at: '/blobs/uploads/',
      scopes,
      subject,
      accept: [202],
      signal,
    });
    await answer.drop();
    return placeOf(answer);
  }

  function placeOf(answer: Answer, before?: Place): Place {
    const location = answer.headers['location'];
    if (location === undefined) {
      if (before !== undefined) return before;
      const { host } = session.about(subject, answer.url);
      throw outside('registry/malformed-answer', { host, part: 'Location', problem: 'missing' }, image);
    }
    const url = nextUrl(answer.url, location, settings.insecureHosts);
    if (url === undefined) {
      const to = shownLocation(location);
      throw outside('registry/redirect-refused', { host: answer.url.host, to }, image);
    }
    const least = Number(answer.headers['oci-chunk-min-length'] ?? before?.least ?? 0);
    return { url, least: Number.isSafeInteger(least) && least > 0 ? least : 0 };
  }

  /** The blob's bytes, hashed; the last part comes out only if everything was right. */
  async function* checked(): AsyncGenerator<Uint8Array> {
    const [algorithm] = splitDigest(digest);
    const hash = createHash(algorithm);
    let count = 0;
    let held: Uint8Array | undefined;
    for await (const part of bytes()) {
      if (part.length === 0) continue;
      signal?.throwIfAborted();
      count += part.length;
      if (count > size) break;
      hash.update(part);
      if (held !== undefined) yield held;
      held = part;
    }
    const found = `${algorithm}:${hash.digest('hex')}`;
    if (count !== size || found !== digest) {
      throw outside('registry/source-differs', { name: digest, found, expected: size, received: count }, image);
    }
    if (held !== undefined) yield held;
  }

  async function sendWhole({ url }: Place): Promise<void> {
    const answer = await session.send({
      method: 'PUT',
      at: withDigest(url, digest),
      headers: { 'content-type': 'application/octet-stream' },
      body: {
        size,
        async *open() {
          for await (const part of checked()) {
            yield part;
            options.onBytes?.(part.length);
          }
        },
      },
      scopes,
      subject,
      accept: [201, 204],
      repeat: false,
      signal,
    });
    await finish(answer);
  }

  async function sendChunks(start: Place): Promise<void> {
    let at = start;
    let offset = 0;
    for await (const chunk of rechunk(checked(), Math.max(settings.chunkBytes, start.least))) {
      const end = offset + chunk.length;
      for (let attempt = 1; offset < end; attempt++) {
        const rest = chunk.subarray(chunk.length - (end - offset));
        const before = offset;
        ({ at, offset } = await sendChunk(at, rest, offset, attempt));
        if (offset > before) attempt = 0;
        if (offset < end && offset === before && attempt >= settings.attempts) {
          throw new NetworkProblem('reset', 'the registry takes no more of this upload', undefined);
        }
      }
      options.onBytes?.(chunk.length);
    }
    const answer = await session.send({
      method: 'PUT',
      at: withDigest(at.url, digest),
      scopes,
      subject,
      accept: [201, 204],
      repeat: false,
      signal,
    });
    await finish(answer);
  }

  /** Sends one chunk; what the registry has afterwards is what it says, not what was sent. */
  async function sendChunk(place: Place, bytes: Uint8Array, offset: number, attempt: number) {
    const last = offset + bytes.length - 1;
    try {
      const answer = await session.send({
        method: 'PATCH',
        at: place.url,
        headers: { 'content-type': 'application/octet-stream', 'content-range': `${offset}-${last}` },
        body: bytes,
        scopes,
        subject,
        // crane's registry answers 204 and others 201, where the specification says 202.
        accept: [202, 204, 201],
        repeat: false,
        signal,
      });
      await answer.drop();
      // A first chunk of one byte is the one case where `0-0` means what it says.
      const next = last === 0 ? 1 : (receivedOf(answer) ?? last + 1);
      return { at: placeOf(answer, place), offset: next >= offset && next <= last + 1 ? next : last + 1 };
    } catch (error) {
      const reason = abortedOr(error, signal, image);
      const status = statusOf(reason);
      const passing = reason instanceof NetworkProblem || (status !== undefined && passes(status));
      if (signal?.aborted || !passing || !(await session.pause(attempt, signal))) throw reason;
      const now = await ask(place);
      if (now === undefined || now.offset < offset || now.offset > last + 1) throw reason;
      return now;
    }
  }

  /** distribution-spec, "GET upload status": 204 with Range. Undefined where the upload is gone. */
  async function ask(place: Place): Promise<{ at: Place; offset: number } | undefined> {
    try {
      const answer = await session.send({
        method: 'GET',
        at: place.url,
        scopes,
        subject,
        accept: [204, 202, 200],
        signal,
      });
      await answer.drop();
      const offset = receivedOf(answer);
      return offset === undefined ? undefined : { at: placeOf(answer, place), offset };
    } catch (error) {
      if (error instanceof Failure && !signal?.aborted) return undefined;
      throw error;
    }
  }

  async function finish(answer: Answer): Promise<void> {
    await answer.drop();
    const stored = answer.headers['docker-content-digest'];
    if (stored !== undefined && stored !== digest) {
      const { host } = session.about(subject, answer.url);
      throw outside('registry/stored-otherwise', { host, name: digest, expected: digest, found: stored }, image);
    }
  }

  /** Registries keep abandoned uploads for days. Nobody waits for this, and it may fail. */
  async function cancel({ url }: Place): Promise<void> {
    const limit = AbortSignal.timeout(2000);
    await session
      .send({
        method: 'DELETE',
        at: url,
        scopes,
        subject,
        accept: [204, 202, 200, 404, 405],
        repeat: false,
        signal: limit,
      })
      .then((answer) => answer.drop())
      .catch(() => {});
  }
}

/** A 416 means that the two sides disagree about how much is there, which a new start mends. */
const passes = (status: number) => status >= 500 || status === 416 || status === 429;

/** `0-N` is N + 1 bytes; distribution writes `0-0` for none as well, and no chunk of ours has one byte of many. */
function receivedOf(answer: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers['range'] ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Failure)) return undefined;
  const { code, args } = error.diagnostic;
  if (code === 'registry/not-found') return 404;
  if (code === 'registry/rate-limited') return 429;
  return typeof args['status'] === 'number' ? args['status'] : undefined;
}

/** As text, because re-encoding the query could change the state that some registries keep in it. */
function withDigest(url: URL, digest: string): URL {
  const text = url.href;
  return new URL(
    `${text}${url.search === '' ? (text.endsWith('?') ? '' : '?') : '&'}digest=${encodeURIComponent(digest)}`,
  );
}

/** The same bytes in parts of exactly `size`, but for the last. */
export async function* rechunk(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let count = 0;
  for await (let part of bytes) {
    while (count + part.length >= size) {
      const take = size - count;
      yield Buffer.concat([...parts, part.subarray(0, take)]);
      part = part.subarray(take);
      parts = [];
      count = 0;
    }
    if (part.length > 0) {
      parts.push(part);
      count += part.length;
    }
  }
  if (count > 0) yield Buffer.concat(parts);
}
