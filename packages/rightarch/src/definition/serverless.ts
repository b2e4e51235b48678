import { readFunction } from './lambda.ts';
import { mapOf, marked } from './synthetic.ts';
import { child, entriesOf, scalarText, type Tree } from './tree.ts';
import type { Reading, Workload } from './types.ts';

/** `${opt:stage}`, `${env:IMAGE}`: the Serverless Framework puts a value in wherever one stands. */
const VARIABLE = /\$\{/;

/**
 * The functions of a serverless.yml that run an image. They become `AWS::Lambda::Function` with the same members
 * (serverless, lib/plugins/aws/package/compile/functions.js, read 2026-11-29): an image of `provider.ecr.images` by its name,
 * else its address; variables of the provider under those of the function, where null takes one away.
 */
export function readServerless(root: Tree, reading: Reading): readonly Workload[] {
  const provider = child(root, 'provider');
  const functions = child(root, 'functions');
  if (provider?.kind !== 'map' || functions?.kind !== 'map') return [];
  const images = child(child(provider, 'ecr'), 'images');
  return entriesOf(functions).flatMap(([name, one]) => {
    const image = child(one, 'image');
    if (image === undefined || !reading.spend(1)) return [];
    const own = (key: string): Tree | undefined => child(image, key);
    const architecture = child(one, 'architecture') ?? child(provider, 'architecture');
    const properties = mapOf(one, {
      PackageType: { offset: image.offset, end: image.end, kind: 'scalar', value: 'Image', text: 'Image' },
      ImageUri: addressOf(image, images),
      Architectures: architecture,
      ImageConfig: mapOf(image, {
        EntryPoint: own('entryPoint'),
        Command: own('command'),
        WorkingDirectory: own('workingDirectory'),
      }),
      Environment: environmentOf(provider, one),
      FileSystemConfigs: mountsOf(one),
    });
    const read = readFunction({ properties: marked(properties, VARIABLE) }, { name, where: one }, reading);
    return read === undefined ? [] : [read];
  });
}

/** What a function names: an address, or an image of `provider.ecr.images`. */
const writtenBy = (image: Tree): Tree | undefined =>
  image.kind === 'map' ? (child(image, 'uri') ?? child(image, 'name')) : image;

/** An image that is built from a `path` has no address here. */
function addressOf(image: Tree, images: Tree | undefined): Tree | undefined {
  const written = writtenBy(image);
  const named = child(images, scalarText(written) ?? '');
  if (named === undefined) return written;
  return named.kind === 'map' ? child(named, 'uri') : builtOf(named) === undefined ? named : undefined;
}

/** An image that `serverless deploy` builds: from where, by which Dockerfile, and for the platform that is named. */
export interface ServerlessImage {
  readonly at: Tree;
  readonly path: string;
  readonly file: string;
  readonly platform: Tree | undefined;
}

/** What the Framework takes for an address, all else being a path (serverless, lib/plugins/aws/provider.js, read 2026-11-30). */
const ADDRESS = /^\d+\.dkr\.ecr\.|@sha256:[0-9a-f]{64}$/;

/** One of `provider.ecr.images`; undefined where it is not built. */
function builtOf(image: Tree): ServerlessImage | undefined {
  const path = scalarText(image.kind === 'map' ? child(image, 'path') : image);
  if (path === undefined || ADDRESS.test(path)) return undefined;
  return {
    at: image,
    path,
    file: scalarText(child(image, 'file')) ?? 'Dockerfile',
    platform: child(image, 'platform'),
  };
}

/** The images that a serverless.yml builds, and the functions that run each. */
export function serverlessImages(
  root: Tree,
): readonly { readonly image: ServerlessImage; readonly functions: readonly string[] }[] {
  const images = child(child(child(root, 'provider'), 'ecr'), 'images');
  const functions = entriesOf(child(root, 'functions'));
  return entriesOf(images).flatMap(([name, one]) => {
    const image = builtOf(one);
    if (image === undefined) return [];
    const runs = functions.filter(([, tree]) => {
      const own = child(tree, 'image');
      return own !== undefined && scalarText(writtenBy(own)) === name;
    });
    return [{ image, functions: runs.map(([key]) => key) }];
  });
}

/** The map that comes of both, or the one that cannot be read. */
function environmentOf(provider: Tree, one: Tree): Tree | undefined {
  const maps = [provider, one].flatMap((tree) => child(tree, 'environment') ?? []);
  const unread = maps.find(({ kind, tag }) => kind !== 'map' || tag !== undefined);
  if (unread !== undefined) return mapOf(unread, { Variables: unread });
  const [first] = maps;
  if (first === undefined) return undefined;
  const merged = new Map(maps.flatMap(entriesOf));
  const set = [...merged].filter(([, value]) => !(value.kind === 'scalar' && value.value === null));
  return mapOf(first, { Variables: mapOf(first, Object.fromEntries(set)) });
}

function mountsOf(one: Tree): Tree | undefined {
  const config = child(one, 'fileSystemConfig');
  if (config === undefined) return undefined;
  const mount = mapOf(config, { LocalMountPath: child(config, 'localMountPath') });
  return { offset: config.offset, end: config.end, kind: 'list', items: [mount] };
}
