import type { Call } from '../run/commands/command.ts';
import { absolute } from '../run/kernel.ts';
import { refuse } from '../run/refusal.ts';
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
}

/** Keys that change nothing of what is placed. */
const NEUTRAL = new Set([
  'audit',
  'audit-level',
  'fund',
  'loglevel',
  'progress',
  'update-notifier',
  'color',
  'unicode',
  'timing',
  'cache',
  'prefer-offline',
  'prefer-online',
  'fetch-retries',
  'fetch-retry-factor',
  'fetch-retry-mintimeout',
  'fetch-retry-maxtimeout',
  'fetch-timeout',
  'maxsockets',
  'save',
  'save-exact',
  'save-prefix',
  'package-lock',
  'yes',
  'logs-dir',
  'logs-max',
  'heading',
  'silent',
  'foreground-scripts',
  'engine-strict',
  'legacy-peer-deps',
  'registry',
  'omit',
  'include',
  'production',
  'only',
  'ignore-scripts',
  'replace-registry-host',
  'bin-links',
  'strict-peer-deps',
  'always-auth',
  'user-agent',
  'noproxy',
  'quiet',
  'save-dev',
  'save-optional',
  'init-module',
  'init-author-name',
  'init-author-email',
  'init-license',
  'email',
  'strict-ssl',
  'depth',
  'link',
]);

/** Between the values of a list: npm splits nothing at commas (@npmcli/config, parse-field.js). */
export const LIST = '\n\n';

const SECRET = /(?:^|:)(_authToken|_auth|_password|username|email|certfile|keyfile)$/;

interface Source {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Reads the configuration: flags, npm_config_* variables, the project's, the user's, the global and the built-in
 * file. A key that is not known to be harmless is refused: `git`, `script-shell`, `node-options`, `before` and their
 * like decide what is fetched or executed.
 */
export async function readConfig(call: Call, flags: ReadonlyMap<string, string>, npmFile: string): Promise<NpmConfig> {
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
  const userFile = environment.get('userconfig') ?? `${home === '/' ? '' : home}/.npmrc`;
  const globalPrefix = environment.get('prefix') ?? npmFile.replace(/\/lib\/node_modules\/npm\/bin\/npm-cli\.js$/, '');
  const globalFile = environment.get('globalconfig') ?? `${globalPrefix}/etc/npmrc`;
  for (const key of ['userconfig', 'globalconfig', 'prefix']) environment.delete(key);
  const sources: Source[] = [
    { name: 'npm', values: flags },
    { name: 'npm_config_*', values: environment },
  ];
  for (const file of [
    `${call.cwd}/.npmrc`,
    absolute(userFile, call.cwd),
    globalFile,
    npmFile.replace(/\/bin\/npm-cli\.js$/, '/npmrc'),
  ]) {
    const text = await textOf(call.kernel, file);
    if (text !== undefined)
      sources.push({
        name: file,
        values: parseIni(text, call.env, (key) => refuse('npm/config-refused', { file, key })),
      });
  }
  for (const source of sources) allowed(source);
  return decide(sources, call.env);
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

function allowed({ name, values }: Source): void {
  for (const key of values.keys()) {
    if (NEUTRAL.has(key) || SECRET.test(key) || /^@[^:]+:registry$/.test(key)) continue;
    refuse('npm/config-refused', { file: name, key });
  }
}

function decide(sources: readonly Source[], env: Readonly<Record<string, string>>): NpmConfig {
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
  };
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
  for (const kind of omit)
    if (!['dev', 'optional', 'peer'].includes(kind)) refuse('npm/config-refused', { file: 'npm', key: `omit=${kind}` });
  const include = listed('include');
  if (production === 'false') include.push('dev');
  for (const kind of include) omit.delete(kind);
  return omit;
}
