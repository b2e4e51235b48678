import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { parsedWorkflow } from './documents/parsed.ts';
import type { Script } from './documents/script.ts';
import { scriptsIn } from './documents/scripts.ts';
import { readShell, type ShellCommand, type ShellWord, UNSEEN } from './documents/shell.ts';
import { isWorkflow } from './documents/workflow.ts';
import { locationOf, type PlaceAt, placesIn } from './found.ts';
import { OF_MACHINE, RENAMES } from './joins.ts';
import { NOTHING_PUSHED, type PushedNames, pushedAgain, pushedBySteps } from './pushed-again.ts';
import type { SourceFile } from './repository.ts';
import type { Judged } from './rule.ts';
import { isJoined } from './rules/workflow/digests-not-joined.ts';
import { buildOf, isConstant, isMade, isSameWord, rawOf, type ShellBuild, starts } from './script-builds.ts';
import { buildWithoutBuildKit } from './without-buildkit.ts';

/** What the commands of scripts, Makefiles, package.json and CI files do to tags and platforms: the rules of workflows. */
export function judgeScripts(file: SourceFile, files: readonly SourceFile[]): readonly Judged[] {
  const { path, text } = file;
  // Most scripts build no image.
  if (!/\b(?:docker|podman|nerdctl)\b/.test(text) || !/buildx|manifest|--push|\bpush\b|BUILDKIT/.test(text)) return [];
  const place = placesIn(path, text);
  // A workflow is read already.
  const trees = isWorkflow(path) ? parsedWorkflow(file).trees : undefined;
  const scripts = scriptsIn(path, text, trees && (() => trees));
  const pulls = trees !== undefined && /\bpull\b/.test(text);
  const pushed = pulls ? pushedBySteps(parsedWorkflow(file)) : NOTHING_PUSHED;
  return scripts.flatMap((script) => judgeScript(script, { place, files, isStep: trees !== undefined, pushed }));
}

interface Where {
  readonly place: PlaceAt;
  readonly files: readonly SourceFile[];
  /** Of a workflow, where a rule of its own sees what a step is given beside its commands. */
  readonly isStep: boolean;
  /** By the actions of the same workflow. */
  readonly pushed: PushedNames;
}

function judgeScript(script: Script, { place, files, isStep, pushed }: Where): readonly Judged[] {
  const { commands } = readShell(script.text, () => undefined);
  const builds = commands.flatMap((one) => buildOf(one) ?? []);
  const at = ({ from, to }: { readonly from: number; readonly to: number }) =>
    locationOf(place(script.source(from), script.source(Math.max(from, to - 1)) + 1));
  const found: Judged[] = [];
  // A builder that is made has the docker-container driver, unless it is told another.
  const creates = commands.find((one) => starts(one, 'docker', 'buildx', 'create'));
  const hasOwnBuilder =
    creates !== undefined && !creates.words.slice(3).some(({ text }) => /^(?:--driver(?:=|$)|docker$)/.test(text));
  for (const one of builds) {
    if (one.load !== undefined && hasOwnBuilder && (one.platforms?.length ?? 0) > 1) {
      const args = { platforms: one.platforms!.map(formatPlatform), isFlag: true };
      found.push({ diagnostic: diagnostic('workflow/load-several', args, at(one.load)) });
    }
  }
  const read = (path: string): string | undefined => files.find((file) => file.path === path)?.text;
  for (const command of isStep ? [] : commands) {
    const off = buildWithoutBuildKit(command, { env: undefined, read, at: at(command) });
    if (off !== undefined) found.push({ diagnostic: off });
  }
  const overwritten = overwrittenTag(script, commands, builds);
  if (overwritten !== undefined) {
    const args = { job: undefined, platforms: overwritten.platforms, tag: overwritten.shown };
    found.push({ diagnostic: diagnostic('workflow/tag-overwritten', args, at(overwritten.tag)) });
  }
  const [byDigest] = builds.flatMap((one) => one.byDigest ?? []);
  if (byDigest !== undefined && !isJoined(files))
    found.push({ diagnostic: diagnostic('workflow/digests-not-joined', { job: undefined }, at(byDigest)) });
  for (const command of commands) {
    if (!starts(command, 'docker', 'manifest', 'create') || !hasOwnBuilder) continue;
    const joined = command.words.slice(4).filter(({ text }) => !text.startsWith('-'));
    const index = joined.find((word) =>
      builds.some(
        (one) =>
          one.pushes && one.isAttested && one.tags.some((tag) => isSameWord(script, tag, word, command, one.command)),
      ),
    );
    if (index !== undefined) found.push({ diagnostic: diagnostic('workflow/manifest-of-indexes', {}, at(index)) });
  }
  for (const { at: push, ...args } of pushedAgain(script, { commands, builds, pushed, hasOwnBuilder }))
    found.push({ diagnostic: diagnostic('workflow/pushed-again', args, at(push)) });
  return found;
}

interface Overwritten {
  readonly tag: ShellWord;
  readonly shown: string;
  readonly platforms: readonly string[];
}

/** A name under which a script pushes one platform, and then another: the last is what people get. */
function overwrittenTag(
  script: Script,
  commands: readonly ShellCommand[],
  builds: readonly ShellBuild[],
): Overwritten | undefined {
  const pushing = builds.filter(
    ({ pushes, command, platformsAt, tags }) =>
      pushes && !command.guarded && platformsAt !== undefined && !tags.every(({ text }) => OF_MACHINE.test(text)),
  );
  const shown = ({ from, to }: ShellWord): string =>
    script.text
      .slice(from, to)
      .replace(/^["']|["']$/g, '')
      .replaceAll(UNSEEN, '…');
  for (const [i, one] of pushing.entries()) {
    // `for arch in amd64 arm64; do docker buildx build --platform linux/$arch -t name --push .; done`
    const raw = rawOf(script, one.platformsAt!);
    const { loop } = one;
    if (loop !== undefined && new RegExp(`\\$\\{?${loop.name}\\b`).test(raw)) {
      const made = loop.words.flatMap(
        (word) => parsePlatform(raw.replace(new RegExp(`\\$\\{?${loop.name}\\}?`, 'g'), word)) ?? [],
      );
      const tag = one.tags.find(
        (word) => isConstant(script, word, one.command) || isOutside(script, word, one.command),
      );
      if (isRenamed(commands.filter(({ loops }) => loops.some(({ name }) => name === loop.name)))) continue;
      if (made.length > 1 && tag !== undefined && !one.tags.some((word) => rawOf(script, word).includes(loop.name)))
        return { tag, shown: shown(tag), platforms: made.map(formatPlatform) };
    }
    const again = pushing
      .slice(i + 1)
      .flatMap((later) => {
        const tag = later.tags.find((word) =>
          one.tags.some((first) => isSameWord(script, first, word, one.command, later.command)),
        );
        return tag === undefined ? [] : [{ later, tag }];
      })
      .at(-1);
    const { later: other, tag } = again ?? {};
    if (other === undefined || tag === undefined || one.platforms === undefined || other.platforms === undefined)
      continue;
    // What is pushed last may have all that was there before; and a tag that is joined afterwards was a step on the way.
    if (covers(other.platforms, one.platforms) || isJoinedLater(commands, other.command)) continue;
    if (isRenamed(commands.filter(({ from }) => from > one.command.from && from < other.command.from))) continue;
    return { tag, shown: shown(tag), platforms: [...one.platforms, ...other.platforms].map(formatPlatform) };
  }
  return undefined;
}

/** What was pushed keeps another name: said before the tag is taken from it. */
const isRenamed = (commands: readonly ShellCommand[]): boolean =>
  commands.some(({ words }) => RENAMES.test(words.map(({ text }) => text).join(' ')));

const covers = (all: readonly Platform[], some: readonly Platform[]): boolean =>
  some.every((one) => all.some((other) => samePlatform(one, other)));

/** Made of variables that the script sets nowhere: the same each time. */
function isOutside(script: Script, word: ShellWord, { variables, loops }: ShellCommand): boolean {
  const raw = rawOf(script, word);
  if (isMade(raw)) return false;
  const names = [...raw.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  return names.every((name) => !variables.has(name) && !loops.some((loop) => loop.name === name));
}

const isJoinedLater = (commands: readonly ShellCommand[], last: ShellCommand): boolean =>
  commands.some(
    (one) =>
      one.from > last.from &&
      (starts(one, 'docker', 'manifest', 'create') || starts(one, 'docker', 'buildx', 'imagetools')),
  );
