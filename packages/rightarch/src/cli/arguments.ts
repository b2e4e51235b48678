import { csvFields } from '../build/docker-flags.ts';
import { atInput, failure, nearest } from '../messages/index.ts';
import type { CommandSpec, Flags, OptionSpec } from './specs.ts';

export interface ReadArguments {
  readonly words: readonly string[];
  readonly flags: Flags;
}

/** Turns what commander collected into flags by their long names, and refuses too many or too few words. */
export async function readArguments(
  argv: readonly string[],
  spec: {
    readonly label: string;
    readonly arguments?: string | undefined;
    readonly options: readonly OptionSpec[];
    readonly least: number;
    readonly most: number;
  },
): Promise<ReadArguments> {
  const { Command, CommanderError, Option } = await import('commander');
  const command = new Command(spec.label)
    .exitOverride()
    .helpOption(false)
    .allowExcessArguments(true)
    .argument('[words...]');
  command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const option of spec.options) {
    const text = `${option.short ? `-${option.short}, ` : ''}--${option.name}${option.value ? ` <value>` : ''}`;
    const made = new Option(text);
    // commander reads `--no-x` as the negation of `--x`; docker's `--no-cache` is a switch of its own.
    made.negate = false;
    made.attributeName = () => option.name;
    if (option.many)
      made.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
    command.addOption(made);
  }
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw usageFailure(error.code, error.message, spec);
  }
  const flags = command.opts<Flags>();
  const words = command.args;
  if (words.length < spec.least && flags.help !== true) {
    const args = { command: spec.label, kind: 'no-value', detail: spec.arguments ?? '' } as const;
    throw failure('cli/usage', args, atInput(spec.label), 'request');
  }
  if (words.length > spec.most) {
    throw failure(
      'cli/usage',
      { command: spec.label, kind: 'too-many', detail: words.slice(spec.most).join(' ') },
      atInput(spec.label),
      'request',
    );
  }
  return { words, flags };
}

function usageFailure(
  kind: string,
  message: string,
  spec: { readonly label: string; readonly options: readonly OptionSpec[] },
): Error {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  if (kind === 'commander.unknownOption') {
    const known = spec.options.map(({ name }) => `--${name}`);
    const near = nearest(quoted.split('=')[0] ?? quoted, known);
    return failure('cli/unknown-option', { option: quoted, command: spec.label, near }, atInput(quoted), 'request');
  }
  const missing = kind === 'commander.optionMissingArgument';
  const detail = missing ? (/--[\w-]+/.exec(quoted)?.[0] ?? quoted) : message.replace(/^error: /, '');
  return failure(
    'cli/usage',
    { command: spec.label, kind: missing ? 'no-value' : 'other', detail },
    atInput(spec.label),
    'request',
  );
}

/** All values of a flag, whether it was given once, several times, or not at all. */
export function allValues(flags: Flags, name: keyof Flags): readonly string[] {
  const value = flags[name];
  return value === undefined || value === true ? [] : typeof value === 'string' ? [value] : value;
}

/** The last value of a flag, as docker takes it. */
export function oneValue(flags: Flags, name: keyof Flags): string | undefined {
  return allValues(flags, name).at(-1);
}

/** One of a closed set, or a failure that lists it. */
export function choiceOf<Choice extends string>(
  flags: Flags,
  name: keyof Flags,
  accepted: readonly Choice[],
  fallback: Choice,
): Choice {
  const value = oneValue(flags, name);
  if (value === undefined) return fallback;
  if ((accepted as readonly string[]).includes(value)) return value as Choice;
  throw failure('cli/bad-value', { option: `--${name}`, value, accepted }, atInput(`--${name}`), 'request');
}

export type { CommandSpec };

/** docker's `KEY=VALUE,KEY=VALUE`. */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(csvFields(text).map((pair) => [pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1)]));
}
