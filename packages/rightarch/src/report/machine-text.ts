import type { BuilderHere, Machine, Mended, Runs } from '../build/machine/index.ts';
import { formatPlatform } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { machinePhrases, machineTexts } from '../messages/phrases/machine.ts';
import { ink, type Page } from './page.ts';
import { renderTable } from './table.ts';

type Phrase = keyof typeof machinePhrases;

/** What this machine can do, for people: platforms, the kernel's emulators, engines. */
export function renderMachine(
  page: Page,
  { host, emulators, docker, elsewhere, builders = [], buildah }: Machine,
  runs: readonly Runs[],
): string {
  const say = (key: Phrase): string => machinePhrases[key][page.language];
  const color = { native: 'green', emulated: 'yellow', not: 'red', unknown: 'dim' } as const;
  const rows = runs.map(({ platform, how, by }) => [
    formatPlatform(platform),
    ink(page, color[how], say(how)),
    ink(page, 'dim', by === undefined ? '' : printable(by)),
  ]);
  const registered =
    emulators === undefined
      ? [[say('unseen')]]
      : emulators.length === 0
        ? [[say('noEmulators')]]
        : emulators.map(({ name, platform, interpreter, flags, fault, version }) => [
            formatPlatform(platform),
            printable(name),
            printable(version === undefined ? interpreter : `${interpreter} (qemu ${version})`),
            printable(flags),
            fault ?? '',
          ]);
  const builderRow = ({ name, of, engine, answer }: BuilderHere): readonly string[] => [
    of.join(', '),
    engine,
    printable(name),
    'platforms' in answer ? printable(answer.platforms.join(', ')) : ink(page, 'red', say('silent')),
    ...('platforms' in answer && answer.madeBy !== undefined ? [ink(page, 'dim', say('unmade'))] : []),
  ];
  const { builder, client, server } = docker;
  const version = client === undefined ? say('noDocker') : server === undefined ? say('noAnswer') : printable(server);
  const built =
    'lack' in builder
      ? client === undefined
        ? ''
        : say('noBuilder')
      : `${printable(builder.name)} (${printable(builder.driver)}): ${printable(builder.platforms.join(', '))}`;
  return [
    machineTexts[elsewhere === true ? 'elsewhere' : 'host'][page.language]({ platform: formatPlatform(host) }),
    '',
    renderTable(page, [say('platform'), say('programs'), ''], rows),
    '',
    say('emulators'),
    renderTable(page, [], registered),
    '',
    say('engines'),
    renderTable(
      page,
      [],
      [
        ['embedded', say('embedded')],
        ['docker', version],
        ...(built === '' ? [] : [['buildx', built]]),
        ...(buildah === undefined ? [] : [[buildah.command, printable(buildah.version)]]),
      ],
    ),
    ...(builders.length === 0 ? [] : ['', say('builders'), renderTable(page, [], builders.map(builderRow))]),
  ].join('\n');
}

/** What `--fix` did, a line each. */
export function renderMachineMended(page: Page, mended: readonly Mended[]): string {
  return mended
    .map(({ did, failed }) => {
      const word = machinePhrases[failed === undefined ? 'done' : 'failed'][page.language];
      return `${ink(page, failed === undefined ? 'green' : 'red', word)}  ${printable(did)}${failed === undefined ? '' : `\n      ${printable(failed)}`}`;
    })
    .join('\n');
}
