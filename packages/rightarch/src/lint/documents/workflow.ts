import { isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, type YAMLMap } from 'yaml';
import { type Platform, parsePlatform, samePlatform } from '../../core/index.ts';
import type { Span } from '../../dockerfile/index.ts';

/** A workflow of GitHub Actions: its jobs, what each of their legs is given, and their steps. */
export interface WorkflowView {
  readonly file: string;
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
  /** A reusable workflow takes the place of its steps. */
  readonly isCall: boolean;
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
  if (text.length > MAX_TEXT) return { file, jobs: [] };
  const lines = new LineCounter();
  const [root] = parseAllDocuments(text, { logLevel: 'silent', lineCounter: lines });
  const contents: unknown = root && 'contents' in root ? root.contents : undefined;
  if (!isMap(contents)) return { file, jobs: [] };
  const spanOf = spansIn(lines);
  const global = textsOf(contents.get('env', true));
  const jobs = mapOf(contents.get('jobs', true));
  return {
    file,
    jobs: [...jobs].flatMap(([name, job]): JobView[] => {
      if (!isMap(job)) return [];
      const [from = 0, , to = from] = job.range ?? [];
      const listed: unknown = job.get('steps', true);
      const steps = isSeq(listed) ? listed.items.slice(0, MAX_STEPS) : [];
      const env = new Map([...global, ...textsOf(job.get('env', true))]);
      return [
        {
          name,
          runsOn: labelsOf(job.get('runs-on', true)),
          legs: legsWithin(legsOf(job), steps.length),
          isCall: job.has('uses'),
          steps: steps.flatMap((step) => (isMap(step) ? [stepOf(step, env, spanOf)] : [])),
          from,
          to,
        },
      ];
    }),
  };
}

function stepOf(step: YAMLMap, env: ReadonlyMap<string, string>, spanOf: (node: Node) => Span): StepView {
  const uses = textOf(step.get('uses', true));
  const inputs = new Map<string, Input>();
  for (const [name, value] of mapOf(step.get('with', true))) {
    const text = textOf(value);
    if (text === undefined || !isScalar(value)) continue;
    const span = spanOf(value);
    const line = span.start.line + (value.type?.startsWith('BLOCK') ? 1 : 0);
    inputs.set(name, { value: text, span, line, keepsLines: value.type === 'BLOCK_LITERAL' });
  }
  return {
    id: textOf(step.get('id', true)),
    uses: uses?.replace(/@.*$/s, ''),
    run: textOf(step.get('run', true)),
    condition: textOf(step.get('if', true)),
    inputs,
    env: new Map([...env, ...textsOf(step.get('env', true))]),
    span: spanOf((step.get('uses', true) ?? step) as Node),
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
function legsOf(job: YAMLMap): readonly Leg[] | undefined {
  const strategy: unknown = job.get('strategy', true);
  const matrix: unknown = isMap(strategy) ? strategy.get('matrix', true) : undefined;
  if (matrix === undefined) return [{}];
  // `${{ fromJSON(…) }}`: made at run time.
  if (!isMap(matrix)) return undefined;
  let legs: Leg[] = [{}];
  const added: Leg[] = [];
  const excluded: Leg[] = [];
  for (const [name, values] of mapOf(matrix)) {
    if (!isSeq(values)) return undefined;
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
  const isProduct = [...mapOf(matrix)].some(([name]) => name !== 'include' && name !== 'exclude');
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
function valuesOf(item: unknown): Leg {
  const text = textOf(item);
  if (text !== undefined) return { '': text };
  return Object.fromEntries(
    [...mapOf(item)].flatMap(([key, value]) => {
      const inner = textOf(value);
      return inner === undefined ? [] : [[key, inner]];
    }),
  );
}

function labelsOf(node: unknown): readonly string[] {
  const text = textOf(node);
  if (text !== undefined) return [text];
  if (isSeq(node)) return node.items.flatMap((item) => textOf(item) ?? []);
  return isMap(node) ? labelsOf(node.get('labels', true)) : [];
}

const textsOf = (node: unknown): ReadonlyMap<string, string> =>
  new Map(
    [...mapOf(node)].flatMap(([key, value]) => {
      const text = textOf(value);
      return text === undefined ? [] : [[key, text] as const];
    }),
  );

function mapOf(node: unknown): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  if (isMap(node))
    for (const { key, value } of node.items) if (isScalar(key)) found.set(String(key.value), value ?? undefined);
  return found;
}

/** A scalar as GitHub reads it: numbers and booleans are texts. */
const textOf = (node: unknown): string | undefined =>
  isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : undefined;

/** Where a node stands. A block of several lines is shown by its first. */
function spansIn(lines: LineCounter): (node: Node) => Span {
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  return (node) => {
    const [from = 0, to = from] = node.range ?? [];
    const start = position(from);
    const end = position(Math.max(from, to));
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
