import type { Platform } from '../../core/index.ts';
import type { DockerfileView, StageView, StepView } from '../documents/dockerfile.ts';
import type { ShellCommand } from '../documents/shell.ts';
import { offsetsOf, type TextEdit } from '../fixes.ts';
import { stageAt } from './gives.ts';

/** Edits of one Dockerfile. Undefined where a place is not what it was taken for: then nothing is touched. */
export class Editor {
  readonly #view: DockerfileView;
  readonly #offset: ReturnType<typeof offsetsOf>;
  readonly #declared: { readonly stage: StageView; readonly line: number; readonly name: string }[] = [];

  constructor(view: DockerfileView) {
    this.#view = view;
    this.#offset = offsetsOf(view.dockerfile.text);
  }

  /** The same with what was declared so far: what this one declares is not known to the other. */
  fork(): Editor {
    const other = new Editor(this.#view);
    other.#declared.push(...this.#declared);
    return other;
  }

  /** Puts a stage on the builder's CPU, whatever its FROM says now. */
  pin({ node }: StageView): readonly TextEdit[] {
    const { from } = node.stage;
    const flag = from.flags.find(({ name }) => name === 'platform')?.value;
    const insert = (text: string): readonly TextEdit[] => {
      const at = this.#offset(from.image.span.start);
      return [{ from: at, to: at, text }];
    };
    if (flag === undefined) return insert('--platform=$BUILDPLATFORM ');
    const [start, end] = [this.#offset(flag.span.start), this.#offset(flag.span.end)];
    return [{ from: start, to: end, text: '$BUILDPLATFORM' }];
  }

  /** The same of a stage that is built on another which has nothing in it: it starts from that one's image. */
  pinOn(stage: StageView, base: StageView): readonly TextEdit[] {
    const { span } = stage.node.stage.from.image;
    const text = base.node.stage.from.image.text;
    return [{ from: this.#offset(span.start), to: this.#offset(span.end), text: `--platform=$BUILDPLATFORM ${text}` }];
  }

  /** Behind the word of a command, or before its name. */
  insert(step: StepView, command: ShellCommand, word: number, where: 'before' | 'behind', text: string) {
    const found = command.words[word];
    if (found === undefined || step.script === undefined) return undefined;
    const span = step.script.span(found.from, found.to);
    const [from, to] = [this.#offset(span.start), this.#offset(span.end)];
    // A word out of `sh -c "…"` has the place of the whole text, and one with variables is written in another way.
    if (this.#view.dockerfile.text.slice(from, to) !== found.text) return undefined;
    const at = where === 'before' ? from : to;
    return { from: at, to: at, text };
  }

  /** Declares what a RUN reads, directly before it and its comments, unless it sees it already; `more` lines once a stage. */
  declare(
    stage: StageView,
    step: StepView,
    names: readonly string[],
    more: readonly string[] = [],
  ): readonly TextEdit[] {
    const { line } = step.written.span.start;
    const before = this.#declared.filter((one) => one.stage === stage && one.line <= line).map(({ name }) => name);
    const missing = names.filter((name) => !step.inScope.includes(name) && !before.includes(name));
    const fresh = more.filter((name) => !this.#declared.some((one) => one.stage === stage && one.name === name));
    if (missing.length === 0 && fresh.length === 0) return [];
    this.#declared.push(...[...missing, ...fresh].map((name) => ({ stage, line, name })));
    const { text } = this.#view.dockerfile;
    let at = this.#offset({ line, column: 1 });
    for (;;) {
      const above = text.lastIndexOf('\n', at - 2) + 1;
      if (at === 0 || !/^[ \t]*#/.test(text.slice(above, at))) break;
      at = above;
    }
    const feed = text.includes('\r\n') ? '\r\n' : '\n';
    const lines = [...(missing.length === 0 ? [] : [`ARG ${missing.join(' ')}`]), ...fresh];
    return [{ from: at, to: at, text: lines.map((one) => `${one}${feed}`).join('') }];
  }
}

/** The stage that decides about the platform of another: the lowest one below it that is here. */
export function rootOf(view: DockerfileView, stage: StageView): StageView {
  let root = stage;
  while (root.node.base?.kind === 'stage') {
    const below = stageAt(view, root.node.base.index);
    if (below === undefined) break;
    root = below;
  }
  return root;
}

/** `$(…)` that turns BuildKit's word for the target's CPU into another one, of the words that a build needs. */
export function cpuWord(platforms: readonly Platform[], words: Readonly<Record<string, string>>): string | undefined {
  const needed = [...new Set(platforms.map(({ architecture }) => architecture))];
  if (!needed.every((one) => Object.hasOwn(words, one))) return undefined;
  const other = needed.filter((one) => words[one] !== one).sort();
  if (other.length === 0) return '$TARGETARCH';
  const script = other.map((one) => `s/${one}/${words[one]}/`).join(';');
  return `$(echo $TARGETARCH | sed ${other.length === 1 ? script : `'${script}'`})`;
}
