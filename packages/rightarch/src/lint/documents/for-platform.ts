import { formatPlatform, type Platform } from '../../core/index.ts';
import {
  automaticArgs,
  type GlobalScope,
  globalScope,
  type Instruction,
  type Piece,
  type Run,
  type Span,
  spanOf,
} from '../../dockerfile/index.ts';
import { machineWords } from '../machine-words.ts';
import { automaticNames, type DockerfileView, scopesOf } from './dockerfile.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluated, Told } from './evaluated.ts';
import { type ReadScript, readScript } from './read-script.ts';
import { shellOf } from './run-script.ts';
import { UNSEEN } from './shell.ts';

/** An instruction as the build for one platform has it: BuildKit's own words are known, and each other ARG is unseen. */
export interface PlatformStep {
  readonly written: Instruction;
  readonly instruction: Instruction;
  /** Of a RUN with words of a CPU. */
  readonly run: (Evaluated & { span(from: number, to: number): Span }) | undefined;
}

const NO_STEPS: ReadonlyMap<number, readonly PlatformStep[]> = new Map();

/** What was read of a Dockerfile, for the next rule and the next platform. */
interface Known {
  readonly steps: Map<string, ReadonlyMap<number, readonly PlatformStep[]>>;
  readonly scripts: Map<Run, Script | undefined>;
}

interface Script extends ReadScript {
  readonly pieces: readonly Piece[];
}

/** Of the file that was asked for last: its rules ask one after the other, and the next file needs nothing of it. */
let known: (Known & { readonly view: DockerfileView }) | undefined;

/** No person writes more of them in a file: what stands behind is not followed. */
const MOST_SCRIPTS = 1_000;

/** What may be another word on another CPU. */
const TELLS_CPU = /arch|uname|platform|cpu|machine|\bcase\b/i;

/** The steps that may differ from platform to platform, of the stages that it needs, by the number of the stage. */
export function stepsFor(view: DockerfileView, platform: Platform): ReadonlyMap<number, readonly PlatformStep[]> {
  if (known?.view !== view) known = { view, steps: new Map(), scripts: new Map() };
  const { steps, scripts } = known;
  const key = formatPlatform(platform);
  const before = steps.get(key);
  if (before !== undefined) return before;
  const found = TELLS_CPU.test(view.dockerfile.text) ? followed(view, platform, scripts) : NO_STEPS;
  steps.set(key, found);
  return found;
}

function followed(
  view: DockerfileView,
  platform: Platform,
  scripts: Known['scripts'],
): ReadonlyMap<number, readonly PlatformStep[]> {
  const found = new Map<number, readonly PlatformStep[]>();
  for (const { stage, scope } of scopesOf(view.stages, globalOf(view, platform))) {
    const { node, follows } = stage;
    // Elsewhere the machine tells its own CPU.
    const machine = follows === 'target' ? machineWords(platform) : undefined;
    const told: Told = { outside: (name) => scope.environment.get(name), machine };
    const steps = node.stage.instructions.flatMap((written): PlatformStep[] => {
      switch (written.keyword) {
        case 'ARG':
          scope.apply(written);
          return [];
        case 'ENV':
          return [{ written, instruction: scope.apply(written).instruction, run: undefined }];
        case 'COPY':
        case 'ADD':
          return written.original.includes('$')
            ? [{ written, instruction: scope.apply(written).instruction, run: undefined }]
            : [];
        case 'RUN': {
          if (!scripts.has(written) && scripts.size < MOST_SCRIPTS) scripts.set(written, scriptOf(written));
          const script = scripts.get(written);
          if (script === undefined) return [];
          const run = evaluate(script, told);
          return [{ written, instruction: written, run: { ...run, span: (from, to) => spanOf(script, from, to) } }];
        }
        default:
          return [];
      }
    });
    found.set(node.stage.index, steps);
  }
  return found;
}

function globalOf({ dockerfile }: DockerfileView, platform: Platform): GlobalScope {
  const settings = { args: {}, platform, buildPlatform: platform };
  const declared = dockerfile.instructions.flatMap((one) =>
    one.keyword === 'ARG' ? one.args.map(({ name }) => name.text) : [],
  );
  const own = [...automaticArgs(settings, '')].filter(([name]) => name.startsWith('TARGET') && name !== 'TARGETSTAGE');
  const unseen = [...declared, ...automaticNames].map((name) => [name, UNSEEN] as const);
  return globalScope(dockerfile, { ...settings, args: Object.fromEntries([...unseen, ...own]) });
}

function scriptOf(run: Run): Script | undefined {
  const script = shellOf(run);
  if (script === undefined || !TELLS_CPU.test(script.text)) return undefined;
  const read = readScript(script.text);
  return read === undefined ? undefined : { ...read, pieces: script.pieces };
}
