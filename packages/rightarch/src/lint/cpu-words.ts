import { type Platform, parsePlatform } from '../core/index.ts';

/**
 * The words for a CPU that projects use in names of files, folders, downloads and tags. 32-bit x86 is none of them:
 * amd64 runs it.
 */
export const cpuWords: Readonly<Record<string, Platform>> = Object.fromEntries(
  Object.entries({
    amd64: 'linux/amd64',
    x86_64: 'linux/amd64',
    'x86-64': 'linux/amd64',
    x64: 'linux/amd64',
    arm64: 'linux/arm64',
    aarch64: 'linux/arm64',
    arm64v8: 'linux/arm64',
    arm32v7: 'linux/arm/v7',
    armhf: 'linux/arm/v7',
    armv7: 'linux/arm/v7',
    armv7l: 'linux/arm/v7',
    ppc64le: 'linux/ppc64le',
    s390x: 'linux/s390x',
    riscv64: 'linux/riscv64',
  }).map(([word, platform]) => [word, parsePlatform(platform)!]),
);

/** One of them as a word of its own: part of an expression. */
export const cpuWord = `(?<![A-Za-z0-9])(${Object.keys(cpuWords).join('|')})(?![A-Za-z0-9])`;

/** What a word says, whatever its case; undefined for any other word. */
export function platformOfWord(word: string): Platform | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(cpuWords, key) ? cpuWords[key] : undefined;
}
