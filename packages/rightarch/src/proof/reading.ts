import type { Resolution, TreeNode } from '../scan/index.ts';
import type { Ledger } from './ledger.ts';
import type { Told } from './program-file.ts';
import { printsClosed, SeenTree } from './seen-tree.ts';
import { permits } from './user.ts';
import type { View } from './view.ts';

/** The program that opens a file, and what it prints where it may not. */
export interface Reader {
  readonly runtime: string;
  readonly prints: string;
}

type Found = Extract<Resolution, { found: true }>;

export const octal = (node: TreeNode): string => node.entry.mode.toString(8).padStart(4, '0');

/** Set-uid, or with capabilities: a program that may read what its user may not. */
function mayMore({ view }: Ledger, program: string): boolean {
  const own = view.tree.resolve(program);
  if (!own.found) return true;
  const { mode, xattrs = {} } = own.node.entry;
  return (mode & 0o6000) !== 0 || Object.hasOwn(xattrs, 'security.capability');
}

/** The image as the user sees it; what nobody can tell whether he may see is there. */
export function seenBy({ view, identity }: Ledger): View {
  return identity.uid === 0 ? view : { ...view, tree: new SeenTree(view.tree, identity, true) };
}

/** Whether the user may read a file; where no reader is named it is a script, which its own interpreter opens. */
export function readable(ledger: Ledger, path: string, node: TreeNode, by?: Reader): void {
  const may = permits(node, ledger.identity, 'r');
  if (typeof may === 'string') ledger.undecided(path, may, node);
  if (may) return;
  const prints = by?.prints ?? `${path}: Permission denied`;
  const args = { ...by, path, mode: octal(node), user: ledger.identity.name, prints };
  ledger.refute('proof/not-readable', args, path, node, 'interpreter');
}

/** Whether the user comes to a file at all. */
export function entered(ledger: Ledger, { searched }: Found, by: Reader): void {
  if (mayMore(ledger, by.runtime)) return;
  for (const node of searched) {
    const may = permits(node, ledger.identity, 'x');
    if (may === true) continue;
    const path = `/${node.entry.path}`;
    if (may !== false) ledger.undecided(path, may, node);
    const args = { ...by, path, mode: octal(node), user: ledger.identity.name, isDirectory: true as const };
    ledger.refute('proof/not-readable', args, path, node, 'interpreter');
  }
}

/** Whether the user may read the file that a program opens, where he comes to it. */
export function opened(ledger: Ledger, found: Resolution, by: Reader): void {
  if (!found.found || found.node.entry.type !== 'file' || mayMore(ledger, by.runtime)) return;
  if (found.searched.some((directory) => permits(directory, ledger.identity, 'x') !== true)) return;
  readable(ledger, found.path, found.node, by);
}

/** What is told to run is in the image, and where the user looks for it he may not search or read. */
export function foundByUser(ledger: Ledger, runtime: string, told: (view: View) => Told): void {
  const { view, identity } = ledger;
  if (identity.uid === 0 || mayMore(ledger, runtime)) return;
  for (const isSure of [true, false]) {
    const tree = new SeenTree(view.tree, identity, isSure);
    const missing = told({ ...view, tree });
    if (missing === undefined || !('looked' in missing)) continue;
    const closed = tree.closedOn(missing.looked);
    if (closed === undefined) continue;
    const { path, node, may } = closed;
    if (may !== false) ledger.undecided(path, may, node);
    const prints = printsClosed(missing.prints, closed);
    const args = { runtime, path, mode: octal(node), user: identity.name, prints };
    const found = { ...args, ...(node.children === undefined ? {} : { isDirectory: true as const }) };
    ledger.refute('proof/not-readable', found, path, node, 'interpreter');
  }
}
