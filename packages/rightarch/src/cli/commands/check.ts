import { statSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import { findConfigFile, readProject, resolveProject } from '../../config/index.ts';
import { orThrow, relativePath } from '../../core/index.ts';
import { isDockerfile } from '../../dockerfile/index.ts';
import {
  type BaseAnswer,
  type BaselineEntry,
  type CheckOptions,
  type CheckResult,
  checkRepository,
  type DeclaredProject,
  lineOfFiles,
  type SourceFile,
  worthLooking,
} from '../../lint/index.ts';
import { atInput, failure, printable } from '../../messages/index.ts';
import { checkTexts } from '../../messages/phrases/check.ts';
import { junitOfCheck, renderAnnotations, renderCheck, renderMended, sarifOfCheck } from '../../report/index.ts';
import { parseTargetAsk } from '../../target/index.ts';
import { allValues, choiceOf, oneValue } from '../arguments.ts';
import { baselineIn, writeBaseline } from '../baseline-file.ts';
import { checkJson, onlyIn, placedAt } from '../check-result.ts';
import type { ExitStatus } from '../exit.ts';
import { findHostNatives } from '../host-natives.ts';
import { readPlatforms } from '../jobs.ts';
import { mendFiles, patchOf, writeMended } from '../mending.ts';
import { accept, today } from '../project.ts';
import { readBeside, readDocuments, readLockfiles, readRepositoryFiles } from '../repository-files.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { writeWhole } from '../write-whole.ts';

/**
 * `check [PATH]`: the mistakes about CPUs that the sources of a repository show. Status 1 where there is one. Of a file,
 * what its repository shows about it.
 */
export async function check(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const failOn = choiceOf(flags, 'fail-on', ['undecided', 'warning', 'error'], 'warning');
  const word = words[0] ?? '.';
  const path = session.path(word);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw failure('cli/check-path', { path: word }, atInput(word), 'request');
  const root = found.isDirectory() ? path : rootOf(session, path);
  const place: Place = { root, only: found.isDirectory() ? undefined : relativePath(root, path) };
  const project = await declaredIn(session, root);
  const writing = oneValue(flags, 'write-baseline');
  const file = writing === undefined ? oneValue(flags, 'baseline') : undefined;
  const baseline = file === undefined ? undefined : baselineIn(session, file, root);
  const asked: Asked = { flags, project, baseline, bases: new Map() };
  const first = await checkAt(session, place, asked);
  let { files, result } = first;
  if (writing !== undefined) {
    await writeBaseline(session, writing, { root, result: first.inRoot, lineOf: lineOfFiles(first.all) });
    session.answer(checkJson(session, result));
    return 0;
  }
  let patch: readonly string[] | undefined;
  if (flags.fix === true || flags.diff === true) {
    const mended = mendFiles(root, files, result);
    if (flags.diff === true) patch = mended.map((one) => patchOf(shownAt(session, root, one.path), one));
    if (patch !== undefined && !session.json) for (const one of patch) session.print(one);
    if (flags.fix === true) {
      await writeMended(root, mended);
      if (mended.length > 0) ({ files, result } = await checkAt(session, place, asked));
    }
    if (!session.json && patch === undefined && mended.length > 0) {
      const done = mended.map((one) => renderMended(session.page, shownAt(session, root, one.path), one.done));
      session.print(`${done.join('\n')}\n`);
    }
  }
  await writeReports(session, flags, result);
  session.answer({ ...checkJson(session, result), ...(patch === undefined ? {} : { patch }) });
  // `check --diff | git apply`: the patch alone.
  if (!session.json && (patch === undefined || flags.fix === true)) {
    session.print(renderCheck(session.page, result, session.readSource));
    if (file !== undefined && result.mendedSince > 0)
      session.print(checkTexts.mendedSince[session.language]({ times: result.mendedSince, file: printable(file) }));
  }
  return statusOf(result, failOn);
}

interface Place {
  /** Absolute. */
  readonly root: string;
  /** The one file that is asked about, from the root. */
  readonly only: string | undefined;
}

/** What a run asks about. */
interface Asked {
  readonly flags: Flags;
  readonly project: DeclaredProject | undefined;
  readonly baseline: readonly BaselineEntry[] | undefined;
  /** What registries have said of base images so far: none is asked twice. */
  readonly bases: Map<string, BaseAnswer>;
}

interface Checked {
  readonly files: readonly SourceFile[];
  /** With those that were read beside them: lockfiles, ignore files, scripts. */
  readonly all: readonly SourceFile[];
  /** With the names of files from the root, as the files and the fixes have them. */
  readonly inRoot: CheckResult;
  /** With the names of files as they are typed here. */
  readonly result: CheckResult;
}

async function checkAt(session: Session, { root, only }: Place, asked: Asked): Promise<Checked> {
  const { flags, project, baseline } = asked;
  const { env: environment, signal, cwd } = session.shell;
  const { files, lockfiles, documents } = await readRepositoryFiles(root, { environment, signal });
  const dockerfiles = files.map((file) => file.path).filter(isDockerfile);
  const beside = [
    ...readLockfiles(root, dockerfiles, lockfiles),
    ...readBeside(root, files),
    ...readDocuments(root, documents),
  ];
  const all = [...files, ...beside];
  const options = {
    ...askedIn(flags, project),
    inlineIgnore: flags['no-inline-ignore'] !== true,
    natives: await findHostNatives(root, worthLooking(all)),
    project,
    baseline,
    today: today(session),
  };
  const whole =
    flags.online === true
      ? await checkOnline(session, all, { ...options, bases: asked.bases })
      : checkRepository(all, options);
  const inRoot = only === undefined ? whole : onlyIn(only, whole);
  return { files, all, inRoot, result: placedAt(relativePath(cwd, root), inRoot) };
}

/** The same with what registries say: first of what nobody here knows, then of the nearest release of what is missing. */
async function checkOnline(
  session: Session,
  files: readonly SourceFile[],
  options: CheckOptions & { readonly bases: Map<string, BaseAnswer> },
): Promise<CheckResult> {
  const { bases } = options;
  let whole = checkRepository(files, options);
  const open = whole.baseQuestions.filter((name) => !bases.has(name));
  if (whole.questions.length + open.length === 0) return whole;
  const [{ askRegistries }, { askBases }] = await Promise.all([
    import('../ask-registries.ts'),
    import('../ask-bases.ts'),
  ]);
  const [first, answers] = await Promise.all([
    askRegistries(session, whole.questions),
    open.length > 0 ? askBases(session, open) : undefined,
  ]);
  for (const [name, answer] of answers ?? []) bases.set(name, answer);
  whole = checkRepository(files, { ...options, releases: first });
  const more = whole.questions.filter(({ registry, name }) => !first[registry].has(name));
  if (more.length === 0) return whole;
  const second = await askRegistries(session, more);
  const releases = { npm: new Map([...first.npm, ...second.npm]), pypi: new Map([...first.pypi, ...second.pypi]) };
  return checkRepository(files, { ...options, releases });
}

const shownAt = ({ shell }: Session, root: string, path: string): string =>
  posix.join(relativePath(shell.cwd, root), path);

function statusOf({ diagnostics, undecided }: CheckResult, failOn: 'undecided' | 'warning' | 'error'): ExitStatus {
  const fails =
    diagnostics.some(({ severity }) => severity === 'error' || (failOn !== 'error' && severity === 'warning')) ||
    (failOn === 'undecided' && undecided.length > 0);
  return fails ? 1 : 0;
}

/** The files of `--sarif` and `--junit`, whole or not at all, and the lines that a workflow of GitHub heeds. */
async function writeReports(session: Session, flags: Flags, result: CheckResult): Promise<void> {
  const { language } = session;
  const [sarif, junit] = [oneValue(flags, 'sarif'), oneValue(flags, 'junit')];
  if (sarif !== undefined) {
    const log = sarifOfCheck(result, { language, version: manifest.version, wanted: () => true });
    await writeWhole(session.path(sarif), `${JSON.stringify(log, undefined, 2)}\n`);
  }
  if (junit !== undefined) await writeWhole(session.path(junit), junitOfCheck(result, language));
  const told = [...result.diagnostics, ...result.undecided];
  if (flags.github === true && !session.json && told.length > 0)
    session.print(renderAnnotations(session.findingsJson(told)));
}

/** Below the directory that the command is given in, all of it counts; elsewhere the file's own folder does. */
function rootOf({ shell }: Session, path: string): string {
  const near = relativePath(shell.cwd, path);
  return near.startsWith('../') ? dirname(path) : shell.cwd;
}

/** What flags ask for: runtimes and targets of rightarch.yaml by `--for`, and platforms by themselves. */
function askedIn(flags: Flags, project: DeclaredProject | undefined): Pick<CheckOptions, 'platforms' | 'asked'> {
  const targets = (project?.resolved ?? []).flatMap((one) => one.targets);
  const asks = allValues(flags, 'for').flatMap((word) => {
    const own = targets.filter(({ name }) => name === word).map(({ ask }) => ask);
    return own.length > 0 ? own : [orThrow(parseTargetAsk(word), 'request')];
  });
  return {
    platforms: [...asks.flatMap(({ platforms }) => platforms), ...readPlatforms(flags)],
    asked: asks.map(({ target, platforms, decidedBy }) => {
      const named = decidedBy !== 'default' && decidedBy !== 'only';
      return { runtime: target.id, platforms, named };
    }),
  };
}

async function declaredIn(session: Session, root: string): Promise<DeclaredProject | undefined> {
  const path = findConfigFile(root);
  if (path === undefined) return undefined;
  const project = accept(await readProject(path));
  // One above the root speaks of paths that are not read here.
  if (relativePath(root, project.directory) !== '') return undefined;
  const names = Object.keys(project.shape.environments ?? {});
  const resolved = (names.length === 0 ? [undefined] : names).map((env) =>
    accept(resolveProject(project, { env, today: today(session) })),
  );
  return { file: relativePath(root, path), resolved };
}
