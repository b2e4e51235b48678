import type { StepView } from '../documents/dockerfile.ts';
import { asksOwnCpu, OWN_CPU, type ShellCommand } from '../documents/shell.ts';
import type { Output } from '../native-output.ts';
import { isWithin, textOf } from '../placed.ts';

interface Found {
  readonly step: StepView;
  readonly command: string;
}

// What a compiler puts into a program is in no file of the image, and the bytes of two compilations may differ: whatever says
// there which CPU built it, the comparison does not see.

/** Commands whose words say no CPU, whatever machine they run on: `-X main.version=$(git describe)`. */
const SAYS_NO_CPU =
  /^(?:git|date|cat|head|tail|cut|awk|gawk|sed|tr|grep|wc|sort|uniq|xargs|echo|printf|basename|dirname|pwd|id|whoami|nproc|hostname|jq|yq|find|ls|test|\[|expr|true|:|go list|go env GO(?:VERSION|PATH|MOD|ROOT|PROXY|FLAGS|OS|BIN|MODCACHE|CACHE))(?:\s|$)/;
/** `go version go1.22.1 linux/amd64`: of its words the third is the version. */
const THIRD_WORD = /^(?:awk .*\$3\b|cut\b.*-f ?3(?:\s|$))/;

/** Commands that say the CPU beside those that are asked for it. */
const SAYS_CPU =
  /^(?:go version|go env|rustc (?:-vV|-Vv|--version --verbose|--verbose --version)|(?:gcc|g\+\+|cc|clang) -dumpmachine|lscpu|getconf LONG_BIT|hostnamectl)$/;

const isPartOf = (one: ShellCommand, holder: ShellCommand): boolean =>
  one !== holder && one.from > holder.from && one.to <= holder.to;

/** Names that a command sets for those behind it: all of them, or only for the programs that they start. */
function setBy({ words, assigned }: ShellCommand, how: 'set' | 'exported'): readonly string[] {
  if (words.length === 0) return how === 'set' ? [...assigned.keys()] : [];
  if (!/^(?:export|readonly|local|declare|typeset)$/.test(words[0]!.text)) return [];
  if (how === 'exported' && words[0]!.text !== 'export') return [];
  return words.slice(1).flatMap(({ text }) => /^[A-Za-z_]\w*(?==|$)/.exec(text) ?? []);
}

/**
 * A command whose output a compiler is given, and which may say the CPU that it ran on. Go takes words, cargo's programs read
 * any variable (`env!`).
 */
export function saysCpu(step: StepView, by: ShellCommand, takes: 'words' | 'environment'): string | undefined {
  const all = step.script?.commands ?? [];
  const [compiler = ''] = by.words.map(({ text }) => text);
  const behind = step.written.original.slice(step.written.original.lastIndexOf(`${compiler} `));
  const isRead = (name: string): boolean => name === 'GOFLAGS' || new RegExp(`\\$\\{?${name}\\b`).test(behind);
  const isTaken = (one: ShellCommand): boolean =>
    takes === 'words' ? setBy(one, 'set').some(isRead) : setBy(one, 'exported').length > 0;
  const holders = [by, ...all.slice(0, all.indexOf(by)).filter(isTaken)];
  const inner = all.filter((one) => one.isCaught && holders.some((holder) => isPartOf(one, holder)));
  const found = inner.find((one, i) => {
    const text = textOf(one);
    const next = inner[i + 1];
    if (text === 'go version') return next === undefined || !THIRD_WORD.test(textOf(next));
    return !SAYS_NO_CPU.test(text);
  });
  return found && textOf(found);
}

/** What fetches, unpacks, puts in place or asks by the name of the CPU: that is how tools of a build come. */
const BRINGS_TOOLS =
  /^(?:curl|wget|tar|unzip|gunzip|mv|cp|ln|rm|chmod|mkdir|install|test|\[|\[\[|cd|export|local|readonly|command|apt-get|apt|apk|dnf|microdnf|yum|dpkg|rpm|rustup|update-alternatives)(?:\s|$)/;
const PRINTS = /^(?:echo|printf)(?:\s|$)/;
const WRITES = /[^2&]>(?!\s*(?:\/dev\/null|&))|\btee\b/;

/** A command before a compiler that hands the word for its own CPU on: into a file, or to a program that may write one. */
export function handsCpuOn(steps: readonly StepView[]): Found | undefined {
  for (const step of steps) {
    const all = step.script?.commands ?? [];
    const writes = WRITES.test(step.written.original);
    for (const one of all) {
      const command = textOf(one);
      const asks = !one.isCaught && (asksOwnCpu(command) || SAYS_CPU.test(command));
      const says = asks || one.words.some(({ text }) => text.includes(OWN_CPU)) || saysWithin(all, one);
      const given = [...one.assigned.values()].some((value) => value.includes(OWN_CPU)) && one.words.length > 0;
      if (!says && !given) continue;
      if (asks || PRINTS.test(command) ? writes : given || !BRINGS_TOOLS.test(command)) return { step, command };
    }
  }
  return undefined;
}

const saysWithin = (all: readonly ShellCommand[], one: ShellCommand): boolean =>
  PRINTS.test(textOf(one)) && all.some((other) => isPartOf(other, one) && SAYS_CPU.test(textOf(other)));

/** What was made or fetched for the builder's CPU among the sources of a program, and is nothing that the build starts. */
export const liesAmongSources = (output: Output, { directory }: Output): boolean =>
  directory !== '/' && isWithin(output.path, directory);
