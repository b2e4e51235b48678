import { refuse } from '../run/refusal.ts';
import { LIST } from './npmrc.ts';

/** What `npm …` was asked to do. */
export interface NpmCommand {
  readonly command: 'ci' | 'install' | 'cache-clean' | 'version' | 'config-set';
  readonly flags: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

const COMMANDS: Readonly<Record<string, NpmCommand['command']>> = {
  ci: 'ci',
  'clean-install': 'ci',
  'install-clean': 'ci',
  ic: 'ci',
  install: 'install',
  i: 'install',
  in: 'install',
  ins: 'install',
  add: 'install',
};

/** Flags without a value, with the key and the value that they stand for. */
const SWITCHES: Readonly<Record<string, readonly [string, string]>> = {
  '--ignore-scripts': ['ignore-scripts', 'true'],
  '--no-audit': ['audit', 'false'],
  '--no-fund': ['fund', 'false'],
  '--no-progress': ['progress', 'false'],
  '--no-update-notifier': ['update-notifier', 'false'],
  '--no-save': ['save', 'false'],
  '--no-package-lock': ['package-lock', 'false'],
  '--no-bin-links': ['bin-links', 'false'],
  '--no-optional': ['omit', 'optional'],
  '--prefer-offline': ['prefer-offline', 'true'],
  '--prefer-online': ['prefer-online', 'true'],
  '--legacy-peer-deps': ['legacy-peer-deps', 'true'],
  '--engine-strict': ['engine-strict', 'true'],
  '--production': ['production', 'true'],
  '--prod': ['production', 'true'],
  '--silent': ['loglevel', 'silent'],
  '-s': ['loglevel', 'silent'],
  '--quiet': ['loglevel', 'warn'],
  '-q': ['loglevel', 'warn'],
  '--verbose': ['loglevel', 'verbose'],
  '--foreground-scripts': ['foreground-scripts', 'true'],
  '--yes': ['yes', 'true'],
  '-y': ['yes', 'true'],
};

/** Flags that stand alone or take `true` and `false`. */
const BOOLEAN = new Set([
  'fund',
  'audit',
  'ignore-scripts',
  'production',
  'progress',
  'legacy-peer-deps',
  'prefer-offline',
  'update-notifier',
  'package-lock',
  'save',
  'engine-strict',
]);

const VALUED = new Set([
  ...BOOLEAN,
  'omit',
  'include',
  'only',
  'loglevel',
  'cache',
  'registry',
  'fetch-retries',
  'fetch-timeout',
  'maxsockets',
]);

/** Reads the arguments of npm as nopt does, for the flags that are known here. */
export function parseNpm(args: readonly string[]): NpmCommand {
  const flags = new Map<string, string>();
  const words: string[] = [];
  const set = (key: string, value: string): void => {
    flags.set(key, ['omit', 'include'].includes(key) && flags.has(key) ? `${flags.get(key)}${LIST}${value}` : value);
  };
  const unknown = (option: string): never => refuse('run/option-unknown', { command: 'npm', option });
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('-')) {
      words.push(arg);
      continue;
    }
    const known = SWITCHES[arg];
    if (known !== undefined) {
      // `--production false` and its like: nopt takes the next word.
      if (/^(true|false)$/.test(args[i + 1] ?? '')) unknown(`${arg} ${args[i + 1]}`);
      set(known[0], known[1]);
      continue;
    }
    const match = /^--([a-z-]+)(?:=(.*))?$/.exec(arg);
    if (match === null) return unknown(arg);
    const key = match[1]!;
    if (key === 'force' || !VALUED.has(key)) {
      if (key === 'force' && words[0] === 'cache') continue;
      return unknown(arg);
    }
    let value = match[2];
    if (value === undefined)
      value = BOOLEAN.has(key) ? (/^(true|false)$/.test(args[i + 1] ?? '') ? args[++i] : 'true') : args[++i];
    if (value === undefined) return unknown(arg);
    set(key, value);
  }
  const [word, ...operands] = words;
  if (word === 'cache' && operands[0] === 'clean' && operands.length === 1)
    return { command: 'cache-clean', flags, operands: [] };
  if (word === undefined) return unknown(args.join(' '));
  const command = COMMANDS[word];
  if (command === undefined) return refuse('run/command-unknown', { command: `npm ${word}` });
  return { command, flags, operands };
}
