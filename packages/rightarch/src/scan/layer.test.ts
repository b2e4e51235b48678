import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../core/index.ts';
import type { Layer } from '../oci/index.ts';
import { elfBytes, testTar } from '../testing/index.ts';
import { proofKeep } from './keep.ts';
import { type ScanLayerOptions, scanLayer } from './layer.ts';

const tar = Buffer.from(
  testTar([
    { path: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n' },
    { path: 'bin/app', mode: 0o755, content: elfBytes({ interpreter: '/lib/ld.so', padding: 70_000 }) },
    { path: 'entry.sh', content: '#!/bin/sh\nexec "$@"\n' },
    { path: 'large.sh', content: `#!/bin/sh\n${'#'.repeat(70_000)}` },
    { path: 'app/node_modules/a/package.json', content: '{"name":"a"}' },
    { path: 'app/node_modules/b/package.json', content: '{"optionalDependencies":{}}' },
    { path: 'empty', content: '' },
    { path: 'l', type: 'symlink', link: 'bin/app' },
  ]),
);

function scan(bytes: Uint8Array, options: Partial<ScanLayerOptions> & { chunk?: number; diffId?: string } = {}) {
  const { chunk = 65_536, diffId = digestOf(tar), ...rest } = options;
  const layer = {
    descriptor: {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: digestOf(bytes),
      size: bytes.length,
    },
    diffId,
    position: [1, 1],
    history: undefined,
  } as unknown as Layer;
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return scanLayer(layer, chunks(), { image: 'test', ...rest });
}

describe('one pass over a layer', () => {
  it('knows every entry, its program, and keeps the few contents that proofs read', async () => {
    const facts = await scan(gzipSync(tar));
    expect(facts).toMatchObject({ complete: true, problems: [], diffId: digestOf(tar), unpackedSize: tar.length });
    const seen = facts.files.map(({ path, program, content }) => [path, program?.kind, content !== undefined]);
    expect(seen).toEqual([
      ['etc/passwd', 'other', true],
      ['bin/app', 'elf', false],
      ['entry.sh', 'script', true],
      ['large.sh', 'script', false],
      ['app/node_modules/a/package.json', 'other', false],
      ['app/node_modules/b/package.json', 'other', true],
      ['empty', 'empty', false],
      ['l', undefined, false],
    ]);
    expect(Buffer.from(facts.files[2]!.content!).toString()).toBe('#!/bin/sh\nexec "$@"\n');
  });

  it('does not depend on compression or on how the bytes come', async () => {
    const { size: _, digest: __, ...whole } = await scan(gzipSync(tar));
    for (const chunk of [1, 7, 511, 513]) {
      const { size: ___, digest: ____, ...other } = await scan(tar, { chunk });
      expect(other).toEqual(whole);
    }
  });

  it.each([
    ['gzip cut short', gzipSync(tar).subarray(0, 300), 'gzip'],
    ['a tar cut short', tar.subarray(0, 520), 'tar'],
    ['bytes that are no tar', Buffer.alloc(2048, 7), 'tar'],
  ])('%s is incomplete, with one problem', async (_, bytes, what) => {
    const facts = await scan(bytes, { diffId: digestOf(bytes) });
    expect(facts.complete).toBe(false);
    expect(facts.problems).toMatchObject([{ code: 'proof/layer-damaged', args: { what } }]);
  });

  it('more than the limit is incomplete, not endless', async () => {
    const facts = await scan(gzipSync(Buffer.alloc(5_000_000)), { limits: { unpacked: 100_000 } });
    expect(facts).toMatchObject({ complete: false, problems: [{ args: { what: 'limit' } }] });
    const many = await scan(tar, { limits: { entries: 3 } });
    expect(many).toMatchObject({ complete: false, problems: [{ args: { what: 'limit' } }] });
  });

  it('content is kept up to a limit only', async () => {
    const facts = await scan(tar, { limits: { kept: 30 } });
    expect(facts.files.filter(({ content }) => content !== undefined).map(({ path }) => path)).toEqual(['etc/passwd']);
  });

  it('errors of the source are thrown on, and an abort is one', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield tar.subarray(0, 1000);
      throw new Error('cut');
    }
    const layer = {
      descriptor: { digest: digestOf('x'), size: 1 },
      diffId: digestOf('x'),
      position: [1, 1],
    } as unknown as Layer;
    await expect(scanLayer(layer, broken(), { image: 'test' })).rejects.toThrow('cut');
    await expect(scan(tar, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  });

  it('keeps nothing that is not asked for', () => {
    for (const path of ['a/b/c/d/e/x.sh', 'node_modules/a/lib/package.json', 'home/etc/passwd']) {
      expect(proofKeep.wants(path, 10), path).toBe(false);
    }
    expect(proofKeep.wants('usr/bin/bash', 1_200_000)).toBe(false);
  });

  it('keeps of a command of Python the module that it imports, of npm the scripts alone', () => {
    const kept = (path: string, text: string) => {
      const found = proofKeep.retains?.(path, Buffer.from(text));
      return found instanceof Uint8Array ? Buffer.from(found).toString() : found;
    };
    const own = (head: string) => kept('opt/venv/bin/tool', `${head}from tool.cli import main\nmain()\n`);
    expect(own('#!/opt/venv/bin/python\n# -*- coding: utf-8 -*-\nimport re\nimport sys\n')).toBe('command of tool.cli');
    expect(own('#!/opt/venv/bin/python\nimport os\n')).toBe(false);
    expect(kept('usr/bin/entry', '#!/bin/sh\nexec node\n')).toBe(true);
    const manifest = { name: 'x', scripts: { start: 'node .' }, dependencies: { y: '1' } };
    expect(kept('app/package.json', JSON.stringify(manifest))).toBe('{"scripts":{"start":"node ."}}');
  });
});
