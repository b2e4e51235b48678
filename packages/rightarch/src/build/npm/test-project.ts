import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { testTar } from '../../testing/index.ts';
import type { StageTree } from '../files/stage-tree.ts';
import { runSimulated } from '../run/run-simulated.ts';
import { contextOf, shellRun } from '../run/test-image.ts';
import type { RunContext } from '../stage-files.ts';
import { lockOf, startRegistry, type TestRegistry } from './test-registry.ts';

/** The registry of the test file that runs, with every package that `project` can name: `useRegistry` starts it. */
export let registry: TestRegistry;
/** A cache directory of that file's own. */
export let cache: string;

/** Called by each test file that needs them; test files share one process, so an import alone would start them once for all. */
export function useRegistry(): void {
  beforeAll(start);
  afterAll(async () => {
    await registry.close();
    rmSync(cache, { recursive: true, force: true });
  });
}

async function start(): Promise<void> {
  cache = mkdtempSync(join(tmpdir(), 'rightarch-npm-test-'));
  const native = ['linux-arm64', 'linux-x64', 'linuxmusl-arm64', 'darwin-arm64'].map((name) => ({
    name: `@x/native-${name}`,
    version: '1.0.0',
    files: { 'addon.node': name },
  }));
  registry = await startRegistry([
    {
      name: 'tool',
      version: '1.0.0',
      files: { 'bin/tool.js': '#!/usr/bin/env node\r\nrun()\r\n', '.gitignore': 'x', 'lib/a.js': 'a' },
    },
    {
      name: 'left',
      version: '2.1.0',
      files: { 'node_modules/inner/package.json': '{"name":"inner","version":"1.0.0"}' },
    },
    { name: 'native', version: '1.0.0' },
    ...native,
    { name: 'evil', version: '1.0.0', files: { '!package/../../../etc/cron.d/x': 'boom' } },
    { name: 'dev', version: '1.0.0' },
    { name: '@s/go', version: '1.0.0', files: { 'bin/tool.js': 'go' } },
    { name: 'shared', version: '1.0.0' },
    {
      name: 'odd',
      version: '1.0.0',
      tar: testTar([
        { path: 'any-name/package.json', content: '{"name":"odd","version":"1.0.0"}', mode: 0o600 },
        { path: 'any-name/setuid', content: 's', mode: 0o4755 },
        { path: 'any-name/sticky', content: 't', mode: 0o1777 },
        { path: 'any-name/twice', content: 'first', mode: 0o644 },
        { path: 'any-name/twice', content: 'second', mode: 0o755 },
        { path: 'any-name/empty/', mode: 0o700 },
        { path: 'any-name/link', link: '/etc/passwd' },
        { path: './package/dot', content: 'd' },
        { path: '/package/root', content: 'r' },
        { path: './flat', content: 'f' },
        { path: 'loose', content: 'l' },
      ]),
    },
    { name: 'drive', version: '1.0.0', tar: testTar([{ path: 'package/a:b', content: '' }]) },
    { name: 'extra', version: '1.0.0' },
    { name: 'hidden', version: '1.0.0', manifest: { scripts: { postinstall: 'node get.js' } } },
    { name: 'gyp', version: '1.0.0', files: { 'binding.gyp': '{}' } },
  ]);
}

export type Entries = Parameters<typeof lockOf>[2];

export function project(
  root: Record<string, unknown>,
  entries: Entries,
  more: Record<string, string> = {},
): Record<string, string> {
  const whole = { name: 'app', version: '1.0.0', ...root };
  return {
    'package.json': JSON.stringify(whole),
    'package-lock.json': lockOf(registry, whole, entries),
    '.npmrc': `registry=${registry.url}\n`,
    ...more,
  };
}

export async function ran(files: StageTree, text = 'npm ci', more: Partial<RunContext> = {}): Promise<StageTree> {
  await runSimulated(shellRun(text), contextOf(files, { cwd: '/app', cacheDirectory: cache, ...more }));
  return files;
}

export async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (failure) =>
      `${failure.diagnostic?.code ?? failure} ${failure.diagnostic?.args.package ?? failure.diagnostic?.args.key ?? failure.diagnostic?.args.status ?? ''}`.trim(),
  );
}

export const tool: Entries = { 'node_modules/tool': { version: '1.0.0', bin: { tool: 'bin/tool.js' } } };
export const withTool = { dependencies: { tool: '^1.0.0' } };
