import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit, type GitOptions } from './git.ts';
import type { TagFacts } from './types.ts';

const VERSION = /^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/;

/** semver.org section 11 for releases without pre-release part: numbers, left to right. */
function compareStable(one: string, other: string): number {
  const a = one.split('.').map(BigInt);
  const b = other.split('.').map(BigInt);
  for (let i = 0; i < 3; i++) {
    const [x, y] = [a[i] ?? 0n, b[i] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** The highest stable release among names of tags. */
export function highestStable(tags: readonly string[]): string | undefined {
  const stable = tags
    .flatMap((tag) => VERSION.exec(tag)?.[1] ?? [])
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version));
  return stable.sort(compareStable).at(-1);
}

async function packageVersion(directory: string): Promise<string | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
    const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined;
    return typeof version === 'string' ? VERSION.exec(version)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The facts that tags are made of. No git and no repository are answers, not failures. The version is that of the
 * highest version tag on HEAD, else of package.json; it is the latest where no stable tag is higher.
 */
export async function readGitFacts(directory: string, timeMs: number, options: GitOptions): Promise<TagFacts> {
  const git = async (...args: string[]) => (await askGit(directory, args, options))?.trim();
  const tags = ['for-each-ref', '--format=%(refname:strip=2)'];
  const [commit, branch, here, all] = await Promise.all([
    git('rev-parse', '--verify', 'HEAD'),
    git('symbolic-ref', '--short', '-q', 'HEAD'),
    git(...tags, '--points-at=HEAD', 'refs/tags'),
    git(...tags, 'refs/tags'),
  ]);
  const tagsHere = (here ?? '').split('\n');
  const tagged = highestStable(tagsHere) ?? tagsHere.flatMap((tag) => VERSION.exec(tag)?.[1] ?? [])[0];
  const version = tagged ?? (await packageVersion(directory));
  const stable = version !== undefined && /^\d+\.\d+\.\d+$/.test(version);
  const highest = highestStable((all ?? '').split('\n'));
  return {
    timeMs,
    ...(commit !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit) ? { commit } : {}),
    ...(branch ? { branch } : {}),
    ...(version !== undefined ? { version } : {}),
    isLatest: stable && (highest === undefined || compareStable(version, highest) >= 0),
  };
}
