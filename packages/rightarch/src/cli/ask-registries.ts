import { setMaxListeners } from 'node:events';
import { fetchDocument, headersFor, type PackageAccess } from '../build/index.ts';
import { type KnownReleases, type NpmRelease, type PypiRelease, type Question, textsOf } from '../lint/index.ts';
import { normalName } from '../proof/index.ts';
import { registryOptions } from './access.ts';
import { ownScopes, packageAccess } from './packages.ts';
import type { Session } from './session.ts';

/** What is asked at most: a lockfile of Yarn 1 says of none of its packages where they run. */
const MAX_QUESTIONS = 2_000;
const AT_ONCE = 16;
/** Also a registry that is slow or silent ends; what it did not say stays undecided. */
const ALL_MS = 120_000;
/** The largest list of releases that is known, that of @types/node, has a tenth. */
const MAX_BYTES = 40_000_000;

/**
 * What the registries say about these packages: npm's as npm is told to reach it, and the index that pip or uv are told
 * of. Whatever fails is left out, and nobody's credentials are in what comes back.
 */
export async function askRegistries(session: Session, questions: readonly Question[]): Promise<KnownReleases> {
  const access = packageAccess(session.shell, await registryOptions(session));
  const signal = AbortSignal.any([session.shell.signal, AbortSignal.timeout(ALL_MS)]);
  // Each request under way listens to it.
  setMaxListeners(0, signal);
  const npm = new Map<string, NpmRelease[]>();
  const pypi = new Map<string, readonly PypiRelease[]>();
  const index = pythonIndex(session.shell.env);
  const elsewhere = ownScopes(session.shell);
  // A name of a scope that has a registry of its own is nobody else's business.
  const known = questions.filter(
    ({ registry, name }) => registry !== 'npm' || !elsewhere.has(name.split('/')[0] ?? ''),
  );
  const open = known.slice(0, MAX_QUESTIONS).values();
  const worker = async (): Promise<void> => {
    for (const { registry, name, version } of open) {
      if (signal.aborted) return;
      if (registry === 'npm') {
        const found = await askNpm(name, version, access, signal);
        npm.set(name, [...(npm.get(name) ?? []), ...found]);
      } else pypi.set(name, await askPypi(name, index, access, signal));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  session.shell.signal.throwIfAborted();
  // Of whom nothing is known, nothing is said: neither that there is a build nor that there is none.
  const said = <Value extends readonly unknown[]>(map: ReadonlyMap<string, Value>) =>
    new Map([...map].filter(([, list]) => list.length > 0));
  return { npm: said(npm), pypi: said(pypi) };
}

interface Asked {
  readonly url: string;
  readonly name: string;
  readonly accept: string;
  readonly authorization: ReadonlyMap<string, string>;
}

/** The text of an answer; undefined where there is none, for whatever reason. */
async function textAt(asked: Asked, access: PackageAccess, signal: AbortSignal): Promise<string | undefined> {
  const { url, name, accept, authorization } = asked;
  try {
    const answer = await fetchDocument(url, name, {
      accept,
      limit: MAX_BYTES,
      signal,
      connect: access.connect,
      headersFor: (to) => headersFor(to, authorization),
    });
    return answer.status === 200 ? answer.body.toString('utf8') : undefined;
  } catch {
    return undefined;
  }
}

async function askNpm(
  name: string,
  version: string | undefined,
  access: PackageAccess,
  signal: AbortSignal,
): Promise<readonly NpmRelease[]> {
  const registry = access.npm?.registry ?? 'https://registry.npmjs.org/';
  const path = `${name.replace('/', '%2f')}${version === undefined ? '' : `/${encodeURIComponent(version)}`}`;
  const text = await textAt(
    {
      url: `${registry}${path}`,
      name,
      accept: version === undefined ? 'application/vnd.npm.install-v1+json' : 'application/json',
      authorization: access.npm?.authorization ?? new Map(),
    },
    access,
    signal,
  );
  const document = parsed(text);
  const versions = version === undefined ? member(document, 'versions') : { [version]: document };
  if (typeof versions !== 'object' || versions === null) return [];
  return Object.entries(versions).flatMap(([key, release]) =>
    member(release, 'version') === key
      ? [
          {
            version: key,
            os: textsOf(member(release, 'os')),
            cpu: textsOf(member(release, 'cpu')),
            libc: textsOf(member(release, 'libc')),
            optionalDependencies: Object.keys(member(release, 'optionalDependencies') ?? {}),
            deprecated: typeof member(release, 'deprecated') === 'string',
          },
        ]
      : [],
  );
}

/** The index that pip or uv would ask, and who they are there: a name and a password in its address go no further. */
function pythonIndex(env: Readonly<Record<string, string | undefined>>) {
  const written = env['UV_DEFAULT_INDEX'] || env['UV_INDEX_URL'] || env['PIP_INDEX_URL'] || 'https://pypi.org/simple';
  const url = URL.canParse(written) ? new URL(written) : new URL('https://pypi.org/simple');
  const authorization = new Map<string, string>();
  if (url.username !== '') {
    const who = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    authorization.set(`//${url.host}/`, `Basic ${Buffer.from(who).toString('base64')}`);
    url.username = url.password = '';
  }
  return { address: url.href.replace(/\/?$/, '/'), authorization };
}

/** PEP 691, and PEP 503 of an index that has no JSON: names of files, and their hashes. */
async function askPypi(
  name: string,
  { address, authorization }: ReturnType<typeof pythonIndex>,
  access: PackageAccess,
  signal: AbortSignal,
): Promise<readonly PypiRelease[]> {
  const normal = normalName(name);
  const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.2';
  const text = await textAt({ url: `${address}${normal}/`, name, accept, authorization }, access, signal);
  const listed = member(parsed(text), 'files');
  const files = Array.isArray(listed)
    ? listed.flatMap((file: unknown) => {
        const own = member(file, 'filename');
        const hash = member(member(file, 'hashes'), 'sha256');
        if (typeof own !== 'string') return [];
        return [{ name: own, sha256: typeof hash === 'string' ? hash : undefined }];
      })
    : [
        ...(text ?? '').matchAll(/<a\s[^>]*href="[^"#]*(?:#sha256=([0-9a-f]{64}))?[^"]*"[^>]*>\s*([^<\s]+)\s*<\/a>/gi),
      ].map(([, sha256, own = '']) => ({ name: own, sha256 }));
  const releases = new Map<string, { name: string; sha256: string | undefined }[]>();
  for (const file of files) {
    const version = versionOf(file.name, normal);
    if (version !== undefined) releases.set(version, [...(releases.get(version) ?? []), file]);
  }
  return [...releases].map(([version, list]) => ({ version, files: list }));
}

/** `orjson-3.10.0-cp311-…whl` and `psycopg2-binary-2.8.6.tar.gz`: what stands behind the name. */
function versionOf(file: string, normal: string): string | undefined {
  if (file.endsWith('.whl')) return file.split('-')[1];
  const plain = file.replace(/\.(?:tar\.(?:gz|bz2|xz)|zip|tgz)$/, '');
  if (plain === file) return undefined;
  for (let at = plain.indexOf('-'); at > 0; at = plain.indexOf('-', at + 1))
    if (normalName(plain.slice(0, at)) === normal) return plain.slice(at + 1);
  return undefined;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
