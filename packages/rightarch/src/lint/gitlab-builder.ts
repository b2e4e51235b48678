import { formatPlatform } from '../core/index.ts';
import { child, entriesOf, itemsOf, readTrees, scalarText, type Tree } from '../definition/index.ts';
import { diagnostic } from '../messages/index.ts';
import { DOCKERS_AS_OF } from './docker-of-runner.ts';
import type { Script } from './documents/script.ts';
import { scriptsOfJob } from './documents/scripts.ts';
import { readShell, UNSEEN } from './documents/shell.ts';
import { locationOf, placesIn } from './found.ts';
import type { SourceFile } from './repository.ts';
import type { Judged } from './rule.ts';
import { buildOf } from './script-builds.ts';
import { isOpen } from './workflow-steps.ts';

/** The first whose store makes several platforms by itself, and the first that builds with BuildKit unless told otherwise. */
const [CONTAINERD, BUILDKIT] = [29, 23] as const;

/** What gives a job another builder, another daemon or another store, wherever in the file it stands. */
const OTHER = /buildx\s+(?:create|use|bake)|--builder|BUILDX_BUILDER|docker\s+context|containerd|daemon\.json/;

/**
 * Several platforms asked of the Docker that a job of GitLab starts beside it, by an older `docker:27-dind`: the same that
 * `workflow/no-builder` says of a runner of GitHub.
 */
export function gitlabWithoutBuilder(files: readonly SourceFile[]): readonly Judged[] {
  return files.flatMap((file) =>
    /(^|\/)\.gitlab-ci\.ya?ml$/.test(file.path) && /dind/.test(file.text) && !OTHER.test(file.text)
      ? inFileOf(file)
      : [],
  );
}

function inFileOf({ path, text }: SourceFile): readonly Judged[] {
  const place = placesIn(path, text);
  return readTrees(text).roots.flatMap((root) => {
    // What another file gives every job may make a builder first.
    const isIncluded = child(root, 'include') !== undefined;
    return entriesOf(root).flatMap(([, job]): readonly Judged[] => {
      // What a job is made of may bring another service.
      const docker = child(job, 'extends') === undefined ? dockerBeside(root, job) : undefined;
      if (docker === undefined) return [];
      const asked = forSeveral(scriptsOfJob(root, withDefaults(root, job), text));
      if (asked === undefined) return [];
      const { platforms, at, isUnseen } = asked;
      const isUndecided = isIncluded || isUnseen;
      const args = { platforms, isService: true as const, asOf: DOCKERS_AS_OF };
      const seen = isUndecided ? { docker: undefined, unseen: 'step' as const } : { docker };
      const found = diagnostic('workflow/no-builder', { ...args, ...seen }, locationOf(place(at.from, at.to)));
      return [isUndecided ? { diagnostic: found, undecided: true } : { diagnostic: found }];
    });
  });
}

/** What the jobs have that say nothing else of their own (docs.gitlab.com/ci/yaml/#default, read 2026-11-30). */
const orDefault = (root: Tree, job: Tree, key: string): Tree | undefined =>
  child(job, key) ?? child(child(root, 'default'), key) ?? child(root, key);

/** A job with the commands that it is given. */
function withDefaults(root: Tree, job: Tree): Tree {
  const before = orDefault(root, job, 'before_script');
  if (job.kind !== 'map' || before === undefined) return job;
  return { ...job, entries: new Map([...job.entries, ['before_script', before]]) };
}

/** The service of a job whose Docker keeps its images without containerd, as it is written. */
function dockerBeside(root: Tree, job: Tree): string | undefined {
  const services = itemsOf(orDefault(root, job, 'services')).map(
    (one) => scalarText(one) ?? scalarText(child(one, 'name')),
  );
  return services.find((name) => {
    const major = Number(/(?:^|\/)docker:(\d+)(?:\.\d+)*-dind(?:$|-)/.exec(name ?? '')?.[1]);
    return major >= BUILDKIT && major < CONTAINERD;
  });
}

/** The first build for several platforms, and whether what comes before it may make a builder. */
function forSeveral(
  scripts: readonly Script[],
):
  | { readonly platforms: readonly string[]; readonly at: { from: number; to: number }; readonly isUnseen: boolean }
  | undefined {
  let isUnseen = false;
  for (const { text, env, source } of scripts) {
    const { commands, whole } = readShell(text, (name) => env?.get(name) ?? UNSEEN);
    isUnseen ||= !whole;
    for (const command of commands) {
      const { platforms = [], platformsAt } = buildOf(command) ?? {};
      if (platformsAt !== undefined && platforms.length > 1) {
        const at = { from: source(platformsAt.from), to: source(platformsAt.to - 1) + 1 };
        return { platforms: platforms.map(formatPlatform), at, isUnseen };
      }
      isUnseen ||= isOpen(command, text);
    }
  }
  return undefined;
}
