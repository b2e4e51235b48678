import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { atInput, chooseLanguage, failure, isLanguage, type Language, languages, nearest } from '../messages/index.ts';
import { releaseLayouts } from '../oci/lease.ts';
import { oneValue, readArguments } from './arguments.ts';
import { type ExitStatus, exitOfBlame, worstExit } from './exit.ts';
import { commandHelp, overviewHelp } from './help.ts';
import { jsonText, openSession, reportFailure, type Session, tellFailure } from './session.ts';
import type { Shell } from './shell.ts';
import type { Flags } from './specs.ts';
import { commandAliases, commandSpecs, dockerSpec, everywhere, laterCommands } from './specs.ts';
import { writeFailed, writeWhole } from './write-whole.ts';

/** Runs one command line to its exit status, one of ours unless it is docker's. Throws nothing. */
export async function run(argv: readonly string[], shell: Shell): Promise<number> {
  const docker = dockerLine(argv);
  const language = languageOf(docker === undefined ? argv : argv.slice(0, argv.length - docker.length), shell);
  const status =
    docker === undefined ? await carryOut(argv, shell, language) : await standInFor(docker, shell, language);
  releaseLayouts();
  const lost = shell.outFailure?.();
  if (lost === undefined) return status;
  // Half an answer is none, whatever it says.
  const failed = writeFailed('stdout', lost);
  openSession(shell, language, {}).warn(failed.diagnostic);
  return docker === undefined ? worstExit([status as ExitStatus, exitOfBlame(failed.blame)]) : status || 1;
}

/** What stands behind `rightarch [--lang LANG] docker`: docker's own words, and none of ours among them. */
function dockerLine(argv: readonly string[]): readonly string[] | undefined {
  let at = 0;
  while (argv[at]?.startsWith('--lang')) at += argv[at] === '--lang' ? 2 : 1;
  return argv[at] === 'docker' ? argv.slice(at + 1) : undefined;
}

async function standInFor(argv: readonly string[], shell: Shell, language: Language): Promise<number> {
  const { standIn } = await import('./docker/stand-in.ts');
  return standIn(argv, shell, language);
}

async function carryOut(argv: readonly string[], shell: Shell, language: Language): Promise<ExitStatus> {
  const [first, ...rest] = splitCommand(argv);
  const early = openSession(shell, language, argv.includes('--json') ? { json: true } : {});
  try {
    if (first === undefined) {
      const { flags } = await readArguments(rest, {
        label: 'rightarch',
        options: [...everywhere, { name: 'version', short: 'V' }],
        least: 0,
        most: 0,
      });
      checkLanguage(flags);
      if (flags.version) return print(shell, `${manifest.version}\n`);
      if (flags.help) return print(shell, overviewHelp(early.page));
      const { frontDoor } = await import('./commands/front-door.ts');
      return await frontDoor(openSession(shell, language, flags));
    }
    const name = commandAliases[first] ?? first;
    if (name === 'help') {
      const asked = [...commandSpecs, dockerSpec].find((spec) => spec.name === rest[0]);
      return print(shell, asked === undefined ? overviewHelp(early.page) : commandHelp(early.page, asked));
    }
    const spec = commandSpecs.find((candidate) => candidate.name === name);
    if (spec === undefined) throw unknownCommand(first, name);
    const label = `rightarch ${name}`;
    const options = [...spec.options, ...everywhere];
    const { words, flags } = await readArguments(rest, { ...spec, label, options });
    checkLanguage(flags);
    if (flags.help) return print(shell, commandHelp(early.page, spec));
    const session = openSession(shell, language, flags);
    const status = await spec.run(session, words, flags).catch((error) => reportFailure(session, error));
    return worstExit([status, await writeReport(session, flags)]);
  } catch (error) {
    return reportFailure(early, error);
  }
}

/** `--report FILE`: what `--json` prints, beside what people read. */
async function writeReport(session: Session, flags: Flags): Promise<ExitStatus> {
  const file = oneValue(flags, 'report');
  if (file === undefined || session.answered() === undefined) return 0;
  try {
    await writeWhole(session.path(file), `${jsonText(session.answered())}\n`);
    return 0;
  } catch (error) {
    // stdout has its JSON already.
    return tellFailure({ ...session, json: false }, error).status;
  }
}

function checkLanguage(flags: Flags): void {
  const value = oneValue(flags, 'lang');
  if (value === undefined || isLanguage(value)) return;
  throw failure('cli/bad-value', { option: '--lang', value, accepted: languages }, atInput('--lang'), 'request');
}

/** The command word, then everything else. Flags may stand before it: `rightarch --lang ja verify app`. */
function splitCommand(argv: readonly string[]): readonly [string | undefined, ...string[]] {
  const taking = new Set(everywhere.filter(({ value }) => value !== undefined).map(({ name }) => `--${name}`));
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (taking.has(word)) i++;
    else if (!word.startsWith('-')) return [word, ...argv.slice(0, i), ...argv.slice(i + 1)];
  }
  return [undefined, ...argv];
}

function unknownCommand(typed: string, name: string): Error {
  const instead = Object.hasOwn(laterCommands, name) ? laterCommands[name] : undefined;
  if (instead !== undefined)
    return failure('cli/not-yet', { what: `rightarch ${name}`, instead }, atInput(typed), 'request');
  const known = [...commandSpecs, dockerSpec].map((spec) => spec.name);
  return failure('cli/unknown-command', { word: typed, near: nearest(typed, known), known }, atInput(typed), 'request');
}

/** `--lang`, then the configuration, then the locale. `--json` is for programs: English unless `--lang` is given. */
export function languageOf(argv: readonly string[], shell: Shell): Language {
  const at = argv.indexOf('--lang');
  const flag = at >= 0 ? argv[at + 1] : argv.find((word) => word.startsWith('--lang='))?.slice('--lang='.length);
  if (argv.includes('--json')) return chooseLanguage({ flag, configured: undefined }, {});
  return chooseLanguage({ flag, configured: configuredLanguage(shell.cwd) }, shell.env);
}

/** The `language:` line of a rightarch.yaml here, read before anything is parsed: errors in that file need it too. */
function configuredLanguage(directory: string): string | undefined {
  const file = join(directory, 'rightarch.yaml');
  try {
    // A pipe of that name would be waited for.
    if (!statSync(file).isFile()) return undefined;
    return /^language:\s*["']?([a-z]+)/m.exec(readFileSync(file, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function print(shell: Shell, text: string): ExitStatus {
  shell.out(text);
  return 0;
}
