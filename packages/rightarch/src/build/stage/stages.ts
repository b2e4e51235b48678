import type { Arg, Dockerfile, From, Instruction } from '../../dockerfile/index.ts';
import { atFile, failure } from '../../messages/index.ts';

/** One FROM with what follows it. */
export interface BuildStage {
  readonly index: number;
  /** In lower case, as BuildKit compares it. */
  readonly name: string | undefined;
  readonly from: From;
  readonly instructions: readonly Instruction[];
}

export interface Stages {
  readonly globals: readonly Arg[];
  readonly all: readonly BuildStage[];
}

/** The stages of a file, and the ARGs in front of them. */
export function splitStages(dockerfile: Dockerfile): Stages {
  const globals: Arg[] = [];
  const all: { index: number; name: string | undefined; from: From; instructions: Instruction[] }[] = [];
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword === 'FROM') {
      const name = instruction.alias?.text.toLowerCase();
      all.push({ index: all.length, name, from: instruction, instructions: [] });
    } else if (all.length > 0) all.at(-1)!.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') globals.push(instruction);
  }
  return { globals, all };
}

/** The stage that `--target` names, by name or number; the last one where it names none. */
export function targetStage({ all }: Stages, wanted: string | undefined, file: string): BuildStage {
  const last = all.at(-1);
  if (last === undefined) throw failure('dockerfile/no-stage', {}, atFile(file), 'request');
  if (wanted === undefined) return last;
  const found = findStage(all, wanted);
  if (found !== undefined) return found;
  const known = all.flatMap(({ name }) => (name === undefined ? [] : [name]));
  throw failure('plan/stage-unknown', { stage: wanted, known }, { in: 'input', name: '--target' }, 'request');
}

/** A stage by name or number among those given; a later one of the same name wins (dockerfile2llb instructions.HasStage). */
export function findStage(stages: readonly BuildStage[], wanted: string): BuildStage | undefined {
  const name = wanted.toLowerCase();
  const named = stages.findLast((stage) => stage.name === name);
  if (named !== undefined) return named;
  return /^\d+$/.test(wanted) ? stages.find(({ index }) => index === Number(wanted)) : undefined;
}
