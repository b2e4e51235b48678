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
  const at = stage.steps.findIndex(({ written }) => written === copy);
  const own = stage.steps[at];
  if (own?.instruction.keyword !== 'COPY') return false;
  const behind = stage.steps.slice(at + 1);
  const places = arrivals(output, own.instruction, own.workdir).map(({ path }) => path);
  return (
    places.length > 0 &&
    places.every(
      (path) =>
        behind.flatMap(inDirectories).some((one) => removes(one, path) || makesAgain(output, one, path)) ||
        behind.some((step) => isLaidOver(view, step, path)),
    )
  );
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

/** A COPY from a stage on the CPU of the image that puts its own there. */
function isLaidOver(view: DockerfileView, { written, instruction, workdir }: StepView, path: string): boolean {
  if (instruction.keyword !== 'COPY') return false;
  const use = view.stages
    .flatMap(({ node }) => node.uses)
    .find((one) => one.by === 'copy' && one.instruction === written);
  const source = use?.source;
  if (source?.kind !== 'stage') return false;
  if (view.stages.find(({ node }) => node.stage.index === source.index)?.follows !== 'target') return false;
  const to = posix.resolve(workdir, instruction.destination.text);
  return instruction.sources.some(
    ({ text }) =>
      to === path || (posix.basename(text) === posix.basename(path) && posix.join(to, posix.basename(text)) === path),
  );
}
