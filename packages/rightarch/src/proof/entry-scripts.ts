/** What of an image a known script asks before it executes its arguments. */
export interface Asks {
  /** Whether a shell finds a program of that name, or one at that path. */
  readonly isCommand: (name: string) => boolean;
  readonly isFile: (path: string) => boolean;
  readonly isDirectory: (path: string) => boolean;
  /** What stands in a directory; nothing where there is none. */
  readonly names: (path: string) => readonly string[];
  /** Whether a variable is there and not empty. */
  readonly isSet: (name: string) => boolean;
  /** Whether somebody else sets a variable, to what nobody knows here. */
  readonly isOpen: (name: string) => boolean;
}

type Put = (passed: readonly string[], asks: Asks, said: readonly string[]) => readonly string[] | undefined;

/** A script without its comments: as it stands, or as it may, with what it says of its own. */
interface Known {
  readonly text: string | RegExp;
  readonly put: Put;
  /** It starts something without arguments as well. */
  readonly alone?: true;
}

/** What `exec "$@"` executes; an option would be one of a shell's own `exec`. */
const itself: Put = (passed) => (passed[0]?.startsWith('-') ? undefined : passed);

/** A program before arguments that name none: options, what is no command, and in later ones a file that is not executable. */
const before = (program: string): readonly Known[] =>
  [true, false].map((asksFile) => ({
    text: `set -e
if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ]${asksFile ? ' || { [ -f "${1}" ] && ! [ -x "${1}" ]; }' : ''}; then
set -- ${program} "$@"
fi
exec "$@"`,
    put: ([first = '', ...rest], { isCommand, isFile, isDirectory }) => {
      const isPath = first.includes('/');
      // A command for dash and busybox, which then cannot execute it; not for bash.
      if (first === '.' || (isPath && isDirectory(first))) return undefined;
      const isExecutable = isCommand(isPath ? first : `./${first}`);
      // The same of a file that is not executable (bugs.debian.org 874264): what the later script asks for itself.
      if (!asksFile && isPath && isFile(first) && !isExecutable) return undefined;
      const isOwn = !first.startsWith('-') && isCommand(first) && (!asksFile || !isFile(first) || isExecutable);
      return isOwn ? [first, ...rest] : [program, first, ...rest];
    },
  }));

const DENO_COMMANDS = String.raw`case "\$1" in\n([a-z |]+) \)\nexec deno "\$@";;\nesac\nexec "\$@"$`;

const denoCommand: Put = (passed, asks, said) =>
  said[0]?.split(' | ').includes(passed[0] ?? '') ? ['deno', ...passed] : itself(passed, asks, said);

/** What only adds certificates where a variable asks for it. */
const CERTIFICATES = 'if [ -n "$USE_SYSTEM_CA_CERTS" ]; then';

/** Lines of nginx's script, of which each does no more than to say something, or to run what is in /docker-entrypoint.d. */
const NGINX_LINES = [
  String.raw`set -e|entrypoint_log\(\) \{|\}|echo "\$@"|if \[ -z "\$\{NGINX_ENTRYPOINT_QUIET_LOGS:-\}" \]; then`,
  String.raw`exec 3>(?:&1|/dev/null)|else|fi|;;|esac|done|\*\.(?:env)?sh\)|if \[ -x "\$f" \]; then|(?:\. )?"\$f"|case "\$f" in`,
  String.raw`if \[ "\$1" = "nginx" (?:-o|\] \|\| \[) "\$1" = "nginx-debug" \]; then`,
  String.raw`if /usr/bin/find "/docker-entrypoint\.d/" -mindepth 1 -maxdepth 1 -type f -print -quit 2>/dev/null \| read v; then`,
  String.raw`find "/docker-entrypoint\.d/" -follow -type f -print \| sort -[Vn] \| while read -r f; do`,
  String.raw`(?:\*\) )?(?:entrypoint_log|echo >&3) "\$0: [\w $/.,;-]+";?;?`,
].join('|');
/** What its images have there: they write to conf.d, unless they are told otherwise, and how many workers there are. */
const NGINX_SCRIPTS =
  /^(10-listen-on-ipv6-by-default\.sh|15-local-resolvers\.envsh|20-envsubst-on-templates\.sh|30-tune-worker-processes\.sh)$/;

/** Where Lambda says that its runtime API is (docs.aws.amazon.com/lambda, Defined runtime environment variables). */
export const LAMBDA_API = 'AWS_LAMBDA_RUNTIME_API';

/** Elsewhere than in Lambda the emulator comes first, which starts the runtime when it is called; many images have none. */
const lambdaRuntime: Put = (passed, { isSet, isOpen, isFile }, [runtime = '', emulator = '']) => {
  if (passed.length !== 1 || isOpen(LAMBDA_API)) return undefined;
  if (isSet(LAMBDA_API)) return [runtime];
  return isFile(emulator) ? [emulator, runtime] : undefined;
};

/**
 * The scripts that stand before the program in official images: they put their interpreter before arguments that name no
 * program, and execute them. What they do is known, so what it comes to is certain.
 */
const KNOWN: readonly Known[] = [
  // github.com/nodejs/docker-node, docker-entrypoint.sh: both texts that it has had since 2019, 2026-11-30.
  ...before('node'),
  // github.com/oven-sh/bun, dockerhub/*/docker-entrypoint.sh, 2026-11-30.
  ...before('/usr/local/bin/bun'),
  {
    // github.com/docker-library/php, docker-php-entrypoint, 2026-11-30.
    text: 'set -e\nif [ "${1#-}" != "$1" ]; then\nset -- php "$@"\nfi\nexec "$@"',
    put: (passed) => (passed[0]?.startsWith('-') ? ['php', ...passed] : passed),
  },
  {
    // github.com/denoland/deno_docker, _entry.sh of 2021-08 to 2026-07, which lists the commands of its Deno.
    text: new RegExp(String.raw`^set -e\nif \[ "\$1" != "\$\{1#-\}" \]; then\nexec deno "\$@"\nfi\n${DENO_COMMANDS}`),
    put: (passed, asks, said) => (passed[0]?.startsWith('-') ? ['deno', ...passed] : denoCommand(passed, asks, said)),
  },
  // The same of 2020-08 to 2021-08.
  { text: new RegExp(String.raw`^set -e\n${DENO_COMMANDS}`), put: denoCommand },
  {
    // github.com/adoptium/containers, entrypoint.sh of 2023 to 2026-11-30, which is /__cacert_entrypoint.sh in eclipse-temurin.
    text: /^set -e\n(?:TMPDIR=\$\{TMPDIR:-\/tmp\}\n)?(?:(\w+)=\$JAVA_HOME\/lib\/security\/cacerts\n(?:if \[ -f "\$JAVA_HOME\/jre\/lib\/security\/cacerts" \]; then\n\1=\$JAVA_HOME\/jre\/lib\/security\/cacerts\nfi\n)?)?if \[ -n "\$USE_SYSTEM_CA_CERTS" \]; then\nfi\n(?:export \1\n)?exec "\$@"$/,
    put: (passed, asks, said) => (asks.isSet('USE_SYSTEM_CA_CERTS') ? undefined : itself(passed, asks, said)),
  },
  {
    // github.com/aws/aws-lambda-base-images, /lambda-entrypoint.sh, as many images have copied it, 2026-11-30.
    text: /^if \[ \$# -ne 1 \]; then\necho "entrypoint requires the handler name to be the first argument" 1>&2\nexit 142\nfi\nexport _HANDLER="\$1"\nRUNTIME_ENTRYPOINT=(\/[\w./-]+)\nif \[ -z "\$\{AWS_LAMBDA_RUNTIME_API\}" \]; then\nexec (\/[\w./-]+) \$RUNTIME_ENTRYPOINT\nelse\nexec \$RUNTIME_ENTRYPOINT\nfi$/,
    put: lambdaRuntime,
  },
  {
    // github.com/docker-library/httpd, httpd-foreground, 2026-11-30.
    text: 'set -e\nrm -f /usr/local/apache2/logs/httpd.pid\nexec httpd -DFOREGROUND "$@"',
    put: (passed) => ['httpd', '-DFOREGROUND', ...passed],
    alone: true,
  },
  {
    // github.com/nginx/docker-nginx, entrypoint/docker-entrypoint.sh of 2020 to 2026-11-30.
    text: new RegExp(`^(?:(?:${NGINX_LINES})\\n)+exec "\\$@"$`),
    put: (passed, asks, said) => {
      const isPlain = asks.names('/docker-entrypoint.d').every((name) => NGINX_SCRIPTS.test(name));
      const isMoved = asks.isSet('NGINX_ENVSUBST_OUTPUT_DIR') || asks.isOpen('NGINX_ENVSUBST_OUTPUT_DIR');
      return isPlain && !isMoved && passed[0] === 'nginx' ? itself(passed, asks, said) : undefined;
    },
  },
];

/** What a known script executes; undefined for every other. */
export function knownEntry(content: Uint8Array, passed: readonly string[], asks: Asks): readonly string[] | undefined {
  const lines = Buffer.from(content)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const text = emptied(lines).join('\n');
  for (const one of KNOWN) {
    if (passed.length === 0 && one.alone !== true) continue;
    const found = typeof one.text === 'string' ? text === one.text && [] : one.text.exec(text);
    if (found) return one.put(passed, asks, found.slice(1));
  }
  return undefined;
}

/** Without what stands in the block of certificates. */
function emptied(lines: readonly string[]): readonly string[] {
  const from = lines.indexOf(CERTIFICATES);
  for (let [i, depth] = [from, 0]; i >= 0 && i < lines.length && !lines[i]!.includes('<<'); i++) {
    if (/^if\b/.test(lines[i]!)) depth++;
    if (/(^|; )fi$/.test(lines[i]!)) depth--;
    if (depth === 0) return [...lines.slice(0, from + 1), ...lines.slice(i)];
  }
  return lines;
}
