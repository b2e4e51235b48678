import { type Platform, parsePlatform, samePlatform } from '../../core/index.ts';
import { child, type Extent, entriesOf, itemsOf, readTrees, type Tree, type Trees } from '../../definition/index.ts';
import { isOfOthers, type Span } from '../../dockerfile/index.ts';
import { DEFAULT_PLATFORM } from './script.ts';

/** Whether GitHub runs a file as a workflow, or as the action that a workflow calls. */
export const isWorkflow = (path: string): boolean =>
  /^\.github\/workflows\/[^/]+\.ya?ml$|(?:^|\/)action\.ya?ml$/.test(path) && !isOfOthers(path);

/** A workflow of GitHub Actions, or a composite action as one job without a runner of its own: its jobs, what each of their legs is given, and their steps. */
export interface WorkflowView {
  readonly file: string;
  /** What it was read from; none where it is longer than GitHub takes. */
  readonly trees: Trees | undefined;
  readonly jobs: readonly JobView[];
}

export interface JobView {
  readonly name: string;
  /** As written; of a list all labels. */
  readonly runsOn: readonly string[];
  /**
   * A leg for each combination of the matrix: its values by name. One without values where there is no matrix, undefined
   * where an expression makes it, or where there are more than anybody looks at.
   */
  readonly legs: readonly Leg[] | undefined;
  /** The jobs that it waits for, by their names; and where they stand. */
  readonly needs: readonly string[];
  readonly needsAt: Span | undefined;
  /** The condition, as written. */
  readonly condition: string | undefined;
  /** A reusable workflow takes the place of its steps. */
  readonly isCall: boolean;
  /** Which one, without its version. */
  readonly calls: { readonly name: string; readonly span: Span } | undefined;
  /** Its steps run in an image, with the programs that are there. */
  readonly isInContainer: boolean;
  readonly steps: readonly StepView[];
  /** Offsets in the file. */
  readonly from: number;
  readonly to: number;
}

export type Leg = Readonly<Record<string, string>>;

export interface StepView {
  readonly id: string | undefined;
  /** `docker/build-push-action`, without the version. */
  readonly uses: string | undefined;
  readonly run: string | undefined;
  /** Where `run` begins, as it is written in the step, the job or the workflow; undefined: the root of the checkout. */
  readonly directory: string | undefined;
  /** The condition, as written. */
  readonly condition: string | undefined;
  readonly inputs: ReadonlyMap<string, Input>;
  /** Variables of the step, the job and the workflow, the nearest wins. */
  readonly env: ReadonlyMap<string, string>;
  readonly span: Span;
}

export interface Input {
  readonly value: string;
  readonly span: Span;
  /** Where its text begins: below the `|` of a block. */
  readonly line: number;
  /** A literal block keeps the lines of the file; any other text has the line that it begins on. */
  readonly keepsLines: boolean;
}

/** Longer than GitHub takes (1 MB, of all files together far more than any has). */
const MAX_TEXT = 1_000_000;
/** GitHub makes no more jobs of one matrix (docs.github.com, usage limits, read 2026-11-29). */
const MAX_LEGS = 256;

/** A job that a person wrote has a few dozen. */
const MAX_STEPS = 1_000;
/** What each step does in each leg is looked at: what is beyond that is not. */
const MAX_STEPS_OF_LEGS = 10_000;

const legsWithin = (legs: readonly Leg[] | undefined, steps: number): readonly Leg[] | undefined =>
  legs === undefined || legs.length * steps > MAX_STEPS_OF_LEGS ? undefined : legs;

/** Reads a workflow, whatever is wrong in it. */
export function viewWorkflow(file: string, text: string): WorkflowView {
  if (text.length > MAX_TEXT) return { file, trees: undefined, jobs: [] };
  const trees = readTrees(text);
  const [root] = trees.roots;
  const spanOf = spansIn(trees);
  const global = scalarsOf(child(root, 'env'));
  return {
    file,
    trees,
    jobs: jobsOf(root).flatMap(([name, job]): JobView[] => {
      if (job.kind !== 'map') return [];
      const steps = itemsOf(child(job, 'steps')).slice(0, MAX_STEPS);
      const needs = child(job, 'needs');
      const called = child(job, 'uses');
      const env = new Map([...global, ...scalarsOf(child(job, 'env'))]);
      const directory = directoryIn(job) ?? directoryIn(root);
      return [
        {
          name,
          runsOn: labelsOf(child(job, 'runs-on')),
          legs: legsWithin(legsOf(job), steps.length),
          needs: labelsOf(needs),
          needsAt: needs === undefined ? undefined : spanOf(needs),
          condition: textOf(child(job, 'if')),
          isCall: job.entries.has('uses'),
          calls:
            called === undefined
              ? undefined
              : { name: textOf(called)?.replace(/@.*$/s, '') ?? '', span: spanOf(called) },
          isInContainer: job.entries.has('container'),
          steps: steps.flatMap((step) => (step.kind === 'map' ? [stepOf(step, { env, directory, spanOf })] : [])),
          from: job.offset,
          to: job.end,
        },
      ];
    }),
  };
}

/** The jobs of a workflow; of a composite action the one that its steps are, on whatever runner a workflow calls it. */
export function jobsOf(root: Tree | undefined): readonly (readonly [name: string, job: Tree])[] {
  const runs = child(root, 'runs');
  const isComposite = textOf(child(runs, 'using')) === 'composite';
  if (runs !== undefined && isComposite) return [[textOf(child(root, 'name')) ?? '', runs]];
  return entriesOf(child(root, 'jobs'));
}

/** `defaults: { run: { working-directory } }`. */
const directoryIn = (tree: Tree | undefined): string | undefined =>
  textOf(child(child(child(tree, 'defaults'), 'run'), 'working-directory'));

function stepOf(
  step: Tree,
  {
    env,
    directory,
    spanOf,
  }: {
    readonly env: ReadonlyMap<string, string>;
    readonly directory: string | undefined;
    readonly spanOf: (at: Extent) => Span;
  },
): StepView {
  const uses = textOf(child(step, 'uses'));
  const inputs = new Map<string, Input>();
  for (const [name, value] of entriesOf(child(step, 'with'))) {
    const text = textOf(value);
    if (text === undefined || value.kind !== 'scalar') continue;
    const span = spanOf(value);
    const line = span.start.line + (value.block === undefined ? 0 : 1);
    inputs.set(name, { value: text, span, line, keepsLines: value.block === 'literal' });
  }
  return {
    id: textOf(child(step, 'id')),
    uses: uses?.replace(/@.*$/s, ''),
    run: textOf(child(step, 'run')),
    directory: textOf(child(step, 'working-directory')) ?? directory,
    condition: textOf(child(step, 'if')),
    inputs,
    env: new Map([...env, ...scalarsOf(child(step, 'env'))]),
    span: spanOf(child(step, 'uses') ?? step),
  };
}

/** The values of an input, one a line, without what stands behind `#`, as Docker's actions read lists. */
export function inputLines(
  { inputs }: StepView,
  name: string,
): readonly { readonly value: string; readonly line: number }[] {
  const input = inputs.get(name);
  if (input === undefined) return [];
  return input.value.split('\n').flatMap((text, i) => {
    const value = text.replace(/(?:^|\s)#.*$/, '').trim();
    return value === '' ? [] : [{ value, line: input.keepsLines ? input.line + i : input.line }];
  });
}

/** Runner labels whose CPU is documented; anything else, variables included, stays unknown. */
export function labelPlatform(label: string): Platform | undefined {
  if (/^ubuntu-[\d.]+-arm$/.test(label)) return parsePlatform('linux/arm64');
  return /^ubuntu-(latest|slim|[\d.]+)$/.test(label) ? parsePlatform('linux/amd64') : undefined;
}

/**
 * Labels that a self-hosted runner gets by its CPU, in any case
 * (https://docs.github.com/actions/how-tos/manage-runners/self-hosted-runners/use-in-a-workflow, read 2026-11-29).
 */
const SELF_HOSTED: Readonly<Record<string, string>> = { x64: 'linux/amd64', arm64: 'linux/arm64', arm: 'linux/arm/v7' };

/** A runner has all labels of `runs-on`: what one of them says holds, unless another says otherwise. */
export function runnerPlatform(labels: readonly string[]): Platform | 'unknown' {
  const own = labels.map((label) => label.toLowerCase());
  const said = own.includes('self-hosted')
    ? own.flatMap((label) => parsePlatform(SELF_HOSTED[label] ?? '') ?? [])
    : labels.flatMap((label) => labelPlatform(label) ?? []);
  const [first, ...others] = said;
  return first === undefined || others.some((one) => !samePlatform(one, first)) ? 'unknown' : first;
}

/** The combinations of a matrix as GitHub makes them: the product, what `exclude` leaves of it, then `include`. */
function legsOf(job: Tree): readonly Leg[] | undefined {
  const matrix = child(child(job, 'strategy'), 'matrix');
  if (matrix === undefined) return [{}];
  // `${{ fromJSON(…) }}`: made at run time.
  if (matrix.kind !== 'map') return undefined;
  let legs: Leg[] = [{}];
  const added: Leg[] = [];
  const excluded: Leg[] = [];
  for (const [name, values] of matrix.entries) {
    if (values.kind !== 'list') return undefined;
    const items = values.items.map(valuesOf);
    if (name === 'include' || name === 'exclude') {
      (name === 'include' ? added : excluded).push(...items.map(({ '': _, ...rest }) => rest));
      continue;
    }
    legs = legs.flatMap((leg) =>
      items.map((item) => {
        const own = Object.entries(item).map(([key, value]) => [key === '' ? name : `${name}.${key}`, value] as const);
        return { ...leg, ...Object.fromEntries(own) };
      }),
    );
    if (legs.length > MAX_LEGS) return undefined;
  }
  const isProduct = [...matrix.entries.keys()].some((name) => name !== 'include' && name !== 'exclude');
  const kept = legs.filter((leg) => !excluded.some((one) => agrees(one, leg)));
  const extended = isProduct ? kept : [];
  // One that fits legs of the product, changing no value of theirs, adds to them; any other is a leg of its own.
  const alone: Leg[] = [];
  const result = extended.map((leg) => ({ ...leg }));
  for (const one of added) {
    const fitting = extended.flatMap((leg, i) => {
      const shared = Object.keys(one).filter((key) => Object.hasOwn(leg, key));
      return shared.every((key) => leg[key] === one[key]) && isProduct ? [i] : [];
    });
    if (fitting.length === 0) alone.push(one);
    for (const i of fitting) result[i] = { ...result[i], ...one };
  }
  return [...result, ...alone];
}

const agrees = (part: Leg, leg: Leg): boolean => Object.entries(part).every(([key, value]) => leg[key] === value);

/** A value of a matrix: a text under the empty name, or the members of a map. */
function valuesOf(item: Tree): Leg {
  const text = textOf(item);
  return text === undefined ? Object.fromEntries(scalarsOf(item)) : { '': text };
}

function labelsOf(tree: Tree | undefined): readonly string[] {
  const text = textOf(tree);
  if (text !== undefined) return [text];
  return tree?.kind === 'list' ? tree.items.flatMap((item) => textOf(item) ?? []) : labelsIn(child(tree, 'labels'));
}

const labelsIn = (tree: Tree | undefined): readonly string[] => (tree === undefined ? [] : labelsOf(tree));

export const scalarsOf = (tree: Tree | undefined): ReadonlyMap<string, string> =>
  new Map(
    entriesOf(tree).flatMap(([key, value]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );

/** The platform of a step that names none, by its variables: as it is written, undefined where nothing sets it. */
export function defaultPlatformOf({ env }: StepView, before: readonly StepView[]): string | undefined {
  const isSetBefore = before.some(({ run }) => run?.includes(DEFAULT_PLATFORM) === true);
  return isSetBefore ? `\${{ env.${DEFAULT_PLATFORM} }}` : env.get(DEFAULT_PLATFORM);
}

/** A scalar as GitHub reads it: numbers and booleans are texts. */
const textOf = (tree: Tree | undefined): string | undefined =>
  tree?.kind === 'scalar' && tree.value !== null && tree.value !== undefined ? String(tree.value) : undefined;

/** Where a value stands. A block of several lines is shown by its first. */
function spansIn({ placeOf }: Trees): (at: Extent) => Span {
  return ({ offset, end: to }) => {
    const start = placeOf(offset);
    const end = placeOf(Math.max(offset, to));
    return end.line === start.line ? { start, end } : { start, end: { line: start.line + 1, column: 1 } };
  };
}

/**
 * A text with what a leg gives it. Undefined where an expression is left that may differ between legs: an output of a
 * step, a variable; `github`, `secrets` and the like are the same for all, and stay as they are written.
 */
export function inLeg(text: string, leg: Leg, env: ReadonlyMap<string, string>): string | undefined {
  let isSeen = true;
  const expand = (written: string, depth: number): string =>
    written.replace(/\$\{\{\s*(.*?)\s*\}\}/gs, (whole, inner: string) => {
      const matrix = /^matrix\.([\w.-]+)$/.exec(inner)?.[1];
      if (matrix !== undefined) return leg[matrix] ?? '';
      const variable = /^env\.([\w-]+)$/.exec(inner)?.[1];
      if (variable !== undefined && env.has(variable) && depth < 5) return expand(env.get(variable)!, depth + 1);
      if (!/^[\s\w.'"()[\],&|!=<>/:-]*$/.test(inner) || /\b(?:matrix|env|steps|runner|strategy|job)\b/.test(inner))
        isSeen = false;
      return whole;
    });
  const result = expand(text, 0);
  return isSeen ? result : undefined;
}
