import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, type Shell } from '../../packages/rightarch/src/cli/index.ts';
import { atInput, type CodeId, diagnostic, languages } from '../../packages/rightarch/src/messages/index.ts';
import { renderDiagnostic } from '../../packages/rightarch/src/report/index.ts';
import { testShell } from './command-line.ts';
import { type Places, startPlaces } from './places.ts';

export const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** What the lines of a transcript run under; `<!-- shell: … -->` changes it from there on. */
interface Setting {
  lang: string;
  host: string;
  /** The day: facts about runtimes have an age. */
  now: string;
  /** `yes`: Ctrl-C was pressed before anything was done. */
  interrupted: string;
}

/**
 * A transcript is a Markdown file whose blocks are carried out in a fresh directory, in order:
 *
 *   ```yaml rightarch.yaml      a block with a file name is written to that file
 *   ```base64 app/x.node        the same for bytes
 *   ```json image=out           an image recipe (test/support/places.ts) is made into the OCI layout `out`,
 *                               or stored in the registry with `image=$REGISTRY/app:1`
 *   ```json lock=package-lock.json    a lockfile over the packages of the npm registry
 *   ```console                  lines behind `$ ` are run; what they print must be what stands there
 *   ```console message=CODE {…}       the diagnostic with these arguments in every language, for what no test can
 *                                     bring about (a full disk)
 *                               (`rightarch … < FILE` reads the file as its stdin)
 *   <!-- fixture: DIR -->       a directory of the repository is copied in
 *   <!-- shell: lang=ja host=linux/arm64 -->    the language, the machine, the day from here on
 *   <!-- registry -->           an empty registry is started; `$REGISTRY` is its host and port
 *   <!-- registry: {"path":"/blobs/","fault":{"kind":"reset"}} -->    and fails from here on
 *   <!-- npm: {"packages":[…]} -->    an npm registry; `$NPM` is its address
 *   <!-- docker: 404 -->        a Docker at `docker.sock` that answers so
 *   ```json docker.json         what the program `docker` prints, by its arguments; of others it knows nothing
 *   ```text binfmt/NAME         the emulators of this machine, as the kernel lists them
 *
 * Prints go to one stream, as on a terminal. The exit status is printed when it is not 0. Beside `rightarch` a line
 * may run cat, ls, cp, mv, rm, mkdir, ln, mkfifo, truncate, touch and git.
 */
export async function playTranscript(
  file: string,
): Promise<{ readonly expected: string; readonly actual: string; readonly commands: number }> {
  const expected = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const temporary = mkdtempSync(join(tmpdir(), 'rightarch-transcript-'));
  const directory = join(temporary, 'work');
  mkdirSync(directory);
  const places: Places = startPlaces(directory);
  let commands = 0;
  try {
    const setting: Setting = { lang: 'en', host: 'linux/amd64', now: '2026-11-22', interrupted: '' };
    const parts: string[] = [];
    let rest = expected;
    const step =
      /^```([a-z0-9]*)([^\n]*)\n([\s\S]*?)^```$|^<!-- (fixture|shell|registry|npm|docker)(?:: ([^\n]*?))? -->$/m;
    for (let match = step.exec(rest); match !== null; match = step.exec(rest)) {
      const [whole, language = '', info = '', body = '', directive, value = ''] = match;
      parts.push(rest.slice(0, match.index));
      rest = rest.slice(match.index + whole.length);
      if (directive === 'fixture') cpSync(join(repositoryRoot, value.trim()), directory, { recursive: true });
      if (directive === 'shell')
        for (const pair of value.trim().split(/\s+/)) Object.assign(setting, Object.fromEntries([pair.split('=')]));
      if (directive === 'registry') await places.startRegistry(value.trim());
      if (directive === 'npm') await places.startNpm(value.trim());
      if (directive === 'docker') await places.startDocker(Number(value));
      const message = /^ message=(\S+) (\{.*\})$/.exec(info);
      if (language === 'console' && message !== null) {
        commands++;
        parts.push(`\`\`\`console${info}\n${spoken(message[1]!, JSON.parse(message[2]!))}\`\`\``);
        continue;
      }
      if (language === 'console') {
        const played = await playConsole(body, directory, setting, places);
        commands += played.commands;
        parts.push(`\`\`\`console${info}\n${played.text}\`\`\``);
        continue;
      }
      const made = /^ (image|lock)=(\S+)$/.exec(info);
      const name = /^ ([^\s=]+)$/.exec(info)?.[1];
      if (made?.[1] === 'image') await places.makeImage(made[2]!, JSON.parse(body));
      else if (made?.[1] === 'lock') places.writeLock(made[2]!, JSON.parse(body));
      else if (name !== undefined) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), language === 'base64' ? Buffer.from(body, 'base64') : places.fill(body));
      }
      parts.push(whole);
    }
    return { expected, actual: parts.join('') + rest, commands };
  } finally {
    await places.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A diagnostic with these arguments as every language says it. */
function spoken(code: string, { at = 'rightarch', ...args }: Record<string, unknown>): string {
  const said = languages.map((language) =>
    renderDiagnostic(
      { language, color: false, width: 100 },
      diagnostic(code as CodeId, args as never, atInput(String(at))),
      () => undefined,
    ),
  );
  return `${said.join('\n\n')}\n`;
}

async function playConsole(
  body: string,
  directory: string,
  setting: Setting,
  places: Places,
): Promise<{ readonly text: string; readonly commands: number }> {
  let text = '';
  let commands = 0;
  for (const line of body.split('\n')) {
    if (!line.startsWith('$ ')) continue;
    commands++;
    text += `${line}\n`;
    const { env, words: typed } = splitEnv(splitWords(places.fill(line.slice(2))));
    const from = typed.indexOf('<');
    const words = from < 0 ? typed : typed.slice(0, from);
    const piped = from < 0 ? '' : readFileSync(join(directory, typed[from + 1] ?? ''), 'utf8');
    const [command = '', ...args] = words;
    if (command !== 'rightarch') {
      text += places.mask(plainCommand(command, args, directory));
      continue;
    }
    let printed = '';
    const write = (chunk: string): void => {
      printed += chunk;
    };
    const controller = new AbortController();
    if (setting.interrupted === 'yes') controller.abort(new Error('interrupted'));
    const shell = testShell(directory, {
      out: write,
      err: write,
      env: {
        LANG: setting.lang,
        RIGHTARCH_CACHE: join(dirname(directory), 'cache'),
        HOME: directory,
        PATH: join(directory, 'bin'),
        ...Object.fromEntries(env.map(([name, value]) => [name, value.replaceAll('$PWD', directory)])),
      },
      hostPlatform: setting.host,
      now: () => new Date(`${setting.now}T00:00:00Z`),
      signal: controller.signal,
      input: async () => piped,
      ...(existsSync(join(directory, 'binfmt')) ? { binfmt: join(directory, 'binfmt') } : {}),
      ...(existsSync(join(directory, 'docker.json'))
        ? { runProgram: recordedDocker(join(directory, 'docker.json')) }
        : {}),
    });
    const status = await run(args, shell);
    text += mask(places.mask(printed), directory);
    if (status !== 0) text += `exit: ${status}\n`;
  }
  return { text, commands };
}

function recordedDocker(file: string): NonNullable<Shell['runProgram']> {
  const answers = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>;
  return async (command, args) => {
    const out = command === 'docker' ? answers[args.join(' ')] : undefined;
    return out === undefined ? { status: 1, out: '', err: '' } : { status: 0, out, err: '' };
  };
}

/** The few other programs of a transcript, without what differs between systems. */
function plainCommand(command: string, args: readonly string[], directory: string): string {
  const options = args.filter((arg) => arg.startsWith('-'));
  const paths = args.filter((arg) => !arg.startsWith('-')).map((arg) => expand(join(directory, arg)));
  const [first = '', second = ''] = paths;
  switch (command) {
    case 'cat':
      return readFileSync(first, 'utf8');
    case 'ls': {
      const shown = args[0] ?? '.';
      return `${existsSync(join(directory, shown)) ? shown : `ls: ${shown}: No such file or directory`}\n`;
    }
    case 'rm':
      for (const path of paths) rmSync(path, { recursive: options.includes('-r') });
      return '';
    case 'cp':
      cpSync(first, second, { recursive: options.includes('-r') });
      return '';
    case 'mv':
      renameSync(first, second);
      return '';
    case 'mkdir':
      for (const path of paths) mkdirSync(path, { recursive: true });
      return '';
    case 'touch':
      for (const path of paths) writeFileSync(path, '', { flag: 'a' });
      return '';
    case 'ln':
      symlinkSync(args[1] ?? '', join(directory, args[2] ?? ''));
      return '';
    case 'mkfifo':
      execFileSync('mkfifo', paths);
      return '';
    case 'truncate':
      truncateSync(expand(join(directory, args[2] ?? '')), Number(args[1]));
      return '';
    case 'git':
      execFileSync('git', [...args], {
        cwd: directory,
        stdio: 'ignore',
        env: {
          PATH: process.env['PATH'],
          HOME: directory,
          GIT_CONFIG_NOSYSTEM: '1',
          GIT_AUTHOR_NAME: 'a',
          GIT_AUTHOR_EMAIL: 'a@example.com',
          GIT_AUTHOR_DATE: '2026-11-01T00:00:00Z',
          GIT_COMMITTER_NAME: 'a',
          GIT_COMMITTER_EMAIL: 'a@example.com',
          GIT_COMMITTER_DATE: '2026-11-01T00:00:00Z',
        },
      });
      return '';
    default:
      throw new Error(`a transcript does not run ${command}`);
  }
}

/** `blobs/sha256/3b1f*` as the one file that begins so. */
function expand(path: string): string {
  if (!path.endsWith('*')) return path;
  const folder = dirname(path);
  const found = readdirSync(folder).filter((name) => name.startsWith(basename(path).slice(0, -1)));
  if (found.length !== 1) throw new Error(`${path} fits ${found.length} files`);
  return join(folder, found[0]!);
}

/** Paths, ports and durations differ from run to run; everything else must be the same. */
function mask(text: string, directory: string): string {
  let masked = text
    .replaceAll(directory, '@@DIR@@')
    .replaceAll(join(dirname(directory), 'cache'), '@@CACHE@@')
    .replace(/\.\d+\.[0-9a-f]{8}\.[0-9a-f]{12}\.tmp\b/g, '.@@RANDOM@@.tmp')
    .replace(/\b\d{1,2}(?:\.\d+)? s\b/g, '0.0 s')
    .replace(/"(ms|\w+Ms)": [\d.]+/g, '"$1": 0');
  if (masked !== '' && !masked.endsWith('\n')) masked += '\n';
  return masked.replace(/[ \t]+$/gm, '');
}

function splitWords(line: string): string[] {
  return [...line.matchAll(/((?:'[^']*'|"[^"]*"|[^\s'"]+)+)/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  );
}

/** `NAME=value` before the command, as in a shell. */
function splitEnv(words: readonly string[]): {
  readonly env: readonly (readonly [string, string])[];
  readonly words: readonly string[];
} {
  const count = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = words.slice(0, count).map((word) => {
    const equals = word.indexOf('=');
    return [word.slice(0, equals), word.slice(equals + 1)] as const;
  });
  return { env, words: words.slice(count) };
}
