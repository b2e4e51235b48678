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

/** What one writes by hand is a tenth of this; the text of a provenance is a stranger's. */
const LARGEST = 256 << 10;

/** By the builder's own word: the step after which the image consisted of exactly the layers up to this one. */
export function recipeOfProvenance(image: Image, provenance: Provenance): Recipe | undefined {
  if (provenance.text.length > LARGEST) return undefined;
  const { stages } = read(parseDockerfile(provenance.text, provenance), image);
  const own = image.layers.map(({ descriptor }) => descriptor.digest);
  const steps = provenance.steps
    .filter(({ layers }) => layers.length <= own.length && layers.every((digest, i) => digest === own[i]))
    .sort((a, b) => a.layers.length - b.layers.length);
  const made: (Made | undefined)[] = [];
  for (const { layers, line } of steps) {
    const step = layers.length > made.length ? onLine(stages, line) : undefined;
    // A base brings many layers, every other step one: what comes in between is of a step without a line.
    while (made.length < layers.length)
      made.push(step?.instruction.keyword === 'FROM' || made.length === layers.length - 1 ? step : undefined);
  }
  return made.every((one) => one === undefined) ? undefined : { file: provenance.file, by: 'provenance', stages, made };
}

function onLine(stages: readonly StageNode[], line: number): Made | undefined {
  for (const stage of stages) {
    const instruction = [stage.stage.from, ...stage.stage.instructions].find(
      ({ span }) => span.start.line <= line && line <= span.end.line,
    );
    if (instruction !== undefined) return { stage, instruction };
  }
  return undefined;
}

/**
 * By what the image tells of itself: its history ends with the instructions of a stage and of the stages below it, one
 * entry for each, in their words. Of another Dockerfile nothing is said.
 */
export function recipeOfHistory(image: Image, written: WrittenRecipe): Recipe | undefined {
  if (written.text.length > LARGEST) return undefined;
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
  const same = all.map(({ instruction }, i) => isOf(history[first + i]!, instruction));
  const isTold = all.some(({ instruction: { keyword } }, i) => MAKES_FILES.has(keyword) && same[i] === true);
  return isTold && !same.includes(false) ? all : undefined;
}

const MAKES_FILES: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);

/**
 * True where an entry has the words of an instruction, undefined where the builder writes other words than the author
 * did. Builders write `RUN |1 A=b /bin/sh -c make # buildkit`, `/bin/sh -c #(nop) COPY file:… in /app `.
 */
function isOf({ created_by: created = '' }: HistoryEntry, instruction: Instruction): boolean | undefined {
  const words = wordsOf(writtenInstruction(created));
  const { keyword } = instruction;
  if (words[0]?.toUpperCase() !== keyword) return false;
  switch (keyword) {
    case 'RUN': {
      const { command } = instruction;
      const written = command.form === 'json' ? command.words.map(({ text }) => text).join(' ') : command.text;
      const own = wordsOf(writtenInstruction(`RUN ${written}`)).slice(1);
      return own.length > 0 && words.slice(-own.length).join(' ') === own.join(' ');
    }
    case 'COPY':
    case 'ADD': {
      const own = [...instruction.sources, instruction.destination].map(({ text }) => text);
      // Variables are in, and a heredoc stands among the paths.
      if (instruction.heredocs.length > 0 || own.some((text) => text.includes('$'))) return undefined;
      const [from, to] = [words.at(-3) ?? '', words.at(-1)!];
      // The classic builder wrote a hash for what was copied, and made the destination absolute.
      if (words.at(-2) === 'in' && /^(?:file|dir|multi):/.test(from))
        return bare(own.at(-1)!) === '' ? undefined : bare(to).endsWith(bare(own.at(-1)!));
      const paths = words.slice(1).filter((word) => !word.startsWith('--'));
      return paths.join(' ') === own.join(' ');
    }
    case 'CMD':
    case 'ENTRYPOINT': {
      // `CMD npm start` is `CMD ["/bin/sh" "-c" "npm start"]` there, and lists have no commas.
      const own = tokensOf(instruction.original.slice(keyword.length));
      return tokensOf(words.join(' ')).slice(-own.length).join(' ') === own.join(' ');
    }
    case 'USER':
      return instruction.value.text.includes('$') ? undefined : words.slice(1).join(' ') === instruction.value.text;
    default:
      return undefined;
  }
}

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
const tokensOf = (text: string): readonly string[] => text.split(/[^\w./$:-]+/).filter((word) => word !== '');
const bare = (path: string): string => path.replace(/^(?:\.?\/+|\.$)|\/+$/g, '');
