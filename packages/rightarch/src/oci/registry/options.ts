import type { CredentialSource } from '../credentials.ts';

/** Time and chance, so that tests need neither. */
export interface Clock {
  /** Milliseconds; only differences mean anything. */
  now(): number;
  /** Resolves after that many milliseconds, rejects when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to 1: spreads retries. */
  random(): number;
}

/** What every registry of one run has in common. Nothing here is read from the environment. */
export interface RegistryOptions {
  readonly credentials?: CredentialSource | undefined;
  /** Hosts, with a port where there is one, that may be spoken to by plain HTTP beside loopback. */
  readonly insecureHosts?: readonly string[] | undefined;
  /** As HTTP_PROXY, HTTPS_PROXY and NO_PROXY would say. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string } | undefined;
  /** PEM certificates that are trusted beside Node's own. */
  readonly ca?: readonly string[] | undefined;
  /** Tries of one request, the first included. */
  readonly attempts?: number | undefined;
  /** The first wait between two tries; doubles each time, at most 10 s. */
  readonly backoffMs?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly headersTimeoutMs?: number | undefined;
  /** The longest silence within a body, in either direction. */
  readonly idleTimeoutMs?: number | undefined;
  /** Blobs above this many bytes go up in chunks, so that a cut costs one chunk and not everything. */
  readonly chunkFrom?: number | undefined;
  readonly chunkBytes?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly userAgent?: string | undefined;
}

/** The options with every number decided. */
export interface Settings {
  readonly credentials: CredentialSource | undefined;
  readonly insecureHosts: readonly string[];
  readonly proxy: RegistryOptions['proxy'];
  readonly ca: readonly string[];
  readonly attempts: number;
  readonly backoffMs: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly chunkFrom: number;
  readonly chunkBytes: number;
  readonly clock: Clock;
  readonly userAgent: string;
}

const realClock: Clock = {
  now: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

const MIB = 1024 * 1024;

/** Fills in what the caller left open. */
export function settingsOf(options: RegistryOptions): Settings {
  return {
    credentials: options.credentials,
    insecureHosts: (options.insecureHosts ?? []).map((host) => host.toLowerCase()),
    proxy: options.proxy,
    ca: options.ca ?? [],
    attempts: Math.max(1, options.attempts ?? 5),
    backoffMs: options.backoffMs ?? 300,
    connectTimeoutMs: options.connectTimeoutMs ?? 15_000,
    headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
    idleTimeoutMs: options.idleTimeoutMs ?? 60_000,
    chunkFrom: options.chunkFrom ?? 64 * MIB,
    chunkBytes: Math.max(1, options.chunkBytes ?? 16 * MIB),
    clock: options.clock ?? realClock,
    userAgent: options.userAgent ?? 'rightarch',
  };
}
