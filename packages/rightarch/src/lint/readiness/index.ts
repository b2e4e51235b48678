import { posix } from 'node:path';
import { formatPlatform, type Platform, samePlatform } from '../../core/index.ts';
import { diagnostic } from '../../messages/index.ts';
import { type LockTool, lockfileKind, readLockfile } from '../lockfiles/index.ts';
import type { Judged } from '../rule.ts';
import { type Install, installsOf } from './installs.ts';
import { judgeLockfile, type ReadinessContext } from './judge.ts';
import type { Libc } from './machine.ts';
import type { Question } from './releases.ts';
import { lineAt } from './tell.ts';

/** What was asked of one lockfile. */
export interface LockfileAnswer {
  readonly file: string;
  readonly tool: LockTool;
  readonly packages: number;
  /** Each with the packages that have no build for it, and those whose build the lockfile has lost. */
  readonly platforms: readonly { readonly platform: Platform; readonly lacking: number }[];
  /** Of which nothing here says where they run. */
  readonly unseen: number;
  /** The C libraries that it was judged for, `usual` where only glibc was, because nothing here speaks of another. */
  readonly libcs: readonly Libc[];
  readonly usual: boolean;
}

export interface Readiness {
  readonly judged: readonly Judged[];
  readonly lockfiles: readonly LockfileAnswer[];
  /** What a registry could tell more about. */
  readonly questions: readonly Question[];
}

/** What stands between the lockfiles of a repository and the platforms that somebody wants. */
export function judgeReadiness(context: ReadinessContext): Readiness {
  const texts = new Map(context.files.map(({ path, text }) => [path, text]));
  const read = (path: string): string | undefined => texts.get(path);
  const judged: Judged[] = [];
  const lockfiles: LockfileAnswer[] = [];
  const questions: Question[] = [];
  for (const { path, text } of context.files) {
    const kind = lockfileKind(path);
    if (kind === undefined) continue;
    const installs = installsOf(path, kind, context.views, (other) => texts.has(other));
    if (installs === undefined || (installs.length === 0 && !context.asked)) continue;
    const platforms = platformsFor(installs, context);
    if (platforms.length === 0) continue;
    const folder = posix.dirname(path);
    const found = readLockfile(path, text, (name) => read(posix.join(folder, name)));
    if ('malformed' in found) {
      const { problem, detail, at } = found.malformed;
      judged.push({ diagnostic: diagnostic('lockfile/malformed', { problem, detail }, lineAt(path, at)) });
      continue;
    }
    const { lockfile } = found;
    if (lockfile.packages.length === 0) continue;
    const one = judgeLockfile(lockfile, { ...context, installs, platforms, read, folder });
    judged.push(...one.judged);
    questions.push(...one.questions);
    lockfiles.push({
      file: path,
      tool: lockfile.tool,
      packages: lockfile.packages.length,
      unseen: one.unseen,
      libcs: one.libcs,
      usual: one.usual,
      platforms: platforms.map((platform) => ({ platform, lacking: one.lacking.get(formatPlatform(platform)) ?? 0 })),
    });
  }
  return { judged, lockfiles, questions: unique(questions) };
}

const unique = (questions: readonly Question[]): readonly Question[] => [
  ...new Map(questions.map((one) => [`${one.registry} ${one.name} ${one.version ?? ''}`, one])).values(),
];

/** Of Dockerfiles what they are built for; where nobody says it, nothing is asked. */
function platformsFor(installs: readonly Install[], { wantedOf, asked }: ReadinessContext): readonly Platform[] {
  const names = asked ? [undefined] : [...new Set(installs.map(({ dockerfile }) => dockerfile))];
  const found: Platform[] = [];
  for (const { platform, because } of names.flatMap(wantedOf))
    if (because !== 'assumed' && platform.os === 'linux' && !found.some((one) => samePlatform(one, platform)))
      found.push(platform);
  return found;
}
