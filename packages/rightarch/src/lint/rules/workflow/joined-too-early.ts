import { diagnostic } from '../../../messages/index.ts';
import { platformOfWord } from '../../cpu-words.ts';
import { readShell, UNSEEN } from '../../documents/shell.ts';
import {
  inLeg,
  inputLines,
  isWorkflow,
  type JobView,
  type Leg,
  type StepView,
  type WorkflowView,
} from '../../documents/workflow.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';
import { buildOf, namesAfter } from '../../script-builds.ts';
import type { BuildStep } from '../../workflow-builds.ts';

/**
 * A job that puts one name over images which another job of the same run pushes, without waiting for it: jobs run side by
 * side unless `needs` says otherwise (docs.github.com, workflow-syntax, jobs.<job_id>.needs, read 2026-11-29). And one that
 * joins a leg which nothing pushes.
 */
export const joinedTooEarly: WorkflowRule = function* (view, { builds, files }) {
  const joining = view.jobs.flatMap((job) => {
    const joins = job.steps.flatMap((step) => joinsOf(step, job).map((names) => ({ step, names })));
    return joins.length === 0 ? [] : [{ job, joins }];
  });
  if (joining.length === 0) return;
  const pushed = view.jobs.flatMap((job) => pushedBy(job, builds));
  for (const { job, joins } of joining) {
    if (job.steps.some(waits)) continue;
    const before = new Set([job, ...waitedFor(job, view)]);
    const names = joins.flatMap((one) => one.names);
    const isThere = (name: string): boolean => pushed.some((one) => one.name === name && before.has(one.job));
    const early = names.find(
      (name) => !isThere(name) && pushed.some((one) => one.name === name && isBeside(one.job, job)),
    );
    const digests = early === undefined ? digestsOf(job, joins, { builds, before }) : undefined;
    const other = pushed.find((one) => one.name === early)?.job ?? digests;
    if (other !== undefined) {
      const args = { job: job.name, image: early === undefined ? 'digest' : shown(early), pushedBy: other.name };
      const span = job.needsAt ?? joins[0]!.step.span;
      yield { diagnostic: diagnostic('workflow/joined-too-early', args, inFile(view.file, span)) };
      continue;
    }
    const missing = joins.flatMap(({ step, names: own }) => {
      const name = own.find((one) => isNoLeg(one, own, { pushed, job, view }) && !isWritten(one, job, files, view));
      return name === undefined ? [] : [{ step, name }];
    });
    for (const { step, name } of missing.slice(0, 1)) {
      const args = { job: job.name, image: shown(name), pushedBy: undefined };
      // Another CI may push it.
      const at = inFile(view.file, step.span);
      yield { diagnostic: diagnostic('workflow/joined-too-early', args, at, { severity: 'warning' }) };
    }
  }
};

/** A name that a job pushes in one of its legs, with its expressions as they are written, without the spaces in them. */
interface Pushed {
  readonly name: string;
  readonly job: JobView;
  /** As written: with the part that each leg fills. */
  readonly written: string;
}

const plain = (text: string): string =>
  text.trim().replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, inner: string) => `\${{${inner}}}`);
const shown = (name: string): string => name.replace(/\$\{\{(.*?)\}\}/g, (_, inner: string) => `\${{ ${inner} }}`);

/** With what the leg gives; whatever else is not seen stands as it is written. */
function inOwnLeg(text: string, leg: Leg, env: ReadonlyMap<string, string>): string {
  return plain(text.replace(/\$\{\{\s*(?:matrix|env)\.[\w.-]+\s*\}\}/g, (whole) => inLeg(whole, leg, env) ?? whole));
}

function pushedBy(job: JobView, builds: readonly BuildStep[]): readonly Pushed[] {
  const byAction = builds
    .filter((one) => one.job === job && one.pushes)
    .flatMap(({ step, leg }) =>
      inputLines(step, 'tags')
        .flatMap(({ value }) => value.split(','))
        .map((written) => ({ name: inOwnLeg(written, leg, step.env), job, written: plain(written) })),
    );
  const byCommand = job.steps.flatMap((step) =>
    commandsOf(step).flatMap((command) => {
      const build = buildOf(command);
      const words = build?.pushes === true ? build.tags : namesAfter(command, 'push');
      return words.flatMap((word) => {
        const written = writtenName(step, word);
        return written === undefined
          ? []
          : (job.legs ?? []).map((leg) => ({ name: inOwnLeg(written, leg, step.env), job, written: plain(written) }));
      });
    }),
  );
  return [...byAction, ...byCommand];
}

const commandsOf = ({ run }: StepView) =>
  run === undefined || !/\b(?:docker|podman|nerdctl)\b/.test(run)
    ? []
    : readShell(
        run.replace(/\$\{\{.*?\}\}/gs, (found) => UNSEEN.repeat(found.length)),
        () => undefined,
      ).commands;

/** A word with the expressions that stand in it; undefined where the shell puts in what is not seen. */
function writtenName({ run = '' }: StepView, { text, from, to }: { text: string; from: number; to: number }) {
  if (!text.includes(UNSEEN)) return text;
  const raw = run.slice(from, to).replace(/^["']|["']$/g, '');
  return /\$(?!\{\{)|`/.test(raw) ? undefined : raw;
}

/** The names that a step joins, for each index that it makes. */
function joinsOf(step: StepView, job: JobView): readonly (readonly string[])[] {
  const leg = job.legs?.length === 1 ? job.legs[0]! : {};
  const named = (input: string): readonly string[] =>
    inputLines(step, input)
      .flatMap(({ value }) => value.split(','))
      .flatMap((one) => (one.trim() === '' ? [] : [inOwnLeg(one, leg, step.env)]));
  switch (step.uses) {
    // `extra-images` in its older versions (github.com/Noelware/docker-manifest-action, README, read 2026-11-29).
    case 'Noelware/docker-manifest-action':
      return [[...named('images'), ...named('extra-images')]];
    case 'int128/docker-manifest-create-action':
      return [named('sources')];
  }
  return commandsOf(step).flatMap((command) => {
    const texts = command.words.map(({ text }) => text);
    const isTools = /buildx imagetools create/.test(texts.slice(0, 4).join(' '));
    if (!isTools && !/^docker manifest create/.test(texts.slice(0, 3).join(' '))) return [];
    const words = command.words.slice(isTools ? 4 : 3);
    const isValue = (i: number): boolean =>
      /^(?:-t|--tag|-f|--file|--builder|--annotation|--progress|-p|--platform|--metadata-file)$/.test(
        words[i - 1]?.text ?? '',
      );
    const names = words.filter(({ text }, i) => !text.startsWith('-') && !isValue(i));
    return [
      (isTools ? names : names.slice(1)).flatMap((word) => {
        const written = writtenName(step, word);
        return written === undefined ? [] : [inOwnLeg(written, leg, step.env)];
      }),
    ];
  });
}

/** What is asked for until it is there: another way to wait. */
const waits = ({ uses, run }: StepView): boolean =>
  /wait|retry/i.test(uses ?? '') || /\b(?:until|while|sleep|gh run)\b/.test(run ?? '');

/** The jobs that a job waits for, and those that these wait for. */
function waitedFor(job: JobView, { jobs }: WorkflowView): readonly JobView[] {
  const found: JobView[] = [];
  const next = [...job.needs];
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    const one = jobs.find((other) => other.name === name);
    if (one === undefined || found.includes(one)) continue;
    found.push(one);
    next.push(...one.needs);
  }
  return found;
}

/** Whether both run at the same event, as far as their conditions say: of two that differ, one may stand for the other. */
const isBeside = (one: JobView, other: JobView): boolean =>
  one.condition === undefined || other.condition === undefined || one.condition === other.condition;

/** The job whose digests another joins as it downloads them, without waiting for it. */
function digestsOf(
  job: JobView,
  joins: readonly { readonly step: StepView }[],
  { builds, before }: { readonly builds: readonly BuildStep[]; readonly before: ReadonlySet<JobView> },
): JobView | undefined {
  const downloads = job.steps.some(({ uses, inputs }) => uses === 'actions/download-artifact' && !inputs.has('run-id'));
  if (!downloads || !joins.some(({ step }) => /@sha256:/.test(step.run ?? ''))) return undefined;
  // Whatever is uploaded before may be what is joined.
  if ([...before].some(({ steps, isCall }) => isCall || steps.some(uploads))) return undefined;
  return builds.find((one) => one.byDigest && one.job.steps.some(uploads) && isBeside(one.job, job))?.job;
}

const uploads = ({ uses, run }: StepView): boolean =>
  uses === 'actions/upload-artifact' || /upload/.test(`${uses ?? ''} ${run ?? ''}`);

/** Of a name that has a part by which legs differ: whether none of them fills it so, while others of what is joined are. */
function isNoLeg(
  name: string,
  others: readonly string[],
  { pushed, job, view }: { readonly pushed: readonly Pushed[]; readonly job: JobView; readonly view: WorkflowView },
): boolean {
  // What is called, or made of an expression, pushes more than is seen.
  if (view.jobs.some(({ isCall, legs }) => isCall || legs === undefined) || pushed.some((one) => one.name === name))
    return false;
  const before = waitedFor(job, view);
  return pushed.some(({ written, job: by }) => {
    const parts = written.split(/\$\{\{matrix\.[\w.-]+\}\}/);
    if (parts.length !== 2 || !before.includes(by)) return false;
    const [head = '', tail = ''] = parts;
    // What is no word for a CPU may be made anywhere: `-windows`, `-gpu`.
    const isOf = (one: string): boolean =>
      one.startsWith(head) &&
      one.endsWith(tail) &&
      platformOfWord(one.slice(head.length, one.length - tail.length)) !== undefined;
    const legs = others.filter((one) => pushed.some((other) => other.written === written && other.name === one));
    return isOf(name) && legs.length > 0;
  });
}

/** The part by which a leg would be told stands elsewhere too: something else may push it. */
function isWritten(
  name: string,
  job: JobView,
  files: readonly { readonly path: string; readonly text: string }[],
  view: WorkflowView,
): boolean {
  const word = /[A-Za-z0-9_.]+$/.exec(name)?.[0] ?? name;
  return files.some(({ path, text }) => {
    if (!isWorkflow(path) && !/\.(?:sh|mk|hcl)$|Makefile$/.test(path)) return false;
    const rest = path === view.file ? text.slice(0, job.from) + text.slice(job.to) : text;
    return rest.includes(word);
  });
}
