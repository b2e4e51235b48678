import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockOf, startRegistry, type TestRegistry } from '../../packages/rightarch/src/build/npm/test-registry.ts';
import { typeLine } from '../support/command-line.ts';
import { startPlaces } from '../support/places.ts';

/** A name that no resolver knows: whoever reaches it went through the proxy. */
const HOST = 'packages.example';
const directory = mkdtempSync(join(tmpdir(), 'rightarch-npm-network-'));
const places = startPlaces(directory);
const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
const tunnels: string[] = [];
let npm: TestRegistry;
let tls: Server;
let proxy: Server;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listening = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  const subject = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
  // Nothing compresses it, so that it does not fit where the disk is small.
  const large = { 'index.js': randomBytes(6_000_000).toString('base64') };
  npm = await startRegistry([
    { name: 'tool', version: '1.0.0', files: { 'index.js': 'module.exports = 1;\n' } },
    { name: 'large', version: '1.0.0', files: large },
  ]);
  tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, outgoing) => {
    request(new URL(incoming.url!, npm.url), { headers: { connection: 'close' } }, (answer) => {
      outgoing.writeHead(answer.statusCode!, { 'content-length': answer.headers['content-length'] });
      answer.pipe(outgoing);
    }).end();
  });
  proxy = createServer().on('connect', (asked, socket) => {
    tunnels.push(asked.url!);
    const through = connect(portOf(tls), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.pipe(socket);
      socket.pipe(through);
    });
    for (const end of [through, socket]) end.on('error', () => {});
  });
  await Promise.all([listening(tls), listening(proxy)]);
  await places.makeImage('base', { name: 'node:22-slim', like: 'node' });
  writeProject('tool', `https://${HOST}/`);
});
afterAll(async () => {
  await npm.close();
  for (const server of [tls, proxy]) {
    server.closeAllConnections();
    server.close();
  }
  await places.close();
  rmSync(directory, { recursive: true, force: true });
});

function writeProject(name: string, registry: string): void {
  const root = { name: 'app', version: '1.0.0', dependencies: { [name]: '1.0.0' } };
  const files = {
    '.dockerignore': '*\n!package*.json\n!.npmrc\n',
    '.npmrc': `registry=${registry}\n`,
    'package.json': JSON.stringify(root),
    'package-lock.json': lockOf(npm, root, { [`node_modules/${name}`]: { version: '1.0.0' } }),
    Dockerfile: 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
}

const build = (env: Readonly<Record<string, string>>) =>
  typeLine(directory, ['build', '--no-cache', '--mirror', 'docker.io=oci:base', '-t', 'app', '.'], {
    env: { RIGHTARCH_CACHE: mkdtempSync(join(directory, 'cache-')), ...env },
  });

describe('npm packages behind a proxy and a CA of the house', () => {
  const HTTPS_PROXY = (): string => `http://127.0.0.1:${portOf(proxy)}`;

  it('come through both', async () => {
    const { status, all } = await build({ HTTPS_PROXY: HTTPS_PROXY(), SSL_CERT_FILE: cert });
    expect(status, all).toBe(0);
    expect(tunnels).toContain(`${HOST}:443`);
    expect(npm.asked.at(-1)?.path).toBe('/tool/-/tool-1.0.0.tgz');
  });

  it('are refused without the CA, and are not asked for without the proxy', async () => {
    const untrusted = await build({ HTTPS_PROXY: HTTPS_PROXY() });
    expect(untrusted.status, untrusted.all).toBe(3);
    expect(untrusted.all).toMatch(/^error\[npm\/fetch-failed\]/m);
    expect(untrusted.all).toMatch(/certificate/i);
    tunnels.length = 0;
    const alone = await build({ SSL_CERT_FILE: cert, NO_PROXY: HOST, HTTPS_PROXY: HTTPS_PROXY() });
    expect([alone.status, tunnels], alone.all).toEqual([3, []]);
    expect(alone.all).toMatch(/^error\[npm\/fetch-failed\]/m);
  });
});

describe('a full disk under the packages', () => {
  const small = join(directory, 'small');
  beforeAll(() => {
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small]);
    writeProject('large', npm.url);
  });
  afterAll(() => {
    execFileSync('umount', [small]);
  });

  it('is one diagnostic, and no half package stays', async () => {
    const { status, all } = await build({ RIGHTARCH_CACHE: small });
    expect(status, all).toBe(3);
    expect(all.match(/^error\[/gm)).toHaveLength(1);
    expect(all).toMatch(/ENOSPC|no space/i);
    const left = readdirSync(small, { recursive: true }).map(String);
    expect(left.filter((name) => /\.tmp$|npm\/tmp\/./.test(name))).toEqual([]);
    expect(left.filter((name) => /\.tar$/.test(name))).toEqual([]);
  });
});
