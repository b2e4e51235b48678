import { type Diagnostic, type Platform, relativePath } from '../core/index.ts';
import type { Dockerfile } from '../dockerfile/index.ts';
import { type BaselineEntry, baselineSuppression, type LineOf } from './baseline.ts';
import { type DeclaredProject, judgeBetween } from './between.ts';
import { type Chain, chainsOf, chainsTold } from './chain.ts';
import type { HostNative } from './context-files.ts';
import { type DockerfileView, viewDockerfile } from './documents/dockerfile.ts';
import { type Fix, fixer } from './fixes.ts';
import { judgeInfrastructure } from './infrastructure.ts';
import { judgeReadiness, type LockfileAnswer } from './readiness/index.ts';
import { type KnownReleases, NOTHING_KNOWN, type Question } from './readiness/releases.ts';
import {
  discoverRepository,
  isDockerfile,
  isWorkflow,
  type Repository,
  type SourceFile,
  workflowReader,
} from './repository.ts';
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

export interface CheckOptions {
  /** Named by `--for` or `--platform`. Empty: rightarch.yaml tells, else the sources. */
  readonly platforms: readonly Platform[];
  /** False: a comment in a file silences nothing (`--no-inline-ignore`). */
  readonly inlineIgnore: boolean;
  /** What lies in the node_modules of the contexts today; none where nobody looked. */
  readonly natives?: readonly HostNative[];
  readonly project?: DeclaredProject | undefined;
  /** What registries said about packages (`--online`); absent: nobody was asked. */
  readonly releases?: KnownReleases | undefined;
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
}

/** Every mistake about CPUs that these files show. Text in, findings out: the same files give the same answer everywhere. */
export function checkRepository(files: readonly SourceFile[], options: CheckOptions): CheckResult {
  const { project } = options;
  const readWorkflow = workflowReader();
  const repository = discoverRepository(files, readWorkflow);
  const seen = options.platforms.length > 0 ? askedPlatforms(options.platforms) : wantedPlatforms(repository);
  const wantedOf = wantedIn(repository);
  const declared = options.platforms.length > 0 || project === undefined ? undefined : platformsDeclared(project);
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const context: RuleContext = {
    wanted: seen,
    read: (path) => texts.get(path),
    files,
    repository,
    natives: options.natives ?? [],
  };
  const { today } = options;
  const known = baselineSuppression(options.baseline ?? [], lineOfFiles(files));
  const sorted = sorter([...declaredSuppressions(project?.resolved[0]?.ignore ?? [], today), known.suppression]);
  const fixes: CheckResult['fixes'][number][] = [];
  const checked: string[] = [];
  const views: DockerfileView[] = [];
  const asked = options.platforms.length > 0;
  for (const { path, text } of files) {
    if (isDockerfile(path)) {
      const asked = declared?.get(path) ?? (options.platforms.length > 0 ? seen : wantedOf(path));
      const wanted = ofItsPath(path, asked);
      const view = viewDockerfile(
        path,
        text,
        wanted.map(({ platform }) => platform),
      );
      const silenced = options.inlineIgnore ? suppressions(view.dockerfile, today) : [];
      const errors = [...view.dockerfile.problems, ...view.graph.problems].filter(
        ({ severity }) => severity === 'error',
      );
      // Another program makes a Dockerfile of it: what stands here is nothing that is built.
      if (errors.length > 0 && (isTemplate(text) || isPart(path, view.dockerfile))) continue;
      checked.push(path);
      views.push(view);
      const problems = errors
        .filter((one) => !isLeftToArguments(one, view.dockerfile))
        .map((diagnostic) => ({ diagnostic }));
      const judged = dockerfileRules.flatMap((rule) => [...rule(view, { ...context, wanted })]);
      const fixOf = fixer(view, repository);
      for (const diagnostic of sorted.add([...problems, ...judged], silenced)) {
        const fix = fixOf(diagnostic);
        if (fix !== undefined) fixes.push({ ...fix, file: path });
      }
    } else if (isWorkflow(path)) {
      const view = readWorkflow({ path, text });
      const builds = buildSteps(view);
      const silenced = options.inlineIgnore ? commentSuppressions(path, text, today) : [];
      sorted.add(
        workflowRules.flatMap((rule) => [...rule(view, { ...context, builds })]),
        silenced,
      );
    }
  }
  for (const file of files) {
    const judged = judgeScripts(file, files, readWorkflow);
    if (judged.length > 0)
      sorted.add(judged, options.inlineIgnore ? commentSuppressions(file.path, file.text, today) : []);
  }
  const links = judgeBetween(repository, project);
  const between = [
    ...links.map(({ diagnostic }) => ({ diagnostic })),
    ...judgeInfrastructure(repository, { files, declared: project !== undefined }),
  ];
  const places = new Set(
    between.flatMap(({ diagnostic: { at } }) => (at.in === 'file' && !isDockerfile(at.file) ? [at.file] : [])),
  );
  const silenced = options.inlineIgnore
    ? [...places].flatMap((path) => commentSuppressions(path, texts.get(path) ?? '', today))
    : [];
  sorted.add(between, silenced);
  const readiness = judgeReadiness({
    files,
    views,
    wantedOf: (path) => (asked || path === undefined ? seen : (declared?.get(path) ?? wantedOf(path))),
    asked,
    releases: options.releases ?? NOTHING_KNOWN,
  });
  sorted.add(readiness.judged, []);
  const { diagnostics, undecided, suppressed } = sorted;
  const { lockfiles, questions } = readiness;
  const mendedSince = known.left();
  const chains = chainsTold(chainsOf(links, repository), diagnostics);
  const found = { diagnostics, undecided, suppressed, mendedSince, chains, fixes };
  return { ...found, wanted: seen, checked, repository, lockfiles, questions };
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

/** Puts findings where they belong: silenced by somebody, undecided, or told. Gives those that are told. */
function sorter(rules: readonly Suppression[]) {
  const diagnostics: Diagnostic[] = [];
  const undecided: Diagnostic[] = [];
  const suppressed: Suppressed[] = [];
  const add = (judged: readonly Judged[], silenced: readonly Suppression[]): readonly Diagnostic[] =>
    judged.flatMap(({ diagnostic, undecided: isUndecided }) => {
      const by = [...silenced, ...rules].find((one) => one.covers(diagnostic));
      if (by !== undefined) suppressed.push({ diagnostic, reason: by.reason, by: by.by });
      else (isUndecided === true ? undecided : diagnostics).push(diagnostic);
      return by === undefined ? [diagnostic] : [];
    });
  return { diagnostics, undecided, suppressed, add };
}

/** Marks of Jinja, Go, cookiecutter, Handlebars and ERB. */
const isTemplate = (text: string): boolean => /\{\{|\{%|<%/.test(text);

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
