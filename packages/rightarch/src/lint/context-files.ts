import { posix } from 'node:path';
import { type Command, compileIgnoreFile, type Instruction, ignoreFiles, isDockerfile } from '../dockerfile/index.ts';
import type { ProgramFacts } from '../scan/index.ts';
import { parsedDockerfile } from './documents/parsed.ts';
import { UNSEEN } from './documents/shell.ts';
import type { SourceFile } from './repository.ts';

/** Machine code for some system and CPU. */
export type NativeProgram = Extract<ProgramFacts, { readonly kind: 'elf' | 'macho' | 'pe' }>;

/** A native file below the packages of a context, or one that a COPY names, as it lies on this disk. */
export interface HostNative {
  /** From the root of the repository. */
  readonly path: string;
  readonly program: NativeProgram;
}

/** The program that the image starts, as its own instructions say, and how. */
export interface Entry {
  /** Absolute, in the image. */
  readonly path: string;
  readonly command: Command;
}

/**
 * The first word of ENTRYPOINT, else of CMD, where it is a path in exec form: what the kernel is given. Behind a shell or
 * an init it is they who start it, and both know what to do with a script that has no `#!`.
 */
export function entryOf(instructions: readonly Instruction[]): Entry | undefined {
  let directory = '/';
  let entrypoint: Command | undefined;
  let cmd: Command | undefined;
  for (const one of instructions) {
    if (one.keyword === 'WORKDIR') directory = posix.resolve(directory, one.value.text);
    if (one.keyword === 'ENTRYPOINT') entrypoint = one;
    if (one.keyword === 'CMD') cmd = one;
  }
  const command = entrypoint ?? cmd;
  if (command === undefined || command.command.form !== 'json') return undefined;
  const word = command.command.words[0]?.text ?? '';
  if (!word.includes('/') || word.includes(UNSEEN) || word.includes('$')) return undefined;
  return { path: posix.resolve(directory, word), command };
}

/** Files of the context that a COPY puts at that path of the image, the last first: it is one of these that exists. */
export function copiedTo(path: string, instructions: readonly Instruction[]): readonly string[] {
  let found: string[] = [];
  let directory = '/';
  for (const one of instructions) {
    if (one.keyword === 'WORKDIR') directory = posix.resolve(directory, one.value.text);
    if (one.keyword !== 'COPY' && one.keyword !== 'ADD') continue;
    const written = one.destination.text;
    const destination = posix.resolve(directory, written);
    if (one.flags.some(({ name }) => name === 'from') || one.heredocs.length > 0) {
      // Another stage, or the Dockerfile itself, puts something there, or may: what a folder of it holds is not seen here.
      if (
        path === destination ||
        (destination !== '/' && path.startsWith(`${destination}/`)) ||
        one.sources.some(({ text }) => path === posix.join(destination, posix.basename(text)))
      )
        found = [];
      continue;
    }
    const isFolder = /(?:^|\/)\.?$/.test(written) || one.sources.length > 1;
    for (const { text } of one.sources) {
      const source = posix.normalize(text).replace(/^\/+/, '').replace(/\/$/, '') || '.';
      if (/[*?[\]$\u0000]|^\.\.(?:\/|$)|^https?:/.test(source)) continue;
      // A file under its name or another one, or what lies below a folder of that name.
      if (path === destination && !isFolder) found.unshift(source);
      if (path === posix.join(destination, posix.basename(source))) found.unshift(source);
      if (path.startsWith(destination === '/' ? '/' : `${destination}/`))
        found.unshift(posix.join(source, posix.relative(destination, path)));
    }
  }
  return [...new Set(found)];
}

/** Where its context may begin, from the root of the repository: the folder of the Dockerfile, and the root itself. */
export const contextsOf = (dockerfile: string): readonly string[] => [...new Set([posix.dirname(dockerfile), '.'])];

/** What a Dockerfile makes worth reading beside it: ignore files, and the scripts that its image may start with. */
export function filesBeside(file: SourceFile): readonly string[] {
  const { path: dockerfile } = file;
  const [beside, inContext] = ignoreFiles(dockerfile);
  const { instructions } = parsedDockerfile(file);
  return [
    beside,
    posix.join(posix.dirname(dockerfile), inContext),
    ...entryFiles(dockerfile, instructions),
    ...(/\bcargo\b/.test(file.text) ? cargoSettings(dockerfile, instructions) : []),
    ...(file.text.includes('.next/standalone') ? nextConfigs(posix.dirname(dockerfile)) : []),
  ];
}

/** The settings of Next.js, by the names that it looks for. */
export const nextConfigs = (folder: string): readonly string[] =>
  ['js', 'mjs', 'ts'].map((end) => posix.join(folder, `next.config.${end}`));

/** What Cargo is told beside its commands, in the folders that are copied (https://doc.rust-lang.org/cargo/reference/config.html). */
function cargoSettings(dockerfile: string, instructions: readonly Instruction[]): readonly string[] {
  const folders = instructions.flatMap((one) =>
    one.keyword === 'COPY' && !one.flags.some(({ name }) => name === 'from')
      ? one.sources.flatMap(({ text }) =>
          /[*?[\]$\u0000]/.test(text) ? [] : [text.replace(/^\/+/, ''), posix.dirname(text)],
        )
      : [],
  );
  const below = [...new Set(['.', ...folders].map((folder) => posix.normalize(folder)))];
  return contextsOf(dockerfile).flatMap((context) =>
    below.flatMap((folder) => ['.cargo/config.toml', '.cargo/config'].map((name) => posix.join(context, folder, name))),
  );
}

/** The files of the repository that the image may start with. */
export function entryFiles(dockerfile: string, instructions: readonly Instruction[]): readonly string[] {
  const entry = entryOf(instructions);
  if (entry === undefined) return [];
  const inContext = copiedTo(entry.path, instructions);
  return [...new Set(contextsOf(dockerfile).flatMap((context) => inContext.map((file) => posix.join(context, file))))];
}

/** What the ignore file of a Dockerfile leaves out, by paths from its folder, which is taken to be the context. */
export function ignoredIn(dockerfile: string, read: (path: string) => string | undefined): (path: string) => boolean {
  const [beside, inContext] = ignoreFiles(dockerfile);
  const text = read(beside) ?? read(posix.join(posix.dirname(dockerfile), inContext));
  if (text === undefined) return () => false;
  const { matcher } = compileIgnoreFile(text);
  return (path) => matcher.ignoresInWalk(path);
}

/** `.`, `./`, `app`, `node_modules`: a folder that holds it, or may. A single file or a pattern of files does not. */
export const bringsPackages = (source: string): boolean => !/[*?]|\.\w+$/.test(source.replace(/^\.\/?/, ''));

/** Where package managers put what they install for this machine. */
const PACKAGES = ['node_modules', '.venv', 'venv', 'vendor/bundle'] as const;

/** Where it is worth looking for what COPY would take along: packages beside Dockerfiles that no ignore file leaves out, and the files that are named. */
export function worthLooking(files: readonly SourceFile[]): {
  readonly folders: readonly string[];
  readonly named: readonly string[];
} {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const folders = new Set<string>();
  const named = new Set<string>();
  for (const file of files) {
    if (!isDockerfile(file.path)) continue;
    const sources = copiedBy(file);
    if (sources.length === 0) continue;
    const directory = posix.dirname(file.path);
    const ignored = ignoredIn(file.path, (path) => texts.get(path));
    if (sources.some(bringsPackages))
      for (const one of PACKAGES) if (!ignored(one)) folders.add(posix.join(directory, one));
    for (const one of sources) if (isOneFile(one)) named.add(posix.join(directory, one.replace(/^\//, '')));
  }
  return { folders: [...folders], named: [...named].slice(0, MOST_NAMED) };
}

/** No person names more. */
const MOST_NAMED = 1_000;

/** A program has no ending; what is made of a variable or a pattern, or lies above the context, is not looked for. */
const isOneFile = (source: string): boolean =>
  !/[*?[\]$]|(?:^|\/)\.\.(?:\/|$)|:\/\/|\/$/.test(source) && !/^\.?\/?$/.test(source) && !/\.[A-Za-z]\w*$/.test(source);

const copiedBy = (file: SourceFile): readonly string[] =>
  parsedDockerfile(file).instructions.flatMap((one) =>
    one.keyword === 'COPY' && !one.flags.some(({ name }) => name === 'from') ? one.sources.map(({ text }) => text) : [],
  );
