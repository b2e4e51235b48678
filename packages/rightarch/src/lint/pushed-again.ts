import { formatPlatform } from '../core/index.ts';
import { cpuWord } from './cpu-words.ts';
import type { Script } from './documents/script.ts';
import { type ShellCommand, type ShellWord, shownText, UNSEEN } from './documents/shell.ts';
import { inputLines, type WorkflowView } from './documents/workflow.ts';
import { OF_MACHINE } from './joins.ts';
import { isSameWord, namesAfter, rawOf, type ShellBuild, starts } from './script-builds.ts';
import { buildSteps } from './workflow-builds.ts';

/** Names that the actions of a workflow push, with `UNSEEN` for each character of an expression, as scripts have it. */
export interface PushedNames {
  readonly several: ReadonlyMap<string, readonly string[]>;
  readonly single: ReadonlySet<string>;
  /** A step makes a builder that is not Docker's own. */
  readonly hasOwnBuilder: boolean;
}

export const NOTHING_PUSHED: PushedNames = { several: new Map(), single: new Set(), hasOwnBuilder: false };

export function pushedBySteps(view: WorkflowView): PushedNames {
  const several = new Map<string, readonly string[]>();
  const single = new Set<string>();
  for (const { step, platforms, pushes } of buildSteps(view)) {
    if (!pushes) continue;
    for (const { value } of inputLines(step, 'tags'))
      for (const name of value.split(',')) {
        const text = name.trim().replace(/\$\{\{.*?\}\}/g, (found) => UNSEEN.repeat(found.length));
        if (platforms !== undefined && platforms.length > 1) several.set(text, platforms.map(formatPlatform));
        else single.add(text);
      }
  }
  const hasOwnBuilder = view.jobs.some(({ steps }) => steps.some(({ uses }) => uses === 'docker/setup-buildx-action'));
  return { several, single, hasOwnBuilder };
}

interface PushedAgain {
  readonly image: string;
  readonly again: string;
  readonly platforms: readonly string[];
  /** `docker push`. */
  readonly at: ShellCommand;
}

/** Heroku takes amd64 alone. */
const OF_AMD64 = /^registry\.heroku\.com\//;
const OF_ONE_CPU = new RegExp(cpuWord, 'i');

/**
 * An index that is pulled, tagged and pushed under another name: Docker pulls the one platform of its machine, and pushes
 * what it has (test/live/pushed-again.live.test.ts). `docker buildx imagetools create` of one index is a copy of it
 * (https://docs.docker.com/reference/cli/docker/buildx/imagetools/create/, read 2026-11-29).
 */
export function pushedAgain(
  script: Script,
  {
    commands,
    builds,
    pushed,
    hasOwnBuilder,
  }: {
    readonly commands: readonly ShellCommand[];
    readonly builds: readonly ShellBuild[];
    readonly pushed: PushedNames;
    readonly hasOwnBuilder: boolean;
  },
): readonly PushedAgain[] {
  // Docker's own builder may leave all platforms in the store, and then they are all pushed.
  if (!hasOwnBuilder && !pushed.hasOwnBuilder) return [];
  return commands.flatMap((tag, i) => {
    const [image, again, ...rest] = namesAfter(tag, 'tag');
    if (image === undefined || again === undefined || rest.length > 0) return [];
    const pull = commands.slice(0, i).findLast((one) => {
      const [pulled] = namesAfter(one, 'pull');
      return pulled !== undefined && isSameName(script, pulled, image, one, tag);
    });
    const push = commands.slice(i + 1).find((one) => {
      const [name] = namesAfter(one, 'push');
      return name !== undefined && isSameName(script, name, again, one, tag);
    });
    if (pull === undefined || push === undefined) return [];
    // Who says which platform knows that there are more, and what has a CPU in its name is not all of them.
    if (hasPlatform(pull) || hasPlatform(push) || isOfOne(script, image) || isOfOne(script, again)) return [];
    if (OF_MACHINE.test(again.text) || OF_AMD64.test(again.text) || joins(script, commands, again, tag)) return [];
    const platforms = platformsOf(script, image, tag, builds, pushed);
    return platforms === undefined
      ? []
      : [{ image: shown(script, image), again: shown(script, again), platforms, at: push }];
  });
}

const hasPlatform = ({ words, assigned, variables }: ShellCommand): boolean =>
  words.some(({ text }) => text.startsWith('--platform')) ||
  assigned.has('DOCKER_DEFAULT_PLATFORM') ||
  variables.has('DOCKER_DEFAULT_PLATFORM');

const isOfOne = (script: Script, word: ShellWord): boolean =>
  [word.text, rawOf(script, word)].some((text) => OF_ONE_CPU.test(text) || /arch|cpu|platform/i.test(text));

/** As part of something that is joined afterwards. */
const joins = (script: Script, commands: readonly ShellCommand[], name: ShellWord, tag: ShellCommand): boolean =>
  commands.some(
    (one) =>
      (starts(one, 'docker', 'manifest', 'create') || starts(one, 'docker', 'buildx', 'imagetools', 'create')) &&
      one.words.some((word) => isSameName(script, name, word, tag, one)),
  );

/** The platforms that the pulled name was pushed with here; undefined where it was not, or once with one of them. */
function platformsOf(
  script: Script,
  image: ShellWord,
  tag: ShellCommand,
  builds: readonly ShellBuild[],
  { several, single }: PushedNames,
): readonly string[] | undefined {
  if (single.has(image.text)) return undefined;
  const own = builds.filter(
    ({ pushes, tags, command }) => pushes && tags.some((one) => isSameName(script, one, image, command, tag)),
  );
  const found = own.map(({ platforms, command: { guarded } }) =>
    guarded || platforms === undefined || platforms.length < 2 ? undefined : platforms.map(formatPlatform),
  );
  if (found.includes(undefined)) return undefined;
  return found[0] ?? (isTold(image.text) ? several.get(image.text) : undefined);
}

/** The same words, or names of which the same parts are seen: what is not seen of both is then of one index or another. */
const isSameName = (script: Script, one: ShellWord, other: ShellWord, first: ShellCommand, second: ShellCommand) =>
  isSameWord(script, one, other, first, second) || (one.text === other.text && isTold(one.text));

/** More than its tag is written out. */
const isTold = (text: string): boolean => /[a-z0-9]\/[a-z0-9]/i.test(text.replaceAll(UNSEEN, ''));

const shown = (script: Script, word: ShellWord): string => {
  const raw = rawOf(script, word);
  return raw.includes(UNSEEN) ? shownText(word.text).replace(/…+/g, '…') : raw;
};
