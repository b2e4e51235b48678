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
      body: guarded(answer.body, ask.signal),
      async drop() {
        answer.body.on('error', () => {});
        if (Number(answer.headers['content-length'] ?? 0) > 64 * 1024) answer.body.destroy();
        else await answer.body.dump({ limit: 64 * 1024 }).catch(() => {});
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

async function* guarded(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    signal?.throwIfAborted();
    throw asNetworkProblem(error);
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flattened: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flattened[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flattened;
}
