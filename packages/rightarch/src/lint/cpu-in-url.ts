import { type Platform, samePlatform } from '../core/index.ts';
import { cpuWord, platformOfWord } from './cpu-words.ts';
import { shownText, UNSEEN } from './documents/shell.ts';

const CPU_WORD = new RegExp(cpuWord, 'gi');

export interface CpuInUrl {
  readonly token: string;
  readonly platform: Platform;
  /** For people. */
  readonly url: string;
}

/** The CPU in the address of a download; none where it is for several, or for another system. */
export function cpuInUrl(text: string): CpuInUrl | undefined {
  const url = /https?:\/\/[^\s"'|>]+/.exec(text)?.[0];
  // What a command or a branch put together may be another word on another CPU.
  if (url === undefined || (text.includes(UNSEEN) && choosesByCpu(url))) return undefined;
  if (/darwin|macos|windows|win32|win64|\.exe\b|apple/i.test(url)) return undefined;
  const tokens = [...url.matchAll(CPU_WORD)].map(([, token]) => token!);
  const platforms = tokens.map((token) => platformOfWord(token)!);
  const [platform] = platforms;
  if (platform === undefined || platforms.some((one) => !samePlatform(one, platform))) return undefined;
  return { token: tokens[0]!, platform, url: shownText(url) };
}

/** A name with a part unseen beside the CPU's word, as in `linux-x64$SUFFIX`, is not the whole name. */
const choosesByCpu = (url: string): boolean =>
  [...url.matchAll(CPU_WORD)].some(
    ({ index, 0: word }) => url[index - 1] === UNSEEN || url[index + word.length] === UNSEEN,
  );
