import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { openConnections } from './connections.ts';
import type { Settings } from './options.ts';
import { asNetworkProblem, NetworkProblem } from './problems.ts';

/** A body that can be sent again: bytes in memory, or a stream that opens anew. */
export type Body = Uint8Array | { readonly size: number; open(): AsyncIterable<Uint8Array> };

export interface Exchange {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Body | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One answer. Its body is read once, or dropped. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; of repeated ones all values, joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where it came from, after redirects. */
  readonly url: URL;
  /** Ends by throwing `NetworkProblem` where the connection does. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody reads. */
  drop(): Promise<void>;
}

/** Sockets, TLS, proxy and timeouts: one HTTP exchange, nothing more. */
export interface Transport {
  exchange(ask: Exchange): Promise<Answer>;
  close(): Promise<void>;
}

/** Opens nothing yet. */
export function openTransport(settings: Settings): Transport {
  const connections = openConnections(settings);
  return {
    async exchange(ask) {
      return exchange(await connections.to(ask.url), ask, settings);
    },
    close: () => connections.close(),
  };
}

async function exchange(dispatcher: Dispatcher, ask: Exchange, settings: Settings): Promise<Answer> {
  ask.signal?.throwIfAborted();
  const stall = new AbortController();
  const signal = ask.signal === undefined ? stall.signal : AbortSignal.any([ask.signal, stall.signal]);
  const { body, size, sending } = bodyOf(ask, settings, (why) => stall.abort(why));
  try {
    const answer = await dispatcher.request({
      origin: ask.url.origin,
      path: `${ask.url.pathname}${ask.url.search}`,
      method: ask.method,
      headers: { ...ask.headers, ...(size === undefined ? {} : { 'content-length': String(size) }) },
      body: body ?? null,
      signal,
      // While a stream goes up, undici counts the time to the headers from the first byte: the sender watches instead.
      headersTimeout: sending ? 0 : settings.headersTimeoutMs,
      bodyTimeout: settings.idleTimeoutMs,
    });
    return {
      status: answer.statusCode,
      headers: flat(answer.headers),
      url: ask.url,
      body: guarded(answer.body, settings.idleTimeoutMs, ask.signal),
      async drop() {
        answer.body.on('error', () => {});
        if (Number(answer.headers['content-length'] ?? 0) > 64 * 1024) answer.body.destroy();
        else {
          // A rest that only trickles is not worth the socket that it would free.
          const signal = AbortSignal.timeout(Math.min(settings.idleTimeoutMs, 5000));
          await answer.body.dump({ limit: 64 * 1024, signal }).catch(() => {});
        }
      },
    };
  } catch (error) {
    ask.signal?.throwIfAborted();
    if (stall.signal.aborted) throw stall.signal.reason;
    throw asNetworkProblem(error);
  } finally {
    sending?.done();
  }
}

/** A stream under watch: neither side may be silent for longer than the idle timeout. */
function bodyOf(ask: Exchange, settings: Settings, giveUp: (why: unknown) => void) {
  if (ask.body === undefined) {
    const empty = ask.method === 'POST' || ask.method === 'PUT' || ask.method === 'PATCH';
    return { size: empty ? 0 : undefined, body: undefined, sending: undefined };
  }
  if (ask.body instanceof Uint8Array) return { size: ask.body.length, body: ask.body, sending: undefined };
  const { size, open } = ask.body;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const watch = (ms: number) => {
    clearTimeout(timer);
    if (over) return;
    timer = setTimeout(
      () => giveUp(new NetworkProblem('timeout', `no progress for ${ms} ms while sending`, undefined)),
      ms,
    );
  };
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      for await (const bytes of open()) {
        watch(settings.idleTimeoutMs);
        yield bytes;
        // The source may take its time (it may be another registry, waiting to try again): that is its own matter.
        clearTimeout(timer);
      }
      watch(settings.headersTimeoutMs);
    } catch (error) {
      // The reason must reach the caller as it is: undici would wrap or swallow it.
      giveUp(error);
      throw error;
    }
  }
  const done = () => {
    over = true;
    clearTimeout(timer);
  };
  const body = Readable.from(watched(), { objectMode: false });
  body.on('error', () => {});
  watch(settings.idleTimeoutMs);
  return { size, body, sending: { done } };
}

/** Bytes that must come in a second of waiting, over the idle timeout: a byte a minute is silence as well. */
const LEAST_A_SECOND = 1024;

/** A body whose errors are sorted, and that is given up where it only trickles. The reader's own time does not count. */
async function* guarded(
  body: AsyncIterable<Uint8Array>,
  idleMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let waited = 0;
  let came = 0;
  const parts = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const asked = performance.now();
      const part = await parts.next();
      if (part.done) return;
      waited += performance.now() - asked;
      came += part.value.length;
      if (waited > idleMs) {
        if (came < (waited / 1000) * LEAST_A_SECOND)
          throw new NetworkProblem('timeout', `${came} bytes in ${Math.round(waited)} ms`, undefined);
        waited = 0;
        came = 0;
      }
      yield part.value;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw asNetworkProblem(error);
  } finally {
    // A reader that stops early lets go of the socket.
    await parts.return?.().catch(() => {});
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flattened: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flattened[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flattened;
}
