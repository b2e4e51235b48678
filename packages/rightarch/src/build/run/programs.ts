import { createHash } from 'node:crypto';
import { FileProblem } from '../stage-files.ts';
import type { Maker } from './commands/command.ts';
import { absolute, type Kernel } from './kernel.ts';
import { refuse } from './refusal.ts';

/** The file that execve would start for a path, links followed; 127 where there is none, 126 where it may not be started. */
export function executable(kernel: Kernel, path: string): string | 126 | 127 {
  const at = kernel.stat(path);
  if (at === undefined) return 127;
  if (at.type === 'directory' || !kernel.mayAccess(path, { execute: true })) return 126;
  return at.path;
}

/** What a shell starts for a word: along PATH, first match that is a file it may execute. */
export function lookUp(
  kernel: Kernel,
  name: string,
  options: { readonly path: string | undefined; readonly cwd: string },
): { readonly named: string; readonly file: string } | 126 | 127 {
  if (name.includes('/')) {
    const named = absolute(name, options.cwd);
    const file = executable(kernel, named);
    return typeof file === 'number' ? file : { named, file };
  }
  // What a shell takes for PATH where there is none differs by shell.
  if (options.path === undefined) return refuse('run/not-computable', { what: 'PATH' });
  let worst: 126 | 127 = 127;
  for (const directory of options.path.split(':')) {
    const named = `${absolute(directory === '' ? '.' : directory, options.cwd)}/${name}`;
    const file = executable(kernel, named);
    if (typeof file !== 'number') return { named, file };
    if (file === 126 && kernel.stat(named)?.type !== 'directory') worst = 126;
  }
  return worst;
}

/** Suites that are told apart; the scripts of Debian's adduser are known one release at a time, by their digest. */
type Suite = Maker | 'shadow' | 'debian-adduser';

/** /usr/sbin/adduser of 3.134, which bookworm has. */
const ADDUSER = 'ad8ec15dc661b2ccb236584721c8395a0dd910151d486b0c1440b715ba1beb70';

const known = new WeakMap<Kernel['files'], Map<string, Suite | undefined>>();

/** Who made a program, by the words in its file: the file's name proves nothing. */
export async function makerOf(kernel: Kernel, file: string): Promise<Suite | undefined> {
  const cache = known.get(kernel.files) ?? new Map<string, Suite | undefined>();
  known.set(kernel.files, cache);
  const entry = kernel.files.tree.resolve(file);
  const key = entry.found ? `${entry.path} ${entry.node.layer} ${entry.node.entry.size}` : file;
  if (cache.has(key)) return cache.get(key);
  let maker: Suite | undefined;
  try {
    const bytes = await kernel.files.readFile(file, { limit: 8 * 1024 * 1024 });
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (text.readUInt32BE(0) !== 0x7f454c46)
      maker = createHash('sha256').update(text).digest('hex') === ADDUSER ? 'debian-adduser' : undefined;
    else if (text.includes('BusyBox v')) maker = 'busybox';
    // Also in translations of other suites, but those name themselves as well.
    else if (text.includes('GNU coreutils') && !text.includes('uutils')) maker = 'gnu';
    else if (text.includes('/etc/gshadow') && /libshadow|\/etc\/default\/useradd/.test(text.toString('latin1')))
      maker = 'shadow';
  } catch (problem) {
    if (!(problem instanceof FileProblem || problem instanceof RangeError)) throw problem;
  }
  cache.set(key, maker);
  return maker;
}
