import type { Diagnostic } from '../core/index.ts';
import type { Remark } from '../messages/index.ts';
import type { TreeNode } from '../scan/index.ts';

/** What one file that should hold code for the declared platform came to, where that is not «match». */
export interface Judgement {
  readonly verdict: 'refuted' | 'undecided';
  /** Absolute, links followed. */
  readonly path: string;
  readonly node: TreeNode;
  /** What was found instead: `x86-64 (e_machine 62)`. */
  readonly evidence: string | Remark;
  readonly diagnostic: Diagnostic;
  readonly witness?: string;
  readonly needs?: string | Remark;
}
