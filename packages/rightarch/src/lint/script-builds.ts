import { type Platform, parsePlatform } from '../core/index.ts';
import type { Script } from './documents/script.ts';
import { type ShellCommand, type ShellWord, UNSEEN } from './documents/shell.ts';

/** A `docker build` or `docker buildx build` of a script. */
export interface ShellBuild {
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

export const starts = ({ words }: ShellCommand, ...names: readonly string[]): boolean =>
  names.every(
    (name, i) => words[i]?.text === name || (i === 0 && /^(?:docker|podman|nerdctl)$/.test(words[0]?.text ?? '')),
  );

export const isBake = (command: ShellCommand): boolean =>
  starts(command, 'docker', 'buildx', 'bake') || starts(command, 'docker', 'bake');

/** `$TAGS`, which holds `-t a -t b`, is several words. */
const apart = (word: ShellWord): readonly ShellWord[] =>
  /^-[\w-]+\s/.test(word.text) ? word.text.split(/\s+/).map((text) => ({ ...word, text })) : [word];

export function buildOf(command: ShellCommand): ShellBuild | undefined {
  const isBuildx = starts(command, 'docker', 'buildx', 'build');
  if (!isBuildx && !starts(command, 'docker', 'build')) return undefined;
  const words = command.words.slice(isBuildx ? 3 : 2).flatMap(apart);
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

export const rawOf = ({ text }: Script, { from, to }: ShellWord): string =>
  text.slice(from, to).replace(/^["']|["']$/g, '');

export const isConstant = (script: Script, word: ShellWord, { loops }: ShellCommand): boolean =>
  !word.text.includes(UNSEEN) && !loops.some(({ name }) => rawOf(script, word).includes(name));

/** By a command, or by what another language puts in: it may differ each time. */
export const isMade = (raw: string): boolean => /\$\(|`/.test(raw) || raw.includes(UNSEEN);

/** Two words that are the same text when they run: constant, or of the same variables with nothing set in between. */
export function isSameWord(
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

/** The names that `docker pull`, `docker tag` and `docker push` are given. */
export function namesAfter(command: ShellCommand, verb: 'pull' | 'tag' | 'push'): readonly ShellWord[] {
  const isImage = starts(command, 'docker', 'image', verb);
  if (!isImage && !starts(command, 'docker', verb)) return [];
  const words = command.words.slice(isImage ? 3 : 2);
  return words.filter(({ text }, i) => !text.startsWith('-') && words[i - 1]?.text !== '--platform');
}
