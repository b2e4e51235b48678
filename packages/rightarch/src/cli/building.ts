import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type {
  BasePin,
  BuildEvent,
  BuildPlan,
  BuildResult,
  EmbeddedOptions,
  Engine,
  RunProgram,
} from '../build/index.ts';
import { commitSeconds, type ResolvedProject } from '../config/index.ts';
import {
  type Diagnostic,
  Failure,
  familiarReference,
  formatReference,
  type ImageLocator,
  type ImageReference,
  parsePlatform,
  withDefaultTag,
} from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import {
  chooseImages,
  collectLayout,
  copyTree,
  createLayoutSink,
  type Descriptor,
  type ImageTree,
  makeDirectory,
  type OpenOptions,
  openLayout,
  openSource,
  openTree,
} from '../oci/index.ts';
import { openOptions } from './access.ts';
import { choiceOf } from './arguments.ts';
import { type Built, namesGiven, rememberBuilt } from './built.ts';
import { buildkitHost } from './docker-address.ts';
import type { Job } from './jobs.ts';
import { goneFrom, withOptional } from './optional.ts';
import { openProgress } from './progress.ts';
import { secretReader } from './secrets.ts';
import type { Session } from './session.ts';
import { cacheDirectory } from './shell.ts';
import type { Flags } from './specs.ts';
import { writeWhole } from './write-whole.ts';

/** Notes of a plan that a build says too: what is done otherwise than it was asked for. */
const ALWAYS_TOLD: ReadonlySet<string> = new Set([
  'plan/engine-chosen',
  'plan/attestations-left-out',
  'plan/builder-made',
]);

/** The engine for a job: the embedded one where it can, else BuildKit; or the one that is asked for. */
export async function engineFor(
  session: Session,
  job: Job,
  flags: Flags,
  project: ResolvedProject | undefined,
): Promise<Engine> {
  const engine = choiceOf(flags, 'engine', ['auto', 'embedded', 'buildx', 'buildkit', 'buildah'], 'auto');
  const { shell } = session;
  const options = await openOptions(session, project?.mirrors);
  const parts = {
    cacheDirectory: cacheDirectory(shell),
    buildPlatform: parsePlatform(shell.hostPlatform)!,
    ...(flags.locked === true ? { locked: lockedPins(job) } : {}),
    openBase: async (reference, call) => {
      const open = { ...options, ...call };
      try {
        return await openBase({ kind: 'registry', reference }, open);
      } catch (error) {
        if (!isNowhere(error, reference) || job.request.pull || flags.locked === true) throw error;
        const { digest: _, ...named } = reference;
        // No Docker, or none under that name: what the registry said stands.
        const local = { kind: 'docker', name: familiarReference(withDefaultTag(named)) } as const;
        return await openBase(local, open).catch((cause) => {
          throw call?.signal?.aborted === true ? cause : error;
        });
      }
    },
  } satisfies Partial<EmbeddedOptions>;
  const run = shell.runProgram ?? noProgram;
  const now = () => shell.now().getTime();
  const fallback =
    flags.fallback === undefined ? undefined : choiceOf(flags, 'fallback', ['emulate'] as const, 'emulate');
  // Each engine is loaded where it is asked for: together they are a good part of what starting costs.
  const buildah = async () => {
    const { createBuildahEngine } = await import('../build/engines/buildah/engine.ts');
    return createBuildahEngine({ ...parts, run, now });
  };
  const buildkit = async (use: 'any' | 'buildx' | 'buildkit') => {
    const { createBuildKitEngine } = await import('../build/engines/buildkit/engine.ts');
    const builders = project?.builders ?? [];
    return createBuildKitEngine({ ...parts, run, use, builders, buildkitHost: buildkitHost(shell), fallback });
  };
  const embedded = async () => {
    const [{ createEmbeddedEngine }, { packageAccess }, { scanCacheOf }] = await Promise.all([
      import('../build/engines/embedded/engine.ts'),
      import('./packages.ts'),
      import('./scan-cache.ts'),
    ]);
    return createEmbeddedEngine({
      ...parts,
      // Without a commit it is 1970, and the same everywhere.
      created: (await commitSeconds(job.request.context, { environment: shell.env, signal: shell.signal })) ?? 0,
      system: shell.system === 'win32' ? 'windows' : 'posix',
      version: manifest.version,
      packages: packageAccess(shell, options.registry ?? {}),
      readSecret: secretReader(shell),
      now,
      scans: scanCacheOf(session),
    });
  };
  switch (engine) {
    case 'buildah':
      return buildah();
    case 'buildx':
    case 'buildkit':
      return buildkit(engine);
    case 'embedded':
      return embedded();
    case 'auto': {
      const { createAutoEngine } = await import('../build/engines/auto.ts');
      return createAutoEngine(...(await Promise.all([embedded(), buildkit('any'), buildah()])));
    }
  }
}

/**
 * A base image that its registry has not may be in Docker alone, where `docker build` finds it too. Where the registry only
 * refuses to say, what Docker has may be of yesterday; but Docker Hub answers 401 for what is not there, and its images of
 * one word are nobody's secret.
 */
function isNowhere(error: unknown, { registry, repository }: ImageReference): boolean {
  if (!(error instanceof Failure)) return false;
  const { code } = error.diagnostic;
  const isWord = registry === 'docker.io' && repository.startsWith('library/');
  return code === 'registry/not-found' || code === 'image/name-unknown' || (isWord && code === 'registry/unauthorized');
}

async function openBase(locator: ImageLocator, options: OpenOptions): Promise<ImageTree> {
  const { source, name } = await openSource(locator, options);
  try {
    return await openTree(source, await source.resolve(name, options), options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

const noProgram: RunProgram = async () => ({ status: undefined, out: '', err: '' });

const planFile = (job: Job): string => `${job.layout}.plan.json`;

/** The bases of the last plan, for `--locked`. */
function lockedPins(job: Job): readonly BasePin[] {
  const file = planFile(job);
  const found = existsSync(file);
  const bases = found ? pinsIn(file) : undefined;
  if (bases !== undefined) return bases;
  const args = { image: job.request.name, damaged: found ? file : null };
  throw failure('cli/nothing-locked', args, atInput('--locked'), 'request');
}

/** The bases of a plan that was kept; undefined where the file is not what `rememberPlan` wrote. */
function pinsIn(file: string): readonly BasePin[] | undefined {
  try {
    const { bases } = JSON.parse(readFileSync(file, 'utf8')) as BuildPlan;
    const sound = ({ reference, root, manifests }: BasePin): boolean =>
      typeof reference === 'string' && typeof root.digest === 'string' && Array.isArray(manifests);
    return bases.every(sound) ? bases : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the plan beside the layout, for `--locked` and for whoever wants to know what was built from what. */
export async function rememberPlan(job: Job, plan: BuildPlan): Promise<void> {
  await makeDirectory(dirname(job.layout));
  await writeWhole(planFile(job), `${JSON.stringify(plan, undefined, 2)}\n`);
}

/** What came of one job. */
interface BuiltJob {
  /** Without what was left out. */
  readonly job: Job;
  readonly leftOut: readonly Diagnostic[];
  readonly plan: BuildPlan;
  readonly result: BuildResult;
  readonly ms: number;
}

/** Plans and builds one job into its layout; `built` gets what it left, after what the same run left before. */
export async function buildJob(
  session: Session,
  wanted: Job,
  flags: Flags,
  project: ResolvedProject | undefined,
  { directory = wanted.layout, built }: { readonly directory?: string; readonly built: Built[] },
): Promise<BuiltJob> {
  const { shell } = session;
  const begin = performance.now();
  const engine = await engineFor(session, wanted, flags, project);
  // docker's `tty` is what `auto` does on a terminal.
  const asked = choiceOf(flags, 'progress', ['auto', 'plain', 'quiet', 'tty'], 'auto');
  const mode = flags.quiet === true ? 'quiet' : asked === 'tty' ? 'auto' : asked;
  const progress = openProgress(
    { watched: shell.watched && !session.json, width: shell.width, page: session.page, mode },
    shell.err,
    () => performance.now(),
  );
  try {
    // Every platform says it of the same line, and a second attempt says it again.
    const said = new Map<string, Diagnostic>();
    const sayOnce = (finding: Diagnostic): void => {
      const key = JSON.stringify([finding.code, finding.at, finding.args]);
      if (said.has(key)) return;
      said.set(key, finding);
      progress.clear();
      if (!session.json) session.warn(finding);
    };
    const onEvent = (event: BuildEvent): void => {
      if (event.kind === 'diagnostic') sayOnce(event.diagnostic);
      else progress.build(event);
    };
    const reduced = await withOptional(session, wanted, 'build', async (job) => {
      const plan = await engine.plan(job.request, { signal: shell.signal });
      for (const note of plan.diagnostics) if (note.severity === 'warning' || ALWAYS_TOLD.has(note.code)) sayOnce(note);
      const output = { directory, name: layoutName(job), newestOnly: directory === job.layout };
      const result = await engine.build(job.request, plan, output, { signal: shell.signal, onEvent });
      return { plan: result.plan ?? plan, result };
    });
    const { job, value, leftOut } = reduced;
    const { plan, result } = value;
    for (const one of leftOut) sayOnce(one);
    built.push({
      image: job.request.name,
      layout: directory,
      digest: result.root.digest,
      names: namesGiven(job.references),
      leftOut: goneFrom(wanted, job).map((platform) => ({ platform, step: 'build' })),
    });
    await rememberBuilt(job.root, built);
    await rememberPlan(job, plan);
    const others = [...said.values()].filter((one) => !plan.diagnostics.includes(one));
    return {
      job,
      leftOut,
      plan: { ...plan, diagnostics: [...plan.diagnostics, ...others] },
      result,
      ms: performance.now() - begin,
    };
  } finally {
    progress.clear();
  }
}

/**
 * Leaves only the platforms of `job` of what was built for `before` and is not proven whole: from the same bytes, and
 * remembered as the last build.
 */
export async function narrowBuilt(
  { shell }: Session,
  { before, job, root }: { readonly before: Job; readonly job: Job; readonly root: Descriptor },
  built: Built[],
): Promise<Descriptor> {
  const call = { signal: shell.signal };
  const source = openLayout(job.layout);
  const sink = createLayoutSink(job.layout, { newestOnly: true });
  try {
    const tree = await openTree(source, root, call);
    const platforms = job.request.platforms.map(({ platform }) => platform);
    const images = chooseImages(tree, platforms);
    // One platform is a manifest alone, as the engine leaves it.
    const kept = images.length === 1 ? images[0]!.descriptor : await copyTree(tree, sink, { ...call, platforms });
    await sink.tag(layoutName(job), kept, call);
    const last = built.pop()!;
    const unproven = goneFrom(before, job).map((platform) => ({ platform, step: 'proof' as const }));
    built.push({ ...last, digest: kept.digest, leftOut: [...last.leftOut, ...unproven] });
    await rememberBuilt(job.root, built);
    return kept;
  } finally {
    await sink.close();
    await source.close();
  }
}

/**
 * Takes from the image's own layout what its index no longer reaches, where nobody else is at it. Layouts of `-o` are
 * the user's, who may keep more in them than we know of. The build is done, whatever comes of this.
 */
export async function collectBuilt({ layout }: Job, directory = layout): Promise<void> {
  if (directory === layout) await collectLayout(layout).catch(() => undefined);
}

/** The name inside the layout: the first name that it was given, else the image's own. */
function layoutName(job: Job): string {
  const [reference] = job.references;
  return reference === undefined ? job.request.name : formatReference(reference);
}
