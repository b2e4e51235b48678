import { flagText, type Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import type { StageView, StepView } from '../../documents/dockerfile.ts';
import { OWN_CPU, type ShellCommand, shownText, TARGET_CPU } from '../../documents/shell.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

interface Mismatch {
  readonly url: string;
  readonly checksum: string;
  readonly span: Span;
}

/** One checksum for an address that is another file on each CPU: the build goes through on one of them and stops on the others. */
export const checksumOfOne: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    const platforms = breaksOn(context, stage, () => false);
    // Of one platform it may be the right one.
    if (platforms.length < 2) continue;
    for (const { url, checksum, span } of stage.steps.flatMap((step) => mismatchesIn(stage, step))) {
      const args = { url: shownText(url), checksum: checksum.slice(0, 12), platforms: namesOf(platforms) };
      yield {
        diagnostic: diagnostic('dockerfile/checksum-of-one', args, inFile(view.file, span), {
          severity: severityOf(platforms),
        }),
      };
    }
  }
};

function mismatchesIn(stage: StageView, { instruction, written, script }: StepView): readonly Mismatch[] {
  if (instruction.keyword === 'ADD' && written.keyword === 'ADD') {
    const flag = instruction.flags.find(({ name }) => name === 'checksum');
    const checksum = HASH.exec(flagText(instruction.flags, 'checksum') ?? '')?.[0];
    const url = instruction.sources.map(({ text }) => text).find((text) => isOfCpu(stage, text));
    return flag === undefined || checksum === undefined || url === undefined
      ? []
      : [{ url, checksum, span: flag.span }];
  }
  const commands = script?.commands ?? [];
  // Which of several it belongs to, names that are made while it runs would tell.
  const downloads = commands.flatMap(downloadOf);
  const [download, ...others] = downloads;
  if (download === undefined || others.length > 0 || !isOfCpu(stage, download) || commands.some(chooses)) return [];
  const digits = commands.flatMap(({ words }) => DIGITS.get(words[0]?.text ?? '') ?? []);
  const said = commands
    .filter(({ words }) => COMPARES.test(words[0]?.text ?? ''))
    .flatMap(({ words }) =>
      words.flatMap((word) => [...word.text.matchAll(HASHES)].map(([checksum]) => ({ word, checksum }))),
    )
    .filter(({ checksum }) => digits.includes(checksum.length));
  const checksums = new Set(said.map(({ checksum }) => checksum));
  const [one] = said;
  if (one === undefined || checksums.size > 1) return [];
  return [{ url: download, checksum: one.checksum, span: script!.span(one.word.from, one.word.to) }];
}

/** As hexadecimal digits; before it may stand the `n` of a `\\n`. */
const HASH = /(?<![0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/i;

const HASHES = new RegExp(HASH.source, 'gi');

/** How long the sums are that a command makes. */
const DIGITS: ReadonlyMap<string, readonly number[]> = new Map([
  ['sha1sum', [40]],
  ['sha256sum', [64]],
  ['sha384sum', [96]],
  ['sha512sum', [128]],
  ['shasum', [40, 64, 96, 128]],
  ['openssl', [40, 64, 96, 128]],
]);

/** What hands a sum over or compares it. Elsewhere such digits are a commit, a key of gpg, a part of an address. */
const COMPARES = /^(?:echo|printf|test|\[|\[\[|grep|sha\d+sum|shasum|openssl)$/;

/** The word for the CPU in it is the target's, or the machine's own where that is the target. */
const isOfCpu = (stage: StageView, url: string): boolean =>
  /^https?:/.test(url) && (url.includes(TARGET_CPU) || (stage.follows === 'target' && url.includes(OWN_CPU)));

function downloadOf({ words }: ShellCommand): readonly string[] {
  if (!/^(?:curl|wget|aria2c)$/.test(words[0]?.text ?? '')) return [];
  return words.map(({ text }) => text).filter((text) => /^https?:\/\//.test(text));
}

/** A checksum that a branch chose, or a whole file of checksums, is for the file that is there. */
const chooses = ({ words, guardedByCpu }: ShellCommand): boolean =>
  guardedByCpu && words.some(({ text }) => HASH.test(text) || /sum\b/.test(text));
