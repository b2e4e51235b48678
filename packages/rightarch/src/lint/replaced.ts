import { posix } from 'node:path';
import type { Copy } from '../dockerfile/index.ts';
import type { DockerfileView, StageView, StepView } from './documents/dockerfile.ts';
import type { Output } from './native-output.ts';
import { arrivals } from './passed-on.ts';
import { inDirectories, type Placed, removes } from './placed.ts';

/**
 * Whether the stage that copies an output has something else in its place at its end: what it makes there itself, or a stage on
 * its own CPU made. `bundle install` makes extensions that are missing for its CPU (Bundler leaves such gems out of those that
 * are installed, bundler/source/rubygems.rb), Yarn writes down which CPU it installed for, `npm ci` begins with an empty folder;
 * pip is content with what is there.
 */
export function isReplaced(view: DockerfileView, stage: StageView, copy: Copy, output: Output): boolean {
  const { steps, indexes } = seen(view, stage);
  const at = indexes.get(copy);
  const own = at === undefined ? undefined : stage.steps[at];
  if (at === undefined || own?.instruction.keyword !== 'COPY') return false;
  const behind = steps.slice(at + 1, at + 1 + MOST_BEHIND);
  const places = arrivals(output, own.instruction, own.workdir).map(({ path }) => path);
  return (
    places.length > 0 &&
    places.every((path) =>
      behind.some(
        ({ commands, isOwn, step }) =>
          commands.some((one) => removes(one, path) || makesAgain(output, one, path)) || (isOwn && isLaid(step, path)),
      ),
    )
  );
}

/** More than a person writes behind a COPY; what is beyond is not looked at. */
const MOST_BEHIND = 500;

interface SeenStage {
  readonly indexes: ReadonlyMap<unknown, number>;
  readonly steps: readonly {
    readonly step: StepView;
    readonly commands: readonly Placed[];
    /** It copies from a stage on the CPU of the image. */
    readonly isOwn: boolean;
  }[];
}

/** A stage is asked about for each of its COPYs. */
const known = new WeakMap<StageView, SeenStage>();

function seen(view: DockerfileView, stage: StageView): SeenStage {
  const before = known.get(stage);
  if (before !== undefined) return before;
  const onTarget = new Set(
    view.stages.flatMap(({ node, follows }) => (follows === 'target' ? [node.stage.index] : [])),
  );
  const own = new Set<unknown>(
    stage.node.uses.flatMap(({ by, instruction, source }) =>
      by === 'copy' && source.kind === 'stage' && onTarget.has(source.index) ? [instruction] : [],
    ),
  );
  const result = {
    indexes: new Map(stage.steps.map(({ written }, i) => [written, i])),
    steps: stage.steps.map((step) => ({ step, commands: inDirectories(step), isOwn: own.has(step.written) })),
  };
  known.set(stage, result);
  return result;
}

function makesAgain({ what, by }: Output, { command, directory }: Placed, path: string): boolean {
  const words = command.words.map(({ text }) => text);
  const [name = '', verb = ''] = words;
  if (command.guardedByCpu) return false;
  switch (what) {
    case 'node': {
      if (directory !== posix.dirname(path) || words.some((word) => /^(?:-g|--global|--ignore-scripts)$/.test(word)))
        return false;
      return /^(?:npm|pnpm|yarn|bun)$/.test(name) && /^(?:ci|i|install|rebuild|)$|^--/.test(verb);
    }
    case 'ruby':
      return (
        (/^bundler?$/.test(name) && /^(?:install|pristine|)$|^--/.test(verb)) || (name === 'gem' && verb === 'pristine')
      );
    case 'python':
      return (
        words.includes('install') &&
        words.some((word) => /^(?:--force-reinstall|--ignore-installed|-I|--reinstall)$/.test(word))
      );
    case 'rust':
      return name === 'cargo' && verb === 'build' && path.startsWith(`${directory}/`);
    default:
      return (
        name === by.words[0]?.text &&
        words.some((word, i) => words[i - 1] === '-o' && posix.resolve(directory, word) === path)
      );
  }
}

/** Whether a COPY puts what it takes exactly there. */
function isLaid({ instruction, workdir }: StepView, path: string): boolean {
  if (instruction.keyword !== 'COPY') return false;
  const to = posix.resolve(workdir, instruction.destination.text);
  return instruction.sources.some(({ text }) => {
    const name = posix.basename(text);
    return to === path || (name === posix.basename(path) && posix.join(to, name) === path);
  });
}
