import { formatPlatform } from '../core/index.ts';
import type { Chain, Place } from '../lint/index.ts';
import { printable } from '../messages/index.ts';
import { checkPhrases } from '../messages/phrases/check.ts';
import { targets } from '../target/index.ts';
import { ink, type Page } from './page.ts';
import { renderDetails } from './table.ts';

/** More runtimes than one looks at; those whose link is broken are all shown. */
const MOST_ENDS = 8;

const MARKS = { holds: '✓', broken: '✗', unknown: '?' } as const;
const INKS = { holds: 'green', broken: 'red', unknown: 'dim' } as const;

/** Built for → published as → run on: what stands in three files as one picture, the broken links marked. */
export function renderChains(page: Page, chains: readonly Chain[]): string {
  const say = (key: keyof typeof checkPhrases): string => checkPhrases[key][page.language];
  const rows = chains.flatMap(({ built, published, runs }) => {
    const broken = runs.filter(({ link }) => link === 'broken').length;
    let left = Math.max(0, MOST_ENDS - broken);
    const ends = runs.filter(({ link }) => link === 'broken' || left-- > 0);
    const cpus = built.platforms.map(formatPlatform).join(', ');
    return [
      [cpus === '' ? say('builderDecides') : cpus, placeOf(built.at)],
      published === undefined
        ? [`└─ ${ink(page, 'dim', say('nameUnseen'))}`]
        : [`└─ ${printable(tail(published.name))}`, placeOf(published.at)],
      ...ends.map(({ runtime, link }, i) => {
        const branch = i === ends.length - 1 ? '└─' : '├─';
        const where = runtime.name === undefined ? '' : ` (${printable(runtime.name)})`;
        const cpu = runtime.platforms.length === 0 ? '' : `${runtime.platforms.map(formatPlatform).join(', ')} `;
        const mark = ink(page, INKS[link], MARKS[link]);
        return [`   ${branch} ${mark} ${cpu}${targets[runtime.runtime].title}${where}`, placeOf(runtime.at)];
      }),
    ];
  });
  return `${ink(page, 'bold', say('chain'))}\n${renderDetails(page, rows, 1)}`;
}

const placeOf = ({ file, line }: Place): string => printable(`${file}:${line}`);

/** Of a long name the end says more. */
const tail = (name: string): string => (name.length > 48 ? `…${name.slice(-47)}` : name);
