import { formatPlatform } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { seenTexts, sightReasons, sightWords } from '../messages/phrases/seen.ts';
import { type Host, type ImageProof, platformSeen, type Seen, targetSeen } from '../proof/index.ts';
import { ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

interface SeenRow {
  /** A platform of the image, or a runtime with the platform that it asks for. */
  readonly name: string;
  readonly seen: Seen;
}

/**
 * What the machine in front of the reader would have made of everything that is refuted. What it shows as it is said
 * is left out, unless all is asked for; so is a runtime's row that only repeats the row of its image.
 */
export function seenRows(proof: ImageProof, host: Host, { all }: { readonly all: boolean }): readonly SeenRow[] {
  const rows: SeenRow[] = [];
  const ofImage = new Map<string, string>();
  for (const one of proof.platforms) {
    const seen = platformSeen(host, one);
    if (seen === undefined || one.platform === undefined) continue;
    ofImage.set(one.image, JSON.stringify(seen));
    rows.push({ name: formatPlatform(one.platform), seen });
  }
  for (const target of proof.targets) {
    for (const entry of target.entries) {
      const seen = targetSeen(host, proof, target, entry);
      if (seen === undefined) continue;
      if (entry.selected !== undefined && ofImage.get(entry.selected.digest) === JSON.stringify(seen)) continue;
      const asked = target.entries.length > 1 ? ` ${formatPlatform(entry.asked)}` : '';
      rows.push({ name: `${printable(target.id)}${asked}`, seen });
    }
  }
  return rows.filter(({ seen }) => all || seen.sight !== 'shown');
}

const SYSTEMS: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows', linux: 'Linux' };

/** The question, with the machine that it is about. */
export function seenQuestion(page: Page, { system, platform }: Host): string {
  return seenTexts.question[page.language]({ system: SYSTEMS[system] ?? system, platform: formatPlatform(platform) });
}

export const seenWord = (page: Page, { sight }: Seen): string => sightWords[sight][page.language];

/** Why: one clause. */
export const seenWhy = (page: Page, { why, by, platforms = [] }: Seen): string =>
  sightReasons[why][page.language]({ by, platforms });

/** Question and answers as text; empty where there is nothing to say. */
export function renderSeen(page: Page, proof: ImageProof, host: Host, how: { readonly all: boolean }): string {
  const rows = seenRows(proof, host, how).map(({ name, seen }) => [
    name,
    ink(page, seen.sight === 'hidden' ? 'yellow' : 'dim', seenWord(page, seen)),
    seenWhy(page, seen),
  ]);
  return rows.length === 0 ? '' : `${seenQuestion(page, host)}\n${renderTable(page, [], rows)}`;
}
