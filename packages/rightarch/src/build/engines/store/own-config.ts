import { type Digest, digestOf } from '../../../core/index.ts';
import { encodeJson, type HistoryEntry, type ImageTree, makeManifest } from '../../../oci/index.ts';
import type { PreparedStage } from '../../stage/prepare.ts';

/** An archive of no file: 1024 zeros. */
export const NOTHING: Digest = digestOf(new Uint8Array(1024));

/**
 * A base without what would make a builder do something of its own: triggers, volumes, a shell. What its programs see,
 * their user and their directory, stays.
 */
export function onlyFiles(tree: ImageTree): ImageTree {
  const [image] = tree.images;
  if (image === undefined) return tree;
  const { Env, User, WorkingDir } = image.config.config ?? {};
  const own = {
    ...(Env === undefined ? {} : { Env }),
    ...(User === undefined ? {} : { User }),
    ...(WorkingDir === undefined ? {} : { WorkingDir }),
  };
  const config = encodeJson({ ...image.config, config: own });
  const { mediaType } = image.manifest.config;
  const descriptor = { mediaType, digest: config.digest, size: config.size };
  const { bytes, descriptor: root } = makeManifest({ config: descriptor, layers: image.manifest.layers });
  const manifest = { ...image.manifest, config: descriptor };
  const changed = { ...image, descriptor: root, rawManifest: bytes, manifest, rawConfig: config.bytes };
  return { ...tree, root, rawRoot: bytes, form: 'manifest', images: [changed] };
}

/** The history of an image of which each stage is one layer: that of the last of its steps which changes files. */
export function historyOf(target: PreparedStage, layers: number, created: string): readonly HistoryEntry[] {
  const { base, operations } = target;
  const made = operations.findLastIndex(({ kind }) => kind !== 'metadata');
  const below = layers - (made >= 0 && layers > 0 ? 1 : 0);
  const before =
    base.kind === 'stage'
      ? historyOf(base.stage, below, created)
      : [
          ...(base.kind === 'image' ? (base.image.config.history ?? []) : []),
          // Of stages that changed no file.
          ...Array.from({ length: below }, () => ({ created, comment: 'rightarch' })),
        ];
  const own = operations.map(({ createdBy }, index) => {
    const entry = { created, created_by: createdBy, comment: 'rightarch' };
    return index === made && below < layers ? entry : { ...entry, empty_layer: true };
  });
  return [...before, ...own];
}
