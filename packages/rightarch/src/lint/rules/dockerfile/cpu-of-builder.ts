import { type Platform, type Severity, samePlatform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { type CpuLevel, cpuFlagIn } from '../../compiler-flags.ts';
import type { StageView, StepView } from '../../documents/dockerfile.ts';
import type { ShellWord } from '../../documents/shell.ts';
import { breaksOn, type DockerfileRule, inFile } from '../../rule.ts';

interface Narrowed {
  readonly what: 'flag' | 'base';
  readonly flag: string;
  readonly level: CpuLevel;
  /** Whose level it is; undefined for `native`. */
  readonly platform: Platform | undefined;
  readonly span: Span;
}

/**
 * A compiler that is told to use what the building machine has, or what every CPU above a level has: the platform is right,
 * and on an older or another machine of it the program stops with `Illegal instruction`.
 */
export const cpuOfBuilder: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    const found = [...(stage.follows === 'target' ? baseOf(stage) : []), ...stage.steps.flatMap(narrowedIn)];
    for (const { what, flag, level, platform, span } of found) {
      const isFor = (one: Platform): boolean => platform === undefined || samePlatform(one, platform);
      if (breaksOn(context, stage, (one) => !isFor(one)).length === 0) continue;
      yield {
        diagnostic: diagnostic('dockerfile/cpu-of-builder', { what, flag, level }, inFile(view.file, span), {
          severity: severityOfLevel(level),
        }),
      };
    }
  }
};

/** What most machines of the platform have that are bought today. */
const NOTED: readonly CpuLevel[] = ['v3', 'armv8.2'];
export const severityOfLevel = (level: CpuLevel): Severity => (NOTED.includes(level) ? 'note' : 'warning');

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

/**
 * Images of the tenth Enterprise Linux, whose glibc refuses a CPU below x86-64-v3, by the names that their makers give
 * them, read on 2026-11-29: UBI and CentOS Stream end with `CPU does not support x86-64-v3`
 * (https://github.com/crc-org/vfkit/issues/265), RHEL by its own word
 * (https://gitlab.com/redhat/centos-stream/src/kernel/centos-stream-9/-/merge_requests/3972), Rocky Linux by its page
 * (https://github.com/rocky-linux/documentation/pull/2964). Of Oracle Linux nothing was found; AlmaLinux has an image for
 * x86-64-v2 beside it.
 */
const ENTERPRISE_10 =
  /^(?:registry\.(?:access\.)?redhat\.(?:com|io)\/ubi10(?:-[a-z-]+)?[/:@]|(?:docker\.io\/)?(?:redhat\/ubi10(?:-[a-z-]+)?(?=[:@]|$)|rockylinux\/rockylinux:10(?!\d))|quay\.io\/(?:centos\/centos:stream10|rockylinux\/rockylinux:10)(?!\d))/;

/** `…-x86_64_v3`, `…:amd64-v3`. A bare `-v3` is a version as often. */
const LEVEL_IN_NAME = /(?<![A-Za-z0-9])(?:x86[-_]64|amd64)[-_]?(v[34])(?![A-Za-z0-9])/;

/** The base of a stage, where its own programs need that level. */
function baseOf({ node }: StageView): readonly Narrowed[] {
  const { base } = node;
  const { image } = node.stage.from;
  if (base?.kind !== 'image') return [];
  const flag = base.reference;
  const said = LEVEL_IN_NAME.exec(flag)?.[1] as 'v3' | 'v4' | undefined;
  // What its programs say there, its makers know.
  if (said !== undefined) return [{ what: 'flag', flag, level: said, platform: AMD64, span: image.span }];
  return ENTERPRISE_10.test(flag) ? [{ what: 'base', flag, level: 'v3', platform: AMD64, span: image.span }] : [];
}

/** They do something to such words, or show them. */
export const EDITS = /^(?:[efg]?grep|sed|echo|printf|perl|[gm]?awk)$/;

/** `python3 -c '…'`, `ruby -pe '…'`: what such a program does with the words in it, nobody reads here. */
export const isScript = ({ text }: ShellWord, i: number, words: readonly ShellWord[]): boolean =>
  i > 0 && /^-[a-z]*[ce]$/.test(text) && words.slice(0, i).some((one) => /^(?:python|ruby|node)[\d.]*$/.test(one.text));

function narrowedIn({ instruction, script }: StepView): readonly Narrowed[] {
  const found: Narrowed[] = [];
  const add = (text: string, span: () => Span): void => {
    const { flag, level, platform } = cpuFlagIn(text) ?? {};
    if (flag !== undefined && level !== undefined) found.push({ what: 'flag', flag, level, platform, span: span() });
  };
  if (instruction.keyword === 'ENV')
    for (const { key, value } of instruction.pairs) add(`${key.text}=${value.text}`, () => value.span);
  for (const { words, assigned, guardedByCpu, from, to } of script?.commands ?? []) {
    // One that edits or prints such words takes them away as often as not, also where `find` or `xargs` starts it.
    if (guardedByCpu || words.some(({ text }) => EDITS.test(text)) || words.some(isScript)) continue;
    const before = found.length;
    for (const word of words) add(word.text, () => script!.span(word.from, word.to));
    for (const [name, value] of assigned) add(`${name}=${value}`, () => script!.span(from, to));
    // Said once for a command, however often it says it.
    found.splice(before + 1);
  }
  return found;
}
