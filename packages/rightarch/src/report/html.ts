import { type Diagnostic, type Digest, formatPlatform, shortDigest } from '../core/index.ts';
import { inWords, printable, reasons, remarkText } from '../messages/index.ts';
import { htmlPhrases, htmlTexts } from '../messages/phrases/html.ts';
import { inspectPhrases, inspectTexts } from '../messages/phrases/inspect.ts';
import { proofPhrases, proofTexts, stepWords } from '../messages/phrases/proof.ts';
import { reportPhrases } from '../messages/phrases/report.ts';
import { whyTexts } from '../messages/phrases/why.ts';
import type { Image, ImageTree } from '../oci/index.ts';
import type { Host, ImageProof, PlatformProof } from '../proof/index.ts';
import { renderLocation, silencerOf } from './diagnostics.ts';
import { matrix, verdictMark } from './html-matrix.ts';
import { pageStyle } from './html-style.ts';
import { instructionText, layerUsers, platformText, shortMediaType } from './layers.ts';
import { html, type Markup, sentence } from './markup.ts';
import { formatBytes, type Page } from './page.ts';
import { formText } from './proof-text.ts';
import { joinRuntimes } from './same-findings.ts';
import { seenQuestion, seenRows, seenWhy, seenWord } from './seen-text.ts';
import { purposeText } from './why-text.ts';

/** One image of the page: what was proved, and the documents that it is made of. */
export interface ReportedImage {
  readonly proof: ImageProof;
  readonly tree: ImageTree;
}

/**
 * Proofs as one page that needs nothing else: no script, no address, no font. Equal proofs give equal pages. The order
 * is that of the questions: does it run where it should, what is wrong, what is it made of, how is that known.
 */
export function htmlReport(
  images: readonly ReportedImage[],
  { language, version, host }: { readonly language: Page['language']; readonly version: string; readonly host?: Host },
): string {
  const page: Page = { language, color: false, width: 100 };
  const title = images.map(({ proof }) => proof.image).join(', ');
  const body = images.map((one) => imageMarkup(page, one, host));
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} · rightarch</title>
<style>${{ markup: pageStyle }}</style>
</head>
<body>
${body}
<footer class="small soft"><p>${htmlPhrases.madeBy[language]} rightarch ${version}</p></footer>
</body>
</html>
`.markup;
}

const say = (page: Page, key: keyof typeof htmlPhrases): string => htmlPhrases[key][page.language];

function imageMarkup(page: Page, { proof, tree }: ReportedImage, host: Host | undefined): Markup {
  const findings = [
    ...proof.diagnostics,
    ...proof.platforms.flatMap(({ diagnostics }) => diagnostics),
    ...joinRuntimes(
      proof.targets.flatMap(({ diagnostics }) => diagnostics),
      page.language,
    ),
  ];
  const each = [...new Map(findings.map((one) => [JSON.stringify([one.code, one.args, one.at]), one])).values()];
  const order = { error: 0, warning: 1, note: 2 } as const;
  each.sort((a, b) => order[a.severity] - order[b.severity]);
  return html`<header>
<h1>${proof.image} ${verdictMark(page, proof.verdict, proof.accepted)}</h1>
<p class="small soft">${formText(page, proof)}, <span class="mono">${proof.digest}</span></p>
</header>
<main>
<section><h2>${say(page, 'runs')}</h2>${matrix(page, proof)}${host !== undefined && seenMarkup(page, proof, host)}</section>
${
  each.length > 0 &&
  html`<section><h2>${say(page, 'findings')}</h2>${each.map((one) => findingMarkup(page, one))}</section>`
}
${answeredFor(page, proof)}
<section><h2>${say(page, 'made')}</h2>${treeMarkup(page, tree)}</section>
<section><h2>${say(page, 'checked')}</h2>${proof.platforms.map((one) => obligations(page, one))}
<p class="small soft">${proofPhrases.notClaimed[page.language]}</p></section>
</main>
`;
}

/** Whether the machine that the page was made on would have shown what is refuted. */
function seenMarkup(page: Page, proof: ImageProof, host: Host): Markup | false {
  const rows = seenRows(proof, host, { all: true });
  if (rows.length === 0) return false;
  return html`<details open><summary>${seenQuestion(page, host)}</summary><ul class="small">${rows.map(
    ({ name, seen }) =>
      html`<li><span class="mono">${name}</span> ${seenWord(page, seen)} <span class="soft">${seenWhy(page, seen)}</span></li>`,
  )}</ul></details>`;
}

/** What is there on purpose by a rule or by somebody's word, and the findings that somebody answers for. */
function answeredFor(page: Page, { platforms, ignored = [] }: ImageProof): Markup | false {
  const purposes = platforms.filter(({ onPurpose }) => onPurpose.length > 0);
  if (purposes.length === 0 && ignored.length === 0) return false;
  const list = (title: string, items: readonly Markup[]): Markup =>
    html`<details><summary>${title}</summary><ul class="small">${items}</ul></details>
`;
  return html`<section><h2>${say(page, 'answered')}</h2>${purposes.map(({ platform, onPurpose }) =>
    list(
      whyTexts.onPurpose[page.language]({
        platform: platform === undefined ? proofPhrases.unknownPlatform[page.language] : formatPlatform(platform),
        count: onPurpose.length,
      }),
      onPurpose.map(
        (one) =>
          html`<li><span class="mono">${one.path}</span> ${one.found} <span class="soft">${purposeText(page, one)}</span></li>`,
      ),
    ),
  )}${
    ignored.length > 0 &&
    list(
      whyTexts.ignored[page.language]({ count: ignored.length }),
      ignored.map(
        ({ diagnostic: { code, at }, reason, until }) =>
          html`<li><span class="mono">${code}</span> ${renderLocation(at, page.language)} <span class="soft">${whyTexts.reason[page.language]({ reason, until })}</span></li>`,
      ),
    )
  }</section>`;
}

function findingMarkup(page: Page, finding: Diagnostic): Markup {
  const { language } = page;
  const { message, fix, docs } = inWords(finding, language);
  const silencer = silencerOf(finding);
  const row = (label: string, value: Markup | string | undefined): Markup | false =>
    value !== undefined && value !== '' && html`<dt>${label}</dt><dd>${value}</dd>`;
  return html`<article class="finding ${finding.severity}"><p class="small"><span class="verdict ${finding.severity}">${reportPhrases[finding.severity][language]}</span> <span class="mono soft">${finding.code}</span></p>
<h3>${sentence(message)}</h3>
<dl>${row(say(page, 'where'), renderLocation(finding.at, language))}
${finding.related.map(({ note, at }) => row(reportPhrases.note[language], `${printable(remarkText(note, language))} (${renderLocation(at, language)})`))}
${reasons(finding, language).map((cause) => row(reportPhrases.because[language], html`<span class="mono">${cause}</span>`))}
${row(reportPhrases.fix[language], fix === '' ? undefined : sentence(fix))}
${row(reportPhrases.onPurpose[language], silencer === undefined ? undefined : sentence(silencer))}
${row(reportPhrases.docs[language], html`<code>${docs}</code>`)}</dl></article>
`;
}

/** Index, manifests and layers with their sizes; what several platforms share has a colour and a word. */
function treeMarkup(page: Page, tree: ImageTree): Markup {
  const users = layerUsers(tree);
  const largest = Math.max(1, ...tree.images.flatMap(({ layers }) => layers.map(({ descriptor }) => descriptor.size)));
  const beside = [...tree.attestations, ...tree.others];
  const all = tree.images.flatMap(({ layers }) => layers.map(({ descriptor }) => descriptor));
  const unique = [...new Map(all.map(({ digest, size }) => [digest, size])).values()];
  const sum = (sizes: readonly number[]): string => formatBytes(sizes.reduce((a, b) => a + b, 0));
  return html`<p class="small soft">${shortMediaType(tree.root.mediaType)}, <span class="mono">${shortDigest(tree.root.digest)}</span>, ${formatBytes(tree.root.size)}${
    tree.images.length > 1 &&
    html`<br>${inspectTexts.total[page.language]({ unique: sum(unique), sum: sum(all.map(({ size }) => size)) })}`
  }</p>
${tree.images.map((image) => manifestMarkup(page, image, users, largest))}
${
  beside.length > 0 &&
  html`<details><summary>${inspectPhrases[tree.attestations.length > 0 ? 'attestations' : 'others'][page.language]} <span class="soft small">${beside.length}</span></summary>
<ul class="steps">${beside.map(({ digest, mediaType, size }) => html`<li><span></span><span><span class="mono">${shortDigest(digest)}</span> <span class="soft small">${shortMediaType(mediaType)}, ${formatBytes(size)}</span></span></li>`)}</ul></details>`
}`;
}

function manifestMarkup(
  page: Page,
  image: Image,
  users: ReadonlyMap<string, readonly string[]>,
  largest: number,
): Markup {
  const size = image.layers.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
  const bytes = inspectTexts.inLayers[page.language]({ bytes: formatBytes(size), layers: image.layers.length });
  const layers = image.layers.map(({ descriptor, position, history }) => {
    const others = (users.get(descriptor.digest) ?? []).filter((platform) => platform !== platformText(image));
    const width = Math.max(1, Math.round((descriptor.size / largest) * 100));
    return html`<li class="${others.length > 0 ? 'shared' : 'own'}"><span class="soft">${position[0]}/${position[1]}</span><span>${formatBytes(descriptor.size)}</span>
<span class="what"><span class="mono">${instructionText(history?.created_by) || shortDigest(descriptor.digest)}</span>
${others.length > 0 && html`<span class="mark">${inspectPhrases.sharedWith[page.language]} ${others.join(', ')}</span>`}
<span class="bar" style="width:${width}%"></span></span></li>
`;
  });
  return html`<details open><summary><strong>${platformText(image)}</strong> <span class="soft small">${bytes}</span> <span class="mono soft">${shortDigest(image.descriptor.digest)}</span></summary>
<ol class="layers">${layers}</ol></details>
`;
}

const HOLDS = { true: ['yes', '✓'], false: ['no', '✗'], unknown: ['open', '?'] } as const;

/** Everything that had to hold on one platform; open where something did not. */
function obligations(page: Page, one: PlatformProof): Markup {
  const { language } = page;
  const name = one.platform === undefined ? proofPhrases.unknownPlatform[language] : formatPlatform(one.platform);
  const steps = one.obligations.map(({ step, holds, subject, evidence, layer }) => {
    const [look, sign] = HOLDS[String(holds) as keyof typeof HOLDS];
    const what = subject.startsWith('sha256:') ? shortDigest(subject as Digest) : subject;
    const where = layer === undefined ? '' : ` · ${proofTexts.inLayer[language]({ layer })}`;
    return html`<li><span class="${look}" aria-label="${htmlTexts.holds[language]({ holds })}">${sign}</span><span><span class="soft small">${stepWords[step][language]}</span> <span class="mono">${what}</span><span class="soft small">${where}${evidence === '' ? '' : ` · ${remarkText(evidence, language)}`}</span></span></li>
`;
  });
  return html`<details${{ markup: one.verdict === 'proven' ? '' : ' open' }}><summary><strong>${name}</strong> ${verdictMark(page, one.verdict)} <span class="soft small">${htmlTexts.steps[language]({ count: one.obligations.length })}</span></summary>
<ul class="steps">${steps}</ul></details>
`;
}
