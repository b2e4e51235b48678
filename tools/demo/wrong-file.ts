import { digestOf, parsePlatform, samePlatform } from '../../packages/rightarch/src/core/index.ts';
import {
  copyTree,
  createLayoutSink,
  encodeJson,
  type Image,
  type ImageTree,
  makeIndex,
  makeManifest,
  mediaTypes,
  openLayout,
  openTree,
  streamVerified,
} from '../../packages/rightarch/src/oci/index.ts';
import { createTarReader, decompress, type EntrySink, gzip, writeTar } from '../../packages/rightarch/src/tar/index.ts';

/** The native module of sharp, whatever its version calls it. */
const moduleOf = (cpu: string): RegExp => new RegExp(`^app/node_modules/@img/sharp-linux-${cpu}/lib/[^/]+\\.node$`);

/**
 * Writes a copy of an image in which the arm64 half has the amd64 file of sharp: what an `npm install` on an x86
 * laptop and a `COPY . .` leave behind. Labels, digests and sizes are all true; only the bytes of one file are not.
 */
export async function swapWrongFile(from: string, to: string): Promise<void> {
  const source = openLayout(from);
  const tree = await openTree(source, await source.resolve(undefined));
  const amd64 = imageOf(tree, 'linux/amd64');
  const arm64 = imageOf(tree, 'linux/arm64');
  const { content: file } = await findFile(tree, amd64, moduleOf('x64'));
  const { path } = await findFile(tree, arm64, moduleOf('arm64'));
  const sink = createLayoutSink(to);
  await copyTree(tree, sink);
  const entry = {
    path,
    type: 'file' as const,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: file.length,
    mtime: 499_162_500,
  };
  const tar = await collect(writeTar([{ entry, open: () => one(file) }]));
  const layer = await collect(gzip(one(tar)));
  const layerDescriptor = { mediaType: mediaTypes.ociLayerGzip, digest: digestOf(layer), size: layer.length };
  const { rootfs, history } = arm64.config;
  const config = encodeJson({
    ...arm64.config,
    rootfs: { type: 'layers', diff_ids: [...(rootfs?.diff_ids ?? []), digestOf(tar)] },
    history: [...(history ?? []), { created_by: 'COPY . . # the node_modules of an x86 laptop' }],
  });
  const configDescriptor = { mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.bytes.length };
  const manifest = makeManifest({
    config: configDescriptor,
    layers: [...arm64.manifest.layers, layerDescriptor],
  });
  const index = makeIndex({ manifests: [amd64.descriptor, { ...manifest.descriptor, platform: arm64.declared! }] });
  await sink.writeBlob(layerDescriptor, () => one(layer));
  await sink.writeBlob(configDescriptor, () => one(config.bytes));
  await sink.writeManifest(manifest.descriptor, manifest.bytes);
  await sink.writeManifest(index.descriptor, index.bytes);
  await sink.tag('wrong', index.descriptor);
  await sink.close();
  await source.close();
}

function imageOf(tree: ImageTree, text: string): Image {
  const platform = parsePlatform(text)!;
  const image = tree.images.find(({ declared }) => declared !== undefined && samePlatform(declared, platform));
  if (image === undefined) throw new Error(`the demo's image has no ${text}`);
  return image;
}

/** A file of an image by its path, in the last layer that has it. */
async function findFile(
  tree: ImageTree,
  image: Image,
  pattern: RegExp,
): Promise<{ readonly path: string; readonly content: Uint8Array }> {
  for (const layer of [...image.layers].reverse()) {
    let found: string | undefined;
    const chunks: Uint8Array[] = [];
    const reader = createTarReader({
      onEntry: (entry): EntrySink | undefined => {
        if (found !== undefined || !pattern.test(entry.path)) return undefined;
        found = entry.path;
        return { write: (chunk) => void chunks.push(Uint8Array.from(chunk)), end: () => {} };
      },
    });
    for await (const chunk of decompress(streamVerified(tree.source, layer.descriptor), 'gzip')) reader.write(chunk);
    reader.end();
    if (found !== undefined) return { path: found, content: Buffer.concat(chunks) };
  }
  throw new Error(`the demo's image has no file like ${pattern.source}`);
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
