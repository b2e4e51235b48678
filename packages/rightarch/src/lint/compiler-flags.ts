import { type Platform, parsePlatform } from '../core/index.ts';
import type { Span } from '../dockerfile/index.ts';
import type { StepView } from './documents/dockerfile.ts';
import { type ShellCommand, shownText } from './documents/shell.ts';

const AMD64 = parsePlatform('linux/amd64')!;
const ARM64 = parsePlatform('linux/arm64')!;
const ARM_V7 = parsePlatform('linux/arm/v7')!;

/** What a compiler is told to use: whatever the building machine has, or what the CPUs of a level have. */
export interface CpuFlag {
  readonly flag: string;
  /** Of `native`, whichever is built for. */
  readonly platform: Platform | undefined;
  readonly level: CpuLevel | undefined;
  /** A compiler for another CPU takes it for an error; rustc and Go pass over it. */
  readonly isStrict: boolean;
}

/** Above what every CPU of the platform has; the levels of x86-64, and the versions of Arm's architecture where CPUs in use part. */
export type CpuLevel = 'native' | 'v3' | 'v4' | 'armv8.2' | 'armv8.4' | 'armv9';

/**
 * What GCC calls CPUs of x86-64 above its second level (gcc.gnu.org/onlinedocs/gcc/x86-Options.html, read 2026-11-30); those with
 * AVX-512 are of the fourth.
 */
const X86_V4 =
  /^(?:x86-64-v4|skylake-avx512|cannonlake|cascadelake|cooperlake|icelake-(?:client|server)|tigerlake|rocketlake|sapphirerapids|emeraldrapids|graniterapids|znver[45])$/;
const X86_V3 = /^(?:x86-64-v3|haswell|core-avx2|broadwell|skylake|alderlake|bdver4|znver[123])$/;
const X86 =
  /^(?:x86-64(?:-v2)?|nocona|core2|nehalem|corei7|westmere|sandybridge|ivybridge|corei7-avx|core-avx-i|k8|opteron|amdfam10|bdver[123]|btver[12]|i[3-6]86|pentium\w*)$/;

/**
 * What it calls those of Arm (…/AArch64-Options.html). Below: Cortex-A72, of the Raspberry Pi 4 and of Amazon's A1, is an
 * Armv8.0; Neoverse N1, of Graviton2 and Ampere Altra, an Armv8.2 without SVE; Neoverse V1, of Graviton3, an Armv8.4 with it
 * (github.com/aws/aws-graviton-getting-started, README, read 2026-11-30).
 */
const ARM_9 =
  /^(?:armv9(?:\.\d)?-a|armv8\.[7-9]-a|neoverse-(?:n[23]|v[23]|v3ae)|cortex-(?:a[57]\d\d|x[2-4]|x925)|apple-m4|grace|cobalt-100)$/;
const ARM_8_4 = /^(?:armv8\.[3-6]-a|neoverse-(?:v1|512tvb)|cortex-x1c?|zeus|ampere1\w?|apple-(?:a1[2-7]|m[123]))$/;
const ARM_8_2 =
  /^(?:armv8\.[12]-a|neoverse-(?:n1|e1)|ares|cortex-(?:a55|a65\w*|a7[5-8]\w*)|a64fx|tsv110|octeontx2\w*)$/;
const ARM_8 = /^(?:armv8-a|cortex-a(?:3[45]|53|57|7[23])(?:\.cortex-a\d\d)?|thunderx\w*|xgene1|generic-armv8-a)$/;
const ARM_7 = /^(?:armv[67][\w-]*|cortex-a(?:[5789]|1[57])|arm1176\w*)$/;

const KNOWN: readonly (readonly [RegExp, Platform, CpuLevel | undefined])[] = [
  [X86_V4, AMD64, 'v4'],
  [X86_V3, AMD64, 'v3'],
  [X86, AMD64, undefined],
  [ARM_9, ARM64, 'armv9'],
  [ARM_8_4, ARM64, 'armv8.4'],
  [ARM_8_2, ARM64, 'armv8.2'],
  [ARM_8, ARM64, undefined],
  [ARM_7, ARM_V7, undefined],
];

/** GCC's and Clang's `-march` and `-mcpu`, rustc's `target-cpu`, Go's `GOAMD64`. `-mtune` changes no instruction set. */
const NAMED = /(?<![\w-])(?:-C)?(-m(?:arch|cpu)=|target-cpu=|GOAMD64=)([\w.-]+)((?:\+\w+)*)/;
/** Instructions that only x86 has: another compiler has no such option. */
const X86_OPTION = /(?:^|[\s="'])(-m(?:avx\w*|sse[\w.]*|ssse3|fma|f16c|bmi2?|popcnt|aes|pclmul|64|32))(?=$|[\s"'])/;

export function cpuFlagIn(text: string): CpuFlag | undefined {
  const [, option, name, features = ''] = NAMED.exec(text) ?? [];
  if (option === undefined || name === undefined) {
    const own = X86_OPTION.exec(text)?.[1];
    return own === undefined ? undefined : { flag: own, platform: AMD64, level: undefined, isStrict: true };
  }
  const flag = `${option}${name}${features}`;
  const isStrict = option.startsWith('-m');
  if (name === 'native') return { flag, platform: undefined, level: 'native', isStrict: false };
  if (option === 'GOAMD64=')
    return { flag, platform: AMD64, level: /^v[34]$/.test(name) ? (name as 'v3' | 'v4') : undefined, isStrict };
  const [, platform, level] = KNOWN.find(([pattern]) => pattern.test(name)) ?? [];
  if (platform === undefined) return undefined;
  // SVE came with Neoverse V1, SVE2 with Armv9.
  const withFeatures = /\+sve2/.test(features) ? 'armv9' : /\+sve/.test(features) ? 'armv8.4' : level;
  return { flag, platform, level: level === 'armv9' ? level : withFeatures, isStrict };
}

interface FlagOfOneCpu {
  readonly token: string;
  readonly platform: Platform;
  readonly text: string;
  readonly span: Span;
}

/** Programs that hand such a flag to the compiler of their own machine; one for another CPU has that in its name. */
const COMPILES =
  /^(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran)(?:-[\d.]+)?$|^(?:cmake|make|ninja|meson|cargo|pip3?|(?:\.{0,2}\/\S*)?configure)$/;
/** Whoever compiles for another CPU says so, and which flags are right is then said by that. */
const CROSS =
  /(?:^|[\s=/"'])--?(?:target|host|arch)(?:=|\s|$)|-linux-(?:gnu|musl)|-w64-|TOOLCHAIN|CROSS_COMPILE|CMAKE_SYSTEM_|(?:^|\s)(?:CC|CXX)=|xx-|zig|emcc|nvcc/;
/** Read by `make`'s own rules, `configure`, `cmake` and setuptools. */
const FLAGS = /^(?:CFLAGS|CXXFLAGS|CPPFLAGS|FFLAGS)$/;

/**
 * Flags of one CPU, in the steps of a stage that compiles for its own machine: the compiler of another ends with `unknown value
 * 'x86-64-v3' for '-march'`, `bad value 'neoverse-n1'`, `unrecognized command-line option '-mavx2'` (seen of GCC 12, 2026-11-30).
 */
export function flagsOfOneCpu(own: readonly StepView[], whole: () => readonly StepView[]): readonly FlagOfOneCpu[] {
  const found: (FlagOfOneCpu & { readonly isSet: boolean })[] = [];
  const add = (text: string, span: () => Span, isSet: boolean): void => {
    const { flag, platform, isStrict } = cpuFlagIn(text) ?? {};
    if (flag !== undefined && platform !== undefined && isStrict === true)
      found.push({ token: flag, platform, text: shownText(text), span: span(), isSet });
  };
  for (const { instruction, script } of own) {
    if (instruction.keyword === 'ENV')
      for (const { key, value } of instruction.pairs) if (FLAGS.test(key.text)) add(value.text, () => value.span, true);
    for (const command of script?.commands ?? []) {
      if (command.guardedByCpu || !compiles(command)) continue;
      const before = found.length;
      for (const word of command.words) add(word.text, () => script!.span(word.from, word.to), false);
      for (const [name, value] of command.assigned)
        if (FLAGS.test(name)) add(`${name}=${value}`, () => script!.span(command.from, command.to), false);
      found.splice(before + 1);
    }
  }
  if (found.length === 0) return [];
  const all = whole();
  const commands = all.flatMap(({ script }) => script?.commands ?? []);
  if (commands.some(isCross) || all.some(({ heeded }) => heeded.has('CC'))) return [];
  return found.filter(({ isSet }) => !isSet || commands.some(compiles)).map(({ isSet: _, ...one }) => one);
}

const isCross = ({ words, assigned }: ShellCommand): boolean =>
  CROSS.test(words.map(({ text }) => text).join(' ')) ||
  ['CC', 'CXX', 'CROSS_COMPILE'].some((name) => assigned.has(name));

const compiles = ({ words }: ShellCommand): boolean => COMPILES.test(words[0]?.text ?? '');
