import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { askRegistries } from './ask-registries.ts';
import type { Session } from './session.ts';

/** Both registries, as they answer; what they were asked, and as whom. */
const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
let server: Server;
let origin: string;

const release = (version: string, more: object = {}) => [version, { name: 'x', version, ...more }] as const;
const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/npm/@a%2fx': [
    'application/json',
    JSON.stringify({
      versions: Object.fromEntries([
        release('1.0.0', { os: ['linux'], cpu: 'x64' }),
        release('1.1.0', { optionalDependencies: { 'x-linux-arm64': '1.1.0' }, deprecated: 'no' }),
      ]),
    }),
  ],
  '/npm/y/1.0.0': ['application/json', JSON.stringify({ name: 'y', version: '1.0.0', libc: ['musl'] })],
  '/npm/not-json': ['text/html', '<html>'],
  '/simple/psycopg2-binary/': [
    'application/vnd.pypi.simple.v1+json',
    JSON.stringify({
      files: [
        { filename: 'psycopg2_binary-2.9.2-cp311-cp311-manylinux_2_17_aarch64.whl', hashes: { sha256: 'aa' } },
        { filename: 'psycopg2-binary-2.9.2.tar.gz', hashes: {} },
        { filename: 7 },
      ],
    }),
  ],
  '/simple/old/': [
    'text/html',
    `<a href="../x/old-1.0.zip#sha256=${'0'.repeat(64)}">old-1.0.zip</a><br/>\n<a href="x" data-yanked="">old-0.9-py3-none-any.whl</a>`,
  ],
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push({ path, authorization: request.headers.authorization });
    const answer = Object.hasOwn(answers, path) ? answers[path]! : undefined;
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': answer?.[0] ?? 'text/plain' });
    response.end(answer?.[1] ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

function session(env: Readonly<Record<string, string>>, signal = new AbortController().signal): Session {
  const shell = { env, home: '/nowhere', cwd: '/nowhere', signal, system: 'linux' };
  return { shell, mirrors: [], allowHttp: [], language: 'en', json: false } as unknown as Session;
}

const here = () => ({
  npm_config_registry: `${origin}/npm/`,
  PIP_INDEX_URL: `${origin.replace('//', '//me:secret@')}/simple`,
});

describe('what registries are asked', () => {
  test('npm: all releases, or the one; what is no answer is left out', async () => {
    const { npm } = await askRegistries(session(here()), [
      { registry: 'npm', name: '@a/x' },
      { registry: 'npm', name: 'y', version: '1.0.0' },
      { registry: 'npm', name: 'absent' },
      { registry: 'npm', name: 'not-json' },
    ]);
    expect([...npm.keys()].sort()).toEqual(['@a/x', 'y']);
    expect(
      npm.get('@a/x')?.map((one) => [one.version, one.os, one.cpu, one.optionalDependencies, one.deprecated]),
    ).toEqual([
      ['1.0.0', ['linux'], ['x64'], [], false],
      ['1.1.0', undefined, undefined, ['x-linux-arm64'], true],
    ]);
    expect(npm.get('y')?.[0]?.libc).toEqual(['musl']);
  });

  test('an index of Python, with JSON and without, as who its address says and nobody else', async () => {
    asked.length = 0;
    const { pypi } = await askRegistries(session(here()), [
      { registry: 'pypi', name: 'Psycopg2_Binary' },
      { registry: 'pypi', name: 'old' },
      { registry: 'npm', name: 'y', version: '1.0.0' },
    ]);
    expect(pypi.get('Psycopg2_Binary')).toEqual([
      {
        version: '2.9.2',
        files: [
          { name: 'psycopg2_binary-2.9.2-cp311-cp311-manylinux_2_17_aarch64.whl', sha256: 'aa' },
          { name: 'psycopg2-binary-2.9.2.tar.gz', sha256: undefined },
        ],
      },
    ]);
    expect(pypi.get('old')?.map(({ version, files }) => [version, files[0]?.sha256])).toEqual([
      ['1.0', '0'.repeat(64)],
      ['0.9', undefined],
    ]);
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(asked.filter(({ path }) => path.startsWith('/simple/')).map(({ authorization }) => authorization)).toEqual([
      basic,
      basic,
    ]);
    expect(asked.filter(({ path }) => path.startsWith('/npm/')).map(({ authorization }) => authorization)).toEqual([
      undefined,
    ]);
    expect(JSON.stringify([...pypi])).not.toContain('secret');
  });

  test('a release that is in one list twice is not lost between two answers', async () => {
    const { npm } = await askRegistries(session(here()), [
      { registry: 'npm', name: 'y', version: '1.0.0' },
      { registry: 'npm', name: 'y', version: '1.0.0' },
    ]);
    expect(npm.get('y')).toHaveLength(2);
  });

  test('a scope that has a registry of its own is asked nowhere', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rightarch-scopes-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'npmrc');
    writeFileSync(file, '@b:registry=https://npm.example/\n');
    asked.length = 0;
    const own = { npm_config_userconfig: file, 'npm_config_@c:registry': 'https://npm.example/' };
    const { npm } = await askRegistries(session({ ...here(), ...own }), [
      { registry: 'npm', name: '@b/x' },
      { registry: 'npm', name: '@c/x' },
      { registry: 'npm', name: 'y', version: '1.0.0' },
    ]);
    expect([[...npm.keys()], asked.map(({ path }) => path)]).toEqual([['y'], ['/npm/y/1.0.0']]);
  });

  test('Ctrl-C ends it', async () => {
    const reason = new Error('Ctrl-C');
    await expect(
      askRegistries(session(here(), AbortSignal.abort(reason)), [{ registry: 'npm', name: 'y' }]),
    ).rejects.toBe(reason);
  });
});
