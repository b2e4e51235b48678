import { posix } from 'node:path';
import { formatPlatform, type Platform, parsePlatform } from '../core/index.ts';
import { child, itemsOf, scalarText } from '../definition/index.ts';
import { type BakeDefinition, type BakeTarget, inherited, readBake } from './documents/bake.ts';
import type { IsSet } from './documents/bake-variables.ts';
import { type ShellCommand, UNSEEN } from './documents/shell.ts';
import { inLeg, inputLines, type Leg, type StepView } from './documents/workflow.ts';
import { isBake } from './script-builds.ts';

/** One call of bake: what it reads, from the root of the repository, and which targets it is asked for. */
export interface BakeCall {
  /** Where it runs: contexts are from there, wherever its files lie. */
  readonly directory: string;
  readonly files: readonly string[];
  readonly targets: readonly string[];
  /** What it puts in the place of the platforms of targets, or adds to them. */
  readonly sets: readonly PlatformSet[];
}

/** `--set app.platform=linux/arm64`, `--set *.platform+=linux/arm64`. */
interface PlatformSet {
  /** Of a target, or `*` for all. */
  readonly of: string;
  readonly adds: boolean;
  readonly platforms: string;
}

type Read = (path: string) => string | undefined;

/** The files beside, and what they may set. */
export interface BakeFiles {
  readonly read: Read;
  readonly isSet: IsSet;
}

/**
 * What bake reads where nobody names a file: all of these that are there, the later before the earlier
 * (github.com/docker/buildx, bake/bake.go, defaultFilenames, read 2026-11-30).
 */
const DEFAULT_FILES = [
  ...['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
  ...['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl'],
];

/** The first target of a call that is for several platforms, as far as its files say them; undefined where none is. */
export function bakedForSeveral(call: BakeCall, files: BakeFiles): readonly Platform[] | undefined {
  return bakedTargets(call, files)
    .map(({ platforms }) => platforms)
    .find((platforms) => new Set(platforms?.map(formatPlatform)).size > 1);
}

/** A target that a call builds. */
export interface Baked {
  readonly target: BakeTarget;
  readonly definition: BakeDefinition;
  /** None where nothing names any; undefined where they are not seen. */
  readonly platforms: readonly Platform[] | undefined;
}

/** What a call builds, as far as its files say it. */
export function bakedTargets({ files, targets, sets }: BakeCall, { read, isSet }: BakeFiles): readonly Baked[] {
  const definition = definitionOf(files, { read, isSet });
  if (definition === undefined) return [];
  const asked = new Set(targets);
  // What a group names may be a group.
  for (const name of asked) for (const one of definition.groups.get(name) ?? []) if (one !== undefined) asked.add(one);
  return [...asked].flatMap((name) => {
    const target = definition.groups.has(name) ? undefined : definition.targets.get(name);
    return target === undefined ? [] : [{ target, definition, platforms: platformsOf(target, definition, sets) }];
  });
}

/** The platforms of a target, with what a call puts in: of several for one target all, and the last says whether they are added. */
export function platformsOf(
  target: BakeTarget,
  { targets }: BakeDefinition,
  sets: readonly PlatformSet[],
): readonly Platform[] | undefined {
  const own = sets.filter(({ of }) => of === '*' || of === target.name);
  const put = own.flatMap(({ platforms }) => platforms.split(','));
  const isReplaced = own.length > 0 && own.at(-1)?.adds === false;
  const line = isReplaced ? [] : lineOf(target, targets);
  // What is put into a parent alone comes before what its children say.
  if (line === undefined || line.some(({ name }) => sets.some(({ of }) => of === name && name !== target.name)))
    return undefined;
  const written = isReplaced ? undefined : inherited(target, 'platforms', targets);
  if (written !== undefined && written.kind !== 'list') return undefined;
  const words = itemsOf(written).flatMap((one) => scalarText(one)?.split(',') ?? [undefined]);
  const platforms = [...words, ...put].map((word) => parsePlatform(word?.trim() ?? ''));
  return platforms.includes(undefined) ? undefined : (platforms as readonly Platform[]);
}

/** Each leg of a matrix asks about the same files. */
const known = new WeakMap<Read, Map<string, BakeDefinition | undefined>>();

function definitionOf(files: readonly string[], { read, isSet }: BakeFiles): BakeDefinition | undefined {
  const all = known.get(read) ?? new Map<string, BakeDefinition | undefined>();
  known.set(read, all);
  const key = files.join('\n');
  if (all.has(key)) return all.get(key);
  const texts = files.flatMap((path) => {
    const text = read(path);
    return text === undefined ? [] : [{ path, text }];
  });
  const definition = files.length === 0 || texts.length < files.length ? undefined : readBake(texts, isSet);
  all.set(key, definition);
  return definition;
}

/**
 * A target and those that it is made of; undefined where one of them is not seen, whose platforms may win over those that are.
 * What no file has is docker/metadata-action's, which says none.
 */
function lineOf(target: BakeTarget, known: BakeDefinition['targets']): readonly BakeTarget[] | undefined {
  const line = new Set([target]);
  for (const { body } of line)
    for (const parent of itemsOf(child(body, 'inherits'))) {
      const name = scalarText(parent);
      if (name === undefined) return undefined;
      const other = known.get(name);
      if (other !== undefined) line.add(other);
    }
  return [...line];
}

/** The files of a call, where it names none those that are there; undefined where one may be made behind the checkout. */
function filesIn(
  directory: string,
  named: readonly string[] | undefined,
  before: string,
  read: Read,
): readonly string[] | undefined {
  const paths =
    named !== undefined
      ? named.map((name) => posix.join(directory, name))
      : DEFAULT_FILES.map((name) => posix.join(directory, name)).filter((path) => read(path) !== undefined);
  const isMade = /docker-bake|BUILDX_BAKE/.test(before) || paths.some((path) => before.includes(posix.basename(path)));
  return isMade || paths.some((path) => path.startsWith('..')) ? undefined : paths;
}

const runsOf = (steps: readonly StepView[]): string => steps.map(({ run = '' }) => run).join('\n');

/**
 * What overrides put in for platforms; undefined where one of them is not seen, of which any may be for them, or where it is for
 * targets by a pattern (github.com/docker/buildx, bake/bake.go, newOverrides, read 2026-11-30).
 */
function platformSets(overrides: readonly string[]): readonly PlatformSet[] | undefined {
  const sets: PlatformSet[] = [];
  for (const written of overrides) {
    const [, key = written, value] = /^([^=]*)=(.*)$/s.exec(written) ?? [];
    if (/[$\0]/.test(key)) return undefined;
    const [, of, adds] = /^([^.]*)\.platform(\+?)$/.exec(key) ?? [];
    if (of === undefined) continue;
    if (value === undefined || /[$\0]/.test(value) || (of !== '*' && /[*?[]/.test(of))) return undefined;
    sets.push({ of, adds: adds === '+', platforms: value });
  }
  return sets;
}

/** What docker/bake-action is asked for in one leg (github.com/docker/bake-action, src/context.ts, read 2026-11-30). */
export function bakeOfStep(step: StepView, leg: Leg, before: readonly StepView[], read: Read): BakeCall | undefined {
  if (step.uses !== 'docker/bake-action' || step.env.has('BUILDX_BAKE_FILE')) return undefined;
  const words = (name: string): readonly (string | undefined)[] =>
    inputLines(step, name).map(({ value }) => inLeg(value, leg, step.env));
  const lists = (name: string) => words(name).flatMap((one) => one?.split(',').map((word) => word.trim()) ?? [one]);
  const [source = '.'] = words('source');
  const [workdir = '.'] = words('workdir');
  // Docker's own name for the commit that the workflow runs for.
  const directory = source.replace(/^\{\{\s*defaultContext\s*\}\}:?/, '') || '.';
  if (/^\w+:|^git@|[${]/.test(directory + workdir) || /^(?:github|gitlab)\.com\//.test(directory)) return undefined;
  const isOfMetadata = (one: string): boolean => {
    const id = /^\$\{\{\s*steps\.([\w-]+)\.outputs\.bake-file[\w-]*\s*\}\}$/.exec(one)?.[1];
    return before.some((other) => other.id === id && other.uses === 'docker/metadata-action');
  };
  // Names, labels and annotations: it says nothing of platforms.
  const named = inputLines(step, 'files')
    .flatMap(({ value }) => value.split(','))
    .map((one) => one.trim().replace(/^cwd:\/\//, ''))
    .filter((one) => !isOfMetadata(one))
    .map((one) => inLeg(one, leg, step.env));
  const targets = lists('targets');
  const isSeen = [...named, ...targets].every((one) => one !== undefined && !/[$*?[]|:\/\//.test(one));
  const isOther = words('call').some((one) => one !== 'build');
  // What is not seen of another attribute says nothing of platforms.
  const sets = platformSets(inputLines(step, 'set').map(({ value }) => inLeg(value, leg, step.env) ?? value));
  if (!isSeen || isOther || sets === undefined) return undefined;
  const own = inputLines(step, 'files').length === 0 ? undefined : (named as string[]);
  return callOf(
    posix.join(directory, workdir),
    { named: own, targets: targets as string[], sets },
    runsOf(before),
    read,
  );
}

function callOf(
  directory: string,
  { named, targets, sets }: Pick<BakeCall, 'targets' | 'sets'> & { readonly named: readonly string[] | undefined },
  before: string,
  read: Read,
): BakeCall | undefined {
  const files = filesIn(directory, named, before, read);
  return files && { directory, files, targets: targets.length === 0 ? ['default'] : targets, sets };
}

/** Flags of bake with a value behind them, and those without (docs.docker.com, docker buildx bake, read 2026-11-30). */
const VALUED = /^(?:-f|--(?:file|set|var|allow|metadata-file|progress|provenance|sbom|policy))$/;
const ALONE = /^(?:-D|--(?:debug|push|load|no-cache|pull)(?:=.*)?)$/;

/** The same of `docker buildx bake` in a script that runs in this folder. */
export function bakeOfCommand(
  command: ShellCommand,
  { directory, before, read }: { readonly directory: string; readonly before: string; readonly read: Read },
): BakeCall | undefined {
  if (!isBake(command) || command.assigned.has('BUILDX_BAKE_FILE')) return undefined;
  const words = command.words.slice(command.words[1]?.text === 'buildx' ? 3 : 2).map(({ text }) => text);
  const named: string[] = [];
  const targets: string[] = [];
  const overrides: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const [, flag = '', inline] = /^(-[^=]*)(?:=(.*))?$/s.exec(words[i]!) ?? [];
    if (flag === '') targets.push(words[i]!);
    else if (VALUED.test(flag)) {
      const value = inline ?? words[++i] ?? '';
      if (/^(?:-f|--file)$/.test(flag)) named.push(value.replace(/^cwd:\/\//, ''));
      else if (flag === '--set') overrides.push(value);
    } else if (!ALONE.test(words[i]!)) return undefined;
  }
  const isSeen = ![...named, ...targets].some((one) => one.includes(UNSEEN) || /^-$|[*?[]|:\/\//.test(one));
  const sets = platformSets(overrides);
  if (!isSeen || sets === undefined) return undefined;
  return callOf(directory, { named: named.length === 0 ? undefined : named, targets, sets }, before, read);
}
