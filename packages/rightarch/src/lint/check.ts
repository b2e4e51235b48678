import { type Diagnostic, type Platform, relativePath } from '../core/index.ts';
import { type Dockerfile, isDockerfile } from '../dockerfile/index.ts';
import { targets } from '../target/index.ts';
import { type BaselineEntry, baselineSuppression, type LineOf } from './baseline.ts';
import { type BaseUse, baseQuestions, basesOf, basesUnknown, type KnownBases } from './bases.ts';
import { type AskedRuntime, type DeclaredProject, judgeAsked, judgeBetween } from './between.ts';
import { judgeCargoConfig } from './cargo-config.ts';
import { type Chain, chainsOf, chainsTold } from './chain.ts';
import type { HostNative } from './context-files.ts';
import { type DockerfileView, viewDockerfile } from './documents/dockerfile.ts';
import { parsedWorkflow } from './documents/parsed.ts';
import { isWorkflow } from './documents/workflow.ts';
import { type Fix, fixer, scriptFix } from './fixes.ts';
import type { FoundRuntime } from './found.ts';
import { judgeInfrastructure } from './infrastructure.ts';
import { isDocument, isDocumentedFor, judgeMarkdown } from './markdown-rules.ts';
import { judgeReadiness, type LockfileAnswer } from './readiness/index.ts';
import { type KnownReleases, NOTHING_KNOWN, type Question } from './readiness/releases.ts';
import { discoverRepository, type Repository, type SourceFile } from './repository.ts';
import type { Judged, RuleContext } from './rule.ts';
import { dockerfileRules, workflowRules } from './rules/index.ts';
import { judgeScripts } from './script-rules.ts';
import {
  commentSuppressions,
  declaredSuppressions,
  type Suppressed,
  type Suppression,
  suppressions,
} from './suppress.ts';
import { askedPlatforms, ofItsPath, type WantedPlatform, wantedIn, wantedPlatforms } from './wanted.ts';
import { buildSteps } from './workflow-builds.ts';
import { workflowFix } from './workflow-fixes.ts';

export interface CheckOptions {
  /** Named by `--for` or `--platform`. Empty: rightarch.yaml tells, else the sources. */
  readonly platforms: readonly Platform[];
  /** Runtimes named by `--for`: what others that the sources declare would say is then nobody's question. */
  readonly asked?: readonly AskedRuntime[] | undefined;
  /** False: a comment in a file silences nothing (`--no-inline-ignore`). */
  readonly inlineIgnore: boolean;
  /** What lies in the node_modules of the contexts today; none where nobody looked. */
  readonly natives?: readonly HostNative[];
  readonly project?: DeclaredProject | undefined;
  /** What registries said about packages (`--online`); absent: nobody was asked. */
  readonly releases?: KnownReleases | undefined;
  /** What registries said about base images (`--online`); absent: nobody asks. */
  readonly bases?: KnownBases | undefined;
  /** What was there when the repository began with `check`: it is not told again. */
  readonly baseline?: readonly BaselineEntry[] | undefined;
  /** The day, for what silences a finding until another: `2026-11-23`. */
  readonly today: string;
}

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  /** What cannot be seen from here, each with what would decide it. */
  readonly undecided: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
  /** How many findings of the baseline are not there any more. */
  readonly mendedSince: number;
  readonly wanted: readonly WantedPlatform[];
  /** What is built, published and run, where the three do not agree. */
  readonly chains: readonly Chain[];
  /** Edits for findings that a program can mend. */
  readonly fixes: readonly (Fix & { readonly file: string })[];
  /** The Dockerfiles that were judged. */
  readonly checked: readonly string[];
  readonly repository: Repository;
  /** The lockfiles that were held against the platforms that somebody wants. */
  readonly lockfiles: readonly LockfileAnswer[];
  /** What a registry could tell more about. */
  readonly questions: readonly Question[];
  /** Base images that a registry could tell of; empty where nobody asks. */
  readonly baseQuestions: readonly string[];
  /** What was told of them. */
  readonly bases: KnownBases;
}

/** Every mistake about CPUs that these files show. Text in, findings out: the same files give the same answer everywhere. */
export function checkRepository(files: readonly SourceFile[], options: CheckOptions): CheckResult {
  const { project, today } = options;
  const repository = discoverRepository(files);
  const { wanted, wantedOf, asked } = platformsOf(repository, options);
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const asks = options.asked ?? [];
  const about = asks.length === 0 ? repository : onlyAsked(repository, asks);
  const context: RuleContext = {
    wanted,
    read: (path) => texts.get(path),
    files,
    repository: about,
    natives: options.natives ?? [],
    bases: options.bases,
    basesUsed: [],
  };
  const basesUsed: (readonly [file: string, uses: readonly BaseUse[]])[] = [];
  const dockerfiles = files.flatMap((file) => (isDockerfile(file.path) ? seenDockerfile(file, wantedOf) : []));
  const views = new Map(dockerfiles.map(({ view }) => [view.file, view]));
  const known = baselineSuppression(options.baseline ?? [], lineOfFiles(files));
  const sorted = sorter({
    comments: options.inlineIgnore ? commentsIn(texts, views, today) : () => [],
    rules: [...declaredSuppressions(project?.resolved[0]?.ignore ?? [], today), known.suppression],
  });
  const fixes: CheckResult['fixes'][number][] = [];
  for (const { view, problems, wanted: own } of dockerfiles) {
    const uses = options.bases === undefined ? [] : basesOf(view, own);
    basesUsed.push([view.file, uses]);
    const within = { ...context, wanted: own, basesUsed: uses };
    const judged = dockerfileRules.flatMap((rule) => [...rule(view, within)]);
    const fixOf = fixer(view, repository);
    for (const one of sorted.add([...problems.map((diagnostic) => ({ diagnostic })), ...judged])) {
      const fix = fixOf(one);
      if (fix !== undefined) fixes.push({ ...fix, file: view.file });
      const script = scriptFix(one, context.read);
      if (script !== undefined) fixes.push(script);
    }
  }
  const seen = dockerfiles.map(({ view, wanted: own }) => ({ view, context: { ...context, wanted: own } }));
  sorted.add(judgeCargoConfig(seen, files));
  if (options.bases !== undefined) sorted.add(basesUnknown(basesUsed, options.bases));
  for (const file of files) {
    if (isWorkflow(file.path)) {
      const view = parsedWorkflow(file);
      const builds = buildSteps(view);
      for (const one of sorted.add(workflowRules.flatMap((rule) => [...rule(view, { ...context, builds })]))) {
        const fix = workflowFix(one, view, file.text);
        if (fix !== undefined) fixes.push({ ...fix, file: file.path });
      }
    }
    sorted.add(judgeScripts(file, files));
  }
  for (const file of files)
    if (isDocument(file.path)) sorted.add(judgeMarkdown(file, { repository: about, wanted, files }));
  const all = asks.length === 0 ? judgeBetween(repository, project) : judgeAsked(about, project, asks);
  const links = all.filter(({ diagnostic: { code, at }, runtime }) => {
    const isOfNoBuild = code === 'repository/builder-decides' && at.in === 'file' && isDockerfile(at.file);
    return !isOfNoBuild || !isDocumentedFor(runtime.platforms, files);
  });
  sorted.add(links.map(({ diagnostic }) => ({ diagnostic })));
  sorted.add(judgeInfrastructure(about, { files, declared: project !== undefined, asks }));
  const readiness = judgeReadiness({
    files,
    views: [...views.values()],
    wantedOf: (path) => (path === undefined ? wanted : wantedOf(path)),
    asked,
    releases: options.releases ?? NOTHING_KNOWN,
  });
  sorted.add(readiness.judged);
  const { diagnostics, undecided, suppressed } = sorted;
  return {
    diagnostics,
    undecided,
    suppressed,
    mendedSince: known.left(),
    wanted,
    // What is asked about stands in no file: there is no chain to show.
    chains: asks.length === 0 ? chainsTold(chainsOf(links, repository), diagnostics) : [],
    fixes,
    checked: [...views.keys()],
    repository,
    lockfiles: readiness.lockfiles,
    questions: readiness.questions,
    baseQuestions: baseQuestions(
      basesUsed.flatMap(([, uses]) => uses),
      repository,
    ),
    bases: options.bases ?? new Map(),
  };
}

/** What the repository must run on, and what each Dockerfile must: asked for, declared in rightarch.yaml, or by its sources. */
function platformsOf(repository: Repository, { platforms, project }: CheckOptions) {
  const asked = platforms.length > 0;
  const wanted = asked ? askedPlatforms(platforms) : wantedPlatforms(repository);
  const declared = asked || project === undefined ? undefined : platformsDeclared(project);
  const bySources = wantedIn(repository);
  const wantedOf = (path: string): readonly WantedPlatform[] =>
    asked ? wanted : (declared?.get(path) ?? bySources(path));
  return { wanted, wantedOf, asked };
}

/** What a repository says of these runtimes alone. A layer is one of a function of Lambda, nodes are those of Kubernetes. */
function onlyAsked(repository: Repository, asks: readonly AskedRuntime[]): Repository {
  const families = new Set(asks.map(({ runtime }) => targets[runtime].family));
  const isAsked = ({ runtime }: FoundRuntime): boolean =>
    asks.some((one) => one.runtime === runtime) || (runtime === 'kubernetes' && families.has('kubernetes'));
  return {
    ...repository,
    runtimes: repository.runtimes.filter(isAsked),
    layers: asks.some(({ runtime }) => runtime === 'lambda') ? repository.layers : [],
    nodes: families.has('kubernetes') ? repository.nodes : [],
  };
}

interface SeenDockerfile {
  readonly view: DockerfileView;
  readonly wanted: readonly WantedPlatform[];
  /** Its own errors, without those that only a build can have. */
  readonly problems: readonly Diagnostic[];
}

/** None where another program makes a Dockerfile of it: what stands there is nothing that is built. */
function seenDockerfile(
  file: SourceFile,
  wantedOf: (path: string) => readonly WantedPlatform[],
): readonly SeenDockerfile[] {
  const { path, text } = file;
  const wanted = ofItsPath(path, wantedOf(path));
  const platforms = wanted.map(({ platform }) => platform);
  const view = viewDockerfile(file, platforms);
  const errors = [...view.dockerfile.problems, ...view.graph.problems].filter(({ severity }) => severity === 'error');
  if (errors.length > 0 && (isTemplate(text) || isPart(path, view.dockerfile))) return [];
  return [{ view, wanted, problems: errors.filter((one) => !isLeftToArguments(one, view.dockerfile)) }];
}

/** What the comments of a file silence in it; each file is looked through once, and only where something is found there. */
function commentsIn(
  texts: ReadonlyMap<string, string>,
  views: ReadonlyMap<string, DockerfileView>,
  today: string,
): (path: string) => readonly Suppression[] {
  const known = new Map<string, readonly Suppression[]>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const view = views.get(path);
    const found =
      view === undefined
        ? commentSuppressions(path, texts.get(path) ?? '', today)
        : suppressions(view.dockerfile, today);
    known.set(path, found);
    return found;
  };
}

/** The lines of these files, each file split once. */
export function lineOfFiles(files: readonly SourceFile[]): LineOf {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const lines = new Map<string, readonly string[]>();
  return (file, line) => {
    if (!lines.has(file)) lines.set(file, (texts.get(file) ?? '').split(/\r?\n/));
    return lines.get(file)?.[line - 1] ?? '';
  };
}

/** Puts findings where they belong: silenced by somebody, undecided, or told. Gives those that are not silenced. */
function sorter({
  comments,
  rules,
}: {
  readonly comments: (path: string) => readonly Suppression[];
  readonly rules: readonly Suppression[];
}) {
  const diagnostics: Diagnostic[] = [];
  const undecided: Diagnostic[] = [];
  const suppressed: Suppressed[] = [];
  const add = (judged: readonly Judged[]): readonly Diagnostic[] =>
    judged.flatMap(({ diagnostic, undecided: isUndecided }) => {
      const silenced = diagnostic.at.in === 'file' ? comments(diagnostic.at.file) : [];
      const by = [...silenced, ...rules].find((one) => one.covers(diagnostic));
      if (by !== undefined) suppressed.push({ diagnostic, reason: by.reason, by: by.by });
      else (isUndecided === true ? undecided : diagnostics).push(diagnostic);
      return by === undefined ? [diagnostic] : [];
    });
  return { diagnostics, undecided, suppressed, add };
}

/** Marks of Jinja, Go, cookiecutter, Handlebars and ERB; and a line of dots, in the place of those that a page leaves out. */
const isTemplate = (text: string): boolean => /\{\{|\{%|<%|^[ \t]*(?:\.{3}|…)[ \t]*$/m.test(text);

/** `Dockerfile.envs` without a FROM: a part that another program puts into Dockerfiles. */
const isPart = (path: string, { instructions }: Dockerfile): boolean =>
  !instructions.some(({ keyword }) => keyword === 'FROM') && !/(?:^|\/)(?:Dockerfile|Containerfile)$/i.test(path);

/**
 * `ARG BASE` above `FROM $BASE`, `${UID:?}`: the build says it, and here nobody asks for a build. What
 * `${templateOption:…}` stands for is filled in when a dev container is made.
 */
function isLeftToArguments({ code, args }: Diagnostic, { instructions }: Dockerfile): boolean {
  if (code === 'dockerfile/expansion-failed')
    return args['problem'] === 'required' || JSON.stringify(args).includes('${templateOption:');
  if (code !== 'dockerfile/base-blank') return false;
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  const above = instructions.slice(0, first).flatMap((one) => (one.keyword === 'ARG' ? one.args : []));
  const expression = String(args['expression']);
  return above.some(({ name: { text } }) => expression.includes(`$${text}`) || expression.includes(`\${${text}`));
}

/** What rightarch.yaml builds from each Dockerfile, by its path from the root. */
function platformsDeclared({ resolved }: DeclaredProject): ReadonlyMap<string, readonly WantedPlatform[]> {
  const found = new Map<string, readonly WantedPlatform[]>();
  for (const { directory, images } of resolved)
    for (const { dockerfile, platforms } of images) {
      const path = relativePath(directory, dockerfile);
      const before = (found.get(path) ?? []).map(({ platform }) => platform);
      found.set(path, askedPlatforms([...before, ...platforms.map(({ platform }) => platform)]));
    }
  return found;
}
