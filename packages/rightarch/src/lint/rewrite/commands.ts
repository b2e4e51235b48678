import { posix } from 'node:path';
import type { Platform } from '../../core/index.ts';
import { mountsOf, type Run } from '../../dockerfile/index.ts';
import { certainLibc, imageBelow } from '../base-libc.ts';
import type { DockerfileView, StageView, StepView } from '../documents/dockerfile.ts';
import { OWN_CPU, type ShellCommand } from '../documents/shell.ts';
import type { TextEdit } from '../fixes.ts';
import type { Output } from '../native-output.ts';
import { isWithin, mountedAt, textOf } from '../placed.ts';
import { cpuWord, type Editor } from './edits.ts';
import { saysCpu } from './inside.ts';
import type { Obstacle, RewriteKind } from './types.ts';

/** What one command becomes on the builder's CPU, or what stands against it. */
export type Told =
  | { readonly kind: RewriteKind; readonly edits: readonly TextEdit[] }
  | { readonly why: Obstacle; readonly step: StepView; readonly command: string };

export interface Teller {
  readonly view: DockerfileView;
  readonly editor: Editor;
  readonly platforms: readonly Platform[];
  /** A file beside the Dockerfile. */
  readonly read: (path: string) => string | undefined;
}

/** The words of npm for CPUs (Node's process.arch), as packages name them in `cpu`. */
const NODE_CPUS = {
  amd64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  386: 'ia32',
  ppc64le: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
} as const;

/** The words of uv and of wheels for CPUs (uv's `--python-platform` knows these of Linux, 0.13.9). */
const PYTHON_CPUS = { amd64: 'x86_64', arm64: 'aarch64' } as const;

/**
 * glibc of Debian's releases (packages.debian.org/libc6, read 2026-11-29): what a wheel may ask for there is what uv finds by
 * itself on the CPU, and must be told from elsewhere. uv has levels up to 2.40.
 */
const GLIBC: Readonly<Record<string, string>> = { bullseye: '2_31', bookworm: '2_36', trixie: '2_40' };

/** Tells an install or a compiler the target's CPU. */
export function tell(teller: Teller, stage: StageView, output: Output): Told {
  const { step, by, what } = output;
  const command = textOf(by);
  switch (what) {
    case 'go':
      return tellGo(teller, stage, step, by);
    case 'node':
      return tellNode(teller, stage, step, by);
    case 'python':
      return tellPython(teller, stage, step, by);
    case 'download':
      return { why: 'download', step, command };
    case 'rust':
      return tellCargo(teller, stage, output);
    default:
      return { why: 'compiler', step, command };
  }
}

/**
 * `GOOS=$TARGETOS GOARCH=$TARGETARCH go build`: Go compiles for any CPU. cgo does not, and is off by itself for another CPU
 * (https://pkg.go.dev/cmd/cgo, read 2026-11-29), so a program that links with C is another one then: the comparison sees it.
 * CGO_ENABLED stays as it is.
 */
export function tellGo({ editor, platforms }: Teller, stage: StageView, step: StepView, by: ShellCommand): Told {
  const command = textOf(by);
  const heeds = (name: string) => by.assigned.get(name) ?? by.variables.get(name) ?? step.heeded.get(name);
  const needsC = by.words.some(({ text }) => /^-(?:race|msan|asan)$|^-buildmode=(?:c-|plugin|shared)/.test(text));
  if (heeds('CGO_ENABLED') === '1' || needsC) return { why: 'cgo', step, command };
  // `-X main.arch=$(uname -m)`: it would be told the builder's, and no comparison of programs sees that.
  if (by.words.some(({ text }) => text.includes(OWN_CPU))) return { why: 'inside', step, command };
  const said = saysCpu(step, by, 'words');
  if (said !== undefined) return { why: 'inside', step, command: said };
  const isArm = platforms.some(({ architecture }) => architecture === 'arm');
  const set: readonly (readonly [name: string, value: string, arg: string])[] = [
    ['GOOS', '$TARGETOS', 'TARGETOS'],
    ['GOARCH', '$TARGETARCH', 'TARGETARCH'],
    ...(isArm ? [['GOARM', '${TARGETVARIANT#v}', 'TARGETVARIANT'] as const] : []),
  ];
  const fresh = set.filter(([name]) => heeds(name) === undefined);
  const edit = editor.insert(step, by, 0, 'before', fresh.map(([name, value]) => `${name}=${value} `).join(''));
  if (edit === undefined) return { why: 'form', step, command };
  return {
    kind: 'go',
    edits: [
      ...editor.declare(
        stage,
        step,
        fresh.map(([, , arg]) => arg),
      ),
      edit,
    ],
  };
}

/** Debian's names for compilers of another CPU (packages.debian.org/gcc-x86-64-linux-gnu). */
const DEBIAN_CPUS = { amd64: 'x86-64', arm64: 'aarch64' } as const;

/**
 * `cargo build --target=…`, and what that needs before it: the standard library of that CPU from rustup, and a linker, both in
 * Debian's official images or one package away (https://doc.rust-lang.org/cargo/reference/config.html#targettriplelinker,
 * https://github.com/docker-library/rust, read 2026-11-30). What was made goes to where it is looked for: with a target that
 * is told, cargo has a directory for it.
 */
function tellCargo({ view, editor, platforms, read }: Teller, stage: StageView, { step, by, directory }: Output): Told {
  const command = textOf(by);
  const cpu = cpuWord(platforms, PYTHON_CPUS);
  const packages = cpuWord(platforms, DEBIAN_CPUS);
  const image = imageBelow(view, stage) ?? '';
  const isOfficial = /^(?:docker\.io\/)?(?:library\/)?rust(?::|@|$)/.test(image) && certainLibc(image) === 'glibc';
  const words = by.words.map(({ text }) => text);
  // Where it makes it, wherever it is put later.
  const profile = words.includes('--release') || words.includes('-r') ? 'release' : 'debug';
  // Where it writes, or with what, is said elsewhere.
  const isOwn =
    words.some((word) =>
      /^(?:--(?:target|target-dir|profile|manifest-path|config|artifact-dir)|-Z.*)(?:=|$)/.test(word),
    ) ||
    by.assigned.size > 0 ||
    ['CARGO_TARGET_DIR', 'CARGO_BUILD_TARGET', 'RUSTFLAGS'].some(
      (name) => by.variables.has(name) || step.heeded.has(name),
    ) ||
    ['.cargo/config.toml', '.cargo/config'].some((file) => read(file) !== undefined) ||
    isShared(step, posix.resolve(directory, 'target', profile));
  if (cpu === undefined || packages === undefined || !isOfficial || isOwn) return { why: 'cargo', step, command };
  const said = saysCpu(step, by, 'environment');
  if (said !== undefined) return { why: 'inside', step, command: said };
  const triple = `${cpu}-unknown-linux-gnu`;
  const linkers = [...new Set(platforms.map(({ architecture }) => PYTHON_CPUS[architecture as 'amd64'] ?? ''))].sort();
  const set = linkers.map((one) => `CARGO_TARGET_${one.toUpperCase()}_UNKNOWN_LINUX_GNU_LINKER=${one}-linux-gnu-gcc `);
  const to = `target/${profile}`;
  const take = `mkdir -p ${to} && find target/${triple}/${profile} -maxdepth 1 -type f -exec cp -p -t ${to} {} +`;
  const edits = [
    editor.insert(step, by, 0, 'before', set.join('')),
    editor.insert(step, by, 1, 'behind', ` --target=${triple}`),
    editor.insert(step, by, words.length - 1, 'behind', ` && ${take}`),
  ];
  if (!edits.every((edit) => edit !== undefined)) return { why: 'form', step, command };
  // Before the sources, so that it is done once: unless they say which toolchain it is.
  const isPinned = ['rust-toolchain.toml', 'rust-toolchain'].some((file) => read(file) !== undefined);
  const first = isPinned ? undefined : stage.steps.find(({ written }) => /^(?:COPY|ADD)$/.test(written.keyword));
  const tools = [
    `RUN rustup target add ${triple}`,
    `RUN command -v ${cpu}-linux-gnu-gcc || (apt-get update && apt-get install -y --no-install-recommends gcc-${packages}-linux-gnu libc6-dev-$TARGETARCH-cross)`,
  ];
  const before =
    stage.steps.includes(step) && first !== undefined && stage.steps.indexOf(first) < stage.steps.indexOf(step);
  return { kind: 'cargo', edits: [...editor.declare(stage, before ? first : step, ['TARGETARCH'], tools), ...edits] };
}

/** A cache that two platforms have at once is no place for the program of one of them. */
const isShared = ({ instruction, workdir }: StepView, path: string): boolean =>
  mountsOf(instruction as Run).some(({ fields }) => {
    const target = mountedAt(fields, workdir);
    return target !== undefined && isWithin(path, target);
  });

/** Of each family of packages the member for that CPU, as each package manager takes it. */
export function tellNode(teller: Teller, stage: StageView, step: StepView, by: ShellCommand): Told {
  const { view, editor, platforms, read } = teller;
  const command = textOf(by);
  const cpu = cpuWord(platforms, NODE_CPUS);
  const isMusl = certainLibc(imageBelow(view, stage)) === 'musl';
  const manager = managerOf(view, command, read);
  if (typeof manager !== 'string') return { ...manager, step, command };
  // What is set for one command is not set for the one before it.
  const edit =
    cpu === undefined || (manager === 'yarn' && by.assigned.size > 0)
      ? undefined
      : manager === 'yarn'
        ? // It has no flag, and no variable reaches into an object (yarnpkg.com/configuration/yarnrc, tried with 4.18.1).
          editor.insert(step, by, 0, 'before', yarnSettings(cpu, isMusl))
        : editor.insert(step, by, 1, 'behind', ` --os=linux --cpu=${cpu}${isMusl ? ' --libc=musl' : ''}`);
  if (edit === undefined) return { why: 'form', step, command };
  return { kind: manager, edits: [...editor.declare(stage, step, ['TARGETARCH']), edit] };
}

const yarnSettings = (cpu: string, isMusl: boolean): string =>
  [['os', 'linux'], ['cpu', cpu], ...(isMusl ? [['libc', 'musl']] : [])]
    .map(([name, value]) => `yarn config set --home supportedArchitectures.${name} ${value} && `)
    .join('');

/**
 * Who installs, where that one takes another CPU. npm: `--cpu` since 10.0 (docs.npmjs.com/cli/v10/using-npm/config). pnpm:
 * since 10.14 (https://github.com/pnpm/pnpm/releases/tag/v10.14.0). Yarn: `supportedArchitectures` since 3.1, what it links
 * for Plug'n'Play is another tree; Yarn 1 knows no other CPU than its own (https://github.com/yarnpkg/yarn/pull/8381).
 */
function managerOf(
  view: DockerfileView,
  command: string,
  read: Teller['read'],
): 'npm' | 'pnpm' | 'yarn' | { readonly why: Obstacle } {
  const [name = ''] = command.split(' ');
  if (name === 'npm') return 'npm';
  if (name === 'pnpm') {
    const [major = 0, minor = 0] = versionOf(view, 'pnpm', read) ?? [];
    return major > 0 && (major < 10 || (major === 10 && minor < 14)) ? { why: 'pnpm' } : 'pnpm';
  }
  if (name !== 'yarn') return { why: 'manager' };
  const lock = read('yarn.lock');
  if (lock !== undefined ? !/^__metadata:/m.test(lock) : (versionOf(view, 'yarn', read)?.[0] ?? 1) < 2)
    return { why: 'yarn-classic' };
  return /^nodeLinker:\s*["']?node-modules/m.test(read('.yarnrc.yml') ?? '') ? 'yarn' : { why: 'yarn-pnp' };
}

/** The version of a package manager that the Dockerfile or package.json names. */
function versionOf({ dockerfile }: DockerfileView, name: string, read: Teller['read']): readonly number[] | undefined {
  const named = new RegExp(`\\b${name}@\\^?v?(\\d+)(?:\\.(\\d+))?`);
  const found =
    named.exec(dockerfile.text) ??
    named.exec(/"packageManager"\s*:\s*"[^"]*"/.exec(read('package.json') ?? '')?.[0] ?? '');
  // `pnpm@10` is the last of its line.
  return found === null ? undefined : [Number(found[1]), Number(found[2] ?? Number.POSITIVE_INFINITY)];
}

/**
 * uv resolves for the platform that it is told, markers too. pip takes one with `--target` alone, but asks Python for it
 * (packaging.tags calls sysconfig.get_platform()), and Python heeds what its own cross builds set: _PYTHON_HOST_PLATFORM
 * (CPython 3.14, Lib/sysconfig/__init__.py; pip 23.2 and 25.3 tried 2026-11-30). The libc stays that of the image. pip's
 * markers stay those of the builder (pypa/pip#6117): what it leaves is compared.
 */
function tellPython(teller: Teller, stage: StageView, step: StepView, by: ShellCommand): Told {
  const { view, editor, platforms } = teller;
  const command = textOf(by);
  const cpu = cpuWord(platforms, PYTHON_CPUS);
  const words = by.words.map(({ text }) => text);
  // Plain Python, whoever installs it.
  if (
    words
      .slice(words.indexOf('install') + 1)
      .every((word) => /^(?:-U|--upgrade|--no-cache-dir|pip|setuptools|wheel)(?:[=<>].*)?$/.test(word))
  )
    return { kind: 'neutral', edits: [] };
  // Poetry has no such flag, and what it asks Python for was not tried.
  if (/^poetry$/.test(words[0] ?? '')) return { why: 'manager', step, command };
  const isUv = words[0] !== undefined && posix.basename(words[0]) === 'uv';
  const platform = isUv ? uvPlatform(imageBelow(view, stage)) : '';
  if (cpu === undefined || platform === undefined) return { why: 'pip', step, command };
  const args = editor.declare(stage, step, ['TARGETARCH']);
  const verb = words.findIndex((word) => /^(?:sync|install|wheel)$/.test(word));
  const [before, behind] = isUv
    ? ['', ` --python-platform=${cpu}-${platform}`]
    : [
        `_PYTHON_HOST_PLATFORM=linux-${cpu} `,
        words.some((word) => word.startsWith('--only-binary')) ? '' : ' --only-binary=:all:',
      ];
  const edits = [editor.insert(step, by, 0, 'before', before), editor.insert(step, by, verb, 'behind', behind)];
  if (verb < 0 || !edits.every((edit) => edit !== undefined)) return { why: 'form', step, command };
  return { kind: 'python', edits: [...args, ...edits] };
}

function uvPlatform(image: string | undefined): string | undefined {
  const libc = certainLibc(image);
  if (libc !== 'glibc') return libc === undefined ? undefined : 'unknown-linux-musl';
  const level = Object.entries(GLIBC).find(([release]) => image?.includes(release))?.[1];
  return level === undefined ? 'unknown-linux-gnu' : `manylinux_${level}`;
}
