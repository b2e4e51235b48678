/** What `docker` was asked: flags before its command, the command, and all behind it. Loads nothing: most is passed on. */
export interface DockerWords {
  /** Flags before the command, as they were typed: `--config DIR`. */
  readonly globals: readonly string[];
  /** The command that is stood in for; undefined where Docker itself is meant. */
  readonly command: StandIn | undefined;
  /** As it was typed: `image inspect`. */
  readonly typed: readonly string[];
  /** Flags of `buildx` itself, which stand before its command. */
  readonly between: readonly string[];
  readonly rest: readonly string[];
}

export type StandIn = 'build' | 'push' | 'tag' | 'inspect' | 'image inspect' | 'images' | 'rmi' | 'login';

/** The same command under all its names (docs.docker.com/reference/cli/docker, read 2026-11-29). */
const COMMANDS: Readonly<Record<string, StandIn>> = {
  build: 'build',
  'builder build': 'build',
  'image build': 'build',
  'buildx build': 'build',
  'buildx b': 'build',
  push: 'push',
  'image push': 'push',
  tag: 'tag',
  'image tag': 'tag',
  inspect: 'inspect',
  'image inspect': 'image inspect',
  images: 'images',
  'image ls': 'images',
  'image list': 'images',
  rmi: 'rmi',
  'image rm': 'rmi',
  'image remove': 'rmi',
  login: 'login',
};

const GROUPS: ReadonlySet<string> = new Set(['builder', 'buildx', 'image']);

/** docker/cli, cli/flags/options.go (read 2026-11-29); the switches are `-D`, `-v`, `--tls` and the like. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '--config',
  '--context',
  '--host',
  '--log-level',
  '--tlscacert',
  '--tlscert',
  '--tlskey',
]);
const SHORT_WITH_VALUE = 'cHl';

export function dockerWords(argv: readonly string[]): DockerWords {
  const globals = argv.slice(0, flagsAtBegin(argv, WITH_VALUE, SHORT_WITH_VALUE));
  const [first, ...behind] = argv.slice(globals.length);
  const none = { globals, command: undefined, typed: [], between: [], rest: [] } as const;
  if (first === undefined || asksForHelp(globals) || globals.some((word) => word === '-v' || word === '--version'))
    return none;
  if (!GROUPS.has(first)) {
    const command = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
    return asksForHelp(behind) ? none : { globals, command, typed: [first], between: [], rest: behind };
  }
  const between = behind.slice(0, flagsAtBegin(behind, new Set(['--builder']), ''));
  const [second = '', ...rest] = behind.slice(between.length);
  const name = `${first} ${second}`;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return asksForHelp(rest) ? none : { globals, command, typed: [first, second], between, rest };
}

const asksForHelp = (words: readonly string[]): boolean => words.includes('--help') || words.includes('-h');

/** How many words at the beginning are flags and their values. */
function flagsAtBegin(words: readonly string[], withValue: ReadonlySet<string>, short: string): number {
  let at = 0;
  while (at < words.length && /^-./.test(words[at]!)) {
    const word = words[at]!;
    // In a cluster of short flags the first that takes a value takes what is left, else the next word.
    const taking = word.startsWith('--')
      ? withValue.has(word)
      : short !== '' && word.slice(1).search(new RegExp(`[${short}]`)) === word.length - 2;
    at += taking ? 2 : 1;
  }
  return Math.min(at, words.length);
}

/** The value of a flag that stands before the command; the last one counts. */
export function globalValue(globals: readonly string[], long: string, short?: string): string | undefined {
  let value: string | undefined;
  for (const [i, word] of globals.entries()) {
    if (word === `--${long}`) value = globals[i + 1];
    else if (word.startsWith(`--${long}=`)) value = word.slice(long.length + 3);
    else if (short !== undefined && word === `-${short}`) value = globals[i + 1];
    else if (short !== undefined && new RegExp(`^-${short}.`).test(word)) value = word.slice(2).replace(/^=/, '');
  }
  return value;
}
