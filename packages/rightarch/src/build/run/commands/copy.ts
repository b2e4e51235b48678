import { FileProblem } from '../../stage-files.ts';
import { absolute, type Stat } from '../kernel.ts';
import { refuse } from '../refusal.ts';
import type { Outcome } from '../types.ts';
import { groupId, parseOwner } from './attributes.ts';
import { baseName, type Call, Complaint, onEach, parseOptions, under, wrongCall } from './command.ts';
import { makeDirectories } from './directories.ts';
import { parseMode } from './mode.ts';

interface CopyRules {
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly follow: boolean;
  readonly force: boolean;
}

/** Where each source goes: into a directory under its own name, or under the name that was given. */
function destinations(
  call: Call,
  operands: readonly string[],
  options: { readonly directory?: string | undefined; readonly plain: boolean },
): readonly (readonly [from: string, to: string])[] | string {
  if (options.directory !== undefined) {
    const into = options.directory;
    return operands.map((from) => [from, under(into, baseName(from))]);
  }
  const last = operands.at(-1)!;
  const sources = operands.slice(0, -1);
  if (sources.length === 0) return `missing destination file operand after '${last}'`;
  const there = call.kernel.stat(absolute(last, call.cwd));
  if (there?.type === 'directory' && !options.plain) return sources.map((from) => [from, under(last, baseName(from))]);
  if (sources.length > 1) return `target '${last}' is not a directory`;
  if (last.endsWith('/') && there === undefined) refuse('run/not-computable', { what: `${call.name} … ${last}` });
  return [[sources[0]!, last]];
}

/** cp of GNU coreutils and of busybox, which agree on these flags. */
export async function cp(call: Call): Promise<Outcome> {
  const { on, values, operands } = parseOptions('cp', call.args, {
    flags: 'rRapfdPLT',
    values: 't',
    long: {
      recursive: 'r',
      archive: 'a',
      force: 'f',
      'no-dereference': 'P',
      dereference: 'L',
      'no-target-directory': 'T',
      'target-directory': 't',
    },
  });
  if (operands.length === 0) return wrongCall(call, 'missing file operand');
  const recursive = on.has('r') || on.has('R') || on.has('a');
  const rules: CopyRules = {
    recursive,
    preserve: on.has('p') || on.has('a'),
    follow: on.has('L') || !(recursive || on.has('P') || on.has('d')),
    force: on.has('f'),
  };
  const pairs = destinations(call, operands, { directory: values.get('t'), plain: on.has('T') });
  if (typeof pairs === 'string') return wrongCall(call, pairs);
  return onPairs(call, pairs, { gnu: "cannot copy '%'", busybox: "can't stat '%'" }, (from, to, shown) =>
    copyOne(call, { from, to, shown, rules }),
  );
}

async function onPairs(
  call: Call,
  pairs: readonly (readonly [string, string])[],
  complaint: { readonly gnu: string; readonly busybox: string },
  act: (from: string, to: string, shown: string) => Promise<void> | void,
): Promise<Outcome> {
  let err = '';
  for (const [from, to] of pairs) {
    const outcome = await onEach(call, [from], complaint, (path) => act(path, absolute(to, call.cwd), from));
    err += outcome.err;
  }
  return { status: err === '' ? 0 : 1, out: '', err };
}

async function copyOne(
  call: Call,
  copy: { readonly from: string; readonly to: string; readonly shown: string; readonly rules: CopyRules },
): Promise<void> {
  const { kernel } = call;
  const { from, to, shown, rules } = copy;
  const source = kernel.need(from, { follow: rules.follow || from.endsWith('/') });
  if (source.type === 'directory') {
    if (!rules.recursive) throw new Complaint(`-r not specified; omitting directory '${shown}'`);
    if (`${to}/`.startsWith(`${source.path}/`)) refuse('run/not-computable', { what: `cp ${shown}` });
    await copyDirectory(call, source, copy);
    return;
  }
  const there = kernel.stat(to, { follow: false });
  if (there?.type === 'directory')
    throw new Complaint(`cannot overwrite directory '${to}' with non-directory '${shown}'`);
  if (there !== undefined && kernel.stat(to)?.path === source.path)
    throw new Complaint(`'${shown}' and '${to}' are the same file`);
  refuseXattrs(call, source, rules);
  if (source.type === 'symlink') {
    if (there !== undefined) kernel.unlink(to);
    kernel.symlink(source.link, to);
    if (rules.preserve) preserveOwner(call, source, to);
    return;
  }
  if (there?.type === 'symlink' && kernel.stat(to) === undefined)
    throw new Complaint(`not writing through dangling symlink '${to}'`);
  const content = await kernel.content(from);
  try {
    kernel.write(to, content, source.mode & 0o777 & ~kernel.umask);
  } catch (problem) {
    if (!(rules.force && there !== undefined && problem instanceof FileProblem && problem.errno === 'EACCES'))
      throw problem;
    kernel.unlink(to);
    kernel.write(to, content, source.mode & 0o777 & ~kernel.umask);
  }
  if (rules.preserve) {
    preserveOwner(call, source, to);
    kernel.chmod(to, preservedMode(call, source));
  }
}

async function copyDirectory(
  call: Call,
  source: Stat,
  copy: { readonly to: string; readonly shown: string; readonly rules: CopyRules },
): Promise<void> {
  const { kernel } = call;
  const { to, shown, rules } = copy;
  refuseXattrs(call, source, rules);
  if (!rules.preserve && source.mode & 0o7000) refuse('run/not-computable', { what: `cp ${shown}` });
  const there = kernel.stat(to);
  if (there !== undefined && there.type !== 'directory')
    throw new Complaint(`cannot overwrite non-directory '${to}' with directory '${shown}'`);
  const made = there === undefined;
  if (made) kernel.mkdir(to.replace(/\/+$/, ''), 0o700);
  for (const name of kernel.list(source.path)) {
    await copyOne(call, { from: under(source.path, name), to: under(to, name), shown: under(shown, name), rules });
  }
  if (rules.preserve) {
    preserveOwner(call, source, to);
    kernel.chmod(to, preservedMode(call, source));
  } else if (made) kernel.chmod(to, source.mode & 0o777 & ~kernel.umask);
}

/** cp -p by anybody but root keeps its own ids, silently, and drops set-user-ID and set-group-ID. */
function preservedMode(call: Call, source: Stat): number {
  const { uid } = call.kernel.who;
  return uid === 0 || uid === source.uid ? source.mode : source.mode & ~0o6000;
}

function preserveOwner(call: Call, source: Stat, to: string): void {
  if (call.kernel.who.uid === 0) call.kernel.chown(to, { uid: source.uid, gid: source.gid }, { follow: false });
}

function refuseXattrs(call: Call, source: Stat, rules: CopyRules): void {
  if (!rules.preserve) return;
  const found = call.kernel.files.tree.resolve(source.path, { followLast: false });
  if (found.found && Object.keys(found.node.entry.xattrs ?? {}).length > 0)
    refuse('run/not-computable', { what: `cp -p ${source.path} (extended attributes)` });
}

/** mv: rename where it can; content, mode and owner stay. */
export async function mv(call: Call): Promise<Outcome> {
  const { on, values, operands } = parseOptions('mv', call.args, {
    flags: 'fT',
    values: 't',
    long: { force: 'f', 'no-target-directory': 'T', 'target-directory': 't' },
  });
  if (operands.length === 0) return wrongCall(call, 'missing file operand');
  const pairs = destinations(call, operands, { directory: values.get('t'), plain: on.has('T') });
  if (typeof pairs === 'string') return wrongCall(call, pairs);
  return onPairs(call, pairs, { gnu: "cannot move '%'", busybox: "can't rename '%'" }, (from, to, shown) => {
    const cut = from.replace(/\/+$/, '');
    const source = call.kernel.need(cut, { follow: false });
    const there = call.kernel.stat(to, { follow: false });
    if (there?.type === 'directory' && source.type !== 'directory')
      throw new Complaint(`cannot overwrite directory '${to}' with non-directory '${shown}'`);
    if (there !== undefined && there.type !== 'directory' && source.type === 'directory')
      throw new Complaint(`cannot overwrite non-directory '${to}' with directory '${shown}'`);
    if (there?.path === source.path) throw new Complaint(`'${shown}' and '${to}' are the same file`);
    call.kernel.rename(cut, to);
  });
}

/** install: directories with -d, else copies that are executable unless -m says otherwise. */
export async function install(call: Call): Promise<Outcome> {
  const { on, values, operands } = parseOptions('install', call.args, {
    flags: 'dDT',
    values: 'mogt',
    long: { directory: 'd', mode: 'm', owner: 'o', group: 'g', 'target-directory': 't' },
  });
  if (operands.length === 0) return wrongCall(call, 'missing file operand');
  const text = values.get('m') ?? '755';
  const change = parseMode(text, { umask: 0, keepsDirectoryBits: false, command: 'install' });
  if (change === undefined) return wrongCall(call, `invalid mode '${text}'`);
  const mode = change.apply(0, on.has('d'));
  const owner: { uid?: number; gid?: number } = {};
  const user = values.get('o');
  if (user !== undefined) {
    const found = await parseOwner(call, user);
    if (typeof found === 'string') return wrongCall(call, found);
    Object.assign(owner, found);
  }
  const group = values.get('g');
  if (group !== undefined) {
    const gid = await groupId(call, group);
    if (typeof gid === 'string') return wrongCall(call, gid);
    owner.gid = gid;
  }
  const finish = (path: string): void => {
    if (owner.uid !== undefined || owner.gid !== undefined) call.kernel.chown(path, owner);
    call.kernel.chmod(path, mode);
  };
  if (on.has('d')) {
    // An existing directory that belongs to somebody else is where makers differ.
    return onEach(
      call,
      operands,
      { gnu: "cannot create directory '%'", busybox: "can't create directory '%'" },
      (path) => {
        makeDirectories(call, path, { parents: true });
        finish(path);
      },
    );
  }
  if (on.has('D') && (values.has('t') || operands.length !== 2))
    refuse('run/option-unknown', { command: 'install', option: '-D' });
  if (on.has('D')) {
    const to = absolute(operands[1]!, call.cwd);
    makeDirectories(call, to.slice(0, to.lastIndexOf('/')) || '/', { parents: true });
  }
  const pairs = destinations(call, operands, { directory: values.get('t'), plain: on.has('T') });
  if (typeof pairs === 'string') return wrongCall(call, pairs);
  return onPairs(call, pairs, { gnu: "cannot install '%'", busybox: "can't stat '%'" }, async (from, to, shown) => {
    const source = call.kernel.need(from);
    if (source.type === 'directory') throw new Complaint(`omitting directory '${shown}'`);
    const content = await call.kernel.content(from);
    if (call.kernel.stat(to, { follow: false }) !== undefined) call.kernel.unlink(to);
    call.kernel.write(to, content, 0o600);
    finish(to);
  });
}
