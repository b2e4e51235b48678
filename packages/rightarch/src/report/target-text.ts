import { formatPlatform, type Platform, parseCpu } from '../core/index.ts';
import { binaryBytes } from '../messages/index.ts';
import { clauseOrName, clauseText } from '../messages/phrases/facts.ts';
import { stageWords } from '../messages/phrases/proof.ts';
import { targetPhrases } from '../messages/phrases/targets.ts';
import type { Fact, Known, Target, TargetAsk } from '../target/index.ts';
import { ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

/** All runtimes, a line each. */
export function renderTargets(page: Page, all: readonly Target[]): string {
  const say = (key: keyof typeof targetPhrases): string => targetPhrases[key][page.language];
  const rows = all.map((target) => [
    target.id,
    target.title,
    cpus(target),
    fallbackText(page, target),
    target.index === 'unknown' ? say('unknown') : clauseText(target.index.value, page.language),
  ]);
  return renderTable(page, [say('runtime'), '', say('platforms'), say('default'), say('index')], rows, '');
}

const cpus = ({ platforms }: Target): string => platforms.value.map(shortPlatform).join(', ');

/** `arm64`, `arm/v7`: every runtime here is Linux. */
const shortPlatform = (one: Platform): string => formatPlatform(one).replace(/^linux\//, '');

function fallbackText(page: Page, { fallback }: Target): string {
  if (fallback === 'unknown') return targetPhrases.unknown[page.language];
  const { value } = fallback;
  if (value === 'node' || value === 'required') return targetPhrases[value][page.language];
  const platform = parseCpu(value);
  return platform === undefined ? value : shortPlatform(platform);
}

/** Everything that is known about one runtime: each fact with its source and the day it was read; first what was asked. */
export function renderTarget(page: Page, target: Target, ask?: TargetAsk): string {
  const say = (key: keyof typeof targetPhrases): string => targetPhrases[key][page.language];
  const lines = [`${ink(page, 'bold', target.title)}  ${ink(page, 'dim', target.id)}`, ''];
  const facts: string[][] = [];
  const row = (label: string, known: Known<unknown> | undefined, text?: string): void => {
    if (known === undefined) return;
    if (known === 'unknown') facts.push([label, ink(page, 'yellow', say('unknown'))]);
    else
      facts.push([
        label,
        (text ?? valueText(page, known.value)) + standing(page, known),
        `${known.checked}  ${ink(page, 'dim', known.source)}`,
      ]);
    if (known !== 'unknown' && known.note !== undefined)
      facts.push(['', ink(page, 'dim', clauseText(known.note, page.language))]);
  };
  if (ask !== undefined) {
    const asked = [ask.instance ?? ask.name, ask.platforms.map(formatPlatform).join(', ')];
    if (ask.basis === undefined) facts.push(asked);
    else row(asked[0]!, ask.basis, asked[1]);
  }
  row(say('platforms'), target.platforms, target.platforms.value.map(formatPlatform).join(', '));
  row(say('default'), target.fallback, fallbackText(page, target));
  row(say('index'), target.index);
  row(say('attestations'), target.attestations);
  row(say('oci'), target.oci);
  row(say('zstd'), target.zstd);
  row(say('maxSize'), target.maxImageBytes, target.maxImageBytes && binaryBytes(target.maxImageBytes.value));
  row(say('pages'), target.pages, target.pages?.value.map(String).join(', '));
  row(say('lacks'), target.lacks, target.lacks?.value.join(', '));
  row(say('port'), target.port?.fallback);
  row(say('port'), target.port?.variable, target.port?.variable && `$${target.port.variable.value}`);
  row(say('readOnly'), target.readOnlyRoot);
  row(say('ownUser'), target.ownUser);
  for (const fact of target.requires ?? []) row(say('requires'), fact);
  row(say('status'), target.status);
  lines.push(renderTable(page, [], facts));
  const declared = Object.entries(target.declaredBy);
  if (declared.length > 0)
    lines.push(
      '',
      `  ${say('declared')}`,
      renderTable(
        page,
        [],
        declared.map(([tool, how]) => [tool, clauseOrName(how, page.language)]),
        '    ',
      ),
    );
  const { mismatch } = target;
  const message = (known: Known<string>): string =>
    known === 'unknown' ? say('unknown') : known.value + standing(page, known);
  const said = [
    [say('index'), message(mismatch.index)],
    ...(mismatch.indexElsewhere !== undefined ? [[say('onCrio'), message(mismatch.indexElsewhere)]] : []),
    [say('single'), message(mismatch.single)],
    ...(mismatch.create !== undefined ? [[say('create'), message(mismatch.create)]] : []),
    ...(mismatch.notOnPath !== undefined ? [[say('notOnPath'), message(mismatch.notOnPath)]] : []),
    [say('stage'), stageWords[mismatch.stage][page.language]],
  ];
  lines.push('', `  ${say('mismatch')}`, renderTable(page, [], said, '    '));
  if (target.aliases.length > 0) lines.push('', `  ${say('aliases')}: ${target.aliases.join(', ')}`);
  return lines.join('\n');
}

/** A value in words where it is a word of ours; a number, a variable and a name stay as they are. */
function valueText(page: Page, value: unknown): string {
  if (typeof value === 'boolean') return targetPhrases[value ? 'yes' : 'no'][page.language];
  return clauseOrName(String(value), page.language);
}

function standing(page: Page, fact: Fact<unknown>): string {
  return fact.standing === 'partial' ? `  ${ink(page, 'yellow', `(${targetPhrases.partial[page.language]})`)}` : '';
}
