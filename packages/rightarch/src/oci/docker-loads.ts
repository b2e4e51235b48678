import { formatPlatform } from '../core/index.ts';
import type { ImageTree } from './types.ts';

/** What `docker load` makes of an archive where Docker has an image store of its own. */
export interface DockerLoads {
  /** The platforms that `manifest.json` names; null where the archive is refused. */
  readonly classic: readonly string[] | null;
  /** How many images the archive has; Docker with containerd's store takes all of them. */
  readonly all: number;
}

/** Undefined of what is no archive, and where `manifest.json` names other images than this one. */
export async function dockerLoads({ source, images }: ImageTree): Promise<DockerLoads | undefined> {
  if (source.loadedByDocker === undefined) return undefined;
  const configs = await source.loadedByDocker();
  if (configs === undefined) return { classic: null, all: images.length };
  const loaded = images.filter(({ manifest }) => configs.includes(manifest.config.digest));
  const platforms = loaded.flatMap(({ declared }) => (declared === undefined ? [] : [formatPlatform(declared)]));
  return platforms.length === 0 ? undefined : { classic: platforms, all: images.length };
}
