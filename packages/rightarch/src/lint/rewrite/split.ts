import type { DockerfileView, StageView, StepView } from '../documents/dockerfile.ts';
import { applyEdits, offsetsOf, type TextEdit } from '../fixes.ts';
import { isWithin } from '../placed.ts';
import type { Teller } from './commands.ts';
import { Editor } from './edits.ts';
import { nameOf } from './gives.ts';
import { handsCpuOn } from './inside.ts';
import { type Movable, movableRun, userAt } from './leaves.ts';
import type { Obstacle, RewriteKind, StageRewrite } from './types.ts';

interface Moved extends Movable {
  readonly step: StepView;
}

/** Why nothing of a stage may be done elsewhere: of the first RUN that installs or compiles something. */
export interface Whole {
  readonly why: Obstacle;
  readonly step: StepView;
  readonly command: string;
}

/**
 * A stage that the image consists of, cut in two: what installs or compiles goes into a stage of its own on the builder's
 * CPU, behind all that stands before it, and what it leaves is copied to where it was. Undefined where nothing does.
 */
export function splitStage(
  ask: Pick<Teller, 'view' | 'platforms' | 'read'>,
  stage: StageView,
  base: StageView,
): StageRewrite | Whole | undefined {
  const { view } = ask;
  let editor = new Editor(view);
  const moved: Moved[] = [];
  let refused: Whole | undefined;
  const isUserSet = stage.steps.some(({ written }) => written.keyword === 'USER');
  for (const step of stage.steps) {
    if (step.written.keyword !== 'RUN') continue;
    const trial = editor.fork();
    const found = movableRun({ ...ask, editor: trial }, stage, step);
    if (found !== undefined && !('why' in found)) {
      moved.push({ ...found, step });
      editor = trial;
    } else {
      if (found !== undefined) refused ??= { ...found, step };
      // It may run what was moved, and what comes behind it may need what it leaves.
      if (moved.length > 0 && !isForRuntime(step, isUserSet)) break;
    }
  }
  const isCompiled = moved.some(({ kinds }) => kinds.includes('go'));
  const last = moved.at(-1)?.step;
  const found = isCompiled ? handsCpuOn(stage.steps.slice(0, stage.steps.indexOf(last!) + 1)) : undefined;
  if (found !== undefined) return { why: 'inside', ...found };
  const isTold = moved.some(({ edits }) => edits.length > 0);
  if (!isTold) return refused;
  const [first] = moved;
  if (isNumbered(view, stage)) return { why: 'form', step: first!.step, command: first!.step.written.original };
  return new Split(view, stage, base).rewrite(moved);
}

/** Whether a later COPY names a stage by its number, which a new stage would change. */
function isNumbered(view: DockerfileView, stage: StageView): boolean {
  const { index } = stage.node.stage;
  return view.graph.stages
    .filter(({ stage: one }) => one.index >= index)
    .flatMap(({ stage: one }) => one.instructions.flatMap(({ flags }) => flags))
    .some(({ name, value }) => {
      const from = name === 'from' ? value.text : name === 'mount' ? /(?:^|,)from=([^,]*)/.exec(value.text)?.[1] : '';
      return /^\d+$/.test(from ?? '') && Number(from) >= index;
    });
}

class Split {
  readonly #view: DockerfileView;
  readonly #stage: StageView;
  readonly #base: StageView;
  readonly #offset: ReturnType<typeof offsetsOf>;
  readonly #feed: string;
  readonly #taken: Set<string>;

  constructor(view: DockerfileView, stage: StageView, base: StageView) {
    this.#view = view;
    this.#stage = stage;
    this.#base = base;
    this.#offset = offsetsOf(view.dockerfile.text);
    this.#feed = view.dockerfile.text.includes('\r\n') ? '\r\n' : '\n';
    // A name that an image has would take its place.
    const named = view.graph.stages.flatMap(({ stage, uses }) => [
      stage.name ?? '',
      stage.from.image.text,
      ...uses.flatMap(({ source }) => (source.kind === 'image' ? [source.reference] : [])),
    ]);
    this.#taken = new Set(named);
  }

  rewrite(moved: readonly Moved[]): StageRewrite {
    const { index, from } = this.#stage.node.stage;
    const kinds = [...new Set(moved.flatMap((one) => one.kinds))].filter((kind) => kind !== 'neutral');
    const name = this.#fresh(kinds.includes('go') ? 'build' : 'install');
    const lines: string[] = [];
    const { text } = this.#view.dockerfile;
    const at = index === 0 ? this.#offset(from.span.start) : this.#commentsAbove(this.#offset(from.span.start));
    // As the file has it between its stages.
    const space = index === 0 || /\n[ \t]*\r?\n$/.test(text.slice(0, at)) ? [''] : [];
    const tools = this.#tools(moved.at(-1)!.step);
    for (const [image, tool] of tools) lines.push(`FROM --platform=$BUILDPLATFORM ${image} AS ${tool}`, ...space);
    lines.push(`FROM --platform=$BUILDPLATFORM ${this.#base.node.stage.from.image.text} AS ${name}`);
    for (const step of this.#before(moved)) lines.push(this.#again(step, moved, tools));
    const copied: string[] = [];
    const edits = moved.map(({ step, leaves }): TextEdit => {
      const copies: string[] = [];
      // The files have their owner, and the directories that are made for them would be root's.
      const user = userAt(this.#stage, step);
      const flags = `--from=${name}${user === undefined ? '' : ` --chown=${user}`}`;
      for (const one of leaves) {
        if (copied.some((before) => isWithin(one.to, before))) continue;
        copied.push(one.to);
        copies.push(`COPY ${flags} ${one.from} ${shown(one.to, step.workdir)}`);
      }
      return this.#instead(step, copies);
    });
    return {
      stages: [index],
      adds: [...tools.values(), name],
      name: nameOf(this.#stage),
      line: from.span.start.line,
      kinds: kinds as readonly RewriteKind[],
      edits: [{ from: at, to: at, text: [...lines, ...space, ''].join(this.#feed) }, ...edits],
    };
  }

  #fresh(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.#taken.has(name); count++) name = `${wanted}-${count}`;
    this.#taken.add(name);
    return name;
  }

  /** Instructions up to the last one that is moved, without those that only describe the image. */
  #before(moved: readonly Moved[]): readonly StepView[] {
    const steps = this.#stage.steps.slice(0, this.#stage.steps.indexOf(moved.at(-1)!.step) + 1);
    const isUserSet = steps.some(({ written }) => written.keyword === 'USER' || /--chown\b/.test(written.original));
    const isMoved = (step: StepView): boolean => moved.some((one) => one.step === step);
    // A command that nobody knows may need any program that was installed, or a user; so may a shell of its own.
    const isAnyNeeded = steps.some(
      (step) =>
        step.written.keyword === 'SHELL' ||
        (step.written.keyword === 'RUN' && !isMoved(step) && !isForRuntime(step, isUserSet)),
    );
    return steps.filter((step) => {
      const { keyword } = step.written;
      if (keyword !== 'RUN') return /^(?:ARG|ENV|WORKDIR|SHELL|USER|COPY|ADD)$/.test(keyword);
      return isAnyNeeded || isMoved(step) || !isForRuntime(step, isUserSet);
    });
  }

  /** Images that hold tools, which would be those of the target (dockerfile2llb, toCommand): one stage each. */
  #tools(last: StepView): ReadonlyMap<string, string> {
    const steps = this.#stage.steps.slice(0, this.#stage.steps.indexOf(last) + 1);
    const written = new Set(steps.map((step) => step.written));
    const found = new Map<string, string>();
    for (const { source, instruction } of this.#stage.node.uses) {
      if (source.kind !== 'image' || !written.has(instruction) || found.has(source.reference)) continue;
      const [, base = 'tools'] = /([a-z0-9][a-z0-9._-]*)(?::[^/]*)?(?:@.*)?$/.exec(source.reference) ?? [];
      found.set(source.reference, this.#fresh(base));
    }
    return found;
  }

  #again(step: StepView, moved: readonly Moved[], tools: ReadonlyMap<string, string>): string {
    const [from, to] = this.#span(step);
    const { text } = this.#view.dockerfile;
    const found = moved.find((one) => one.step === step);
    const begin = found === undefined ? from : this.#commentsAbove(this.#lineOf(step));
    const edits = (found?.edits ?? []).map((edit) => ({ ...edit, from: edit.from - begin, to: edit.to - begin }));
    let again = applyEdits(text.slice(begin, to), edits).text;
    for (const [image, tool] of tools) again = again.split(`from=${image}`).join(`from=${tool}`);
    return again;
  }

  /** What stands where a RUN was, with its comments gone the same way. */
  #instead(step: StepView, copies: readonly string[]): TextEdit {
    const [start, to] = this.#span(step);
    const line = this.#lineOf(step);
    const from = this.#commentsAbove(line);
    const { text } = this.#view.dockerfile;
    const indent = text.slice(line, start);
    if (copies.length > 0) return { from, to, text: copies.map((copy) => `${indent}${copy}`).join(this.#feed) };
    const behind = text.indexOf('\n', to) < 0 ? text.length : text.indexOf('\n', to) + 1;
    // Of two empty lines around it one goes too.
    const next = /^[ \t]*\r?\n/.exec(text.slice(behind))?.[0] ?? '';
    const isFree = /(?:^|\n)[ \t]*\r?\n$/.test(text.slice(0, from));
    return { from, to: behind + (isFree ? next.length : 0), text: '' };
  }

  #span({ written }: StepView): readonly [from: number, to: number] {
    const end = written.heredocs.at(-1)?.span.end ?? written.span.end;
    return [this.#offset(written.span.start), this.#offset(end)];
  }

  /** Where its line begins: an instruction may be indented. */
  #lineOf({ written }: StepView): number {
    return this.#offset({ line: written.span.start.line, column: 1 });
  }

  #commentsAbove(offset: number): number {
    const { text } = this.#view.dockerfile;
    let at = offset;
    for (;;) {
      const above = text.lastIndexOf('\n', at - 2) + 1;
      if (at === 0 || !/^[ \t]*#/.test(text.slice(above, at))) return at;
      at = above;
    }
  }
}

const shown = (path: string, workdir: string): string =>
  workdir !== '/' && isWithin(path, workdir) && path !== workdir ? `./${path.slice(workdir.length + 1)}` : path;

/** Packages of distributions that no package manager of a language needs while it installs. */
const FOR_RUNTIME =
  /^(?:curl|wget|tini|dumb-init|procps|tzdata|ffmpeg|imagemagick|graphicsmagick|bash|jq|vim|nano|less|net-tools|iputils(?:-ping)?|dnsutils|netcat\S*|libc6-compat|gcompat|su-exec|gosu|supervisor|nginx|postgresql\d*-client|postgresql-client|default-mysql-client|mysql-client|mariadb-client|redis-tools|poppler-utils|ghostscript|tesseract-ocr\S*|fonts?-\S+|ttf-\S+|chromium|lib(?!\S*-dev$)\S+)(?:=\S+)?$/;

/** A RUN that makes the image ready to run, and no install: its distribution's packages, or users that nobody is yet. */
function isForRuntime({ script }: StepView, isUserSet: boolean): boolean {
  if (script === undefined) return false;
  return script.commands.every(({ words: all }) => {
    const words = all.map(({ text }) => text);
    const [name = '', verb = ''] = words;
    if (/^(?:addgroup|adduser|groupadd|useradd)$/.test(name)) return !isUserSet;
    if (/^(?:rm|set)$/.test(name)) return true;
    if (!/^(?:apt-get|apt|apk|dnf|microdnf|yum)$/.test(name)) return false;
    const plain = words.slice(1).filter((word) => !word.startsWith('-'));
    if (/^(?:update|clean|autoremove|upgrade)$/.test(plain[0] ?? verb)) return true;
    return /^(?:install|add)$/.test(plain[0] ?? '') && plain.slice(1).every((word) => FOR_RUNTIME.test(word));
  });
}
