import { posix } from 'node:path';
import type { StepView } from './documents/dockerfile.ts';
import { type ShellCommand, shownText } from './documents/shell.ts';

/** A command for people, up to a length that is read. */
export function shortened(words: readonly string[]): string {
  const line = shownText(words.join(' '));
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** What a command is, with its words as they are read. */
export const textOf = ({ words }: ShellCommand): string => words.map(({ text }) => text).join(' ');

export const isWithin = (path: string, directory: string): boolean => !posix.relative(directory, path).startsWith('..');

/** Where a mount of a RUN is. */
export function mountedAt(fields: ReadonlyMap<string, string | undefined>, workdir: string): string | undefined {
  const target = fields.get('target') ?? fields.get('dst') ?? fields.get('destination');
  return target === undefined ? undefined : posix.resolve(workdir, target);
}

/** A command of a stage, where it runs. */
export interface Placed {
  readonly step: StepView;
  readonly command: ShellCommand;
  readonly directory: string;
}

/** The commands of a RUN, each where it runs: in the WORKDIR, or where a `cd` before it went that is not in a branch. */
export function inDirectories(step: StepView): readonly Placed[] {
  let directory = step.workdir;
  return (step.script?.commands ?? []).map((command) => {
    const placed = { step, command, directory };
    const [name, to = '/'] = command.words.map(({ text }) => text);
    if (name === 'cd' && !command.guarded) directory = posix.resolve(directory, to);
    return placed;
  });
}

/** The value of a flag, in its own word or behind `=`. */
export function flagValue(words: readonly string[], flag: string): string | undefined {
  const index = words.indexOf(flag);
  return index < 0 ? words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1) : words[index + 1];
}

/** `go env -w GOARCH=…`: from then on every `go` heeds it (`go help env`). */
export const setsGoCpu = (commands: readonly Placed[]): boolean =>
  commands.some(({ command }) => /^go env -w .*\bGOARCH=/.test(command.words.map(({ text }) => text).join(' ')));

/** The value that a command sees of a variable: its own, the shell's, or what ENV and ARG set. */
export const heededBy =
  (step: StepView, command: ShellCommand) =>
  (variable: string): string | undefined =>
    command.assigned.get(variable) ?? command.variables.get(variable) ?? step.heeded.get(variable);

/** Whether a command of the same stage takes away again what another left. */
export function isTakenAway(
  { path, by }: { readonly path: string; readonly by: ShellCommand },
  commands: readonly Placed[],
): boolean {
  const made = commands.findIndex(({ command }) => command === by);
  return commands.slice(made + 1).some((one) => removes(one, path));
}

/** `rm -r` of a path, or of a folder that it is in. */
export function removes({ command: { words, guarded }, directory }: Placed, path: string): boolean {
  const [name, ...given] = words.map(({ text }) => text);
  if (name !== 'rm' || guarded || !given.some((word) => /^-[a-zA-Z]*[rR]|^--recursive$/.test(word))) return false;
  return given.some((word) => {
    const taken = posix.resolve(directory, word);
    return !word.startsWith('-') && !posix.relative(taken, path).startsWith('..');
  });
}
