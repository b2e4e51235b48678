import { relative } from 'node:path';
import type { ResolvedProject } from '../../config/index.ts';
import type { Diagnostic } from '../../core/index.ts';
import { printable } from '../../messages/index.ts';
import { buildTexts } from '../../messages/phrases/build.ts';
import { type Descriptor, openLayout, openTree } from '../../oci/index.ts';
import { type IgnoreRule, type ImageProof, proofJson } from '../../proof/index.ts';
import { formatDuration, renderReceipt } from '../../report/index.ts';
import { buildJob, collectBuilt, narrowBuilt } from '../building.ts';
import type { Built } from '../built.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { type Job, jobsOf } from '../jobs.ts';
import { type Loading, loadTree, openLoading, sayLoaded } from '../loading.ts';
import { type Names, nameJobs, publishedNames } from '../naming.ts';
import { type Smaller, withoutUnproven } from '../optional.ts';
import { loadProject, tellUnusedAssumptions } from '../project.ts';
import { failsOn, hostOf, prove, statedByFlags, tellUnused } from '../proving.ts';
import { confirmWrite, proveAndPublish, withoutLeftOut } from '../publishing.ts';
import { type ResultOfImage, writeResultFiles } from '../result-files.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { sayProof } from './verify.ts';

/**
 * `ship`: build, prove, publish. A tag moves when every platform is proven; what a runtime would refuse is said then,
 * and ends with status 1, because that target must not get it.
 */
export async function ship(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const project = await loadProject(session, flags, words);
  const jobs = await jobsOf(session, words, flags, project);
  const planned = (await nameJobs(session, jobs, project)).map((one) => ({ ...one, names: publishedNames(one) }));
  const loading = await openLoading(session, jobs, flags);
  await confirmWrite(session, project, flags);
  const statuses: ExitStatus[] = [];
  const told: Told = { values: [], results: [], used: new Set(), built: [], loading };
  const { values } = told;
  for (const { job, names } of planned) statuses.push(await shipOne(session, job, names, flags, project, told));
  await writeResultFiles(session, told.results, flags);
  if (words.length === 0) tellUnused(session, project, told.used);
  tellUnusedAssumptions(
    session,
    flags,
    planned.flatMap(({ job }) => job.asks),
  );
  session.answer(values.length === 1 ? values[0] : values);
  return worstExit(statuses);
}

/** What a run has to say of all its images in the end. */
interface Told {
  readonly values: unknown[];
  readonly results: ResultOfImage[];
  readonly used: Set<IgnoreRule>;
  readonly built: Built[];
  /** `--load`. */
  readonly loading: Loading | undefined;
}

/** A built image with all that its publish needs. */
interface Shipment {
  readonly job: Job;
  readonly root: Descriptor;
  readonly names: Names;
  readonly flags: Flags;
  /** What was left out so far, for whoever reads JSON; people were told. */
  readonly leftOut: readonly Diagnostic[];
}

/** What came of a shipment: its end, or the same image without optional platforms that stood in the way. */
type Outcome = { readonly kind: 'ended'; readonly status: ExitStatus } | ({ readonly kind: 'smaller' } & Smaller<Job>);

async function shipOne(
  session: Session,
  wanted: Job,
  all: Names,
  asked: Flags,
  project: ResolvedProject | undefined,
  told: Told,
): Promise<ExitStatus> {
  const { shell, language } = session;
  const { job, leftOut, result, ms } = await buildJob(session, wanted, asked, project, { built: told.built });
  const directory = printable(relative(shell.cwd, job.layout) || '.');
  const image = printable(job.request.name);
  if (!session.json) session.print(`${buildTexts.built[language]({ image, directory, time: formatDuration(ms) })}\n`);
  let shipment: Shipment = { job, root: result.root, ...withoutLeftOut(wanted, job, all, asked), leftOut };
  for (;;) {
    const outcome = await shipBuilt(session, shipment, project, told);
    if (outcome.kind === 'ended') {
      await collectBuilt(shipment.job);
      return outcome.status;
    }
    // An optional platform that is not proven holds nothing back: the same image without it, proven anew as a whole.
    if (!session.json) for (const one of outcome.leftOut) session.warn(one);
    const { job: before, root, names, flags } = shipment;
    shipment = {
      job: outcome.job,
      root: await narrowBuilt(session, { before, job: outcome.job, root }, told.built),
      ...withoutLeftOut(before, outcome.job, names, flags),
      leftOut: [...shipment.leftOut, ...outcome.leftOut],
    };
  }
}

/** Proves and publishes what was built; where only optional platforms are in the way, what is left without them. */
async function shipBuilt(
  session: Session,
  { job, root, names, flags, leftOut }: Shipment,
  project: ResolvedProject | undefined,
  { values, results, used, loading }: Told,
): Promise<Outcome> {
  const { language } = session;
  const fails = failsOn(flags);
  const source = openLayout(job.layout);
  try {
    const tree = await openTree(source, root);
    const begin = performance.now();
    const proving = prove(session, tree, job.request.name, {
      platforms: job.request.platforms.map(({ platform }) => platform),
      targets: job.asks,
      foreign: [...statedByFlags(flags), ...(job.image?.foreign ?? [])],
      project,
      images: job.image === undefined ? [] : [job.image],
      used,
    }).then((proved) => proved.proof);
    const told = (proof: ImageProof) => {
      if (!session.json) {
        sayProof(session, proof);
        session.print(`${buildTexts.proved[language]({ time: formatDuration(performance.now() - begin) })}\n`);
      }
      return !fails(proof);
    };
    const { proof, published } = await proveAndPublish(session, { tree, proving, told, names, flags });
    const value = { ...proofJson(proof, language, hostOf(session)), layout: job.layout };
    if (published === null) {
      const unproven = proof.platforms.filter(fails).flatMap(({ platform }) => platform ?? []);
      const smaller = withoutUnproven(job, unproven);
      if (smaller !== undefined) return { kind: 'smaller', ...smaller };
      values.push({ ...value, published });
      if (!session.json) session.print(buildTexts.notPublished[language]({ image: printable(job.request.name) }));
      return { kind: 'ended', status: 1 };
    }
    const { receipt, ms } = published;
    if (!session.json) for (const warning of receipt.diagnostics) session.warn(warning);
    const diagnostics = session.findingsJson([...leftOut, ...receipt.diagnostics]);
    const loaded = loading && (await loadTree(session, tree, { docker: loading.docker, names: names.references }));
    const shipped = { ...value, published: { ...receipt, diagnostics }, ...(loaded === undefined ? {} : { loaded }) };
    values.push(shipped);
    results.push({ image: job.request.name, root, names: names.references, value: shipped });
    if (!session.json) {
      session.print(renderReceipt(session.page, receipt, ms));
      if (loaded !== undefined) sayLoaded(session, loaded);
      if (job.asks.length > 0) session.print(`\n${buildTexts.deployLater[language]()}`);
    }
    return { kind: 'ended', status: proof.targets.some(fails) ? 1 : 0 };
  } finally {
    await source.close();
  }
}
