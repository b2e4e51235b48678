import { posix } from 'node:path';
import type { Diagnostic, Location } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import { viewDockerfile } from './documents/dockerfile.ts';
import type { ShellCommand } from './documents/shell.ts';

/** Whether a value of DOCKER_BUILDKIT switches it off (docker/cli, cmd/docker/builder.go: strconv.ParseBool, read 2026-11-29). */
const isOff = (value: string | undefined): boolean => /^(?:0|f|false)$/i.test(value ?? '');

/**
 * A `docker build` that runs without BuildKit, of a Dockerfile that takes its CPU from what BuildKit alone sets: these
 * variables are then empty. `env` is what the command is given from outside.
 */
export function buildWithoutBuildKit(
  command: ShellCommand,
  {
    env,
    read,
    at,
  }: { readonly env: string | undefined; readonly read: (path: string) => string | undefined; readonly at: Location },
): Diagnostic | undefined {
  const [first, second, ...words] = command.words.map(({ text }) => text);
  if (first !== 'docker' || second !== 'build') return undefined;
  if (!isOff(command.assigned.get('DOCKER_BUILDKIT') ?? command.variables.get('DOCKER_BUILDKIT') ?? env))
    return undefined;
  const file = words.find((_, i) => /^(?:-f|--file)$/.test(words[i - 1] ?? '')) ?? fileOf(words);
  const context = words.at(-1) ?? '.';
  const path = posix.normalize(file ?? posix.join(context.startsWith('-') ? '.' : context, 'Dockerfile'));
  const text = read(path);
  const used = text === undefined ? undefined : variableOfBuildKit(path, text);
  if (used === undefined) return undefined;
  return diagnostic('workflow/buildkit-off', { dockerfile: path, ...used }, at);
}

const fileOf = (words: readonly string[]): string | undefined =>
  words.find((word) => word.startsWith('--file='))?.slice('--file='.length);

/** The first place of a Dockerfile that is empty without BuildKit: a platform of FROM, or a variable that a step reads. */
function variableOfBuildKit(
  path: string,
  text: string,
): { readonly name: string; readonly line: number; readonly isFrom: boolean } | undefined {
  if (!/\b(?:BUILD|TARGET)(?:PLATFORM|ARCH|VARIANT)\b/.test(text)) return undefined;
  const view = viewDockerfile({ path, text }, []);
  const given = new Set(
    view.dockerfile.instructions.flatMap((one) =>
      one.keyword === 'ARG' ? one.args.flatMap(({ name, value }) => (value === undefined ? [] : [name.text])) : [],
    ),
  );
  for (const { node, steps } of view.stages) {
    const { from } = node.stage;
    const flag = from.flags.find(({ name }) => name === 'platform')?.value.text ?? '';
    const name = /^\$\{?((?:BUILD|TARGET)PLATFORM)\}?$/.exec(flag)?.[1];
    if (name !== undefined && !given.has(name)) return { name, line: from.span.start.line, isFrom: true };
    for (const { script, written, inScope } of steps) {
      const read = script?.reads.find(
        // One that no ARG declares is empty with BuildKit too, and a mistake of its own.
        (one) =>
          /^TARGET(?:PLATFORM|ARCH|VARIANT)$/.test(one.name) &&
          inScope.includes(one.name) &&
          one.fallback === undefined &&
          !given.has(one.name),
      );
      if (read !== undefined) return { name: read.name, line: written.span.start.line, isFrom: false };
    }
  }
  return undefined;
}
