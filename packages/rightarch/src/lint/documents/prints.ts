import type { MachineWords } from '../machine-words.ts';

/** What a command prints that asks the machine for its CPU; undefined for any other, and where the machine is not known. */
export function saidOf(line: string, machine: MachineWords | undefined): string | undefined {
  if (/^(?:\/bin\/)?(?:uname -m|arch)$|^uname --machine$|^rpm (?:--eval|-E) %\{_arch\}$/.test(line))
    return machine?.kernel;
  if (/^dpkg --print-architecture$/.test(line)) return machine?.debian;
  if (/^apk --print-arch$/.test(line)) return machine?.alpine;
  if (/^node -(?:p|pe) (?:process|os)\.arch(?:\(\))?$/.test(line)) return machine?.node;
  return undefined;
}

/** What `printf` prints of plain words. */
export function formatted([format = '', ...args]: readonly string[]): string | undefined {
  if (!/^(?:[^%\\]|\\n|%s)*$/.test(format)) return undefined;
  let next = 0;
  return format.replace(/\\n|%s/g, (one) => (one === '\\n' ? '\n' : (args[next++] ?? '')));
}
