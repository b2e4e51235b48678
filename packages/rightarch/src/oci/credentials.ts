import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Diagnostic, Failure, isObject } from '../core/index.ts';
import { atFile, atInput, diagnostic, failure } from '../messages/index.ts';
import { type Secret, secret } from './registry/secret.ts';
import type { CallOptions } from './types.ts';

export { type Secret, secret } from './registry/secret.ts';

/** Who we are to one registry. */
export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly secret: Secret; readonly from: string }
  /** A refresh token, as `docker login` leaves it for registries with OAuth. */
  | { readonly kind: 'identity-token'; readonly secret: Secret; readonly from: string };

/** Finds credentials. One that cannot be read becomes a diagnostic in `problems`, and the request goes out without. */
export interface CredentialSource {
  /** `registry` as people write it; `repository` because containers' files may have one entry for a path. */
  find(registry: string, repository: string, options?: CallOptions): Promise<Credential | undefined>;
  /** Files and helpers that could not be used, so far. */
  readonly problems: readonly Diagnostic[];
}

/** Where Docker and Podman keep credentials. The caller reads the environment; absent ones are not looked at. */
export interface CredentialPlaces {
  /** REGISTRY_AUTH_FILE. */
  readonly authFile?: string | undefined;
  /** DOCKER_CONFIG, else `.docker` in the home directory. */
  readonly dockerConfigDirectory?: string | undefined;
  /** XDG_RUNTIME_DIR: `containers/auth.json` below it. */
  readonly runtimeDirectory?: string | undefined;
  /** XDG_CONFIG_HOME, else `.config` in the home directory: `containers/auth.json` below it. */
  readonly configDirectory?: string | undefined;
  /** PATH and HOME of the helpers, and whatever else they need (AWS_PROFILE …). */
  readonly helperEnvironment?: Readonly<Record<string, string | undefined>> | undefined;
  /** How long a helper may think; 20 s unless told otherwise: some of them ask a cloud. */
  readonly helperTimeoutMs?: number | undefined;
}

interface ConfigFile {
  readonly file: string;
  /** Docker looks for the host only; containers-auth.json(5) takes the longest path that fits. */
  readonly paths: boolean;
  readonly auths: Readonly<Record<string, unknown>>;
  readonly credHelpers: Readonly<Record<string, unknown>>;
  readonly credsStore: string | undefined;
}

const FILE_LIMIT = 4 * 1024 * 1024;
const HELPER_LIMIT = 1024 * 1024;
/** Docker Hub's key in every file and helper (moby, registry/config.go IndexServer). */
export const HUB_KEY = 'https://index.docker.io/v1/';

/** Reads nothing until it is asked, and each file once. */
export function openCredentials(places: CredentialPlaces): CredentialSource {
  const problems: Diagnostic[] = [];
  let files: Promise<readonly ConfigFile[]> | undefined;
  const load = async () => {
    const wanted: [string | undefined, boolean][] = [
      [places.authFile, true],
      [places.dockerConfigDirectory && join(places.dockerConfigDirectory, 'config.json'), false],
      [places.runtimeDirectory && join(places.runtimeDirectory, 'containers', 'auth.json'), true],
      [places.configDirectory && join(places.configDirectory, 'containers', 'auth.json'), true],
    ];
    const read: ConfigFile[] = [];
    for (const [file, paths] of wanted) {
      if (!file) continue;
      const config = await readConfig(file, paths, problems);
      if (config !== undefined) read.push(config);
    }
    return read;
  };
  return {
    problems,
    async find(registry, repository, { signal } = {}) {
      files ??= load();
      for (const config of await files) {
        const found = await findIn(config, registry, repository, places, problems, signal);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** One fixed credential, for callers that got it elsewhere (a flag, a cloud's token). */
export function fixedCredential(registry: string, credential: Credential): CredentialSource {
  return { problems: [], find: async (asked) => (asked === registry ? credential : undefined) };
}

async function readConfig(file: string, paths: boolean, problems: Diagnostic[]): Promise<ConfigFile | undefined> {
  const problem = (why: 'json' | 'size' | 'read', because: readonly string[] = []) => {
    problems.push(diagnostic('registry/credentials-unreadable', { file, why }, atFile(file), { because }));
    return undefined;
  };
  let text: string;
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > FILE_LIMIT) return problem('size');
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : problem('read', [code ?? 'unknown']);
  }
  let json: unknown;
  try {
    json = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the text is made of passwords.
    return problem('json');
  }
  if (!isObject(json)) return problem('json');
  const { auths, credHelpers, credsStore } = json;
  return {
    file,
    paths,
    auths: isObject(auths) ? auths : {},
    credHelpers: isObject(credHelpers) ? credHelpers : {},
    credsStore: typeof credsStore === 'string' && credsStore !== '' ? credsStore : undefined,
  };
}

async function findIn(
  config: ConfigFile,
  registry: string,
  repository: string,
  places: CredentialPlaces,
  problems: Diagnostic[],
  signal: AbortSignal | undefined,
): Promise<Credential | undefined> {
  const key = registry === 'docker.io' ? HUB_KEY : registry;
  const helper = Object.entries(config.credHelpers).find(([name]) => hostOf(name) === registry)?.[1];
  const store = typeof helper === 'string' && helper !== '' ? helper : config.credsStore;
  if (store !== undefined) {
    try {
      const found = await askHelper(store, key, places, signal);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof Failure) || signal?.aborted) throw error;
      problems.push({ ...error.diagnostic, severity: 'warning' });
    }
  }
  const entry = entryFor(config, registry, repository);
  return entry === undefined ? undefined : credentialOf(entry, config.file, problems);
}

/** The host of a key: files hold bare hosts, old `https://host/v1/` keys, and Docker Hub under three names. */
function hostOf(key: string): string {
  const host = key
    .replace(/^https?:\/\//, '')
    .split('/', 1)[0]!
    .toLowerCase();
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function entryFor({ auths, paths }: ConfigFile, registry: string, repository: string): unknown {
  if (paths) {
    const parts = repository.split('/');
    for (let length = parts.length; length > 0; length--) {
      const key = `${registry}/${parts.slice(0, length).join('/')}`;
      if (Object.hasOwn(auths, key)) return auths[key];
    }
  }
  if (Object.hasOwn(auths, registry)) return auths[registry];
  // A key with a path is for that path only, unless it is the API version that `docker login` used to write.
  return Object.entries(auths).find(
    ([key]) => hostOf(key) === registry && /^(?:https?:\/\/)?[^/]+(?:\/|\/v[12]\/?)?$/.test(key),
  )?.[1];
}

function credentialOf(entry: unknown, file: string, problems: Diagnostic[]): Credential | undefined {
  if (!isObject(entry)) return undefined;
  const { identitytoken, auth, username, password } = entry;
  if (typeof identitytoken === 'string' && identitytoken !== '') {
    return { kind: 'identity-token', secret: secret(identitytoken), from: file };
  }
  if (typeof auth === 'string' && auth !== '') {
    const decoded = Buffer.from(auth, 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon < 1) {
      problems.push(diagnostic('registry/credentials-unreadable', { file, why: 'auth' }, atFile(file)));
      return undefined;
    }
    // Docker pads the password with NUL bytes (cli/config/configfile, decodeAuth).
    const text = decoded.slice(colon + 1).replace(/\0+$/, '');
    return { kind: 'password', username: decoded.slice(0, colon), secret: secret(text), from: file };
  }
  if (typeof username === 'string' && typeof password === 'string' && username !== '') {
    return { kind: 'password', username, secret: secret(password), from: file };
  }
  return undefined;
}

/**
 * What a helper says went wrong, without what may be the secret itself: the value behind a telling name, and words
 * that are long and mixed as only keys and tokens are. What is lost is at worst an id.
 */
export function withoutTokens(text: string): string {
  return text
    .replace(
      /((?:password|passwd|secret|token|authorization|api[-_]?key|bearer|basic)"?\s*[:= ]\s*"?)([^\s"]{4,})/gi,
      '$1[secret]',
    )
    .replace(/:\/\/[^/\s@]+@/g, '://')
    .replace(/[A-Za-z0-9+/=_.~-]{16,}/g, (word) =>
      /[0-9]/.test(word) && /[A-Za-z]/.test(word) && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(word) ? '[secret]' : word,
    );
}

type Why = 'name' | 'missing' | 'timeout' | 'status' | 'json' | 'size';
/** What is wrong with a helper. */
type Broken = (why: Why, because?: readonly string[]) => Failure;

/** The program of a helper by its name in a file, which is never a path, and its failures. */
export function helperNamed(name: string): { readonly program: string; readonly broken: Broken } {
  const program = `docker-credential-${name}`;
  const broken: Broken = (why, because = []) =>
    failure('registry/credential-helper', { helper: program, why }, atInput(program), 'outside', { because });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw broken('name');
  return { program, broken };
}

/** `docker-credential-NAME get`: the key on stdin, JSON on stdout (docker-credential-helpers). */
async function askHelper(
  name: string,
  key: string,
  places: CredentialPlaces,
  signal: AbortSignal | undefined,
): Promise<Credential | undefined> {
  const { program, broken } = helperNamed(name);
  const { status, stdout, stderr } = await runHelper({ program, broken }, 'get', key, places, signal);
  if (status !== 0) {
    // "credentials not found in native keychain" is an answer, and helpers print it on stdout with status 1.
    if (/credentials not found/i.test(`${stdout}${stderr}`)) return undefined;
    // Helpers print their errors on stdout too, but JSON there may hold the secret.
    const words = stderr.trim() === '' && !stdout.includes('{') ? stdout : stderr;
    throw broken(
      'status',
      [withoutTokens(words.trim().split('\n', 1)[0]!.slice(0, 300))].filter((line) => line !== ''),
    );
  }
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw broken('json');
  }
  const username = isObject(answer) ? answer['Username'] : undefined;
  const password = isObject(answer) ? answer['Secret'] : undefined;
  if (typeof username !== 'string' || typeof password !== 'string') throw broken('json');
  if (password === '') return undefined;
  return username === '<token>'
    ? { kind: 'identity-token', secret: secret(password), from: program }
    : { kind: 'password', username, secret: secret(password), from: program };
}

export function runHelper(
  { program, broken }: ReturnType<typeof helperNamed>,
  verb: 'get' | 'store',
  input: string,
  { helperEnvironment = {}, helperTimeoutMs = 20_000 }: Pick<CredentialPlaces, 'helperEnvironment' | 'helperTimeoutMs'>,
  signal: AbortSignal | undefined,
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...helperEnvironment };
    // Windows looks for programs in the working directory first, which may be a stranger's repository.
    const cwd = dirname(process.execPath);
    const child = spawn(program, [verb], { env, cwd, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    const stop = (why: unknown) => {
      child.kill('SIGKILL');
      // A helper's own children may keep the pipes open: nobody waits for them.
      child.stdout.destroy();
      child.stderr.destroy();
      reject(why);
    };
    const timer = setTimeout(() => stop(broken('timeout')), helperTimeoutMs);
    const abort = () => stop(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const collect = (into: Buffer[]) => (part: Buffer) => {
      size += part.length;
      if (size > HELPER_LIMIT) stop(broken('size'));
      else into.push(part);
    };
    child.stdout.on('data', collect(out));
    child.stderr.on('data', collect(err));
    child.stdin.on('error', () => {});
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      reject(broken('missing', [error.code ?? error.message]));
    });
    child.on('close', (status) => {
      settle();
      const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8');
      resolve({ status, stdout: text(out), stderr: text(err) });
    });
    child.stdin.end(input);
  });
}
