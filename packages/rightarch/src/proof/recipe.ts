import { posix } from 'node:path';
import { type Dockerfile, type Instruction, parseDockerfile, type StageNode, stageGraph } from '../dockerfile/index.ts';
import { type HistoryEntry, type Image, type Provenance, writtenInstruction } from '../oci/index.ts';

/** A Dockerfile at hand that may have made an image. */
export interface WrittenRecipe {
  readonly file: string;
  readonly text: string;
  /** `--target`; the last stage where absent. */
  readonly stage?: string | undefined;
}

/** The Dockerfile of an image, and which instruction made each of its layers. */
export interface Recipe {
  readonly file: string;
  /** Who says so: the builder, or the image's history, whose words another Dockerfile may have too. */
  readonly by: 'provenance' | 'history';
  readonly stages: readonly StageNode[];
  /** One for each layer of the image; a FROM for what the base brought. Undefined where it is not known. */
  readonly made: readonly (Made | undefined)[];
}

export interface Made {
  readonly stage: StageNode;
  readonly instruction: Instruction;
}

/** Bytes. What one writes by hand is a tenth of this; the text of a provenance is a stranger's. */
export const LARGEST_DOCKERFILE = 256 << 10;

/**
 * By the builder's own word: the step after which the image consisted of exactly the layers up to this one. Stages that
 * begin alike have steps alike: only those that the image consists of made its layers.
 */
export function recipeOfProvenance(image: Image, provenance: Provenance): Recipe | undefined {
  if (Buffer.byteLength(provenance.text) > LARGEST_DOCKERFILE) return undefined;
  const { stages, target } = read(parseDockerfile(provenance.text, provenance), image, provenance.stage);
  if (target === undefined) return undefined;
  const chain = chainOf(stages, stages[target]!);
  const own = image.layers.map(({ descriptor }) => descriptor.digest);
  const steps = provenance.steps
    .filter(({ layers }) => layers.length <= own.length && layers.every((digest, i) => digest === own[i]))
    .sort((a, b) => a.layers.length - b.layers.length);
  const made: (Made | undefined)[] = [];
  for (const { layers, lines } of steps) {
    const step = layers.length > made.length ? onLines(chain, lines) : undefined;
    // A base brings many layers, every other step one: what comes in between is of a step without a line.
    while (made.length < layers.length)
      made.push(step?.instruction.keyword === 'FROM' || made.length === layers.length - 1 ? step : undefined);
  }
  return made.every((one) => one === undefined) ? undefined : { file: provenance.file, by: 'provenance', stages, made };
}

/** The one instruction of some stages that stands on one of the lines. */
function onLines(chain: readonly StageNode[], lines: readonly number[]): Made | undefined {
  const found = chain.flatMap((stage, i) =>
    // FROM of a stage that stands on another one makes nothing.
    [...(i === 0 ? [stage.stage.from] : []), ...stage.stage.instructions]
      .filter(({ span }) => lines.some((line) => span.start.line <= line && line <= span.end.line))
      .map((instruction): Made => ({ stage, instruction })),
  );
  return found.length === 1 ? found[0] : undefined;
}

/**
 * By what the image tells of itself: its history ends with the instructions of a stage and of the stages below it, one
 * entry for each, in their words. Of another Dockerfile nothing is said.
 */
export function recipeOfHistory(image: Image, written: WrittenRecipe): Recipe | undefined {
  if (Buffer.byteLength(written.text) > LARGEST_DOCKERFILE) return undefined;
  const { stages, target } = read(parseDockerfile(written.text, written), image, written.stage);
  if (target === undefined) return undefined;
  const history = image.config.history ?? [];
  const chain = chainOf(stages, stages[target]!);
  const found = alignedTo(history, chain);
  if (found === undefined) return undefined;
  const base: Made = { stage: chain[0]!, instruction: chain[0]!.stage.from };
  const ofEntry = new Map(history.map((entry, i) => [entry, found[i - history.length + found.length] ?? base]));
  return { file: written.file, by: 'history', stages, made: image.layers.map((layer) => ofEntry.get(layer.history!)) };
}

function read(dockerfile: Dockerfile, image: Image, target?: string) {
  // Which stage is which does not hang on a platform.
  const platform = image.declared ?? { os: 'linux', architecture: '' };
  return stageGraph(dockerfile, { args: {}, target, platform, buildPlatform: platform });
}

/** The stages that a stage consists of, the lowest first. A variable in FROM may have led elsewhere: there it ends. */
export function chainOf(stages: readonly StageNode[], last: StageNode): readonly StageNode[] {
  const chain = [last];
  for (let at = last; at.base?.kind === 'stage' && !at.stage.from.image.text.includes('$'); ) {
    at = stages[at.base.index]!;
    chain.push(at);
    if (chain.length > stages.length) break;
  }
  return chain.reverse();
}

/**
 * Each instruction that leaves an entry in a history, in order; undefined where the end of the history is another's. The
 * words of one that made files must have been compared: many an image ends with the CMD of many a Dockerfile.
 */
function alignedTo(history: readonly HistoryEntry[], chain: readonly StageNode[]): readonly Made[] | undefined {
  const all = chain.flatMap((stage) =>
    [...stage.triggers, ...stage.stage.instructions].map((instruction): Made => ({ stage, instruction })),
  );
  const first = history.length - all.length;
  if (first < 0) return undefined;
  const shells = all.flatMap(({ instruction }) =>
    instruction.keyword === 'SHELL' && instruction.command.form === 'json'
      ? [instruction.command.words.map(({ text }) => text).join(' ')]
      : [],
  );
  const same = all.map(({ instruction }, i) => isOf(history[first + i]!, instruction, shells));
  const isTold = all.some(({ instruction: { keyword } }, i) => MAKES_FILES.has(keyword) && same[i] === true);
  return isTold && !same.includes(false) ? all : undefined;
}

const MAKES_FILES: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);

/** A history is a stranger's; no instruction is as long. */
const LONGEST = 64 << 10;

/**
 * True where an entry has the words of an instruction, undefined where the builder writes other words than the author
 * did. Builders write `RUN |1 A=b /bin/sh -c make # buildkit`, `/bin/sh -c #(nop) COPY file:… in /app `.
 */
function isOf(
  { created_by: created = '' }: HistoryEntry,
  instruction: Instruction,
  shells: readonly string[],
): boolean | undefined {
  if (created.length > LONGEST) return false;
  const [first = '', ...words] = wordsOf(writtenInstruction(created));
  if (first.toUpperCase() !== instruction.keyword) return false;
  switch (instruction.keyword) {
    case 'RUN': {
      const { command, heredocs } = instruction;
      if (heredocs.length > 0) return undefined;
      const written = command.form === 'json' ? command.words.map(({ text }) => text).join(' ') : command.text;
      const own = wordsOf(writtenInstruction(`RUN ${written}`)).slice(1);
      if (own.length === 0 || words.slice(-own.length).join(' ') !== own.join(' ')) return false;
      const before = words.slice(0, -own.length).join(' ');
      return (
        before === '' ||
        shells.some((shell) => before === shell || (/^\|\d/.test(before) && before.endsWith(` ${shell}`)))
      );
    }
    case 'COPY':
    case 'ADD': {
      const own = [...instruction.sources, instruction.destination].map(({ text }) => text);
      // Variables are in, and a heredoc stands among the paths.
      if (instruction.heredocs.length > 0 || own.some((text) => text.includes('$'))) return undefined;
      // The classic builder wrote a hash for what was copied, and made the destination absolute.
      if (words.at(-2) === 'in' && /^(?:file|dir|multi):/.test(words.at(-3) ?? '')) {
        const to = posix.resolve('/', own.at(-1)!);
        return to === '/' ? undefined : posix.resolve('/', words.at(-1)!).endsWith(to);
      }
      return words.filter((word) => !word.startsWith('--')).join(' ') === own.join(' ');
    }
    case 'CMD':
    case 'ENTRYPOINT': {
      // `CMD npm start` is `CMD ["/bin/sh" "-c" "npm start"]` there, and lists have no commas.
      const own = tokensOf(instruction.original.slice(instruction.keyword.length));
      const theirs = tokensOf(words.join(' '));
      return own.length === 0 ? theirs.length === 0 : theirs.slice(-own.length).join(' ') === own.join(' ');
    }
    case 'USER':
      return instruction.value.text.includes('$') ? undefined : words.join(' ') === instruction.value.text;
    default:
      return undefined;
  }
}

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
const tokensOf = (text: string): readonly string[] => text.split(/[^\w./$:-]+/).filter((word) => word !== '');
