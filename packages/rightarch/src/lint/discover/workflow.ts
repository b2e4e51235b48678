import { type Platform, parsePlatform } from '../../core/index.ts';
import { child, entriesOf, readTrees, type Trees, wordsOf } from '../../definition/index.ts';
import { readInstance } from '../../target/index.ts';
import { type BakeFiles, bakedTargets, bakeOfStep } from '../baked.ts';
import { parsedWorkflow } from '../documents/parsed.ts';
import { isGitlab, scriptsIn } from '../documents/scripts.ts';
import {
  defaultPlatformOf,
  inLeg,
  inputLines,
  type JobView,
  type Leg,
  runnerPlatform,
  type StepView,
} from '../documents/workflow.ts';
import { type Found, type FoundBuild, type FoundName, type Place, placeOf } from '../found.ts';
import type { Around, SourceFile } from '../repository.ts';
import { readCommands } from './commands.ts';
import { assignedIn, fillIn, type Literals, nameAt, tagOrNone, variablesOfWorkflow } from './names.ts';

/** What a workflow builds and pushes: build-push-action steps and command lines, and the CPU of its runners. */
export function discoverWorkflow(file: SourceFile, { githubRepository, bake }: Around): Partial<Found> {
  const { path, text } = file;
  const literals = new Map([...assignedIn(text), ...variablesOfWorkflow(text, githubRepository)]);
  const ofGitlab = isGitlab(path);
  const { jobs, trees } = ofGitlab ? { jobs: [], trees: readTrees(text) } : parsedWorkflow(file);
  const gitlab = ofGitlab && trees !== undefined ? gitlabJobs(trees) : [];
  const builderAt = (offset: number): FoundBuild['builder'] => {
    const other = gitlab.find(({ from, to }) => from <= offset && offset < to);
    if (other !== undefined) return other.builder;
    const job = jobs.find(({ from, to }) => from <= offset && offset < to);
    const each = (job?.legs ?? [{}]).map((leg) => (job === undefined ? 'unknown' : builderIn(job, leg)));
    return each.every((one) => JSON.stringify(one) === JSON.stringify(each[0])) ? each[0] : 'unknown';
  };
  const scripts = trees === undefined ? [] : scriptsIn(path, text, () => trees);
  const { runtimes, builds, names } = readCommands(path, text, scripts, { literals, builderAt });
  const place = valuePlaces(path, text);
  for (const job of jobs) {
    for (const [i, step] of job.steps.entries()) {
      if (!BUILDERS.test(step.uses ?? '')) continue;
      const context = inputLines(step, 'context')[0]?.value;
      const file = inputLines(step, 'file')[0]?.value;
      const at = placeOf(path, step.span);
      const written = step.inputs.get('platforms')?.span;
      const push = inputLines(step, 'push')[0]?.value ?? '';
      const outputs = inputLines(step, 'outputs').map(({ value }) => value);
      const pushed = (push !== '' && push !== 'false') || outputs.some((one) => /push=true|type=registry/.test(one));
      // A build that says of itself that it is sent nowhere tells nothing of what is published.
      const kept = push === 'false' || inputLines(step, 'load')[0]?.value === 'true';
      const isTrial = kept && !pushed && outputs.length === 0 && !SENDS.test(text.slice(job.from, job.to));
      const fallback = defaultPlatformOf(step, job.steps.slice(0, i));
      const isTold = (leg: Leg | undefined): boolean =>
        leg !== undefined && isBakeSeen(step, leg, job.steps.slice(0, i), bake);
      const legs = (job.legs ?? [undefined])
        .filter((leg) => !isTold(leg))
        .map((leg) =>
          JSON.stringify({ ...platformsIn(step, leg, literals, fallback), ...sourceIn(step, leg, { file, context }) }),
        );
      for (const one of new Set(legs)) {
        const { platforms, unseen, dockerfile, context: folder } = JSON.parse(one) as Partial<FoundBuild>;
        builds.push({
          platforms: platforms ?? [],
          ...(unseen ? { unseen } : {}),
          ...(isTrial ? { trial: true as const } : {}),
          // Those of a service run on machines of its own.
          builder: step.uses?.startsWith('docker/') ? builderAt(job.from) : 'unknown',
          dockerfile,
          context: folder,
          at,
          ...(written === undefined ? {} : { platformsAt: placeOf(path, written) }),
        });
      }
      const beside = { how: pushed ? 'pushed' : 'given', dockerfile: dockerfileOf(file, context) } as const;
      for (const { value, line } of inputLines(step, 'tags').flatMap(atCommas)) {
        const id = /steps\.([\w-]+)\.outputs\.tags/.exec(value)?.[1];
        // An id is one of its own job.
        const made = job.steps.find((one) => one.id === id && isMetadata(one));
        if (id === undefined) names.push(...nameAt(value, place(line, value), beside, literals));
        else if (made !== undefined) names.push(...namesOfMetadata(made, place, beside, literals));
      }
    }
  }
  return { runtimes, builds: [...builds, ...builtElsewhere(jobs, path)], names };
}

/** Docker's own actions, and those of services that sell builders, which take the same inputs (github.com/depot/build-push-action, …/useblacksmith/build-push-action, read 2026-11-30). */
const BUILDERS = /^(?:docker|depot|useblacksmith)\/(?:build-push-action|bake-action)$/;
/** Other actions, and workflows of other repositories, that build images by their name: for which platforms, these say in ways of their own. */
const BUILDS_BY_NAME = /docker|container|buildah|kaniko|image|\bko\b|\bjib\b/i;
const BUILDS = /build|publish|push|release|ship|kaniko|\bko\b|\bjib\b/i;
/** What has such a name and builds nothing. */
const BUILDS_NOTHING =
  /login|setup|scan|prune|clean|lint|sign|cache|metadata|attest|trivy|tag\b|retag|size|delete|describe|buildx/i;

/** Builds of which nothing is seen but that there is one. */
function builtElsewhere(jobs: readonly JobView[], path: string): readonly FoundBuild[] {
  const isBuild = (uses: string | undefined): boolean =>
    uses !== undefined &&
    !uses.startsWith('./') &&
    !BUILDERS.test(uses) &&
    BUILDS_BY_NAME.test(uses) &&
    BUILDS.test(uses) &&
    !BUILDS_NOTHING.test(uses);
  return jobs
    .flatMap(({ calls, steps }) => [
      ...steps.flatMap(({ uses, span }) => (isBuild(uses) ? [span] : [])),
      ...(calls !== undefined && isBuild(calls.name) ? [calls.span] : []),
    ])
    .map(
      (span): FoundBuild => ({
        platforms: [],
        unseen: true,
        builder: 'unknown',
        dockerfile: undefined,
        context: undefined,
        at: placeOf(path, span),
      }),
    );
}

/** What bake builds is told of its own files where these are seen. */
function isBakeSeen(step: StepView, leg: Leg, before: readonly StepView[], bake: BakeFiles): boolean {
  const call = bakeOfStep(step, leg, before, bake.read);
  return call !== undefined && bakedTargets(call, bake).length > 0;
}

/** Commands of the same job that may send on what a step has built. */
const SENDS =
  /\bdocker\s+(?:image\s+)?push\b|\bimagetools\b|\b(?:crane|skopeo|regctl|kind|kubectl|helm|aws|gcloud|az)\b/;

/** Jobs of GitLab, with the CPU of GitLab's own runners where a tag names one. */
function gitlabJobs(
  trees: Trees,
): readonly { readonly from: number; readonly to: number; readonly builder: Platform | 'unknown' }[] {
  return trees.roots.flatMap((root) =>
    entriesOf(root).flatMap(([, job]) => {
      if (child(job, 'script') === undefined) return [];
      const told = wordsOf(child(job, 'tags')).map((tag) => readInstance('gitlab-hosted', tag));
      const [cpu] = told.flatMap((one) => (one.kind === 'cpu' ? [one.platform.value] : []));
      return [{ from: job.offset, to: job.end, builder: cpu ?? ('unknown' as const) }];
    }),
  );
}

const builderIn = ({ runsOn }: JobView, leg: Leg): Platform | 'unknown' =>
  runnerPlatform(runsOn.map((label) => inLeg(label, leg, new Map()) ?? ''));

/** What a step builds in one leg. Bake reads its own file, and some expressions are decided elsewhere. */
function platformsIn(
  step: StepView,
  leg: Leg | undefined,
  literals: Literals,
  fallback: string | undefined,
): Pick<FoundBuild, 'platforms' | 'unseen'> {
  const written = inputLines(step, 'platforms').map(({ value }) => value);
  const named = (written.length === 0 && fallback !== undefined ? [fallback] : written)
    .flatMap((value) => value.split(','))
    .map((name) =>
      name.replace(/\$\{\{\s*matrix\.([\w.-]+)\s*\}\}/g, (whole, key: string) => leg?.[key] ?? whole).trim(),
    )
    // A leg may name several.
    .flatMap((name) => name.split(','))
    .flatMap((name) => (name.trim() === '' ? [] : [parsePlatform(fillIn(name.trim(), literals))]));
  const isSeen = !named.includes(undefined) && step.uses !== 'docker/bake-action';
  return isSeen ? { platforms: named.flatMap((platform) => platform ?? []) } : { platforms: [], unseen: true };
}

/** What it builds from in one leg. Of a Dockerfile that is not seen the context says nothing. */
function sourceIn(
  { env }: StepView,
  leg: Leg | undefined,
  { file, context }: { readonly file: string | undefined; readonly context: string | undefined },
): Pick<FoundBuild, 'dockerfile' | 'context'> {
  const seen = (text: string | undefined): string | undefined => {
    const filled = text === undefined || leg === undefined ? text : inLeg(text, leg, env);
    return filled?.includes('$') ? undefined : filled;
  };
  const dockerfile = seen(file);
  return { dockerfile, context: file !== undefined && dockerfile === undefined ? undefined : seen(context) };
}

const isMetadata = ({ uses }: StepView): boolean => uses === 'docker/metadata-action';

function dockerfileOf(file: string | undefined, context: string | undefined): string | undefined {
  if (file !== undefined) return file.includes('$') ? undefined : file;
  return context === undefined || /[${]/.test(context) ? undefined : `${context.replace(/\/$/, '')}/Dockerfile`;
}

type ValuePlace = (line: number, value: string) => Place;

/** Places of values whose line is known. */
function valuePlaces(file: string, text: string): ValuePlace {
  let lines: readonly string[] | undefined;
  return (line, value) => {
    lines ??= text.split('\n');
    const column = (lines[line - 1]?.indexOf(value) ?? -1) + 1;
    const length = column === 0 ? 0 : value.length;
    return { file, line, column: Math.max(1, column), end: { line, column: Math.max(1, column) + length } };
  };
}

/** A value of an input, and its line. */
type Value = ReturnType<typeof inputLines>[number];

/** Names with commas between them; one inside of `${{ }}` belongs to the expression. */
function atCommas({ value, line }: Value): readonly Value[] {
  return value.split(/,(?![^{]*\}\})/).map((one) => ({ value: one.trim(), line }));
}

/**
 * What docker/metadata-action makes of `images` and `tags`; a kind of tag that depends on the event stays unknown
 * (https://github.com/docker/metadata-action#tags-input, read 2026-11-28).
 */
function namesOfMetadata(
  step: StepView,
  place: ValuePlace,
  beside: Pick<FoundName, 'how' | 'dockerfile'>,
  literals: Literals,
): readonly FoundName[] {
  const rules = inputLines(step, 'tags').map(({ value }) => tagOfRule(value, literals));
  return inputLines(step, 'images').flatMap(({ value, line }) => {
    const written = fillIn(value.replace(/^name=/, '').replace(/,.*$/, ''), literals);
    return (rules.length === 0 ? [undefined] : rules).flatMap((tag) =>
      // The action writes it in lower case, as registries want it.
      nameAt(written.toLowerCase(), place(line, value), { ...beside, tag }),
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
