import { type Diagnostic, type Digest, formatPlatform, samePlatform, shortDigest } from '../core/index.ts';
import { printable, remarkText } from '../messages/index.ts';
import {
  acceptedWord,
  proofPhrases,
  proofTexts,
  stageWords,
  stepWords,
  verdictWords,
} from '../messages/phrases/proof.ts';
import type { ImageProof, PlatformProof, TargetProof, TargetStart, Verdict } from '../proof/types.ts';
import { targets } from '../target/index.ts';
import { ink, type Page, typedWithin } from './page.ts';
import { renderDetails, renderTable } from './table.ts';

const SOURCES = {
  registry: 'sourceRegistry',
  layout: 'sourceLayout',
  archive: 'sourceArchive',
  docker: 'sourceDocker',
} as const;
const FORMS = { index: 'formIndex', manifest: 'formManifest' } as const;
const INKS = { proven: 'green', refuted: 'red', undecided: 'yellow' } as const;

/** The verdict in the reader's language, in its colour. */
export function verdictText(page: Page, verdict: Verdict, accepted = false): string {
  const word = verdictWords[verdict][page.language];
  return ink(page, INKS[verdict], accepted ? `${word} (${acceptedWord[page.language]})` : word);
}

/** An index, or the one manifest. */
export const formText = ({ language }: Page, { form }: ImageProof): string => proofPhrases[FORMS[form]][language];

/** The answer of `verify` without its findings: where the bytes came from, each platform, each runtime. */
export function renderProof(page: Page, proof: ImageProof): string {
  const say = (key: keyof typeof proofPhrases): string => proofPhrases[key][page.language];
  const lines = [
    `${ink(page, 'bold', printable(proof.image))}  ${ink(page, 'dim', `${say(SOURCES[proof.source])}, ${formText(page, proof)}, ${shortDigest(proof.digest)}`)}`,
    '',
    renderTable(
      page,
      [say('platform'), say('verdict'), say('code'), say('starts')],
      [
        ...proof.platforms.map((one) => [
          one.platform === undefined ? say('unknownPlatform') : formatPlatform(one.platform),
          verdictText(page, one.verdict, one.accepted),
          proofTexts.matching[page.language](one.counts),
          startText(page, one),
        ]),
        ...missingPlatforms(proof).map((platform) => [platform, verdictText(page, 'refuted'), say('notInImage'), '']),
        ...unreadPlatforms(proof).map((platform) => [platform, verdictText(page, 'refuted'), say('notReadable'), '']),
      ],
    ),
  ];
  if (proof.targets.length > 0) lines.push('', targetTable(page, proof));
  const set = proof.targets.flatMap((target) => setAtText(page, proof, target) ?? []);
  if (set.length > 0) lines.push('', ...new Set(set.map((line) => ink(page, 'dim', `  ${line}`))));
  return lines.join('\n');
}

/** A row for each platform that a runtime asks for: what it takes for it, and what comes of that. */
function targetTable(page: Page, { form, targets: asked }: ImageProof): string {
  const say = (key: keyof typeof proofPhrases): string => proofPhrases[key][page.language];
  const own = asked.some(({ entries }) => entries.some(({ proof }) => proof !== undefined));
  const fails = asked.some(({ entries }) => entries.some(({ stage }) => stage !== undefined));
  const rows = asked.flatMap((one) => {
    const title = Object.hasOwn(targets, one.runtime)
      ? targets[one.runtime as keyof typeof targets].title
      : one.runtime;
    if (one.entries.length === 0) return [[printable(one.id), title, '', '', verdictText(page, one.verdict)]];
    return one.entries.map((entry, index) => [
      ...(index === 0 ? [printable(one.id), title] : ['', '']),
      formatPlatform(entry.asked).replace(/^linux\//, ''),
      takenText(page, entry, form),
      verdictText(page, entry.verdict, one.accepted && entry.verdict !== 'proven'),
      ...(fails ? [entry.stage === undefined ? '' : stageWords[entry.stage][page.language]] : []),
      ...(own ? [entry.proof === undefined ? '' : startText(page, entry.proof)] : []),
    ]);
  });
  const head = [say('runtime'), '', say('cpu'), say('takes'), say('verdict')];
  return renderTable(page, [...head, ...(fails ? [say('failsAt')] : []), ...(own ? [say('starts')] : [])], rows);
}

/** Which line says what a runtime starts, and which of it; of several runtimes each with its name. */
export function setAtText(page: Page, { image, targets: all }: ImageProof, target: TargetProof): string | undefined {
  const said = setAtParts(page, image, target);
  if (said === undefined) return undefined;
  const text = said.join(': ');
  return all.length > 1 ? `${printable(target.id)}: ${text}` : text;
}

/** The line, and what it says. */
export function setAtParts(page: Page, image: string, { setAt }: TargetProof): readonly [string, string] | undefined {
  if (setAt === undefined) return undefined;
  const what = proofTexts.setAt[page.language]({
    container: printable(setAt.container ?? ''),
    // The name that was verified needs no second telling.
    image: setAt.image === undefined || setAt.image === image ? '' : printable(setAt.image),
    sets: setAt.sets.join(', '),
  });
  return [`${printable(setAt.file)}:${setAt.line}`, what];
}

/** The manifest that is taken: of an index by its digest, with its platform where that is not the one asked for. */
export function takenText(page: Page, { asked, selected }: TargetStart, form: ImageProof['form']): string {
  if (selected === undefined) return proofPhrases.nothingTaken[page.language];
  const { platform, digest } = selected;
  const other = platform === undefined || samePlatform(platform, asked) ? '' : formatPlatform(platform);
  const which = form === 'index' ? shortDigest(digest) : proofPhrases.onlyManifest[page.language];
  return [which, other].filter(Boolean).join(', ');
}

/** The platforms that were asked for and that the image does not have. */
export function missingPlatforms({ diagnostics }: ImageProof): readonly string[] {
  return platformsIn(diagnostics, 'proof/platform-missing');
}

/** The platforms that the index lists, and of which nothing could be read: they count, and are not proven. */
export function unreadPlatforms({ diagnostics }: ImageProof): readonly string[] {
  return platformsIn(diagnostics, 'image/entry-unreadable');
}

const platformsIn = (diagnostics: readonly Diagnostic[], code: string): readonly string[] =>
  diagnostics.filter((one) => one.code === code).map(({ args }) => printable(String(args['platform'])));

/** The last lines: how many are proven, what no proof claims, and how to ask about a runtime where the command can be asked. */
export function renderProofSummary(
  page: Page,
  proof: ImageProof,
  { canAsk = true }: { readonly canAsk?: boolean } = {},
): string {
  const proven = (verdicts: readonly { readonly verdict: Verdict }[]): number =>
    verdicts.filter(({ verdict }) => verdict === 'proven').length;
  const summary = proofTexts.summary[page.language]({
    proven: proven(proof.platforms),
    platforms: proof.platforms.length + missingPlatforms(proof).length + unreadPlatforms(proof).length,
    provenTargets: proven(proof.targets),
    targets: proof.targets.length,
  });
  const lines = [summary];
  if (proof.platforms.some(({ verdict }) => verdict === 'proven'))
    lines.push(ink(page, 'dim', proofPhrases.notClaimed[page.language]));
  if (canAsk && proof.targets.length === 0)
    lines.push(ink(page, 'dim', typedWithin(page, proofPhrases.noTargetAsked[page.language])));
  return lines.join('\n');
}

/** Every obligation of every platform: whether it holds, which, of what, where, and by what evidence. */
export function renderObligations(page: Page, { platforms }: ImageProof): string {
  const say = (key: keyof typeof proofPhrases): string => proofPhrases[key][page.language];
  return platforms
    .map(({ platform, obligations }) => {
      const name = platform === undefined ? say('unknownPlatform') : formatPlatform(platform);
      const rows = obligations.map(({ step, holds, subject, evidence, layer }) => [
        holdsMark(page, holds),
        stepWords[step][page.language],
        printable(subject.startsWith('sha256:') ? shortDigest(subject as Digest) : subject),
        layer === undefined ? '' : proofTexts.inLayer[page.language]({ layer }),
        ink(page, 'dim', printable(remarkText(evidence, page.language))),
      ]);
      return `  ${ink(page, 'cyan', name)}\n${renderDetails(page, rows, 3, '    ')}`;
    })
    .join('\n\n');
}

const HOLDS = {
  true: (page: Page) => ink(page, 'green', '✓'),
  false: (page: Page) => ink(page, 'red', '✗'),
  unknown: (page: Page) => ink(page, 'yellow', '?'),
} as const;

/** Whether something holds, in a sign. */
export const holdsMark = (page: Page, holds: boolean | 'unknown'): string =>
  HOLDS[String(holds) as keyof typeof HOLDS](page);

/** What starts, for the proven; the fact that is missing or the command that fails, for the others. */
export function startText(page: Page, { verdict, obligations, start, needs, witness }: PlatformProof): string {
  if (verdict === 'undecided' && needs !== undefined)
    return proofTexts.needs[page.language]({ fact: printable(remarkText(needs, page.language)) });
  if (verdict === 'refuted' && witness !== undefined)
    return proofTexts.witness[page.language]({ command: printable(witness) });
  const executed = obligations.filter(
    ({ step, holds }) => (step === 'exec' || step === 'interpreter') && holds === true,
  );
  const program = executed.at(-1)?.subject ?? start?.argv[0] ?? '';
  const first = executed[0]?.subject;
  if (first === undefined || first === program) return printable(program);
  return proofTexts.through[page.language]({ program: printable(program), wrapper: printable(first) });
}
