import type { ResolvedProject } from '../../config/index.ts';
import { type Platform, samePlatform } from '../../core/index.ts';
import { atInput, failure, printable } from '../../messages/index.ts';
import { buildTexts } from '../../messages/phrases/build.ts';
import type { ImageTree } from '../../oci/index.ts';
import { type ImageProof, proofJson } from '../../proof/index.ts';
import { renderReceipt } from '../../report/index.ts';
import type { TargetAsk } from '../../target/index.ts';
import { openImage, openOptions } from '../access.ts';
import { builtLocator, lastBuilt, namesBuiltWith } from '../built.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { type Job, jobsOf, readPlatforms, readTag } from '../jobs.ts';
import { withoutUnproven } from '../optional.ts';
import { asksOf, loadProject, tellUnusedAssumptions } from '../project.ts';
import { failsOn, hostOf, imagesNamed, prove, statedByFlags, tellUnusedForeign } from '../proving.ts';
import { confirmWrite, type Names, nameJobs, proveAndPublish, publishedNames, withoutLeftOut } from '../publishing.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { sayProof } from './verify.ts';

/** One source with its names, worked out before anything is sent. */
interface Planned {
  readonly source: string;
  readonly names: Names;
  /** The image of the configuration whose layout it is. */
  readonly job?: Job | undefined;
}

/** `push SOURCE REF…`: proved in place, pushed by digest, and the tags last. Without words, all that was built last. */
export async function push(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const [source, ...references] = words;
  const project = await loadProject(session, flags);
  const planned: Planned[] = [];
  if (source !== undefined && references.length > 0)
    planned.push({ source, names: { references: references.map(readTag), children: [] } });
  else if (source !== undefined) {
    planned.push(await planLayout(session, source, session.path(source.replace(/^oci:/, '')), flags, project));
  } else
    for (const built of lastBuilt(session))
      planned.push(await planLayout(session, builtLocator(session, built), built.layout, flags, project));
  // Names that were typed are confirmed by that.
  if (references.length === 0) await confirmWrite(session, project, flags);
  const values: unknown[] = [];
  const proofs: ImageProof[] = [];
  const statuses: ExitStatus[] = [];
  const asks = asksOf(session, flags, project);
  for (const one of planned)
    statuses.push(await pushOne(session, one, { references, flags, project, asks, values, proofs }));
  tellUnusedForeign(session, flags, proofs);
  tellUnusedAssumptions(session, flags, asks);
  if (session.json) session.printJson(values.length === 1 ? values[0] : values);
  return worstExit(statuses);
}

interface Pushing {
  readonly references: readonly string[];
  readonly flags: Flags;
  readonly project: ResolvedProject | undefined;
  readonly asks: readonly TargetAsk[];
  readonly values: unknown[];
  readonly proofs: ImageProof[];
}

async function pushOne(session: Session, one: Planned, pushing: Pushing): Promise<ExitStatus> {
  const { source, job } = one;
  const { references, project } = pushing;
  const image = await openImage(session, source, await openOptions(session, project?.mirrors), {
    published: !/^(oci|archive|docker):/.test(source),
    corrected: (image) => ['rightarch push', image, ...references].join(' '),
  });
  try {
    const there = image.tree.images.flatMap(({ declared }) => declared ?? []);
    const wanted = job?.request.platforms.map(({ platform }) => platform) ?? [];
    const absent = wanted.filter((platform) => !there.some((is) => samePlatform(is, platform)));
    const smaller = job === undefined ? undefined : withoutUnproven(job, absent);
    return smaller === undefined
      ? await pushTree(session, image.tree, { ...one, platforms: readPlatforms(pushing.flags) }, pushing)
      : await pushSmaller(session, image.tree, one, smaller, pushing);
  } finally {
    await image.close();
  }
}

/** An optional platform that is not proven, or was not built, holds nothing back: it is said, and the others go. */
function pushSmaller(
  session: Session,
  tree: ImageTree,
  one: Planned,
  smaller: NonNullable<ReturnType<typeof withoutUnproven>>,
  pushing: Pushing,
): Promise<ExitStatus> {
  if (!session.json) for (const left of smaller.leftOut) session.warn(left);
  const { names, flags } = withoutLeftOut(one.job!, smaller.job, one.names, pushing.flags);
  const platforms = smaller.job.request.platforms.map(({ platform }) => platform);
  return pushTree(
    session,
    tree,
    { ...one, names, job: smaller.job, platforms, only: platforms },
    { ...pushing, flags },
  );
}

async function pushTree(
  session: Session,
  tree: ImageTree,
  one: Planned & { readonly platforms: readonly Platform[]; readonly only?: readonly Platform[] },
  pushing: Pushing,
): Promise<ExitStatus> {
  const { source, names, job, platforms, only } = one;
  const { flags, project, asks, values, proofs } = pushing;
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
  const value = proofJson(proof, session.language, hostOf(session));
  if (published === null) {
    const unproven = proof.platforms.filter(fails).flatMap(({ platform }) => platform ?? []);
    const smaller = job === undefined ? undefined : withoutUnproven(job, unproven);
    if (smaller !== undefined) return pushSmaller(session, tree, one, smaller, pushing);
    values.push({ ...value, published });
    if (!session.json) session.print(`\n${buildTexts.notPublished[session.language]({ image: printable(source) })}`);
    return 1;
  }
  const { receipt, ms } = published;
  if (!session.json) for (const warning of receipt.diagnostics) session.warn(warning);
  values.push({ ...value, published: { ...receipt, diagnostics: session.findingsJson(receipt.diagnostics) } });
  if (!session.json) session.print(`\n${renderReceipt(session.page, receipt, ms)}`);
  return proof.targets.some(fails) ? 1 : 0;
}

/** A layout with the names of `-t` when it was built, else those of the configuration for the image whose it is. */
async function planLayout(
  session: Session,
  source: string,
  layout: string,
  flags: Flags,
  project: ResolvedProject | undefined,
): Promise<Planned> {
  const built = namesBuiltWith(session, layout);
  const job =
    project === undefined
      ? undefined
      : (await jobsOf(session, [], flags, project)).find((one) => one.layout === layout);
  if (built.length > 0) return { source, names: { references: built.map(readTag), children: [] }, job };
  if (job === undefined) throw failure('cli/push-needs-name', { source }, atInput('REF'), 'request');
  const [named] = await nameJobs(session, [job], project);
  return { source, names: publishedNames(named!), job };
}
