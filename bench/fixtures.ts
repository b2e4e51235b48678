import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
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

/** One gzip layer on disk. */
export interface PackedLayer {
  readonly name: string;
  readonly packed: string;
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
  readonly unpackedSize: number;
}

/** The same bytes unpacked beside it. */
export interface LayerFiles extends PackedLayer {
  readonly unpacked: string;
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

async function packedLayer(name: string, packed: string): Promise<PackedLayer> {
  const hash = createHash('sha256');
  let unpackedSize = 0;
  for await (const chunk of createReadStream(packed).pipe(createGunzip())) {
    hash.update(chunk as Buffer);
    unpackedSize += (chunk as Buffer).length;
  }
  const diffId = `sha256:${hash.digest('hex')}`;
  return { name, packed, digest: await digestOfFile(packed), diffId, size: statSync(packed).size, unpackedSize };
}

async function layerFiles(name: string, packed: string): Promise<LayerFiles> {
  const unpacked = join(workplace, `${name}.tar`);
  await pipeline(createReadStream(packed), createGunzip(), createWriteStream(unpacked));
  return { ...(await packedLayer(name, packed)), unpacked };
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

const FILE = 100_000;

function tarHeader(path: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** Files of 100 kB, half of them words and half of them noise among repeats: about half of it when packed. */
function* generatedTar(files: number): Generator<Buffer> {
  const next = numbers(300);
  const words = Array.from({ length: 2000 }, () =>
    next()
      .toString(36)
      .slice(0, 3 + (next() % 6)),
  );
  const text = Buffer.from(Array.from({ length: 400_000 }, () => words[next() % words.length]).join(' '));
  const noise = Buffer.alloc(1 << 20);
  for (let i = 0; i < noise.length; i += 4) noise.writeUInt32LE((next() & 1) === 0 ? next() : i & 0xff00ff, i);
  for (let file = 0; file < files; file++) {
    const source = file % 2 === 0 ? text : noise;
    const at = next() % (source.length - FILE);
    const content = Buffer.alloc(Math.ceil(FILE / 512) * 512);
    source.copy(content, 0, at, at + FILE);
    content.writeUInt32LE(next(), 50_000);
    yield Buffer.concat([tarHeader(`srv/data/${file % 50}/file-${file}.bin`, FILE), content]);
  }
  yield Buffer.alloc(1024);
}

/** Many small files, as `node_modules` has them. */
function* smallFilesTar(files: number): Generator<Buffer> {
  for (let file = 0; file < files; file++) {
    const content = Buffer.alloc(512);
    const size = content.write(`module.exports = ${file};\n`);
    const path = `usr/lib/node_modules/package-${Math.floor(file / 40)}/dist/${file % 7}/file-${file}.js`;
    yield Buffer.concat([tarHeader(path, size), content]);
  }
  yield Buffer.alloc(1024);
}

/** Nothing but names: 512 bytes an entry, of which gzip leaves next to nothing. */
function* namesTar(entries: number): Generator<Buffer> {
  const header = tarHeader(`d/${'0'.repeat(9)}`, 0);
  const plain = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0) - 9 * 48;
  for (let entry = 0; entry < entries; ) {
    const many = Buffer.alloc(512 * Math.min(2000, entries - entry));
    for (let at = 0; at < many.length; at += 512, entry++) {
      header.copy(many, at);
      const digits = `${entry}`.padStart(9, '0');
      many.write(digits, at + 2, 'latin1');
      let sum = plain;
      for (let i = 0; i < 9; i++) sum += digits.charCodeAt(i);
      many.write(sum.toString(8).padStart(6, '0'), at + 148, 'latin1');
    }
    yield many;
  }
  yield Buffer.alloc(1024);
}

/** Made once, packed as fast as it goes where its size is all that matters. */
async function madeLayer(name: string, tar: () => Iterable<Buffer>, level?: number): Promise<string> {
  const packed = join(workplace, `${name}.tar.gz`);
  if (existsSync(packed)) return packed;
  const gzip = createGzip(level === undefined ? {} : { level });
  await pipeline(Readable.from(tar()), gzip, createWriteStream(`${packed}.tmp`));
  renameSync(`${packed}.tmp`, packed);
  return packed;
}

/** 300 MB in 3,000 files. */
export async function generatedLayer(): Promise<LayerFiles> {
  return layerFiles('generated', await madeLayer('generated-1', () => generatedTar(3000)));
}

/** 4.2 GB in 42,000 files, never unpacked on disk. */
export async function largeLayer(): Promise<PackedLayer> {
  return packedLayer('large', await madeLayer('large-1', () => generatedTar(42_000), 1));
}

/** 300,000 files of a line each. */
export async function smallFilesLayer(): Promise<PackedLayer> {
  return packedLayer('small-files', await madeLayer('small-files-1', () => smallFilesTar(300_000)));
}

/** 10,000,000 empty files: more than any image has, and more than is remembered. */
export async function namesLayer(): Promise<PackedLayer> {
  return packedLayer('names', await madeLayer('names-1', () => namesTar(10_000_000), 1));
}

/** An image of that one layer in a layout of its own; with `lie`, its config names another diffID. */
export function layoutOf(layer: PackedLayer, options: { readonly lie?: boolean } = {}): string {
  const directory = join(workplace, `${layer.name}${options.lie ? '-lying' : ''}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
  const store = (value: unknown, mediaType: string): Descriptor => {
    const bytes = Buffer.from(JSON.stringify(value));
    const digest = sha256(bytes);
    writeFileSync(join(directory, 'blobs', digest.replace(':', '/')), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  linkSync(layer.packed, join(directory, 'blobs', layer.digest.replace(':', '/')));
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
