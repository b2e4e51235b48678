import { isMap, isScalar, type Scalar, visit, type YAMLMap } from 'yaml';
import { type Platform, parsePlatform, samePlatform } from '../../core/index.ts';
import type { Found, FoundBuild, FoundName, Place } from '../found.ts';
import type { Around, SourceFile } from '../repository.ts';
import { joinLines, readCommands } from './commands.ts';
import { assignedIn, fillIn, type Literals, nameAt, tagOrNone, variablesOfWorkflow } from './names.ts';
import { readYaml, scalar, words } from './yaml.ts';

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
function runnerPlatform(job: YAMLMap): FoundBuild['builder'] {
  const group: unknown = job.get('runs-on', true);
  const labels = isMap(group) ? words(group, 'labels') : words(job, 'runs-on');
  const own = labels.map((label) => label.toLowerCase());
  const said = own.includes('self-hosted')
    ? own.flatMap((label) => parsePlatform(SELF_HOSTED[label] ?? '') ?? [])
    : labels.flatMap((label) => labelPlatform(label) ?? []);
  const [first, ...others] = said;
  return first === undefined || others.some((one) => !samePlatform(one, first)) ? 'unknown' : first;
}

/** What a workflow builds and pushes: build-push-action steps and command lines, and the CPU of its runners. */
export function discoverWorkflow({ path, text }: SourceFile, { githubRepository }: Around): Partial<Found> {
  const literals = new Map([...assignedIn(text), ...variablesOfWorkflow(text, githubRepository)]);
  const { jobs, steps } = readWorkflow(text);
  const builderAt = (offset: number): FoundBuild['builder'] =>
    jobs.find(({ from, to }) => from <= offset && offset < to)?.builder ?? 'unknown';
  const { runtimes, builds, names } = readCommands(path, joinLines(text), text, { literals, builderAt });
  const place = (line: number): Place => ({ file: path, line });
  for (const step of steps) {
    if (!/^docker\/(?:build-push-action|bake-action)@/.test(step.uses)) continue;
    const context = inputOf(step, 'context')[0]?.value;
    const file = inputOf(step, 'file')[0]?.value;
    const named = inputOf(step, 'platforms')
      .flatMap(({ value }) => value.split(','))
      .flatMap((name) => (name.trim() === '' ? [] : [parsePlatform(fillIn(name.trim(), literals))]));
    // A matrix has a platform for each of its legs, and bake reads its own file.
    const unseen = named.includes(undefined) || step.uses.startsWith('docker/bake-action@');
    builds.push({
      platforms: unseen ? [] : named.flatMap((platform) => platform ?? []),
      ...(unseen ? { unseen } : {}),
      builder: builderAt(step.offset),
      dockerfile: file?.includes('$') ? undefined : file,
      context: context?.includes('$') ? undefined : context,
      at: place(step.line),
    });
    const push = inputOf(step, 'push')[0]?.value ?? '';
    const outputs = inputOf(step, 'outputs').map(({ value }) => value);
    const pushed = (push !== '' && push !== 'false') || outputs.some((one) => /push=true|type=registry/.test(one));
    const beside = { how: pushed ? 'pushed' : 'given', dockerfile: dockerfileOf(file, context) } as const;
    for (const { value, line } of inputOf(step, 'tags').flatMap(atCommas)) {
      const id = /steps\.([\w-]+)\.outputs\.tags/.exec(value)?.[1];
      // An id is one of its own job.
      const made = steps.find((one) => one.id === id && one.list === step.list && isMetadata(one));
      if (id === undefined) names.push(...nameAt(value, place(line), beside, literals));
      else if (made !== undefined) names.push(...namesOfMetadata(made, place, beside, literals));
    }
  }
  return { runtimes, builds, names };
}

const isMetadata = ({ uses }: Step): boolean => uses.startsWith('docker/metadata-action@');

function dockerfileOf(file: string | undefined, context: string | undefined): string | undefined {
  if (file !== undefined) return file.includes('$') ? undefined : file;
  return context === undefined || /[${]/.test(context) ? undefined : `${context.replace(/\/$/, '')}/Dockerfile`;
}

/** One step that uses an action. */
interface Step {
  readonly uses: string;
  readonly id: string | undefined;
  readonly offset: number;
  readonly line: number;
  readonly with: YAMLMap | undefined;
  /** The list that it stands in: the steps of one job. */
  readonly list: unknown;
  readonly lineOf: (offset: number) => number;
}

interface Job {
  readonly from: number;
  readonly to: number;
  readonly builder: FoundBuild['builder'];
}

function readWorkflow(text: string): { readonly jobs: readonly Job[]; readonly steps: readonly Step[] } {
  const jobs: Job[] = [];
  const steps: Step[] = [];
  const { roots, lineOf } = readYaml(text);
  for (const root of roots) {
    visit(root, {
      Map(_key, node, path) {
        const [from = 0, , to = from] = node.range ?? [];
        if (node.has('runs-on')) jobs.push({ from, to, builder: runnerPlatform(node) });
        const uses: unknown = node.get('uses', true);
        if (!isScalar(uses) || typeof uses.value !== 'string') return;
        const inputs: unknown = node.get('with', true);
        const offset = uses.range?.[0] ?? from;
        steps.push({
          uses: uses.value,
          id: scalar(node, 'id'),
          offset,
          line: lineOf(offset),
          with: isMap(inputs) ? inputs : undefined,
          list: path.at(-1),
          lineOf,
        });
      },
    });
  }
  return { jobs, steps };
}

/** A value of an input, and its line. */
interface Value {
  readonly value: string;
  readonly line: number;
}

/** The values of an input, one a line in a block, without what stands behind `#`, as Docker's actions read lists. */
function inputOf(step: Step, name: string): readonly Value[] {
  const node: unknown = step.with?.get(name, true);
  if (!isScalar(node) || node.value === null) return [];
  const first = firstLine(node, step);
  return String(node.value)
    .split('\n')
    .flatMap((line, i) => {
      const value = line.replace(/(?:^|\s)#.*$/, '').trim();
      // Only a literal block keeps the lines of the file.
      return value === '' ? [] : [{ value, line: node.type === 'BLOCK_LITERAL' ? first + i : first }];
    });
}

/** Where the text of a scalar begins: below the `|` of a block. */
function firstLine(node: Scalar, { lineOf }: Step): number {
  return lineOf(node.range?.[0] ?? 0) + (node.type?.startsWith('BLOCK') ? 1 : 0);
}

/** Names with commas between them; one inside of `${{ }}` belongs to the expression. */
function atCommas({ value, line }: Value): readonly Value[] {
  return value.split(/,(?![^{]*\}\})/).map((one) => ({ value: one.trim(), line }));
}

/**
 * What docker/metadata-action makes of `images` and `tags`; a kind of tag that depends on the event stays unknown
 * (https://github.com/docker/metadata-action#tags-input, read 2026-11-28).
 */
function namesOfMetadata(
  step: Step,
  place: (line: number) => Place,
  beside: Pick<FoundName, 'how' | 'dockerfile'>,
  literals: Literals,
): readonly FoundName[] {
  const rules = inputOf(step, 'tags').map(({ value }) => tagOfRule(value, literals));
  return inputOf(step, 'images').flatMap(({ value, line }) => {
    const written = fillIn(value.replace(/^name=/, '').replace(/,.*$/, ''), literals);
    return (rules.length === 0 ? [undefined] : rules).flatMap((tag) =>
      // The action writes it in lower case, as registries want it.
      nameAt(written.toLowerCase(), place(line), { ...beside, tag }),
    );
  });
}

function tagOfRule(rule: string, literals: Literals): string | undefined {
  const parts = new Map(rule.split(',').map((part) => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)]));
  // Whether the tag is made at all depends on the event that started the run.
  if (parts.has('enable') || parts.has('suffix')) return undefined;
  const written = parts.get('prefix');
  const prefix = written === undefined ? undefined : fillIn(written, literals);
  switch (parts.get('type')) {
    case 'raw':
      return tagOrNone(`${prefix ?? ''}${fillIn(parts.get('value') ?? '', literals)}`);
    case 'sha':
      return tagOrNone(`${prefix ?? 'sha-'}${parts.get('format') === 'long' ? '{commit}' : '{sha}'}`);
    case 'semver': {
      const variable = { '{{version}}': '{version}', '{{major}}.{{minor}}': '{minor}', '{{major}}': '{major}' };
      const found = variable[(parts.get('pattern') ?? '') as keyof typeof variable];
      return found === undefined ? undefined : tagOrNone(`${prefix ?? ''}${found}`);
    }
    default:
      return undefined;
  }
}
