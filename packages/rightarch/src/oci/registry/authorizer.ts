import type { Credential, CredentialSource } from '../credentials.ts';
import { looksLikeHtml, member, parseJson, readReasons, readUpTo } from './answers.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { isLoopback, mayBePlain } from './endpoint.ts';
import type { Settings } from './options.ts';
import { type Circumstances, outside, refused } from './problems.ts';
import { withoutSecrets } from './secret.ts';
import type { Answer, Exchange } from './transport.ts';

/** What a request needs to be allowed: `repository:team/app:pull,push`. */
export type Scope = `repository:${string}:${string}`;

/** Proves to one registry who is asking. Credentials and tokens go to its own origin and its token endpoint only. */
export interface Authorizer {
  /** The header to send at once, from what is known already. */
  header(scopes: readonly Scope[]): string | undefined;
  /** Meets a 401: the header to try again with, or undefined where there is nothing more to offer. */
  meet(
    answer: Answer,
    scopes: readonly Scope[],
    about: Circumstances,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** Whether this registry has been shown credentials of a person, not only an anonymous token. */
  readonly credentials: 'sent' | 'none';
  /** Everything that must never be printed. */
  readonly secrets: Iterable<string>;
}

interface Token {
  readonly header: string;
  readonly until: number;
}

// distribution-spec, token: "If the expires_in field is omitted, it defaults to 60 seconds".
const DEFAULT_LIFE_SECONDS = 60;
const TOKEN_LIMIT = 1024 * 1024;

/** An authorizer for one repository; `send` makes requests with retries and without authorization. */
export function openAuthorizer(parts: {
  readonly registry: string;
  readonly origin: string;
  readonly repository: string;
  readonly credentials: CredentialSource | undefined;
  readonly settings: Settings;
  send(ask: Exchange, about: Circumstances): Promise<Answer>;
}): Authorizer {
  const { settings } = parts;
  const tokens = new Map<string, Token>();
  const pending = new Map<string, Promise<Token>>();
  const secrets = new Set<string>();
  let basic: string | undefined;
  let sent: 'sent' | 'none' = 'none';
  let found: Promise<Credential | undefined> | undefined;

  const credential = (signal?: AbortSignal) => {
    found ??= Promise.resolve(parts.credentials?.find(parts.registry, parts.repository, signal ? { signal } : {})).then(
      (one) => {
        if (one !== undefined) {
          const text = one.secret.reveal();
          secrets.add(text);
          if (one.kind === 'password') secrets.add(`${one.username}:${text}`);
        }
        return one;
      },
    );
    return found;
  };

  const malformed = (about: Circumstances, problem: string) =>
    outside('registry/malformed-answer', { host: about.host, part: 'WWW-Authenticate', problem }, about.image);

  async function fetchToken(
    challenge: Challenge,
    scopes: readonly Scope[],
    about: Circumstances,
    signal: AbortSignal | undefined,
  ): Promise<Token> {
    const { realm, service, scope } = challenge.parameters;
    if (realm === undefined || !URL.canParse(realm)) throw malformed(about, 'realm');
    const url = new URL(realm);
    const own = new URL(parts.origin);
    const plain = url.protocol === 'http:' && own.protocol === 'http:';
    // Any other host may be named over TLS, as docker and containerd have it (docs/threat-model.md); this machine not.
    const inward = isLoopback(url.host) && !isLoopback(own.host);
    const allowed = url.protocol === 'https:' || (plain && mayBePlain(url.host, [...settings.insecureHosts, own.host]));
    if (!allowed || inward) {
      throw outside(
        'registry/token-endpoint-refused',
        { host: about.host, realm: `${url.protocol}//${url.host}` },
        about.image,
      );
    }
    url.username = '';
    url.password = '';
    const asked = [...new Set([...scopes, ...(scope?.split(' ').filter((one) => one !== '') ?? [])])];
    const who = await credential(signal);
    const there: Circumstances = {
      ...about,
      host: url.host,
      subject: { kind: 'token', name: asked.join(' ') },
      credentials: who === undefined ? 'none' : 'sent',
    };
    const headers = { accept: 'application/json', 'user-agent': settings.userAgent };
    if (who !== undefined) sent = 'sent';
    let answer: Answer;
    if (who?.kind === 'identity-token') {
      // distribution, spec/auth/oauth: identity tokens are refresh tokens.
      const form = new URLSearchParams({
        grant_type: 'refresh_token',
        service: service ?? '',
        client_id: 'rightarch',
        scope: asked.join(' '),
        refresh_token: who.secret.reveal(),
      });
      answer = await parts.send(
        {
          method: 'POST',
          url,
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: Buffer.from(form.toString()),
          signal,
        },
        there,
      );
    } else {
      if (service !== undefined) url.searchParams.set('service', service);
      for (const one of asked) url.searchParams.append('scope', one);
      const login = who === undefined ? {} : { authorization: basicHeader(who.username, who.secret.reveal()) };
      answer = await parts.send({ method: 'GET', url, headers: { ...headers, ...login }, signal }, there);
    }
    if (answer.status !== 200) {
      const because = (await readReasons(answer)).map((line) => withoutSecrets(line, secrets));
      // Registries answer 400 as well as 401 to a refresh token that is no longer good.
      const status = answer.status === 400 && who !== undefined ? 401 : answer.status;
      throw refused(status, there, { because, attempts: 1 });
    }
    const { bytes, whole } = await readUpTo(answer, TOKEN_LIMIT);
    const text = Buffer.from(bytes).toString('utf8');
    if (looksLikeHtml(answer, text)) {
      throw outside('registry/not-a-registry', { host: url.host, status: answer.status }, about.image);
    }
    const body = whole ? parseJson(text) : undefined;
    const token = member(body, 'token') ?? member(body, 'access_token');
    if (typeof token !== 'string' || token === '' || /[\r\n]/.test(token)) {
      throw outside('registry/malformed-answer', { host: url.host, part: 'token', problem: 'form' }, about.image);
    }
    secrets.add(token);
    const life = member(body, 'expires_in');
    const seconds = typeof life === 'number' && life > 0 ? life : DEFAULT_LIFE_SECONDS;
    // A tenth early, so that a request does not set out with a token that dies on the way.
    return { header: `Bearer ${token}`, until: settings.clock.now() + seconds * 900 };
  }

  return {
    get credentials() {
      return sent;
    },
    secrets,
    header(scopes) {
      if (basic !== undefined) return basic;
      const key = keyOf(scopes);
      const token = tokens.get(key);
      if (token === undefined) return undefined;
      if (token.until > settings.clock.now()) return token.header;
      tokens.delete(key);
      return undefined;
    },
    async meet(answer, scopes, about, signal) {
      const header = answer.headers['www-authenticate'];
      if (header === undefined) return undefined;
      const challenges = parseChallenges(header);
      if (challenges === undefined) throw malformed(about, 'form');
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      if (bearer !== undefined) {
        const key = keyOf(scopes);
        tokens.delete(key);
        let coming = pending.get(key);
        if (coming === undefined) {
          coming = fetchToken(bearer, scopes, about, signal).finally(() => pending.delete(key));
          pending.set(key, coming);
        }
        const token = await coming;
        tokens.set(key, token);
        return token.header;
      }
      if (challenges.some(({ scheme }) => scheme === 'basic')) {
        const who = await credential(signal);
        if (who === undefined || who.kind !== 'password') return undefined;
        sent = 'sent';
        basic = basicHeader(who.username, who.secret.reveal());
        return basic;
      }
      throw malformed(about, 'scheme');
    },
  };
}

function keyOf(scopes: readonly Scope[]): string {
  return [...scopes].sort().join(' ');
}

function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
