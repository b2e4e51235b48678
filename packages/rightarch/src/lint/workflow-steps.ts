import { posix } from 'node:path';
import { isComposeBuild } from './composed.ts';
import { readShell, type ShellCommand, type ShellScript, UNSEEN } from './documents/shell.ts';
import { type JobView, type StepView, viewWorkflow, type WorkflowView } from './documents/workflow.ts';
import { buildOf, isBake } from './script-builds.ts';

/** Commands that do what their name says, and nothing to Docker, its builders or the kernel. Whatever else runs may do anything. */
const HARMLESS = new Set(
  `: [ [[ test true false echo printf cat cd pushd popd pwd ls mkdir mktemp rm rmdir cp mv ln touch chmod chown export set unset shopt
  local readonly declare typeset shift exit return break continue read sleep wait trap date uname hostname whoami id df du free
  nproc printenv head tail grep egrep fgrep sed awk cut tr sort uniq wc tee basename dirname realpath readlink stat sync which type
  jq yq curl wget tar gzip gunzip zip unzip xz base64 md5sum sha256sum openssl gpg git gh docker docker-compose apt apt-get apk aws
  gcloud gsutil az doctl kubectl helm kustomize skopeo crane regctl oras cosign syft grype trivy hadolint`.split(/\s+/),
);

/** Of tools that also run what a repository has: the verbs which install, compile or test, and no more. */
const HARMLESS_VERBS: readonly (readonly [name: RegExp, verb: RegExp])[] = [
  [/^(?:npm|pnpm|bun)$/, /^(?:ci|install|i|add|config|version|audit|pack|-v|--version)$/],
  [/^yarn$/, /^(?:|install|add|config|-v|--.*)$/],
  [/^(?:node|python3?|ruby|java|php)$/, /^(?:-v|-V|--?version)$/],
  [/^python3?$/, /^-m (?:pip|venv)$/],
  [
    /^(?:pip3?|gem|bundler?|composer|poetry|uv|corepack)$/,
    /^(?:install|config|sync|lock|pip|enable|prepare|--version)$/,
  ],
  [/^go$/, /^(?:build|test|vet|mod|get|install|version|env|fmt)$/],
  [/^cargo$/, /^(?:build|test|check|clippy|fmt|install|fetch)$/],
  [/^rustup$/, /^/],
  [/^dotnet$/, /^(?:build|test|publish|restore)$/],
];

/** What runs the command behind it. */
const WRAPPERS = /^(?:sudo|time|command|exec|nice|nohup|env)$/;

/** Each leg of a matrix asks about the same steps. */
const known = new WeakMap<StepView, ShellScript>();

function commandsOf(step: StepView): ShellScript {
  // An expression is a word, and one that nobody knows.
  const read = known.get(step) ?? readShell((step.run ?? '').replace(/\$\{\{.*?\}\}/gs, '$UNSEEN'), () => undefined);
  known.set(step, read);
  return read;
}

/**
 * A script or a target of the repository, or a program that is not known here, may prepare the machine as well as anything
 * else. Of what is sourced nothing is seen either.
 */
export function mayPrepare(step: StepView): boolean {
  const { commands, whole } = commandsOf(step);
  return !whole || commands.some((one) => isOpen(one, step.run));
}

/** The same of a step that builds, before it does. */
export function mayPrepareItself(step: StepView): boolean {
  const { commands, whole } = commandsOf(step);
  const build = commands.findLastIndex((one) => buildOf(one) !== undefined || isBake(one) || isComposeBuild(one));
  return !whole || commands.slice(0, build < 0 ? commands.length : build).some((one) => isOpen(one, step.run));
}

/** The same of one command of a script. */
export function isOpen({ words }: ShellCommand, script = ''): boolean {
  const texts = words.map(({ text }) => text);
  const wrapped = texts.findIndex((text) => !WRAPPERS.test(text) && !/^-|^\w+=/.test(text));
  const [name, ...rest] = WRAPPERS.test(texts[0] ?? '') ? texts.slice(wrapped < 0 ? texts.length : wrapped) : texts;
  // Assignments alone.
  if (name === undefined || HARMLESS.has(name)) return false;
  if (name.includes(UNSEEN)) return true;
  const verbs = [rest[0] ?? '', rest.slice(0, 2).join(' ')];
  if (HARMLESS_VERBS.some(([tool, verb]) => tool.test(name) && verbs.some((one) => verb.test(one)))) return false;
  // A function of the step's own, whose commands are seen.
  const called = name.replace(/[^\w-]/g, '\\$&');
  return !new RegExp(`(?:^|\\s)(?:${called}\\s*\\(\\)|function\\s+${called}\\b)`, 'm').test(script);
}

/**
 * Actions that do nothing to Docker or its builders, or of which what they do is seen by their name: those of these owners,
 * and those that set up a language, log in, cache, compare or report.
 */
const KNOWN_OWNERS =
  /^(?:actions|aws-actions|google-github-actions|azure|docker|github|sigstore|anchore|aquasecurity|hadolint|step-security|dorny|tj-actions|codecov)\//i;
const KNOWN_ACTIONS =
  /\/setup-(?:node|python|go|java|ruby|php|bun|deno|uv|dotnet|rust-toolchain|zig|beam|sbt|julia|swift|graalvm|terraform|qemu)$|^pnpm\/action-setup$|^dtolnay\/rust-toolchain$|^Swatinem\/rust-cache$|^jlumbroso\/free-disk-space$|^softprops\/action-gh-release$|^webfactory\/ssh-agent$|[/-]login(?:-action)?$/i;

/** An action whose deeds are not seen. Those of the repository are read where they lie. */
export function isUnknownAction({ uses, inputs }: StepView): boolean {
  if (uses === undefined || uses.startsWith('./')) return false;
  // JavaScript in the workflow runs programs by these.
  if (uses === 'actions/github-script') return /exec|spawn|require|import/.test(inputs.get('script')?.value ?? '');
  return !KNOWN_OWNERS.test(uses) && !KNOWN_ACTIONS.test(uses);
}

/** The job that a line stands in, and its steps up to there. */
export function stepsUpTo(
  { jobs }: Pick<WorkflowView, 'jobs'>,
  line: number,
): { readonly job: JobView | undefined; readonly steps: readonly StepView[] } {
  const begun = jobs.map((job) => ({ job, steps: job.steps.filter(({ span }) => span.start.line <= line) }));
  const last = ({ steps }: { readonly steps: readonly StepView[] }): number => steps.at(-1)?.span.start.line ?? 0;
  return begun.reduce<{ job: JobView | undefined; steps: readonly StepView[] }>(
    (best, one) => (last(one) > last(best) ? one : best),
    { job: undefined, steps: [] },
  );
}

/** Another daemon, another builder or another engine than the runner's own Docker, or another folder. */
export const isElsewhere = ({ run = '', env }: StepView): boolean =>
  /--builder|docker\s+context|docker\s+(?:-H|--host|--context|-c|--config)\b|DOCKER_HOST|DOCKER_CONTEXT|BUILDX_BUILDER|\b(?:podman|buildah|nerdctl)\b/.test(
    run,
  ) || ['DOCKER_HOST', 'DOCKER_CONTEXT', 'BUILDX_BUILDER'].some((name) => env.has(name));

/** The jobs that wait for one, and those that wait for these. */
export function jobsBehind(job: JobView, { jobs }: WorkflowView): readonly JobView[] {
  const behind = new Set<JobView>();
  const names = new Set([job.name]);
  for (let before = -1; before < behind.size; ) {
    before = behind.size;
    for (const one of jobs)
      if (one !== job && !behind.has(one) && one.needs.some((name) => names.has(name))) {
        behind.add(one);
        names.add(one.name);
      }
  }
  return [...behind];
}

/** All that a step runs and is given. */
export const wordsOf = ({ run = '', uses = '', inputs, env }: StepView): string =>
  [run, uses, ...[...inputs].map(([name, { value }]) => `${name} ${value}`), ...[...env].flat()].join('\n');

const MAX_DEPTH = 5;

/** The steps of a composite action of the repository, and of those that it calls; undefined where it is not seen, or is another kind. */
export function stepsOfAction(
  uses: string,
  read: (path: string) => string | undefined,
  depth = 0,
): readonly StepView[] | undefined {
  const folder = posix.normalize(uses);
  const path = ['action.yml', 'action.yaml']
    .map((name) => posix.join(folder, name))
    .find((one) => read(one) !== undefined);
  if (path === undefined || depth > MAX_DEPTH) return undefined;
  const [job] = viewWorkflow(path, read(path)!).jobs;
  if (job === undefined) return undefined;
  const called = job.steps.flatMap((step) =>
    step.uses?.startsWith('./') === true ? [stepsOfAction(step.uses, read, depth + 1)] : [],
  );
  return called.includes(undefined) ? undefined : [...job.steps, ...called.flatMap((steps) => steps ?? [])];
}
