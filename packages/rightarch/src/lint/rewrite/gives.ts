import { posix } from 'node:path';
import type { DockerfileView, StageView } from '../documents/dockerfile.ts';
import { nativeOutputs, type Output } from '../native-output.ts';
import { inDirectories } from '../placed.ts';
import { reaches } from '../rules/dockerfile/builder-output-copied.ts';

/** A stretch of a stage's files that another stage takes, or sees while it runs. */
interface Taken {
  readonly by: StageView;
  /** Absolute; undefined where all of it may be seen (`RUN --mount=from=`). */
  readonly sources: readonly string[] | undefined;
  readonly destination: string;
}

export const stageAt = (view: DockerfileView, index: number): StageView | undefined =>
  view.stages.find(({ node }) => node.stage.index === index);

export const nameOf = ({ node }: StageView): string => node.stage.name ?? String(node.stage.index);

/** Whatever is taken of a stage by others, each with where it comes to stand. */
export function takenFrom(view: DockerfileView, index: number): readonly Taken[] {
  return view.stages.flatMap((by) =>
    by.node.uses.flatMap(({ source, by: how, instruction }): Taken[] => {
      if (source.kind !== 'stage' || source.index !== index) return [];
      const step = by.steps.find(({ written }) => written === instruction);
      const applied = step?.instruction ?? instruction;
      if (how === 'mount' || applied.keyword !== 'COPY') return [{ by, sources: undefined, destination: '/' }];
      const sources = applied.sources.map(({ text }) => posix.resolve('/', text));
      return [{ by, sources, destination: posix.resolve(step?.workdir ?? '/', applied.destination.text) }];
    }),
  );
}

/** More than any stage that a person wrote; what is copied back and forth could otherwise double at each step. */
const MOST = 200;

const known = new WeakMap<DockerfileView, Map<number, readonly Output[]>>();

/** What commands of a stage made for one CPU, and what it took over of such from others, under the path that it has there. */
export function outputsIn(view: DockerfileView, stage: StageView): readonly Output[] {
  const all = known.get(view) ?? new Map<number, readonly Output[]>();
  known.set(view, all);
  const { index } = stage.node.stage;
  const before = all.get(index);
  if (before !== undefined) return before;
  // A stage that takes from itself in a circle is none that is built.
  all.set(index, []);
  const native = nativeOutputs(view, stage);
  const made = [...native, ...takenOut(stage, native)];
  for (const from of view.stages) {
    for (const { by, sources, destination } of takenFrom(view, from.node.stage.index)) {
      if (by !== stage || sources === undefined) continue;
      for (const output of outputsIn(view, from)) {
        const source = sources.find((one) => reaches(one, output));
        if (source === undefined) continue;
        const rest = posix.relative(source, output.path);
        const isInto = sources.length > 1 || destination.endsWith('/');
        const under = isInto && rest === '' ? posix.join(destination, posix.basename(source)) : destination;
        made.push({ ...output, path: rest.startsWith('..') ? destination : posix.join(under, rest) });
      }
    }
  }
  const found = made.slice(0, MOST);
  all.set(index, found);
  return found;
}

/** What cargo made, where a stage itself puts it: `cp target/release/app /app`. Of a directory only the place is known. */
function takenOut(stage: StageView, outputs: readonly Output[]): readonly Output[] {
  return stage.steps.flatMap(inDirectories).flatMap(({ command, directory }) => {
    const [name = '', ...rest] = command.words.map(({ text }) => text);
    const [from, to, ...more] = rest.filter((word, i) => !/^-/.test(word) && !/^-[mog]$/.test(rest[i - 1] ?? ''));
    if (!/^(?:cp|mv|install)$/.test(name) || from === undefined || to === undefined || more.length > 0) return [];
    const source = posix.resolve(directory, from);
    const known = outputs.find(({ what, path }) => what === 'rust' && source.startsWith(`${path}/`));
    if (known === undefined) return [];
    const path = posix.resolve(directory, to);
    return [{ ...known, path: to.endsWith('/') ? posix.join(path, posix.basename(from)) : path }];
  });
}

/** The outputs of a stage that end in a stage for the target, though `pinned` ones run on the builder. */
export function wantedOutputs(
  view: DockerfileView,
  stage: StageView,
  isPinned: (index: number) => boolean,
): readonly Output[] {
  const all = outputsIn(view, stage);
  const wanted = new Set<Output>();
  for (const { by, sources } of takenFrom(view, stage.node.stage.index)) {
    if (isPinned(by.node.stage.index)) continue;
    for (const output of all)
      if (sources === undefined || sources.some((one) => reaches(one, output))) wanted.add(output);
  }
  return [...wanted];
}
