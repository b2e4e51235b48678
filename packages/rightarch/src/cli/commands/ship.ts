import { relative } from 'node:path';
import type { ResolvedProject } from '../../config/index.ts';
import { formatPlatform, type Platform, samePlatform } from '../../core/index.ts';
import { printable } from '../../messages/index.ts';
import { buildTexts } from '../../messages/phrases/build.ts';
import { openLayout, openTree } from '../../oci/index.ts';
import { type IgnoreRule, type ImageProof, proofJson } from '../../proof/index.ts';
import { formatDuration, renderReceipt } from '../../report/index.ts';
import { allValues } from '../arguments.ts';
import { buildJob } from '../building.ts';
import type { Built } from '../built.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { type Job, jobsOf } from '../jobs.ts';
import { withoutUnproven } from '../optional.ts';
import { loadProject, tellUnusedAssumptions } from '../project.ts';
import { failsOn, hostOf, prove, statedByFlags, tellUnused } from '../proving.ts';
import { confirmWrite, type Names, nameJobs, proveAndPublish, publishedNames } from '../publishing.ts';
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
  await confirmWrite(session, project, flags);
  const statuses: ExitStatus[] = [];
  const told = {
    values: [] as unknown[],
    results: [] as ResultOfImage[],
    used: new Set<IgnoreRule>(),
    built: [] as Built[],
  };
  const { values } = told;
  for (const { job, names } of planned) statuses.push(await shipOne(session, job, names, flags, project, told));
  writeResultFiles(session, told.results, flags);
  if (words.length === 0) tellUnused(session, project, told.used);
  tellUnusedAssumptions(
    session,
    flags,
    planned.flatMap(({ job }) => job.asks),
  );
  if (session.json) session.printJson(values.length === 1 ? values[0] : values);
  return worstExit(statuses);
}

async function shipOne(
  session: Session,
  wanted: Job,
  all: Names,
  asked: Flags,
  project: ResolvedProject | undefined,
  {
    values,
    results,
    used,
    built,
  }: {
    readonly values: unknown[];
    readonly results: ResultOfImage[];
    readonly used: Set<IgnoreRule>;
    readonly built: Built[];
  },
): Promise<ExitStatus> {
  const { shell, language } = session;
  const fails = failsOn(asked);
  const image = printable(wanted.request.name);
  const { job, result, ms } = await buildJob(session, wanted, asked, project, { built });
  const { names, flags } = withoutLeftOut(wanted, job, all, asked);
  const shown = printable(relative(shell.cwd, job.layout) || '.');
  if (!session.json)
    session.print(`${buildTexts.built[language]({ image, directory: shown, time: formatDuration(ms) })}\n`);
  const source = openLayout(job.layout);
  let smaller: ReturnType<typeof withoutUnproven>;
  const shipBuilt = async (): Promise<ExitStatus> => {
    const tree = await openTree(source, result.root);
    const begin = performance.now();
    const proving = prove(session, tree, job.request.name, {
      platforms: job.request.platforms.map(({ platform }) => platform),
      targets: job.asks,
      foreign: [...statedByFlags(flags), ...(job.image?.foreign ?? [])],
      project,
      used,
    });
    const told = (proof: ImageProof) => {
      if (!session.json) {
        sayProof(session, proof);
        session.print(`${buildTexts.proved[language]({ time: formatDuration(performance.now() - begin) })}\n`);
      }
      return !fails(proof);
    };
    const { proof, published } = await proveAndPublish(session, tree, proving, told, names, flags);
    const value = { ...proofJson(proof, language, hostOf(session)), layout: job.layout };
    if (published === null) {
      const unproven = proof.platforms.filter(fails).flatMap(({ platform }) => platform ?? []);
      smaller = withoutUnproven(job, unproven);
      if (smaller !== undefined) return 1;
      values.push({ ...value, published });
      if (!session.json) session.print(buildTexts.notPublished[language]({ image }));
      return 1;
    }
    const { receipt, ms: publishMs } = published;
    if (!session.json) for (const warning of receipt.diagnostics) session.warn(warning);
    const shipped = { ...value, published: { ...receipt, diagnostics: session.findingsJson(receipt.diagnostics) } };
    values.push(shipped);
    results.push({ image: job.request.name, root: result.root, names: names.references, value: shipped });
    if (!session.json) {
      session.print(renderReceipt(session.page, receipt, publishMs));
      if (job.asks.length > 0) session.print(`\n${buildTexts.deployLater[language]()}`);
    }
    return proof.targets.some(fails) ? 1 : 0;
  };
  const status = await shipBuilt().finally(() => source.close());
  if (smaller === undefined) return status;
  // An optional platform that is not proven holds nothing back: the same again without it, proven anew as a whole.
  if (!session.json) for (const one of smaller.leftOut) session.warn(one);
  built.pop();
  const rest = withoutLeftOut(job, smaller.job, names, flags);
  return shipOne(session, smaller.job, rest.names, rest.flags, project, { values, results, used, built });
}

/** The names and flags of a publish without optional platforms: a tag may lose them, because that was just said. */
function withoutLeftOut(
  wanted: Job,
  kept: Job,
  names: Names,
  flags: Flags,
): { readonly names: Names; readonly flags: Flags } {
  const stays = (platform: Platform): boolean =>
    kept.request.platforms.some((one) => samePlatform(one.platform, platform));
  const gone = wanted.request.platforms.filter(({ platform }) => !stays(platform));
  if (gone.length === 0) return { names, flags };
  return {
    names: { ...names, children: names.children.filter(({ platform }) => stays(platform)) },
    flags: { ...flags, drop: [...allValues(flags, 'drop'), ...gone.map(({ platform }) => formatPlatform(platform))] },
  };
}
