import { type Platform, parseCpu } from '../core/index.ts';
import type { Clause } from '../messages/phrases/facts.ts';
import type { Fact } from './types.ts';

/** The day on which the sources of this data set were last read. A fact that was read again carries its own day. */
const READ = '2026-11-22';

/** How many days a fact may refuse something after it was read (design.md; style.md 3.6). */
export const factDays = 180;

/** A fact from a primary source, or from several independent reports. */
export function confirmed<const T>(value: T, source: `https://${string}`, note?: Clause): Fact<T> {
  return { value, source, checked: READ, standing: 'confirmed', ...(note !== undefined ? { note } : {}) };
}

/** A fact from one third-party report, or inferred from code. It warns and never refuses. */
export function partial<const T>(value: T, source: `https://${string}`, note?: Clause): Fact<T> {
  return { value, source, checked: READ, standing: 'partial', ...(note !== undefined ? { note } : {}) };
}

/** Linux platforms by their CPU words. A word that is none is a mistake in the data set, and loading it fails. */
export function linux(...words: readonly string[]): readonly Platform[] {
  return words.map((word) => {
    const platform = parseCpu(word);
    if (platform === undefined) throw new TypeError(`no CPU: ${word}`);
    return platform;
  });
}

/** True where a fact was read more than 180 days before `today` (`2027-06-01`), or `today` is no date. */
export function isStale(fact: Fact<unknown>, today: string): boolean {
  const days = (Date.parse(today) - Date.parse(fact.checked)) / 86_400_000;
  return !(days <= factDays);
}

/** True where a fact may refuse something: confirmed, and young enough. Without a date its age is not judged. */
export function canRefuse(fact: Fact<unknown>, today: string | undefined): boolean {
  return fact.standing === 'confirmed' && (today === undefined || !isStale(fact, today));
}
