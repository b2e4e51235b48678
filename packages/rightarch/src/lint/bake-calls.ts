import { posix } from 'node:path';
import { isDockerfile } from '../dockerfile/index.ts';
import { type BakeCall, type BakeFiles, bakeOfCommand, bakeOfStep } from './baked.ts';
import { parsedWorkflow } from './documents/parsed.ts';
import { fileRange } from './documents/script.ts';
import { isGitlab, scriptsIn } from './documents/scripts.ts';
import { readShell, UNSEEN } from './documents/shell.ts';
import {
  inLeg,
  inputLines,
  isWorkflow,
  type JobView,
  type Leg,
  runnerPlatform,
  type StepView,
  type WorkflowView,
} from './documents/workflow.ts';
import { type FoundBuild, type Place, placesIn } from './found.ts';
import type { SourceFile } from './repository.ts';
import { isBake } from './script-builds.ts';
import { stepsUpTo } from './workflow-steps.ts';

/** A call of bake somewhere in a repository. */
export interface FoundCall {
  /** Undefined where it may put in other platforms, and which is not seen. */
  readonly call: BakeCall | undefined;
  /** The CPU that it runs on; undefined for whoever types it. */
  readonly builder: FoundBuild['builder'];
}

/** More calls of bake, in all legs, than any workflow has; each looks at all that came before it. */
export const MOST_BAKES = 500;

/** The files of a repository for bake. A variable is taken for set where any of them that is no Dockerfile and none of bake's has its name. */
export function bakeFilesOf(files: readonly SourceFile[]): BakeFiles {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const others = files.filter(({ path }) => !isDockerfile(path) && !/\.hcl$|bake[\w.-]*\.json$/.test(path));
  const known = new Map<string, boolean>();
  const isSet = (name: string): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const word = new RegExp(`(?<![\\w-])${name}(?![\\w-])`);
    const found = others.some(({ text }) => text.includes(name) && word.test(text));
    known.set(name, found);
    return found;
  };
  return { read: (path) => texts.get(path), isSet };
}

/** All calls of bake whose files or overrides are seen, or may matter. */
export function bakeCallsIn(files: readonly SourceFile[], bake: BakeFiles): readonly FoundCall[] {
  return files.flatMap((file): readonly FoundCall[] => {
    if (!/\bbake\b|\/bake-action/.test(file.text) || isDockerfile(file.path)) return [];
    return isWorkflow(file.path) ? callsOfWorkflow(parsedWorkflow(file), file, bake) : callsOfScripts(file, bake);
  });
}

function callsOfWorkflow(view: WorkflowView, { text }: SourceFile, bake: BakeFiles): readonly FoundCall[] {
  const builderIn = (job: JobView, leg: Leg) =>
    runnerPlatform(job.runsOn.map((label) => inLeg(label, leg, new Map()) ?? ''));
  const steps = bakeSteps(view).flatMap(({ job, step, leg, before }): readonly FoundCall[] => {
    if (isTrial(step)) return [];
    const call = bakeOfStep(step, leg, before, bake.read);
    const isOpen = call === undefined && /platform|\$/.test(step.inputs.get('set')?.value ?? '');
    return call !== undefined || isOpen ? [{ call, builder: builderIn(job, leg) }] : [];
  });
  const commands = bakeCommands(view, text, bake).flatMap(({ call, at, isOpen }): readonly FoundCall[] => {
    const { job } = stepsUpTo(view, at.line);
    const builders = (job?.legs ?? [{}]).map((leg) => (job === undefined ? 'unknown' : builderIn(job, leg)));
    const isSame = builders.every((one) => JSON.stringify(one) === JSON.stringify(builders[0]));
    return call !== undefined || isOpen ? [{ call, builder: isSame ? builders[0] : 'unknown' }] : [];
  });
  return [...steps, ...commands];
}

/** One that says of itself that it is sent nowhere tells nothing of what is published. */
const isTrial = (step: StepView): boolean => {
  const [push, load] = ['push', 'load'].map((name) => inputLines(step, name)[0]?.value);
  return push === 'false' || (load === 'true' && (push ?? '') === '');
};

/** The steps of docker/bake-action, each leg of its own; what they build stands in other files. */
export const bakeSteps = ({ jobs }: WorkflowView) =>
  jobs
    .flatMap((job) =>
      job.steps.flatMap((step, i) =>
        step.uses === 'docker/bake-action'
          ? (job.legs ?? []).map((leg) => ({ job, step, leg, before: job.steps.slice(0, i) }))
          : [],
      ),
    )
    .slice(0, MOST_BAKES);

/** `docker buildx bake` in the `run:` of a workflow. */
export function bakeCommands(
  { file, trees, jobs }: WorkflowView,
  text: string,
  { read }: BakeFiles,
): readonly { readonly call: BakeCall | undefined; readonly at: Place; readonly isOpen: boolean }[] {
  if (trees === undefined || !/\bbake\b/.test(text)) return [];
  const place = placesIn(file, text);
  return scriptsIn(file, text, () => trees).flatMap((script) => {
    const { commands } = readShell(script.text, (name) => script.env?.get(name) ?? UNSEEN);
    return commands
      .filter(isBake)
      .slice(0, MOST_BAKES)
      .map((command) => {
        const { from, to } = fileRange(script, command);
        const at = place(from, to);
        const step = stepsUpTo({ jobs }, at.line).steps.at(-1);
        const directory = directoryOf(step, 'BUILDX_BAKE_FILE');
        const before = script.text.slice(0, command.from);
        const call = directory === undefined ? undefined : bakeOfCommand(command, { directory, before, read });
        return { call, at, isOpen: mayPutIn(command.words) };
      });
  });
}

/** The folder that the commands of a step run in; undefined where it is not seen, or a variable names the files. */
export function directoryOf(step: StepView | undefined, variable: string): string | undefined {
  const directory = step?.directory ?? '.';
  const isElsewhere =
    /[$\\]/.test(directory) || step?.env.has(variable) === true || /(?:^|[\s;&|(])(?:cd|pushd)\s/.test(step?.run ?? '');
  return isElsewhere ? undefined : directory;
}

/** Whether a word of a call may put in platforms. */
const mayPutIn = (words: readonly { readonly text: string }[]): boolean =>
  words.some(({ text }, i) => /\.platform\+?=/.test(text) || (words[i - 1]?.text === '--set' && text.includes(UNSEEN)));

/** Calls in scripts and other files. Where a script runs is not known: what it names is taken from the root, and a Makefile's from its folder. */
function callsOfScripts({ path, text }: SourceFile, { read }: BakeFiles): readonly FoundCall[] {
  const isBeside = /(?:^|\/)(?:Makefile|Justfile|package\.json)$|\.mk$/i.test(path);
  const directory = isBeside ? posix.dirname(path) : '.';
  return scriptsIn(path, text).flatMap((script) => {
    const { commands } = readShell(script.text, (name) => script.env?.get(name) ?? UNSEEN);
    return commands
      .filter(isBake)
      .slice(0, MOST_BAKES)
      .flatMap((command): readonly FoundCall[] => {
        const hasMoved = commands.some(
          ({ words, from }) => /^(?:cd|pushd)$/.test(words[0]?.text ?? '') && from < command.from,
        );
        const call = hasMoved ? undefined : bakeOfCommand(command, { directory, before: '', read });
        return call !== undefined || mayPutIn(command.words)
          ? [{ call, builder: isGitlab(path) ? 'unknown' : undefined }]
          : [];
      });
  });
}
