import { formatPlatform, type Platform } from '../core/index.ts';
import type { FoundImage, FoundRuntime, Place, Prospect, Repository } from '../lint/index.ts';
import { printable } from '../messages/index.ts';
import { doorPhrases, doorTexts } from '../messages/phrases/front-door.ts';
import { targets } from '../target/index.ts';
import { ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

export interface FrontDoor {
  /** Name of the repository's folder. */
  readonly name: string;
  readonly host: Platform;
  readonly repository: Repository;
  readonly prospects: readonly Prospect[];
  /** Commands with what each does, the most useful first. */
  readonly next: readonly string[];
}

/** The first screen: what is here, where it runs, on which CPU and how that is known, what breaks, what to type. */
export function renderFrontDoor(page: Page, door: FrontDoor): string {
  const say = (key: keyof typeof doorPhrases): string => doorPhrases[key][page.language];
  const { images, runtimes } = door.repository;
  const head = doorTexts.head[page.language]({
    images: images.length,
    runtimes: runtimes.length,
    host: formatPlatform(door.host),
  });
  const lines = [`${ink(page, 'bold', printable(door.name))} · ${head}`];
  if (images.length === 0 && runtimes.length === 0) lines.push('', say('nothing'));
  if (images.length > 0) {
    const rows = images.map((image) => [
      printable(image.dockerfile),
      printable(image.base ?? ''),
      imagePlatform(page, image),
    ]);
    lines.push('', ink(page, 'bold', say('images')), renderTable(page, [], rows));
  }
  if (runtimes.length > 0) {
    const rows = runtimes.map((runtime) => [
      targets[runtime.runtime].title,
      printable(runtime.name ?? ''),
      runtime.platforms.length === 0 ? say('byNode') : runtime.platforms.map(formatPlatform).join(', '),
      placeText(runtime.at),
      say(runtime.how),
    ]);
    lines.push('', ink(page, 'bold', say('runs')), renderTable(page, [], rows));
  }
  if (images.length > 0) {
    const sentences = door.prospects.map((prospect) => `  ${prospectText(page, prospect)}`);
    lines.push(
      '',
      ink(page, 'bold', say('expect')),
      ...(sentences.length > 0 ? sentences : [`  ${say('nothingSeen')}`]),
    );
  }
  if (door.next.length > 0)
    lines.push('', ink(page, 'bold', say('next')), ...door.next.map((command) => `  ${command}`));
  return lines.join('\n');
}

const placeText = ({ file, line }: Place): string => printable(`${file}:${line}`);
const titleOf = ({ runtime }: FoundRuntime): string => targets[runtime].title;
const cpuOf = ({ platforms }: FoundRuntime): string => platforms.map(formatPlatform).join(', ');

function imagePlatform(page: Page, { pinned, onBuilder }: FoundImage): string {
  if (onBuilder !== undefined) return ink(page, 'red', doorPhrases.onBuilder[page.language]);
  if (pinned === undefined) return doorPhrases.anyPlatform[page.language];
  return doorTexts.pinned[page.language]({ platform: formatPlatform(pinned.platform), line: pinned.at.line });
}

function prospectText(page: Page, prospect: Prospect): string {
  const { language } = page;
  // The facts write `{path}` for what differs from image to image.
  const message = (text: string | undefined): string =>
    `\`${(text ?? 'exec format error').replace(/\{(\w+)\}/g, '<$1>')}\``;
  switch (prospect.kind) {
    case 'fails': {
      const args = {
        runtime: titleOf(prospect.runtime),
        cpu: cpuOf(prospect.runtime),
        given: formatPlatform(prospect.given),
        at: placeText(prospect.at),
        message: message(prospect.message),
      };
      if (prospect.because === 'pinned') return doorTexts.failsPinned[language](args);
      return prospect.because === 'built' ? doorTexts.failsBuilt[language](args) : doorTexts.failsHost[language](args);
    }
    case 'holds-by-pin':
      return doorTexts.holdsByPin[language]({
        runtime: titleOf(prospect.runtime),
        pinned: formatPlatform(prospect.pinned),
        at: placeText(prospect.at),
        other: prospect.other && formatPlatform(prospect.other),
        message: message(undefined),
      });
    case 'index-refused':
      return doorTexts.indexRefused[language]({
        runtime: titleOf(prospect.runtime),
        at: placeText(prospect.at),
        message: message(prospect.message),
      });
    case 'stages-differ':
      return doorTexts.stagesDiffer[language]({
        at: placeText(prospect.at),
        first: formatPlatform(prospect.first),
        final: prospect.final && formatPlatform(prospect.final),
      });
    case 'final-on-builder':
      return doorTexts.finalOnBuilder[language]({ at: placeText(prospect.at) });
    case 'no-such-cpu':
      return doorTexts.noSuchCpu[language]({
        runtime: titleOf(prospect.runtime),
        cpus: targets[prospect.runtime.runtime].platforms.value.map(formatPlatform).join(', '),
        built: formatPlatform(prospect.built),
        at: placeText(prospect.at),
        source: prospect.source,
        checked: prospect.checked,
      });
  }
}
