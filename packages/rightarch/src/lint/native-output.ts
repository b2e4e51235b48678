import { posix } from 'node:path';
import type { NativeOutput } from '../messages/codes/dockerfile-cpu.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf } from './documents/dockerfile.ts';
import { OWN_CPU, type ShellCommand, shownText } from './documents/shell.ts';

/** What a command of a stage leaves that only one CPU runs, and where. */
export interface Output {
  readonly what: NativeOutput;
  /** As written, up to a length that is read. */
  readonly command: string;
  /** Absolute; what an ARG decides is unseen in it. */
  readonly path: string;
  readonly step: StepView;
  /** Of an install: the directory that it was done in. */
  readonly directory: string;
}

/**
 * What the commands of a stage, and of those it is built on, compile or install for the CPU that they run on. A command
 * that is told another CPU, in whatever way, is none of them.
 */
export function nativeOutputs(view: DockerfileView, stage: StageView): readonly Output[] {
  const steps = stepsOf(view, stage);
  const commands = steps.flatMap(inDirectories);
  // `xx-go --wrap`: from then on `go` is told by xx.
  if (commands.some(({ command }) => /^xx-/.test(command.words[0]?.text ?? ''))) return [];
  return moved([...commands.flatMap(outputOf), ...commands.flatMap(downloadOf)], commands);
}

function outputOf({ step, command, directory }: Placed): readonly Output[] {
  // Another branch may do it for the other CPU.
  if (command.guardedByCpu) return [];
  const words = command.words.map(({ text }) => text);
  const [name = '', verb = ''] = words;
  const shown = shortened(words);
  const heeds = (variable: string): string | undefined =>
    command.assigned.get(variable) ?? command.variables.get(variable) ?? step.heeded.get(variable);
  const output = (what: NativeOutput, path: string): Output => ({
    what,
    command: shown,
    path: posix.resolve(directory, path),
    step,
    directory,
  });
  const out = flagValue(words, '-o');
  if (name === 'go' && verb === 'build') {
    if (heeds('GOARCH') !== undefined || heeds('CC') !== undefined) return [];
    // Without -o it is named after the module: only the directory is known.
    return out === undefined ? [] : [output('go', out)];
  }
  if (name === 'cargo' && verb === 'build') {
    if (words.some((word) => /^--target(?:=|$)/.test(word)) || heeds('CARGO_BUILD_TARGET') !== undefined) return [];
    return [output('rust', `target/${words.includes('--release') || words.includes('-r') ? 'release' : 'debug'}`)];
  }
  if (/^(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)$/.test(name)) {
    if (out === undefined || words.some((word) => /^--?(?:target|m(?:arch|cpu)|c$)/.test(word))) return [];
    return [output('c', out)];
  }
  const installs =
    (name === 'npm' && /^(?:ci|install|i)$/.test(verb)) ||
    (/^(?:pnpm|bun)$/.test(name) && /^(?:install|i)$/.test(verb)) ||
    (name === 'yarn' && (verb === '' || verb === 'install' || verb.startsWith('--')));
  if (!installs || words.some((word) => /^(?:-g|--global|--cpu(?:=.*)?|--os(?:=.*)?|--ignore-scripts)$/.test(word)))
    return [];
  if (['npm_config_cpu', 'npm_config_arch', 'npm_config_platform'].some((one) => heeds(one) !== undefined)) return [];
  return [output('node', 'node_modules')];
}

/** What a stage fetches by the word that its own machine has for its CPU: `curl -o /tool …-$(uname -m)`. */
function downloadOf({ step, command, directory }: Placed): readonly Output[] {
  const words = command.words.map(({ text }) => text);
  const [name = ''] = words;
  const url = words.find((word) => /^https?:/.test(word));
  if (command.guardedByCpu || url === undefined || !url.includes(OWN_CPU) || !/^(?:curl|wget)$/.test(name)) return [];
  // Of curl's short flags in one word, the last one takes the value: `-fsSLo FILE`.
  const short = words.findIndex((word) => (name === 'curl' ? /^-[A-Za-z#]*o$/ : /^-[A-Za-z]*O$/).test(word));
  const file =
    (short < 0 ? undefined : words[short + 1]) ??
    flagValue(words, '--output') ??
    flagValue(words, '--output-document') ??
    posix.basename(url);
  const path = posix.resolve(directory, file);
  return [{ what: 'download', command: shortened(words), path, step, directory }];
}

/** The same under the names that they are moved, copied or installed to. */
function moved(outputs: readonly Output[], commands: readonly Placed[]): readonly Output[] {
  const all = [...outputs];
  for (const { command, directory } of commands) {
    const [name = '', ...rest] = command.words.map(({ text }) => text);
    const [from, to, ...more] = rest.filter((word, i) => !/^-/.test(word) && !/^-[mog]$/.test(rest[i - 1] ?? ''));
    if (!/^(?:mv|cp|install)$/.test(name) || from === undefined || to === undefined || more.length > 0) continue;
    const known = all.find(({ path }) => path === posix.resolve(directory, from));
    if (known === undefined) continue;
    const path = posix.resolve(directory, to);
    all.push({ ...known, path: to.endsWith('/') ? posix.join(path, posix.basename(from)) : path });
  }
  return all;
}

function shortened(words: readonly string[]): string {
  const line = shownText(words.join(' '));
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

interface Placed {
  readonly step: StepView;
  readonly command: ShellCommand;
  readonly directory: string;
}

/** The commands of a RUN, each where it runs: in the WORKDIR, or where a `cd` before it went that is not in a branch. */
function inDirectories(step: StepView): readonly Placed[] {
  let directory = step.workdir;
  return (step.script?.commands ?? []).map((command) => {
    const placed = { step, command, directory };
    const [name, to = '/'] = command.words.map(({ text }) => text);
    if (name === 'cd' && !command.guarded) directory = posix.resolve(directory, to);
    return placed;
  });
}

function flagValue(words: readonly string[], flag: string): string | undefined {
  const index = words.indexOf(flag);
  return index < 0 ? words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1) : words[index + 1];
}

/** Whether a path that is copied holds another one. What is unseen in a name may be anything within it. */
export function holds(copied: string, path: string): boolean {
  const have = path.split('/').filter((part) => part !== '');
  const wanted = copied.split('/').filter((part) => part !== '' && part !== '.');
  return wanted.length <= have.length && wanted.every((part, i) => samePart(part, have[i]!));
}

function samePart(one: string, other: string): boolean {
  if (one === other) return true;
  const [before = '', after] = one.split(/[*?]/, 2);
  return after !== undefined && other.startsWith(before) && one.replace(before, '').startsWith('*');
}
