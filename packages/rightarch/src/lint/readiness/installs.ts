import { posix } from 'node:path';
import type { DockerfileView, StageView, StepView } from '../documents/dockerfile.ts';
import { type ShellCommand, UNSEEN } from '../documents/shell.ts';
import type { Lockfile } from '../lockfiles/index.ts';
import type { Libc } from './machine.ts';

/** Where a Dockerfile installs what a lockfile lists. */
export interface Install {
  readonly dockerfile: string;
  /** Of the base image, as its name tells; undefined where it does not. */
  readonly libc: Libc | undefined;
  /** `3.11`, as the name of the base image tells. */
  readonly python: string | undefined;
  /** Packages for development are left out. */
  readonly production: boolean;
}

/**
 * The installs of a lockfile: those of Dockerfiles that lie beside it, or copy it from where it lies. Undefined where all of
 * them are by a program that has a lockfile of its own there, and reads that.
 */
export function installsOf(
  lockfile: string,
  kind: Lockfile['kind'],
  views: readonly DockerfileView[],
  isThere: (path: string) => boolean,
): readonly Install[] | undefined {
  const all = allInstalls(lockfile, kind, views);
  const folder = posix.dirname(lockfile);
  const own = all.filter(
    ({ lockfiles }) =>
      lockfiles.includes(posix.basename(lockfile)) || !lockfiles.some((name) => isThere(posix.join(folder, name))),
  );
  return all.length > 0 && own.length === 0 ? undefined : own;
}

/** An install, and the lockfiles that its programs read. */
interface Reading extends Install {
  readonly lockfiles: readonly string[];
}

/** What each program reads. */
const LOCKFILES: Readonly<Record<string, readonly string[]>> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
  yarn: ['yarn.lock'],
  pnpm: ['pnpm-lock.yaml'],
  bun: ['bun.lock', 'bun.lockb'],
  uv: ['uv.lock'],
  poetry: ['poetry.lock'],
};

function allInstalls(lockfile: string, kind: Lockfile['kind'], views: readonly DockerfileView[]): readonly Reading[] {
  return views
    .filter((view) => bringsIn(view, lockfile))
    .flatMap((view) =>
      view.stages
        // What stays on the builder's CPU is no install for the image.
        .filter(({ follows }) => follows !== 'builder')
        .flatMap((stage) => installsIn(view, stage, kind)),
    );
}

function installsIn(view: DockerfileView, stage: StageView, kind: Lockfile['kind']): readonly Reading[] {
  const base = baseOf(view, stage);
  return stage.steps.flatMap((step): readonly Reading[] => {
    const installing = (step.script?.commands ?? []).filter((command) => isInstall(wordsOf(command), kind));
    if (installing.length === 0) return [];
    const production = installing.every((command) => leavesOutDevelopment(command, step));
    const lockfiles = installing.flatMap(readBy);
    return [{ dockerfile: view.file, libc: libcOf(base), python: pythonOf(base), production, lockfiles }];
  });
}

/** `uv pip install` reads what it is given. */
const readBy = ({ words }: ShellCommand): readonly string[] =>
  words[1]?.text === 'pip' ? [] : (LOCKFILES[words[0]?.text ?? ''] ?? []);

const wordsOf = ({ words }: ShellCommand): readonly string[] => words.map(({ text }) => text);

/**
 * An install that leaves out what only development wants: by a flag, or as npm takes NODE_ENV. pnpm 8 and 9 take it too,
 * 10 no longer does, and which one it is is not seen (tried with 8.15.9, 9.15.9, 10.24.0 and npm 11 on 2026-11-29).
 */
export function leavesOutDevelopment(command: ShellCommand, step: StepView): boolean {
  const line = wordsOf(command).join(' ');
  const option =
    /\s--(?:omit[= ]dev|production|prod|only[= ](?:main|prod(?:uction)?)|no-dev|without[= ]\S*dev\S*)(?=\s|$)/;
  if (option.test(line)) return true;
  const mode =
    command.assigned.get('NODE_ENV') ?? command.variables.get('NODE_ENV') ?? step.heeded.get('NODE_ENV') ?? '';
  return /^npm\s/.test(line) && mode === 'production' && !/\s(?:--(?:include|prod|production|dev)\b|-D\b)/.test(line);
}

function isInstall(words: readonly string[], kind: Lockfile['kind']): boolean {
  const line = words.join(' ');
  if (kind === 'go') return /^go (?:build|install|mod download)\b/.test(line);
  if (kind === 'node')
    return (
      /^(?:npm|pnpm|bun) (?:--?\S+ )*(?:ci|install|i)\b/.test(line) ||
      /^yarn(?: (?:--|install\b|workspaces focus\b)|$)/.test(line)
    );
  return (
    /^uv (?:sync|pip install|pip sync|export)\b/.test(line) ||
    /^poetry (?:install|sync|export)\b/.test(line) ||
    /^(?:\S*\/)?(?:pip3?|python3?(?:\.\d+)? -m pip) (?:--?\S+ )*install\b/.test(line)
  );
}

/** Whether a stage of a Dockerfile is built on an image with musl. */
export const hasMusl = (view: DockerfileView): boolean =>
  view.stages.some((stage) => libcOf(baseOf(view, stage)) === 'musl');

/** What a Dockerfile copies from its context, as paths from the root: a folder brings the lockfile that lies in it. */
interface Brought {
  readonly paths: ReadonlySet<string>;
  readonly globs: readonly string[];
}

const known = new WeakMap<DockerfileView, Brought>();

/** Gone through once a Dockerfile: there may be hundreds of lockfiles. */
function broughtBy(view: DockerfileView): Brought {
  const before = known.get(view);
  if (before !== undefined) return before;
  const own = posix.dirname(view.file);
  const paths = new Set([own]);
  const globs: string[] = [];
  for (const { instruction } of view.stages.flatMap(({ steps }) => steps)) {
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') continue;
    if (instruction.flags.some(({ name }) => name === 'from')) continue;
    for (const { text } of instruction.sources)
      for (const base of new Set(['.', own])) {
        const path = posix.normalize(posix.join(base, text)).replace(/\/$/, '');
        if (path.includes(UNSEEN)) continue;
        if (path.includes('*')) globs.push(path);
        else paths.add(path);
      }
  }
  const found = { paths, globs };
  known.set(view, found);
  return found;
}

function bringsIn(view: DockerfileView, lockfile: string): boolean {
  const { paths, globs } = broughtBy(view);
  const folder = posix.dirname(lockfile);
  // All of a folder brings what lies in it; what lies further down may be another project's.
  if (paths.has(folder) || paths.has(lockfile)) return true;
  return globs.some(
    (glob) => posix.dirname(glob) === folder && globMatches(posix.basename(glob), posix.basename(lockfile)),
  );
}

function globMatches(glob: string, name: string): boolean {
  const parts = glob.split('*');
  let at = 0;
  return parts.every((part, i) => {
    const found =
      i === parts.length - 1 ? (name.endsWith(part) ? name.length - part.length : -1) : name.indexOf(part, at);
    if (found < at || (i === 0 && found !== 0)) return false;
    at = found + part.length;
    return true;
  });
}

function baseOf(view: DockerfileView, stage: StageView): string | undefined {
  const { base } = stage.node;
  if (base === undefined) return undefined;
  if (base.kind === 'image') return base.reference;
  // A stage is built on an earlier one.
  const above = base.kind === 'stage' ? view.stages.find((one) => one.node.stage.index === base.index) : undefined;
  return above === undefined || above.node.stage.index >= stage.node.stage.index ? undefined : baseOf(view, above);
}

/** Images whose plain tags are of a distribution with glibc, by their pages on Docker Hub (read 2026-11-29). */
const GLIBC_IMAGES =
  /(?:^|\/)(?:node|python|golang|rust|ruby|php|openjdk|eclipse-temurin|debian|ubuntu|amazonlinux|fedora|rockylinux|almalinux|buildpack-deps|bun|pytorch|tensorflow|cuda)(?::|@|$)|^public\.ecr\.aws\/lambda\/|^gcr\.io\/distroless\/|^mcr\.microsoft\.com\//;

/** The libc of an image, as its name tells: `alpine` is musl's, the names of Debian's and Ubuntu's releases are glibc's. */
export function libcOf(reference: string | undefined): Libc | undefined {
  if (reference === undefined || /[$\0]/.test(reference)) return undefined;
  const plain = reference.replace(/@sha256:.*$/, '');
  if (/alpine|musl/.test(plain)) return 'musl';
  if (/[-:](?:trixie|bookworm|bullseye|buster|slim|noble|jammy|focal|debian|ubuntu|al2023)\b/.test(plain))
    return 'glibc';
  return GLIBC_IMAGES.test(plain) ? 'glibc' : undefined;
}

/** `python:3.11-slim`, `public.ecr.aws/lambda/python:3.12`, `ghcr.io/astral-sh/uv:python3.12-bookworm`. */
export function pythonOf(reference: string | undefined): string | undefined {
  return /(?:^|\/)python:(3\.\d+)|:python(3\.\d+)/
    .exec(reference ?? '')
    ?.slice(1)
    .find((one) => one !== undefined);
}
