import { posix } from 'node:path';
import type { Platform } from '../../core/index.ts';
import { certainLibc, imageBelow } from '../base-libc.ts';
import type { DockerfileView, StageView, StepView } from '../documents/dockerfile.ts';
import type { ShellCommand } from '../documents/shell.ts';
import type { TextEdit } from '../fixes.ts';
import type { Output } from '../native-output.ts';
import { cpuWord, type Editor } from './edits.ts';
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

export const textOf = ({ words }: ShellCommand): string => words.map(({ text }) => text).join(' ');

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
 * glibc of Debian's releases (packages.debian.org/libc6, read 2026-11-29): what a wheel may ask for there is what pip and uv
 * find by themselves on the CPU, and must be told from elsewhere. uv has levels up to 2.40.
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
      return /^npm (?:ci|install|i)\b/.test(command)
        ? tellNpm(teller, stage, step, by)
        : { why: 'manager', step, command };
    case 'python':
      return tellPython(teller, stage, step, by);
    case 'download':
      return { why: 'download', step, command };
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

/** `npm ci --os=linux --cpu=…`: of each family of packages the member for that CPU (docs.npmjs.com/cli/v10/using-npm/config). */
function tellNpm({ view, editor, platforms }: Teller, stage: StageView, step: StepView, by: ShellCommand): Told {
  const cpu = cpuWord(platforms, NODE_CPUS);
  const isMusl = certainLibc(imageBelow(view, stage)) === 'musl';
  const flags = ` --os=linux --cpu=${cpu}${isMusl ? ' --libc=musl' : ''}`;
  const edit = cpu === undefined ? undefined : editor.insert(step, by, 1, 'behind', flags);
  if (edit === undefined) return { why: 'form', step, command: textOf(by) };
  return { kind: 'npm', edits: [...editor.declare(stage, step, ['TARGETARCH']), edit] };
}

/**
 * uv resolves for the platform that it is told, markers too. pip evaluates them for the one that it runs on
 * (pypa/pip#6117), and takes no platform without `--target`: with one, wheels alone, and what it left is compared.
 */
function tellPython(teller: Teller, stage: StageView, step: StepView, by: ShellCommand): Told {
  const { view, editor, platforms } = teller;
  const command = textOf(by);
  const cpu = cpuWord(platforms, PYTHON_CPUS);
  const words = by.words.map(({ text }) => text);
  const image = imageBelow(view, stage);
  const libc = certainLibc(image);
  const level = Object.entries(GLIBC).find(([release]) => image?.includes(release))?.[1];
  if (cpu === undefined || libc === undefined) return { why: 'pip', step, command };
  // Plain Python, whoever installs it.
  if (
    words
      .slice(words.indexOf('install') + 1)
      .every((word) => /^(?:-U|--upgrade|--no-cache-dir|pip|setuptools|wheel)(?:[=<>].*)?$/.test(word))
  )
    return { kind: 'neutral', edits: [] };
  const args = editor.declare(stage, step, ['TARGETARCH']);
  const isUv = words[0] !== undefined && posix.basename(words[0]) === 'uv';
  if (isUv) {
    const platform =
      libc === 'musl' ? 'unknown-linux-musl' : level === undefined ? 'unknown-linux-gnu' : `manylinux_${level}`;
    const verb = words.findIndex((word) => /^(?:sync|install)$/.test(word));
    const edit = editor.insert(step, by, verb, 'behind', ` --python-platform=${cpu}-${platform}`);
    return edit === undefined ? { why: 'form', step, command } : { kind: 'python', edits: [...args, edit] };
  }
  const verb = words.indexOf('install');
  const isTarget = words.some((word) => /^(?:-t|--target(?:=.*)?)$/.test(word));
  // Of musllinux and of a glibc that the name does not say, the tags are not known.
  if (!isTarget || verb < 0 || level === undefined) return { why: 'pip', step, command };
  const edit = editor.insert(step, by, verb, 'behind', `${pipTags(level, cpu)} --only-binary=:all:`);
  return edit === undefined ? { why: 'form', step, command } : { kind: 'python', edits: [...args, edit] };
}

/** Wheels of these levels of glibc are on PyPI; pip takes exactly the tags that it is told (pip 23.2, tried 2026-11-29). */
const LEVELS = ['2_36', '2_35', '2_34', '2_31', '2_28', '2_27', '2_26', '2_24', '2_17'] as const;

function pipTags(level: string, cpu: string): string {
  const minor = (one: string): number => Number(one.split('_')[1]);
  const tags = LEVELS.filter((one) => minor(one) <= minor(level)).map((one) => `manylinux_${one}`);
  return [...tags, 'manylinux2014'].map((tag) => ` --platform=${tag}_${cpu}`).join('');
}
