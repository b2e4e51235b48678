import { posix } from 'node:path';
import type { DockerfileView, StageView, StepView } from '../documents/dockerfile.ts';
import { type ShellCommand, shownText } from '../documents/shell.ts';
import type { TextEdit } from '../fixes.ts';
import { nativesIn } from '../locked-natives.ts';
import { readLockfile } from '../lockfiles/index.ts';
import type { Output } from '../native-output.ts';
import { inDirectories, isWithin, type Placed, textOf } from '../placed.ts';
import { leavesOutDevelopment } from '../readiness/installs.ts';
import { type Teller, tell, tellGo } from './commands.ts';
import { Editor, rootOf } from './edits.ts';
import { nameOf, outputsIn, stageAt, takenFrom, wantedOutputs } from './gives.ts';
import { handsCpuOn, liesAmongSources } from './inside.ts';
import { splitStage, type Whole } from './split.ts';
import type { RewriteKind, Rewrites, StageLeft, StageRewrite } from './types.ts';

/** Stages that one FROM decides about. */
interface Family {
  readonly root: StageView;
  readonly members: readonly StageView[];
  /** Where the one below it, which the image is built on too, has nothing in it: its image is named instead. */
  readonly standsOn?: StageView;
}

/**
 * What a Dockerfile could do on the builder's CPU. A proposal only: what a stage gives away is the same there as far as its
 * text says, and whether it is, two builds say.
 */
export function proposeRewrites(
  view: DockerfileView,
  { platforms, read }: Pick<Teller, 'platforms' | 'read'>,
): Rewrites {
  const left: StageLeft[] = [];
  const splits: StageRewrite[] = [];
  let families: readonly Family[] = familiesOf(view).filter((family) => {
    const { members } = family;
    if (!members.some((stage) => stage.steps.some(isRun))) return false;
    if (!members.some(({ isFinal }) => isFinal)) return true;
    const { root, standsOn = root } = family;
    const found = splitStage({ view, platforms, read }, root, standsOn);
    if (found !== undefined && !('why' in found)) splits.push(found);
    left.push(...leftOf(members.filter((stage) => stage !== root || found === undefined)));
    if (found !== undefined && 'why' in found) left.push(leftAt(root, found));
    return false;
  });
  // A stage that stays takes others with it: what it takes of them must be for its own CPU then.
  for (;;) {
    const teller: Teller = { view, editor: new Editor(view), platforms, read };
    const pinned = new Set(families.flatMap(({ members }) => members.map(({ node }) => node.stage.index)));
    const judged = families.map((family) => ({ family, found: judge(teller, family, pinned) }));
    const refused = judged.find(({ found }) => 'why' in found);
    if (refused === undefined || !('why' in refused.found)) {
      const proposed = judged.flatMap(({ family, found }) => ('why' in found ? [] : [proposal(teller, family, found)]));
      return { proposed: [...proposed, ...splits], left: left.sort((one, other) => one.stage - other.stage) };
    }
    const { found, family } = refused;
    left.push(leftAt(family.root, found));
    families = families.filter((one) => one !== family);
  }
}

const isRun = ({ written }: StepView): boolean => written.keyword === 'RUN';

const placeOf = (stage: StageView) => ({ stage: stage.node.stage.index, name: nameOf(stage) });

/** All stages for the target that run something, by the one that decides about their CPU. */
function familiesOf(view: DockerfileView): readonly Family[] {
  const byRoot = new Map<StageView, StageView[]>();
  for (const stage of view.stages) {
    if (stage.follows !== 'target') continue;
    const root = rootOf(view, stage);
    if (root.node.base?.kind !== 'image') continue;
    byRoot.set(root, [...(byRoot.get(root) ?? []), stage]);
  }
  return [...byRoot].flatMap(([root, members]): Family[] => {
    // `FROM node AS base` alone is a name for an image: each that is built on it may stand on the image.
    const isFlagged = members.some((one) => one !== root && one.node.stage.from.flags.length > 0);
    const isName =
      !isFlagged &&
      members.length > 1 &&
      root.steps.length === 0 &&
      takenFrom(view, root.node.stage.index).length === 0;
    if (!isName || !members.some(({ isFinal }) => isFinal)) return [{ root, members }];
    const below = (stage: StageView): StageView => {
      const { base } = stage.node;
      const next = base?.kind === 'stage' ? stageAt(view, base.index) : undefined;
      return next === undefined || next === root ? stage : below(next);
    };
    const others = members.filter((one) => one !== root);
    const heads = [...new Set(others.map(below))];
    return heads.map((head) => ({ root: head, members: others.filter((one) => below(one) === head), standsOn: root }));
  });
}

/** Of what the image consists of: the first of each stage that is run. */
const leftOf = (members: readonly StageView[]): readonly StageLeft[] =>
  members.flatMap((stage): readonly StageLeft[] => {
    const step = stage.steps.find(isRun);
    const why = stage.isFinal ? 'image' : 'below-image';
    return step === undefined ? [] : [leftAt(stage, { why, step, command: step.written.original })];
  });

const leftAt = (stage: StageView, { why, step, command }: Whole): StageLeft => ({
  ...placeOf(stage),
  why,
  line: step.written.span.start.line,
  command: shownText(command),
});

type Judged = { readonly kinds: readonly RewriteKind[]; readonly edits: readonly TextEdit[] } | Whole;

function judge(teller: Teller, { members }: Family, pinned: ReadonlySet<number>): Judged {
  const { view } = teller;
  const kinds = new Set<RewriteKind>();
  const edits: TextEdit[] = [];
  for (const stage of members) {
    const wanted = wantedOutputs(view, stage, (index) => pinned.has(index));
    const own = new Set(stage.steps);
    for (const { step, command, directory } of commandsOf(stage)) {
      const text = textOf(command);
      if (/^(?:go|cargo) test\b/.test(text)) return { why: 'tests', step, command: text };
      const started = outputsIn(view, stage).find((output) => isStarted(output, command, directory));
      if (started !== undefined && wanted.some(({ by }) => by === started.by))
        return { why: 'runs-output', step, command: text };
      if (/^go install\b/.test(text) && !command.guardedByCpu && isInstalledFor(view, stage, pinned))
        return { why: 'compiler', step, command: text };
      // Without -o it is named after its module.
      if (!/^go build\b/.test(text) || command.guardedByCpu || /(?:^| )-o\b/.test(text)) continue;
      const found = tellGo(teller, stage, step, command);
      if ('why' in found) return found;
      kinds.add('go');
      edits.push(...found.edits);
    }
    const taken = foreignUsed(teller, stage, pinned);
    if (taken !== undefined) return { why: 'used-there', ...taken };
    const told = new Set<ShellCommand>();
    for (const output of [...wanted, ...passedOn(view, stage, pinned)]) {
      // What was taken over is told where it is made.
      if (!own.has(output.step) || told.has(output.by)) continue;
      told.add(output.by);
      const user = output.what === 'node' || output.what === 'python' ? userOf(teller, stage, output) : undefined;
      if (user !== undefined) {
        if (isPlain(teller, stage, output)) continue;
        return { why: 'used-there', ...user };
      }
      const found = tell(teller, stage, output);
      if ('why' in found) return found;
      if (found.edits.length > 0) kinds.add(found.kind);
      edits.push(...found.edits);
    }
    const more = tellSources(teller, stage, told);
    if ('why' in more) return more;
    edits.push(...more.edits);
  }
  if (kinds.has('go') || kinds.has('cargo')) {
    const found = handsCpuOn(stepsBefore(view, members, pinned));
    if (found !== undefined) return { why: 'inside', ...found };
  }
  return { kinds: kinds.size === 0 ? ['neutral'] : [...kinds], edits };
}

/**
 * Whether a stage for the target takes what `go install` puts below /go/bin: told another CPU, it puts it elsewhere
 * (`go help install`, Go 1.26: "in $GOOS_$GOARCH subdirectories"; tried 2026-11-30).
 */
const isInstalledFor = (view: DockerfileView, { node }: StageView, pinned: ReadonlySet<number>): boolean =>
  takenFrom(view, node.stage.index).some(
    ({ by, sources = [] }) =>
      !pinned.has(by.node.stage.index) &&
      sources.some((one) => isWithin(one, '/go/bin') || (one !== '/' && isWithin('/go/bin', one))),
  );

const isProgram = ({ what }: Output): boolean => what === 'go' || what === 'rust';

/** What a stage makes or fetches among the sources of a program, which may take it in: for the CPU of that program. */
function tellSources(
  teller: Teller,
  stage: StageView,
  told: ReadonlySet<ShellCommand>,
): { readonly edits: readonly TextEdit[] } | Whole {
  const all = outputsIn(teller.view, stage);
  const programs = all.filter((one) => told.has(one.by) && isProgram(one));
  const edits: TextEdit[] = [];
  const done = new Set(told);
  for (const output of all) {
    const { what, step, by } = output;
    if (what !== 'go' && what !== 'download') continue;
    if (done.has(by) || !programs.some((one) => liesAmongSources(output, one)) || isTool(stage, output)) continue;
    const found = what === 'go' && stage.steps.includes(step) ? tell(teller, stage, output) : undefined;
    if (found === undefined || 'why' in found) return { why: 'inside', step, command: textOf(by) };
    done.add(by);
    edits.push(...found.edits);
  }
  return { edits };
}

/** Whether a stage starts what it made or fetched: then it has to be for the builder's CPU. */
const isTool = (stage: StageView, { path }: Output): boolean =>
  Array.from(commandsOf(stage)).some(({ command, directory }) => {
    const name = command.words[0]?.text ?? '';
    return name.includes('/') && posix.resolve(directory, name) === path;
  });

/** The steps of stages, and of those on the builder's CPU that they take from. */
function stepsBefore(
  view: DockerfileView,
  members: readonly StageView[],
  pinned: ReadonlySet<number>,
): readonly StepView[] {
  const all = new Set(members);
  for (const one of all)
    for (const other of view.stages)
      if (pinned.has(other.node.stage.index) && takenFrom(view, other.node.stage.index).some(({ by }) => by === one))
        all.add(other);
  return [...all].flatMap(({ steps }) => steps);
}

function* commandsOf(stage: StageView): Iterable<Placed> {
  for (const step of stage.steps) yield* inDirectories(step);
}

/** A program that was made for the target is started by its path, or by a name that nobody else has. */
function isStarted({ what, path }: Output, { words }: ShellCommand, directory: string): boolean {
  if (what !== 'go' && what !== 'rust' && what !== 'c') return false;
  const name = words[0]?.text ?? '';
  return name.includes('/') && posix.resolve(directory, name) === path;
}

/** Commands that leave packages as they are, whichever CPU these are for. */
const LEAVES_ALONE =
  /^(?:\S*\/)?(?:npm (?:ci|install|i|cache|config|pkg|set|--version)|pip3?|python3? -m (?:pip|venv|compileall)|uv (?:sync|pip|venv|cache|lock|export)|virtualenv|rm|cp|mv|ln|mkdir|rmdir|chmod|chown|touch|echo|printf|true|cd|ls|cat|set|export|find|sed|apt-get|apt|apk|test|\[|addgroup|adduser|groupadd|useradd|corepack|wget|curl|tar|git|tee|sort|grep|du|which|command|:)(?:\s|$)/;

/** Who runs packages of another CPU, in the stage that installs them or in one that takes them over from it. */
function userOf({ view }: Teller, stage: StageView, output: Output) {
  for (const user of view.stages) {
    const isMaker = user === stage;
    if (user.isFinal || (!isMaker && !outputsIn(view, user).some(({ by }) => by === output.by))) continue;
    const found = firstUse(user, isMaker ? output.by : undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first command of a stage, behind an install, that may run packages. */
function firstUse(stage: StageView, behind: ShellCommand | undefined) {
  let isThere = behind === undefined;
  for (const { step, command } of commandsOf(stage)) {
    if (isThere && !LEAVES_ALONE.test(textOf(command))) return { step, command: textOf(command) };
    if (command === behind) isThere = true;
  }
  return undefined;
}

/** What a stage on the builder would run of packages that one for the target made. */
function foreignUsed({ view }: Teller, stage: StageView, pinned: ReadonlySet<number>) {
  const isForeign = ({ step }: Output): boolean =>
    view.stages.some(
      (one) => one.steps.includes(step) && one.follows === 'target' && !pinned.has(one.node.stage.index),
    );
  return outputsIn(view, stage).some(isForeign) ? firstUse(stage, undefined) : undefined;
}

/** Whether the lockfile says that no package of an install is for one CPU: then one install does for all. */
function isPlain({ view, read }: Teller, stage: StageView, { what, command, step }: Output): boolean {
  const file = 'package-lock.json';
  const text = what === 'node' && /^npm\b/.test(command) ? read(file) : undefined;
  const found = text === undefined ? undefined : readLockfile(file, text, () => undefined);
  const lockfile = found !== undefined && 'lockfile' in found ? found.lockfile : undefined;
  if (lockfile?.kind !== 'node' || !lockfile.saysPlatforms) return false;
  const users = view.stages.filter(
    (one) => one === stage || outputsIn(view, one).some((output) => output.step === step),
  );
  const prunes = users.some((one) =>
    Array.from(commandsOf(one)).some(({ command: by }) =>
      /^npm prune .*(?:--omit[= ]dev|--production)/.test(textOf(by)),
    ),
  );
  const noDev = prunes || step.script?.commands.some((one) => leavesOutDevelopment(one, step)) === true;
  const { natives, unseen } = nativesIn(lockfile, noDev);
  return natives.length === 0 && unseen.length === 0;
}

/** What this stage makes itself, and a stage on the builder hands to one that is for the target. */
function passedOn(view: DockerfileView, stage: StageView, pinned: ReadonlySet<number>): readonly Output[] {
  const own = new Set(stage.steps);
  return view.stages
    .filter((one) => one !== stage && pinned.has(one.node.stage.index))
    .flatMap((one) => wantedOutputs(view, one, (index) => pinned.has(index)).filter(({ step }) => own.has(step)));
}

function proposal(
  { editor }: Teller,
  { root, members, standsOn }: Family,
  found: Exclude<Judged, { why: unknown }>,
): StageRewrite {
  const pin = standsOn === undefined ? editor.pin(root) : editor.pinOn(root, standsOn);
  return {
    stages: members.map(({ node }) => node.stage.index),
    name: nameOf(members.at(-1) ?? root),
    adds: [],
    line: root.node.stage.from.span.start.line,
    kinds: found.kinds,
    edits: [...pin, ...found.edits],
  };
}
