import manifest from '../../../package.json' with { type: 'json' };
import type { ResolvedProject } from '../../config/index.ts';
import { type Diagnostic, parseReference } from '../../core/index.ts';
import type { ImageTree } from '../../oci/index.ts';
import { type ImageProof, proofJson, type StatedForeign } from '../../proof/index.ts';
import {
  htmlReport,
  type ReportedImage,
  renderObligations,
  renderOnPurpose,
  renderProof,
  renderProofSummary,
  renderWhy,
  sarifLog,
} from '../../report/index.ts';
import { findTarget, type TargetAsk } from '../../target/index.ts';
import { openImage, openOptions } from '../access.ts';
import { allValues, oneValue } from '../arguments.ts';
import { lastBuilt, lastLayouts, layoutDirectory, layoutLocator } from '../built.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { readPlatforms } from '../jobs.ts';
import { asksOf, loadProject } from '../project.ts';
import { failsOn, prove } from '../proving.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { writeWhole } from '../write-whole.ts';

/** `verify`: does it run where it should; if not what is wrong, where it came from, what will be seen, what to type. */
export async function verify(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const fails = failsOn(flags);
  const platforms = readPlatforms(flags);
  const project = await projectFor(session, words, flags);
  const named = asksOf(session, flags, project);
  const names = words.length > 0 ? words : namesBuilt(session);
  // What was built here last is judged for the targets of the project; an image by name for those that were named.
  const asks: readonly TargetAsk[] =
    named.length > 0 || words.length > 0 ? named : (project?.targets.map(({ ask }) => ask) ?? []);
  const options = await openOptions(session, project?.mirrors);
  const proofs: ImageProof[] = [];
  const reported: ReportedImage[] = [];
  const statuses: ExitStatus[] = [];
  for (const name of names) {
    const image = await openImage(session, name, options, {
      published: allValues(flags, 'for').some((text) => project?.targets.some((target) => target.name === text)),
    });
    try {
      const proof = await prove(session, image.tree, name, {
        platforms,
        targets: asks,
        foreign: [...statedByFlags(flags), ...statedByProject(session, words, name, project)],
        noCache: flags['no-cache'] === true,
      });
      proofs.push(proof);
      reported.push({ proof, tree: image.tree });
      const verdicts = [proof.verdict, ...proof.targets.map(({ verdict }) => verdict)];
      statuses.push(verdicts.some(fails) ? 1 : 0);
      if (!session.json)
        sayProof(session, proof, { all: flags.all === true, ...(flags.why ? { tree: image.tree } : {}) });
    } finally {
      await image.close();
    }
  }
  writeReports(session, flags, reported);
  if (session.json) {
    const values = proofs.map((proof) => proofJson(proof, session.language));
    session.printJson(values.length === 1 ? values[0] : values);
  }
  return worstExit(statuses);
}

/** `--foreign GLOB` or `GLOB=REASON`. */
function statedByFlags(flags: Flags): readonly StatedForeign[] {
  return allValues(flags, 'foreign').map((text) => {
    const equals = text.indexOf('=');
    return equals < 0
      ? { path: text, reason: '--foreign' }
      : { path: text.slice(0, equals), reason: text.slice(equals + 1) || '--foreign' };
  });
}

/** `images.X.foreign` of the image that the name means: the one that was built here, or that is published there. */
function statedByProject(
  session: Session,
  words: readonly string[],
  name: string,
  project: ResolvedProject | undefined,
): readonly StatedForeign[] {
  if (project === undefined) return [];
  const parsed = parseReference(name);
  return project.images
    .filter(({ name: own, repositories }) =>
      words.length === 0 || name.startsWith('oci:')
        ? session.path(name.replace(/^oci:/, '')) === layoutDirectory(project.directory, own)
        : parsed.ok &&
          repositories.some(
            ({ registry, repository }) => registry === parsed.value.registry && repository === parsed.value.repository,
          ),
    )
    .flatMap(({ foreign }) => foreign);
}

/** The files of `--sarif` and `--html`: whole or not at all. Notes are no alerts, unless all is asked for. */
function writeReports(session: Session, flags: Flags, reported: readonly ReportedImage[]): void {
  const { language } = session;
  const { version } = manifest;
  const sarif = oneValue(flags, 'sarif');
  const html = oneValue(flags, 'html');
  if (sarif !== undefined) {
    const wanted = ({ severity }: Diagnostic): boolean => session.verbose || severity !== 'note';
    const proofs = reported.map(({ proof }) => proof);
    const log = sarifLog(proofs, { language, version, wanted });
    writeWhole(session.path(sarif), `${JSON.stringify(log, undefined, 2)}\n`);
  }
  if (html !== undefined) writeWhole(session.path(html), htmlReport(reported, { language, version }));
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

function namesBuilt(session: Session): readonly string[] {
  const layouts = lastLayouts(session);
  return layouts.length > 0 ? layouts.map((directory) => layoutLocator(session, directory)) : [lastBuilt(session)];
}

/**
 * The table, the findings, and the last line; notes only where they are asked for. What is wrong with the image comes
 * before what that means for its runtimes: the cause, then the effect.
 */
export function sayProof(
  session: Session,
  proof: ImageProof,
  how: { readonly canAsk?: boolean; readonly all?: boolean; readonly tree?: ImageTree } = {},
): void {
  // Where nothing was judged the notes are all there is, and a number of findings that are not shown is never left out.
  const loud = ({ severity, code }: Diagnostic): boolean =>
    session.verbose || severity !== 'note' || proof.platforms.length === 0 || code === 'proof/more-files';
  session.print(`${renderProof(session.page, proof)}\n`);
  const platforms = proof.platforms.flatMap(({ diagnostics }) => diagnostics);
  session.printFindings(proof.diagnostics.filter(loud), 'as found');
  session.printFindings(platforms.filter(loud));
  session.printFindings(proof.targets.flatMap(({ diagnostics }) => diagnostics).filter(loud), 'as found');
  if (how.tree !== undefined) session.print(`${renderWhy(session.page, proof, how.tree)}\n`);
  const onPurpose = renderOnPurpose(session.page, proof, { all: how.all === true });
  if (onPurpose !== '') session.print(`${onPurpose}\n`);
  if (session.verbose) session.print(`${renderObligations(session.page, proof)}\n`);
  session.print(renderProofSummary(session.page, proof, how));
}
