import { type Diagnostic, type Platform, relativePath } from '../core/index.ts';
import { type DeclaredProject, judgeBetween } from './between.ts';
import { viewDockerfile } from './documents/dockerfile.ts';
import { viewWorkflow } from './documents/workflow.ts';
import { type Fix, fixOf } from './fixes.ts';
import { discoverRepository, isDockerfile, isWorkflow, type Repository, type SourceFile } from './repository.ts';
import type { Judged, RuleContext } from './rule.ts';
import { dockerfileRules, workflowRules } from './rules/index.ts';
import {
  commentSuppressions,
  declaredSuppressions,
  type Suppressed,
  type Suppression,
  suppressions,
} from './suppress.ts';
import { askedPlatforms, type WantedPlatform, wantedPlatforms } from './wanted.ts';

export interface CheckOptions {
  /** Named by `--for` or `--platform`. Empty: rightarch.yaml tells, else the sources. */
  readonly platforms: readonly Platform[];
  /** False: a comment in a file silences nothing (`--no-inline-ignore`). */
  readonly inlineIgnore: boolean;
  readonly project?: DeclaredProject | undefined;
  /** The day, for rules of rightarch.yaml that end: `2026-11-23`. */
  readonly today: string;
}

export interface CheckResult {
  readonly diagnostics: readonly Diagnostic[];
  /** What cannot be seen from here, each with what would decide it. */
  readonly undecided: readonly Diagnostic[];
  readonly suppressed: readonly Suppressed[];
  readonly wanted: readonly WantedPlatform[];
  /** Edits for findings that a program can mend. */
  readonly fixes: readonly (Fix & { readonly file: string })[];
  /** The Dockerfiles that were judged. */
  readonly checked: readonly string[];
  readonly repository: Repository;
}

/** Every mistake about CPUs that these files show. Text in, findings out: the same files give the same answer everywhere. */
export function checkRepository(files: readonly SourceFile[], options: CheckOptions): CheckResult {
  const { project } = options;
  const repository = discoverRepository(files);
  const seen = options.platforms.length > 0 ? askedPlatforms(options.platforms) : wantedPlatforms(repository);
  const declared = options.platforms.length > 0 || project === undefined ? undefined : platformsDeclared(project);
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const context: RuleContext = { wanted: seen, read: (path) => texts.get(path), files, repository };
  const sorted = sorter(declaredSuppressions(project?.resolved[0]?.ignore ?? [], options.today));
  const fixes: CheckResult['fixes'][number][] = [];
  const checked: string[] = [];
  for (const { path, text } of files) {
    if (isDockerfile(path)) {
      checked.push(path);
      const wanted = declared?.get(path) ?? seen;
      const view = viewDockerfile(
        path,
        text,
        wanted.map(({ platform }) => platform),
      );
      const silenced = options.inlineIgnore ? suppressions(view.dockerfile) : [];
      const problems = [...view.dockerfile.problems, ...view.graph.problems]
        .filter(({ severity }) => severity === 'error')
        .map((diagnostic) => ({ diagnostic }));
      const judged = dockerfileRules.flatMap((rule) => [...rule(view, { ...context, wanted })]);
      for (const diagnostic of sorted.add([...problems, ...judged], silenced)) {
        const fix = fixOf(diagnostic, view, repository);
        if (fix !== undefined) fixes.push({ ...fix, file: path });
      }
    } else if (isWorkflow(path)) {
      const view = viewWorkflow(path, text);
      const silenced = options.inlineIgnore ? commentSuppressions(path, text) : [];
      sorted.add(
        workflowRules.flatMap((rule) => [...rule(view, context)]),
        silenced,
      );
    }
  }
  const between = judgeBetween(repository, project);
  const places = new Set(between.flatMap(({ at }) => (at.in === 'file' && !isDockerfile(at.file) ? [at.file] : [])));
  const silenced = options.inlineIgnore
    ? [...places].flatMap((path) => commentSuppressions(path, texts.get(path) ?? ''))
    : [];
  sorted.add(
    between.map((diagnostic) => ({ diagnostic })),
    silenced,
  );
  const { diagnostics, undecided, suppressed } = sorted;
  return { diagnostics, undecided, suppressed, fixes, wanted: seen, checked, repository };
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
