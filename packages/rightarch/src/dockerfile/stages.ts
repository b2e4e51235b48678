import type { Diagnostic, Location, Platform } from '../core/index.ts';
import { familiarReference, parsePlatform, parseReference } from '../core/index.ts';
import { diagnostic, nearest } from '../messages/index.ts';
import { mountSources } from './mounts.ts';
import { type BuildSettings, expandGlobal, type GlobalScope, globalScope } from './scope.ts';
import type { Dockerfile, From, Instruction, Span, Stage, Word } from './types.ts';

/** What a stage stands on or takes files from. */
export type StageSource =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly index: number }
  /** As written, variables filled in: `node:22-slim`. */
  | { readonly kind: 'image'; readonly reference: string }
  /** `--build-context NAME=…`. */
  | { readonly kind: 'context'; readonly name: string };

/** One `COPY --from` or `RUN --mount=…,from=`. */
export interface StageUse {
  readonly by: 'copy' | 'mount';
  readonly source: StageSource;
  /** The instruction that names it; for a trigger, the one that was behind ONBUILD. */
  readonly instruction: Instruction;
  readonly span: Span;
}

export interface StageNode {
  readonly stage: Stage;
  /** Undefined where the expression gives nothing or cannot be expanded; a problem says so. */
  readonly base: StageSource | undefined;
  /** The platform it is built for. Undefined where `--platform` gives none. */
  readonly platform: Platform | undefined;
  /** Why: the flag's words, the stage that it is built from, or the build's target. */
  readonly platformFrom: { readonly flag: Word } | { readonly stage: number } | 'target';
  /** What ONBUILD of the stage that it is built from adds at its beginning. A base image may add more. */
  readonly triggers: readonly Instruction[];
  readonly uses: readonly StageUse[];
  /** True if the target needs it. Stages that are not needed are not built. */
  readonly needed: boolean;
}

export interface StageGraph {
  readonly global: GlobalScope;
  readonly stages: readonly StageNode[];
  /** The stage that is built; undefined where there is none of that name, or no stage at all. */
  readonly target: number | undefined;
  /** Errors forbid the build; notes do not. */
  readonly problems: readonly Diagnostic[];
}

/** The stages of a Dockerfile: each FROM with everything up to the next. ARGs before the first belong to none. */
export function splitStages(dockerfile: Dockerfile): readonly Stage[] {
  const stages: (Omit<Stage, 'instructions'> & { instructions: Instruction[] })[] = [];
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword === 'FROM') {
      stages.push({
        index: stages.length,
        name: instruction.alias?.text.toLowerCase(),
        from: instruction,
        instructions: [],
      });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/**
 * Which stages a build needs, what they stand on, and for which platform each is built (dockerfile2llb/convert.go).
 * `contexts` are the names of `--build-context`: they replace stages and images of that name.
 */
export function stageGraph(
  dockerfile: Dockerfile,
  settings: BuildSettings & {
    readonly contexts?: readonly string[];
    /** Where the target is named: `--target` unless told. */
    readonly targetAt?: Location | undefined;
  },
): StageGraph {
  const { file } = dockerfile;
  const stages = splitStages(dockerfile);
  const global = globalScope(dockerfile, settings);
  const problems: Diagnostic[] = [...global.problems];
  const contexts = contextNames(settings.contexts ?? []);
  const at = (span: Span) => ({ in: 'file', file, ...span }) as const;
  const byName = new Map<string, number>();
  const nodes: Draft[] = [];

  for (const stage of stages) {
    const { base, problems: found } = baseOf(stage.from, { global, byName, contexts, stageName: stage.name });
    problems.push(...found);
    const node: Draft = { stage, base, ...platformOf(stage.from, base), triggers: [], uses: [], needed: false };
    nodes.push(node);
    if (stage.name !== undefined) byName.set(stage.name, stage.index);
  }

  function platformOf(from: From, base: StageSource | undefined): Pick<Draft, 'platform' | 'platformFrom'> {
    const flag = from.flags.find(({ name }) => name === 'platform')?.value;
    // Whatever a stage is built from, BuildKit reads its flag, and fails where it comes to nothing (dockerfile2llb/convert.go).
    const flagged = flag === undefined || flag.text === '' ? undefined : { flag, platform: readFlag(flag) };
    // A stage has the platform of the stage that it is built from, whatever its own flag says; scratch has the target's.
    if (base?.kind === 'stage') {
      return { platform: nodes[base.index]!.platform, platformFrom: { stage: base.index } };
    }
    if (flagged === undefined || base?.kind === 'scratch') {
      return { platform: settings.platform, platformFrom: 'target' };
    }
    return { platform: flagged.platform, platformFrom: { flag: flagged.flag } };
  }

  function readFlag(flag: Word): Platform | undefined {
    const { text, problems: found } = expandGlobal(global, flag);
    problems.push(...found);
    const platform = text === undefined ? undefined : parsePlatform(text);
    if (text !== undefined && platform === undefined) {
      problems.push(diagnostic('dockerfile/platform-invalid', { expression: flag.text, value: text }, at(flag.span)));
    }
    return platform;
  }

  const names = [...byName.keys()];
  const sourceOf = (name: string, { byNumber, span }: { byNumber: boolean; span: Span }): StageSource | undefined => {
    const source = namedSource(name, { stages, contexts: settings.contexts ?? [], byNumber });
    if (source === undefined)
      problems.push(diagnostic('dockerfile/stage-index', { index: name, count: stages.length }, at(span)));
    return source;
  };
  for (const node of nodes) {
    if (node.base?.kind === 'stage') node.triggers.push(...triggersOf(nodes[node.base.index]!.stage));
    for (const instruction of [...node.triggers, ...node.stage.instructions]) {
      if (instruction.keyword === 'COPY') {
        const from = instruction.flags.find(({ name }) => name === 'from')?.value;
        if (from === undefined || from.text === '') continue;
        if (from.text.includes('$')) {
          problems.push(diagnostic('dockerfile/from-variable', { value: from.text }, at(from.span)));
          continue;
        }
        const source = sourceOf(from.text, { byNumber: true, span: from.span });
        if (source) node.uses.push({ by: 'copy', source, instruction, span: from.span });
      } else if (instruction.keyword === 'RUN') {
        for (const { from, span } of mountSources(instruction)) {
          if (from.includes('$')) {
            problems.push(diagnostic('dockerfile/from-variable', { value: from }, at(span)));
            continue;
          }
          const source = sourceOf(from, { byNumber: false, span });
          if (source) node.uses.push({ by: 'mount', source, instruction, span });
        }
      }
    }
  }

  const target = targetOf(settings.target, stages, byName);
  if (target === undefined && settings.target !== undefined) {
    const near = nearest(settings.target.slice(0, 64), names);
    problems.push(
      diagnostic(
        'dockerfile/stage-unknown',
        { name: settings.target, stages: names, nearest: near },
        settings.targetAt ?? { in: 'input', name: '--target' },
      ),
    );
  }
  const cycle = findCycle(nodes);
  if (cycle !== undefined) {
    const shown = cycle.map((index) => nodes[index]!.stage.name ?? String(index));
    problems.push(diagnostic('dockerfile/stage-cycle', { stages: shown }, at(nodes[cycle[0]!]!.stage.from.span)));
  }
  markNeeded(nodes, target);
  for (const node of nodes) {
    if (!node.needed || cycle !== undefined) continue;
    for (const { source, span } of node.uses) {
      if (source.kind === 'stage' && source.index >= node.stage.index) {
        const name = nodes[source.index]!.stage.name ?? String(source.index);
        problems.push(diagnostic('dockerfile/stage-later', { name }, at(span)));
      }
    }
  }
  return { global, stages: nodes, target, problems };
}

/** What `--from` names: a stage, a build context, an image. Undefined for a number that is no stage's. */
export function namedSource(
  name: string,
  known: { readonly stages: readonly Stage[]; readonly contexts: readonly string[]; readonly byNumber: boolean },
): StageSource | undefined {
  if (known.byNumber && /^[+-]?\d+$/.test(name)) {
    const index = Number(name);
    return index >= 0 && index < known.stages.length ? { kind: 'stage', index } : undefined;
  }
  const stage = known.stages.findLast((each) => each.name === name.toLowerCase());
  if (stage !== undefined) return { kind: 'stage', index: stage.index };
  if (name === 'scratch') return { kind: 'scratch' };
  return contextOf(name, contextNames(known.contexts)) ?? { kind: 'image', reference: name };
}

function contextNames(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

type Draft = Omit<StageNode, 'triggers' | 'uses' | 'needed'> & {
  readonly triggers: Instruction[];
  readonly uses: StageUse[];
  needed: boolean;
};

/** The instructions that a stage's ONBUILD leaves to the stage built from it. */
export function triggersOf(stage: Stage): readonly Instruction[] {
  return stage.instructions.flatMap((each) => (each.keyword === 'ONBUILD' ? [each.trigger] : []));
}

function baseOf(
  from: From,
  known: {
    readonly global: GlobalScope;
    readonly byName: ReadonlyMap<string, number>;
    readonly contexts: ReadonlyMap<string, string>;
    readonly stageName: string | undefined;
  },
): { readonly base: StageSource | undefined; readonly problems: readonly Diagnostic[] } {
  const { text, problems } = expandGlobal(known.global, from.image);
  const replaced = known.stageName === undefined ? undefined : contextOf(known.stageName, known.contexts);
  if (replaced !== undefined) return { base: replaced, problems };
  if (text === undefined) return { base: undefined, problems };
  if (text === '') {
    const at = { in: 'file', file: known.global.file, ...from.image.span } as const;
    return {
      base: undefined,
      problems: [...problems, diagnostic('dockerfile/base-blank', { expression: from.image.text }, at)],
    };
  }
  // Names of stages are in lower case and are compared as they are here: `FROM Build` is an image.
  const index = known.byName.get(text);
  if (index !== undefined) return { base: { kind: 'stage', index }, problems };
  if (text === 'scratch') return { base: { kind: 'scratch' }, problems };
  return { base: contextOf(text, known.contexts) ?? { kind: 'image', reference: text }, problems };
}

/** The `--build-context` that replaces a name: the name itself, or the image's familiar name without `:latest`. */
function contextOf(name: string, contexts: ReadonlyMap<string, string>): StageSource | undefined {
  if (contexts.size === 0 || name === 'scratch' || name === 'context') return undefined;
  const parsed = parseReference(name);
  const familiar = parsed.ok ? familiarReference(parsed.value).replace(/:latest$/, '') : name;
  const found = contexts.get(name.toLowerCase()) ?? contexts.get(familiar.toLowerCase());
  return found === undefined ? undefined : { kind: 'context', name: found };
}

function targetOf(
  asked: string | undefined,
  stages: readonly Stage[],
  byName: ReadonlyMap<string, number>,
): number | undefined {
  if (asked === undefined) return stages.length === 0 ? undefined : stages.length - 1;
  // By name alone: a number, which the classic builder took, is no stage for BuildKit (findStateByName).
  return byName.get(asked.toLowerCase());
}

/** The stages that a stage refers to, its base first. */
function neighbours(node: Draft): readonly number[] {
  const all = [...(node.base ? [node.base] : []), ...node.uses.map(({ source }) => source)];
  return all.flatMap((source) => (source.kind === 'stage' ? [source.index] : []));
}

function markNeeded(nodes: readonly Draft[], target: number | undefined): void {
  const open = target === undefined ? [] : [target];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const node = nodes[index]!;
    if (node.needed) continue;
    node.needed = true;
    open.push(...neighbours(node));
  }
}

/** The first circle of stages, in its order; without recursion, because a file may have any number of stages. */
function findCycle(nodes: readonly Draft[]): readonly number[] | undefined {
  const state = new Uint8Array(nodes.length);
  for (const start of nodes.keys()) {
    if (state[start] !== 0) continue;
    const path: { readonly index: number; readonly next: readonly number[]; at: number }[] = [];
    const enter = (index: number): void => {
      state[index] = 1;
      path.push({ index, next: neighbours(nodes[index]!), at: 0 });
    };
    enter(start);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = top.next[top.at++];
      if (next === undefined) {
        state[top.index] = 2;
        path.pop();
      } else if (state[next] === 0) enter(next);
      else if (state[next] === 1) {
        const indexes = path.map(({ index }) => index);
        return indexes.slice(indexes.indexOf(next));
      }
    }
  }
  return undefined;
}
