import type { StepView } from '../documents/dockerfile.ts';
import { asksOwnCpu, OWN_CPU, type ShellCommand } from '../documents/shell.ts';
import type { Output } from '../native-output.ts';
import { textOf } from './commands.ts';
import { isWithin } from './leaves.ts';

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

/** A command whose output a compiler is given as words, and which may say the CPU that it ran on. */
export function saysCpu(step: StepView, by: ShellCommand): string | undefined {
  const all = step.script?.commands ?? [];
  const isSet = ({ words, assigned }: ShellCommand): boolean =>
    words.length === 0 ? assigned.size > 0 : /^(?:export|readonly|local|declare|typeset)$/.test(words[0]!.text);
  const holders = [by, ...all.slice(0, all.indexOf(by)).filter(isSet)];
  const inner = all.filter(
    (one) => one.isCaught && holders.some((holder) => one !== holder && one.from > holder.from && one.to <= holder.to),
  );
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
    const writes = WRITES.test(step.written.original);
    for (const one of step.script?.commands ?? []) {
      const command = textOf(one);
      const asks = !one.isCaught && asksOwnCpu(command);
      const says = asks || one.words.some(({ text }) => text.includes(OWN_CPU));
      const given = [...one.assigned.values()].some((value) => value.includes(OWN_CPU)) && one.words.length > 0;
      if (!says && !given) continue;
      if (asks || PRINTS.test(command) ? writes : given || !BRINGS_TOOLS.test(command)) return { step, command };
    }
  }
  return undefined;
}

/** What was made or fetched for the builder's CPU among the sources of a program, and is nothing that the build starts. */
export const liesAmongSources = (output: Output, { directory }: Output): boolean =>
  directory !== '/' && isWithin(output.path, directory);
