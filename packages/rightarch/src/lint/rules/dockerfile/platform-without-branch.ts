import { type Platform, samePlatform } from '../../../core/index.ts';
import type { Instruction, Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { cpuInUrl } from '../../cpu-in-url.ts';
import { cpuWord, platformOfWord } from '../../cpu-words.ts';
import { type Choice, leftUnsetIn, type RunCommand, withoutMarks } from '../../documents/evaluated.ts';
import { type PlatformStep, stepsFor } from '../../documents/for-platform.ts';
import { shownText } from '../../documents/shell.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf, type WantedPlatform } from '../../wanted.ts';

/** What a platform is left with. */
interface Left {
  readonly choice: Choice;
  /** The variable that is empty; undefined where `*)` or `else` gives it what is for another CPU, or ends the build. */
  readonly name: string | undefined;
  readonly text: string;
  readonly span: Span;
}

/**
 * A `case` or `if` by the CPU that has nothing for a platform which is built: it goes on with an empty word, or with what
 * is for the others. One that ends the build is right, unless somebody says that the image must have the platform.
 */
export const platformWithoutBranch: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    const found = new Map<string, { readonly left: Left; readonly breaks: WantedPlatform[] }>();
    for (const wanted of breaksOn(context, stage, () => false)) {
      for (const step of stepsFor(view, wanted.platform).get(stage.node.stage.index) ?? []) {
        for (const left of leftIn(step, wanted)) {
          const key = keyOf(step.written, left.choice);
          const before = found.get(key) ?? { left, breaks: [] };
          found.set(key, before);
          if (!before.breaks.includes(wanted)) before.breaks.push(wanted);
        }
      }
    }
    for (const { left, breaks } of found.values()) {
      const { choice, name, text } = left;
      const asked = choice.kind === 'case' ? `case ${choice.asked}` : `if ${choice.asked.replace(/;$/, '')}`;
      const { kind, stops } = choice;
      const args = { asked, kind, name, stops, text: shownText(text), platforms: namesOf(breaks) };
      yield {
        diagnostic: diagnostic('dockerfile/platform-without-branch', args, inFile(view.file, left.span), {
          severity: severityOf(breaks),
        }),
      };
    }
  }
};

const keyOf = ({ span }: Instruction, { from }: Choice): string => `${span.start.line} ${from}`;

/** Words for CPUs in any spelling, those of 32 bits too. */
const CPU_WORD = new RegExp(
  `${cpuWord}|(?<![A-Za-z0-9])(?:arm(?:v\\d\\w*|el|hf)?|i?[3-6]86|x86|ppc64el|arm64|aarch)`,
  'i',
);

/** Whether the branches are for CPUs. */
const isByCpu = ({ branches }: Choice): boolean => branches.length > 0 && branches.every((one) => CPU_WORD.test(one));

function* leftIn({ run }: PlatformStep, { platform, because }: WantedPlatform): Iterable<Left> {
  if (run === undefined || !run.choices.some(isByCpu)) return;
  const told = new Set<Choice>();
  for (const choice of because === 'assumed' ? [] : run.choices)
    if (choice.stops && isByCpu(choice))
      yield { choice, name: undefined, text: '', span: run.span(choice.from, choice.to) };
  for (const command of run.commands) {
    if (command.isCaught) continue;
    for (const { text } of command.words) {
      for (const { choice: number, name } of leftUnsetIn(text)) {
        const choice = run.choices[number]!;
        // A word of its own may be left out: `cmake $FLAGS`.
        const given = choice.sets.get(name) ?? [];
        if (told.has(choice) || !isByCpu(choice) || isOnlyShown(command) || !hasHole(text, platform, given)) continue;
        told.add(choice);
        yield { choice, name, text: withoutMarks(text), span: run.span(choice.from, choice.to) };
      }
      const found = cpuInUrl(text);
      if (found === undefined || samePlatform(found.platform, platform)) continue;
      const choice = run.choices.findLast(
        (one) => one.taken === 'rest' && isByCpu(one) && (holds(one, command) || gives(one, text, found.token)),
      );
      if (choice === undefined || told.has(choice)) continue;
      told.add(choice);
      yield { choice, name: undefined, text: found.url, span: run.span(choice.from, choice.to) };
    }
  }
}

/** A part of a name, or of an address, that is the variable alone. */
const PART_OF_NAME = /[-_.:]\u0003[^\u0003]*\u0003(?:[-_./:]|$)|(?:^|[/])\u0003[^\u0003]*\u0003[-_.:]/;
const PART_OF_URL = /:\/\/.*[-_./:]\u0003[^\u0003]*\u0003(?:[-_./:]|$)/;

/**
 * Whether a word lacks something without this variable, whose values are given: `tool-$ARCH.tgz`. Where they are words for
 * CPUs, a part of a name has a hole. What only some CPUs are given (`-avx`), flags of a compiler, extras of a package may
 * be none, and a name that says the CPU without it is whole.
 */
function hasHole(text: string, platform: Platform, given: readonly string[]): boolean {
  const rest = withoutMarks(text);
  if (!/[\w/]/.test(rest) || /\s/.test(rest) || saysCpu(rest, platform)) return false;
  const areCpus = given.every((one) => /^\w/.test(one) && WORD_OF_CPU.test(one));
  if (areCpus && PART_OF_URL.test(text)) return true;
  if (/^(?:-|\w+=|\.$)/.test(rest)) return false;
  return given.length > 1 || (areCpus && PART_OF_NAME.test(text));
}

const WORD_OF_CPU = new RegExp(cpuWord, 'i');

const saysCpu = (text: string, platform: Platform): boolean =>
  [...text.matchAll(new RegExp(cpuWord, 'gi'))].some(([, word]) => samePlatform(platformOfWord(word!)!, platform));

/** What is only shown, or asked for, breaks nothing. */
const isOnlyShown = ({ words }: RunCommand): boolean => /^(?:echo|printf|:|test|\[)$/.test(words[0]?.text ?? '');

const holds = ({ body }: Choice, { from, to }: RunCommand): boolean =>
  body !== undefined && body.from <= from && to <= body.to;

const gives = ({ gives: values }: Choice, text: string, token: string): boolean =>
  [...values.values()].some((value) => value.includes(token) && text.includes(value));
