import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { elfBytes } from '../packages/rightarch/src/testing/index.ts';
import { writeReleaseTree } from '../tools/release-tree.ts';

// The tag of a release, alone in a directory of its own: no node_modules is above it.

let place: string;
let tree: string;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'rightarch-release-'));
  tree = join(place, 'tree');
  await writeReleaseTree(tree);
}, 120_000);
afterAll(() => rmSync(place, { recursive: true, force: true }));

const scripts = () =>
  readdirSync(join(tree, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));

test('nothing in it is brought by somebody else, and the licences go with what is bundled', () => {
  const imports = scripts().flatMap((name) =>
    [
      ...readFileSync(join(tree, 'dist', name), 'utf8').matchAll(
        /^(?:import|export)\b[^;'"]*?(?:from )?["']([^"']+)["'];$/gm,
      ),
    ].map(([, from]) => from!),
  );
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter((from) => !from.startsWith('.') && !isBuiltin(from))).toEqual([]);
  const notices = readFileSync(join(tree, 'THIRD-PARTY.txt'), 'utf8');
  for (const name of ['commander', 'fzstd', 'undici', 'yaml', 'zod', 'unbash', 'get-east-asian-width'])
    expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
});

test('action.yml and the hooks start what is there', () => {
  const { runs } = parse(readFileSync(join(tree, 'action.yml'), 'utf8')) as {
    readonly runs: { readonly main: string };
  };
  expect(existsSync(join(tree, runs.main))).toBe(true);
  const { bin, version } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
    readonly version: string;
  };
  const hooks = parse(readFileSync(join(tree, '.pre-commit-hooks.yaml'), 'utf8')) as readonly {
    readonly entry: string;
  }[];
  for (const { entry } of hooks) {
    const program = join(tree, bin[entry.split(' ')[0]!]!);
    expect(execFileSync(process.execPath, [program, '--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
  }
});

test('a step builds, proves with the threads that read layers, and writes its outputs', () => {
  const context = join(place, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'app'), elfBytes({ machine: 'amd64' }), { mode: 0o755 });
  writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY --chmod=755 app /\nENTRYPOINT ["/app"]\n');
  writeFileSync(join(place, 'outputs'), '');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(tree, 'dist/cli/action/main.js')], {
    cwd: context,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      HOME: place,
      INPUT_MODE: 'ship',
      INPUT_PUSH: 'false',
      INPUT_PLATFORMS: 'linux/amd64',
      INPUT_CONTEXT: '.',
      RUNNER_TEMP: place,
      GITHUB_OUTPUT: join(place, 'outputs'),
    },
  });
  expect(status, stdout + stderr).toBe(0);
  expect(readFileSync(join(place, 'outputs'), 'utf8')).toMatch(/^verdict<<(.*)\nproven\n\1$/m);
});
