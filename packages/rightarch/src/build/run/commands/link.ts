import { absolute } from '../kernel.ts';
import type { Outcome } from '../types.ts';
import { baseName, type Call, Complaint, onEach, parseOptions, under, wrongCall } from './command.ts';

/** ln, with symbolic and hard links. */
export async function ln(call: Call): Promise<Outcome> {
  const { on, operands } = parseOptions('ln', call.args, {
    flags: 'sfnT',
    long: { symbolic: 's', force: 'f', 'no-dereference': 'n', 'no-target-directory': 'T' },
  });
  if (operands.length === 0) return wrongCall(call, 'missing file operand');
  const { kernel } = call;
  const last = operands.at(-1)!;
  const there = kernel.stat(absolute(last, call.cwd), { follow: !on.has('n') && !on.has('T') });
  const into = operands.length === 1 ? '.' : there?.type === 'directory' && !on.has('T') ? last : undefined;
  const targets = operands.length === 1 ? operands : operands.slice(0, -1);
  if (into === undefined && targets.length > 1) return wrongCall(call, `target '${last}' is not a directory`);
  const kind = on.has('s') ? 'symbolic link' : 'hard link';
  const complaint = { gnu: `failed to create ${kind} '%'`, busybox: '%' };
  const outcomes: Outcome[] = [];
  for (const target of targets) {
    const shown = into === undefined ? last : under(into, baseName(target));
    outcomes.push(
      await onEach(call, [shown], complaint, (path) => {
        const before = kernel.stat(path, { follow: false });
        if (before !== undefined && on.has('f')) {
          if (before.type === 'directory') throw new Complaint(`${shown}: cannot overwrite directory`);
          // ln -f a a must not lose the file.
          if (!on.has('s') && kernel.need(absolute(target, call.cwd), { follow: false }).path === before.path)
            throw new Complaint(`'${target}' and '${shown}' are the same file`);
          kernel.unlink(path);
        }
        if (on.has('s')) kernel.symlink(target, path);
        else {
          const from = kernel.need(absolute(target, call.cwd), { follow: false });
          if (from.type === 'directory') throw new Complaint(`${target}: hard link not allowed for directory`);
          kernel.link(from.path, path);
        }
      }),
    );
  }
  return { status: outcomes.some((o) => o.status !== 0) ? 1 : 0, out: '', err: outcomes.map((o) => o.err).join('') };
}
