import { formatPlatform, type Platform, samePlatform } from '../core/index.ts';
import { htmlPhrases } from '../messages/phrases/html.ts';
import { acceptedWord, proofPhrases, proofTexts, stageWords, verdictWords } from '../messages/phrases/proof.ts';
import type { ImageProof, PlatformProof, TargetProof, TargetStart, Verdict } from '../proof/index.ts';
import { targets } from '../target/index.ts';
import { html, type Markup } from './markup.ts';
import type { Page } from './page.ts';
import { missingPlatforms, setAtText, startText, unreadPlatforms } from './proof-text.ts';

/** The verdict as a mark in its colour. */
export const verdictMark = (page: Page, verdict: Verdict, accepted = false): Markup =>
  html`<span class="verdict ${verdict}">${verdictWords[verdict][page.language]}</span>${accepted && html` <span class="small soft">${acceptedWord[page.language]}</span>`}`;

/** One platform of the matrix: what is in the image, what it lacks, what a runtime asks for in vain. */
interface Place {
  readonly name: string;
  readonly proof?: PlatformProof;
  /** Why there is nothing to prove. */
  readonly absent?: string;
  readonly verdict?: Verdict;
}

/** More columns than these stand beside each other on no screen: the runtimes become rows. */
const MOST_COLUMNS = 4;

/** Platform by runtime: a row for each platform; of many runtimes a row for each of these, in a table of its own. */
export function matrix(page: Page, proof: ImageProof): Markup {
  const set = proof.targets.flatMap((target) => setAtText(page, proof, target) ?? []);
  return html`${tables(page, proof)}${[...new Set(set)].map(
    (line) => html`<p class="small soft">${line}</p>
`,
  )}`;
}

function tables(page: Page, proof: ImageProof): Markup {
  const places = placesOf(page, proof);
  if (proof.targets.length <= MOST_COLUMNS) return platformTable(page, places, proof.targets);
  const label = (key: keyof typeof proofPhrases): string => proofPhrases[key][page.language];
  const rows = proof.targets.map(
    (target) => html`<tr><th scope="row" title="${titleOf(target)}">${target.id}</th>
<td data-label="${label('verdict')}">${verdictMark(page, target.verdict, target.accepted)}</td>
${places.map((place) => cell(page, place, target, place.name))}</tr>
`,
  );
  return html`${platformTable(page, places, [])}
<div class="wide"><table class="matrix runtimes"><thead><tr><th scope="col">${label('runtime')}</th>
<th scope="col">${label('verdict')}</th>
${places.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function platformTable(page: Page, places: readonly Place[], columns: readonly TargetProof[]): Markup {
  const { language } = page;
  const phrase = (key: keyof typeof proofPhrases): string => proofPhrases[key][language];
  const rows = places.map((place) => {
    const { name, proof, absent = '', verdict } = place;
    const mark =
      proof !== undefined ? verdictMark(page, proof.verdict, proof.accepted) : verdict && verdictMark(page, verdict);
    return html`<tr><th scope="row">${name}</th>
<td data-label="${phrase('verdict')}">${mark}</td>
${columns.map((target) => cell(page, place, target, target.id))}
<td class="code" data-label="${phrase('code')}">${proof === undefined ? absent : proofTexts.matching[language](proof.counts)}</td>
${proof === undefined ? html`<td></td>` : html`<td class="start" data-label="${phrase('starts')}"><span class="mono">${startText(page, proof)}</span></td>`}</tr>
`;
  });
  return html`<div class="wide"><table class="matrix"><thead><tr><th scope="col">${phrase('platform')}</th>
<th scope="col">${phrase('verdict')}</th>
${columns.map((target) => html`<th scope="col" title="${titleOf(target)}">${target.id}</th>`)}
<th scope="col">${phrase('code')}</th><th scope="col">${phrase('starts')}</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** What one runtime makes of one platform. */
function cell(page: Page, place: Place, target: TargetProof, label: string): Markup {
  const taken = target.entries.filter((entry) => standsIn(place, entry));
  // Of a platform that is missing, or cannot be read, its own row tells enough.
  const isSilent = place.proof === undefined && place.verdict !== undefined;
  const nothing = isSilent ? '' : html`<span class="soft">${htmlPhrases.notAsked[page.language]}</span>`;
  return html`<td data-label="${label}">${taken.length > 0 ? taken.map((entry) => mark(page, target, entry)) : nothing}</td>`;
}

/** A manifest stands in the column of every runtime that would take it, whatever platform it was asked for. */
function standsIn({ proof, name, verdict }: Place, { selected, asked }: TargetStart): boolean {
  if (proof === undefined) return verdict === undefined && selected === undefined && formatPlatform(asked) === name;
  if (selected !== undefined) return selected.digest === proof.image;
  return proof.platform !== undefined && samePlatform(asked, proof.platform);
}

function mark(page: Page, { accepted }: TargetProof, entry: TargetStart): Markup {
  const asked =
    entry.selected === undefined ||
    (entry.selected.platform !== undefined && samePlatform(entry.selected.platform, entry.asked));
  return html`${verdictMark(page, entry.verdict, accepted && entry.verdict !== 'proven')}${
    entry.stage !== undefined && html` <span class="small soft">${stageWords[entry.stage][page.language]}</span>`
  }${!asked && html` <span class="small soft">${formatPlatform(entry.asked)}</span>`}`;
}

function placesOf(page: Page, proof: ImageProof): readonly Place[] {
  const phrase = (key: keyof typeof proofPhrases): string => proofPhrases[key][page.language];
  const shown = proof.platforms.flatMap(({ platform }) => (platform === undefined ? [] : [platform]));
  const isShown = (asked: Platform): boolean => shown.some((one) => samePlatform(one, asked));
  // A platform that a runtime asks for and finds nothing for stands in no row: it gets one.
  const unmet = proof.targets
    .flatMap(({ entries }) => entries)
    .filter(({ selected, asked }) => selected === undefined && !isShown(asked))
    .map(({ asked }) => formatPlatform(asked));
  return [
    ...proof.platforms.map((one) => ({
      name: one.platform === undefined ? phrase('unknownPlatform') : formatPlatform(one.platform),
      proof: one,
    })),
    ...missingPlatforms(proof).map((name) => ({ name, absent: phrase('notInImage'), verdict: 'refuted' as const })),
    ...unreadPlatforms(proof).map((name) => ({ name, absent: phrase('notReadable'), verdict: 'refuted' as const })),
    ...[...new Set(unmet)].map((name) => ({ name, absent: phrase('notInImage') })),
  ];
}

const titleOf = ({ runtime, id }: TargetProof): string =>
  Object.hasOwn(targets, runtime) ? targets[runtime as keyof typeof targets].title : id;
