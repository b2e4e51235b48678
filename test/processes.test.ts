import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandSpecs, dockerSpec } from '../packages/rightarch/src/cli/specs.ts';

const source = join(import.meta.dirname, '..', 'packages', 'rightarch', 'src');

/** docs/threat-model.md promises that nothing of a stranger is executed: every place that can start a program is here. */
it('starts programs from four places only: git made inert, credential helpers, npm shut in to make a lockfile, docker', () => {
  const starting = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !/\.(test|live\.test|testdata)\.ts$/.test(path))
    .filter((path) =>
      /child_process|node:cluster|\beval\(|new Function\(|node:vm/.test(readFileSync(join(source, path), 'utf8')),
    );
  expect(starting.sort()).toEqual(['build/npm/run-npm.ts', 'cli/programs.ts', 'config/git.ts', 'oci/credentials.ts']);
});

it('says of every command what it executes', () => {
  const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'threat-model.md'), 'utf8');
  const [, section = ''] = /\n## What is executed\n([\s\S]*?)\n## /.exec(page) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  for (const { name } of [...commandSpecs, dockerSpec])
    expect(
      rows.filter((row) => row.includes(`\`${name}\``)),
      name,
    ).toHaveLength(1);
});
