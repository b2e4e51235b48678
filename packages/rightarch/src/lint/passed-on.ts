import { posix } from 'node:path';
import type { Copy } from '../dockerfile/index.ts';
import { configuredOutputs } from './configured-output.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf } from './documents/dockerfile.ts';
import { UNSEEN } from './documents/shell.ts';
import { nativeOutputs, type Output } from './native-output.ts';
import { inDirectories, isTakenAway } from './placed.ts';
import { programOutputs } from './program-output.ts';
import { withoutVersion } from './python-output.ts';
import { rubyOutputs } from './ruby-output.ts';

/** More than any image is made of. */
const MOST = 200;

/**
 * What a stage holds that only its CPU runs: made by its own commands, or copied from another stage on the same CPU, as the
 * stage that builds takes the packages of the one that installs.
 */
export function outputsOf(
  view: DockerfileView,
  stage: StageView,
  known = new Map<number, readonly Output[]>(),
): readonly Output[] {
  const { index } = stage.node.stage;
  const before = known.get(index);
  if (before !== undefined) return before;
  // A stage that copies from itself in a circle has nothing of it.
  known.set(index, []);
  const own = [nativeOutputs, programOutputs, rubyOutputs, configuredOutputs]
    .flatMap((of) => of(view, stage))
    .slice(0, MOST);
  const steps = stepsOf(view, stage);
  const commands = steps.flatMap(inDirectories);
  const passed = steps.flatMap((step) => {
    const from = copiedFrom(view, stage, step);
    if (from === undefined) return [];
    return outputsOf(view, from, known).flatMap((output) =>
      isDoneAgain(output, steps) ? [] : arrivals(output, step.instruction as Copy, step.workdir),
    );
  });
  const all = [...own.filter((one) => !isTakenAway(one, commands)), ...passed].slice(0, MOST);
  known.set(index, all);
  return all;
}

/** The stage on the same CPU that a COPY takes from. */
function copiedFrom(view: DockerfileView, stage: StageView, { written, instruction }: StepView): StageView | undefined {
  if (instruction.keyword !== 'COPY') return undefined;
  const use = view.stages
    .flatMap(({ node }) => node.uses)
    .find((one) => one.by === 'copy' && one.instruction === written && one.source.kind === 'stage');
  const from =
    use?.source.kind === 'stage'
      ? view.stages.find(({ node }) => node.stage.index === (use.source as { index: number }).index)
      : undefined;
  const isSame = from?.follows === stage.follows && from.pinned?.architecture === stage.pinned?.architecture;
  return from !== undefined && isSame && (from.follows === 'builder' || from.follows === 'constant') ? from : undefined;
}

const INSTALLERS: Readonly<Partial<Record<Output['what'], RegExp>>> = {
  node: /^(?:npm|pnpm|yarn|bun)$/,
  ruby: /^(?:bundler?|gem)$/,
  python: /^(?:\S*pip3?|uv|poetry|\S*python3?)$/,
};

/** An installer that runs there too may put packages for the right CPU in their place: what it leaves counts. */
const isDoneAgain = ({ what }: Output, steps: readonly StepView[]): boolean =>
  steps.some(({ script }) =>
    script?.commands.some(
      ({ words }) =>
        INSTALLERS[what]?.test(words[0]?.text ?? '') === true &&
        (words.length === 1 ||
          words.some(({ text }) => /^(?:ci|i|install|add|rebuild|sync|pip|--frozen-lockfile|--immutable)$/.test(text))),
    ),
  );

const isFile = (what: Output['what']): boolean => what === 'go' || what === 'c' || what === 'download' || what === 'os';

/** Where an output stands behind a COPY that takes it over; none where it does not, or where that is not seen. */
export function arrivals(output: Output, { sources, destination }: Copy, workdir: string): readonly Output[] {
  const plain = (text: string): string => (output.what === 'python' ? withoutVersion(text) : text);
  const to = plain(posix.resolve(workdir, destination.text));
  const isInto = sources.length > 1 || /(?:^|\/)\.?\.?\/?$/.test(destination.text);
  return sources.flatMap(({ text }) => {
    const from = plain(posix.resolve('/', text));
    if (/[*?[]/.test(text) || [text, destination.text, output.path].some((one) => one.includes(UNSEEN))) return [];
    const named = isInto ? posix.join(to, posix.basename(from)) : to;
    if (from === output.path) return [{ ...output, path: isFile(output.what) ? named : to }];
    const within = from === '/' ? '/' : `${from}/`;
    if (output.path.startsWith(within)) return [{ ...output, path: posix.join(to, output.path.slice(within.length)) }];
    // One of the programs that a compiler left in its directory; of packages it may be one without machine code.
    const isPart = !isFile(output.what) && output.what !== 'node' && output.what !== 'python';
    return isPart && from.startsWith(`${output.path}/`) ? [{ ...output, path: named }] : [];
  });
}
