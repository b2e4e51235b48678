import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessDesk, type RegistryAccess, type Wanted } from './registry-access.ts';
import { FaultPlan, type FaultRule, type Reply, sendReply } from './registry-faults.ts';
import {
  emptyRepository,
  hashAs,
  missingBelow,
  missingFrom,
  parse,
  referrersOf,
  type StoredRepository,
} from './registry-store.ts';

export interface TestRegistryOptions {
  readonly access?: RegistryAccess;
  readonly faults?: readonly FaultRule[];
  /** Answer 202 to mounts, as `crane registry serve` does. */
  readonly refuseMounts?: boolean;
  /** 404 for the referrers API, as registries before distribution-spec 1.1 do. */
  readonly withoutReferrers?: boolean;
  readonly chunkMinLength?: number;
  /** What a chunk is answered with: 202 by the specification, 204 by crane's registry. */
  readonly chunkStatus?: 202 | 204;
  /** Upload locations with scheme and host. */
  readonly absoluteLocations?: boolean;
  /** Names on a page of the tag list; all of them unless told. */
  readonly pageSize?: number;
  /** The whole blob for every range that is asked for, which RFC 9110, 14.2 allows. */
  readonly withoutRanges?: boolean;
  /** 405 for HEAD. */
  readonly withoutHead?: boolean;
  readonly immutableTags?: boolean;
  /** A port of loopback; a free one unless told. */
  readonly port?: number;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A registry in memory, on loopback, that keeps to the distribution specification until it is told not to. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly requests: readonly SeenRequest[];
  /** Repositories by name; empty ones are made when they are asked for. */
  repository(name: string): StoredRepository;
  /** Every tag, by `repository:tag`, that points at something of which not all is there. */
  incompleteTags(): readonly string[];
  inject(rule: FaultRule): void;
  /** No more faults, and an empty log of requests. */
  calm(): void;
  expireTokens(): void;
  close(): Promise<void>;
}

const NO_BODY = new Uint8Array();

/** Starts a registry on a free port of loopback. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const repositories = new Map<string, StoredRepository>();
  const requests: SeenRequest[] = [];
  const plan = new FaultPlan();
  for (const rule of options.faults ?? []) plan.add(rule);
  const desk = new AccessDesk(options.access);
  let uploads = 0;

  const repository = (name: string): StoredRepository => {
    const known = repositories.get(name) ?? emptyRepository();
    repositories.set(name, known);
    return known;
  };

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const method = request.method ?? 'GET';
    const { authorization } = request.headers;
    requests.push({ method, path, authorization, headers: request.headers });
    const fault = plan.next(method, path);
    request.on('error', () => {});
    response.on('error', () => {});
    const run = async () => {
      if (fault?.kind === 'silent') return;
      if (fault?.kind === 'reset' && fault.afterBytes === undefined) return void request.socket.destroy();
      const body = await readBody(request);
      const instead = replaced(fault);
      const reply =
        instead ??
        answer({
          method,
          url: new URL(path, `http://${host}`),
          authorization,
          body,
          request,
          keep: fault?.kind === 'chunk-lost' ? fault.keep : undefined,
        });
      await sendReply(request, response, reply, fault);
    };
    run().catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  interface Asked {
    readonly method: string;
    readonly url: URL;
    readonly authorization: string | undefined;
    readonly body: Uint8Array;
    readonly request: IncomingMessage;
    readonly keep: number | undefined;
  }

  function answer(asked: Asked): Reply {
    const { method, url, authorization, body } = asked;
    if (url.pathname === '/token') return tokenReply(asked);
    const match = /^\/v2\/(.+?)\/(manifests|blobs|tags|referrers)\/(.*)$/.exec(url.pathname);
    if (match === null) {
      const challenge = url.pathname === '/v2/' ? desk.check(authorization, [], host) : undefined;
      if (challenge !== undefined) return denied(challenge);
      return url.pathname === '/v2/' ? json(200, {}) : problem(404, 'NOT_FOUND', 'page not found');
    }
    const [, name = '', kind = '', rest = ''] = match;
    const from = url.searchParams.get('from');
    const wanted: Wanted[] = [{ repository: name, action: method === 'GET' || method === 'HEAD' ? 'pull' : 'push' }];
    if (from !== null) wanted.push({ repository: from, action: 'pull' });
    const challenge = desk.check(authorization, wanted, host);
    if (challenge !== undefined) return denied(challenge);
    if (method === 'HEAD' && options.withoutHead) return problem(405, 'UNSUPPORTED', 'no HEAD here');
    const repo = repository(name);
    if (kind === 'manifests') return manifestReply(repo, decodeURIComponent(rest), asked);
    if (kind === 'tags') return tagsReply(repo, name, url);
    if (kind === 'referrers') {
      if (options.withoutReferrers) return problem(404, 'NOT_FOUND', 'page not found');
      const manifests = referrersOf(repo, rest);
      return json(200, { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests });
    }
    if (rest.startsWith('uploads/')) return uploadReply(repo, name, rest.slice('uploads/'.length), asked);
    const bytes = repo.blobs.get(rest);
    if (bytes === undefined || (method !== 'GET' && method !== 'HEAD')) {
      return problem(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    }
    void body;
    return blobReply(bytes, rest, options.withoutRanges ? undefined : asked.request.headers.range);
  }

  function tokenReply({ url, authorization, body, method }: Asked): Reply {
    const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
    const refresh = form.get('refresh_token');
    const scopes =
      method === 'POST'
        ? (form.get('scope') ?? '').split(' ')
        : url.searchParams.getAll('scope').flatMap((s) => s.split(' '));
    const token = desk.token({ authorization, scopes, ...(refresh === null ? {} : { refresh }) });
    return token === undefined ? problem(401, 'UNAUTHORIZED', 'authentication required') : json(200, token);
  }

  function manifestReply(repo: StoredRepository, name: string, { method, body, request }: Asked): Reply {
    const digest = name.includes(':') ? name : repo.tags.get(name);
    if (method === 'PUT') {
      const mediaType = request.headers['content-type'] ?? '';
      const stored = hashAs(name, body);
      if (name.includes(':') && stored !== name) return problem(400, 'DIGEST_INVALID', 'digest does not match');
      const missing = missingFrom(repo, body);
      if (missing.length > 0) return problem(400, 'MANIFEST_BLOB_UNKNOWN', `blob unknown: ${missing[0]}`);
      if (!name.includes(':')) {
        const before = repo.tags.get(name);
        if (options.immutableTags && before !== undefined && before !== stored) {
          return problem(
            400,
            'TAG_INVALID',
            `The image tag '${name}' already exists and cannot be overwritten because the tag is immutable`,
          );
        }
        repo.tags.set(name, stored);
      }
      repo.manifests.set(stored, { mediaType, bytes: body });
      const subject = parse(body).subject?.digest;
      return reply(201, {
        'docker-content-digest': stored,
        location: `/v2/x/manifests/${stored}`,
        ...(subject !== undefined && !options.withoutReferrers ? { 'oci-subject': subject } : {}),
      });
    }
    const found = digest === undefined ? undefined : repo.manifests.get(digest);
    if (found === undefined) return problem(404, 'MANIFEST_UNKNOWN', `manifest unknown: ${name}`);
    if (method === 'DELETE') {
      repo.manifests.delete(digest!);
      return reply(202);
    }
    return reply(200, { 'content-type': found.mediaType, 'docker-content-digest': digest! }, found.bytes);
  }

  function tagsReply(repo: StoredRepository, name: string, url: URL): Reply {
    const all = [...repo.tags.keys()].sort();
    const last = url.searchParams.get('last');
    const rest = last === null ? all : all.filter((tag) => tag > last);
    const page = rest.slice(0, options.pageSize ?? rest.length);
    const next = page.length < rest.length ? { link: `</v2/${name}/tags/list?last=${page.at(-1)}>; rel="next"` } : {};
    return json(200, { name, tags: page.length === 0 && last === null ? null : page }, next);
  }

  function uploadReply(
    repo: StoredRepository,
    name: string,
    id: string,
    { method, url, body, request, keep }: Asked,
  ): Reply {
    const location = (upload: string) =>
      `${options.absoluteLocations ? `http://${host}` : ''}/v2/${name}/blobs/uploads/${upload}?_state=a%2Fb%3D`;
    if (method === 'POST' && id === '') {
      const mount = url.searchParams.get('mount');
      const bytes = mount === null ? undefined : repositories.get(url.searchParams.get('from') ?? '')?.blobs.get(mount);
      if (bytes !== undefined && !options.refuseMounts) {
        repo.blobs.set(mount!, bytes);
        return reply(201, { location: `/v2/${name}/blobs/${mount}`, 'docker-content-digest': mount! });
      }
      const upload = `u${++uploads}`;
      repo.uploads.set(upload, { bytes: NO_BODY });
      return reply(202, {
        location: location(upload),
        range: '0-0',
        ...(options.chunkMinLength === undefined ? {} : { 'oci-chunk-min-length': String(options.chunkMinLength) }),
      });
    }
    const upload = repo.uploads.get(id);
    if (upload === undefined || url.searchParams.get('_state') !== 'a/b=') {
      return problem(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
    }
    const status = () => ({ location: location(id), range: `0-${Math.max(0, upload.bytes.length - 1)}` });
    if (method === 'GET') return reply(204, status());
    if (method === 'DELETE') {
      repo.uploads.delete(id);
      return reply(204);
    }
    if (method === 'PATCH') {
      const start = /^(\d+)-(\d+)$/.exec(String(request.headers['content-range'] ?? ''))?.[1];
      if (start !== undefined && Number(start) !== upload.bytes.length) {
        return problem(416, 'BLOB_UPLOAD_INVALID', 'chunk out of order', status());
      }
      upload.bytes = Buffer.concat([upload.bytes, keep === undefined ? body : body.subarray(0, keep)]);
      return reply(options.chunkStatus ?? 202, status());
    }
    const digest = url.searchParams.get('digest') ?? '';
    const whole = body.length > 0 ? Buffer.concat([upload.bytes, body]) : upload.bytes;
    repo.uploads.delete(id);
    if (hashAs(digest, whole) !== digest) return problem(400, 'DIGEST_INVALID', 'provided digest did not match');
    repo.blobs.set(digest, whole);
    return reply(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
  }

  return {
    host,
    requests,
    repository,
    incompleteTags() {
      const found: string[] = [];
      for (const [name, repo] of repositories) {
        for (const [tag, digest] of repo.tags) if (missingBelow(repo, digest).length > 0) found.push(`${name}:${tag}`);
      }
      return found;
    },
    inject: (rule) => plan.add(rule),
    calm() {
      plan.clear();
      requests.length = 0;
    },
    expireTokens: () => desk.expire(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function replaced(fault: ReturnType<FaultPlan['next']>): Reply | undefined {
  if (fault?.kind === 'status') return reply(fault.status, fault.headers ?? {}, Buffer.from(fault.body ?? ''));
  if (fault?.kind === 'redirect') return reply(fault.status ?? 307, { location: fault.to });
  if (fault?.kind === 'html') {
    const page = '<!doctype html><html><head><title>Sign in to the network</title></head><body></body></html>';
    return reply(200, { 'content-type': 'text/html; charset=utf-8' }, Buffer.from(page));
  }
  return undefined;
}

function blobReply(bytes: Uint8Array, digest: string, range: string | undefined): Reply {
  const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': digest };
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  if (match === null) return reply(200, { ...headers, 'accept-ranges': 'bytes' }, bytes);
  const start = Number(match[1]);
  if (start >= bytes.length) return problem(416, 'RANGE_INVALID', 'range not satisfiable');
  const end = match[2] === '' ? bytes.length - 1 : Math.min(Number(match[2]), bytes.length - 1);
  const part = bytes.subarray(start, end + 1);
  return reply(206, { ...headers, 'content-range': `bytes ${start}-${end}/${bytes.length}` }, part);
}

function reply(status: number, headers: Record<string, string> = {}, body: Uint8Array = NO_BODY): Reply {
  return { status, headers: { 'docker-distribution-api-version': 'registry/2.0', ...headers }, body };
}

function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return reply(status, { 'content-type': 'application/json', ...headers }, Buffer.from(JSON.stringify(value)));
}

function problem(status: number, code: string, message: string, headers: Record<string, string> = {}): Reply {
  return json(status, { errors: [{ code, message, detail: {} }] }, headers);
}

function denied(challenge: string): Reply {
  return problem(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}
