import { type Diagnostic, type Platform, relativePath } from '../core/index.ts';
import { type DeclaredProject, judgeBetween } from './between.ts';
import { viewDockerfile } from './documents/dockerfile.ts';
import { type Fix, fixOf } from './fixes.ts';
import { discoverRepository, isDockerfile, type Repository, type SourceFile } from './repository.ts';
import { dockerfileRules } from './rules/index.ts';
import { declaredSuppressions, type Suppressed, suppressions } from './suppress.ts';
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
  const repository = discoverRepository(files);
  const { project } = options;
  const seen = options.platforms.length > 0 ? askedPlatforms(options.platforms) : wantedPlatforms(repository);
  const declared = options.platforms.length > 0 || project === undefined ? new Map() : platformsDeclared(project);
  const rules = declaredSuppressions(project?.resolved[0]?.ignore ?? [], options.today);
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const diagnostics: Diagnostic[] = [];
  const undecided: Diagnostic[] = [];
  const suppressed: Suppressed[] = [];
  const checked: string[] = [];
  const fixes: CheckResult['fixes'][number][] = [];
  for (const { path, text } of files) {
    if (!isDockerfile(path)) continue;
    checked.push(path);
    const wanted: readonly WantedPlatform[] = declared.get(path) ?? seen;
    const view = viewDockerfile(
      path,
      text,
      wanted.map(({ platform }) => platform),
    );
    const silenced = options.inlineIgnore ? suppressions(view.dockerfile) : [];
    const add = (diagnostic: Diagnostic, list: Diagnostic[]): void => {
      const by = [...silenced, ...rules].find((one) => one.covers(diagnostic));
      if (by !== undefined) {
        suppressed.push({ diagnostic, reason: by.reason, by: by.by });
        return;
      }
      list.push(diagnostic);
      const fix = fixOf(diagnostic, view, repository);
      if (fix !== undefined) fixes.push({ ...fix, file: path });
    };
    const problems = [...view.dockerfile.problems, ...view.graph.problems];
    for (const problem of problems) if (problem.severity === 'error') add(problem, diagnostics);
    for (const rule of dockerfileRules)
      for (const judged of rule(view, { wanted, read: (file) => texts.get(file) }))
        add(judged.diagnostic, judged.undecided === true ? undecided : diagnostics);
  }
  for (const diagnostic of judgeBetween(repository, project)) {
    const by = rules.find((one) => one.covers(diagnostic));
    if (by === undefined) diagnostics.push(diagnostic);
    else suppressed.push({ diagnostic, reason: by.reason, by: by.by });
  }
  return { diagnostics, undecided, suppressed, fixes, wanted: seen, checked, repository };
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
