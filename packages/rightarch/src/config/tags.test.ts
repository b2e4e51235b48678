import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatReference } from '../core/index.ts';
import { inWords } from '../messages/index.ts';
import { highestStable, readGitFacts } from './git-facts.ts';
import { parseProject } from './project.ts';
import { resolveProject } from './resolve.ts';
import { expandAllTags, expandTags } from './tags.ts';
import type { ProjectImage, TagFacts } from './types.ts';

const facts: TagFacts = {
  commit: '0123456789abcdef0123456789abcdef01234567',
  branch: 'feature/ship it',
  timeMs: Date.UTC(2026, 10, 22, 20, 5, 9),
  version: '1.8.3',
  isLatest: true,
};

function images(yaml: string): readonly ProjectImage[] {
  const parsed = parseProject(yaml, '/p/rightarch.yaml');
  const project = parsed.ok ? resolveProject(parsed.value) : parsed;
  if (!project.ok) throw new Error(project.problems.map((one) => one.code).join(' '));
  return project.value.images;
}

function image(tags: string, more = ''): ProjectImage {
  return images(`images: { app: { repository: x.io/app, tags: ${tags}${more} } }`)[0]!;
}

function tags(list: string, given = facts): readonly string[] {
  const expanded = expandTags(image(list), given);
  if (expanded.ok) return expanded.value.references.map((one) => one.tag ?? '');
  for (const one of expanded.problems) for (const language of ['en', 'ja', 'ko'] as const) inWords(one, language);
  return expanded.problems.map((one) => `${one.code} ${String(one.args['why'] ?? '')}`.trim());
}

describe('expandTags', () => {
  it.each<[string, readonly string[]]>([
    ['["{sha}", "{commit}"]', ['0123456', '0123456789abcdef0123456789abcdef01234567']],
    ['"{time}"', ['20261122-200509']],
    ['"{time:Asia/Tokyo}"', ['20261123-050509']],
    ['"{time:Mars/Olympus}"', ['config/variable-empty zone']],
    ['["{version}", "{minor}", "{major}", "{latest}"]', ['1.8.3', '1.8', '1', 'latest']],
    ['"{branch}"', ['feature-ship-it']],
    ['"v{version}-{image}"', ['v1.8.3-app']],
    ['[latest, latest]', ['latest']],
    ['"{arch}"', ['config/variable-empty child']],
    ['"a b"', ['config/tag-malformed']],
    ['"-{sha}"', ['config/tag-malformed']],
    ['"a/{sha}"', ['config/tag-malformed']],
  ])('%s', (list, expected) => expect(tags(list)).toEqual(expected));

  it('leaves out what is not meant for this release', () => {
    const list = '["{version}", "{minor}", "{major}", "{latest}"]';
    expect(tags(list, { ...facts, version: '2.0.0-rc.1', isLatest: false })).toEqual(['2.0.0-rc.1']);
    expect(tags(list, { ...facts, version: '1.7.9', isLatest: false })).toEqual(['1.7.9', '1.7', '1']);
    expect(tags('"{version}"', { ...facts, version: '1.0.0+build.5' })).toEqual(['1.0.0']);
  });

  it('refuses a variable without a fact', () => {
    const none: TagFacts = { timeMs: 0, isLatest: false };
    expect(['"{sha}"', '"{branch}"', '"{version}"', '"{major}"'].map((list) => tags(list, none)[0])).toEqual([
      'config/variable-empty git',
      'config/variable-empty git',
      'config/variable-empty version',
      'config/variable-empty version',
    ]);
  });

  it('makes the tags of single platforms', () => {
    const app = image('latest', ', platforms: [amd64, arm64, arm/v7], child-tags: ["{sha}-{arch}", "{platform}"]');
    const expanded = expandTags(app, facts);
    expect(expanded.ok && expanded.value.children.map((one) => formatReference(one.reference))).toEqual([
      'x.io/app:0123456-amd64',
      'x.io/app:linux-amd64',
      'x.io/app:0123456-armv7',
      'x.io/app:linux-arm-v7',
      'x.io/app:0123456-arm64',
      'x.io/app:linux-arm64',
    ]);
  });

  it('refuses one tag for two platforms, or for a platform and the whole', () => {
    const codes = (more: string) => {
      const expanded = expandTags(image('latest', more), facts);
      return expanded.ok ? [] : expanded.problems.map((one) => one.code);
    };
    expect(codes(', platforms: [amd64, arm64], child-tags: ["{sha}"]')).toEqual(['config/tag-shared']);
    expect(codes(', platforms: [amd64], child-tags: [latest]')).toEqual(['config/tag-shared']);
  });
});

it('refuses two images that push the same tag', () => {
  const two = 'defaults: { repository: x.io/app, tags: [latest] }\nimages: { a: , b: }';
  const shared = expandAllTags(images(two), facts);
  expect(!shared.ok && shared.problems.map((one) => inWords(one, 'en').message)).toEqual([
    '`x.io/app:latest` would be pushed by `a` and by `b`',
  ]);
  const apart = expandAllTags(images(two.replace('x.io/app', '"x.io/{image}"')), facts);
  expect(apart.ok && [...apart.value.keys()]).toEqual(['a', 'b']);
});

it('knows the highest stable release', () => {
  expect(highestStable(['v1.9.0', 'v1.10.0', 'v2.0.0-rc.1', 'nightly', '1.2'])).toBe('1.10.0');
  expect(highestStable(['v1.0.0-alpha', ''])).toBeUndefined();
});

describe('readGitFacts', () => {
  let directory = '';
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: directory,
        stdio: 'pipe',
        env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
      },
    ).toString();
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'rightarch-git-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('answers without a repository, with one, and on a tag', async () => {
    expect(await readGitFacts(directory, 5, { environment: process.env })).toEqual({ timeMs: 5, isLatest: false });
    writeFileSync(join(directory, 'package.json'), '{"version":"0.9.0"}');
    expect(await readGitFacts(directory, 5, { environment: process.env })).toEqual({
      timeMs: 5,
      version: '0.9.0',
      isLatest: true,
    });
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    git('tag', 'v1.10.0');
    const first = git('rev-parse', 'HEAD').trim();
    expect(await readGitFacts(directory, 5, { environment: process.env })).toEqual({
      timeMs: 5,
      commit: first,
      branch: 'main',
      version: '1.10.0',
      isLatest: true,
    });
    git('commit', '-q', '--allow-empty', '-m', 'second');
    git('tag', 'v1.9.1');
    expect(await readGitFacts(directory, 5, { environment: process.env })).toMatchObject({
      version: '1.9.1',
      isLatest: false,
    });
    git('commit', '-q', '--allow-empty', '-m', 'third');
    git('checkout', '-q', '--detach');
    const detached = await readGitFacts(directory, 5, { environment: process.env });
    expect([detached.branch, detached.version, detached.isLatest]).toEqual([undefined, '0.9.0', false]);
  });

  it('takes a damaged package.json for none', async () => {
    writeFileSync(join(directory, 'package.json'), '{');
    expect((await readGitFacts(directory, 5, { environment: process.env })).version).toBeUndefined();
  });
});
