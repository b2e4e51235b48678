import { FileProblem } from '../../stage-files.ts';
import type { Kernel } from '../kernel.ts';
import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';
import { baseName, type Call, Complaint, onEach, parseOptions, under, wrongCall } from './command.ts';

/** rm. Nothing is asked: a RUN has no terminal. */
export async function rm(call: Call): Promise<Outcome> {
  const { on, operands } = parseOptions('rm', call.args, {
    flags: 'rRf',
    long: { recursive: 'r', force: 'f' },
  });
  const force = on.has('f');
  const recursive = on.has('r') || on.has('R');
  if (operands.length === 0) return force ? { status: 0, out: '', err: '' } : wrongCall(call, 'missing operand');
  return onEach(call, operands, { gnu: "cannot remove '%'", busybox: "can't remove '%'" }, (path, shown) => {
    const name = baseName(shown);
    if (name === '.' || name === '..')
      throw new Complaint(`refusing to remove '.' or '..' directory: skipping '${shown}'`);
    if (name === '') refuse('run/option-unknown', { command: 'rm', option: shown });
    const cut = path.replace(/\/+$/, '');
    const there = call.kernel.stat(cut, { follow: false });
    if (there === undefined) {
      // A file where a directory was named is ENOTDIR, which -f forgives as well.
      if (force) return;
      throw new FileProblem('ENOENT', path);
    }
    if (there.type === 'symlink' && cut !== path) refuse('run/option-unknown', { command: 'rm', option: shown });
    if (there.type !== 'directory') {
      if (cut !== path) throw new FileProblem('ENOTDIR', path);
      call.kernel.unlink(cut);
    } else if (recursive) removeTree(call.kernel, cut);
    else throw new FileProblem('EISDIR', path);
  });
}

/** Removes what is under a directory, then the directory, by the permissions of each step. */
export function removeTree(kernel: Kernel, path: string): void {
  for (const name of kernel.list(path)) {
    const child = under(path, name);
    if (kernel.need(child, { follow: false }).type === 'directory') removeTree(kernel, child);
    else kernel.unlink(child);
  }
  kernel.rmdir(path);
}
