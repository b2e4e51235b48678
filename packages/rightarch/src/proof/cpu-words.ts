import { normalizePlatform, type Platform } from '../core/index.ts';

/**
 * What people and package managers call a CPU in names of files and packages: Node's `process.arch`, Go's GOARCH,
 * `uname -m`, Debian, Rust and npm scopes. Longest first, so that `arm64` is not read as `arm`.
 */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86_64', 'x86-64', 'linux64', 'amd64', 'x64', '64'],
  arm64: ['aarch64', 'arm64', 'armv8'],
  arm: ['armv7l', 'armv7', 'armv6l', 'armv6', 'armhf', 'armel', 'arm'],
  '386': ['i386', 'i686', 'linux32', 'ia32', 'x86', '386', '32'],
  riscv64: ['riscv64gc', 'riscv64'],
  ppc64le: ['powerpc64le', 'ppc64le', 'ppc64'],
  s390x: ['s390x'],
  loong64: ['loongarch64', 'loong64'],
};

/** The words for the CPU of a platform, as they stand in names. */
export function cpuWordsOf(platform: Platform): readonly string[] {
  const { architecture } = normalizePlatform(platform);
  return Object.hasOwn(WORDS, architecture) ? WORDS[architecture]! : [];
}

const ALL = Object.values(WORDS)
  .flat()
  .sort((a, b) => b.length - a.length);
// Bounded by the end or by anything but a letter or digit: `linux-x64`, `esbuild_arm64.node`, `x86_64-linux-gnu`.
const PATTERN = new RegExp(
  `(?<![a-z0-9])(${ALL.map((word) => word.replace(/[-]/g, '\\-')).join('|')})(?![a-z0-9])`,
  'g',
);

/** Every CPU word in a name, in order. `64` and `32` count only behind the name of an operating system. */
export function wordsIn(name: string): readonly string[] {
  const text = name.toLowerCase();
  const found: string[] = [];
  for (const match of text.matchAll(PATTERN)) {
    const word = match[1]!;
    if (
      /^\d+$/.test(word) &&
      word !== '386' &&
      !/(linux|windows|win|darwin|freebsd)[-_]?$/.test(text.slice(0, match.index))
    )
      continue;
    found.push(word);
  }
  return found;
}

/**
 * The paths in which every word of one CPU is replaced by a word of another: one for each word of the other. 32-bit ARM
 * carries its float ABI in the name of the libc (`linux-arm-gnueabihf`), so `gnu` and `musl` stand for those there.
 */
export function swapCpuWord(path: string, from: Platform, to: Platform): readonly string[] {
  const own = new Set(cpuWordsOf(from));
  const plain = normalizePlatform(from).architecture === 'arm' ? path.replace(/(gnu|musl)eabi(hf)?/g, '$1') : path;
  const starts = plain === path ? [path] : [path, plain];
  return starts.flatMap((start) =>
    cpuWordsOf(to).map((word) => start.replace(PATTERN, (whole) => (own.has(whole) ? word : whole))),
  );
}

/** A package that holds one platform's part of another: `@img/sharp-linux-x64`, `@esbuild/linux-arm64`. */
export interface PlatformPackage {
  /** The name without the platform: `@img/sharp`, `@esbuild/`. */
  readonly family: string;
  readonly os: string;
  /** The architecture as platforms write it. */
  readonly architecture: string;
  /** `musl`, where the name says so; `gnu`, `glibc` and nothing are the same. */
  readonly libc: 'musl' | 'glibc';
}

const SYSTEMS: Readonly<Record<string, string>> = {
  linux: 'linux',
  linuxmusl: 'linux',
  darwin: 'darwin',
  win32: 'windows',
  windows: 'windows',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  sunos: 'sunos',
  android: 'android',
  aix: 'aix',
  openharmony: 'openharmony',
};

/** Reads the platform out of a package's name; undefined where it names none. */
export function parsePlatformPackage(name: string): PlatformPackage | undefined {
  const pattern =
    /^(.*?[/-]|)(linuxmusl|linux|darwin|win32|windows|freebsd|openbsd|netbsd|sunos|android|aix|openharmony)[-_](.+)$/;
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const [, family = '', system = '', rest = ''] = match;
  // `sass-embedded-linux-musl-arm64` has the libc before the CPU.
  const early = /^(musl|gnu|glibc)[-_](?=.)/.exec(rest);
  const cpu = early === null ? rest : rest.slice(early[0].length);
  const parts = /^([a-z0-9_]+?)(?:[-_](musl|gnu|glibc|msvc|gnueabihf|musleabihf|gnueabi|musleabi|eabi))?$/.exec(cpu);
  if (parts === null) return undefined;
  const architecture = Object.keys(WORDS).find((key) => WORDS[key]!.includes(parts[1]!));
  if (architecture === undefined) return undefined;
  const musl = system === 'linuxmusl' || early?.[1] === 'musl' || (parts[2] ?? '').startsWith('musl');
  return { family, os: SYSTEMS[system] ?? system, architecture, libc: musl ? 'musl' : 'glibc' };
}
