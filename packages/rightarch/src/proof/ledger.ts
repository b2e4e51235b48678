import type { Diagnostic } from '../core/index.ts';
import { type ArgsOf, type CodeId, diagnostic, type Remark, remark } from '../messages/index.ts';
import type { Resolution, TreeNode } from '../scan/index.ts';
import { capitalOf, type Errno, TEXTS } from './errno.ts';
import type { Words } from './launchers.ts';
import type { Libc } from './libraries.ts';
import type { Obligation, Start } from './types.ts';
import { type Identity, type Permission, permits } from './user.ts';
import { placeOf, type View } from './view.ts';

/** Who executes: the container runtime itself, a shell, or a launcher of a known or unknown libc. */
export interface Caller {
  readonly kind: 'runtime' | 'shell' | 'execvp';
  readonly name: string;
  /** The base name of the caller's own file: what a shell prints depends on which it is. */
  readonly file?: string;
  readonly libc?: Libc;
  /** `env` of a `#!` line: what it finds is still the script's interpreter. */
  readonly interprets?: boolean;
  /** Its own words, where it has some. */
  readonly says?: Words;
}

/** Thrown inside a walk only: it has its answer. */
export class Stop extends Error {
  readonly outcome: 'refuted' | 'undecided';
  constructor(outcome: 'refuted' | 'undecided') {
    super(outcome);
    this.outcome = outcome;
  }
}

/** What a walk has seen so far, and how it ends: the lifetime of one proof of a start. */
export class Ledger {
  readonly view: View;
  readonly start: Start;
  readonly obligations: Obligation[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly files = new Set<string>();
  identity: Identity = { uid: 0, gids: [0], name: 'root' };
  needs: string | Remark | undefined;

  constructor(view: View, start: Start) {
    this.view = view;
    this.start = start;
  }

  /** Whether the user may execute a file: its own bit, and that of every directory on the way. */
  allowed({ node, searched }: Extract<Resolution, { found: true }>): Permission {
    let open: Permission = permits(node, this.identity, 'x');
    for (const directory of searched) {
      const may = permits(directory, this.identity, 'x');
      if (may === false) return false;
      if (may !== true && open === true) open = may;
    }
    return open;
  }

  note(
    step: Obligation['step'],
    subject: string,
    seen: string | Remark,
    node: TreeNode | undefined,
    holds: boolean | 'unknown' = true,
  ): void {
    const layer = node !== undefined && node.layer > 0 ? { layer: node.layer } : {};
    this.obligations.push({ step, holds, subject, evidence: seen, ...layer });
  }

  refute<Id extends CodeId>(
    id: Id,
    args: ArgsOf<Id>,
    path: string,
    node: TreeNode | undefined,
    step: Obligation['step'],
    seen?: string,
  ): never {
    this.diagnostics.push(diagnostic(id, args, placeOf(this.view, path, node)));
    const said = (args as { readonly prints?: string }).prints ?? '';
    this.note(step, path, seen ?? said, node, false);
    throw new Stop('refuted');
  }

  undecided(path: string, needs: string, node?: TreeNode, seen?: string): never {
    this.diagnostics.push(diagnostic('proof/start-undecided', { path, needs }, placeOf(this.view, path, node)));
    this.note('exec', path, seen ?? remark('word', { word: needs }), node, 'unknown');
    this.needs = remark('start', { word: needs, path });
    throw new Stop('undecided');
  }
}

export function evidence(through: readonly string[], text: string): string {
  return through.length === 0 ? text : `${through.join(', ')}: ${text}`;
}

/** The line that is printed, in the words of who executes: `exec /app: exec format error`. */
export function prefix(caller: Caller, called: string, errno: Errno): string {
  if (caller.says !== undefined) return caller.says(called, errno);
  const capital = capitalOf(errno);
  if (caller.kind === 'runtime') return `exec ${called}: ${TEXTS[errno]}`;
  if (caller.kind === 'shell') {
    const isBash = caller.file === 'bash';
    // dash and busybox say so of every name that leads nowhere, bash of a bare one only.
    if (errno === 'ENOENT' && isBash) return `${called}: ${called.includes('/') ? capital : 'command not found'}`;
    if (errno === 'ENOENT') return `${caller.name}: ${called}: not found`;
    // busybox reads what the kernel refuses as a script of its own, whatever it is.
    if (errno === 'ENOEXEC' && caller.file === 'busybox') return `${called}: line 1: …`;
  }
  return `${caller.name}: ${called}: ${capital}`;
}
