import type { Dispatcher } from 'undici';
import { Refusal, refuse } from '../run/refusal.ts';
import type { PackageAccess } from '../stage-files.ts';

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((what: string, done: number, total?: number) => void) | undefined;
  /** Headers for an origin: tokens go where `.npmrc` says they belong and nowhere else. */
  headersFor?(url: URL): Readonly<Record<string, string>>;
  /** Registries, with a trailing slash, whose path may be a secret. */
  readonly covered?: readonly string[];
  /** The way to an address, through a proxy or with a private CA; undici's own where there is none. */
  readonly connect?: PackageAccess['connect'];
  /** Milliseconds before the second try; doubled for the third. */
  readonly retryDelayMs?: number;
}

const TRIES = 3;
const MAX_REDIRECTS = 5;
/** Also a registry that accepts and then says nothing ends. */
const IDLE_MS = 60_000;

/**
 * The bytes of a tarball. A connection that fails before the first byte is tried again; one that breaks off later is
 * an error, because the bytes given so far cannot be taken back.
 */
export async function* fetchTarball(url: string, name: string, options: FetchOptions): AsyncGenerator<Uint8Array> {
  const body = await open(url, options);
  const total = Number(body.headers['content-length'] ?? Number.NaN);
  let done = 0;
  try {
    for await (const chunk of body.body) {
      done += (chunk as Buffer).length;
      options.onBytes?.(name, done, Number.isNaN(total) ? undefined : total);
      yield chunk as Buffer;
    }
  } catch (cause) {
    if (cause instanceof Refusal || options.signal?.aborted) throw cause;
    refuse('npm/fetch-failed', { url: shown(url, options), why: words(cause) });
  }
}

/** What a registry says of a package, in the form that was asked for: its bytes, or the status with which it refused. */
export async function fetchDocument(
  url: string,
  name: string,
  options: FetchOptions & { readonly accept: string; readonly limit: number },
): Promise<{ readonly status: number; readonly body: Buffer }> {
  const answer = await open(url, options, options.accept, ABSENT);
  const chunks: Buffer[] = [];
  let done = 0;
  try {
    for await (const chunk of answer.body) {
      done += (chunk as Buffer).length;
      if (done > options.limit)
        refuse('npm/fetch-failed', { url: shown(url, options), why: `> ${options.limit} bytes` });
      options.onBytes?.(name, done);
      chunks.push(chunk as Buffer);
    }
  } catch (cause) {
    if (cause instanceof Refusal || options.signal?.aborted) throw cause;
    refuse('npm/fetch-failed', { url: shown(url, options), why: words(cause) });
  }
  return { status: answer.statusCode, body: Buffer.concat(chunks) };
}

/** A registry's word that somebody may not have a package, or that there is none: npm has sentences of its own for it. */
const ABSENT: ReadonlySet<number> = new Set([401, 403, 404]);

async function open(
  url: string,
  options: FetchOptions,
  accept = '*/*',
  answers: ReadonlySet<number> = new Set(),
): Promise<Dispatcher.ResponseData> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await follow(url, options, accept, answers);
    } catch (cause) {
      if (options.signal?.aborted) throw cause;
      const final = cause instanceof Refusal && !(cause instanceof Again);
      if (final || attempt === TRIES) {
        if (cause instanceof Refusal) throw cause;
        return refuse('npm/fetch-failed', { url: shown(url, options), why: words(cause) });
      }
      await pause((options.retryDelayMs ?? 500) * 2 ** (attempt - 1), options.signal);
    }
  }
}

/** An answer that may be another one next time. */
class Again extends Refusal<'npm/fetch-failed'> {}

async function follow(
  start: string,
  options: FetchOptions,
  accept: string,
  answers: ReadonlySet<number>,
): Promise<Dispatcher.ResponseData> {
  const { request } = await import('undici');
  let url = new URL(start);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await request(url, {
      headers: { accept, 'user-agent': 'rightarch', ...options.headersFor?.(url) },
      headersTimeout: IDLE_MS,
      bodyTimeout: IDLE_MS,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.connect === undefined ? {} : { dispatcher: await options.connect(url) }),
    });
    const { statusCode, headers } = answer;
    if (statusCode === 200 || answers.has(statusCode)) return answer;
    await answer.body.dump();
    const location = headers['location'];
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      const next = new URL(location, url);
      // A registry may not send us from https to a place that anybody on the way can answer for.
      if (url.protocol === 'https:' && next.protocol !== 'https:') break;
      if (next.protocol !== 'https:' && next.protocol !== 'http:') break;
      url = next;
      continue;
    }
    const why = `HTTP ${statusCode}`;
    const args = { url: shown(url.href, options), why };
    if (statusCode === 408 || statusCode === 429 || statusCode >= 500) throw new Again('npm/fetch-failed', args);
    return refuse('npm/fetch-failed', args);
  }
  return refuse('npm/fetch-failed', { url: shown(start, options), why: 'too many or unsafe redirects' });
}

/** The token of the longest configured path that the address lies under, and of no other. */
export function headersFor(url: URL, authorizations: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const address = `//${url.host}${url.pathname}`;
  let best = '';
  for (const prefix of authorizations.keys())
    if (address.startsWith(prefix) && prefix.length > best.length) best = prefix;
  const authorization = authorizations.get(best);
  return authorization === undefined ? {} : { authorization };
}

/** The address without credentials: also without the path of a registry that only a secret names. */
export function shown(url: string, { covered = [] }: Pick<FetchOptions, 'covered'>): string {
  try {
    const parsed = new URL(url);
    const address = `${parsed.origin}${parsed.pathname}`;
    const own = covered.find((one) => address.startsWith(one));
    return own === undefined ? address : `${parsed.origin}/…/${address.slice(own.length)}`;
  } catch {
    return url;
  }
}

function words(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { readonly code?: unknown };
  return typeof code === 'string' && !cause.message.includes(code) ? `${cause.message} (${code})` : cause.message;
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', stop, { once: true });
  });
}
