import { TarDamage, type TarEntry } from '../tar/index.ts';

/**
 * What all layers of one run may make this process remember, whatever their number: facts stay until the proof is done,
 * and V8 aborts where they do not fit. In shared memory, so that threads which read layers count together.
 */
export interface ScanBudget {
  /** Entries, and the directories that they imply. */
  readonly entries: number;
  /** Characters of paths, links, owners and attributes. */
  readonly names: number;
  /** Entries and characters that were taken, in this order. */
  readonly taken: Uint32Array<SharedArrayBuffer>;
}

/** An entry costs about 1.4 kB with its place in the tree, so these fit into V8's heap of 2 GB. */
const ENTRIES = 1_000_000;
const NAMES = 64 << 20;

export function openBudget(limits: { readonly entries?: number; readonly names?: number } = {}): ScanBudget {
  const { entries = ENTRIES, names = NAMES } = limits;
  return { entries, names, taken: new Uint32Array(new SharedArrayBuffer(8)) };
}

/** Takes the part of one layer from the budget, entry by entry. */
export class BudgetShare {
  readonly #budget: ScanBudget;
  #before = '';

  constructor(budget: ScanBudget) {
    this.#budget = budget;
  }

  /** Throws `TarDamage` of kind `limit` where nothing is left. */
  take(entry: TarEntry, newNames: number): void {
    const { entries, names, taken } = this.#budget;
    const count = newParts(this.#before, entry.path) + (entry.type === 'symlink' ? slashes(entry.link) : 0);
    this.#before = entry.path;
    let characters = entry.path.length + entry.link.length + newNames;
    for (const key in entry.xattrs) characters += key.length + entry.xattrs[key]!.length;
    // Compared before it is added: a count that only grows would run over, and begin anew.
    if (Atomics.load(taken, 0) + count > entries) {
      throw new TarDamage('limit', `all layers together have more than ${entries} entries`);
    }
    if (Atomics.load(taken, 1) + characters > names) {
      throw new TarDamage('limit', `names and attributes of all layers together have more than ${names} characters`);
    }
    Atomics.add(taken, 0, count);
    Atomics.add(taken, 1, characters);
  }
}

/** Parts of a path that the path before it does not begin with: each may be a directory that nobody has named. */
function newParts(before: string, path: string): number {
  let same = 0;
  while (same < path.length && path.charCodeAt(same) === before.charCodeAt(same)) same++;
  // The path before it is the directory that this one lies in.
  const from = same === before.length && path[same] === '/' ? same + 1 : same;
  return 1 + slashes(path, from);
}

function slashes(text: string, from = 0): number {
  let count = 0;
  for (let at = text.indexOf('/', from); at >= 0; at = text.indexOf('/', at + 1)) count++;
  return count;
}
