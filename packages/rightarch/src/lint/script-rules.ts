import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { parsedWorkflow } from './documents/parsed.ts';
import type { Script } from './documents/script.ts';
import { scriptsIn } from './documents/scripts.ts';
import { readShell, type ShellCommand, type ShellWord, UNSEEN } from './documents/shell.ts';
import { locationOf, type PlaceAt, placesIn } from './found.ts';
import { isWorkflow, type SourceFile } from './repository.ts';
import type { Judged } from './rule.ts';
import { isJoined } from './rules/workflow/digests-not-joined.ts';
import { buildWithoutBuildKit } from './without-buildkit.ts';

/** A `docker build` or `docker buildx build` of a script. */
interface ShellBuild {
  readonly command: ShellCommand;
  /** As written, unless the script says what is put in. */
  readonly tags: readonly ShellWord[];
  /** Undefined where one of them is not seen. */
  readonly platforms: readonly Platform[] | undefined;
  /** The variable of a loop that makes its platforms. */
  readonly loop: ShellCommand['loops'][number] | undefined;
  readonly platformsAt: ShellWord | undefined;
  readonly isBuildx: boolean;
  readonly pushes: boolean;
  readonly byDigest: ShellWord | undefined;
  readonly load: ShellWord | undefined;
  readonly isAttested: boolean;
}

/** What the commands of scripts, Makefiles, package.json and CI files do to tags and platforms: the rules of workflows. */
export function judgeScripts(file: SourceFile, files: readonly SourceFile[]): readonly Judged[] {
  const { path, text } = file;
  // Most scripts build no image.
  if (!/\b(?:docker|podman|nerdctl)\b/.test(text) || !/buildx|manifest|--push|\bpush\b|BUILDKIT/.test(text)) return [];
  const place = placesIn(path, text);
  // A workflow is read already.
  const trees = isWorkflow(path) ? parsedWorkflow(file).trees : undefined;
  const scripts = scriptsIn(path, text, trees && (() => trees));
  return scripts.flatMap((script) => judgeScript(script, { place, files, isStep: trees !== undefined }));
}

interface Where {
  readonly place: PlaceAt;
  readonly files: readonly SourceFile[];
  /** Of a workflow, where a rule of its own sees what a step is given beside its commands. */
  readonly isStep: boolean;
}

function judgeScript(script: Script, { place, files, isStep }: Where): readonly Judged[] {
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
  return found;
}

const starts = ({ words }: ShellCommand, ...names: readonly string[]): boolean =>
  names.every(
    (name, i) => words[i]?.text === name || (i === 0 && /^(?:docker|podman|nerdctl)$/.test(words[0]?.text ?? '')),
  );

function buildOf(command: ShellCommand): ShellBuild | undefined {
  const isBuildx = starts(command, 'docker', 'buildx', 'build');
  if (!isBuildx && !starts(command, 'docker', 'build')) return undefined;
  const words = command.words.slice(isBuildx ? 3 : 2);
  const valuesOf = (...flags: readonly string[]): readonly ShellWord[] =>
    words.flatMap((word, i) => {
      const next = words[i + 1];
      if (flags.includes(word.text)) return next === undefined ? [] : [next];
      const flag = flags.find((one) => word.text.startsWith(`${one}=`));
      return flag === undefined
        ? []
        : [{ ...word, text: word.text.slice(flag.length + 1), from: word.from + flag.length + 1 }];
    });
  const [platformsAt] = valuesOf('--platform');
  const platforms = platformsAt?.text.split(',').map(parsePlatform);
  const outputs = valuesOf('-o', '--output');
  const byDigest = outputs.find(({ text }) => text.includes('push-by-digest=true'));
  const isOff = (text: string): boolean => /^--provenance=(?:false|0)$|disabled=true/.test(text);
  return {
    command,
    tags: valuesOf('-t', '--tag'),
    platforms: platforms?.every((one) => one !== undefined) ? (platforms as Platform[]) : undefined,
    loop: command.loops.find(({ words: values }) => values.length > 1 && !values.some((one) => one.includes(UNSEEN))),
    platformsAt,
    isBuildx,
    pushes:
      byDigest === undefined && words.some(({ text }) => text === '--push' || /push=true|type=registry/.test(text)),
    byDigest,
    load: words.find(({ text }) => text === '--load' || text === '--load=true'),
    isAttested:
      isBuildx && !words.some(({ text }) => isOff(text)) && !command.assigned.has('BUILDX_NO_DEFAULT_ATTESTATIONS'),
  };
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
  const pushing = builds.filter((one) => one.pushes && !one.command.guarded && one.platformsAt !== undefined);
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
    return { tag, shown: shown(tag), platforms: [...one.platforms, ...other.platforms].map(formatPlatform) };
  }
  return undefined;
}

const rawOf = ({ text }: Script, { from, to }: ShellWord): string => text.slice(from, to).replace(/^["']|["']$/g, '');

const covers = (all: readonly Platform[], some: readonly Platform[]): boolean =>
  some.every((one) => all.some((other) => samePlatform(one, other)));

const isConstant = (script: Script, word: ShellWord, { loops }: ShellCommand): boolean =>
  !word.text.includes(UNSEEN) && !loops.some(({ name }) => rawOf(script, word).includes(name));

/** By a command, or by what another language puts in: it may differ each time. */
const isMade = (raw: string): boolean => /\$\(|`/.test(raw) || raw.includes(UNSEEN);

/** Made of variables that the script sets nowhere: the same each time. */
function isOutside(script: Script, word: ShellWord, { variables, loops }: ShellCommand): boolean {
  const raw = rawOf(script, word);
  if (isMade(raw)) return false;
  const names = [...raw.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  return names.every((name) => !variables.has(name) && !loops.some((loop) => loop.name === name));
}

/** Two words that are the same text when they run: constant, or of the same variables with nothing set in between. */
function isSameWord(
  script: Script,
  one: ShellWord,
  other: ShellWord,
  first: ShellCommand,
  second: ShellCommand,
): boolean {
  if (isConstant(script, one, first) && isConstant(script, other, second)) return one.text === other.text;
  const raw = rawOf(script, one);
  if (raw !== rawOf(script, other) || isMade(raw)) return false;
  const names = [...raw.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  return names.every((name) => first.variables.get(name) === second.variables.get(name));
}

const isJoinedLater = (commands: readonly ShellCommand[], last: ShellCommand): boolean =>
  commands.some(
    (one) =>
      one.from > last.from &&
      (starts(one, 'docker', 'manifest', 'create') || starts(one, 'docker', 'buildx', 'imagetools')),
  );
