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
  for (const { layers, line } of steps) while (made.length < layers.length) made.push(onLine(stages, line));
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
  const history = image.config.history ?? [];
  const found = target === undefined ? undefined : alignedTo(history, chainOf(stages, stages[target]!));
  if (found === undefined) return undefined;
  const byEntry = new Map(found.map((one, i) => [history[history.length - found.length + i]!, one]));
  const root = chainOf(stages, stages[target!]!)[0]!;
  const first = history.length - found.length;
  const made = image.layers.map(({ history: entry }) => {
    if (entry === undefined) return undefined;
    const own = byEntry.get(entry);
    return own ?? (history.indexOf(entry) < first ? { stage: root, instruction: root.stage.from } : undefined);
  });
  return { file: written.file, by: 'history', stages, made };
}

function read(dockerfile: Dockerfile, image: Image, target?: string) {
  // Which stage is which does not hang on a platform.
  const platform = image.declared ?? { os: 'linux', architecture: '' };
  return stageGraph(dockerfile, { args: {}, target, platform, buildPlatform: platform });
}

/** The stages that an image consists of, from the one that starts with an image to its own. */
export function chainOf(stages: readonly StageNode[], last: StageNode): readonly StageNode[] {
  const chain = [last];
  for (let base = last.base; base?.kind === 'stage' && chain.length <= stages.length; base = chain[0]!.base)
    chain.unshift(stages[base.index]!);
  return chain;
}

/**
 * Each instruction that leaves an entry in a history, in order; undefined where the end of the history is another's. One
 * that made files must be among them: many an image ends with the CMD of many a Dockerfile.
 */
function alignedTo(history: readonly HistoryEntry[], chain: readonly StageNode[]): readonly Made[] | undefined {
  const all = chain.flatMap((stage) =>
    [...stage.triggers, ...stage.stage.instructions].map((instruction): Made => ({ stage, instruction })),
  );
  const first = history.length - all.length;
  if (first < 0 || !all.some(({ instruction: { keyword } }) => MAKES_FILES.has(keyword))) return undefined;
  return all.every(({ instruction }, i) => isOf(history[first + i]!, instruction)) ? all : undefined;
}

const MAKES_FILES: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);

/** As builders write it: `RUN |1 A=b /bin/sh -c make # buildkit`, `/bin/sh -c #(nop) COPY file:… in /app `. */
function isOf({ created_by: created = '' }: HistoryEntry, instruction: Instruction): boolean {
  const words = wordsOf(writtenInstruction(created));
  const { keyword } = instruction;
  if (keyword === 'RUN') {
    const { command } = instruction;
    const written = command.form === 'json' ? command.words.map(({ text }) => text).join(' ') : command.text;
    const own = wordsOf(writtenInstruction(`RUN ${written}`)).slice(1);
    return own.length > 0 && words.slice(-own.length).join(' ') === own.join(' ');
  }
  if (words[0]?.toUpperCase() !== keyword) return false;
  switch (keyword) {
    case 'COPY':
    case 'ADD': {
      // The destination is the last word; variables are in it already. The classic builder made it absolute.
      const to = instruction.destination.text;
      return to.includes('$') || words.at(-1) === to || (words.at(-2) === 'in' && words.at(-1)!.endsWith(bare(to)));
    }
    case 'CMD':
    case 'ENTRYPOINT': {
      // `CMD npm start` is `CMD ["/bin/sh" "-c" "npm start"]` there, and lists have no commas.
      const own = tokensOf(instruction.original.slice(keyword.length));
      return tokensOf(words.join(' ')).slice(-own.length).join(' ') === own.join(' ');
    }
    case 'USER':
      return instruction.value.text.includes('$') || words.slice(1).join(' ') === instruction.value.text;
    default:
      return true;
  }
}

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');
const tokensOf = (text: string): readonly string[] => text.split(/[^\w./$:-]+/).filter((word) => word !== '');
const bare = (path: string): string => path.replace(/^\.?\/+|^\.$|\/+$/g, '');
