import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isObject } from '../../core/index.ts';
import { Refusal, refuse } from '../run/refusal.ts';
import type { PackageAccess } from '../stage-files.ts';
import { type FetchOptions, fetchDocument, fetchTarball, headersFor, shown } from './fetch-tarball.ts';
import { isPublic } from './host-registry.ts';
import type { NpmConfig } from './npmrc.ts';

/** The largest that are known are below 50 MB: a package with thousands of releases, in the long form. */
const DOCUMENT_LIMIT = 256 * 2 ** 20;

/** The registries of a configuration as npm sees them while it resolves. */
export interface Relay {
  /** Lines of an `.npmrc` that make npm ask here, and nowhere else. */
  readonly npmrc: readonly string[];
  /** The addresses of the registries in a text that npm wrote with ours. */
  restored(text: string): string;
  /** What ended the resolving, where it was not npm's own verdict: a registry that does not answer, a foreign source. */
  problem(): unknown;
  close(): Promise<void>;
}

/**
 * Stands between npm and its registries on loopback, so that the process that resolves knows no token, no proxy and no
 * CA, and reaches nothing else: an address that is no registry's is refused. The path begins with a secret, so that
 * nobody else on the machine asks with the tokens of who builds.
 */
export async function openRelay(
  config: NpmConfig,
  access: PackageAccess | undefined,
  options: FetchOptions & { readonly onProblem: () => void },
): Promise<Relay> {
  const secret = randomBytes(24).toString('base64url');
  const registries = [config.registry, ...config.scopes.values()];
  let problem: { readonly cause: unknown } | undefined;
  const stop = (cause: unknown): void => {
    problem ??= { cause };
    options.onProblem();
  };
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    answer(request, response).catch((cause: unknown) => {
      stop(cause);
      response.destroy();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // npm takes us for its proxy as well: whatever is not asked of a registry ends here.
  server.on('connect', (request, socket) => {
    stop(foreign(`https://${request.url ?? ''}`));
    socket.destroy();
  });
  const fetching = (url: string, name: string) => ({
    ...options,
    onBytes: (_: string, done: number, total?: number) => options.onBytes?.(name, done, total),
    headersFor: (to: URL) =>
      headersFor(to, standsIn(url, access) ? (access?.npm?.authorization ?? new Map()) : config.authorization),
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = request.url ?? '';
    const [, key, kind, first = '', ...rest] = asked.split('/');
    if (!asked.startsWith('/')) throw foreign(asked);
    if (key !== secret || request.method !== 'GET') return void response.writeHead(404).end();
    if (kind === 'tarball') {
      const url = Buffer.from(first, 'base64url').toString('utf8');
      const from = mirrored(url, access);
      response.writeHead(200);
      for await (const chunk of fetchTarball(from, shortOf(url), fetching(url, shortOf(url)))) response.write(chunk);
      return void response.end();
    }
    const registry = registries[Number(first)];
    const name = decodeURIComponent(rest.join('/'));
    if (kind !== 'registry' || registry === undefined || !/^(?:@[^/]+\/)?[^/@][^/]*$/.test(name) || /[?#\\]/.test(name))
      return void response.writeHead(404).end();
    const url = `${registry}${rest.join('/')}`;
    const { status, body } = await fetchDocument(mirrored(url, access), name, {
      ...fetching(url, name),
      accept: request.headers.accept ?? '*/*',
      limit: DOCUMENT_LIMIT,
    });
    if (status !== 200) return void response.writeHead(status).end('{}');
    const text = JSON.stringify(
      relayed(documentOf(body, shown(url, options)), { name, url, access, at: `${origin()}/${secret}` }),
    );
    response.writeHead(200, { 'content-type': 'application/vnd.npm.install-v1+json' }).end(text);
  };
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = (): string => `http://127.0.0.1:${port}`;
  const base = (index: number): string => `${origin()}/${secret}/registry/${index}/`;
  const ours = new RegExp(`${origin().replaceAll('.', '\\.')}/${secret}/tarball/([A-Za-z0-9_-]+)/[^"]*`, 'g');
  return {
    npmrc: [
      `registry=${base(0)}`,
      ...[...config.scopes.keys()].map((scope, index) => `${scope}:registry=${base(index + 1)}`),
      `proxy=${origin()}/`,
      `https-proxy=${origin()}/`,
      'noproxy=127.0.0.1',
    ],
    restored: (text) =>
      text.replace(ours, (_, url: string) =>
        JSON.stringify(Buffer.from(url, 'base64url').toString('utf8')).slice(1, -1),
      ),
    problem: () => problem?.cause,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function foreign(source: string): Refusal {
  const { host, protocol, pathname } = URL.canParse(source)
    ? new URL(source)
    : { host: '', protocol: '', pathname: '' };
  return new Refusal('npm/source-refused', {
    package: pathname.split('/').at(-1) || host,
    source: `${protocol}//${host}${pathname}`,
  });
}

function shortOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function standsIn(url: string, access: PackageAccess | undefined): boolean {
  return access?.npm !== undefined && isPublic(url);
}

/** Where the person who builds has this address fetched from. */
function mirrored(url: string, access: PackageAccess | undefined): string {
  if (access?.npm === undefined || !isPublic(url)) return url;
  return `${access.npm.registry}${url.slice(new URL(url).origin.length + 1)}`;
}

function documentOf(body: Buffer, url: string): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(body.toString('utf8'));
    if (isObject(found)) return found;
  } catch {
    // Said below, as of anything else that is no document.
  }
  return refuse('npm/fetch-failed', { url, why: 'the answer is not JSON' });
}

/** A document whose tarballs lie behind us; those of a stand-in have the address that the public registry gives them. */
function relayed(
  document: Record<string, unknown>,
  from: {
    readonly name: string;
    readonly url: string;
    readonly access: PackageAccess | undefined;
    readonly at: string;
  },
): Record<string, unknown> {
  const { versions } = document;
  if (!isObject(versions)) return document;
  const changed = Object.entries(versions).map(([version, manifest]) => {
    const dist = isObject(manifest) ? manifest['dist'] : undefined;
    const tarball = isObject(dist) ? dist['tarball'] : undefined;
    if (!isObject(manifest) || !isObject(dist) || typeof tarball !== 'string') return [version, manifest] as const;
    const file = shortOf(tarball);
    const own = standsIn(from.url, from.access) ? `${new URL(from.url).origin}/${from.name}/-/${file}` : tarball;
    const relay = `${from.at}/tarball/${Buffer.from(own).toString('base64url')}/${encodeURIComponent(file)}`;
    return [version, { ...manifest, dist: { ...dist, tarball: relay } }] as const;
  });
  return { ...document, versions: Object.fromEntries(changed) };
}
