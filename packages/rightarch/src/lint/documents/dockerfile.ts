import { posix } from 'node:path';
import { type Platform, samePlatform } from '../../core/index.ts';
import {
  type Dockerfile,
  type GlobalScope,
  globalScope,
  type Instruction,
  openStage,
  type Run,
  type Span,
  type StageGraph,
  type StageNode,
  type StageScope,
  spanOf,
  stageGraph,
} from '../../dockerfile/index.ts';
import type { SourceFile } from '../repository.ts';
import { parsedDockerfile } from './parsed.ts';
import { shellOf } from './run-script.ts';
import { OWN_CPU, readShell, type ShellCommand, type ShellRead, TARGET_CPU, UNSEEN } from './shell.ts';

/**
 * A Dockerfile as its builds see it: for each platform that may be asked for, on a builder of another CPU. What comes out
 * the same for two platforms is constant, whatever it is made of; what comes out as the builder follows the builder.
 */
export interface DockerfileView {
  readonly file: string;
  readonly dockerfile: Dockerfile;
  readonly graph: StageGraph;
  /** Of the stages that some platform's build needs, in their order. */
  readonly stages: readonly StageView[];
}

/** Whose CPU a stage has. */
export type Follows = 'target' | 'builder' | 'constant' | 'unknown';

export interface StageView {
  readonly node: StageNode;
  readonly follows: Follows;
  /** Of a constant one. */
  readonly pinned: Platform | undefined;
  /** The platforms whose build needs it: those that its name was chosen by, as in `FROM base-$TARGETARCH`. */
  readonly neededFor: readonly Platform[];
  readonly isFinal: boolean;
  /** For the first platform that needs it; the others are in `steps` of the same index. */
  readonly steps: readonly StepView[];
}

/** One instruction of a stage. */
export interface StepView {
  readonly written: Instruction;
  /** Variables filled in, with `UNSEEN` for what an ARG decides. */
  readonly instruction: Instruction;
  /** Of RUN: the automatic variables that it sees. */
  readonly inScope: readonly string[];
  /** What a word of it names and nothing sets before it; of RUN, the shell is asked for that. */
  readonly unset: readonly { readonly name: string; readonly span: Span }[];
  /** Of RUN with a shell: what it does. */
  readonly script: ScriptView | undefined;
  /** Values of variables that compilers and package managers heed. */
  readonly heeded: ReadonlyMap<string, string>;
  /** Absolute. Where no WORKDIR says it, `/`: the base image's own is not seen. */
  readonly workdir: string;
}

export interface ScriptView {
  readonly commands: readonly ShellCommand[];
  readonly reads: readonly ShellRead[];
  /** Where a stretch of the script stands in the file. */
  span(from: number, to: number): Span;
}

/** What BuildKit sets by itself and a stage sees behind its ARG. */
export const automaticNames: readonly string[] = ['TARGET', 'BUILD'].flatMap((side) =>
  ['PLATFORM', 'OS', 'OSVERSION', 'ARCH', 'VARIANT'].map((what) => side + what),
);

/** The default of an ARG that no `--build-arg` makes right for two platforms of one build. */
const isChecksum = (value: string | undefined): boolean =>
  /^["']?(?:sha\d+:)?(?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})["']?$/i.test(value ?? '');

/** What stands for the value of an ARG: of BuildKit's own, whose CPU it tells. */
const unseenOf = (name: string): string =>
  /^TARGET(?:PLATFORM|ARCH|VARIANT)$/.test(name)
    ? TARGET_CPU
    : /^BUILD(?:PLATFORM|ARCH|VARIANT)$/.test(name)
      ? OWN_CPU
      : UNSEEN;

/** What decides for which CPU a tool works, and what an install leaves out. */
const heededNames = [
  'GOARCH',
  'GOOS',
  'CGO_ENABLED',
  'CC',
  'CARGO_BUILD_TARGET',
  'CARGO_TARGET_DIR',
  'RUSTFLAGS',
  'NODE_ENV',
  'npm_config_arch',
  'npm_config_cpu',
  'npm_config_platform',
] as const;

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };

/**
 * Reads a Dockerfile for the platforms that its image may be asked for; `target` is the stage that is built, the last one
 * where absent. Never fails: what is malformed has its problems.
 */
export function viewDockerfile(source: SourceFile, wanted: readonly Platform[], target?: string): DockerfileView {
  const { path: file } = source;
  const dockerfile = parsedDockerfile(source);
  const platforms = [AMD64, ARM64, ...wanted.filter((one) => ![AMD64, ARM64].some((two) => samePlatform(one, two)))];
  const builds = platforms.map((platform) => {
    const buildPlatform = platform.architecture === 'amd64' ? ARM64 : AMD64;
    return { platform, buildPlatform, graph: stageGraph(dockerfile, { args: {}, target, platform, buildPlatform }) };
  });
  const [first] = builds;
  const { graph } = first!;
  const stages = [...graph.stages.keys()].flatMap((index): StageView[] => {
    const all = builds.map(({ graph: each, ...build }) => ({ ...build, node: each.stages[index]! }));
    const needing = all.filter((one) => one.node.needed);
    const chosen = needing[0] ?? undefined;
    if (chosen === undefined) return [];
    const constant = all.every(
      (one) => one.node.platform !== undefined && samePlatform(one.node.platform, all[0]!.node.platform!),
    );
    return [
      {
        node: chosen.node,
        follows: followsOf(all),
        pinned: constant ? all[0]!.node.platform : undefined,
        neededFor: needing.map(({ platform }) => platform),
        isFinal: index === graph.target,
        steps: [],
      },
    ];
  });
  return { file, dockerfile, graph, stages: withSteps(dockerfile, stages) };
}

function followsOf(
  builds: readonly {
    readonly platform: Platform;
    readonly buildPlatform: Platform;
    readonly node: StageNode;
  }[],
): Follows {
  const as = (pick: (one: (typeof builds)[number]) => Platform | undefined): boolean =>
    builds.every((one) => {
      const platform = pick(one);
      return platform !== undefined && one.node.platform !== undefined && samePlatform(one.node.platform, platform);
    });
  if (as(({ platform }) => platform)) return 'target';
  if (as(({ buildPlatform }) => buildPlatform)) return 'builder';
  return as(() => builds[0]?.node.platform) ? 'constant' : 'unknown';
}

/** Each stage with its scope, which is opened on that of the stage below once its instructions were applied. */
export function* scopesOf(
  stages: readonly StageView[],
  global: GlobalScope,
): Iterable<{ readonly stage: StageView; readonly scope: StageScope }> {
  const scopes = new Map<number, StageScope>();
  for (const stage of stages) {
    const { base } = stage.node;
    const parent = base?.kind === 'stage' ? scopes.get(base.index) : undefined;
    const scope = openStage(global, parent === undefined ? { environment: [] } : { stage: parent });
    scopes.set(stage.node.stage.index, scope);
    yield { stage, scope };
  }
}

/**
 * The instructions of each stage with its variables. Every ARG is unseen, BuildKit's own too: what is left of a word is
 * what the file says for every platform and for every `--build-arg`.
 */
function withSteps(dockerfile: Dockerfile, stages: readonly StageView[]): readonly StageView[] {
  const declared = dockerfile.instructions.flatMap((one) =>
    one.keyword === 'ARG' ? one.args.flatMap(({ name, value }) => (isChecksum(value?.text) ? [] : [name.text])) : [],
  );
  const args = Object.fromEntries([...automaticNames, ...declared].map((name) => [name, unseenOf(name)]));
  const global = globalScope(dockerfile, { args, platform: AMD64, buildPlatform: ARM64 });
  const directories = new Map<number, string>();
  return Array.from(scopesOf(stages, global), ({ stage, scope }) => {
    const { base } = stage.node;
    // The base image's own is not seen here; what is relative to it is compared with what else is.
    let workdir = base?.kind === 'stage' ? (directories.get(base.index) ?? '/') : '/';
    let seen = seenIn(scope);
    const steps = stage.node.stage.instructions.map((written): StepView => {
      const { instruction, problems } = scope.apply(written);
      if (instruction.keyword === 'WORKDIR') workdir = posix.resolve(workdir, instruction.value.text);
      directories.set(stage.node.stage.index, workdir);
      if (written.keyword === 'ARG' || written.keyword === 'ENV') seen = seenIn(scope);
      return {
        written,
        instruction,
        inScope: written.keyword === 'RUN' ? seen.inScope : [],
        unset: problems.flatMap(({ code, args, at }) =>
          code === 'dockerfile/variable-undefined' && at.in === 'file'
            ? [{ name: String(args['name']), span: { start: at.start, end: at.end } }]
            : [],
        ),
        script: written.keyword === 'RUN' ? scriptOf(written, scope) : undefined,
        heeded: seen.heeded,
        workdir,
      };
    });
    return { ...stage, steps };
  });
}

/** What an instruction sees of a scope, until the next ARG or ENV. */
function seenIn({ environment }: StageScope): Pick<StepView, 'inScope' | 'heeded'> {
  const set = heededNames.filter((name) => environment.has(name));
  return {
    inScope: automaticNames.filter((name) => environment.has(name)),
    heeded: new Map(set.map((name) => [name, environment.get(name)!])),
  };
}

/** The steps of a stage behind those of the stages that it is built on; as long as the file, so nobody asks it of each stage. */
export function stepsOf(view: DockerfileView, stage: StageView): readonly StepView[] {
  const chain: StageView[] = [];
  let wanted: number | undefined = stage.node.stage.index;
  // A stage is built on an earlier one alone.
  for (const one of view.stages.toReversed()) {
    if (one.node.stage.index !== wanted) continue;
    chain.push(one);
    wanted = one.node.base?.kind === 'stage' ? one.node.base.index : undefined;
  }
  return chain.reverse().flatMap(({ steps }) => steps);
}

function scriptOf(run: Run, scope: StageScope): ScriptView | undefined {
  const script = shellOf(run);
  if (script === undefined) return undefined;
  const { commands, reads } = readShell(
    script.text,
    // One that is not declared is a mistake of its own, whatever stands in for it.
    (name) => scope.environment.get(name) ?? (automaticNames.includes(name) ? unseenOf(name) : undefined),
  );
  return { commands, reads, span: (from, to) => spanOf(script, from, to) };
}

/** An instruction as it is written, with the bodies of its heredocs. */
export const wholeText = ({ original, heredocs }: Instruction): string =>
  [original, ...heredocs.map(({ body }) => body)].join('\n');
