import { formatPlatform, type Platform } from '../core/index.ts';
import { child, entriesOf, itemsOf, readTrees, scalarText, type Tree } from '../definition/index.ts';
import { diagnostic } from '../messages/index.ts';
import { bakeFilesOf } from './bake-calls.ts';
import { type BakeFiles, bakedForSeveral, bakeOfCommand } from './baked.ts';
import { composedForSeveral, isComposeBuild } from './composed.ts';
import { DOCKERS_AS_OF } from './docker-of-runner.ts';
import { fileRange, type Script } from './documents/script.ts';
import { scriptsOfJob } from './documents/scripts.ts';
import { readShell, type ShellCommand, UNSEEN } from './documents/shell.ts';
import { locationOf, placesIn } from './found.ts';
import type { SourceFile } from './repository.ts';
import type { Judged } from './rule.ts';
import { buildOf, isBake } from './script-builds.ts';
import { isOpen } from './workflow-steps.ts';

/** The first whose store makes several platforms by itself, and the first that builds with BuildKit unless told otherwise. */
const [CONTAINERD, BUILDKIT] = [29, 23] as const;

/** What gives a job another builder, another daemon or another store, wherever in the file it stands. */
const OTHER =
  /buildx\s+(?:create|use)|--builder|BUILDX_BUILDER|docker\s+context|containerd|daemon\.json|DOCKER_HOST\s*[:=]\s*["']?(?!["']?tcp:\/\/(?:docker|dind|localhost|127\.0\.0\.1):)\S/;

/**
 * Several platforms asked of the Docker that a job of GitLab starts beside it, by an older `docker:27-dind`: the same that
 * `workflow/no-builder` says of a runner of GitHub.
 */
export function gitlabWithoutBuilder(files: readonly SourceFile[]): readonly Judged[] {
  const bake = bakeFilesOf(files);
  return files.flatMap((file) =>
    /(^|\/)\.gitlab-ci\.ya?ml$/.test(file.path) && /dind/.test(file.text) && !OTHER.test(file.text)
      ? inFileOf(file, bake)
      : [],
  );
}

function inFileOf({ path, text }: SourceFile, bake: BakeFiles): readonly Judged[] {
  const place = placesIn(path, text);
  return readTrees(text).roots.flatMap((root) => {
    // What another file gives every job may make a builder first.
    const isIncluded = child(root, 'include') !== undefined;
    return entriesOf(root).flatMap(([, job]): readonly Judged[] => {
      // What a job is made of may bring another service.
      if (child(job, 'extends') !== undefined) return [];
      const scripts = scriptsOfJob(root, withDefaults(root, job), text);
      const docker = dockerBeside(root, job, scripts[0]?.env);
      const asked = docker === undefined ? undefined : forSeveral(scripts, bake);
      if (asked === undefined) return [];
      const { platforms, at, isUnseen } = asked;
      const isUndecided = isIncluded || isUnseen || hasOwnImage(root, job) || hasUnreadCommands(root, job);
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

/** The service of a job whose Docker keeps its images without containerd, with what variables of the file put in. */
function dockerBeside(root: Tree, job: Tree, env: Script['env']): string | undefined {
  const services = itemsOf(orDefault(root, job, 'services')).map((one) =>
    nameOf(one)?.replace(/\$\{?(\w+)\}?/g, (whole, name: string) => env?.get(name) ?? whole),
  );
  return services.find((name) => {
    const major = Number(/(?:^|\/)docker:(\d+)(?:\.\d+)*-dind(?:$|-)/.exec(name ?? '')?.[1]);
    return major >= BUILDKIT && major < CONTAINERD;
  });
}

const nameOf = (image: Tree | undefined): string | undefined => scalarText(image) ?? scalarText(child(image, 'name'));

/** Whose image may start with a builder; Docker's, and those of distributions, have none. */
function hasOwnImage(root: Tree, job: Tree): boolean {
  const name = nameOf(orDefault(root, job, 'image'));
  return name !== undefined && !/(?:^|\/)(?:docker|alpine|debian|ubuntu)(?:[:@]|$)/.test(name);
}

/** `!reference [.setup, before_script]`, and lists within a list: whose commands are not read here. */
const hasUnreadCommands = (root: Tree, job: Tree): boolean =>
  [orDefault(root, job, 'before_script'), child(job, 'script')].some(
    (one) => one?.tag !== undefined || itemsOf(one).some(({ kind, tag }) => kind !== 'scalar' || tag !== undefined),
  );

/** What bake and compose build by their files, which a job has at the root of its checkout. */
function fromFiles(command: ShellCommand, { text, env }: Script, bake: BakeFiles): readonly Platform[] | undefined {
  const isBaked = isBake(command);
  if (!isBaked && !isComposeBuild(command)) return undefined;
  if (/(?:^|[\s;&|(])(?:cd|pushd)\s/.test(text) || env?.has(isBaked ? 'BUILDX_BAKE_FILE' : 'COMPOSE_FILE'))
    return undefined;
  if (!isBaked) return composedForSeveral(command, { directory: '.', read: bake.read });
  const call = bakeOfCommand(command, { directory: '.', before: text.slice(0, command.from), read: bake.read });
  return call && bakedForSeveral(call, bake);
}

/** The first build for several platforms, and whether what comes before it may make a builder. */
function forSeveral(
  scripts: readonly Script[],
  bake: BakeFiles,
):
  | { readonly platforms: readonly string[]; readonly at: { from: number; to: number }; readonly isUnseen: boolean }
  | undefined {
  let isUnseen = false;
  for (const script of scripts) {
    const { text, env } = script;
    const { commands, whole } = readShell(text, (name) => env?.get(name) ?? UNSEEN);
    isUnseen ||= !whole;
    for (const command of commands) {
      const { platforms = [], platformsAt } = buildOf(command) ?? {};
      const made = platformsAt === undefined ? fromFiles(command, script, bake) : platforms;
      if (made !== undefined && made.length > 1)
        return { platforms: made.map(formatPlatform), at: fileRange(script, platformsAt ?? command), isUnseen };
      isUnseen ||= isOpen(command, text);
    }
  }
  return undefined;
}
