/** How the registry wants to know who is asking. Bearer tokens come from its own `/token`. */
export type RegistryAccess =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer';
      readonly username?: string;
      readonly password?: string;
      /** Taken as a refresh token by POST. */
      readonly identityToken?: string;
      /** Anybody may pull. */
      readonly anonymousPull?: boolean;
      readonly expiresInSeconds?: number;
      /** A token endpoint elsewhere. */
      readonly realm?: string;
    };

/** What a request wants to do, by repository. */
export interface Wanted {
  readonly repository: string;
  readonly action: 'pull' | 'push';
}

/** Checks requests and hands out tokens. */
export class AccessDesk {
  readonly #access: RegistryAccess | undefined;
  readonly #tokens = new Map<string, ReadonlySet<string>>();
  #count = 0;

  constructor(access: RegistryAccess | undefined) {
    this.#access = access;
  }

  /** Forgets every token, as a registry does when they expire. */
  expire(): void {
    this.#tokens.clear();
  }

  /** Undefined where the request is allowed, else the WWW-Authenticate to answer 401 with. */
  check(authorization: string | undefined, wanted: readonly Wanted[], host: string): string | undefined {
    const access = this.#access;
    if (access === undefined) return undefined;
    if (access.kind === 'basic') {
      return authorization === basic(access.username, access.password) ? undefined : 'Basic realm="test"';
    }
    const granted = this.#tokens.get(authorization?.replace(/^Bearer /, '') ?? '');
    if (granted !== undefined && wanted.every(({ repository, action }) => granted.has(`${repository}:${action}`))) {
      return undefined;
    }
    const scope = wanted.map(
      ({ repository, action }) => `repository:${repository}:${action === 'push' ? 'pull,push' : 'pull'}`,
    );
    const realm = access.realm ?? `http://${host}/token`;
    return `Bearer realm="${realm}",service="test",scope="${scope.join(' ')}"`;
  }

  /** Answers `/token`. Undefined is 401. */
  token(ask: {
    readonly authorization: string | undefined;
    readonly scopes: readonly string[];
    readonly refresh?: string;
  }) {
    const access = this.#access;
    if (access?.kind !== 'bearer') return undefined;
    const known =
      ask.refresh !== undefined
        ? ask.refresh === access.identityToken
        : access.username !== undefined && ask.authorization === basic(access.username, access.password ?? '');
    const offered = ask.refresh !== undefined || ask.authorization !== undefined;
    if (!known && (offered || access.anonymousPull !== true)) return undefined;
    const granted = new Set<string>();
    for (const scope of ask.scopes) {
      const [, repository = '', actions = ''] = scope.split(':');
      for (const action of actions.split(',')) if (known || action === 'pull') granted.add(`${repository}:${action}`);
    }
    const token = `token-${++this.#count}-of-the-test-registry`;
    this.#tokens.set(token, granted);
    return { token, ...(access.expiresInSeconds === undefined ? {} : { expires_in: access.expiresInSeconds }) };
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
