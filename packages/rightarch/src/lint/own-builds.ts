import { groupBy } from '../core/index.ts';
import { readName } from './discover/names.ts';
import { type FoundBuild, type FoundName, type FoundRuntime, fileOfBuild, isBuiltFor, sameFile } from './found.ts';
import { fitsName } from './publication.ts';

/** A build, and the names that it gives. */
export interface NamedBuild {
  readonly build: FoundBuild;
  readonly repositories: readonly string[];
}

/** The builds of a repository with the names that they give: once for all that runs there. */
export function nameBuilds(builds: readonly FoundBuild[], names: readonly FoundName[]): readonly NamedBuild[] {
  const given = names.filter(({ how }) => how === 'pushed' || how === 'given');
  const inFile = groupBy(given, ({ at }) => at.file);
  const behind = groupBy(given, ({ before }) => before);
  return builds.map((build) => ({ build, repositories: repositoriesOf(build, { inFile, behind }) }));
}

/**
 * The builds of the image that a runtime runs, where several images are built: what its own file builds for it, those
 * whose own tag it names, or those that give its name. Empty where the files do not say which they are.
 */
export function ownBuilds(runtime: FoundRuntime, named: readonly NamedBuild[]): readonly FoundBuild[] {
  const builds = named.map(({ build }) => build);
  const told = builds.filter((build) => {
    const { tags = [], platforms } = build;
    if (isBuiltFor(build, runtime)) return true;
    return platforms.length > 0 && tags.some((tag) => runtime.images?.some((image) => image?.endsWith(`:${tag}`)));
  });
  return told.length > 0 ? told : buildsOfName(runtime, named);
}

/** The builds that give the one image a name which the runtime pulls, if no other build may be of it. */
function buildsOfName({ images = [] }: FoundRuntime, named: readonly NamedBuild[]): readonly FoundBuild[] {
  const pulled = images.flatMap((image) => (image === undefined ? [] : (readName(image)?.repository ?? [])));
  const whole = pulled.filter((one) => !one.includes('?') && one.includes('/'));
  if (whole.length === 0) return [];
  const own = named.filter(({ repositories }) => repositories.some((one) => whole.some((name) => isName(one, name))));
  const [first] = own;
  const file = first && fileOfBuild(first.build);
  if (first === undefined || file === undefined || !own.every(({ build }) => fileOfBuild(build) === file)) return [];
  // One without a name, or for a name that is not seen, may be pushed under this one.
  const isOpen = named.some(
    (one) =>
      !own.includes(one) &&
      (one.repositories.length === 0 || one.repositories.some((name) => /^\?|\?$/.test(name))) &&
      !isOfAnother(one.build, file),
  );
  return isOpen ? [] : own.map(({ build }) => build);
}

const isOfAnother = (build: FoundBuild, file: string): boolean => {
  const other = fileOfBuild(build);
  return build.trial === true || (other !== undefined && !sameFile(other, file) && !sameFile(file, other));
};

/** The names that a build gives, also by `docker tag` behind it. */
function repositoriesOf(
  build: FoundBuild,
  { inFile, behind }: Readonly<Record<'inFile' | 'behind', ReadonlyMap<string | undefined, readonly FoundName[]>>>,
): readonly string[] {
  const file = fileOfBuild(build);
  const own = (inFile.get(build.at.file) ?? []).filter(
    ({ at, dockerfile }) =>
      at.line === build.at.line || (dockerfile !== undefined && file !== undefined && dockerfile === file),
  );
  const first = new Set(own.map(({ repository }) => repository));
  const again = [...first].flatMap((name) => behind.get(name) ?? []);
  return [...first, ...again.map(({ repository }) => repository)];
}

/** `?/api`, whose registry a step tells, is `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api`. */
const isName = (written: string, whole: string): boolean =>
  written === whole || (/^\?\/[^?]+$/.test(written) && fitsName(written, whole));
