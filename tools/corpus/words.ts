import type { Architecture } from '../bases/ld-cache.ts';

const WORDS: Readonly<Record<Architecture, Readonly<Record<string, string>>>> = {
  amd64: { cpu: 'amd64', npm: 'x64', bun: 'x64', machine: 'x86_64', triplet: 'x86_64-linux-gnu' },
  arm64: { cpu: 'arm64', npm: 'arm64', bun: 'aarch64', machine: 'aarch64', triplet: 'aarch64-linux-gnu' },
};

/** A text with the CPU in the words of Debian `{cpu}`, npm `{npm}`, Bun `{bun}`, uname `{machine}` and GNU `{triplet}`. */
export function inWordsOf(cpu: Architecture, text: string): string {
  return text.replace(/\{(\w+)\}/g, (whole, word: string) => WORDS[cpu][word] ?? whole);
}
