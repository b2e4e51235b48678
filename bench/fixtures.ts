import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { bases, workplace } from './workspace.ts';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly architecture: string };
}

/** One gzip layer on disk, and the same bytes unpacked. */
export interface LayerFiles {
  readonly name: string;
  readonly packed: string;
  readonly unpacked: string;
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
  readonly unpackedSize: number;
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

async function layerFiles(name: string, packed: string): Promise<LayerFiles> {
  const unpacked = join(workplace, `${name}.tar`);
  await pipeline(createReadStream(packed), createGunzip(), createWriteStream(unpacked));
  return {
    name,
    packed,
    unpacked,
    digest: await digestOfFile(packed),
    diffId: await digestOfFile(unpacked),
    size: statSync(packed).size,
    unpackedSize: statSync(unpacked).size,
  };
}

/** A layer of the real node:22-slim for linux/amd64, by its place in the image. */
export async function realLayer(name: string, index: number): Promise<LayerFiles> {
  const blob = (digest: string): string => join(bases, 'blobs/sha256', digest.slice('sha256:'.length));
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const named = (read(join(bases, 'index.json')).manifests as Descriptor[]).find(({ annotations }) =>
    Object.values(annotations ?? {}).includes('docker.io/library/node:22-slim'),
  );
  if (named === undefined) throw new Error('the bases have no node:22-slim: `npm run bases` makes it');
  const child = (read(blob(named.digest)).manifests as Descriptor[]).find(
    ({ platform }) => platform?.architecture === 'amd64',
  );
  const layers = read(blob(child!.digest)).layers as Descriptor[];
  return layerFiles(name, blob(layers[index]!.digest));
}

/** A small generator with a seed (mulberry32): the same layer everywhere. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return (value ^ (value >>> 14)) >>> 0;
  };
}

/** 300 MB in 3,000 files, half of it words and half of it noise among repeats: about a third of it when packed. */
function* generatedTar(): Generator<Buffer> {
  const next = numbers(300);
  const words = Array.from({ length: 2000 }, () =>
    next()
      .toString(36)
      .slice(0, 3 + (next() % 6)),
  );
  const text = Buffer.from(Array.from({ length: 400_000 }, () => words[next() % words.length]).join(' '));
  const noise = Buffer.alloc(1 << 20);
  for (let i = 0; i < noise.length; i += 4) noise.writeUInt32LE((next() & 1) === 0 ? next() : i & 0xff00ff, i);
  for (let file = 0; file < 3000; file++) {
    const header = Buffer.alloc(512);
    header.write(`srv/data/${file % 50}/file-${file}.bin`, 0);
    header.write('0000644\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${(100_000).toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        0', 148);
    header.write('ustar\u000000', 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const source = file % 2 === 0 ? text : noise;
    const at = next() % (source.length - 100_000);
    const content = Buffer.alloc(100_352);
    source.copy(content, 0, at, at + 100_000);
    content.writeUInt32LE(next(), 50_000);
    yield Buffer.concat([header, content]);
  }
  yield Buffer.alloc(1024);
}

/** The generated layer, made once. */
export async function generatedLayer(): Promise<LayerFiles> {
  const packed = join(workplace, 'generated-1.tar.gz');
  if (!existsSync(packed)) {
    await pipeline(Readable.from(generatedTar()), createGzip(), createWriteStream(`${packed}.tmp`));
    copyFileSync(`${packed}.tmp`, packed);
    rmSync(`${packed}.tmp`);
  }
  return layerFiles('generated', packed);
}

/** An image of that one layer in a layout of its own; with `lie`, its config names another diffID. */
export function layoutOf(layer: LayerFiles, options: { readonly lie?: boolean } = {}): string {
  const directory = join(workplace, `${layer.name}${options.lie ? '-lying' : ''}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
  const store = (value: unknown, mediaType: string): Descriptor => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = sha256(bytes);
    writeFileSync(join(directory, 'blobs', digest.replace(':', '/')), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  copyFileSync(layer.packed, join(directory, 'blobs', layer.digest.replace(':', '/')));
  const config = store(
    {
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [options.lie ? sha256(Buffer.from('a lie')) : layer.diffId] },
    },
    'application/vnd.oci.image.config.v1+json',
  );
  const manifest = store(
    {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: layer.digest, size: layer.size }],
    },
    'application/vnd.oci.image.manifest.v1+json',
  );
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
  return directory;
}
