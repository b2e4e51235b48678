import type { ResolvedProject } from '../../config/index.ts';
import { atInput, failure, printable } from '../../messages/index.ts';
import { buildTexts } from '../../messages/phrases/build.ts';
import { type ImageProof, proofJson } from '../../proof/index.ts';
import { renderReceipt } from '../../report/index.ts';
import type { TargetAsk } from '../../target/index.ts';
import { openImage, openOptions } from '../access.ts';
import { builtLocator, lastBuilt, namesBuiltWith } from '../built.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { jobsOf, readPlatforms, readTag } from '../jobs.ts';
import { asksOf, loadProject, tellUnusedAssumptions } from '../project.ts';
import { failsOn, hostOf, imagesNamed, prove, statedByFlags, tellUnusedForeign } from '../proving.ts';
import { confirmWrite, type Names, nameJobs, proveAndPublish, publishedNames } from '../publishing.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { sayProof } from './verify.ts';

/** One source with its names, worked out before anything is sent. */
interface Planned {
  readonly source: string;
  readonly names: Names;
}

/** `push SOURCE REF…`: proved in place, pushed by digest, and the tags last. Without words, all that was built last. */
export async function push(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const [source, ...references] = words;
  const project = await loadProject(session, flags);
  const planned: Planned[] = [];
  if (source !== undefined && references.length > 0)
    planned.push({ source, names: { references: references.map(readTag), children: [] } });
  else if (source !== undefined) {
    const names = await namesOfLayout(session, source, session.path(source.replace(/^oci:/, '')), flags, project);
    planned.push({ source, names });
  } else
    for (const built of lastBuilt(session)) {
      const locator = builtLocator(session, built);
      planned.push({ source: locator, names: await namesOfLayout(session, locator, built.layout, flags, project) });
    }
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

async function pushOne(
  session: Session,
  { source, names }: Planned,
  { references, flags, project, asks, values, proofs }: Pushing,
): Promise<ExitStatus> {
  const image = await openImage(session, source, await openOptions(session, project?.mirrors), {
    published: !/^(oci|archive|docker):/.test(source),
    corrected: (image) => ['rightarch push', image, ...references].join(' '),
  });
  try {
    const platforms = readPlatforms(flags);
    const images = imagesNamed(session, source, project);
    const proving = prove(session, image.tree, source, {
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
    const { proof, published } = await proveAndPublish(session, image.tree, proving, told, names, flags);
    const value = proofJson(proof, session.language, hostOf(session));
    if (published === null) {
      values.push({ ...value, published });
      if (!session.json) session.print(`\n${buildTexts.notPublished[session.language]({ image: printable(source) })}`);
      return 1;
    }
    const { receipt, ms } = published;
    if (!session.json) for (const warning of receipt.diagnostics) session.warn(warning);
    values.push({ ...value, published: { ...receipt, diagnostics: session.findingsJson(receipt.diagnostics) } });
    if (!session.json) session.print(`\n${renderReceipt(session.page, receipt, ms)}`);
    return proof.targets.some(failsOn(flags)) ? 1 : 0;
  } finally {
    await image.close();
  }
}

/** The names of `-t` when the layout was built, else those of the configuration for the image whose layout it is. */
async function namesOfLayout(
  session: Session,
  source: string,
  layout: string,
  flags: Flags,
  project: ResolvedProject | undefined,
): Promise<Names> {
  const built = namesBuiltWith(session, layout);
  if (built.length > 0) return { references: built.map(readTag), children: [] };
  const job =
    project === undefined
      ? undefined
      : (await jobsOf(session, [], flags, project)).find((one) => one.layout === layout);
  if (job === undefined) throw failure('cli/push-needs-name', { source }, atInput('REF'), 'request');
  const [named] = await nameJobs(session, [job], project);
  return publishedNames(named!);
}
