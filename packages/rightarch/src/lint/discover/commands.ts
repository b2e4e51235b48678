import { parsePlatform } from '../../core/index.ts';
import type { TargetId } from '../../target/index.ts';
import { type Found, type FoundBuild, type FoundName, type FoundRuntime, type Place, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { assignedIn, commandWords, type Literals, nameAt, readName } from './names.ts';
import { runtimeAt } from './runtime.ts';

/** Command lines that deploy, where they deploy to, and the flag or the word behind that names the service. */
const DEPLOYS: readonly { readonly command: RegExp; readonly runtime: TargetId; readonly name?: RegExp }[] = [
  {
    command: /\bgcloud\s+(?:beta\s+|alpha\s+)?run\s+(?:deploy|services\s+update|jobs\s+(?:deploy|update))\b/g,
    runtime: 'cloud-run',
    name: /^\s+([^\s-]\S*)/,
  },
  { command: /\baws\s+ecs\s+update-service\b/g, runtime: 'ecs-fargate', name: /--service[= ]+(\S+)/ },
  { command: /\baws\s+lambda\s+update-function-code\b/g, runtime: 'lambda', name: /--function-name[= ]+(\S+)/ },
  { command: /\baws\s+apprunner\s+(?:start-deployment|update-service|create-service)\b/g, runtime: 'apprunner' },
  { command: /\bkubectl\s+(?:apply|set\s+image|rollout)\b/g, runtime: 'kubernetes' },
  { command: /\bfly(?:ctl)?\s+deploy\b/g, runtime: 'fly' },
  { command: /\bheroku\s+container:(?:push|release)\b/g, runtime: 'heroku' },
  {
    command: /\baz\s+containerapp\s+(?:up|create|update)\b/g,
    runtime: 'azure-container-apps',
    name: /--name[= ]+(\S+)/,
  },
];

/** Command lines that push an image, with the words that name it. */
const PUSHES: readonly { readonly command: RegExp; readonly flag?: RegExp }[] = [
  { command: /\b(?:docker|podman|nerdctl|buildah)\s+(?:image\s+)?push\b/g },
  { command: /\bcrane\s+push\b/g },
  { command: /\bgcloud\s+(?:beta\s+)?builds\s+submit\b/g, flag: /^(?:--tag|-t)$/ },
  { command: /\bdocker\s+buildx\s+imagetools\s+create\b/g, flag: /^(?:--tag|-t)$/ },
];

/** Command lines that run an image somewhere, with the flag that names it. */
const PULLS: readonly { readonly command: RegExp; readonly runtime: TargetId; readonly flag: RegExp }[] = [
  {
    command: /\bgcloud\s+(?:beta\s+|alpha\s+)?run\s+(?:deploy|services\s+update)\b/g,
    runtime: 'cloud-run',
    flag: /^--image$/,
  },
  { command: /\baws\s+lambda\s+(?:update-function-code|create-function)\b/g, runtime: 'lambda', flag: /^--image-uri$/ },
  {
    command: /\baz\s+containerapp\s+(?:up|create|update)\b/g,
    runtime: 'azure-container-apps',
    flag: /^(?:--image|-i)$/,
  },
];

/** Whether CodeBuild runs a file, by its usual name. */
export const isBuildspec = (path: string): boolean => /(^|\/)buildspec[\w-]*\.ya?ml$/.test(path);

/** What scripts, Makefiles and the like do with images. Variables stay unexpanded: a platform behind one is not claimed. */
export function discoverCommands({ path, text }: SourceFile): Partial<Found> {
  // In package.json a command ends with its string.
  const plain = path.endsWith('.json') ? text.replace(/\\"/g, "' ").replaceAll('"', ';') : text;
  // CodeBuild runs a buildspec, on the CPU that its project names elsewhere.
  const builderAt = isBuildspec(path) ? () => 'unknown' as const : undefined;
  return readCommands(path, joinLines(plain), text, { literals: assignedIn(text), builderAt });
}

/** Continued lines as one, every character where it was. */
export const joinLines = (text: string): string => text.replace(/\\\r?\n/g, (found) => ' '.repeat(found.length));

/** The same for a piece of a file: `original` gives the line numbers. */
export function readCommands(
  path: string,
  joined: string,
  original: string,
  {
    literals,
    builderAt,
  }: { readonly literals: Literals; readonly builderAt?: ((offset: number) => FoundBuild['builder']) | undefined },
): { readonly runtimes: FoundRuntime[]; readonly builds: FoundBuild[]; readonly names: FoundName[] } {
  const place = placesIn(path, original);
  const names: FoundName[] = [];
  const addName = (written: string | undefined, from: number, to: number, beside: Parameters<typeof nameAt>[2]): void =>
    void names.push(...nameAt(written, place(from, to), beside, literals));
  const valueIn = (offset: number, { 0: whole, 1: value = '', index }: RegExpExecArray): Place => {
    const to = offset + index + whole.length;
    return place(to - value.length, to);
  };
  const runtimes: FoundRuntime[] = [];
  const builds: FoundBuild[] = [];
  for (const { command, runtime, name: named } of DEPLOYS) {
    for (const match of joined.matchAll(command)) {
      if (isComment(joined, match.index)) continue;
      const to = match.index + match[0].length;
      const rest = joined.slice(to).split('\n', 1)[0] ?? '';
      const name = named?.exec(rest)?.[1]?.replace(/["'`]/g, '');
      runtimes.push(
        runtimeAt(runtime, place(match.index, to), {
          name: name?.includes('$') ? undefined : name,
        }),
      );
    }
  }
  for (const match of joined.matchAll(/\b(?:docker|podman|nerdctl)\s+(?:buildx\s+)?build\b([^\n&|;]*)/g)) {
    if (isComment(joined, match.index)) continue;
    const words = match[1] ?? '';
    const to = match.index + match[0].trimEnd().length;
    const given = commandWords(joined, match.index + match[0].length - words.length);
    const pushed = given.includes('--push') || given.some((word) => /push=true|type=registry/.test(word));
    const file = valuesOf(given, /^(?:-f|--file)$/).at(-1);
    const dockerfile = file?.includes('$') ? undefined : file;
    for (const written of valuesOf(given, /^(?:-t|--tag)$/))
      addName(written, match.index, to, { how: pushed ? 'pushed' : 'given', dockerfile });
    const flag = /\s--platform(?:=|[ \t]+)(\S+)/.exec(match[0]);
    const named = valuesOf(given, /^--platform$/);
    const unseen = named.some((value) => value.includes('$'));
    builds.push({
      platforms: unseen ? [] : named.flatMap((value) => value.split(',')).flatMap((one) => parsePlatform(one) ?? []),
      ...(unseen ? { unseen } : {}),
      builder: builderAt?.(match.index),
      dockerfile,
      context: /\s(\.|\.{0,2}\/[^\s$]*|[\w.-]+\/?)\s*$/.exec(words)?.[1],
      at: place(match.index, to),
      ...(flag === null ? {} : { platformsAt: valueIn(match.index, flag) }),
    });
  }
  for (const { command, flag } of PUSHES) {
    for (const match of joined.matchAll(command)) {
      if (isComment(joined, match.index)) continue;
      const words = commandWords(joined, match.index + match[0].length);
      const plain = words.filter((word) => !word.startsWith('-'));
      // `crane push FILE NAME`, `buildah push NAME docker://NAME`: the last word is where it goes.
      const written = flag === undefined ? plain.slice(-1) : valuesOf(words, flag);
      for (const one of written)
        addName(one.replace(/^docker:\/\//, ''), match.index, match.index + match[0].length, { how: 'pushed' });
    }
  }
  for (const match of joined.matchAll(/\b(?:docker|podman|nerdctl|buildah)\s+(?:image\s+)?tag\b/g)) {
    if (isComment(joined, match.index)) continue;
    const [from, to] = commandWords(joined, match.index + match[0].length).filter((word) => !word.startsWith('-'));
    const before = from === undefined ? undefined : readName(from, literals)?.repository;
    addName(to, match.index, match.index + match[0].length, { how: 'given', before });
  }
  for (const { command, runtime, flag } of PULLS) {
    for (const match of joined.matchAll(command)) {
      if (isComment(joined, match.index)) continue;
      const [written] = valuesOf(commandWords(joined, match.index + match[0].length), flag);
      addName(written, match.index, match.index + match[0].length, { how: 'pulled', runtime });
    }
  }
  return { runtimes, builds, names };
}

/** The values of a flag: `-t NAME`, `-tNAME`, `--tag NAME`, `--tag=NAME`. */
function valuesOf(words: readonly string[], flag: RegExp): readonly string[] {
  return words.flatMap((word, i) => {
    const equals = word.indexOf('=');
    if (equals > 0 && flag.test(word.slice(0, equals))) return [word.slice(equals + 1)];
    if (/^-[^-]./.test(word) && flag.test(word.slice(0, 2))) return [word.slice(2)];
    const next = words[i + 1];
    return flag.test(word) && next !== undefined ? [next] : [];
  });
}

function isComment(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^\s*(#|\/\/|echo\b|@?echo\b)/.test(line);
}
