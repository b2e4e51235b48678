import { type CommandName, commandSummaries, helpPhrases, optionSummaries } from '../messages/phrases/commands.ts';
import { displayWidth, ink, type Page, padEnd, typed } from '../report/index.ts';
import { type CommandSpec, commandSpecs, dockerSpec, everywhere, type OptionSpec } from './specs.ts';

/** The help of one command: what it does, an example first, then how and with which flags. */
export function commandHelp(
  page: Page,
  spec: Pick<CommandSpec, 'name' | 'arguments' | 'examples' | 'options'>,
): string {
  const say = (key: keyof typeof helpPhrases): string => ink(page, 'bold', helpPhrases[key][page.language]);
  const own = spec.options.filter(({ name }) => !everywhere.some((option) => option.name === name));
  return [
    commandSummaries[spec.name][page.language],
    '',
    say('examples'),
    ...spec.examples.map((example) => `  ${typed(page, example)}`),
    '',
    say('usage'),
    `  ${typed(page, `rightarch ${spec.name}`)} ${spec.arguments}${own.length > 0 ? ' [FLAGS]' : ''}`.trimEnd(),
    ...(own.length > 0 ? ['', say('options'), ...optionLines(page, own)] : []),
    ...(spec === dockerSpec ? [] : ['', say('everywhere'), ...optionLines(page, everywhere)]),
    '',
  ].join('\n');
}

/** The help of the whole: the first things to type, then every command. */
export function overviewHelp(page: Page): string {
  const say = (key: keyof typeof helpPhrases): string => ink(page, 'bold', helpPhrases[key][page.language]);
  const commands = [...commandSpecs, dockerSpec];
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    commandSummaries.rightarch[page.language],
    '',
    say('examples'),
    ...['rightarch', 'rightarch verify ghcr.io/team/app:1.2 --for fargate:arm64', 'rightarch ship --env dev'].map(
      (example) => `  ${typed(page, example)}`,
    ),
    '',
    say('commands'),
    ...commands.map(({ name }) => `  ${padEnd(name, width)}  ${commandSummaries[name as CommandName][page.language]}`),
    '',
    say('everywhere'),
    ...optionLines(page, [...everywhere, { name: 'version', short: 'V' }]),
    '',
    ink(page, 'dim', helpPhrases.later[page.language]),
    '',
  ].join('\n');
}

function optionLines(page: Page, options: readonly OptionSpec[]): string[] {
  const names = options.map(
    ({ name, short, value }) => `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
  );
  const width = Math.max(...names.map(displayWidth));
  return options.map(({ name }, i) => `  ${padEnd(names[i] ?? '', width)}  ${optionSummaries[name][page.language]}`);
}
