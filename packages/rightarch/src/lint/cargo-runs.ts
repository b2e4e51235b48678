import { posix } from 'node:path';
import { contextsOf, ignoredIn } from './context-files.ts';
import type { StepView } from './documents/dockerfile.ts';
import { type ShellCommand, UNSEEN } from './documents/shell.ts';

/** A compilation by Cargo that reads a file of settings. */
export interface CargoRun {
  /** The target that it names, or its environment. */
  readonly target: string | undefined;
}

/**
 * Where a stage has the file when it runs cargo, and nothing that takes the place of its flags. Cargo looks in the folder that it
 * runs in and in those above it; `install` in the one of `--path`, and without that in none of the project
 * (doc.rust-lang.org/cargo/reference/config.html#hierarchical-structure, …/commands/cargo-install.html, read 2026-11-30).
 */
export function cargoRuns(
  path: string,
  steps: readonly StepView[],
  dockerfile: string,
  read: (path: string) => string | undefined,
): readonly CargoRun[] {
  if (steps.some(setsFlags)) return [];
  const ignored = ignoredIn(dockerfile, read);
  const folders = new Set<string>();
  return steps.flatMap((step) => {
    for (const one of broughtTo(path, step, { dockerfile, ignored })) folders.add(one);
    return folders.size === 0 ? [] : runsOf(step, folders);
  });
}

/** What is set and empty takes their place as well, and of an ARG somebody else may set it. */
const setsFlags = ({ instruction, script }: StepView): boolean =>
  (instruction.keyword === 'ENV' && instruction.pairs.some(({ key }) => key.text.includes('RUSTFLAGS'))) ||
  (instruction.keyword === 'ARG' && instruction.args.some(({ name }) => name.text.includes('RUSTFLAGS'))) ||
  script?.commands.some(
    ({ assigned, variables, words }) =>
      [...assigned.keys(), ...variables.keys()].some((name) => name.includes('RUSTFLAGS')) ||
      words.some(({ text }) => text.includes('.cargo') || text.includes('RUSTFLAGS') || text === '--config'),
  ) === true;

/** The folders of the image whose `.cargo/config.toml` a COPY makes of the file. */
function broughtTo(
  path: string,
  { instruction, workdir }: StepView,
  { dockerfile, ignored }: { readonly dockerfile: string; readonly ignored: (path: string) => boolean },
): readonly string[] {
  if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') return [];
  if (instruction.flags.some(({ name }) => name === 'from' || name === 'parents')) return [];
  const written = instruction.destination.text;
  const destination = posix.resolve(workdir, written);
  const isFolder = /(?:^|\/)\.?$/.test(written) || instruction.sources.length > 1;
  return contextsOf(dockerfile).flatMap((context) => {
    const inContext = posix.relative(context, path);
    if (inContext.startsWith('../') || ignored(inContext)) return [];
    return instruction.sources.flatMap(({ text }) => {
      const source = posix.normalize(text.replace(/^\/+/, '') || '.').replace(/\/$/, '');
      const isBelow = source === '.' || inContext.startsWith(`${source}/`);
      if (!isBelow && inContext !== source) return [];
      const below = isBelow ? posix.relative(source, inContext) : isFolder ? posix.basename(inContext) : '';
      const folder = /^(.*)\/\.cargo\/config\.toml$/.exec(posix.join(destination, below))?.[1];
      return folder === undefined || folder.includes(UNSEEN) ? [] : [folder || '/'];
    });
  });
}

/** Its compilations in one of these folders, or below one. */
function runsOf({ script, workdir, heeded, instruction }: StepView, folders: ReadonlySet<string>): readonly CargoRun[] {
  const isBelow = (folder: string): boolean =>
    [...folders].some((one) => folder === one || folder.startsWith(one === '/' ? one : `${one}/`));
  // What a shell of its own goes to ends with it, and where that is, is not followed.
  const isFollowed = !/\(\s*cd\b/.test(instruction.original);
  let folder: string | undefined = workdir;
  return (script?.commands ?? []).flatMap((command) => {
    const { words, assigned, variables, guarded } = command;
    const to = words[1]?.text;
    if (/^(?:cd|pushd|popd)$/.test(words[0]?.text ?? '')) {
      const isSeen: boolean = isFollowed && !guarded && to !== undefined && to !== '-' && !to.includes(UNSEEN);
      folder = isSeen && folder !== undefined && words[0]?.text === 'cd' ? posix.resolve(folder, to!) : undefined;
    }
    const reads = readsIn(command, folder);
    if (reads === undefined || !isBelow(reads)) return [];
    const named = optionOf(command, '--target') ?? assigned.get('CARGO_BUILD_TARGET');
    return [{ target: named ?? variables.get('CARGO_BUILD_TARGET') ?? heeded.get('CARGO_BUILD_TARGET') }];
  });
}

/** The folder where a compilation begins to look for settings; undefined for any other command, and where it is not seen. */
function readsIn(command: ShellCommand, folder: string | undefined): string | undefined {
  const [name, ...given] = command.words.map(({ text }) => text);
  const [verb] = given.filter((text) => !text.startsWith('+'));
  if (name !== 'cargo' || folder === undefined) return undefined;
  if (verb === 'build' || verb === 'b') return folder;
  const path = verb === 'install' ? optionOf(command, '--path') : undefined;
  return path === undefined || path.includes(UNSEEN) ? undefined : posix.resolve(folder, path);
}

function optionOf({ words }: ShellCommand, option: string): string | undefined {
  const texts = words.map(({ text }) => text);
  const position = texts.indexOf(option);
  return position < 0
    ? texts.find((text) => text.startsWith(`${option}=`))?.slice(option.length + 1)
    : texts[position + 1];
}
