import type { ProjectImage, ResolvedProject } from '../../config/index.ts';
import { type Diagnostic, formatPlatform, type Platform, samePlatform } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';
import type { ImageTree } from '../../oci/index.ts';
import type { ImageProof } from '../../proof/index.ts';
import { whatToPublish } from '../../publish/index.ts';
import type { TargetAsk } from '../../target/index.ts';
import { type OpenedImage, openImage, openOptions } from '../access.ts';
import { allValues } from '../arguments.ts';
import { type Built, builtInto, builtLocator, lastBuilt, layoutDirectory } from '../built.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { readPlatforms, readTag } from '../jobs.ts';
import { type Names, nameJobs, publishedNames } from '../naming.ts';
import { leftOutOf, type Shippable, type Smaller, withoutUnproven } from '../optional.ts';
import { asksOf, loadProject, tellUnusedAssumptions } from '../project.ts';
import { failsOn, imagesNamed, prove, statedByFlags, tellUnusedForeign } from '../proving.ts';
import { confirmWrite, proveAndPublish, tellPublished, withoutLeftOut } from '../publishing.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { sayProof } from './verify.ts';

/** A source that is to be pushed, with its names; worked out for all of them before anything is sent. */
interface Planned {
  readonly source: string;
  readonly tree: ImageTree;
  readonly job: Shippable;
  readonly names: Names;
  readonly flags: Flags;
  /** Platforms to be proven; all where it is empty. */
  readonly platforms: readonly Platform[];
  /** Only these are published; all where it is absent. */
  readonly only?: readonly Platform[];
  /** What is not in it though it was asked for. */
  readonly leftOut: readonly Diagnostic[];
}

/** What came of one attempt: its end, or the same image without optional platforms that stood in the way. */
type Outcome =
  | { readonly kind: 'ended'; readonly status: ExitStatus }
  | ({ readonly kind: 'smaller' } & Smaller<Shippable>);

/** What is the same for all sources of a run. */
interface Pushing {
  readonly references: readonly string[];
  readonly flags: Flags;
  readonly project: ResolvedProject | undefined;
  /** All that was opened, to be closed in the end. */
  readonly opened: OpenedImage[];
}

/** `push SOURCE REF…`: proved in place, pushed by digest, and the tags last. Without words, all that was built last. */
export async function push(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const [source, ...references] = words;
  const project = await loadProject(session, flags);
  const opened: OpenedImage[] = [];
  const pushing: Pushing = { references, flags, project, opened };
  try {
    const planned: Planned[] = [];
    if (source !== undefined && references.length > 0) planned.push(await planNamed(session, source, pushing));
    else if (source !== undefined)
      planned.push(await planLayout(session, source, session.path(source.replace(/^oci:/, '')), pushing));
    else
      for (const built of lastBuilt(session))
        planned.push(await planLayout(session, builtLocator(session, built), built.layout, pushing));
    // Names that were typed are confirmed by that.
    if (references.length === 0) await confirmWrite(session, project, flags);
    const asks = asksOf(session, flags, project);
    const told: Told = { asks, project, values: [], proofs: [] };
    const statuses: ExitStatus[] = [];
    for (const one of planned) statuses.push(await pushOne(session, one, told));
    tellUnusedForeign(session, flags, told.proofs);
    tellUnusedAssumptions(session, flags, asks);
    session.answer(told.values.length === 1 ? told.values[0] : told.values);
    return worstExit(statuses);
  } finally {
    for (const image of opened) await image.close();
  }
}

/** A source under the names that were typed behind it. */
async function planNamed(session: Session, source: string, pushing: Pushing): Promise<Planned> {
  const references = pushing.references.map(readTag);
  const tree = await open(session, source, pushing);
  const { flags } = pushing;
  const job = jobHeld(session, source, tree, undefined, pushing);
  const names = { references, children: [] };
  return { source, tree, job, names, flags, platforms: readPlatforms(flags), leftOut: [] };
}

/** A layout with the names of `-t` when it was built, else those of the configuration for the image whose it is. */
async function planLayout(session: Session, source: string, layout: string, pushing: Pushing): Promise<Planned> {
  const { flags, project } = pushing;
  const built = builtInto(session, layout);
  const given = built?.names ?? [];
  const image = project?.images.find(({ name }) => layoutDirectory(project.directory, name) === layout);
  if (given.length === 0 && image === undefined)
    throw failure('cli/push-needs-name', { source }, atInput('REF'), 'request');
  const tree = await open(session, source, pushing);
  const job = { ...jobHeld(session, source, tree, image, pushing), references: given.map(readTag) };
  const [named] = await nameJobs(session, [job], project);
  const platforms = readPlatforms(flags);
  const gone = platforms.length > 0 ? [] : leftOutOfBuild(built, tree, image);
  return {
    source,
    tree,
    job,
    names: publishedNames(named!),
    flags: { ...flags, drop: [...allValues(flags, 'drop'), ...gone.map(({ platform }) => formatPlatform(platform))] },
    platforms,
    leftOut: gone.map(({ platform, step }) => leftOutOf(job, platform, step)),
  };
}

/**
 * The optional platforms that the build itself left out: a tag may lose those, as `ship` would have it. One that was
 * not asked for, as of `build --platform`, is not among them.
 */
function leftOutOfBuild(built: Built | undefined, tree: ImageTree, image: ProjectImage | undefined): Built['leftOut'] {
  if (built === undefined || (built.digest !== undefined && built.digest !== tree.root.digest)) return [];
  const there = platformsIn(tree);
  return built.leftOut.filter(
    ({ platform }) =>
      !there.some((is) => samePlatform(is, platform)) &&
      image?.platforms.some((one) => one.optional && samePlatform(one.platform, platform)),
  );
}

/** Each once: an index may hold two images of one platform. */
function platformsIn(tree: ImageTree): readonly Platform[] {
  const all = tree.images.flatMap(({ declared }) => declared ?? []);
  return all.filter((one, at) => all.findIndex((other) => samePlatform(one, other)) === at);
}

/** The image as it lies there: its own platforms, each as optional as rightarch.yaml says. Typed ones never are. */
function jobHeld(
  session: Session,
  source: string,
  tree: ImageTree,
  image: ProjectImage | undefined,
  { flags, project }: Pushing,
): Shippable {
  const typed = readPlatforms(flags);
  const platforms = (typed.length > 0 ? typed : platformsIn(tree)).map(
    (platform): Shippable['request']['platforms'][number] => {
      const promised =
        typed.length > 0 ? undefined : image?.platforms.find((one) => samePlatform(one.platform, platform));
      if (promised === undefined) return { platform, because: { kind: 'flag' } };
      return { platform, because: promised.optional ? { kind: 'optional' } : promised.because };
    },
  );
  return {
    request: { name: image?.name ?? source, platforms },
    image,
    references: [],
    root: project?.directory ?? session.shell.cwd,
  };
}

async function open(session: Session, source: string, { references, project, opened }: Pushing): Promise<ImageTree> {
  const image = await openImage(session, source, await openOptions(session, project?.mirrors), {
    published: !/^(oci|archive|docker):/.test(source),
    corrected: (image) => ['rightarch push', image, ...references].join(' '),
  });
  opened.push(image);
  return image.tree;
}

/** What a run has to say of all its sources in the end. */
interface Told {
  readonly asks: readonly TargetAsk[];
  readonly project: ResolvedProject | undefined;
  readonly values: unknown[];
  readonly proofs: ImageProof[];
}

async function pushOne(session: Session, first: Planned, told: Told): Promise<ExitStatus> {
  if (!session.json) for (const one of first.leftOut) session.warn(one);
  for (let planned = first; ; ) {
    const outcome = await pushTree(session, planned, told);
    if (outcome.kind === 'ended') return outcome.status;
    // An optional platform that is not proven holds nothing back: it is said, and the others go.
    if (!session.json) for (const one of outcome.leftOut) session.warn(one);
    const platforms = outcome.job.request.platforms.map(({ platform }) => platform);
    planned = {
      ...planned,
      job: outcome.job,
      ...withoutLeftOut(planned.job, outcome.job, planned.names, planned.flags),
      platforms,
      only: platforms,
      leftOut: [...planned.leftOut, ...outcome.leftOut],
    };
  }
}

async function pushTree(session: Session, planned: Planned, all: Told): Promise<Outcome> {
  const { source, names, flags, job, platforms, leftOut } = planned;
  const { tree, platforms: only } = whatToPublish({ tree: planned.tree, platforms: planned.only });
  const { asks, project, values, proofs } = all;
  const images = imagesNamed(session, source, project);
  const proving = prove(session, tree, source, {
    platforms,
    targets: asks,
    foreign: [...statedByFlags(flags), ...images.flatMap(({ foreign }) => foreign)],
    noCache: flags['no-cache'] === true,
    project,
    images,
  }).then((proved) => proved.proof);
  const fails = failsOn(flags);
  const told = (proof: ImageProof) => {
    proofs.push(proof);
    if (!session.json) sayProof(session, proof, { canAsk: false });
    return !fails(proof);
  };
  const { proof, published } = await proveAndPublish(session, { tree, platforms: only, proving, told, names, flags });
  if (published === null) {
    const unproven = proof.platforms.filter(fails).flatMap(({ platform }) => platform ?? []);
    const smaller = withoutUnproven(job, unproven);
    if (smaller !== undefined) return { kind: 'smaller', ...smaller };
  }
  values.push(tellPublished(session, source, { proof, published }, leftOut));
  return { kind: 'ended', status: published === null || proof.targets.some(fails) ? 1 : 0 };
}
