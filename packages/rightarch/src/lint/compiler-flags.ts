import { type Platform, parsePlatform } from '../core/index.ts';
import type { Instruction, Span } from '../dockerfile/index.ts';
import { type StepView, wholeText } from './documents/dockerfile.ts';
import { type ShellCommand, shownText } from './documents/shell.ts';

const AMD64 = parsePlatform('linux/amd64')!;
const I386 = parsePlatform('linux/386')!;
const ARM64 = parsePlatform('linux/arm64')!;
const ARM_V7 = parsePlatform('linux/arm/v7')!;
const ARM_V6 = parsePlatform('linux/arm/v6')!;

/**
 * Whose GCC takes a flag: that of 32-bit x86 all of x86 (`gcc -m32 -march=x86-64-v3`, seen of GCC 12, 2026-11-30), that of
 * 32-bit Arm what is Armv8 too (gcc.gnu.org/onlinedocs/gcc/ARM-Options.html), that of 64-bit Arm none of 32 bits.
 */
const OF_X86 = ['amd64', '386'];
const OF_ARM = ['arm64', 'arm'];
const OF_ARM_32 = ['arm'];
/** `-m64`, `-m32`: of IBM's machines too (…/RS_002f6000-and-PowerPC-Options.html, …/S_002f390-and-zSeries-Options.html). */
const OF_WIDTH = ['amd64', '386', 's390x', 'ppc64le'];

/** What a compiler is told to use: whatever the building machine has, or what the CPUs of a level have. */
export interface CpuFlag {
  readonly flag: string;
  /** Of `native`, whichever is built for. */
  readonly platform: Platform | undefined;
  /** The architectures whose compilers take it. */
  readonly takenBy: readonly string[];
  readonly level: CpuLevel | undefined;
  /** A compiler for another CPU takes it for an error; rustc and Go pass over it. */
  readonly isStrict: boolean;
}

/** Above what every CPU of the platform has; the levels of x86-64, and the versions of Arm's architecture where CPUs in use part. */
export type CpuLevel = 'native' | 'v3' | 'v4' | (typeof ARM_LEVELS)[number];

/** Each is on machines that the one before it is not on. */
const ARM_LEVELS = ['armv8.2', 'armv8.4', 'sve', 'armv8.7', 'armv9'] as const;

/**
 * What GCC calls CPUs of x86-64 above its second level (gcc.gnu.org/onlinedocs/gcc/x86-Options.html, read 2026-11-30); those with
 * AVX-512 are of the fourth.
 */
const X86_V4 =
  /^(?:x86-64-v4|skylake-avx512|cannonlake|cascadelake|cooperlake|icelake-(?:client|server)|tigerlake|rocketlake|sapphirerapids|emeraldrapids|graniterapids|znver[45])$/;
const X86_V3 = /^(?:x86-64-v3|haswell|core-avx2|broadwell|skylake|alderlake|bdver4|znver[123])$/;
const X86 =
  /^(?:x86-64(?:-v2)?|nocona|core2|nehalem|corei7|westmere|sandybridge|ivybridge|corei7-avx|core-avx-i|k8|opteron|amdfam10|bdver[123]|btver[12])$/;
const X86_32 = /^(?:i[3-6]86|pentium\w*)$/;

/**
 * What it calls those of Arm (…/AArch64-Options.html). Below: Cortex-A72, of the Raspberry Pi 4 and of Amazon's A1, is an
 * Armv8.0; Neoverse N1, of Graviton2 and Ampere Altra, an Armv8.2 without SVE; Neoverse V1, of Graviton3, an Armv8.4 with it
 * (github.com/aws/aws-graviton-getting-started, README, read 2026-11-30). Which versions are none of SVE: those of Apple and of
 * Ampere are Armv8.4 to 8.7 without it, and no Armv8 has it by its version (gcc/config/aarch64/aarch64-cores.def).
 */
const ARM_9 = /^(?:armv9(?:\.\d)?-a|neoverse-(?:n[23]|v[23]|v3ae)|cortex-(?:a[57]\d\d|x[2-4]|x925)|grace|cobalt-100)$/;
const ARM_8_7 = /^(?:armv8\.[7-9]-a|apple-m4)$/;
const SVE = /^(?:neoverse-(?:v1|512tvb)|zeus|a64fx)$/;
const ARM_8_4 = /^(?:armv8\.[3-6]-a|ampere1\w?|apple-(?:a1[3-7]|m[123]))$/;
const ARM_8_2 =
  /^(?:armv8\.[12]-a|neoverse-(?:n1|e1)|ares|cortex-(?:a55|a65\w*|a7[5-8]\w*|x1c?)|apple-a12|tsv110|octeontx2\w*)$/;
const ARM_8 = /^(?:armv8-a|cortex-a(?:3[45]|53|57|7[23])(?:\.cortex-a\d\d)?|thunderx\w*|xgene1|generic-armv8-a)$/;
const ARM_7 = /^(?:armv7[\w-]*|cortex-a(?:[5789]|1[57]))$/;
const ARM_6 = /^(?:armv6[\w-]*|arm1176\w*)$/;

const KNOWN: readonly (readonly [RegExp, Platform, readonly string[], CpuLevel?])[] = [
  [X86_V4, AMD64, OF_X86, 'v4'],
  [X86_V3, AMD64, OF_X86, 'v3'],
  [X86, AMD64, OF_X86],
  [X86_32, I386, OF_X86],
  [ARM_9, ARM64, OF_ARM, 'armv9'],
  [ARM_8_7, ARM64, OF_ARM, 'armv8.7'],
  [SVE, ARM64, OF_ARM, 'sve'],
  [ARM_8_4, ARM64, OF_ARM, 'armv8.4'],
  [ARM_8_2, ARM64, OF_ARM, 'armv8.2'],
  [ARM_8, ARM64, OF_ARM],
  [ARM_7, ARM_V7, OF_ARM_32],
  [ARM_6, ARM_V6, OF_ARM_32],
];

/** GCC's and Clang's `-march` and `-mcpu`, rustc's `target-cpu`, Go's `GOAMD64`. `-mtune` changes no instruction set. */
const NAMED = /(?<![\w-])(?:-C)?(-m(?:arch|cpu)=|target-cpu=|GOAMD64=)([\w.-]+)((?:\+\w+)*)/;
/**
 * What rustc is told that a CPU has: `-C target-feature=+avx2,-sse3`. It passes over one that another target has (`unknown and
 * unstable feature specified`, seen of 1.95, 2026-11-30), so that the level is all that it says.
 */
const FEATURES = /(?<![\w-])(?:-C)?(target-feature=)([\w+.,-]+)/;
/**
 * Of x86-64 those that came with its third and fourth level (gitlab.com/x86-psABIs/x86-64-ABI, x86-64-ABI/low-level-sys-info.tex);
 * AVX alone came before. Of Arm LSE and RDM with Armv8.1, which nothing in use has without 8.2; Armv8.0 has NEON, CRC and AES, mostly.
 */
const LEVEL_OF_FEATURE: readonly (readonly [RegExp, Platform, CpuLevel])[] = [
  [/^avx512\w*$/, AMD64, 'v4'],
  [/^(?:avx2|bmi1|bmi2|fma|lzcnt)$/, AMD64, 'v3'],
  [/^sve2[\w-]*$/, ARM64, 'armv9'],
  [/^sve$/, ARM64, 'sve'],
  [/^(?:lse|rdm|dotprod|fp16)$/, ARM64, 'armv8.2'],
];
/** Options of 32-bit Arm: `unrecognized command-line option` for GCC of 64 bits and of x86 (ARM-Options.html; seen of GCC 12). */
const ARM_OPTION = /(?:^|[\s="'])(-m(?:fpu=[\w-]+|float-abi=(?:hard|softfp|soft)|thumb|arm))(?=$|[\s"'])/;
/** Instructions that only x86 has: another compiler has no such option. */
const X86_OPTION = /(?:^|[\s="'])(-m(?:avx\w*|sse[\w.]*|ssse3|fma|f16c|bmi2?|popcnt|aes|pclmul|64|32))(?=$|[\s"'])/;

export function cpuFlagIn(text: string): CpuFlag | undefined {
  const [, option, name, features = ''] = NAMED.exec(text) ?? [];
  if (option === undefined || name === undefined) {
    const asked = rustFeature(text);
    if (asked !== undefined) return asked;
    const arm = ARM_OPTION.exec(text)?.[1];
    if (arm !== undefined) return { flag: arm, platform: ARM_V7, takenBy: OF_ARM_32, level: undefined, isStrict: true };
    const own = X86_OPTION.exec(text)?.[1];
    if (own === undefined) return undefined;
    const takenBy = /^-m(?:64|32)$/.test(own) ? OF_WIDTH : OF_X86;
    return { flag: own, platform: own === '-m32' ? I386 : AMD64, takenBy, level: undefined, isStrict: true };
  }
  const flag = `${option}${name}${features}`;
  const isStrict = option.startsWith('-m');
  if (name === 'native') return { flag, platform: undefined, takenBy: [], level: 'native', isStrict: false };
  if (option === 'GOAMD64=') {
    const level = /^v[34]$/.test(name) ? (name as 'v3' | 'v4') : undefined;
    return { flag, platform: AMD64, takenBy: ['amd64'], level, isStrict };
  }
  const [, platform, takenBy, level] = KNOWN.find(([pattern]) => pattern.test(name)) ?? [];
  if (platform === undefined || takenBy === undefined) return undefined;
  // SVE2 came with Armv9.
  const own = /\+sve2/.test(features) ? 'armv9' : /\+sve/.test(features) ? 'sve' : undefined;
  const higher = ARM_LEVELS.findLast((one) => one === level || one === own);
  return { flag, platform, takenBy, level: higher ?? level, isStrict };
}

/** The highest that it asks for. */
function rustFeature(text: string): CpuFlag | undefined {
  const [, option, list] = FEATURES.exec(text) ?? [];
  const asked = list?.split(',').flatMap((one) => (one.startsWith('+') ? [one.slice(1)] : []));
  for (const [name, platform, level] of LEVEL_OF_FEATURE) {
    const found = asked?.find((one) => name.test(one));
    if (found !== undefined) {
      const takenBy = platform === AMD64 ? OF_X86 : OF_ARM;
      return { flag: `${option}+${found}`, platform, takenBy, level, isStrict: false };
    }
  }
  return undefined;
}

interface FlagOfOneCpu {
  readonly token: string;
  readonly platform: Platform;
  readonly takenBy: readonly string[];
  readonly text: string;
  readonly span: Span;
}

/** Programs that hand such a flag to the compiler of their own machine; one for another CPU has that in its name. */
const COMPILES =
  /^(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran)(?:-[\d.]+)?$|^(?:cmake|make|ninja|meson|cargo|pip3?|(?:\.{0,2}\/\S*)?configure)$/;
/** Whoever compiles for another CPU says so, and which flags are right is then said by that. */
const CROSS =
  /(?:^|[\s=/"'])--?(?:target|host|arch)(?:=|\s|$)|-linux-(?:gnu|musl)|-w64-|TOOLCHAIN|CROSS_COMPILE|CMAKE_SYSTEM_|(?:^|\s)(?:CC|CXX)=|xx-|zig|emcc|nvcc/;
/** Read by `make`'s own rules, `configure`, `cmake` and setuptools; a compiler itself reads none of them. */
const FLAGS = /^(?:CFLAGS|CXXFLAGS|CPPFLAGS|FFLAGS)$/;
const READS_FLAGS = /^(?:cmake|make|meson|cargo|pip3?|(?:\.{0,2}\/\S*)?configure)$/;
/** What ENV sets for all is said to nobody: whether Cargo or pip compiles any C at all, their packages decide. */
const MAY_COMPILE_NOTHING = /^(?:cargo|pip3?)$/;
/** What `cmake` hands to every compilation; any other name is one that a project reads where it likes. */
const CMAKE_FLAGS = /^(?:-D)?CMAKE_(?:C|CXX|Fortran)_FLAGS\w*(?::\w+)?=/;
/** `AVX2_CFLAGS=-mavx2`: what a part of the project is compiled with, where there is such a CPU. */
const OF_A_PART = /^[^=]*(?:avx|sse\d|simd|fma|x86|x64|amd64|neon)[^=]*=/i;
/**
 * Clang passes over an option of another CPU: up to 17 with a warning (github.com/llvm/llvm-project/issues/64632), `-msse4.2` in
 * 18 too (issues/70143), and `-m64` means something to it on each.
 */
const CLANG = /clang|llvm/i;

/**
 * Flags of one CPU, in the steps of a stage that compiles for its own machine: the compiler of another ends with `unknown value
 * 'x86-64-v3' for '-march'`, `bad value 'neoverse-n1'`, `unrecognized command-line option '-mavx2'` (seen of GCC 12, 2026-11-30).
 * A command whose end nobody takes for the build's asks whether the compiler takes the flag, or has another behind it.
 */
export function flagsOfOneCpu(
  own: readonly StepView[],
  whole: () => readonly StepView[],
  file: readonly Instruction[],
): readonly FlagOfOneCpu[] {
  const found: (FlagOfOneCpu & { readonly isSet: boolean })[] = [];
  const add = (text: string, span: () => Span, isSet: boolean): void => {
    const { flag, platform, takenBy, isStrict } = cpuFlagIn(text) ?? {};
    if (flag !== undefined && platform !== undefined && takenBy !== undefined && isStrict === true)
      found.push({ token: flag, platform, takenBy, text: shownText(text), span: span(), isSet });
  };
  for (const { instruction, script } of own) {
    if (instruction.keyword === 'ENV')
      for (const { key, value } of instruction.pairs) if (FLAGS.test(key.text)) add(value.text, () => value.span, true);
    const commands = script?.commands ?? [];
    for (const [i, command] of commands.entries()) {
      const exported = isExport(command) ? command.words.filter(({ text }) => FLAGS.test(text.split('=', 1)[0]!)) : [];
      if (exported.length > 0 && commands.slice(i).some(takesEnvironment))
        for (const { text, from, to } of exported) add(text, () => script!.span(from, to), false);
      if (command.guardedByCpu || command.isCaught || !compiles(command)) continue;
      const before = found.length;
      for (const word of command.words)
        if (isHandedOn(word.text, command)) add(word.text, () => script!.span(word.from, word.to), false);
      for (const [name, value] of command.assigned)
        if (FLAGS.test(name) && READS_FLAGS.test(command.words[0]!.text))
          add(`${name}=${value}`, () => script!.span(command.from, command.to), false);
      found.splice(before + 1);
    }
  }
  if (found.length === 0) return [];
  const all = whole();
  const commands = all.flatMap(({ script }) => script?.commands ?? []);
  if (commands.some(isCross) || all.some(({ heeded }) => heeded.has('CC'))) return [];
  const mayBeClang = file.some((one) => CLANG.test(wholeText(one)));
  return found
    .filter(
      ({ isSet, token }) =>
        (!isSet || commands.some(takesEnvironment)) &&
        !(mayBeClang && (X86_OPTION.test(token) || ARM_OPTION.test(token))),
    )
    .map(({ isSet: _, ...one }) => one);
}

/** A compilation that every platform has, with the flags that ENV sets. */
const takesEnvironment = (command: ShellCommand): boolean => {
  const name = command.words[0]?.text ?? '';
  if (!READS_FLAGS.test(name) || MAY_COMPILE_NOTHING.test(name) || command.isCaught) return false;
  return ![...command.assigned.keys()].some((one) => FLAGS.test(one));
};

const isExport = ({ words, guarded, isCaught }: ShellCommand): boolean =>
  words[0]?.text === 'export' && !guarded && !isCaught;

/** Whether a compilation that every platform has is given what a word of the command says. */
const isHandedOn = (text: string, { words }: ShellCommand): boolean =>
  words[0]?.text === 'cmake' ? CMAKE_FLAGS.test(text) : !OF_A_PART.test(text);

const isCross = ({ words, assigned }: ShellCommand): boolean =>
  CROSS.test(words.map(({ text }) => text).join(' ')) ||
  ['CC', 'CXX', 'CROSS_COMPILE'].some((name) => assigned.has(name));

const compiles = ({ words }: ShellCommand): boolean => COMPILES.test(words[0]?.text ?? '');
