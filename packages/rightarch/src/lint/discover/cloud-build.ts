import { child, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import type { FoundBuild } from '../found.ts';
import { discoverCommands } from './commands.ts';
import type { PlaceOf } from './tree-parts.ts';

/** The image of steps whose program is `docker`. */
export const CLOUD_BUILD = /cloud-builders\/docker\b/;

/**
 * The images that steps of Google Cloud Build make. The machines of its default pool are of E2 and N1, which are x86-64,
 * whatever machine asks for the build; a private pool has more kinds
 * (https://docs.cloud.google.com/build/docs/optimize-builds/increase-vcpu-for-builds, read 2026-11-30).
 */
export function cloudBuilds(root: Tree, place: PlaceOf): readonly FoundBuild[] {
  const isPrivate = child(child(root, 'options'), 'pool') !== undefined;
  const builder = isPrivate ? 'unknown' : ({ os: 'linux', architecture: 'amd64' } as const);
  return itemsOf(child(root, 'steps')).flatMap((step) => {
    if (!CLOUD_BUILD.test(scalarText(child(step, 'name')) ?? '')) return [];
    const text = scriptOf(step);
    const { builds = [] } = discoverCommands({ path: 'step.sh', text });
    // Handed to another script as a word: that it builds is seen, not what.
    const within = builds.length === 0 && /\bdocker (?:buildx )?build\b/.test(text);
    const one = { platforms: [], unseen: text.includes('--platform') || undefined, dockerfile: undefined };
    const seen = within ? [{ ...one, context: undefined }] : builds;
    return seen.map(({ platforms, unseen, dockerfile, context }) => ({
      platforms,
      ...(unseen === undefined ? {} : { unseen }),
      builder,
      dockerfile,
      context,
      at: place(step),
    }));
  });
}

/** What a step runs: a script, the last word of a shell, or `docker` with its words. */
function scriptOf(step: Tree): string {
  const args = itemsOf(child(step, 'args')).map((word) => scalarText(word) ?? '');
  const entrypoint = scalarText(child(step, 'entrypoint'));
  const isShell = entrypoint !== undefined && /(?:^|\/)(?:ba|da)?sh$/.test(entrypoint);
  if (isShell) return args.at(-1) ?? '';
  const words = args.map((word) => (/\s/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word));
  return scalarText(child(step, 'script')) ?? [entrypoint ?? 'docker', ...words].join(' ');
}
