import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { writeTar } from '../../tar/index.ts';
import { debian, stageOf } from '../run/test-image.ts';

/** A package as a test writes it: its files, with `mode` where 0644 is not meant. */
export interface TestPackage {
  readonly name: string;
  readonly version: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** The archive as it stands, instead of `files`. */
  readonly tar?: Uint8Array;
}

export interface TestRegistry {
  readonly url: string;
  /** Addresses asked for, in order, with the Authorization header where one came. */
  readonly asked: { readonly path: string; readonly authorization: string | undefined }[];
  /** Changes an answer: a status, other bytes, a body cut short, or one that begins and never goes on. */
  readonly faults: Map<
    string,
    {
      readonly status?: number;
      readonly times?: number;
      readonly cut?: number;
      readonly body?: Buffer;
      readonly hang?: true;
    }
  >;
  integrity(name: string, version: string): string;
  close(): Promise<void>;
}

/**
 * A registry on loopback that serves these packages' tarballs: with a `token` to nobody else, with `elsewhere` from there.
 */
export async function startRegistry(
  packages: readonly TestPackage[],
  { token, elsewhere }: { readonly token?: string; readonly elsewhere?: string } = {},
): Promise<TestRegistry> {
  const tarballs = new Map<string, Buffer>();
  for (const pack of packages) tarballs.set(pathOf(pack.name, pack.version), await tarballOf(pack));
  const asked: { path: string; authorization: string | undefined }[] = [];
  const faults: TestRegistry['faults'] = new Map();
  /** What a registry says of a package, for whoever has no lockfile. */
  const documentOf = (name: string): Buffer | undefined => {
    const all = packages.filter((pack) => pack.name === name);
    if (all.length === 0) return undefined;
    const versions = all.map(({ version, manifest }) => {
      const path = pathOf(name, version);
      const integrity = `sha512-${createHash('sha512').update(tarballs.get(path)!).digest('base64')}`;
      const tarball = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
      return [version, { name, version, ...manifest, dist: { tarball, integrity } }] as const;
    });
    const latest = all.at(-1)!.version;
    return Buffer.from(JSON.stringify({ name, 'dist-tags': { latest }, versions: Object.fromEntries(versions) }));
  };
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push({ path, authorization: request.headers.authorization });
    const fault = faults.get(path);
    if (fault?.times !== undefined) {
      if (fault.times <= 1) faults.delete(path);
      else faults.set(path, { ...fault, times: fault.times - 1 });
    }
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    if (elsewhere !== undefined && tarballs.has(path)) {
      response.writeHead(302, { location: new URL(path.slice(1), elsewhere).href }).end();
      return;
    }
    const body = fault?.body ?? tarballs.get(path) ?? documentOf(path.slice(1));
    if (fault?.status !== undefined || body === undefined) {
      response.writeHead(fault?.status ?? 404).end();
      return;
    }
    response.writeHead(200, { 'content-length': body.length });
    if (fault?.hang === true) response.write(body.subarray(0, 10));
    else if (fault?.cut === undefined) response.end(body);
    else {
      response.write(body.subarray(0, fault.cut));
      setImmediate(() => response.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    faults,
    integrity: (name, version) =>
      `sha512-${createHash('sha512')
        .update(tarballs.get(pathOf(name, version))!)
        .digest('base64')}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pathOf(name: string, version: string): string {
  return `/${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

async function tarballOf({ name, version, files = {}, manifest = {}, tar }: TestPackage): Promise<Buffer> {
  if (tar !== undefined) return gzipSync(tar);
  const all = { 'package.json': JSON.stringify({ name, version, ...manifest }), ...files };
  const entries = Object.entries(all).map(([path, text]) => {
    const bytes = Buffer.from(text);
    // A leading `!` is a path as it stands: for what lies outside the package's folder.
    const entry = {
      path: path.startsWith('!') ? path.slice(1) : `package/${path}`,
      type: 'file' as const,
      mode: 0o644,
      size: bytes.length,
    };
    return { entry, open: () => [bytes] };
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(entries)) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

/** A lockfile over packages of the registry, `extra` fields by location. */
export function lockOf(
  registry: TestRegistry,
  root: Readonly<Record<string, unknown>>,
  entries: Readonly<
    Record<string, { readonly name?: string; readonly version?: string } & Readonly<Record<string, unknown>>>
  >,
): string {
  const packages: Record<string, unknown> = { '': root };
  for (const [location, entry] of Object.entries(entries)) {
    const name = entry.name ?? location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version } = entry;
    const fetched =
      entry['link'] !== true &&
      entry['inBundle'] !== true &&
      version !== undefined &&
      location.includes('node_modules/');
    packages[location] = {
      ...entry,
      ...(fetched
        ? {
            resolved: `https://registry.npmjs.org${pathOf(name, version)}`,
            integrity: (entry['integrity'] as string | undefined) ?? registry.integrity(name, version),
          }
        : {}),
    };
  }
  return JSON.stringify({ name: root['name'], lockfileVersion: 3, requires: true, packages }, null, 2);
}

/** A Node image with a project in /app. */
export function nodeImage(
  app: Readonly<Record<string, string>>,
  options: { readonly node?: string; readonly npm?: string; readonly uid?: number } = {},
): ReturnType<typeof stageOf> {
  const uid = options.uid ?? 0;
  return stageOf({
    ...debian,
    '/usr/local/bin/npm': { link: '../lib/node_modules/npm/bin/npm-cli.js' },
    '/usr/local/lib/node_modules/npm/bin/npm-cli.js': { file: '#!/usr/bin/env node\n', mode: 0o755 },
    '/usr/local/lib/node_modules/npm/package.json': JSON.stringify({
      name: 'npm',
      version: options.npm ?? '10.9.0',
    }),
    '/usr/local/bin/node': {
      file: `\x7fELF https://nodejs.org/download/release/${options.node ?? 'v22.1.0'}/node.tar.gz`,
      mode: 0o755,
    },
    '/app': { dir: 0o755, uid, gid: uid },
    ...Object.fromEntries(Object.entries(app).map(([path, text]) => [`/app/${path}`, text])),
  });
}
