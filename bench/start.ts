import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { layoutOf } from './fixtures.ts';
import { compare, type Row, race } from './measure.ts';
import { bin, builtLibrary, run, workplace } from './workspace.ts';

/** How long a person waits for nothing at all: the command's start against that of Node. */
export async function benchStart({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  await builtLibrary();
  mkdirSync(workplace, { recursive: true });
  const unpacked = Buffer.alloc(1024);
  const packed = gzipSync(unpacked);
  const file = join(workplace, 'tiny.tar.gz');
  writeFileSync(file, packed);
  const digest = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const directory = layoutOf({
    name: 'tiny',
    packed: file,
    digest: digest(packed),
    diffId: digest(unpacked),
    size: packed.length,
    unpackedSize: unpacked.length,
  });
  const node = (...args: string[]) => ({ run: async () => void (await run(process.execPath, args)) });
  const [nothing, version, inspect] = await race(
    [
      { name: 'node -e 0', ...node('-e', '0') },
      { name: 'rightarch --version', ...node(bin, '--version') },
      { name: 'rightarch inspect', ...node(bin, 'inspect', `oci:${directory}`) },
    ],
    { rounds: rounds * 3, warmUp: 3 },
  );
  return [
    compare('start', '`rightarch --version`', version!, nothing!, { bar: { most: 1.5 } }),
    compare('start', '`rightarch inspect` of a tiny layout', inspect!, nothing!),
  ];
}
