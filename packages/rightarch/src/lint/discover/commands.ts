import { type Platform, parsePlatform } from '../../core/index.ts';
import { type TargetId, targets } from '../../target/index.ts';
import { isMakefile, makeVariables } from '../documents/make.ts';
import { DEFAULT_PLATFORM, type Script } from '../documents/script.ts';
import { isBuildspec, isOtherCi, scriptsIn } from '../documents/scripts.ts';
import { readShell, type ShellCommand, type ShellWord, UNSEEN } from '../documents/shell.ts';
import { type Found, type FoundBuild, type FoundName, type FoundRuntime, type Place, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import {
  type BuildWords,
  buildctlBuild,
  dockerBuild,
  isUnseen,
  kanikoBuild,
  valuesOf,
  type Word,
} from './build-words.ts';
import { assignedIn, fillIn, type Literals, nameAt, readName } from './names.ts';
import { runtimeAt } from './runtime.ts';

/** A command line that deploys: by its words, with the flag that names the service, or the word behind. */
interface Deploy {
  readonly line: RegExp;
  readonly runtime: TargetId;
  readonly name?: string | 'behind';
  /** The flag of the image that it runs from then on. */
  readonly image?: readonly string[];
}

/** Flags that a program takes before its command. */
const GLOBAL = '(?:-\\S+ (?:[^-\\s]\\S* )?)*?';

const deploy = (program: string, words: string, runtime: TargetId, more: Omit<Deploy, 'line' | 'runtime'> = {}) => ({
  line: new RegExp(`^${program} ${GLOBAL}${words}(?= |$)`),
  runtime,
  ...more,
});

const DEPLOYS: readonly Deploy[] = [
  deploy('gcloud', '(?:beta |alpha )?run (?:deploy|services update|jobs (?:deploy|update))', 'cloud-run', {
    name: 'behind',
    image: ['--image'],
  }),
  deploy('aws', 'ecs update-service', 'ecs-fargate', { name: '--service' }),
  deploy('aws', 'lambda (?:update-function-code|create-function)', 'lambda', {
    name: '--function-name',
    image: ['--image-uri'],
  }),
  deploy('aws', 'apprunner (?:start-deployment|update-service|create-service)', 'apprunner'),
  deploy('kubectl', '(?:apply|set image|rollout)', 'kubernetes'),
  deploy('fly(?:ctl)?', 'deploy', 'fly'),
  deploy('heroku', 'container:(?:push|release)', 'heroku'),
  deploy('az', 'containerapp (?:up|create|update)', 'azure-container-apps', {
    name: '--name',
    image: ['--image', '-i'],
  }),
];

/** Command lines that push an image: the flag that names it; without one the last word does. */
const PUSHES: readonly { readonly line: RegExp; readonly flags?: readonly string[] }[] = [
  { line: new RegExp(`^(?:docker|podman|nerdctl|buildah) ${GLOBAL}(?:image )?push(?= |$)`) },
  { line: new RegExp(`^crane ${GLOBAL}push(?= |$)`) },
  { line: new RegExp(`^gcloud ${GLOBAL}(?:beta )?builds submit(?= |$)`), flags: ['--tag', '-t'] },
  { line: new RegExp(`^docker ${GLOBAL}buildx imagetools create(?= |$)`), flags: ['--tag', '-t'] },
];

const BUILD = new RegExp(
  `^(?:(?:docker|podman|nerdctl) ${GLOBAL}(?:buildx |builder |image )?build|buildah ${GLOBAL}(?:bud|build))(?= |$)`,
);
const DEPOT = /^depot build(?= |$)/;
/** Programs that build, with what their words say; the first is Docker's, which heeds a variable too. */
const BUILDS: readonly (readonly [line: RegExp, read: (words: readonly Word[]) => BuildWords])[] = [
  [BUILD, dockerBuild],
  [/^executor(?= )/, kanikoBuild],
  // The same flags as Docker's (https://depot.dev/docs/cli/reference/depot-build, read 2026-11-30), on machines of the service.
  [DEPOT, dockerBuild],
  [/^buildctl(?:-daemonless\.sh)? (?:-\S+ (?:[^-\s]\S* )?)*?build(?= )/, buildctlBuild],
];
/** What builds on machines of its own, which are x86-64 unless it is given others: whoever types it. */
const CLOUD_BUILDS: readonly {
  readonly line: RegExp;
  /** Without one of them it builds what another file says, or nothing. */
  readonly when?: readonly string[];
  readonly folder?: readonly string[];
  readonly file?: readonly string[];
  /** Flags of a platform; a bare system is none. */
  readonly platform?: readonly string[];
  /** Machines of somebody's own. */
  readonly pool?: string;
}[] = [
  // Cloud Build's default pool (discover/cloud-build.ts); https://docs.cloud.google.com/run/docs/deploying-source-code, read 2026-11-30.
  { line: new RegExp(`^gcloud ${GLOBAL}(?:beta |alpha )?run deploy(?= |$)`), when: ['--source'], folder: ['--source'] },
  {
    line: new RegExp(`^gcloud ${GLOBAL}(?:beta )?builds submit(?= |$)`),
    when: ['--tag', '-t'],
    pool: '--worker-pool',
  },
  // `--platform` in the form os/arch (https://learn.microsoft.com/cli/azure/acr#az-acr-build, read 2026-11-30).
  {
    line: new RegExp(`^az ${GLOBAL}acr build(?= |$)`),
    file: ['--file', '-f'],
    platform: ['--platform'],
    pool: '--agent-pool',
  },
];
const AMD64 = parsePlatform('linux/amd64')!;

const TAG = new RegExp(`^(?:docker|podman|nerdctl|buildah) ${GLOBAL}(?:image )?tag(?= |$)`);

const PROGRAM =
  /^(?:\S*\/)?(docker|podman|nerdctl|buildah|crane|gcloud|aws|kubectl|fly|flyctl|heroku|az|depot|buildctl(?:-daemonless\.sh)?|(?<=\/kaniko\/)executor)$/;
/** Most scripts have nothing to do with images. */
const MENTIONED =
  /Docker@\d|\b(?:docker|podman|nerdctl|buildah|crane|gcloud|aws|kubectl|fly|flyctl|heroku|az|depot|buildctl|kaniko)\b/;
/** What starts the program behind it: `sudo -E`, `time`, `retry 3`, `run_cmd`; its flags, numbers and variables. */
const STARTER = /^(?:sudo|doas|time|env|exec|nohup|nice|ionice|xargs|timeout|stdbuf|command)$|retry|run|exec|^try$/i;
const BEHIND_STARTER = /^(?:-(?!v$|V$)|\w+=|\d+[smh]?$|--$)/;
const isBefore = ({ text }: ShellWord, i: number): boolean =>
  STARTER.test(text) || isUnseen(text) || (i > 0 && BEHIND_STARTER.test(text));

/** What scripts, Makefiles and the like do with images. */
export function discoverCommands({ path, text }: SourceFile): Partial<Found> {
  if (!MENTIONED.test(text)) return {};
  // CodeBuild runs a buildspec, on the CPU that its project names elsewhere; other CI systems on machines that are not read.
  const builderAt = isBuildspec(path) || isOtherCi(path) ? () => 'unknown' as const : undefined;
  const fixed = isMakefile(path) ? makeVariables(text) : undefined;
  return readCommands(path, text, scriptsIn(path, text), { literals: assignedIn(text), fixed, builderAt });
}

interface Commands {
  readonly runtimes: FoundRuntime[];
  readonly builds: FoundBuild[];
  readonly names: FoundName[];
}

/**
 * What the scripts of a file do with images. `literals` are the variables that the file sets anywhere, good enough to
 * know a name by; `fixed` those that have their value in any case, which a platform may be told by.
 */
export function readCommands(
  path: string,
  text: string,
  scripts: readonly Script[],
  around: {
    readonly literals: Literals;
    readonly fixed?: Literals | undefined;
    readonly builderAt?: ((offset: number) => FoundBuild['builder']) | undefined;
  },
): Commands {
  const found: Commands = { runtimes: [], builds: [], names: [] };
  const place = placesIn(path, text);
  const { literals } = around;
  for (const script of scripts) {
    if (!MENTIONED.test(script.text) && !script.text.includes(UNSEEN)) continue;
    // A variable that the script leaves to others is unseen, whatever stands there without it: a platform is not guessed.
    const { commands } = readShell(script.text, (name) => script.env?.get(name) ?? UNSEEN);
    const fixed = script.env ?? around.fixed ?? new Map();
    for (const command of commands.filter(mayConcernImages))
      readCommand(new CommandLine(command, { script, file: text, literals, fixed }), place, around, found);
  }
  return found;
}

/** Whether one of these programs is among its words, or may be once they are filled in. */
const mayConcernImages = ({ words }: ShellCommand): boolean =>
  words.some(({ text }) => MENTIONED.test(text) || text.includes(UNSEEN));

/** Where a command stands. */
interface Source {
  readonly script: Script;
  readonly file: string;
  readonly literals: Literals;
  /** Those that have their value in any case. */
  readonly fixed: Literals;
}

/** The words of a command from the program on that `sudo`, `time` and the like only start. */
class CommandLine {
  readonly words: readonly Word[];
  /** The words as one text. */
  readonly line: string;
  /** What DOCKER_DEFAULT_PLATFORM says to it; of one that is set in a way that is not followed, `UNSEEN`. */
  readonly defaultPlatform: string | undefined;
  private readonly script: Script;

  constructor(command: ShellCommand, source: Source) {
    this.script = source.script;
    this.defaultPlatform =
      command.assigned.get(DEFAULT_PLATFORM) ??
      command.variables.get(DEFAULT_PLATFORM) ??
      source.fixed.get(DEFAULT_PLATFORM) ??
      (source.file.includes(DEFAULT_PLATFORM) ? UNSEEN : undefined);
    const words = command.words.flatMap((word, i) => wordsOf(word, i, command, source));
    const program = words.findIndex(({ text }) => PROGRAM.test(text));
    this.words = program < 0 || !words.slice(0, program).every(isBefore) ? [] : words.slice(program);
    this.line = this.words.map(({ text }, i) => (i === 0 ? PROGRAM.exec(text)![1] : text)).join(' ');
  }

  /** How many words an expression takes from the front; undefined where it does not fit. */
  begins(line: RegExp): number | undefined {
    return line.exec(this.line)?.[0].split(' ').length;
  }

  /** Offsets in the file: of the whole line, or of its first words. */
  span(words: readonly ShellWord[] = this.words): readonly [number, number] {
    const { source } = this.script;
    return [source(words[0]!.from), source(Math.max(words[0]!.from, words.at(-1)!.to - 1)) + 1];
  }
}

/** One word, or those that the shell makes of an unquoted variable; unseen parts are filled in as far as the file says them. */
function wordsOf(
  word: ShellWord,
  i: number,
  command: ShellCommand,
  { script, file, literals, fixed }: Source,
): readonly Word[] {
  const { from, to } = word;
  // Of `sh -c '…'` all words stand where the one does.
  const isOwn = i === 0 || from !== command.words[0]!.from;
  const written = isOwn ? rawText(script, file, from, to) : word.text;
  const raw = written.replace(/["']/g, '');
  const filled = word.text.includes(UNSEEN) ? fillIn(raw, literals) : word.text;
  const isFilled = filled !== word.text && !filled.includes('?');
  const text = isFilled ? filled : word.text;
  const isOpen = isFilled && fillIn(raw, fixed) !== filled;
  const isOneWord = /["'`]/.test(written) || (!isFilled && written.includes('$('));
  if (isOneWord || !/\s/.test(text)) return [{ text, raw, isOpen, from, to }];
  return text.split(/\s+/).flatMap((one) => (one === '' ? [] : [{ text: one, raw: one, isOpen, from, to }]));
}

/** A piece of a script as its file has it: what another language puts in is one sign in the script. */
function rawText({ text, source }: Script, file: string, from: number, to: number): string {
  const inScript = text.slice(from, to);
  const inFile = file.slice(source(from), source(from) + inScript.length);
  const isSame = inScript === inFile || [...inScript].every((char, i) => char === UNSEEN || char === inFile[i]);
  return (isSame ? inFile : inScript).replace(/\\\r?\n/g, '').replace(/\0+/g, '?');
}

function readCommand(
  command: CommandLine,
  place: ReturnType<typeof placesIn>,
  { literals, builderAt }: Parameters<typeof readCommands>[3],
  { runtimes, builds, names }: Commands,
): void {
  const { words } = command;
  if (words.length === 0) return;
  const at = (some: readonly ShellWord[]): Place => place(...command.span(some));
  const addName = (written: Word | undefined, where: Place, beside: Parameters<typeof nameAt>[2]): void =>
    void names.push(...nameAt(written === undefined ? undefined : nameOf(written), where, beside, literals));
  for (const [line, read] of BUILDS) {
    const built = command.begins(line);
    if (built === undefined) continue;
    const { pushes, dockerfile, tags, platforms, isOpen, context } = read(words.slice(built));
    for (const tag of tags) addName(tag, at(words), { how: pushes ? 'pushed' : 'given', dockerfile });
    builds.push({
      ...(isOpen
        ? { platforms: [], unseen: true }
        : platforms.length > 0
          ? platformsOf(platforms)
          : defaultPlatform(line === BUILD ? command.defaultPlatform : undefined)),
      ...(line === BUILD ? {} : { ownEngine: true as const }),
      builder: line === DEPOT ? 'unknown' : builderAt?.(command.span()[0]),
      dockerfile,
      context,
      at: at(words),
      ...(platforms[0] === undefined ? {} : { platformsAt: at([platforms[0]]) }),
    });
    return;
  }
  for (const { line, when, folder = [], file = [], platform = [], pool } of CLOUD_BUILDS) {
    const taken = command.begins(line);
    const rest = words.slice(taken);
    if (taken === undefined || (when !== undefined && valuesOf(rest, when).length === 0)) continue;
    const named = valuesOf(rest, platform).filter(({ text }) => !/^\w+$/.test(text));
    builds.push({
      ...platformsOf(named),
      ownEngine: true,
      builder: pool !== undefined && valuesOf(rest, [pool]).length > 0 ? 'unknown' : AMD64,
      dockerfile: valuesOf(rest, file)[0]?.text,
      context: valuesOf(rest, folder)[0]?.text,
      at: at(words),
      ...(named[0] === undefined ? {} : { platformsAt: at([named[0]]) }),
    });
  }
  for (const { line, flags } of PUSHES) {
    const taken = command.begins(line);
    if (taken === undefined) continue;
    const rest = words.slice(taken);
    // `crane push FILE NAME`, `buildah push NAME docker://NAME`: the last word is where it goes.
    const written =
      flags === undefined ? rest.filter(({ text }) => !text.startsWith('-')).slice(-1) : valuesOf(rest, flags);
    for (const one of written) addName(one, at(words.slice(0, taken)), { how: 'pushed' });
  }
  const tagged = command.begins(TAG);
  if (tagged !== undefined) {
    const [from, to] = words.slice(tagged).filter(({ text }) => !text.startsWith('-'));
    const before = from === undefined ? undefined : readName(nameOf(from), literals)?.repository;
    addName(to, at(words.slice(0, tagged)), { how: 'given', before });
  }
  for (const { line, runtime, name, image } of DEPLOYS) {
    const taken = command.begins(line);
    if (taken === undefined) continue;
    const rest = words.slice(taken);
    const where = at(words.slice(0, taken));
    const named = name === 'behind' ? rest[0] : name === undefined ? undefined : valuesOf(rest, [name])[0];
    const isName = named !== undefined && !named.text.startsWith('-') && !named.text.includes(UNSEEN);
    // aws lambda create-function --architectures arm64
    const cpus = runtime === 'lambda' ? valuesOf(rest, ['--architectures']) : [];
    const declared = platformsOf(cpus.map((cpu) => ({ ...cpu, text: `linux/${cpu.text.replace('x86_64', 'amd64')}` })));
    const open = declared.unseen === true;
    runtimes.push(
      runtimeAt(runtime, where, { name: isName ? named.text : undefined, declared: declared.platforms, open }),
    );
    // Wherever it builds, flyctl asks for the CPU of Fly (app-specs.ts).
    if (runtime === 'fly' && valuesOf(rest, ['--image', '-i']).length === 0)
      builds.push({
        platforms: targets.fly.platforms.value,
        ownEngine: true,
        builder: builderAt?.(command.span()[0]),
        dockerfile: valuesOf(rest, ['--dockerfile'])[0]?.text,
        context: undefined,
        at: where,
      });
    if (image !== undefined) addName(valuesOf(rest, image)[0], where, { how: 'pulled', runtime });
  }
}

/** What a word names: as it is where all of it is seen, else as it is written. */
const nameOf = ({ text, raw }: Word): string => (text.includes(UNSEEN) ? raw : text).replace(/^docker:\/\//, '');

/** What a build takes that names no platform: the CLI, buildx and compose ask the same variable. */
function defaultPlatform(value: string | undefined): Pick<FoundBuild, 'platforms' | 'unseen'> {
  if (value === undefined || value === '') return { platforms: [] };
  const platform = parsePlatform(value);
  return platform === undefined ? { platforms: [], unseen: true } : { platforms: [platform] };
}

function platformsOf(written: readonly Word[]): Pick<FoundBuild, 'platforms' | 'unseen'> {
  const words = written.flatMap(({ text }) => text.split(','));
  if (written.some(({ isOpen, text }) => isOpen || text.includes(UNSEEN) || text.includes('$')))
    return { platforms: [], unseen: true };
  return { platforms: words.flatMap((word): Platform | readonly Platform[] => parsePlatform(word) ?? []) };
}
