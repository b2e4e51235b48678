import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { BuildPlan, BuildRequest, Engine } from '../build/index.ts';
import type { ResolvedProject } from '../config/index.ts';
import { type Diagnostic, Failure, formatPlatform } from '../core/index.ts';
import { applyRewrites, originalStage, rewritesBehind, type StageLeft, type StageRewrite } from '../lint/index.ts';
import { atFile, atInput, diagnostic, failure } from '../messages/index.ts';
import { buildPhrases, buildTexts } from '../messages/phrases/build.ts';
import { makeDirectory } from '../oci/index.ts';
import { ownName, removeAbandoned } from '../oci/own-name.ts';
import { formatDuration } from '../report/index.ts';
import { engineFor } from './building.ts';
import type { ExitStatus } from './exit.ts';
import type { Job } from './jobs.ts';
import { openProgress } from './progress.ts';
import { dockerfileOf, rewritesFor } from './rewritable.ts';
import { compareBuilds, type ProvedPlatform } from './rewrite-proof.ts';
import type { Session } from './session.ts';
import { cacheDirectory } from './shell.ts';
import { shownPath } from './shown.ts';
import type { Flags } from './specs.ts';
import { writeWhole } from './write-whole.ts';

/** What came of one Dockerfile, as `plan --rewrite --json` tells it. */
interface Rewriting {
  readonly status: ExitStatus;
  readonly made?: {
    readonly text: string;
    readonly diff: string;
    readonly stages: readonly StageRewrite[];
    readonly platforms: readonly ProvedPlatform[];
    /** What each build took, with the caches as they were. */
    readonly ms: { readonly original: number; readonly rewritten: number };
  };
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * `plan --rewrite`: the Dockerfile whose stages are made on the builder's CPU, after the original and it were both built
 * for every platform and hold the same. What cannot be proven so is not offered.
 */
export async function rewriteJob(
  session: Session,
  job: Job,
  flags: Flags,
  project: ResolvedProject | undefined,
): Promise<{ readonly status: ExitStatus; readonly value: unknown }> {
  if (flags.write === true && job.request.dockerfileText !== undefined) {
    const args = { option: '--write', value: '-f -', accepted: ['-f FILE', '--rewrite'] };
    throw failure('cli/bad-value', args, atInput('--write'), 'request');
  }
  const text = dockerfileOf(job.request);
  const found = await rewrite(session, job, { text, flags, project });
  const { made, status, diagnostics } = found;
  if (made !== undefined && flags.write === true) {
    // Minutes have gone by.
    if (dockerfileOf(job.request) !== text)
      throw new Failure(
        diagnostic('plan/dockerfile-changed', { file: job.request.dockerfile }, atFile(job.request.dockerfile)),
        'request',
      );
    await writeWhole(job.request.dockerfile, made.text);
  }
  if (!session.json) say(session, job, found, flags);
  const value = {
    image: job.request.name,
    dockerfile: job.request.dockerfile,
    rewritten: made === undefined ? null : rewrittenJson(made),
    written: made !== undefined && flags.write === true,
    diagnostics: session.findingsJson(diagnostics),
  };
  return { status, value };
}

const rewrittenJson = ({ text, diff, stages, platforms, ms }: NonNullable<Rewriting['made']>) => ({
  text,
  diff,
  stages: stages.map(({ stages: indexes, adds, name, line, kinds }) => ({ stages: indexes, adds, name, line, kinds })),
  platforms,
  ms,
});

interface Asked {
  readonly text: string;
  readonly flags: Flags;
  readonly project: ResolvedProject | undefined;
}

async function rewrite(session: Session, job: Job, { text, flags, project }: Asked): Promise<Rewriting> {
  const { request } = job;
  const { signal } = session.shell;
  const engine = await engineFor(session, job, flags, project);
  const plan = await engine.plan(request, { signal });
  const slow = new Set(
    plan.platforms.flatMap(({ stages }) =>
      stages.flatMap(({ stage, how, because }) =>
        how === 'emulate' || (how !== 'native' && because.kind === 'refused') ? [stage] : [],
      ),
    ),
  );
  const { proposed, left } = rewritesFor(request, text);
  const isSlow = (stages: readonly number[]): boolean => stages.some((one) => slow.has(one));
  const wanted = proposed.filter(({ stages }) => isSlow(stages));
  const notes = left.filter(({ stage }) => isSlow([stage])).map((one) => leftNote(request, one));
  if (wanted.length === 0) return { status: notes.length === 0 ? 0 : 1, diagnostics: notes };
  const refused = plan.diagnostics.filter(({ severity }) => severity === 'error');
  if (refused.length > 0) {
    const error = unproven(request, wanted, { why: 'no-engine' }, refused);
    return { status: 1, diagnostics: [...notes, error] };
  }
  const parent = join(cacheDirectory(session.shell), 'rewrite');
  await makeDirectory(parent);
  await removeAbandoned(parent);
  const scratch = join(parent, ownName());
  try {
    await mkdir(scratch);
    return await prove(session, job, { text, engine, plan, scratch, wanted, notes });
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Builds the original once, and the rewritten one until what is left of it gives the same. */
async function prove(
  session: Session,
  { request }: Job,
  parts: {
    readonly text: string;
    readonly engine: Engine;
    readonly plan: BuildPlan;
    readonly scratch: string;
    readonly wanted: readonly StageRewrite[];
    readonly notes: readonly Diagnostic[];
  },
): Promise<Rewriting> {
  const { text, engine, plan, scratch } = parts;
  const { signal } = session.shell;
  const diagnostics = [...parts.notes];
  const original = join(scratch, 'original');
  let took: number;
  try {
    took = await buildInto(session, { engine, request, plan, directory: original });
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    const told = unproven(request, parts.wanted, { why: 'original-fails' }, [error.diagnostic]);
    return { status: 1, diagnostics: [...diagnostics, told] };
  }
  for (let wanted = parts.wanted, round = 0; wanted.length > 0; round++) {
    const done = applyRewrites(text, wanted);
    const next: BuildRequest = { ...request, dockerfileText: done.text };
    const drop = (behind: readonly StageRewrite[], detail: Unproven, causes: readonly Diagnostic[] = []): void => {
      diagnostics.push(unproven(request, behind, detail, causes));
      wanted = wanted.filter((one) => !behind.includes(one));
    };
    const directory = join(scratch, `rewritten-${round}`);
    let ms: number;
    try {
      const second = await engine.plan(next, { signal });
      ms = await buildInto(session, { engine, request: next, plan: second, directory });
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted) throw error;
      drop(behindLine(done.text, text, wanted, error.diagnostic), { why: 'rewritten-fails' }, [error.diagnostic]);
      continue;
    }
    const { platforms, differs } = await compareBuilds(session, request, { original, rewritten: directory });
    if (differs === undefined) {
      const diff = patch(session, request, done.hunks);
      const made = { text: done.text, diff, stages: wanted, platforms, ms: { original: took, rewritten: ms } };
      return { status: 0, made, diagnostics };
    }
    const behind =
      differs.path === undefined
        ? wanted
        : rewritesBehind(request.dockerfile, done.text, differs.path, { proposed: wanted, target: request.stage });
    drop(behind, differs);
    await rm(directory, { recursive: true, force: true });
  }
  return { status: 1, diagnostics };
}

/** Which rewrite a line of the rewritten file belongs to: those of its stage, or all where it is of none. */
function behindLine(
  done: string,
  text: string,
  wanted: readonly StageRewrite[],
  { at }: Diagnostic,
): readonly StageRewrite[] {
  if (at.in !== 'file') return wanted;
  const froms = (source: string): number[] =>
    source.split('\n').flatMap((line, i) => (/^\s*FROM\s/i.test(line) ? [i + 1] : []));
  const stage = froms(done).findLastIndex((line) => line <= at.start.line);
  const added = wanted.reduce((sum, { adds }) => sum + adds.length, 0);
  const isKnown = froms(done).length === froms(text).length + added;
  const own = isKnown ? wanted.filter(({ stages }) => stages.includes(originalStage(wanted, stage))) : [];
  return own.length === 0 ? wanted : own;
}

async function buildInto(
  session: Session,
  {
    engine,
    request,
    plan,
    directory,
  }: {
    readonly engine: Engine;
    readonly request: BuildRequest;
    readonly plan: BuildPlan;
    readonly directory: string;
  },
): Promise<number> {
  const { shell } = session;
  const begin = performance.now();
  const progress = openProgress(
    { watched: shell.watched && !session.json, width: shell.width, page: session.page, mode: 'auto' },
    shell.err,
    () => performance.now(),
  );
  try {
    await engine.build(
      request,
      plan,
      { directory, name: 'built' },
      { signal: shell.signal, onEvent: (event) => event.kind !== 'diagnostic' && progress.build(event) },
    );
  } finally {
    progress.clear();
  }
  return Math.round(performance.now() - begin);
}

const atLine = ({ dockerfile }: BuildRequest, line: number) =>
  ({ in: 'file', file: dockerfile, start: { line, column: 1 }, end: { line, column: 1 } }) as const;

const leftNote = (request: BuildRequest, { name, why, line, command }: StageLeft): Diagnostic =>
  diagnostic('plan/stage-not-rewritten', { stage: name, why, command: shortened(command) }, atLine(request, line));

const shortened = (command: string): string => {
  const one = command.replace(/\s+/g, ' ');
  return one.length > 60 ? `${one.slice(0, 59)}…` : one;
};

export interface Unproven {
  readonly why: 'no-engine' | 'original-fails' | 'rewritten-fails' | 'differs' | 'verdict';
  readonly platform?: string;
  readonly path?: string;
  readonly original?: string;
  readonly rewritten?: string;
  readonly more?: number;
}

function unproven(
  request: BuildRequest,
  stages: readonly StageRewrite[],
  detail: Unproven,
  causes: readonly Diagnostic[] = [],
): Diagnostic {
  const args = {
    stages: stages.map(({ name }) => name).join(', '),
    platform: '',
    path: '',
    original: '',
    rewritten: '',
    more: 0,
    ...detail,
  };
  const at = atLine(request, stages[0]?.line ?? 1);
  return { ...diagnostic('plan/rewrite-unproven', args, at), ...(causes.length > 0 ? { causes } : {}) };
}

/** The change as `git apply` and `patch -p1` take it. */
function patch({ shell }: Session, { dockerfile }: BuildRequest, hunks: readonly string[]): string {
  const name = relative(shell.cwd, dockerfile).split(sep).join('/');
  const shown = name.startsWith('..') ? dockerfile.slice(dirname(dockerfile).length + 1) : name;
  return [`--- a/${shown}`, `+++ b/${shown}`, ...hunks].join('\n');
}

function say(session: Session, { request }: Job, { made, diagnostics }: Rewriting, flags: Flags): void {
  const { language, shell } = session;
  for (const one of diagnostics) session.warn(one);
  const tell = (line: string): void => shell.err(`${line}\n`);
  if (made === undefined) {
    if (diagnostics.length === 0) tell(buildPhrases.nothingToRewrite[language]);
    return;
  }
  for (const { platform, files, programs, permitted, verdict } of made.platforms) {
    tell(buildTexts.sameBuilt[language]({ platform: formatPlatform(platform), files, programs, verdict }));
    for (const { why, files: count, example } of permitted)
      tell(`  ${buildTexts.permitted[language]({ why, files: count, example })}`);
  }
  const { original, rewritten } = made.ms;
  tell(buildTexts.rewriteTimes[language]({ original: formatDuration(original), rewritten: formatDuration(rewritten) }));
  if (flags.write === true) tell(buildTexts.wrote[language]({ file: shownPath(shell.cwd, request.dockerfile) }));
  else shell.out(flags.diff === true ? `${made.diff}\n` : made.text);
}
