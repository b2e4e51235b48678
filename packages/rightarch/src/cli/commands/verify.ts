import manifest from '../../../package.json' with { type: 'json' };
import type { ResolvedProject } from '../../config/index.ts';
import { type Diagnostic, type ImageReference, parseReference } from '../../core/index.ts';
import { dockerLoads } from '../../oci/index.ts';
import { type IgnoreRule, type ImageProof, proofJson } from '../../proof/index.ts';
import {
  htmlReport,
  joinRuntimes,
  type MadeFrom,
  type ReportedImage,
  renderDockerLoads,
  renderIgnored,
  renderObligations,
  renderOnPurpose,
  renderProof,
  renderProofSummary,
  renderSeen,
  renderWhy,
  sarifLog,
} from '../../report/index.ts';
import { findTarget, type TargetAsk } from '../../target/index.ts';
import { openImage, openOptions } from '../access.ts';
import { allValues, oneValue } from '../arguments.ts';
import { type Built, builtLocator, lastBuilt } from '../built.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { asksOfGiven, givenDefinition } from '../given-definition.ts';
import { readPlatforms } from '../jobs.ts';
import { asksOf, asksOfTargets, loadProject, tellUnusedAssumptions } from '../project.ts';
import { failsOn, hostOf, imagesNamed, prove, statedByFlags, tellUnused, tellUnusedForeign } from '../proving.ts';
import { type Session, tellFailure } from '../session.ts';
import type { Flags } from '../specs.ts';
import { writeWhole } from '../write-whole.ts';

const ALWAYS_TOLD: ReadonlySet<string> = new Set(['proof/more-files', 'proof/entry-skipped', 'target/assumed']);

/** An image, and how it was built where nobody named it. */
interface Wanted {
  readonly name: string;
  readonly built?: Built;
}

/** `verify`: does it run where it should; if not what is wrong, where it came from, what will be seen, what to type. */
export async function verify(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const fails = failsOn(flags);
  const platforms = readPlatforms(flags);
  const project = await projectFor(session, words, flags);
  const given = await givenDefinition(session, flags);
  const named = given === undefined ? asksOf(session, flags, project) : [];
  const wanted: readonly Wanted[] =
    words.length > 0
      ? words.map((name) => ({ name }))
      : lastBuilt(session).map((built) => ({ name: builtLocator(session, built), built }));
  const asksFor = (one: Wanted): readonly TargetAsk[] => {
    // A definition chooses its containers by the image.
    if (given !== undefined) return asksOfGiven(session, flags, project, given, namesOf(session, one, project));
    if (named.length > 0 || one.built === undefined) return named;
    // One that the project does not know, as `build -t other:1 DIR` makes it, is judged for none.
    return asksOfTargets(
      flags,
      project?.targets.filter(({ image }) => image === one.built?.image),
    );
  };
  const asked: TargetAsk[] = [];
  const options = await openOptions(session, project?.mirrors);
  const values: unknown[] = [];
  const used = new Set<IgnoreRule>();
  const reported: ReportedImage[] = [];
  const statuses: ExitStatus[] = [];
  const published = allValues(flags, 'for').some((text) => project?.targets.some((target) => target.name === text));
  const verifyOne = async (one: Wanted): Promise<ExitStatus> => {
    const { name } = one;
    const asks = asksFor(one);
    asked.push(...asks);
    const image = await openImage(session, name, options, { published });
    try {
      const images = imagesNamed(session, name, project);
      const { proof, recipes } = await prove(session, image.tree, name, {
        platforms,
        targets: asks,
        foreign: [...statedByFlags(flags), ...images.flatMap(({ foreign }) => foreign)],
        noCache: flags['no-cache'] === true,
        quick: flags.quick === true,
        project,
        images,
        used,
        why: flags.why === true,
      });
      const loads = await dockerLoads(image.tree);
      values.push({
        ...proofJson(proof, session.language, hostOf(session)),
        ...(loads && { dockerLoads: loads.classic }),
      });
      reported.push({ proof, tree: image.tree });
      if (!session.json)
        sayProof(session, proof, {
          all: flags.all === true,
          ...(flags.why ? { made: { tree: image.tree, recipes } } : {}),
        });
      if (!session.json && loads !== undefined) session.print(`\n${renderDockerLoads(session.page, loads)}`);
      return [proof, ...proof.targets].some(fails) ? 1 : 0;
    } finally {
      await image.close();
    }
  };
  for (const one of wanted) {
    try {
      statuses.push(await verifyOne(one));
    } catch (error) {
      // One of several that cannot be had keeps nobody from asking about the others.
      if (wanted.length === 1 || session.shell.signal.aborted) throw error;
      const { status, diagnostics } = tellFailure(session, error);
      statuses.push(status);
      values.push({ image: one.name, diagnostics });
    }
  }
  if (words.length === 0) tellUnused(session, project, used);
  tellUnusedForeign(
    session,
    flags,
    reported.map(({ proof }) => proof),
  );
  tellUnusedAssumptions(session, flags, asked);
  await writeReports(session, flags, reported);
  session.answer(values.length === 1 ? values[0] : values);
  return worstExit(statuses);
}

/** The files of `--sarif` and `--html`: whole or not at all. Notes are no alerts, unless all is asked for. */
async function writeReports(session: Session, flags: Flags, reported: readonly ReportedImage[]): Promise<void> {
  const { language } = session;
  const { version } = manifest;
  const sarif = oneValue(flags, 'sarif');
  const html = oneValue(flags, 'html');
  if (sarif !== undefined) {
    const wanted = ({ severity, code }: Diagnostic): boolean =>
      session.verbose || severity !== 'note' || ALWAYS_TOLD.has(code);
    const proofs = reported.map(({ proof }) => proof);
    const log = sarifLog(proofs, { language, version, wanted });
    await writeWhole(session.path(sarif), `${JSON.stringify(log, undefined, 2)}\n`);
  }
  if (html !== undefined)
    await writeWhole(session.path(html), htmlReport(reported, { language, version, host: hostOf(session) }));
}

/** A file that is broken or wants an environment keeps nobody from asking about an image by its name. */
async function projectFor(
  session: Session,
  words: readonly string[],
  flags: Flags,
): Promise<ResolvedProject | undefined> {
  const needed =
    words.length === 0 ||
    flags.env !== undefined ||
    allValues(flags, 'for').some((text) => findTarget(text.split(':')[0] ?? '') === undefined);
  if (needed) return loadProject(session, flags);
  return loadProject(session, flags).catch(() => undefined);
}

function referenceOf(text: string): readonly ImageReference[] {
  const parsed = parseReference(text);
  return parsed.ok ? [parsed.value] : [];
}

/** The names that an image goes by: as it was typed or built, and where the project publishes it. */
function namesOf(
  session: Session,
  { name, built }: Wanted,
  project: ResolvedProject | undefined,
): readonly ImageReference[] {
  const typed = /^(?:oci|archive):/.test(name) ? [] : referenceOf(name.replace(/^(?:docker|registry):/, ''));
  const images = [
    ...imagesNamed(session, name, project),
    ...(project?.images.filter((image) => image.name === built?.image) ?? []),
  ];
  return [
    ...typed,
    ...images.flatMap(({ repositories }) => repositories),
    ...(built?.names ?? []).flatMap(referenceOf),
  ];
}

/**
 * The table, the findings, and the last line; notes only where they are asked for. What is wrong with the image comes
 * before what that means for its runtimes: the cause, then the effect.
 */
export function sayProof(
  session: Session,
  proof: ImageProof,
  how: { readonly canAsk?: boolean; readonly all?: boolean; readonly made?: MadeFrom } = {},
): void {
  // Where nothing was judged the notes are all there is; a number of findings that are not shown, an image that was
  // not judged, and what a verdict rests on that is no fact, are never left out.
  const loud = ({ severity, code }: Diagnostic): boolean =>
    session.verbose || severity !== 'note' || proof.platforms.length === 0 || ALWAYS_TOLD.has(code);
  session.print(`${renderProof(session.page, proof)}\n`);
  const platforms = proof.platforms.flatMap(({ diagnostics }) => diagnostics);
  session.printFindings(proof.diagnostics.filter(loud), 'as found');
  session.printFindings(platforms.filter(loud));
  const said = proof.targets.flatMap(({ diagnostics }) => diagnostics).filter(loud);
  session.printFindings(joinRuntimes(said, session.language), 'as found');
  const seen = renderSeen(session.page, proof, hostOf(session), { all: how.made !== undefined || how.all === true });
  if (seen !== '') session.print(`${seen}\n`);
  if (how.made !== undefined) session.print(`${renderWhy(session.page, proof, how.made)}\n`);
  const onPurpose = renderOnPurpose(session.page, proof, { all: how.all === true });
  if (onPurpose !== '') session.print(`${onPurpose}\n`);
  if (proof.ignored !== undefined) session.print(`${renderIgnored(session.page, proof.ignored)}\n`);
  if (session.verbose) session.print(`${renderObligations(session.page, proof)}\n`);
  session.print(renderProofSummary(session.page, proof, how));
}
