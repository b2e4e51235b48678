import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type ImageLocator, orThrow } from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import type { CredentialSource } from '../oci/credentials.ts';
import { type ImageTree, type OpenOptions, openSource, openTree, parseLocator } from '../oci/index.ts';
import type { MirrorRule, RegistryOptions } from '../oci/registry/index.ts';
import { dockerAddress } from './docker-address.ts';
import type { Session } from './session.ts';

/** An image that was opened, under the name that people gave it. Close it when done. */
export interface OpenedImage {
  readonly name: string;
  readonly locator: ImageLocator;
  readonly tree: ImageTree;
  close(): Promise<void>;
}

/** How registries are spoken to in this run: credentials, proxies and certificates of the person who runs it. */
export async function registryOptions(session: Session): Promise<RegistryOptions> {
  const { shell, allowHttp } = session;
  const { openCredentials } = await import('../oci/credentials.ts');
  const { env, home } = shell;
  const credentials = sayingProblems(
    session,
    openCredentials({
      authFile: env['REGISTRY_AUTH_FILE'],
      dockerConfigDirectory: env['DOCKER_CONFIG'] ?? join(home, '.docker'),
      runtimeDirectory: env['XDG_RUNTIME_DIR'],
      configDirectory: env['XDG_CONFIG_HOME'] ?? join(home, '.config'),
      helperEnvironment: env,
    }),
  );
  const http = proxyOf(env, 'HTTP_PROXY');
  const https = proxyOf(env, 'HTTPS_PROXY');
  const noProxy = env['NO_PROXY'] ?? env['no_proxy'];
  // SSL_CERT_FILE is what every other tool of the field reads. A list of our own replaces Node's, so what
  // NODE_EXTRA_CA_CERTS adds to Node's is added to ours.
  const ca = [env['SSL_CERT_FILE'], env['NODE_EXTRA_CA_CERTS']].filter(
    (file) => file !== undefined && existsSync(file),
  );
  return {
    credentials,
    insecureHosts: allowHttp,
    proxy: { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(noProxy ? { no: noProxy } : {}) },
    ca: env['SSL_CERT_FILE'] ? [...new Set(ca)].map((file) => readFileSync(file!, 'utf8')) : [],
    ...(shell.firstPauseMs !== undefined ? { backoffMs: shell.firstPauseMs } : {}),
  };
}

/** `HTTPS_PROXY` or `https_proxy`; `host:port` alone means http, as curl and Go read it. Its value may hold a password. */
function proxyOf(env: Session['shell']['env'], name: 'HTTP_PROXY' | 'HTTPS_PROXY'): string | undefined {
  const text = env[name] || env[name.toLowerCase()];
  if (!text) return undefined;
  const url = text.includes('://') ? text : `http://${text}`;
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) return url;
  throw failure(
    'cli/bad-value',
    { option: name, value: '…', accepted: ['http://HOST:PORT', 'HOST:PORT'] },
    atInput(name),
    'request',
  );
}

/** Says what is wrong with stored credentials when they are wanted: the refusal that follows is explained by it. */
function sayingProblems(session: Session, source: CredentialSource): CredentialSource {
  let said = 0;
  return {
    problems: source.problems,
    find: async (...asked) => {
      const found = await source.find(...asked);
      for (const problem of source.problems.slice(said)) session.warn(problem);
      said = source.problems.length;
      return found;
    },
  };
}

/** Everything that opening an image needs, with the mirrors of the flags before those of the configuration. */
export async function openOptions(
  session: Session,
  configured: Readonly<Record<string, readonly string[]>> = {},
): Promise<OpenOptions> {
  const { shell } = session;
  const texts = [
    ...session.mirrors,
    ...Object.entries(configured).flatMap(([host, places]) => places.map((place) => `${host}=${place}`)),
  ];
  const mirrors: MirrorRule[] = [];
  if (texts.length > 0) {
    const { parseMirror } = await import('../oci/registry/index.ts');
    for (const text of texts) {
      mirrors.push(orThrow(parseMirror(text), 'request'));
    }
  }
  return {
    cwd: shell.cwd,
    temporaryDirectory: shell.temporary,
    signal: shell.signal,
    registry: await registryOptions(session),
    mirrors,
    docker: dockerAddress(shell),
  };
}

/** Opens an IMAGE argument. A bare name is looked for in the local Docker first, unless `published` is asked for. */
export async function openImage(
  session: Session,
  text: string,
  options: OpenOptions,
  how: { readonly published?: boolean; readonly corrected?: (text: string) => string } = {},
): Promise<OpenedImage> {
  refuseFolder(session, text, how.corrected);
  const locator = orThrow(parseLocator(text), 'request');
  const local = how.published === true ? undefined : await openLocally(locator, text, options);
  return local ?? (await openAt(locator, text, options));
}

async function openAt(locator: ImageLocator, name: string, options: OpenOptions): Promise<OpenedImage> {
  const { source, name: asked } = await openSource(locator, options);
  try {
    const root = await source.resolve(asked, options);
    const tree = await openTree(source, root, options);
    return { name, locator, tree, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function isHere(docker: OpenOptions['docker']): boolean {
  return docker !== undefined && !('elsewhere' in docker);
}

/** `app:1.2` without a host may be an image that only the local Docker has. Its absence there is no failure. */
async function openLocally(
  locator: ImageLocator,
  text: string,
  options: OpenOptions,
): Promise<OpenedImage | undefined> {
  if (locator.kind !== 'registry' || !isHere(options.docker) || text.startsWith('registry:')) return undefined;
  if (locator.reference.registry !== 'docker.io' || /^[^/]+[.:][^/]*\//.test(text)) return undefined;
  try {
    return await openAt({ kind: 'docker', name: text }, text, options);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** `verify .` is a slip: the line that was meant is of the command that was typed, and for sources it is `check`. */
function refuseFolder({ shell }: Session, text: string, corrected?: (image: string) => string): void {
  if (text === '' || /^(oci|archive|docker|registry):/.test(text)) return;
  const path = join(shell.cwd, text);
  const found = statSync(text.startsWith('/') ? text : path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return;
  const layout = existsSync(join(path, 'oci-layout')) || existsSync(join(text, 'oci-layout'));
  // A name such as `app` may be both a folder and an image; only what cannot be an image is refused.
  if (!layout && /^[a-z0-9][\w.-]*(\/[\w.-]+)*$/.test(text) && text !== '.' && text !== '..') return;
  const image = `oci:${text}`;
  const forImage = corrected?.(image) ?? `rightarch verify ${image}`;
  const command = layout ? forImage : `rightarch ${corrected === undefined ? 'check' : 'plan'} ${text}`;
  throw failure('cli/folder-not-image', { path: text, command }, atInput(text), 'request');
}
