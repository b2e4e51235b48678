import { FileProblem } from '../../stage-files.ts';
import type { Outcome } from '../types.ts';
import { type Call, onEach, parseOptions, wrongCall } from './command.ts';
import { parseMode } from './mode.ts';

/** Makes one directory and, where asked, those above it with the umask's mode. Existing directories stay as they are. */
export function makeDirectories(
  call: Call,
  path: string,
  options: { readonly parents: boolean; readonly mode?: number },
): void {
  const { kernel } = call;
  if (options.parents) {
    const parts = path.split('/').filter((part) => part !== '');
    for (let i = 1; i < parts.length; i++) {
      const above = `/${parts.slice(0, i).join('/')}`;
      const there = kernel.stat(above);
      if (there === undefined) kernel.mkdir(above, (0o777 & ~kernel.umask) | 0o300);
      else if (there.type !== 'directory') throw new FileProblem('ENOTDIR', above);
    }
    const there = kernel.stat(path);
    if (there?.type === 'directory') return;
  }
  kernel.mkdir(path.replace(/\/+$/, '') || '/', options.mode ?? 0o777 & ~kernel.umask);
}

/** mkdir of GNU coreutils and of busybox. */
export async function mkdir(call: Call): Promise<Outcome> {
  const { on, values, operands } = parseOptions('mkdir', call.args, {
    flags: 'p',
    values: 'm',
    long: { parents: 'p', mode: 'm' },
  });
  if (operands.length === 0) return wrongCall(call, 'missing operand');
  const text = values.get('m');
  let mode: number | undefined;
  if (text !== undefined) {
    const change = parseMode(text, { umask: call.kernel.umask, keepsDirectoryBits: false, command: 'mkdir' });
    if (change === undefined) return wrongCall(call, `invalid mode '${text}'`);
    mode = change.apply(0o777, true);
  }
  const complaint = { gnu: "cannot create directory '%'", busybox: "can't create directory '%'" };
  return onEach(call, operands, complaint, (path) =>
    makeDirectories(call, path, { parents: on.has('p'), ...(mode === undefined ? {} : { mode }) }),
  );
}

/** rmdir: empty directories only. */
export async function rmdir(call: Call): Promise<Outcome> {
  const { operands } = parseOptions('rmdir', call.args, { flags: '' });
  if (operands.length === 0) return wrongCall(call, 'missing operand');
  return onEach(call, operands, { gnu: "failed to remove '%'", busybox: "'%'" }, (path) => call.kernel.rmdir(path));
}
