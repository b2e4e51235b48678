import { posix } from 'node:path';
import { isObject } from '../../core/index.ts';
import { removeTree } from '../run/commands/remove.ts';
import type { Kernel } from '../run/kernel.ts';
import { refuse } from '../run/refusal.ts';
import type { PackedPackage } from './package-store.ts';

/** Makes a directory and those above it, as `mkdir -p` with the umask does. */
export function ensureDirectory(kernel: Kernel, path: string): void {
  const there = kernel.stat(path);
  if (there?.type === 'directory') return;
  const above = posix.dirname(path);
  if (above !== path) ensureDirectory(kernel, above);
  kernel.mkdir(path);
}

/** Puts the files of a package under a directory of the image. Modes are those of the tarball, opened up to the umask. */
export function placePackage(kernel: Kernel, directory: string, packed: PackedPackage): void {
  ensureDirectory(kernel, directory);
  const made = new Set([directory]);
  const parent = (path: string): void => {
    if (made.has(path)) return;
    ensureDirectory(kernel, path);
    made.add(path);
  };
  for (const file of packed.files) {
    const path = `${directory}/${file.path}`;
    parent(posix.dirname(path));
    // What a kernel leaves of these bits for anybody but root depends on the writes.
    if (kernel.who.uid !== 0 && (file.mode & 0o6000) !== 0)
      refuse('npm/package-malformed', {
        package: directory,
        problem: `${file.path} has mode ${file.mode.toString(8)}`,
      });
    kernel.write(path, packed.content(file), file.mode & ~kernel.umask);
  }
}

/** The `bin` of a package as npm-normalize-package-bin cleans it: names without folders, targets inside the package. */
export function normalizedBins(name: string, bin: unknown): Map<string, string> {
  const raw: Record<string, unknown> =
    typeof bin === 'string'
      ? { [name]: bin }
      : Array.isArray(bin)
        ? Object.fromEntries(bin.filter((b) => typeof b === 'string').map((b: string) => [posix.basename(b), b]))
        : isObject(bin)
          ? bin
          : {};
  const clean = new Map<string, string>();
  for (const [key, value] of Object.entries(raw)) {
    const base = posix.join('/', posix.basename(key.replace(/[\\:]/g, '/'))).slice(1);
    if (typeof value !== 'string' || base === '') continue;
    const target = posix.join('/', value.replace(/\\/g, '/')).slice(1);
    if (target !== '') clean.set(base, target);
  }
  return clean;
}

/**
 * Links the programs of one package into the `.bin` beside it (bin-links: link-gently.js, fix-bin.js). The first that
 * claims a name keeps it. The target becomes executable and loses the carriage return of a Windows `#!` line.
 */
export async function linkBins(
  kernel: Kernel,
  options: {
    readonly directory: string;
    readonly binDirectory: string;
    readonly bins: ReadonlyMap<string, string>;
    readonly seen: Set<string>;
  },
): Promise<void> {
  for (const [name, target] of options.bins) {
    const to = `${options.binDirectory}/${name}`;
    if (options.seen.has(to)) continue;
    options.seen.add(to);
    const from = `${options.directory}/${target}`;
    if (kernel.stat(from, { follow: false }) === undefined) continue;
    ensureDirectory(kernel, options.binDirectory);
    const there = kernel.stat(to, { follow: false });
    if (there !== undefined) {
      if (there.type === 'directory') removeTree(kernel, to);
      else kernel.unlink(to);
    }
    kernel.symlink(posix.relative(posix.dirname(to), from), to);
    const file = kernel.stat(from);
    if (file === undefined) continue;
    kernel.chmod(from, 0o777 & ~kernel.umask);
    if (file.type !== 'directory' && file.size > 0) await fixLineEnd(kernel, from, file.size);
  }
}

/** Gives the programs of a package that are there the right to be executed. */
export function makeExecutable(kernel: Kernel, directory: string, bins: ReadonlyMap<string, string>): void {
  for (const target of bins.values()) {
    const path = `${directory}/${target}`;
    const file = kernel.stat(path, { follow: false });
    if (file?.type === 'file') kernel.chmod(path, file.mode | 0o111);
  }
}

const SHEBANG_WINDOW = 2048;
const SCRIPT_LIMIT = 16 * 1024 * 1024;

async function fixLineEnd(kernel: Kernel, path: string, size: number): Promise<void> {
  const head: Buffer[] = [];
  let length = 0;
  for await (const chunk of (await kernel.content(path)).open()) {
    head.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= SHEBANG_WINDOW) break;
  }
  const start = Buffer.concat(head).subarray(0, SHEBANG_WINDOW).toString();
  if (!/^#![^\n]+\r\n/.test(start) || size > SCRIPT_LIMIT) return;
  const text = Buffer.from(await kernel.read(path, SCRIPT_LIMIT)).toString('utf8');
  kernel.write(path, text.replace(/^(#![^\n]+)\r\n/, '$1\n'));
}
