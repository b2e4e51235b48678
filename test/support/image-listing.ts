import { createHash } from 'node:crypto';
import {
  type Image,
  type ImageSource,
  openArchive,
  openLayout,
  openTree,
} from '../../packages/rightarch/src/oci/index.ts';
import { FileTree } from '../../packages/rightarch/src/scan/tree.ts';
import type { FileFacts } from '../../packages/rightarch/src/scan/types.ts';
import { createTarReader, decompress, sniffCompression } from '../../packages/rightarch/src/tar/index.ts';

/** What two builders of one Dockerfile must agree on: the merged files and how the image starts. Times are left out. */
export interface ImageListing {
  /** Absolute path to `type mode uid:gid` and the link, the device or the content. */
  readonly files: ReadonlyMap<string, string>;
  /** The runtime configuration, one member a line; members without a value are left out. */
  readonly config: ReadonlyMap<string, string>;
}

type Listed = FileFacts & { readonly held?: string };

/** Texts up to this size are shown as they are, so that a difference explains itself. */
const SHORT = 2048;
const layers = new Map<string, Promise<readonly Listed[]>>();

/** Reads the only image of a layout (or the one of that platform) or of an archive as `docker save` writes it. */
export async function listImage(
  place: { readonly layout: string; readonly name?: string } | { readonly archive: string },
  architecture = 'amd64',
): Promise<ImageListing> {
  const source = 'layout' in place ? openLayout(place.layout) : await openArchive(place.archive);
  try {
    const tree = await openTree(source, await source.resolve('layout' in place ? place.name : undefined));
    const image = tree.images.find(({ declared }) => declared?.architecture === architecture);
    if (image === undefined) throw new Error(`no image for ${architecture} in ${source.name}`);
    return { files: await filesOf(image, source), config: configOf(image) };
  } finally {
    await source.close();
  }
}

async function filesOf(image: Image, source: ImageSource): Promise<Map<string, string>> {
  const tree = new FileTree();
  for (const [index, { descriptor, diffId }] of image.layers.entries()) {
    // Bases come again with every image, compressed in another way: the diffID names them.
    let read = layers.get(String(diffId));
    if (read === undefined) {
      read = readLayer(source.blob(descriptor));
      layers.set(String(diffId), read);
    }
    tree.apply(await read, index + 1, 'overlay');
  }
  const files = new Map<string, string>();
  for (const [path, { entry }] of tree.walk()) {
    const { type, mode, uid, gid, link, device, held = '', xattrs } = entry as Listed;
    const attributes = xattrs === undefined ? '' : ` ${JSON.stringify(xattrs)}`;
    const what = type === 'symlink' ? `-> ${link}` : device === undefined ? held : device.join(':');
    files.set(path, `${type} ${mode.toString(8)} ${uid}:${gid} ${what}${attributes}`.trimEnd());
  }
  return files;
}

async function readLayer(bytes: AsyncIterable<Uint8Array>): Promise<readonly Listed[]> {
  const out: Listed[] = [];
  const reader = createTarReader({
    onEntry: (entry) => {
      const place = out.push(entry) - 1;
      if (entry.type !== 'file') return undefined;
      const hash = createHash('sha256');
      const text: Buffer[] = [];
      return {
        write: (chunk) => {
          hash.update(chunk);
          if (entry.size <= SHORT) text.push(Buffer.from(chunk));
        },
        end: () => {
          const held =
            entry.size <= SHORT ? JSON.stringify(Buffer.concat(text).toString('latin1')) : hash.digest('hex');
          out[place] = { ...entry, held };
        },
      };
    },
  });
  for await (const chunk of inflated(bytes)) reader.write(chunk);
  const { damage } = reader.end();
  if (damage !== undefined) throw new Error(`a layer is damaged: ${damage.detail}`);
  return out;
}

async function* inflated(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const again = async function* () {
    yield first.value;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  };
  yield* decompress(again(), sniffCompression(first.value));
}

const MEMBERS = [
  'Env',
  'Cmd',
  'Entrypoint',
  'User',
  'WorkingDir',
  'Labels',
  'ExposedPorts',
  'Volumes',
  'StopSignal',
  'Shell',
  'OnBuild',
  'Healthcheck',
] as const;

function configOf({ config }: Image): Map<string, string> {
  const members = new Map<string, string>();
  for (const name of MEMBERS) {
    const value = config.config?.[name];
    if (value === undefined || value === null || value === '') continue;
    const text = JSON.stringify(sorted(value));
    if (text !== '[]' && text !== '{}') members.set(name, text);
  }
  return members;
}

/** Objects by their keys: Go writes maps in that order, others do not. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** One line for each path and member in which the images differ, `ours` before `theirs`. */
export function differences(ours: ImageListing, theirs: ImageListing): string[] {
  const lines: string[] = [];
  for (const kind of ['config', 'files'] as const) {
    for (const key of [...new Set([...ours[kind].keys(), ...theirs[kind].keys()])].sort()) {
      const [one, other] = [ours[kind].get(key), theirs[kind].get(key)];
      if (one !== other) lines.push(`${key}: ${one ?? 'absent'} | ${other ?? 'absent'}`);
    }
  }
  return lines;
}
