import { type ShellWord, shownText, UNSEEN } from '../documents/shell.ts';

/** A word of a command line, and what the script says in its place. */
export interface Word extends ShellWord {
  readonly raw: string;
  /** Filled in by what another may say otherwise. */
  readonly isOpen: boolean;
}

/** What the words of a command that builds say. */
export interface BuildWords {
  readonly pushes: boolean;
  readonly dockerfile: string | undefined;
  readonly tags: readonly Word[];
  readonly platforms: readonly Word[];
  /** Flags may stand there that are not seen, a platform among them. */
  readonly isOpen: boolean;
  readonly context: string | undefined;
}

/** `$(SUDO) $(DOCKER) build`: nothing of it is seen, and it may be nothing. */
export const isUnseen = (text: string): boolean => shownText(text).replaceAll('…', '') === '';

/** The flags of `docker build` that take no value (docs.docker.com/reference/cli/docker/buildx/build, 2026-11-29). */
const SWITCHES = /^(?:-[qD]+|--(?:check|compress|debug|force-rm|load|no-cache|pull|push|quiet|rm|squash|tls-verify))$/;

/** What the words behind `docker build` say. */
export function dockerBuild(words: readonly Word[]): BuildWords {
  const isValue = (i: number): boolean => {
    const before = words[i - 1]?.text ?? '';
    // `-f FILE`, `--file FILE`; `-fFILE` and `--file=FILE` have theirs.
    return /^(?:-\w|--[^=]+)$/.test(before) && !SWITCHES.test(before);
  };
  const last = words.findLastIndex(({ text }, i) => !text.startsWith('-') && !isValue(i));
  const platforms = valuesOf(words, ['--platform']);
  return {
    pushes: words.some(({ text }) => text === '--push' || /push=true|type=registry/.test(text)),
    dockerfile: path(valuesOf(words, ['-f', '--file']).at(-1)?.text),
    tags: valuesOf(words, ['-t', '--tag']),
    platforms,
    // `docker build $FLAGS .`: what is put in there may name one.
    isOpen:
      platforms.length === 0 && words.some(({ text }, i) => i !== last && !isValue(i) && text !== '' && isUnseen(text)),
    context: path(words[last]?.text),
  };
}

const path = (text: string | undefined): string | undefined =>
  text === undefined || text.includes(UNSEEN) || text.includes('$') ? undefined : text.replace(/^dir:\/\//, '');

/**
 * What the words behind `/kaniko/executor` say: it pushes to each destination, for the CPU that it runs on unless told another
 * (https://github.com/GoogleContainerTools/kaniko#additional-flags, read 2026-11-30).
 */
export function kanikoBuild(words: readonly Word[]): BuildWords {
  const tags = valuesOf(words, ['--destination', '-d']);
  return {
    pushes: !words.some(({ text }) => /^--no-push(?:=true)?$/.test(text)),
    dockerfile: path(valuesOf(words, ['--dockerfile', '-f']).at(-1)?.text),
    tags,
    platforms: valuesOf(words, ['--custom-platform', '--customPlatform']),
    isOpen: words.some(({ text }) => isUnseen(text)),
    context: path(valuesOf(words, ['--context', '-c']).at(-1)?.text),
  };
}

/** What the words behind `buildctl build` say (https://github.com/moby/buildkit/blob/master/docs/reference/buildctl.md, read 2026-11-30). */
export function buildctlBuild(words: readonly Word[]): BuildWords {
  const given = (flags: readonly string[], key: string): readonly Word[] =>
    valuesOf(words, flags).flatMap((word) => {
      // `--opt platform=linux/arm64`, and `name=` within the list of an output.
      const from = word.text.search(new RegExp(`(?<=^|,)"?${key}=`));
      const value = from < 0 ? undefined : /^"?[\w-]+=([^,"]*)/.exec(word.text.slice(from))?.[1];
      const raw = new RegExp(`(?:^|,)"?${key}=([^,"]*)`).exec(word.raw)?.[1];
      return value === undefined ? [] : [{ ...word, text: value, raw: raw ?? value }];
    });
  const outputs = valuesOf(words, ['--output', '-o']);
  const folder = given(['--local'], 'dockerfile').at(-1)?.text;
  const file = given(['--opt'], 'filename').at(-1)?.text ?? (folder === undefined ? undefined : 'Dockerfile');
  return {
    pushes: outputs.some(({ text }) => /push=true/.test(text)),
    dockerfile: path(file === undefined ? undefined : `${folder ?? '.'}/${file}`),
    tags: given(['--output', '-o'], 'name'),
    platforms: valuesOf(words, ['--opt']).flatMap((word) =>
      word.text.startsWith('platform=') ? [{ ...word, text: word.text.slice(9), raw: word.raw.slice(9) }] : [],
    ),
    isOpen: words.some(({ text }) => isUnseen(text)),
    context: path(given(['--local'], 'context').at(-1)?.text),
  };
}

/** The values of a flag: `-t NAME`, `-tNAME`, `--tag NAME`, `--tag=NAME`. */
export function valuesOf(words: readonly Word[], flags: readonly string[]): readonly Word[] {
  return words.flatMap((word, i) => {
    const next = words[i + 1];
    if (!word.text.startsWith('-')) return [];
    if (flags.includes(word.text)) return next === undefined ? [] : [next];
    const flag = flags.find((one) => word.text.startsWith(one.startsWith('--') ? `${one}=` : one));
    if (flag === undefined) return [];
    const length = flag.length + (word.text[flag.length] === '=' ? 1 : 0);
    return [{ ...word, text: word.text.slice(length), raw: word.raw.slice(length), from: word.from + length }];
  });
}
