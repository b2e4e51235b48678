import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parsePlatform } from '../../../core/index.ts';
import { openLayout, openTree } from '../../../oci/index.ts';
import type { BuildRequest } from '../../types.ts';
import { createEmbeddedEngine } from './engine.ts';

const amd64 = parsePlatform('amd64')!;
const arm64 = parsePlatform('arm64')!;
const made: string[] = [];

afterEach(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function workspace(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rightarch-build-'));
  made.push(directory);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, 'context', path)), { recursive: true });
    await writeFile(join(directory, 'context', path), text);
    await chmod(join(directory, 'context', path), 0o644);
  }
  return directory;
}

function request(directory: string, more: Partial<BuildRequest> = {}): BuildRequest {
  return {
    name: 'app',
    context: join(directory, 'context'),
    dockerfile: join(directory, 'context', 'Dockerfile'),
    args: {},
    labels: {},
    annotations: {},
    secrets: [],
    contexts: {},
    platforms: [amd64, arm64].map((platform) => ({ platform, because: { kind: 'flag' } as const })),
    noCache: false,
    scriptsNotNeeded: [],
    ...more,
  };
}

function engineIn(directory: string) {
  return createEmbeddedEngine({
    cacheDirectory: join(directory, 'cache'),
    openBase: async () => Promise.reject(new Error('no base')),
    buildPlatform: amd64,
    created: 1_700_000_000,
  });
}

async function build(directory: string, more: Partial<BuildRequest> = {}) {
  const engine = engineIn(directory);
  const asked = request(directory, more);
  const plan = await engine.plan(asked);
  const result = await engine.build(asked, plan, { directory: join(directory, 'out'), name: 'app' });
  const source = openLayout(join(directory, 'out'));
  const tree = await openTree(source, await source.resolve('app'));
  return { engine, plan, result, tree };
}

test('FROM scratch, COPY and ENV become one index of two images that share their layer', async () => {
  const directory = await workspace({
    Dockerfile: 'FROM scratch\nCOPY hello.txt /\nENV PORT=3000 NAME="a b"\nCMD ["/app"]\n',
    'hello.txt': 'hello\n',
  });
  const { tree, result } = await build(directory);
  expect(tree.form).toBe('index');
  expect(tree.problems).toEqual([]);
  expect(result.images).toHaveLength(2);
  expect(tree.images.map(({ entryPlatform }) => entryPlatform?.architecture)).toEqual(['amd64', 'arm64']);
  const [one, other] = tree.images;
  expect(one!.manifest.layers).toEqual(other!.manifest.layers);
  expect(one!.manifest.layers).toHaveLength(1);
  expect(one!.config.config).toEqual({
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'PORT=3000', 'NAME=a b'],
    Cmd: ['/app'],
    WorkingDir: '/',
  });
  expect(one!.config.created).toBe('2023-11-14T22:13:20Z');
  expect(one!.config.history?.map(({ created_by, empty_layer }) => [created_by, empty_layer])).toEqual([
    ['COPY hello.txt / # rightarch', undefined],
    ['ENV PORT=3000 NAME=a b', true],
    ['CMD ["/app"]', true],
  ]);
});

void readdir;
void readFile;
void symlink;
