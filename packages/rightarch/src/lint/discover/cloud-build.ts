import { child, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import type { Found, FoundBuild, FoundName, FoundRuntime } from '../found.ts';
import { discoverCommands } from './commands.ts';
import type { PlaceOf } from './tree-parts.ts';

/** The images of steps whose program is `docker`, and of those with `gcloud`. */
export const CLOUD_BUILD = /cloud-builders\/docker\b/;
const GCLOUD = /cloud-builders\/gcloud\b|\/(?:google-)?cloud-(?:sdk|cli)\b/;

/**
 * The images that steps of Google Cloud Build make, and what they deploy. The machines of its default pool are of E2 and N1, which are
 * x86-64, whatever machine asks for the build; a private pool has more kinds
 * (https://docs.cloud.google.com/build/docs/optimize-builds/increase-vcpu-for-builds, read 2026-11-30).
 */
export function cloudBuilds(root: Tree, place: PlaceOf): Pick<Found, 'builds' | 'runtimes' | 'names'> {
  const isPrivate = child(child(root, 'options'), 'pool') !== undefined;
  const builder: FoundBuild['builder'] = isPrivate ? 'unknown' : { os: 'linux', architecture: 'amd64' };
  const builds: FoundBuild[] = [];
  const runtimes: FoundRuntime[] = [];
  const names: FoundName[] = [];
  for (const step of itemsOf(child(root, 'steps'))) {
    const image = scalarText(child(step, 'name')) ?? '';
    if (GCLOUD.test(image)) {
      const deployed = discoverCommands({ path: 'step.sh', text: scriptOf(step, 'gcloud') });
      runtimes.push(...(deployed.runtimes ?? []).map((one) => ({ ...one, at: place(step) })));
      names.push(...(deployed.names ?? []).map((one) => ({ ...one, at: place(step) })));
    }
    if (CLOUD_BUILD.test(image))
      builds.push(...builtBy(scriptOf(step, 'docker')).map((one) => ({ ...one, builder, at: place(step) })));
  }
  return { builds, runtimes, names };
}

function builtBy(text: string): readonly Omit<FoundBuild, 'builder' | 'at'>[] {
  const { builds = [] } = discoverCommands({ path: 'step.sh', text });
  // Handed to another script as a word: that it builds is seen, not what.
  const isWithin = builds.length === 0 && /\bdocker (?:buildx )?build\b/.test(text);
  const one = { platforms: [], dockerfile: undefined, context: undefined };
  if (isWithin) return [{ ...one, ...(text.includes('--platform') ? { unseen: true as const } : {}) }];
  return builds.map(({ platforms, unseen, dockerfile, context }) => ({
    platforms,
    ...(unseen === undefined ? {} : { unseen }),
    dockerfile,
    context,
  }));
}

/** What a step runs: a script, the last word of a shell, or its program with its words. */
function scriptOf(step: Tree, program: 'docker' | 'gcloud'): string {
  const args = itemsOf(child(step, 'args')).map((word) => scalarText(word) ?? '');
  const entrypoint = scalarText(child(step, 'entrypoint'));
  const isShell = entrypoint !== undefined && /(?:^|\/)(?:ba|da)?sh$/.test(entrypoint);
  if (isShell) return args.at(-1) ?? '';
  const words = args.map((word) => (/\s/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word));
  return scalarText(child(step, 'script')) ?? [entrypoint ?? program, ...words].join(' ');
}
