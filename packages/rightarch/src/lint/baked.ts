import { posix } from 'node:path';
import { formatPlatform, type Platform, parsePlatform } from '../core/index.ts';
import { child, itemsOf, scalarText } from '../definition/index.ts';
import { type BakeDefinition, type BakeTarget, inherited, readBake } from './documents/bake.ts';
import { type ShellCommand, UNSEEN } from './documents/shell.ts';
import { inLeg, inputLines, type Leg, type StepView } from './documents/workflow.ts';
import { isBake } from './script-builds.ts';

/** One call of bake: what it reads, from the root of the repository, and which targets it is asked for. */
export interface BakeCall {
  readonly files: readonly string[];
  readonly targets: readonly string[];
}

type Read = (path: string) => string | undefined;

/**
 * What bake reads where nobody names a file: all of these that are there, the later before the earlier
 * (github.com/docker/buildx, bake/bake.go, defaultFilenames, read 2026-11-30).
 */
const DEFAULT_FILES = [
  ...['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
  ...['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl'],
];

/** The first target of a call that is for several platforms, as far as its files say them; undefined where none is. */
export function bakedForSeveral({ files, targets }: BakeCall, read: Read): readonly Platform[] | undefined {
  const definition = definitionOf(files, read);
  if (definition === undefined) return undefined;
  const asked = new Set(targets);
  // What a group names may be a group.
  for (const name of asked) for (const one of definition.groups.get(name) ?? []) if (one !== undefined) asked.add(one);
  for (const name of asked) {
    const target = definition.groups.has(name) ? undefined : definition.targets.get(name);
    if (target === undefined || hasUnseenParent(target, definition.targets)) continue;
    const words = itemsOf(inherited(target, 'platforms', definition.targets)).map(scalarText);
    const platforms = words.flatMap((one) => (one ?? '').split(',').map((word) => parsePlatform(word.trim())));
    if (new Set(platforms.map((one) => one && formatPlatform(one))).size > 1 && !platforms.includes(undefined))
      return platforms as readonly Platform[];
  }
  return undefined;
}

/** Each leg of a matrix asks about the same files. */
const known = new WeakMap<Read, Map<string, BakeDefinition | undefined>>();

function definitionOf(files: readonly string[], read: Read): BakeDefinition | undefined {
  const all = known.get(read) ?? new Map<string, BakeDefinition | undefined>();
  known.set(read, all);
  const key = files.join('\n');
  if (all.has(key)) return all.get(key);
  const texts = files.flatMap((path) => {
    const text = read(path);
    return text === undefined ? [] : [{ path, text }];
  });
  const definition = files.length === 0 || texts.length < files.length ? undefined : readBake(texts);
  all.set(key, definition);
  return definition;
}

/** Whose platforms may win over those that are seen. What no file has is docker/metadata-action's, which says none. */
function hasUnseenParent(target: BakeTarget, known: BakeDefinition['targets']): boolean {
  const line = new Set([target]);
  for (const { body } of line)
    for (const parent of itemsOf(child(body, 'inherits'))) {
      const name = scalarText(parent);
      if (name === undefined) return true;
      const other = known.get(name);
      if (other !== undefined) line.add(other);
    }
  return false;
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

/** Keys of `--set` that change what is built for; one that is not seen may be any. */
const setsPlatform = (written: string): boolean => /^[^=]*(?:\.platform\b|\$|\0)/.test(written);

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
  if (!isSeen || isOther || inputLines(step, 'set').some(({ value }) => setsPlatform(value))) return undefined;
  const own = inputLines(step, 'files').length === 0 ? undefined : (named as string[]);
  return callOf(posix.join(directory, workdir), own, targets as string[], runsOf(before), read);
}

function callOf(
  directory: string,
  named: readonly string[] | undefined,
  targets: readonly string[],
  before: string,
  read: Read,
): BakeCall | undefined {
  const files = filesIn(directory, named, before, read);
  return files && { files, targets: targets.length === 0 ? ['default'] : targets };
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
  for (let i = 0; i < words.length; i++) {
    const [, flag = '', inline] = /^(-[^=]*)(?:=(.*))?$/s.exec(words[i]!) ?? [];
    if (flag === '') targets.push(words[i]!);
    else if (VALUED.test(flag)) {
      const value = inline ?? words[++i] ?? '';
      if (/^(?:-f|--file)$/.test(flag)) named.push(value.replace(/^cwd:\/\//, ''));
      else if (flag === '--set' && setsPlatform(value)) return undefined;
    } else if (!ALONE.test(words[i]!)) return undefined;
  }
  const isSeen = ![...named, ...targets].some((one) => one.includes(UNSEEN) || /^-$|[*?[]|:\/\//.test(one));
  return isSeen ? callOf(directory, named.length === 0 ? undefined : named, targets, before, read) : undefined;
}
