import { readSwitch } from '../../build/docker-flags.ts';
import type { Failure } from '../../core/index.ts';
import { atInput, failure } from '../../messages/index.ts';

/** The flags of one command as docker reads them (spf13/pflag): by long name, each with its values in their order. */
export interface DockerFlags {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly words: readonly string[];
  /** The first flag that is not known; what stands behind it may be its value, so nothing else is said of the line. */
  readonly unknown: string | undefined;
  /** A flag that takes a value and has none. */
  readonly missing: string | undefined;
}

/** Long names, with `=` behind those that take a value and a short one before a comma: `t,tag=`. */
export type FlagNames = readonly string[];

export function dockerFlags(argv: readonly string[], names: FlagNames): DockerFlags {
  const known = new Map<string, { readonly name: string; readonly takes: boolean }>();
  for (const one of names) {
    const takes = one.endsWith('=');
    const [first = '', second] = one.replace(/=$/, '').split(',');
    const name = second ?? first;
    known.set(`--${name}`, { name, takes });
    if (second !== undefined) known.set(`-${first}`, { name, takes });
  }
  const values = new Map<string, string[]>();
  const words: string[] = [];
  let unknown: string | undefined;
  let missing: string | undefined;
  const put = (name: string, value: string): void => {
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  for (let i = 0; i < argv.length && unknown === undefined; i++) {
    const word = argv[i]!;
    if (word === '--') {
      words.push(...argv.slice(i + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const valueOfNext = (flag: string): string => {
      if (++i >= argv.length) missing ??= flag;
      return argv[i] ?? '';
    };
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const flag = known.get(equals < 0 ? word : word.slice(0, equals));
      if (flag === undefined) unknown = equals < 0 ? word : word.slice(0, equals);
      else if (equals >= 0) put(flag.name, word.slice(equals + 1));
      else put(flag.name, flag.takes ? valueOfNext(word) : 'true');
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = `-${word[at]}`;
      const flag = known.get(letter);
      if (flag === undefined) {
        unknown = letter;
        break;
      }
      const attached = word.slice(at + 1);
      if (flag.takes) {
        put(flag.name, attached === '' ? valueOfNext(letter) : attached.replace(/^=/, ''));
        break;
      }
      if (attached.startsWith('=')) {
        put(flag.name, attached.slice(1));
        break;
      }
      put(flag.name, 'true');
    }
  }
  return { values, words, unknown, missing };
}

/** A switch; the last one counts. */
export const isOn = ({ values }: DockerFlags, name: string): boolean =>
  readSwitch(values.get(name)?.at(-1) ?? '') === true;

/** What only Docker itself could do, and is not there to do. */
export function notDoneHere(command: string, what: string, at = command): Failure {
  return failure('docker/not-done-here', { command, what, lack: 'docker' }, atInput(at), 'request');
}
