import type { RunProgram } from '../../types.ts';
import { MARK } from '../store/spell-out.ts';
import type { BuildahTool } from './tool.ts';

type IsLeft = (name: string) => boolean;

/**
 * What buildah leaves where it is killed, or told to end while no RUN is under way (1.28, seen 2026-11-30): containers, and
 * images of stages that have no name, with the containers on these.
 */
export async function removeUnfinished(run: RunProgram, { command }: BuildahTool, isLeft: IsLeft): Promise<void> {
  const ask = async (words: readonly string[]): Promise<string> => (await run(command, words)).out.trim();
  const containers =
    command === 'podman'
      ? onImages(await ask(['ps', '--all', '--external', '--format', 'json']), isLeft)
      : await those(ask, await ask(['containers', '--quiet']), ['inspect', '--format', '{{.FromImage}}'], isLeft);
  if (containers.length > 0) await run(command, ['rm', ...(command === 'podman' ? ['--force'] : []), ...containers]);
  const label = (of: string): string => `{{index ${of} "${MARK}"}}`;
  const words =
    command === 'podman'
      ? ['image', 'inspect', '--format', label('.Labels')]
      : ['inspect', '--type', 'image', '--format', label('.OCIv1.Config.Labels')];
  const marked = await ask(['images', '--all', '--quiet', '--no-trunc', '--filter', `label=${MARK}`]);
  const images = await those(ask, marked, words, isLeft);
  if (images.length > 0) await run(command, ['rmi', '--force', ...images]);
}

/** Of ids, one a line, those of which a program says something that is left. */
async function those(
  ask: (words: readonly string[]) => Promise<string>,
  ids: string,
  words: readonly string[],
  isLeft: IsLeft,
): Promise<readonly string[]> {
  const all = [...new Set(ids.split(/\s+/).filter(Boolean))];
  const said = await Promise.all(all.map((id) => ask([...words, id])));
  return all.filter((_, i) => isLeft(said[i]!));
}

/** Of the containers that podman lists those on an image of such a name. */
export function onImages(json: string, isLeft: IsLeft): readonly string[] {
  try {
    const all = JSON.parse(json) as readonly { readonly Id: unknown; readonly Image: unknown }[] | null;
    return (all ?? []).flatMap(({ Id, Image }) => (isLeft(String(Image)) ? [String(Id)] : []));
  } catch {
    return [];
  }
}
