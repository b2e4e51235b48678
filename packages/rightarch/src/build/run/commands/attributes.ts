import { FileProblem } from '../../stage-files.ts';
import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';
import { type Call, onEach, parseOptions, under, wrongCall } from './command.ts';
import { parseMode } from './mode.ts';

/** chmod. Links that are met below a directory are left alone, those that are named are followed. */
export async function chmod(call: Call): Promise<Outcome> {
  // `-x` is a mode for GNU and for busybox: which of the two an argument is depends on its letters.
  for (const arg of call.args)
    if (/^-[rwxXstugoa,=+-]+$/.test(arg) && arg !== '--')
      refuse('run/option-unknown', { command: 'chmod', option: arg });
  const { on, operands } = parseOptions('chmod', call.args, { flags: 'R', long: { recursive: 'R' } });
  const [text, ...paths] = operands;
  if (text === undefined || paths.length === 0) return wrongCall(call, 'missing operand');
  const change = parseMode(text, {
    umask: call.kernel.umask,
    keepsDirectoryBits: call.maker === 'gnu',
    command: 'chmod',
  });
  if (change === undefined) return wrongCall(call, `invalid mode: '${text}'`);
  const { kernel } = call;
  const visit = (path: string): void => {
    const at = kernel.need(path);
    kernel.chmod(at.path, change.apply(at.mode, at.type === 'directory'));
    if (!on.has('R') || at.type !== 'directory') return;
    for (const name of kernel.list(at.path)) {
      const child = under(at.path, name);
      if (kernel.need(child, { follow: false }).type !== 'symlink') visit(child);
    }
  };
  return onEach(call, paths, { gnu: "cannot access '%'", busybox: '%' }, visit);
}

/** The ids that `user:group` names, or what chown says of it. */
export async function parseOwner(
  call: Call,
  text: string,
): Promise<{ readonly uid?: number; readonly gid?: number } | string> {
  const [user = '', group] = text.split(':') as [string?, string?];
  const accounts = await call.accounts();
  const owner: { uid?: number; gid?: number } = {};
  const account = accounts.find((a) => a.name === user);
  if (user !== '') {
    if (account !== undefined) owner.uid = account.uid;
    else if (/^\d+$/.test(user)) owner.uid = Number(user);
    // An old spelling of `user:group`, read differently by maker and version.
    else if (user.includes('.')) return refuse('run/option-unknown', { command: call.name, option: text });
    else return call.maker === 'gnu' ? `invalid user: '${text}'` : `unknown user ${user}`;
  }
  if (group === '') {
    if (account === undefined) return refuse('run/option-unknown', { command: call.name, option: text });
    owner.gid = account.gid;
  } else if (group !== undefined) {
    const gid = await groupId(call, group);
    if (typeof gid === 'string') return gid;
    owner.gid = gid;
  }
  return owner;
}

/** The id of a group by name or number. */
export async function groupId(call: Call, group: string): Promise<number | string> {
  const found = (await call.groups()).find((g) => g.name === group);
  if (found !== undefined) return found.gid;
  if (/^\d+$/.test(group)) return Number(group);
  return call.maker === 'gnu' ? `invalid group: '${group}'` : `unknown group ${group}`;
}

/** chown and chgrp. With -R links are changed themselves and never followed; without it -h decides. */
export async function chown(call: Call): Promise<Outcome> {
  const { on, operands } = parseOptions(call.name, call.args, {
    flags: 'Rh',
    long: { recursive: 'R', 'no-dereference': 'h' },
  });
  const [text, ...paths] = operands;
  if (text === undefined || paths.length === 0) return wrongCall(call, 'missing operand');
  let owner: { readonly uid?: number; readonly gid?: number } | string;
  if (call.name === 'chgrp') {
    const gid = await groupId(call, text);
    owner = typeof gid === 'string' ? gid : { gid };
  } else owner = await parseOwner(call, text);
  if (typeof owner === 'string') return wrongCall(call, owner);
  const wanted = owner;
  const { kernel } = call;
  const follow = !on.has('R') && !on.has('h');
  const visit = (path: string): void => {
    const at = kernel.need(path, { follow });
    kernel.chown(at.path, wanted, { follow: false });
    if (!on.has('R') || at.type !== 'directory') return;
    for (const name of kernel.list(at.path)) visit(under(at.path, name));
  };
  return onEach(call, paths, { gnu: "cannot access '%'", busybox: '%' }, visit);
}

/** touch. All file times are one constant in a layer, so only what is created can be seen. */
export async function touch(call: Call): Promise<Outcome> {
  const { on, operands } = parseOptions('touch', call.args, { flags: 'acm', long: { 'no-create': 'c' } });
  if (operands.length === 0) return wrongCall(call, 'missing file operand');
  return onEach(call, operands, { gnu: "cannot touch '%'", busybox: '%' }, async (path) => {
    if (call.kernel.stat(path) !== undefined) await call.kernel.touch(path);
    else if (path.endsWith('/')) throw new FileProblem('ENOENT', path);
    else if (!on.has('c')) call.kernel.write(path, '');
  });
}
