import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLayout } from './index.ts';

/** Each process writes a name after another until it is killed, and says each when it is there. */
const WRITER = `
const { createLayoutSink } = await import(process.argv[2]);
const { digestOf } = await import(process.argv[3]);
const sink = createLayoutSink(process.argv[4]);
for (let i = 0; ; i++) {
  const name = process.argv[5] + i;
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, name }));
  const descriptor = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf(bytes), size: bytes.length };
  await sink.writeManifest(descriptor, bytes);
  await sink.tag(name, descriptor);
  process.send(name);
}
`;

test('processes that write one layout and are killed lose no name that was there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-writers-'));
  try {
    const writer = join(directory, 'writer.mjs');
    writeFileSync(writer, WRITER);
    const layout = join(directory, 'layout');
    const [sink, digest] = ['./layout-sink.ts', '../core/index.ts'].map((path) => new URL(path, import.meta.url).href);
    const written: string[] = [];
    const run = (prefix: string, count: number) =>
      new Promise<void>((resolve, reject) => {
        const child = fork(writer, [sink!, digest!, layout, prefix], {
          execArgv: ['--import', import.meta.resolve('tsx')],
        });
        let left = count;
        child.on('message', (name) => {
          written.push(String(name));
          // At some moment of the next one: in a blob, in the lock, in the rename.
          if (--left === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * 8);
        });
        child.once('error', reject);
        child.once('exit', () => resolve());
      });
    await Promise.all(['a', 'b', 'c'].map((prefix, i) => run(prefix, 3 + i)));
    await run('d', 2);
    const names = (await openLayout(layout).list()).flatMap((image) => image.names);
    expect(names).toEqual(expect.arrayContaining(written));
    expect(new Set(names).size).toBe(names.length);
    // What the last one left is all that may be left: each cleans up after the dead before it.
    expect(readdirSync(layout).filter((name) => name.startsWith('.index')).length).toBeLessThan(2);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 60_000);
