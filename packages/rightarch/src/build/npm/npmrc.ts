import type { Call } from '../run/commands/command.ts';
import { absolute, type Kernel, type MountedSecret } from '../run/kernel.ts';
import { refuse } from '../run/refusal.ts';
import { FileProblem, type RunSecrets } from '../stage-files.ts';
import { DECISIVE, NAMED, NEUTRAL, OF_A_MACHINE, SECRET, UNSCOPED } from './config-keys.ts';
import { textOf } from './node-in-image.ts';

/** What npm would be told, by every file and variable that counts. Later sources were overridden by earlier ones. */
export interface NpmConfig {
  /** With a trailing slash. */
  readonly registry: string;
  /** `@scope` to registry. */
  readonly scopes: ReadonlyMap<string, string>;
  readonly omit: ReadonlySet<string>;
  readonly ignoreScripts: boolean;
  readonly engineStrict: boolean;
  readonly legacyPeerDeps: boolean;
  readonly strictPeerDeps: boolean;
  readonly replaceRegistryHost: string;
  readonly binLinks: boolean;
  /** False: package-lock.json is neither read nor written by `npm install`. */
  readonly packageLock: boolean;
  /** False: package-lock.json is not written. */
  readonly save: boolean;
  /** Authorization for the requests of one registry: `//host/path/` to a header. Never printed, never written. */
  readonly authorization: ReadonlyMap<string, string>;
  /** Registries that a secret names by more than an origin: some services have the token in the path. */
  readonly covered: readonly string[];
  /** What a secret of the RUN says: nothing, from where and with which token, or also what is placed and how. */
  readonly secret: 'silent' | 'fetches' | 'decides';
  /** One of the files was a secret. */
  readonly mounted: boolean;
  /** The user's own `.npmrc`, absolute, be it there or not. */
  readonly userFile: string;
}

/** Between the values of a list: npm splits nothing at commas (@npmcli/config, parse-field.js). */
export const LIST = '\n\n';

interface Source {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
  /** A secret of the RUN, or a file with one in it. */
  readonly secret?: boolean;
  readonly mounted?: boolean;
}

/** Stands for a key that may be a secret. */
const COVERED = '…';

/**
 * Reads the configuration: flags, npm_config_* variables, the project's, the user's, the global and the built-in
 * file. A key that is not known to be harmless is refused: `git`, `script-shell`, `node-options`, `before` and their
 * like decide what is fetched or executed.
 */
export async function readConfig(
  call: Call,
  flags: ReadonlyMap<string, string>,
  npmFile: string,
  secrets?: RunSecrets,
): Promise<NpmConfig> {
  const environment = new Map<string, string>();
  for (const [name, value] of Object.entries(call.env)) {
    const match = /^npm_config_(.+)$/i.exec(name);
    if (match === null || value === '') continue;
    const key =
      match[1]!.startsWith('//') || match[1]!.startsWith('@')
        ? match[1]!
        : match[1]!.toLowerCase().replace(/(?!^)_/g, '-');
    environment.set(key, value);
  }
  const home = call.env['HOME'] ?? '/';
  const userFile = absolute(environment.get('userconfig') ?? `${home === '/' ? '' : home}/.npmrc`, call.cwd);
  const held = await heldVariables(secrets);
  const env = { ...call.env, ...Object.fromEntries(held) };
  const read = async (file: string): Promise<Source | undefined> => {
    const found = await fileOf(call.kernel, file, secrets);
    if (found === undefined) return undefined;
    const secret = found.secret || usesOneOf(found.text, held);
    const refuseLine = (line: string) => refuse('npm/config-refused', { file, key: secret ? COVERED : line });
    return { name: file, values: parseIni(found.text, env, refuseLine), secret, mounted: found.secret };
  };
  const project = await read(`${call.cwd}/.npmrc`);
  const user = await read(userFile);
  const globalPrefix =
    environment.get('prefix') ??
    prefixOf(user, home) ??
    npmFile.replace(/\/lib\/node_modules\/npm\/bin\/npm-cli\.js$/, '');
  const globalFile = environment.get('globalconfig') ?? `${globalPrefix}/etc/npmrc`;
  for (const key of ['userconfig', 'globalconfig', 'prefix']) environment.delete(key);
  const sources = [
    { name: 'npm', values: flags },
    { name: 'npm_config_*', values: environment },
    project,
    user,
    await read(globalFile),
    await read(npmFile.replace(/\/bin\/npm-cli\.js$/, '/npmrc')),
  ].filter((source) => source !== undefined);
  for (const source of sources) allowed(source, { ofUser: source === user });
  return { ...decide(sources, env), userFile };
}

/** The variables of a RUN that hold a secret. */
async function heldVariables(secrets: RunSecrets | undefined): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  for (const [name, id] of secrets?.variables ?? [])
    if (!secrets!.absent.has(id)) held.set(name, (await secrets!.read(id)).reveal());
  return held;
}

/** A file of the image, or the secret that is mounted over it. To npm a file that it may not read is none. */
async function fileOf(
  kernel: Kernel,
  file: string,
  secrets: RunSecrets | undefined,
): Promise<{ readonly text: string; readonly secret: boolean } | undefined> {
  let mounted: MountedSecret | undefined;
  try {
    mounted = kernel.secretAt(file);
  } catch (problem) {
    if (problem instanceof FileProblem) return undefined;
    throw problem;
  }
  if (mounted === undefined || secrets === undefined) {
    const text = await textOf(kernel, file);
    return text === undefined ? undefined : { text, secret: false };
  }
  return mounted.readable ? { text: (await secrets.read(mounted.id)).reveal(), secret: true } : undefined;
}

/** Whether a file has one of these variables in it: `${NPM_TOKEN}`. */
function usesOneOf(text: string, held: ReadonlyMap<string, string>): boolean {
  return [...text.matchAll(/\$\{([^}?]+)\??\}/g)].some(([, name]) => held.has(name!));
}

/** Where the user's file says that global packages go, there is the global file too (@npmcli/config, loadDefaults). */
function prefixOf(user: Source | undefined, home: string): string | undefined {
  const prefix = user?.values.get('prefix')?.replace(/^~(?=\/)/, home === '/' ? '' : home);
  if (prefix === undefined || prefix.startsWith('/')) return prefix?.replace(/(?<=.)\/+$/, '');
  return refuse('npm/config-refused', { file: user!.name, key: 'prefix' });
}

/** `key = value` lines, `${VAR}` replaced, arrays by `key[] = value`. */
export function parseIni(
  text: string,
  env: Readonly<Record<string, string>>,
  onSection: (line: string) => void = () => {},
): Map<string, string> {
  const values = new Map<string, string>();
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    if (line.startsWith('[')) {
      onSection(line);
      break;
    }
    const equals = line.indexOf('=');
    const name = (equals < 0 ? line : line.slice(0, equals)).trim();
    let value = equals < 0 ? 'true' : line.slice(equals + 1).trim();
    if (/^".*"$|^'.*'$/.test(value)) value = value.slice(1, -1);
    else value = value.replace(/\s[;#].*$/, '');
    value = value.replace(
      /\$\{([^}?]+)(\??)\}/g,
      (whole, key: string, quiet: string) => env[key] ?? (quiet === '' ? whole : ''),
    );
    const key = name.replace(/\[\]$/, '');
    values.set(key, name.endsWith('[]') && values.has(key) ? `${values.get(key)}${LIST}${value}` : value);
  }
  return values;
}

function allowed({ name, values, secret }: Source, { ofUser }: { readonly ofUser: boolean }): void {
  for (const [key, text] of values) {
    // An address is shown where it does not answer, and stands in a lockfile that npm writes.
    if (secret && /(?:^|:)registry$/.test(key) && !isPlainAddress(text))
      refuse('npm/config-refused', { file: name, key: 'registry' });
    if (UNSCOPED.has(key) && name !== 'npm_config_*') refuse('npm/config-refused', { file: name, key });
    if (NEUTRAL.has(key) || SECRET.test(key) || /^@[^:]+:registry$/.test(key)) continue;
    if (ofUser && OF_A_MACHINE.has(key)) continue;
    refuse('npm/config-refused', { file: name, key: secret && !NAMED.has(key) ? COVERED : key });
  }
}

function isPlainAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

function decide(sources: readonly Source[], env: Readonly<Record<string, string>>): Omit<NpmConfig, 'userFile'> {
  const value = (key: string): string | undefined => sources.find((source) => source.values.has(key))?.values.get(key);
  const truth = (key: string, otherwise: boolean): boolean => {
    const found = value(key);
    return found === undefined ? otherwise : found !== 'false' && found !== '0' && found !== 'null';
  };
  const scopes = new Map<string, string>();
  for (const { values } of [...sources].reverse()) {
    for (const [key, text] of values) {
      const scope = /^(@[^:]+):registry$/.exec(key);
      if (scope !== null) scopes.set(scope[1]!, slash(text));
    }
  }
  const authorization = authorizationOf(sources.map(({ values }) => values));
  return {
    registry: slash(value('registry') ?? 'https://registry.npmjs.org/'),
    scopes,
    omit: omitted(sources, env),
    ignoreScripts: truth('ignore-scripts', false),
    engineStrict: truth('engine-strict', false),
    legacyPeerDeps: truth('legacy-peer-deps', false),
    strictPeerDeps: truth('strict-peer-deps', false),
    replaceRegistryHost: value('replace-registry-host') ?? 'npmjs',
    binLinks: truth('bin-links', true),
    packageLock: truth('package-lock', true),
    save: truth('save', true),
    authorization,
    covered: sources.flatMap(({ secret, values }) => (secret === true ? coveredBy(values) : [])),
    secret: saidBySecrets(sources),
    mounted: sources.some(({ mounted }) => mounted === true),
  };
}

function coveredBy(values: ReadonlyMap<string, string>): readonly string[] {
  return [...values].flatMap(([key, text]) => {
    if (!/(?:^|:)registry$/.test(key) || !URL.canParse(text)) return [];
    const { origin, pathname } = new URL(text);
    return pathname === '/' ? [] : [slash(`${origin}${pathname}`)];
  });
}

function saidBySecrets(sources: readonly Source[]): NpmConfig['secret'] {
  const keys = sources.filter(({ secret }) => secret === true).flatMap(({ values }) => [...values.keys()]);
  return keys.length === 0 ? 'silent' : keys.some((key) => DECISIVE.has(key)) ? 'decides' : 'fetches';
}

/** The header for each registry that a token or a password is given for; earlier sources win. */
export function authorizationOf(sources: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  const authorization = new Map<string, string>();
  const value = (key: string): string | undefined => sources.find((values) => values.has(key))?.get(key);
  for (const values of [...sources].reverse()) {
    for (const [key, text] of values) {
      const token = /^(\/\/.+?):(_authToken|_auth)$/.exec(key);
      if (token !== null) authorization.set(slash(token[1]!), `${token[2] === '_auth' ? 'Basic' : 'Bearer'} ${text}`);
    }
  }
  for (const values of sources) {
    for (const [key, user] of values) {
      const at = /^(\/\/.+?):username$/.exec(key)?.[1];
      const password = at === undefined ? undefined : value(`${at}:_password`);
      if (at === undefined || password === undefined) continue;
      const plain = Buffer.from(password, 'base64').toString('utf8');
      authorization.set(slash(at), `Basic ${Buffer.from(`${user}:${plain}`).toString('base64')}`);
    }
  }
  return authorization;
}

function slash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

/** @npmcli/config, definitions `omit`: NODE_ENV=production leaves dev out, `include` wins over everything. */
function omitted(sources: readonly Source[], env: Readonly<Record<string, string>>): Set<string> {
  const first = (key: string): string | undefined => sources.find((source) => source.values.has(key))?.values.get(key);
  const listed = (key: string): string[] =>
    (first(key) ?? '')
      .split(LIST)
      .map((word) => word.trim())
      .filter((word) => word !== '');
  const omit = new Set(
    first('omit') === undefined ? (env['NODE_ENV'] === 'production' ? ['dev'] : []) : listed('omit'),
  );
  const production = first('production');
  if (production !== undefined && production !== 'false') omit.add('dev');
  if (/^prod(uction)?$/.test(first('only') ?? '')) omit.add('dev');
  const secret = sources.some((source) => source.secret === true && source.values.has('omit'));
  for (const kind of omit)
    if (!['dev', 'optional', 'peer'].includes(kind))
      refuse('npm/config-refused', { file: 'npm', key: secret ? 'omit' : `omit=${kind}` });
  const include = listed('include');
  if (production === 'false') include.push('dev');
  for (const kind of include) omit.delete(kind);
  return omit;
}
