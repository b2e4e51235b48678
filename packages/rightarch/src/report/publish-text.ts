import { printable } from '../messages/index.ts';
import { buildPhrases, buildTexts } from '../messages/phrases/build.ts';
import type { PublishReceipt } from '../publish/index.ts';
import { formatBytes, formatDuration, ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

/** Where an image is now: every name with its digest, and what it took. */
export function renderReceipt(page: Page, receipt: PublishReceipt, ms: number): string {
  const say = (key: keyof typeof buildPhrases): string => buildPhrases[key][page.language];
  return receipt.repositories
    .map(({ repository, tags, blobs, bytes }) => {
      const summary = buildTexts.pushed[page.language]({
        repository: printable(repository),
        uploaded: blobs.uploaded,
        present: blobs.present + blobs.mounted,
        bytes: formatBytes(bytes),
        time: formatDuration(ms),
      });
      const rows = tags.map(({ tag, digest, before, moved }) => [
        `${printable(repository)}:${tag}`,
        moved ? (before === null ? say('new') : say('moved')) : say('unchanged'),
        ink(page, 'dim', digest),
      ]);
      return `${summary}\n${renderTable(page, [], rows)}`;
    })
    .join('\n');
}
