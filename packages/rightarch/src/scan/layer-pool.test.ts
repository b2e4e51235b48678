import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { elfBytes, testTar } from '../testing/index.ts';
import { proofKeep } from './keep.ts';
import { type LayerPool, openLayerPool } from './layer-pool.ts';
import { readLayer } from './read-layer.ts';

const noise = randomBytes(3 << 20);
const tar = Buffer.from(
  testTar([
    { path: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\n' },
    { path: 'bin/app', mode: 0o755, content: elfBytes({ interpreter: '/lib/ld.so', padding: 70_000 }) },
    { path: 'entry.sh', content: '#!/bin/sh\nexec "$@"\n' },
    { path: 'l', type: 'symlink', link: 'bin/app' },
    ...Array.from({ length: 1200 }, (_, i) => ({ path: `many/${i}`, content: `${i}` })),
    { path: 'noise', content: noise },
  ]),
);
const packed = gzipSync(tar);

async function* chunks(bytes: Uint8Array, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield Uint8Array.from(bytes.subarray(at, at + size));
}

/** Code of a thread that is not ours. */
const thread = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

let pool: LayerPool | undefined;
const open = (size = 1, program?: URL): LayerPool => {
  pool = program === undefined ? openLayerPool(size) : openLayerPool(size, program);
  return pool;
};
afterEach(async () => pool?.close());

const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

describe('a layer that is read in a thread', () => {
  it('gives what the same layer gives here', async () => {
    const damaged = Buffer.from(tar);
    damaged[512 * 3] = 0xff;
    const cases: readonly (readonly [Uint8Array, object])[] = [
      [packed, {}],
      [tar, {}],
      [packed.subarray(0, packed.length / 2), {}],
      [Buffer.concat([packed, Buffer.from('rest')]), {}],
      [gzipSync(damaged), {}],
      [packed, { limits: { unpacked: 200_000 } }],
      [tar, { limits: { entries: 3 } }],
      [tar, { limits: { kept: 30 } }],
      [Buffer.alloc(0), {}],
    ];
    const { read } = open(2);
    for (const [bytes, more] of cases) {
      const here = await readLayer(chunks(bytes), { keep: proofKeep, ...more });
      for (const owned of [true, false]) {
        const there = await read(chunks(bytes), { keep: proofKeep, owned, ...more });
        // How far a layer that stops was read ahead is the thread's own affair.
        if (here.stopped !== undefined) expect({ ...there, size: 0 }).toEqual({ ...here, size: 0 });
        else expect(there).toEqual(here);
      }
    }
  });

  it('is one of many: more layers than threads, all of them read', async () => {
    const { read } = open(2);
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, i) => read(chunks(i % 2 ? tar : packed), { keep: proofKeep })),
    );
    expect(new Set(all.map(({ unpacked }) => unpacked)).size).toBe(1);
  });

  it('holds the source back while the thread is busy', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (const chunk = Buffer.alloc(1 << 20); given < 200; given++) yield chunk;
    }
    // A thread that takes nothing and says nothing.
    const { read } = open(1, thread(`import{parentPort}from'node:worker_threads';parentPort.on('message',()=>{})`));
    const stop = new AbortController();
    const reading = read(endless(), { keep: proofKeep, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('stop')), 300);
    await expect(reading).rejects.toThrow('stop');
    expect(given).toBeLessThan(5);
  });

  it('a source that fails and an abort are thrown on, and the next layer is read', async () => {
    const { read } = open(1);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 100_000);
      throw new RangeError('cut');
    }
    await expect(read(broken(), { keep: proofKeep })).rejects.toThrow(new RangeError('cut'));
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(read(chunks(packed), { keep: proofKeep, signal })).rejects.toThrow('stop');
    expect((await read(chunks(packed), { keep: proofKeep })).summary.ended).toBe(true);
  });

  it.each([
    ['throws', `throw new Error('broken thread')`, 'broken thread'],
    ['exits', `process.exit(3)`, 'ended with 3'],
    [
      'dies in the middle',
      `import{parentPort}from'node:worker_threads';parentPort.once('message',()=>{throw new Error('later')})`,
      'later',
    ],
  ])('a thread that %s is an error, not a wait', async (_, code, told) => {
    const { read } = open(1, thread(code));
    await expect(read(chunks(packed), { keep: proofKeep })).rejects.toThrow(told);
    await expect(read(chunks(packed), { keep: proofKeep })).rejects.toThrow(told);
  });

  it('nothing is left behind, and a closed pool reads no more', async () => {
    const before = threads();
    const { read, close } = open(1);
    const first = read(chunks(packed), { keep: proofKeep });
    const second = read(chunks(packed), { keep: proofKeep });
    const outcomes = Promise.allSettled([first, second]);
    await close();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(read(chunks(packed), { keep: proofKeep })).rejects.toThrow('closed');
    await new Promise((resolve) => setImmediate(resolve));
    expect(threads()).toBe(before);
  });

  it('only rules that a thread knows by name go there', () => {
    expect([open().takes(proofKeep), open().takes({ ...proofKeep })]).toEqual([true, false]);
  });
});
