import type { ResolvedProject } from '../config/index.ts';
import { type Diagnostic, formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { remark } from '../messages/phrases/remarks.ts';
import { type TargetId, targets } from '../target/index.ts';
import type { BrokenLink } from './chain.ts';
import { beginningOf, type FoundRuntime, isBuiltFor, locationOf, type Place } from './found.ts';
import { judgeDeclared, judgeRepository, type Prospect } from './prospects.ts';
import type { Repository } from './repository.ts';

/** A rightarch.yaml, in each of its environments. */
export interface DeclaredProject {
  /** As one would type it from the root of the repository. */
  readonly file: string;
  readonly resolved: readonly ResolvedProject[];
}

/** Machines that people type `docker build` on. What holds on both is said whichever this one is. */
const HOSTS: readonly Platform[] = [
  { os: 'linux', architecture: 'arm64' },
  { os: 'linux', architecture: 'amd64' },
];

/** Whether what is built, under which tag, and what runs it agree on the CPU: each finding with the ends that do not. */
export function judgeBetween(repository: Repository, project: DeclaredProject | undefined): readonly BrokenLink[] {
  return linksOf(prospectsOf(repository, project), repository, project !== undefined);
}

/** A runtime that somebody asks about (`--for`), and the CPUs that are meant. */
export interface AskedRuntime {
  readonly runtime: TargetId;
  readonly platforms: readonly Platform[];
  /** False: nobody named a CPU, and the one that the runtime has otherwise is meant. */
  readonly named?: boolean;
}

/**
 * The same where somebody asks about some runtimes: they take the place of those that the sources name, of which others
 * may be right as they are. Of rightarch.yaml the targets for them are judged.
 */
export function judgeAsked(
  repository: Repository,
  project: DeclaredProject | undefined,
  asked: readonly AskedRuntime[],
): readonly BrokenLink[] {
  if (project !== undefined)
    return judgeBetween(repository, project).filter(({ runtime }) =>
      asked.some((one) => one.runtime === runtime.runtime),
    );
  // What is asked stands in no file: its place is that of what is built, and no finding shows it as another end.
  const [image] = repository.images;
  const at = repository.builds[0]?.at ?? beginningOf(image?.dockerfile ?? '');
  const runtimes = asked.map((one): FoundRuntime => ({ ...one, name: undefined, how: 'declared', at }));
  const links = linksOf(prospectsOf({ ...repository, runtimes }, undefined), repository, false);
  return (
    links
      // Whoever asks for a CPU knows it: what no command builds is built for it.
      .filter(({ diagnostic: { code } }) => code !== 'repository/builder-decides' || repository.builds.length > 0)
      .map((link) => ({ ...link, diagnostic: { ...link.diagnostic, related: [] } }))
  );
}

const prospectsOf = (repository: Repository, project: DeclaredProject | undefined): readonly Prospect[] =>
  HOSTS.flatMap((host) =>
    project === undefined
      ? judgeRepository(repository, host)
      : judgeDeclared(project.file, project.resolved, repository.images, host),
  );

function linksOf(prospects: readonly Prospect[], repository: Repository, declared: boolean): readonly BrokenLink[] {
  const each = new Map(prospects.map((one) => [JSON.stringify(one), one]));
  return [...each.values()].flatMap((one) => findingOf(one, repository, declared));
}

function findingOf(prospect: Prospect, repository: Repository, declared: boolean): readonly BrokenLink[] {
  if (!('runtime' in prospect)) return [];
  const { runtime } = prospect;
  const several = !declared && repository.images.length > 1;
  const who = { runtime: targets[runtime.runtime].title, name: runtime.name };
  const runs = runtime.platforms.map(formatPlatform).join(', ');
  const broken = (finding: Diagnostic, at: Place, platforms: readonly Platform[]): readonly BrokenLink[] => [
    { diagnostic: finding, built: { platforms, at }, runtime },
  ];
  switch (prospect.kind) {
    case 'fails': {
      const { because, given } = prospect;
      const message = wordsOf(prospect.message);
      // What a Dockerfile fixes is said at its line, by its own rule.
      if (because === 'pinned') return [];
      // Of several images it may be another that runs there, and nodes of either CPU run both.
      const isOwn = runtime.dockerfile !== undefined;
      if (because === 'host' && ((several && !isOwn) || runtime.platforms.some((one) => samePlatform(one, given))))
        return [];
      if (because === 'built') {
        const made = [given, ...(prospect.beside ?? [])];
        const args = { ...who, runs, built: made.map(formatPlatform).join(', '), message };
        return broken(
          diagnostic('repository/cpu-differs', args, locationOf(prospect.at), runsThere(runtime)),
          prospect.at,
          made,
        );
      }
      const unsaid = repository.builds.find(
        (build) =>
          build.platforms.length === 0 &&
          build.unseen === undefined &&
          build.builder === undefined &&
          (!isOwn || isBuiltFor(build, runtime)),
      );
      const at = unsaid?.at ?? prospect.at;
      const write = platformIn(at.file, runtime.platforms[0]!);
      const args = { ...who, runs, given: formatPlatform(given), message, write };
      return broken(diagnostic('repository/builder-decides', args, locationOf(at), runsThere(runtime)), at, []);
    }
    case 'index-refused': {
      if (several) return [];
      const args = { ...who, message: wordsOf(prospect.message) };
      return broken(
        diagnostic('repository/index-refused', args, locationOf(prospect.at), runsThere(runtime)),
        prospect.at,
        prospect.built,
      );
    }
    case 'no-such-cpu': {
      const { built, source, checked, at } = prospect;
      const args = { ...who, runs, built: formatPlatform(built), source, checked };
      return broken(diagnostic('repository/no-such-cpu', args, locationOf(at), runsThere(runtime)), at, [built]);
    }
    default:
      return [];
  }
}

/** How each kind of file names the platform of a build; any other has commands. */
const WRITTEN: readonly (readonly [file: RegExp, write: (platform: string) => string])[] = [
  [/serverless[\w.-]*\.ya?ml$/, (one) => `platform: ${one}`],
  [/compose[\w.-]*\.ya?ml$/, (one) => `platform: ${one}`],
  [/skaffold[\w.-]*\.ya?ml$/, (one) => `platforms: [${one}]`],
  [/\.hcl$/, (one) => `platforms = ["${one}"]`],
  [/bake[\w.-]*\.json$/, (one) => `"platforms": ["${one}"]`],
  [/\.tf$/, (one) => `platform = "${one}"`],
  [/\.assets\.json$|\.ts$/, (one) => `platform: Platform.${one.replace('/', '_').toUpperCase()}`],
];

function platformIn(file: string, platform: Platform): string {
  const text = formatPlatform(platform);
  return WRITTEN.find(([pattern]) => pattern.test(file))?.[1](text) ?? `--platform ${text}`;
}

/** What a runtime prints, without the names that only a deployment has. */
const wordsOf = (message: string | undefined): string | undefined => message?.replace(/\{\w+\}/g, '…');

/** The other end of the link: the line that says where it runs. */
const runsThere = (runtime: FoundRuntime) => ({
  related: [
    {
      at: locationOf(runtime.at),
      note: remark('runs-there', {
        runtime: targets[runtime.runtime].title,
        platforms: runtime.platforms.map(formatPlatform),
        how: runtime.how,
      }),
    },
  ],
});
