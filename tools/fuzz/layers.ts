import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { digestOf } from '../../packages/rightarch/src/core/index.ts';
import type { Layer } from '../../packages/rightarch/src/oci/index.ts';
import { scanLayer } from '../../packages/rightarch/src/scan/index.ts';
import { decompress } from '../../packages/rightarch/src/tar/index.ts';
import { elfBytes, testTar, zstdStored } from '../../packages/rightarch/src/testing/index.ts';
import { chunkSize, damaged, oneOf, type Random } from './damage.ts';

const tar = Buffer.from(
  testTar([
    { path: 'usr/' },
    { path: 'usr/bin/' },
    { path: 'usr/bin/app', mode: 0o755, content: elfBytes({ interpreter: '/lib/ld.so', padding: 3000 }) },
    { path: 'bin', link: 'usr/bin' },
    { path: `${'long/'.repeat(40)}name`, content: 'x' },
    { path: 'twin', type: 'hardlink', link: 'usr/bin/app' },
    { path: '.wh.gone', content: '' },
    { path: 'package.json', content: '{"name":"a"}' },
  ]),
);
type Kind = 'tar' | 'tar+gzip' | 'tar+zstd';
interface Packed {
  readonly kind: Kind;
  readonly bytes: Buffer;
  readonly plain: Buffer;
}

/** As containers/storage writes it: many frames that zstd compressed, and skippable ones behind them. */
const real = readFileSync(new URL('../../packages/rightarch/testdata/toc/zstd.layer', import.meta.url));
const pieces: Uint8Array[] = [];
for await (const piece of decompress(once(real), 'zstd')) pieces.push(Uint8Array.from(piece));
const unpackedReal = Buffer.concat(pieces);
const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
const packed: readonly Packed[] = [
  { kind: 'tar', bytes: tar, plain: tar },
  { kind: 'tar+gzip', bytes: gzipSync(tar), plain: tar },
  {
    kind: 'tar+gzip',
    bytes: Buffer.concat([gzipSync(tar.subarray(0, 2000)), gzipSync(tar.subarray(2000))]),
    plain: tar,
  },
  { kind: 'tar+zstd', bytes: zstdStored(tar), plain: tar },
  { kind: 'tar+zstd', bytes: real, plain: unpackedReal },
  { kind: 'tar+zstd', bytes: Buffer.concat([skippable, real, skippable]), plain: unpackedReal },
];

async function* once(bytes: Uint8Array) {
  yield Uint8Array.from(bytes);
}

function scan({ kind, plain }: Packed, bytes: Buffer, chunk: number) {
  const layer = {
    descriptor: {
      mediaType: `application/vnd.oci.image.layer.v1.${kind}`,
      digest: digestOf(bytes),
      size: bytes.length,
    },
    diffId: digestOf(plain),
    position: [1, 1],
    history: undefined,
  } as unknown as Layer;
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield Uint8Array.from(bytes.subarray(at, at + chunk));
  }
  return scanLayer(layer, chunks(), { image: 'fuzz' });
}

/** What Node's own zlib gives, where it gives anything. */
function unpacked(kind: Kind, bytes: Buffer): Buffer | undefined {
  if (kind === 'tar') return bytes;
  try {
    return kind === 'tar+gzip' ? gunzipSync(bytes) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Damaged layers, plain and packed: what is taken for whole and right has to be what its config names, and what another
 * reader unpacks; how the bytes come must not matter.
 */
export async function tryLayer(random: Random): Promise<{ bytes: number; problem?: string }> {
  const one = oneOf(packed, random);
  const { kind, plain } = one;
  const bytes = damaged(one.bytes, random);
  const said = (problem: string) => ({ bytes: bytes.length, problem: `${kind}: ${problem}` });
  const whole = await scan(one, bytes, 1 << 20);
  const chunk = chunkSize(random);
  const other = await scan(one, bytes, chunk);
  const codes = (facts: typeof whole) => facts.problems.map(({ code }) => code).join(' ');
  if (codes(whole) !== codes(other) || whole.complete !== other.complete) return said(`differs in chunks of ${chunk}`);
  if (!whole.complete || whole.problems.length > 0) {
    const kept = unpacked(kind, bytes);
    // Checked sums that hold are no damage: only an end mark or a name of gzip's header can have changed.
    if (kept?.equals(plain) && kind === 'tar') return said('the right bytes were refused');
    return { bytes: bytes.length };
  }
  if (JSON.stringify(whole.files) !== JSON.stringify(other.files)) return said(`files differ in chunks of ${chunk}`);
  if (whole.diffId !== digestOf(plain)) return said('other bytes were taken for the right ones');
  const reference = unpacked(kind, bytes);
  if (
    reference !== undefined &&
    !createHash('sha256').update(reference).digest('hex').startsWith(digestOf(plain).slice(7))
  )
    return said('zlib unpacks something else');
  return { bytes: bytes.length };
}
