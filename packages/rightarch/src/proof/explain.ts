import type { Platform } from '../core/index.ts';
import { type ElfFacts, isDeviceCode, machineFit, machinePlatform, otherSystem } from '../scan/index.ts';
import { cpuWordsOf, swapCpuWord, wordsIn } from './cpu-words.ts';
import { isForArchitecture, isSameLibrary, ridLibrary, ridsFor } from './dotnet.ts';
import { isAccelerator, packageOf } from './node-packages.ts';

/** One file with machine code that does not fit, and what may be asked about the tree around it. */
export interface ForeignCode {
  /** Absolute, links followed. */
  readonly path: string;
  readonly facts: ElfFacts;
  readonly declared: Platform;
  /** Permission bits. */
  readonly mode: number;
  /** True where a runtime of the image would load this very file: a `.node` of a package, an extension module. */
  readonly isLoadable: boolean;
  /** True where this path is a file with machine code for the declared platform. */
  fits(path: string): boolean;
  /** True where a directory holds, at any depth, a file with machine code for the declared platform; with that name. */
  holdsFit(directory: string, name?: string): boolean;
  /** Names in a directory. */
  names(directory: string): readonly string[];
}

/** Why foreign machine code is there on purpose. Each rule has a test in which its right twin is removed. */
export interface PurposeRule {
  readonly id: string;
  explains(file: ForeignCode): boolean;
}

const SYSTEM_NAMES = /(^|[^a-z])(hpux|netbsd|solaris|sunos|illumos|aix|irix|freebsd|openbsd)(?![a-z])/i;

/**
 * Programs of another system, as packages with prebuilt files for every system bring them. Where a runtime would load
 * the file, the name has to say it: glibc and musl refuse it there (elf/dl-load.c, "ELF file OS ABI invalid").
 */
const anotherSystem: PurposeRule = {
  id: 'another-system',
  explains: ({ path, facts, isLoadable }) =>
    otherSystem(facts) !== undefined && (!isLoadable || SYSTEM_NAMES.test(path)),
};

/** Debian's triplets by architecture (wiki.debian.org/Multiarch/Tuples). */
const TRIPLETS: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86_64-linux-gnu', 'x86_64-linux-musl'],
  arm64: ['aarch64-linux-gnu', 'aarch64-linux-musl'],
  arm: ['arm-linux-gnueabihf', 'arm-linux-gnueabi'],
  '386': ['i386-linux-gnu', 'i686-linux-gnu'],
  riscv64: ['riscv64-linux-gnu'],
  ppc64le: ['powerpc64le-linux-gnu'],
  s390x: ['s390x-linux-gnu'],
  loong64: ['loongarch64-linux-gnu'],
};

const LIBRARIES = /^(\/usr)?\/lib\/([a-z0-9_]+-linux-[a-z]+)\//;
/** Where Debian has the libraries of the other ABIs of its CPU, and gcc what it links for them. */
const OTHER_ABIS = /^(?:\/usr)?\/lib(x?32)\/|^\/usr\/lib\/gcc\/[^/]+\/[^/]+\/(x?32)\//;
/** Red Hat has those of 32 bits in lib, and those of the platform in lib64. */
const IN_LIB = /^(?:\/usr)?\/lib\/([^/]+\.so[^/]*)$/;

/** Libraries for 32 bits of the same CPU family (gcc-multilib, glibc.i686), beside those of the platform's own. */
const multilib: PurposeRule = {
  id: 'multilib',
  explains({ path, facts, declared, fits, holdsFit }) {
    const isX32 = facts.machine === 62 && facts.bits === 32;
    if (declared.architecture !== 'amd64' || facts.type !== 3 || !(isX32 || facts.machine === 3)) return false;
    const [, directory, ofGcc] = OTHER_ABIS.exec(path) ?? [];
    const abi = directory ?? ofGcc;
    if (abi !== undefined) return (abi === 'x32') === isX32 && holdsFit(`/usr/lib/${TRIPLETS['amd64']![0]!}`);
    const name = IN_LIB.exec(path)?.[1];
    if (name === undefined || isX32) return false;
    return fits(`/usr/lib64/${name === 'ld-linux.so.2' ? 'ld-linux-x86-64.so.2' : name}`);
  },
};

const TOOLCHAINS = /^\/usr\/(?:lib\/gcc-cross\/|lib\/gcc\/)?([a-z0-9_]+-linux-[a-z]+)\//;

/** Libraries of a second architecture under its own triplet, beside those of the platform's own. */
const multiarch: PurposeRule = {
  id: 'multiarch',
  explains({ path, facts, declared, holdsFit }) {
    const triplet = LIBRARIES.exec(path)?.[2];
    const found = machinePlatform(facts)?.architecture;
    if (triplet === undefined || found === undefined || !TRIPLETS[found]?.includes(triplet)) return false;
    const own = TRIPLETS[declared.architecture] ?? [];
    return !own.includes(triplet) && own.some((twin) => holdsFit(`/usr/lib/${twin}`) || holdsFit(`/lib/${twin}`));
  },
};

/** The target libraries of a cross compiler, beside the compiler's own programs. */
const crossToolchain: PurposeRule = {
  id: 'cross-toolchain',
  explains({ path, facts, names, fits }) {
    const triplet = TOOLCHAINS.exec(path)?.[1];
    const found = machinePlatform(facts)?.architecture;
    if (triplet === undefined || found === undefined || !TRIPLETS[found]?.includes(triplet)) return false;
    return names('/usr/bin').some((name) => name.startsWith(`${triplet}-`) && fits(`/usr/bin/${name}`));
  },
};

/** Any other cross toolchain: `<prefix>/bin/<triplet>-gcc` runs here, `<prefix>/<triplet>/` and what gcc has are for there. */
const prefixedToolchain: PurposeRule = {
  id: 'cross-toolchain',
  explains({ path, facts, names, fits }) {
    const found = machinePlatform(facts);
    const match = /^(\/.+?)\/(?:lib(?:exec)?\/gcc\/)?([a-z0-9_]+(?:-[a-z0-9_]+)?-linux-[a-z]+)\//.exec(path);
    if (match === null || found === undefined) return false;
    const [, prefix = '', triplet = ''] = match;
    const [cpu = ''] = triplet.split('-');
    if (!cpuWordsOf(found).includes(cpu)) return false;
    return names(`${prefix}/bin`).some((name) => name.startsWith(`${triplet}-`) && fits(`${prefix}/bin/${name}`));
  },
};

/** Rust's standard libraries for other targets (`rustup target add`), beside those that its compiler itself needs. */
const rustTargets: PurposeRule = {
  id: 'rust-target',
  explains({ path, facts, declared, names, holdsFit }) {
    const match = /^(.*\/rustlib)\/([a-z0-9_]+)-[^/]+\/lib\//.exec(path);
    const found = machinePlatform(facts);
    if (match === null || found === undefined || !cpuWordsOf(found).includes(match[2]!)) return false;
    const own = new Set(cpuWordsOf(declared));
    return names(match[1]!).some((name) => own.has(name.split('-')[0]!) && holdsFit(`${match[1]}/${name}/lib`));
  },
};

/** Files that tests read: no Go tool looks into a directory of this name (pkg.go.dev/cmd/go, "testdata"). */
const goTestData: PurposeRule = {
  id: 'go-test-data',
  explains: ({ path, isLoadable }) => !isLoadable && /\/(?:src|pkg\/mod)\/(?:[^/]+\/)+testdata\//.test(path),
};

/**
 * What an emulator or a boot loader starts a machine of its own with, where their packages have it (Debian 12:
 * qemu-system-data, u-boot-qemu, grub-pc-bin, syslinux-common): for bare metal, and nobody may execute it here.
 */
const firmware: PurposeRule = {
  id: 'firmware',
  explains: ({ path, mode }) =>
    (mode & 0o111) === 0 &&
    /^\/usr\/(?:local\/)?(?:share\/(?:qemu|u-boot|uboot)|lib\/(?:u-boot|grub|syslinux))\//.test(path),
};

/**
 * `prebuilds/<os>-<cpu>/` as node-gyp-build and prebuildify lay it out; the right one is beside it, or the package goes
 * on in plain JavaScript where none is for this CPU: bufferutil brings Linux's for x86-64 alone.
 */
const prebuilds: PurposeRule = {
  id: 'prebuilds',
  explains({ path, facts, declared, names, holdsFit }) {
    const match = /^(.*\/prebuilds)\/([^/]+)\//.exec(path);
    if (match === null) return false;
    const [, root = '', own = ''] = match;
    // A file in a directory that is named for another CPU than its own is wrong, not on purpose.
    if (!namesItself(own, facts)) return false;
    const owner = packageOf(path);
    if (owner !== undefined && isAccelerator(owner)) return true;
    // node-gyp-build looks into build/Release before prebuilds.
    if (holdsFit(`${root.slice(0, -'prebuilds'.length)}build/Release`)) return true;
    const words = new Set(cpuWordsOf(declared));
    return names(root).some(
      (name) => /^linux/.test(name) && wordsIn(name).some((word) => words.has(word)) && holdsFit(`${root}/${name}`),
    );
  },
};

const PRISMA = /^((?:lib)?(?:query|schema|migration|introspection)[-_]engine)-/;

/** Prisma's engines by binaryTargets: the x86-64 one is named for Debian or RHEL only, so names do not tell. */
const prismaEngines: PurposeRule = {
  id: 'prisma-engines',
  explains({ path, names, fits }) {
    const slash = path.lastIndexOf('/');
    const directory = path.slice(0, slash);
    const kind = PRISMA.exec(path.slice(slash + 1))?.[1];
    return (
      kind !== undefined &&
      names(directory).some((name) => PRISMA.exec(name)?.[1] === kind && fits(`${directory}/${name}`))
    );
  },
};

/** Files whose path names their CPU, with the same path for the platform's own CPU beside them. */
const namedTwin: PurposeRule = {
  id: 'named-twin',
  explains({ path, facts, declared, fits }) {
    const found = machinePlatform(facts);
    if (found === undefined) return false;
    const parts = path.split('/');
    // From the file upwards: the directory or file that carries the CPU's name.
    for (let i = parts.length - 1; i > 0; i--) {
      if (!namesItself(parts[i]!, facts)) continue;
      for (const swapped of swapCpuWord(path, found, declared)) if (fits(swapped)) return true;
      return false;
    }
    return false;
  },
};

/**
 * Directories named for their CPU whose insides are laid out differently: cmake-ts has
 * `build/linux/x64/node/108/addon.node` beside `build/linux/arm64/node/glibc-127-Release/addon.node`.
 */
const namedDirectory: PurposeRule = {
  id: 'named-directory',
  explains({ path, facts, declared, holdsFit }) {
    const found = machinePlatform(facts);
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    if (found === undefined) return false;
    for (let i = parts.length; i > 1; i--) {
      if (!namesItself(parts[i - 1]!, facts)) continue;
      const directory = parts.slice(0, i).join('/');
      return swapCpuWord(directory, found, declared).some((twin) => twin !== directory && holdsFit(twin, name));
    }
    return false;
  },
};

/**
 * What debugpy injects into a process that it attaches to. It is there for x86 only, is named for it, and its caller
 * refuses other CPUs itself (pydevd_attach_to_process/add_code_to_python_process.py), so no import ever loads it.
 */
const debuggerAttach: PurposeRule = {
  id: 'debugger-attach',
  explains: ({ path, facts }) => {
    const named = /\/pydevd_attach_to_process\/attach_linux_(amd64|x86)\.so$/.exec(path)?.[1];
    const own = machinePlatform(facts)?.architecture;
    return named !== undefined && own === (named === 'x86' ? '386' : 'amd64');
  },
};

/**
 * NuGet's native libraries of every runtime identifier side by side; .NET takes those of its own. The same library must
 * be there for the platform's architecture, by whatever system it is named.
 */
const dotnetRids: PurposeRule = {
  id: 'dotnet-rids',
  explains({ path, declared, names, holdsFit }) {
    const own = ridLibrary(path);
    if (own === undefined || isForArchitecture(own, declared.architecture)) return false;
    const root = `${own.application}/runtimes`;
    return ridsFor(names(root), declared.architecture).some((rid) => {
      const directory = `${root}/${rid}/native`;
      return names(directory).some((name) => isSameLibrary(own.name, name) && holdsFit(directory, name));
    });
  },
};

function namesItself(name: string, facts: ElfFacts): boolean {
  const found = machinePlatform(facts);
  if (found === undefined) return false;
  const own = new Set(cpuWordsOf(found));
  return wordsIn(name).some((word) => own.has(word));
}

/** Every rule there is. What none of them explains is unexplained. */
export const purposeRules: readonly PurposeRule[] = [
  anotherSystem,
  multiarch,
  multilib,
  crossToolchain,
  prefixedToolchain,
  rustTargets,
  goTestData,
  firmware,
  prebuilds,
  prismaEngines,
  namedTwin,
  namedDirectory,
  debuggerAttach,
  dotnetRids,
];

/** The rule that explains why a file that does not fit is there; undefined where nothing does. */
export function explainForeign(file: ForeignCode): string | undefined {
  return purposeRules.find((rule) => rule.explains(file))?.id;
}

/**
 * True for what is no program of any CPU of a container, whatever it fits: objects, core dumps, separate debug
 * information, firmware, code of GPUs and BPF, and what is for no machine at all (EM_NONE: Guile's compiled modules).
 */
export function isInert({ path, facts }: Pick<ForeignCode, 'path' | 'facts'>): boolean {
  return (
    facts.type === 1 ||
    facts.type === 4 ||
    facts.machine === 0 ||
    isDeviceCode(facts) ||
    /^\/(usr\/)?lib\/(debug|firmware)\//.test(path) ||
    /\.(ko|o|debug)$/.test(path)
  );
}

/** Machine code for the declared platform, sound and certain. */
export function fitsPlatform(facts: ElfFacts | undefined, declared: Platform): boolean {
  return facts !== undefined && !facts.damaged && machineFit(facts, declared).fit === 'match';
}
