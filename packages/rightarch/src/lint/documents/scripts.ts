import { child, entriesOf, itemsOf, readTrees, scalarText, type Tree, type Trees } from '../../definition/index.ts';
import { groovyScripts } from './groovy.ts';
import { isMakefile, recipes } from './make.ts';
import { MOST_SCRIPTS, type Script, together } from './script.ts';
import { jobsOf, scalarsOf } from './workflow.ts';

/** Whether CodeBuild runs a file, by its usual name. */
export const isBuildspec = (path: string): boolean => /buildspec[\w-]*\.ya?ml$/.test(path);

/** Whether GitLab runs a file, or one that includes it does. */
export const isGitlab = (path: string): boolean => /gitlab-ci\.ya?ml$/.test(path);

/**
 * Files of other CI systems than GitHub's and GitLab's, by the names that they look for: CircleCI, Bitbucket, Azure Pipelines, Travis,
 * Drone, Woodpecker, Buildkite, Semaphore, Jenkins.
 */
const OTHER_CI =
  /(^|\/)(?:\.circleci\/config|bitbucket-pipelines|azure-pipelines[\w.-]*|\.azure-pipelines\/[\w./-]+|\.travis|\.drone|\.woodpecker(?:\/[\w.-]+)?|\.buildkite\/[\w.-]+|\.semaphore\/[\w.-]+)\.ya?ml$|(^|\/)Jenkinsfile$/;

/** Whether a CI runs a file on machines of which it says nothing that is read here. */
export const isOtherCi = (path: string): boolean => OTHER_CI.test(path);

/** The shell in a file, by its kind; none where the file is of none that has any. */
export function scriptsIn(path: string, text: string, read: (text: string) => Trees = readTrees): readonly Script[] {
  if (/\.(ba)?sh$/.test(path)) return [{ text, source: (offset) => offset }];
  if (isMakefile(path)) return recipes(text, /^\t/);
  if (/(^|\/)Justfile$/i.test(path)) return recipes(text, /^[ \t]+(?=\S)/);
  if (/(^|\/)Procfile$/.test(path)) return processes(text);
  if (/(^|\/)Taskfile\.ya?ml$/i.test(path))
    return read(text).roots.flatMap((root) =>
      entriesOf(child(root, 'tasks')).flatMap(([, task]) => commands(child(task, 'cmds') ?? task, text)),
    );
  if (/(^|\/)package\.json$/.test(path))
    return read(text).roots.flatMap((root) =>
      entriesOf(child(root, 'scripts')).flatMap(([, one]) => scalar(one, text)),
    );
  if (isOtherCi(path))
    return path.endsWith('Jenkinsfile') ? groovyScripts(text) : read(text).roots.flatMap((root) => stepsOf(root, text));
  if (isBuildspec(path))
    return read(text).roots.flatMap((root) =>
      entriesOf(child(root, 'phases')).flatMap(([, phase]) => commands(child(phase, 'commands'), text)),
    );
  if (isGitlab(path))
    return read(text).roots.flatMap((root) => entriesOf(root).flatMap(([, job]) => scriptsOfJob(root, job, text)));
  if (/(^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(^|\/)action\.ya?ml$/.test(path))
    return read(text).roots.flatMap((root) =>
      jobsOf(root).flatMap(([, job]) => {
        const steps = itemsOf(child(job, 'steps')).flatMap((step) => child(step, 'run') ?? shellInput(step) ?? []);
        const scripts = together(steps.slice(0, MOST_SCRIPTS).flatMap((one) => scalar(one, text)));
        return scripts.map((one) => ({ ...one, env: envOf(root, job, one.text) }));
      }),
    );
  return [];
}

/**
 * The variables of a job, with its own before those of the workflow. Not those with expressions in them, that a step has
 * otherwise, or that a step may set for those behind it.
 */
function envOf(root: Tree, job: Tree, script: string): ReadonlyMap<string, string> {
  const steps = itemsOf(child(job, 'steps'));
  const env = new Map([...scalarsOf(child(root, 'env')), ...scalarsOf(child(job, 'env'))]);
  for (const [name, value] of env) {
    const isOther = steps.some((step) => child(child(step, 'env'), name) !== undefined);
    const isSet = script.includes('GITHUB_ENV') && script.includes(`${name}=`);
    if (isOther || isSet || value.includes('${{')) env.delete(name);
  }
  return env;
}

/** The scripts of a job of GitLab. */
export function scriptsOfJob(root: Tree, job: Tree, text: string): readonly Script[] {
  const env = gitlabVariables(root, job);
  return ['before_script', 'script', 'after_script'].flatMap((key) =>
    commands(child(job, key), text).map((one) => ({ ...one, env })),
  );
}

/**
 * The variables of a job of GitLab, its own before those of the file. Not those of which its matrix has several, and of a
 * job that is made of others only its own: theirs may stand in another file.
 */
function gitlabVariables(root: Tree, job: Tree): ReadonlyMap<string, string> {
  const valuesOf = (tree: Tree | undefined): readonly (readonly [string, string])[] =>
    entriesOf(child(tree, 'variables')).flatMap(([name, written]) => {
      const value = scalarText(written) ?? scalarText(child(written, 'value'));
      return value === undefined || value.includes('$') ? [] : [[name, value] as const];
    });
  const own = valuesOf(job);
  const env = new Map([
    ['CI_PROJECT_DIR', '.'],
    ...(child(job, 'extends') === undefined ? valuesOf(root) : []),
    ...own,
  ]);
  for (const legs of itemsOf(child(child(job, 'parallel'), 'matrix')))
    for (const [name] of entriesOf(legs)) env.delete(name);
  return env;
}

/** The input of an action that runs it as shell on the same machine: azure/cli, azure/powershell, run-on-arch-action. */
const shellInput = (step: Tree): Tree | undefined =>
  child(child(step, 'with'), 'inlineScript') ?? child(child(step, 'with'), 'run');

/** The keys below which these have commands, as a text or a list of texts; that of CircleCI may be a map with `command` in it. */
const STEP_KEY =
  /^(?:run|commands?|script|bash|before_script|after_script|after-script|after_success|before_install|install|before_deploy)$/;
/** No pipeline has its steps deeper. */
const MOST_LEVELS = 20;

function stepsOf(tree: Tree, text: string, depth = 0): readonly Script[] {
  if (depth > MOST_LEVELS) return [];
  if (tree.kind === 'list') return tree.items.flatMap((one) => stepsOf(one, text, depth + 1));
  return entriesOf(tree).flatMap(([key, value]) =>
    STEP_KEY.test(key) && (value.kind === 'scalar' || itemsOf(value).some(({ kind }) => kind === 'scalar'))
      ? commands(value, text)
      : key === 'task' && /^Docker@\d+$/.test(scalarText(value) ?? '')
        ? dockerTask(child(tree, 'inputs'), value)
        : ORB.test(key)
          ? [orbBuild(value)]
          : stepsOf(value, text, depth + 1),
  );
}

/** A command or a job of one of CircleCI's orbs that builds: `aws-ecr/build_and_push_image`, `docker/publish`. */
const ORB = /^[\w-]*(?:docker|ecr|gcr|acr|image)[\w-]*\/\w*(?:build|publish)[\w-]*$/;

/** What it builds for where it says so; that of others stands in the orb. */
const orbBuild = (given: Tree): Script => ({
  text: `docker build --platform ${scalarText(child(given, 'platform')) ?? '\0'} .`,
  source: () => given.offset,
});

/**
 * The task of Azure Pipelines that builds an image, as the command that it makes
 * (learn.microsoft.com/azure/devops/pipelines/tasks/reference/docker-v2, read 2026-11-30). It pushes to a connection that the file only names.
 */
function dockerTask(inputs: Tree | undefined, { offset }: Tree): readonly Script[] {
  const input = (name: string): string | undefined => scalarText(child(inputs, name))?.replace(/\$\(([\w.]+)\)/g, '\0');
  const command = input('command') ?? 'buildAndPush';
  if (!/^build(?:AndPush)?$/i.test(command)) return [];
  const dockerfile = input('Dockerfile') ?? input('dockerfile');
  const file = dockerfile === undefined || dockerfile.includes('*') ? '' : `-f '${dockerfile}' `;
  // Together with `buildAndPush` it takes no arguments.
  const more = command === 'build' ? `${input('arguments') ?? ''} ` : '';
  return [{ text: `docker build ${file}${more}'${input('buildContext') ?? '.'}'`, source: () => offset }];
}

/** Commands that run one after another are one script; Taskfile has some of them under `cmd`. */
const commands = (list: Tree | undefined, text: string): readonly Script[] =>
  together(
    (list?.kind === 'list' ? list.items : list === undefined ? [] : [list])
      .slice(0, MOST_SCRIPTS)
      .flatMap((one) => scalar(child(one, 'cmd') ?? one, text)),
  );

/** A text of a document, with the place of each of its characters where it stands there as it is. */
function scalar(tree: Tree, file: string): readonly Script[] {
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return [];
  const { offset, value, block } = { ...tree, value: tree.value };
  // An expression of the CI, or of Taskfile, is put in before the shell sees it.
  const text = value.replace(/\$?\{\{.*?\}\}/gs, (found) => '\u0000'.repeat(found.length));
  if (block === undefined) {
    const at = /["']/.test(file[offset] ?? '') ? offset + 1 : offset;
    const isThere = file.startsWith(value, at);
    return [{ text, source: (inner) => (isThere ? at + inner : offset) }];
  }
  // Below its mark each line has lost what it is indented by.
  const begin = file.indexOf('\n', offset) + 1;
  const indent = /^(?:[ \t]*\r?\n)*( *)/.exec(file.slice(begin, begin + 2_000))?.[1]?.length ?? 0;
  const lines = value.split('\n');
  const starts: (readonly [number, number])[] = [];
  let inner = 0;
  let outer = begin;
  for (const line of lines) {
    starts.push([inner, outer + (line === '' ? 0 : indent)]);
    inner += line.length + 1;
    const next = file.indexOf('\n', outer);
    outer = next < 0 ? file.length : next + 1;
  }
  // A folded text has other lines than the file.
  if (block === 'folded') return [{ text, source: () => offset }];
  const source = (at: number): number => {
    const [from, to] = starts[starts.findLastIndex(([start]) => start <= at)] ?? [0, begin];
    return to + at - from;
  };
  return [{ text, source }];
}

/** `web: node server.js`: each line a script. */
function processes(text: string): readonly Script[] {
  return [...text.matchAll(/^([\w-]+:[ \t]*)(.+)$/gm)]
    .slice(0, MOST_SCRIPTS)
    .map(({ 1: name = '', 2: line = '', index }) => ({
      text: line,
      source: (offset) => index + name.length + offset,
    }));
}
