/** What of an image a known script asks before it executes its arguments. */
export interface Asks {
  /** Whether a shell finds a program of that name, or one at that path. */
  readonly isCommand: (name: string) => boolean;
  readonly isFile: (path: string) => boolean;
  readonly isDirectory: (path: string) => boolean;
}

/**
 * The scripts that stand before the program in official images, line by line without comments: they put their
 * interpreter before arguments that name no program, and execute them. What they do is known, so what it comes to is certain.
 */
const KNOWN: readonly {
  readonly lines: readonly string[];
  readonly put: (passed: readonly string[], asks: Asks) => readonly string[] | undefined;
}[] = [
  {
    // github.com/nodejs/docker-node, docker-entrypoint.sh, 2026-11-30.
    lines: [
      'set -e',
      'if [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ] || { [ -f "${1}" ] && ! [ -x "${1}" ]; }; then',
      'set -- node "$@"',
      'fi',
      'exec "$@"',
    ],
    put: ([first = '', ...rest], { isCommand, isFile, isDirectory }) => {
      // A command for dash and busybox, which then cannot execute it; not for bash.
      if (first === '.' || (first.includes('/') && isDirectory(first))) return undefined;
      const isExecutable = isCommand(first.includes('/') ? first : `./${first}`);
      const isOwn = !first.startsWith('-') && isCommand(first) && (!isFile(first) || isExecutable);
      return isOwn ? [first, ...rest] : ['node', first, ...rest];
    },
  },
  {
    // github.com/docker-library/php, docker-php-entrypoint, 2026-11-30.
    lines: ['set -e', 'if [ "${1#-}" != "$1" ]; then', 'set -- php "$@"', 'fi', 'exec "$@"'],
    put: (passed) => (passed[0]?.startsWith('-') ? ['php', ...passed] : passed),
  },
];

/** What a known script executes; undefined for every other. */
export function knownEntry(content: Uint8Array, passed: readonly string[], asks: Asks): readonly string[] | undefined {
  const lines = Buffer.from(content)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const found = KNOWN.find(
    (one) => one.lines.length === lines.length && one.lines.every((line, i) => line === lines[i]),
  );
  return found === undefined || passed.length === 0 ? undefined : found.put(passed, asks);
}
