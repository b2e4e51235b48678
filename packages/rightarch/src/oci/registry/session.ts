import { Failure } from '../../core/index.ts';
import { readReasons, retryAfterSeconds } from './answers.ts';
import { type Authorizer, openAuthorizer, type Scope } from './authorizer.ts';
import { type Endpoint, nextUrl, shownLocation } from './endpoint.ts';
import { type RegistryOptions, type Settings, settingsOf } from './options.ts';
import {
  asNetworkProblem,
  type Circumstances,
  NetworkProblem,
  outside,
  refused,
  type Subject,
  unreachable,
} from './problems.ts';
import { withoutSecrets } from './secret.ts';
import { type Answer, type Body, type Exchange, openTransport, type Transport } from './transport.ts';

/** One request to a registry, as the rest of this room states it. */
export interface Ask {
  readonly method: Exchange['method'];
  /** Below the repository: `/manifests/latest`; or a whole URL that the registry gave. */
  readonly at: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body | undefined;
  readonly scopes: readonly Scope[];
  readonly subject: Subject;
  /** The statuses that the caller knows what to do with; any other is thrown as a Failure. */
  readonly accept: readonly number[];
  /** False where trying again is not the same as trying once: the caller recovers by itself. */
  readonly repeat?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Requests to one repository with authorization, redirects and retries done. */
export interface Session {
  readonly endpoint: Endpoint;
  readonly settings: Settings;
  /** The image as people write it, for diagnostics. */
  readonly image: string;
  send(ask: Ask): Promise<Answer>;
  /** Waits before another try; false where no try is left. */
  pause(attempt: number, signal?: AbortSignal): Promise<boolean>;
  about(subject: Subject, url?: URL): Circumstances;
  close(): Promise<void>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const REDIRECT_LIMIT = 8;
// 501 and 505 will be the same next time.
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const LONGEST_WAIT_MS = 10_000;
const LONGEST_RETRY_AFTER_SECONDS = 120;

/** Opens a session; nothing is sent yet. */
export function openSession(endpoint: Endpoint, image: string, options: RegistryOptions): Session {
  const settings = settingsOf(options);
  const transport: Transport = openTransport(settings);
  let origin = endpoint.origin;
  /** Whether the scheme is known to be right. */
  let settled = false;
  const authorizer: Authorizer = openAuthorizer({
    registry: endpoint.registry,
    origin: endpoint.origin,
    repository: endpoint.repository,
    credentials: settings.credentials,
    settings,
    send: (ask, circumstances) => persist(() => transport.exchange(ask), circumstances, ask.signal),
  });

  const about = (subject: Subject, url?: URL): Circumstances => ({
    host: url === undefined || url.origin === origin ? hostOf(endpoint, origin) : url.host,
    image,
    subject,
    credentials: authorizer.credentials,
  });

  async function pause(attempt: number, signal?: AbortSignal): Promise<boolean> {
    if (attempt >= settings.attempts) return false;
    const most = Math.min(LONGEST_WAIT_MS, settings.backoffMs * 2 ** (attempt - 1));
    // Half fixed, half by chance: many builders that were cut off together must not come back together.
    await settings.clock.sleep(most / 2 + (most / 2) * settings.clock.random(), signal);
    return true;
  }

  /** Tries until there is an answer that is not passing, or no try is left. */
  async function persist(
    attemptOne: () => Promise<Answer>,
    circumstances: Circumstances,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      let answer: Answer;
      try {
        answer = await attemptOne();
      } catch (error) {
        if (!(error instanceof NetworkProblem)) throw error;
        if (!error.passing || !(await pause(attempt, signal))) throw unreachable(error, circumstances);
        continue;
      }
      if (!PASSING.has(answer.status)) return answer;
      const seconds = retryAfterSeconds(answer);
      const tooLong = seconds !== undefined && seconds > LONGEST_RETRY_AFTER_SECONDS;
      if (tooLong || attempt >= settings.attempts) {
        const because = (await readReasons(answer)).map(clean);
        throw refused(answer.status, circumstances, {
          because,
          attempts: attempt,
          ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
        });
      }
      await answer.drop();
      if (seconds !== undefined) await settings.clock.sleep(seconds * 1000, signal);
      else await pause(attempt, signal);
    }
  }

  const clean = (line: string) => withoutSecrets(line, authorizer.secrets);

  /** One exchange with its redirects. Authorization goes to the registry's own origin and nowhere else. */
  async function follow(ask: Ask, start: URL, authorization: string | undefined): Promise<Answer> {
    let url = start;
    let method = ask.method;
    let body = ask.body;
    for (let hops = 0; ; hops++) {
      const own = url.origin === origin;
      const answer = await transport.exchange({
        method,
        url,
        headers: {
          'user-agent': settings.userAgent,
          'accept-encoding': 'identity',
          ...ask.headers,
          ...(own && authorization !== undefined ? { authorization } : {}),
        },
        body,
        signal: ask.signal,
      });
      if (!REDIRECTS.has(answer.status)) return answer;
      await answer.drop();
      const location = answer.headers['location'];
      const host = url.host;
      if (location === undefined) {
        throw outside('registry/malformed-answer', { host, part: 'Location', problem: 'missing' }, image);
      }
      if (hops >= REDIRECT_LIMIT) throw outside('registry/redirect-loop', { host, limit: REDIRECT_LIMIT }, image);
      const to = nextUrl(url, location, settings.insecureHosts);
      if (to === undefined) {
        throw outside('registry/redirect-refused', { host, to: clean(shownLocation(location)) }, image);
      }
      if (answer.status === 303 && method !== 'HEAD') {
        method = 'GET';
        body = undefined;
      }
      url = to;
    }
  }

  /** Go's http and nginx say in words that they have TLS; a loopback or allowed host may well have it. */
  async function wantsTls(ask: Ask): Promise<boolean> {
    if (!origin.startsWith('http:')) return false;
    const answer = await follow({ ...ask, method: 'GET', body: undefined }, new URL(`${origin}/v2/`), undefined);
    const because = await readReasons(answer);
    return answer.status === 400 && because.some((line) => /https/i.test(line));
  }

  async function send(ask: Ask): Promise<Answer> {
    const start = () =>
      typeof ask.at === 'string' ? new URL(`${origin}/v2/${endpoint.repository}${ask.at}`) : new URL(ask.at);
    const attemptOne = async (): Promise<Answer> => {
      ask.signal?.throwIfAborted();
      let answer = await follow(ask, start(), authorizer.header(ask.scopes));
      if (answer.status === 400 && !settled && (await wantsTls(ask))) {
        await answer.drop();
        origin = origin.replace(/^http:/, 'https:');
        answer = await follow(ask, start(), authorizer.header(ask.scopes));
      }
      settled = true;
      if (answer.status === 401 && answer.url.origin === origin) {
        const authorization = await authorizer.meet(answer, ask.scopes, about(ask.subject), ask.signal);
        if (authorization === undefined) return answer;
        await answer.drop();
        answer = await follow(ask, start(), authorization);
      }
      return answer;
    };
    let answer: Answer;
    try {
      answer = ask.repeat === false ? await attemptOne() : await persist(attemptOne, about(ask.subject), ask.signal);
    } catch (error) {
      throw abortedOr(error, ask.signal, image);
    }
    if (ask.accept.includes(answer.status)) return answer;
    const because = (await readReasons(answer)).map(clean);
    const seconds = retryAfterSeconds(answer);
    throw refused(answer.status, about(ask.subject, answer.url), {
      because,
      attempts: 1,
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    });
  }

  return { endpoint, settings, image, send, pause, about, close: () => transport.close() };
}

/** The error itself, or, where the caller's signal is why there is one, what the caller gave as the reason. */
export function abortedOr(error: unknown, signal: AbortSignal | undefined, image: string): unknown {
  if (signal?.aborted) {
    if (signal.reason instanceof Failure) return signal.reason;
    return outside('registry/interrupted', {}, image, { cause: signal.reason });
  }
  return error instanceof Error ? error : asNetworkProblem(error);
}

function hostOf(endpoint: Endpoint, origin: string): string {
  return endpoint.registry === 'docker.io' ? 'docker.io' : new URL(origin).host;
}
