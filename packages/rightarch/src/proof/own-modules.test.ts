import { describe, expect, it } from 'vitest';
import { type ElfParts, elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const file = (path: string, parts: ElfParts = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', type: 3, ...parts }),
});
const text = (path: string, content: string): TestFile => ({ path, mode: 0o755, content });
const LOADER = '/lib/ld-musl-aarch64.so.1';
const LIBC = 'libc.musl-aarch64.so.1';
const base = [
  file(LOADER.slice(1), { soname: LIBC }),
  file('usr/local/bin/node', { interpreter: LOADER, needed: [LIBC] }),
];
const ADDON = 'app/build/Release/addon.node';
const server = text('app/server.js', "'use strict';\nconst addon = require('./build/Release/addon.node');\n");

async function prove(files: readonly TestFile[], cmd: readonly string[] = ['node', 'server.js']) {
  const config = { Cmd: [...cmd], Env: ['PATH=/usr/local/bin'], WorkingDir: '/app' };
  const image = testImage({ platform: 'linux/arm64', files: [...base, ...files], config });
  const { verdict, diagnostics } = (await verifyTree(await image.tree())).platforms[0]!;
  return {
    verdict,
    found: diagnostics.map(({ code, args }) => `${code} ${args['owner'] ?? ''} ${args['cause'] ?? ''}`),
  };
}

const lacks = file(ADDON, { needed: ['libgone.so.1'] });
const NOT_LOADABLE = { verdict: 'refuted', found: ['proof/module-not-loadable /app/server.js library'] };

describe('a native module that the script of the start requires', () => {
  it('is opened with it', async () => {
    expect(await prove([server, lacks])).toEqual(NOT_LOADABLE);
    expect(await prove([server, lacks], ['node', '--enable-source-maps', '.']), 'no file of that name').toMatchObject({
      verdict: 'proven',
    });
    expect(await prove([server, lacks], ['node', '--max-old-space-size=512', '/app/server'])).toEqual(NOT_LOADABLE);
  });

  it('also behind the entrypoint of the official images', async () => {
    const entry = text('usr/local/bin/docker-entrypoint.sh', '#!/bin/sh\nset -e\nexec "$@"\n');
    const shell = file('bin/sh', { interpreter: LOADER, needed: [LIBC] });
    expect(await prove([server, lacks, entry, shell], ['docker-entrypoint.sh', 'node', 'server.js'])).toEqual(
      NOT_LOADABLE,
    );
  });

  it('of another CPU is no unexplained code, and its twin beside it explains nothing', async () => {
    const foreign = file(ADDON, { machine: 'amd64' });
    const refuted = { verdict: 'refuted', found: ['proof/wrong-cpu-module /app/server.js '] };
    expect(await prove([server, foreign])).toEqual(refuted);
    const named = text('app/server.js', "const addon = require('./addon-x64.node');\n");
    const pair = [file('app/addon-x64.node', { machine: 'amd64' }), file('app/addon-arm64.node', { needed: [LIBC] })];
    expect(await prove([named, ...pair])).toEqual(refuted);
  });

  it('of the other libc is told as that', async () => {
    expect(await prove([server, file(ADDON, { needed: ['libc.so.6', 'ld-linux-aarch64.so.1'] })])).toEqual({
      verdict: 'refuted',
      found: ['proof/module-not-loadable /app/server.js glibc-module'],
    });
  });

  it('that loads is proven', async () => {
    expect(await prove([server, file(ADDON, { needed: [LIBC] })])).toEqual({ verdict: 'proven', found: [] });
  });

  it.each<readonly [string, readonly TestFile[], readonly string[]]>([
    ['another script', [server, text('app/other.js', ''), lacks], ['node', 'other.js']],
    [
      'inside a try',
      [text('app/server.js', "try {\n  require('./build/Release/addon.node');\n} catch {}\n"), lacks],
      ['node', 'server.js'],
    ],
    ['a flag whose value nobody knows', [server, lacks], ['node', '--unknown', 'server.js']],
    ['nothing of that name', [server], ['node', 'server.js']],
  ])('says nothing of %s', async (_, files, cmd) => {
    expect(await prove(files, cmd)).toEqual({ verdict: 'proven', found: [] });
  });
});
