import { Failure, type Location } from '../../core/index.ts';
import type { Stage } from '../../dockerfile/index.ts';
import { diagnostic, failure, nearest } from '../../messages/index.ts';

/** Docker Hub answers 401 for a repository that does not exist, other registries 403 or 404. */
const NOT_THERE = new Set(['registry/not-found', 'registry/unauthorized', 'registry/forbidden', 'image/name-unknown']);

/**
 * Opens an image whose name could have been meant as a stage's: one word, in FROM or `--from`. A word that names no
 * stage is an image to BuildKit too (dockerfile2llb/convert.go), so the image is asked for first; where it cannot be
 * had, the failure says that there is no such stage either, and which one was probably meant.
 */
export async function openStageOrImage<T>(
  name: string,
  stages: readonly Stage[],
  at: Location,
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const names = stages.flatMap((stage) => stage.name ?? []);
    if (!(error instanceof Failure) || !/^[\w.-]+$/.test(name) || names.length === 0) throw error;
    const { diagnostic: found, blame } = error;
    if (!/^(?:registry|image)\//.test(found.code)) throw error;
    const near = nearest(name.slice(0, 64), names);
    const args = { name, stages: names, nearest: near };
    if (near !== undefined || NOT_THERE.has(found.code)) {
      const said = failure('dockerfile/stage-unknown', args, at, 'request');
      throw new Failure({ ...said.diagnostic, causes: [found] }, 'request', { cause: error });
    }
    const causes = [...(found.causes ?? []), diagnostic('dockerfile/stage-unknown', args, at)];
    throw new Failure({ ...found, causes }, blame, { cause: error });
  }
}
