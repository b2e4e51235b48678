import type { ArgsOf } from '../../messages/index.ts';
import type { TextEdit } from '../fixes.ts';

/** What a stage is, as far as it may be made on the builder's CPU. */
export type RewriteKind = 'neutral' | 'go' | 'cargo' | 'npm' | 'pnpm' | 'yarn' | 'python';

/** One stage that the builder's CPU may make as well, or a part of one: not more than a proposal, until two builds were compared. */
export interface StageRewrite {
  /** The stages that one FROM decides about: itself first, then those that are built on it. */
  readonly stages: readonly number[];
  readonly name: string;
  readonly line: number;
  readonly kinds: readonly RewriteKind[];
  /** Names of new stages, written directly before this one: what it took over itself before is copied from them. */
  readonly adds: readonly string[];
  readonly edits: readonly TextEdit[];
}

/**
 * Why a stage stays as it is: it is what the image consists of (`image`), or what that is built on (`below-image`); it links
 * with C libraries (`cgo`), starts what it made (`runs-output`), tests on the CPU (`tests`), both gives packages away and runs
 * them (`used-there`); a package manager or compiler that is not told another CPU here (cargo is in Debian's official images); a download for the CPU that it runs
 * on; a command that cannot be edited where it stands. Of an install in the image itself: it shares its RUN with something
 * else (`mixed`), or where it writes is not known (`places`).
 */
export type Obstacle = ArgsOf<'plan/stage-not-rewritten'>['why'];

/** A stage that runs programs of the target's CPU, and that nobody here can rewrite. */
export interface StageLeft {
  readonly stage: number;
  readonly name: string;
  readonly why: Obstacle;
  /** The line that decided, as far as one did. */
  readonly line: number;
  readonly command: string;
}

export interface Rewrites {
  readonly proposed: readonly StageRewrite[];
  readonly left: readonly StageLeft[];
}
