import type { DiagnosticJson, Language } from '../messages/index.ts';
import { checkPhrases } from '../messages/phrases/check.ts';
import { proofPhrases, verdictWords } from '../messages/phrases/proof.ts';
import { reportPhrases } from '../messages/phrases/report.ts';
import type { Verdict } from '../proof/index.ts';
import { html, type Markup, sentence } from './markup.ts';

/** What a command answers for programs, as far as a summary tells it: `check`, `verify`, `push` and `ship`. */
export interface Answer {
  readonly image?: string;
  readonly digest?: string;
  readonly verdict?: Verdict;
  readonly platforms?: readonly {
    readonly platform: string | null;
    readonly digest?: string;
    readonly verdict?: Verdict;
  }[];
  readonly targets?: readonly { readonly id: string; readonly verdict: Verdict }[];
  readonly diagnostics?: readonly DiagnosticJson[];
  readonly undecided?: readonly DiagnosticJson[];
  readonly published?: { readonly diagnostics?: readonly DiagnosticJson[] } | null;
}

const SIGNS = { proven: '✅', refuted: '❌', undecided: '❔' } as const;
const GRAVE = { error: '❌', warning: '⚠️', note: 'ℹ️' } as const;
/** The page of a run holds 1 MiB, and is dropped where it is larger. */
const MOST_BYTES = 1_000_000;
/** A list of a thousand findings is read nowhere. */
const MOST_FINDINGS = 50;

/** Everything that an answer finds, what it is sure of first. */
export const findingsOfAnswer = ({
  diagnostics = [],
  undecided = [],
  published,
}: Answer): readonly DiagnosticJson[] => [...diagnostics, ...undecided, ...(published?.diagnostics ?? [])];

/** The page of a run (GITHUB_STEP_SUMMARY), as the HTML that its Markdown takes; every string in it is escaped. */
export function renderSummary(answers: readonly Answer[], language: Language): string {
  const parts = answers.map((answer) => {
    const { image, digest, verdict } = answer;
    const title =
      verdict === undefined
        ? html`<h3>rightarch</h3>`
        : html`<h3>${SIGNS[verdict]} ${image ?? ''}: ${verdictWords[verdict][language]}</h3>`;
    const name = digest === undefined ? undefined : html`<p><code>${digest}</code></p>`;
    const findings = findingsOfAnswer(answer).filter(({ severity }) => severity !== 'note');
    const left = findings.length - MOST_FINDINGS;
    const list = html`<ul>${findings.slice(0, MOST_FINDINGS).map((one) => findingItem(one, language))}${
      left > 0 && html`<li>+${left}</li>`
    }</ul>`;
    const nothing = verdict === undefined && html`<p>${checkPhrases.nothing[language]}</p>`;
    return html`${title}${name}${verdictTable(answer, language)}${findings.length > 0 ? list : nothing}`;
  });
  // A part that would not go in whole is left to the log, and how many these are is said.
  const fitting: string[] = [];
  let room = MOST_BYTES;
  for (const { markup } of parts) {
    room -= Buffer.byteLength(markup) + 2;
    if (room > 0) fitting.push(markup);
  }
  const left = parts.length - fitting.length;
  return `${[...fitting, ...(left > 0 ? [`<p>+${left}</p>`] : [])].join('\n\n')}\n`;
}

function verdictTable({ platforms = [], targets = [], verdict }: Answer, language: Language): Markup | undefined {
  if (verdict === undefined) return undefined;
  const row = (name: string, own: Verdict): Markup =>
    html`<tr><td><code>${name}</code></td><td>${SIGNS[own]} ${verdictWords[own][language]}</td></tr>`;
  const say = (key: 'platform' | 'verdict'): string => proofPhrases[key][language];
  return html`<table><tr><th>${say('platform')}</th><th>${say('verdict')}</th></tr>${platforms.map(
    (one) => one.verdict !== undefined && row(one.platform ?? '?', one.verdict),
  )}${targets.map((one) => row(one.id, one.verdict))}</table>`;
}

function findingItem({ severity, code, message, fix, at }: DiagnosticJson, language: Language): Markup {
  const place =
    at.in === 'file'
      ? `${at.file}:${at.start.line}`
      : at.in === 'image'
        ? [at.platform, at.path].filter(Boolean).join(' ')
        : '';
  return html`<li>${GRAVE[severity]} <code>${code}</code> ${place !== '' && html`<code>${place}</code> `}${sentence(message)}${
    fix !== '' && html`<br>${reportPhrases.fix[language]}: ${sentence(fix)}`
  }</li>`;
}
