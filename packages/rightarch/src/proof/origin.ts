import { posix } from 'node:path';
import type { Location, Related } from '../core/index.ts';
import { type Copy, flagText, type Instruction, type StageNode } from '../dockerfile/index.ts';
import { type Remark, remark } from '../messages/index.ts';
import { chainOf, type Made, type Recipe } from './recipe.ts';

/** A file that was copied from stage to stage more often than this was made by a machine, to tire its reader. */
const MOST_STAGES = 8;
/** Names that one file may have had before it was copied; more say nothing. */
const MOST_NAMES = 64;

/**
 * Where a file of a layer came from, in the Dockerfile: the line that made the layer; where that copies from a stage,
 * the stage, and the one line by which that may have it from yet another. What a RUN did inside a stage nobody knows.
 */
export function originOf(recipe: Recipe, layer: number, path: string | undefined): readonly Related[] {
  const made = recipe.made[layer];
  if (made === undefined) return [];
  if (made.instruction.keyword === 'FROM')
    return [related(recipe, made.instruction, remark('origin-base', told(made)))];
  const found = [related(recipe, made.instruction, remark('origin-line', { ...told(made), by: recipe.by }))];
  let at: Made | undefined = made;
  let paths: readonly string[] = path === undefined ? [] : [path];
  for (let i = 0; i < MOST_STAGES && at !== undefined; i++) {
    const stage = stageCopied(recipe, at);
    if (stage === undefined) break;
    const args = { stage: stage.stage.name ?? String(stage.stage.index), from: oneLine(stage.stage.from.original) };
    found.push(related(recipe, stage.stage.from, remark('origin-stage', args)));
    paths = at.instruction.keyword === 'COPY' ? copiedFrom(at.instruction, paths, cwdAt(recipe, at)) : [];
    const before = lastCopyOf(recipe, stage, paths);
    if (before !== undefined)
      found.push(related(recipe, before.instruction, remark('origin-before', { ...told(before), sure: before.sure })));
    at = before;
  }
  return found;
}

const told = ({ instruction }: Made): { readonly instruction: string } => ({
  instruction: oneLine(instruction.original),
});

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

function related({ file }: Recipe, { span }: Instruction, note: Remark): Related {
  const at: Location = { in: 'file', file, start: span.start, end: span.end };
  return { at, note };
}

function stageCopied({ stages }: Recipe, { stage, instruction }: Made): StageNode | undefined {
  const source = stage.uses.find((use) => use.by === 'copy' && use.instruction === instruction)?.source;
  return source?.kind === 'stage' ? stages[source.index] : undefined;
}

/**
 * The one line of a stage, or of those that it stands on, that may have copied a file from another stage. Sure where it
 * names the file and no RUN stands behind it: what a directory holds, and what a RUN writes, no Dockerfile tells.
 */
function lastCopyOf(
  recipe: Recipe,
  stage: StageNode,
  paths: readonly string[],
): (Made & { readonly sure: boolean }) | undefined {
  if (paths.length === 0) return undefined;
  let found: (Made & { readonly sure: boolean }) | undefined;
  let runs = false;
  for (const step of [...stepsOf(recipe, stage)].reverse()) {
    const { instruction, cwd } = step;
    if (instruction.keyword === 'RUN') runs = true;
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') continue;
    const into = resolved(cwd, instruction.destination.text);
    if (into !== undefined && !paths.some((path) => isBelow(path, into))) continue;
    // A second line that may have brought it, and any whose files are not of a stage: nobody knows which it was.
    if (into === undefined || found !== undefined || stageCopied(recipe, step) === undefined) return undefined;
    const names = paths.length === 1 && paths[0] === into;
    if (names) return { ...step, sure: !runs };
    found = { ...step, sure: false };
  }
  return found;
}

/** What a file may have been called where it was copied from; several where the source may be a directory or a file. */
function copiedFrom(copy: Copy, paths: readonly string[], cwd: string | undefined): readonly string[] {
  const into = resolved(cwd, copy.destination.text);
  if (into === undefined || flagText(copy.flags, 'parents') !== undefined) return [];
  const found = new Set<string>();
  for (const { text } of copy.sources) {
    if (/[$*?[]/.test(text)) return [];
    const from = resolved('/', text)!;
    for (const path of paths.filter((one) => isBelow(one, into))) {
      const rest = into === '/' ? path : path.slice(into.length);
      found.add(posix.join(from, rest));
      if (rest === `/${from.slice(from.lastIndexOf('/') + 1)}`) found.add(from);
    }
  }
  return found.size > MOST_NAMES ? [] : [...found];
}

const cwdAt = (recipe: Recipe, { stage, instruction }: Made): string | undefined =>
  stepsOf(recipe, stage).find((one) => one.instruction === instruction)?.cwd;

interface Step extends Made {
  /** WORKDIR in front of it; undefined where the base's own or a variable decides. */
  readonly cwd: string | undefined;
}

const stepsKnown = new WeakMap<StageNode, readonly Step[]>();

/** The instructions of a stage and of those that it stands on, in order. */
function stepsOf({ stages }: Recipe, stage: StageNode): readonly Step[] {
  const known = stepsKnown.get(stage);
  if (known !== undefined) return known;
  const steps: Step[] = [];
  const chain = chainOf(stages, stage);
  let cwd: string | undefined = chain[0]!.base?.kind === 'scratch' ? '/' : undefined;
  for (const one of chain) {
    for (const instruction of [...one.triggers, ...one.stage.instructions]) {
      steps.push({ stage: one, instruction, cwd });
      if (instruction.keyword === 'WORKDIR') cwd = resolved(cwd, instruction.value.text);
    }
  }
  stepsKnown.set(stage, steps);
  return steps;
}

/** An absolute path without `.`, `..` and slashes at its end. */
function resolved(cwd: string | undefined, path: string): string | undefined {
  if (path.includes('$')) return undefined;
  return path.startsWith('/') || cwd !== undefined ? posix.resolve('/', cwd ?? '/', path) : undefined;
}

const isBelow = (path: string, folder: string): boolean =>
  folder === '/' || path === folder || path.startsWith(`${folder}/`);
