import { posix } from 'node:path';
import type { NativeOutput } from '../messages/codes/dockerfile-cpu.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf } from './documents/dockerfile.ts';
import { OWN_CPU, type ShellCommand, UNSEEN } from './documents/shell.ts';
import { flagValue, heededBy, inDirectories, type Placed, setsGoCpu, shortened } from './placed.ts';
import { type PythonInstall, pythonInstall } from './python-output.ts';
import type { GemInstall } from './ruby-output.ts';

/** What a command of a stage leaves that only one CPU runs, and where. */
export interface Output {
  readonly what: NativeOutput;
  /** As written, up to a length that is read. */
  readonly command: string;
  /** Absolute; what an ARG decides is unseen in it. */
  readonly path: string;
  readonly step: StepView;
  readonly by: ShellCommand;
  /** Of an install: the directory that it was done in. */
  readonly directory: string;
  /** Whether it is there is certain only where the COPY names it. */
  readonly mayBeHeaders?: true;
  /** Of packages of Python: what is installed. */
  readonly python?: PythonInstall | undefined;
  /** Of gems: what is installed. */
  readonly ruby?: GemInstall | undefined;
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
  const python = commands.flatMap((one) => pythonOf(one, steps));
  const isGoTold = setsGoCpu(commands);
  const compiled = commands.flatMap(outputOf).filter(({ what }) => what !== 'go' || !isGoTold);
  return moved([...compiled, ...commands.flatMap(downloadOf), ...python], commands);
}

function pythonOf({ step, command, directory }: Placed, steps: readonly StepView[]): readonly Output[] {
  if (
    command.guardedByCpu ||
    (!/pip|uv|poetry/.test(command.words[0]?.text ?? '') && !/pip/.test(command.words[2]?.text ?? ''))
  )
    return [];
  const python = pythonInstall(command, steps.slice(0, steps.indexOf(step) + 1));
  if (python === undefined) return [];
  const shown = shortened(command.words.map(({ text }) => text));
  return [
    {
      what: 'python',
      command: shown,
      path: posix.resolve(directory, python.path),
      step,
      by: command,
      directory,
      python,
    },
  ];
}

function outputOf({ step, command, directory }: Placed): readonly Output[] {
  // Another branch may do it for the other CPU.
  if (command.guardedByCpu) return [];
  const words = command.words.map(({ text }) => text);
  const [name = '', verb = ''] = words;
  const shown = shortened(words);
  const heeds = heededBy(step, command);
  const output = (what: NativeOutput, path: string): Output => ({
    what,
    command: shown,
    path: posix.resolve(directory, path),
    step,
    by: command,
    directory,
  });
  const out = flagValue(words, '-o');
  if (name === 'go' && verb === 'build') {
    const cpu = heeds('GOARCH');
    // `GOARCH=$(dpkg --print-architecture)`, `GOARCH=$BUILDARCH`: told its own.
    const isOwn = cpu === OWN_CPU && step.heeded.get('GOARCH') === undefined;
    if ((cpu !== undefined && !isOwn) || heeds('CC') !== undefined) return [];
    // Without -o it is named after the module: only the directory is known.
    return out === undefined ? [] : [output('go', out)];
  }
  if (name === 'cargo' && verb === 'build') {
    const target = flagValue(words, '--target') ?? heeds('CARGO_BUILD_TARGET');
    if (target !== undefined && !target.includes(OWN_CPU)) return [];
    return [
      output(
        'rust',
        `target/${target === undefined ? '' : `${target}/`}${words.includes('--release') || words.includes('-r') ? 'release' : 'debug'}`,
      ),
    ];
  }
  if (/^(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+)$/.test(name)) {
    // `-march` chooses among CPUs of the one that the compiler is for.
    if (out === undefined || words.some((word) => /^--?target(?:=|$)|^-c$/.test(word))) return [];
    return [output('c', out)];
  }
  const installs =
    (name === 'npm' && /^(?:ci|install|i)$/.test(verb)) ||
    (/^(?:pnpm|bun)$/.test(name) && /^(?:install|i)$/.test(verb)) ||
    (name === 'yarn' && (verb === '' || verb === 'install' || verb.startsWith('--')));
  const isTold = (flag: string): boolean => flagValue(words, flag)?.includes(OWN_CPU) === false;
  if (
    !installs ||
    words.some((word) => /^(?:-g|--global|--ignore-scripts)$/.test(word)) ||
    isTold('--cpu') ||
    isTold('--os')
  )
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
  return [{ what: 'download', command: shortened(words), path, step, by: command, directory }];
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

/** Whether a path that is copied holds another one. What is unseen in a name may be anything within it. */
export function holds(copied: string, path: string): boolean {
  const have = path.split('/').filter((part) => part !== '');
  const wanted = copied.split('/').filter((part) => part !== '' && part !== '.');
  return wanted.length <= have.length && wanted.every((part, i) => samePart(part, have[i]!));
}

/** A name with the builder's own word for its CPU is that of each file which has such a word there. */
function alike(one: string, other: string): boolean {
  if (!one.includes(OWN_CPU) && !other.includes(OWN_CPU)) return false;
  const [a, b] = [one, other].map((text) => text.replace(/\0(?:[\u0001\u0002]\0)?/g, UNSEEN)) as [string, string];
  const [pattern, text] = a.includes(UNSEEN) ? [a, b] : [b, a];
  const [before = '', after, ...more] = pattern.split(UNSEEN);
  if (after === undefined || more.length > 0 || text.length <= before.length + after.length) return false;
  return text.startsWith(before) && text.endsWith(after);
}

function samePart(one: string, other: string): boolean {
  return one === other || alike(one, other) || fitsPattern(one, other) || fitsPattern(other, one);
}

function fitsPattern(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split(/[*?]/, 2);
  return after !== undefined && text.startsWith(before) && pattern.replace(before, '').startsWith('*');
}
