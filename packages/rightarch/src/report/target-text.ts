import { formatPlatform } from '../core/index.ts';
import { targetPhrases } from '../messages/phrases/targets.ts';
import type { Fact, Known, Target } from '../target/index.ts';
import { formatBytes, ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

/** All runtimes, a line each. */
export function renderTargets(page: Page, all: readonly Target[]): string {
  const say = (key: keyof typeof targetPhrases): string => targetPhrases[key][page.language];
  const rows = all.map((target) => [
    target.id,
    target.title,
    cpus(target),
    fallbackText(page, target),
    target.index === 'unknown' ? say('unknown') : target.index.value,
  ]);
  return renderTable(page, [say('runtime'), '', say('platforms'), say('default'), say('index')], rows, '');
}

const cpus = ({ platforms }: Target): string =>
  platforms.value.map((one) => formatPlatform(one).replace(/^linux\//, '')).join(', ');

function fallbackText(page: Page, { fallback }: Target): string {
  if (fallback === 'unknown') return targetPhrases.unknown[page.language];
  const { value } = fallback;
  return value === 'node' || value === 'required' ? targetPhrases[value][page.language] : value;
}

/** Everything that is known about one runtime: each fact with its source and the day it was read. */
export function renderTarget(page: Page, target: Target): string {
  const say = (key: keyof typeof targetPhrases): string => targetPhrases[key][page.language];
  const lines = [`${ink(page, 'bold', target.title)}  ${ink(page, 'dim', target.id)}`, ''];
  const facts: string[][] = [];
  const row = (label: string, known: Known<unknown> | undefined, text?: string): void => {
    if (known === undefined) return;
    if (known === 'unknown') facts.push([label, ink(page, 'yellow', say('unknown'))]);
    else
      facts.push([
        label,
        (text ?? String(known.value)) + standing(page, known),
        `${known.checked}  ${ink(page, 'dim', known.source)}`,
      ]);
    if (known !== 'unknown' && known.note !== undefined) facts.push(['', ink(page, 'dim', known.note)]);
  };
  row(say('platforms'), target.platforms, target.platforms.value.map(formatPlatform).join(', '));
  row(say('default'), target.fallback, fallbackText(page, target));
  row(say('index'), target.index);
  row(say('attestations'), target.attestations);
  row(say('oci'), target.oci);
  row(say('zstd'), target.zstd);
  row(say('maxSize'), target.maxImageBytes, target.maxImageBytes && formatBytes(target.maxImageBytes.value));
  row(say('port'), target.port?.fallback);
  row(say('port'), target.port?.variable, target.port?.variable && `$${target.port.variable.value}`);
  row(say('readOnly'), target.readOnlyRoot);
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
        declared.map(([tool, how]) => [tool, how]),
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
    [say('stage'), mismatch.stage],
  ];
  lines.push('', `  ${say('mismatch')}`, renderTable(page, [], said, '    '));
  if (target.aliases.length > 0) lines.push('', `  ${say('aliases')}: ${target.aliases.join(', ')}`);
  return lines.join('\n');
}

function standing(page: Page, fact: Fact<unknown>): string {
  return fact.standing === 'partial' ? `  ${ink(page, 'yellow', `(${targetPhrases.partial[page.language]})`)}` : '';
}
