/** A process of its own that judges one layout after the other, so that what it took is not what making them took. */
import { readFileSync, writeFileSync } from 'node:fs';
import { formatPlatform } from '../../packages/rightarch/src/core/index.ts';
import { inWords, remarkText } from '../../packages/rightarch/src/messages/index.ts';
import { openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';
import { type OnPurpose, verifyTree } from '../../packages/rightarch/src/proof/index.ts';
import { openScanCache } from '../../packages/rightarch/src/scan/index.ts';
import type { Row } from './types.ts';

export interface Asked {
  readonly name: string;
  readonly layout: string;
  /** Which image of the layout; the only one, where none is named. */
  readonly reference?: string | undefined;
  /** Where facts about layers are kept; every layer is read where it is not named. */
  readonly cache?: string | undefined;
}

export interface Judged {
  readonly rows: readonly Row[];
  /** Of the processor, for both platforms: a machine that does other things too does not show. */
  readonly seconds: number;
  readonly peakMegabytes: number;
}

async function judge({ name, layout, reference, cache: directory }: Asked): Promise<Judged> {
  const source = openLayout(layout);
  try {
    globalThis.gc?.();
    forgetPeak();
    const before = process.cpuUsage();
    const cache = directory === undefined ? undefined : openScanCache({ directory, now: Date.now });
    const proof = await verifyTree(await openTree(source, await source.resolve(reference)), { cache });
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    const whole = proof.diagnostics.map((one) => ({ code: one.code, message: inWords(one, 'en').message }));
    const rows = proof.platforms.map(({ platform, verdict, counts, diagnostics, onPurpose, needs }) => ({
      name,
      platform: platform === undefined ? '?' : formatPlatform(platform),
      verdict,
      programs: counts.programs,
      findings: [...diagnostics.map((one) => ({ code: one.code, message: inWords(one, 'en').message })), ...whole],
      onPurpose: countRules(onPurpose),
      ...(needs !== undefined && { needs: remarkText(needs, 'en') }),
    }));
    return { rows, seconds, peakMegabytes: peakMegabytes() };
  } finally {
    await source.close();
  }
}

function countRules(files: readonly OnPurpose[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { rule } of files) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

/** From now on VmHWM is the peak since now (proc(5), /proc/pid/clear_refs). */
function forgetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5');
}

function peakMegabytes(): number {
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024);
}

process.on('message', async (asked: Asked) => {
  try {
    process.send!({ judged: await judge(asked) });
  } catch (error) {
    process.send!({ error: (error as Error).stack });
  }
});
