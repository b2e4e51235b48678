import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readToml } from '../documents/toml.ts';
import { type Lockfile, type NodeLockfile, type PythonLockfile, readLockfile } from './index.ts';

const recorded = fileURLToPath(new URL('../../../testdata/lockfiles', import.meta.url));
const textOf = (path: string): string => readFileSync(posix.join(recorded, path), 'utf8');

function read(path: string, text = textOf(path)): Lockfile {
  const found = readLockfile(path, text, (name) => {
    try {
      return textOf(posix.join(posix.dirname(path), name));
    } catch {
      return undefined;
    }
  });
  if ('malformed' in found) throw new Error(found.malformed.detail);
  return found.lockfile;
}

const node = (path: string, text?: string): NodeLockfile => read(path, text) as NodeLockfile;
const python = (path: string, text?: string): PythonLockfile => read(path, text) as PythonLockfile;

const NODE = [
  'npm-v1/package-lock.json',
  'npm-v2/package-lock.json',
  'npm-v3/package-lock.json',
  'pnpm-7/pnpm-lock.yaml',
  'pnpm-8/pnpm-lock.yaml',
  'pnpm-9/pnpm-lock.yaml',
  'yarn-1/yarn.lock',
  'yarn-4/yarn.lock',
  'bun-1/bun.lock',
];

describe('what the tools of Node wrote', () => {
  test.each(NODE)('%s says the same of the same packages', (path) => {
    const { packages, saysPlatforms } = node(path);
    const of = (name: string) => packages.find((one) => one.name === name)!;
    const names = packages.map((one) => one.name).sort();
    expect(names.filter((name) => name.startsWith('@esbuild/'))).toHaveLength(25);
    expect(names.filter((name) => name.startsWith('@img/'))).toHaveLength(19);
    expect([of('sharp').version, of('sharp').optional, of('sharp').direct]).toEqual(['0.33.5', false, true]);
    expect([of('esbuild').version, of('esbuild').optional, of('esbuild').direct]).toEqual(['0.25.0', false, true]);
    expect(of('detect-libc').direct).toBe(false);
    expect(of('@img/sharp-linux-arm64').optional).toBe(true);
    const members = of('esbuild').members.filter((one) => one.name.startsWith('@esbuild/'));
    expect(members).toHaveLength(25);
    expect(members.every(({ to }) => to?.version === '0.25.0')).toBe(true);
    expect(of('sharp').members.filter(({ name, to }) => name.startsWith('@img/') && to !== undefined)).toHaveLength(19);
    const { os, cpu } = of('@img/sharp-linux-arm64');
    expect([os, cpu]).toEqual(saysPlatforms ? [['linux'], ['arm64']] : [undefined, undefined]);
  });

  test.each(NODE)('a finding about a package of %s stands where the package does', (path) => {
    const lines = textOf(path).split('\n');
    for (const { name, at } of node(path).packages) {
      const { line, column } = at();
      expect(lines[line - 1]!.slice(column - 1)).toContain(name);
    }
  });

  test('npm 10 wrote a lockfile beside the node_modules of a Mac: the others are named, and not there', () => {
    const { packages } = node('npm-pruned/package-lock.json');
    const { members } = packages.find(({ name }) => name === 'esbuild')!;
    expect(members.filter(({ to }) => to !== undefined).map(({ name }) => name)).toEqual(['@esbuild/darwin-arm64']);
    expect(members).toHaveLength(25);
  });

  test('libc, where the format has it', () => {
    const of = (path: string) => node(path).packages.find(({ name }) => name === '@img/sharp-linuxmusl-arm64')?.libc;
    expect(of('yarn-4/yarn.lock')).toEqual(['musl']);
    expect(of('pnpm-9/pnpm-lock.yaml')).toEqual(['musl']);
    expect(of('bun-1/bun.lock')).toBeUndefined();
  });
});

describe('what the tools of Python wrote', () => {
  test.each(['uv/uv.lock', 'poetry-18/poetry.lock', 'poetry-2/poetry.lock'])(
    '%s lists wheels and who wants them',
    (path) => {
      const { packages, requiresPython } = python(path);
      const of = (name: string) => packages.find((one) => one.name === name)!;
      expect(requiresPython).toMatch(/^>=3\.9, ?<3\.12$/);
      expect(of('mkl').wheels).toContain('mkl-2024.0.0-py2.py3-none-manylinux1_x86_64.whl');
      expect([of('mkl').sdist, of('psycopg2-binary').sdist]).toEqual([false, true]);
      expect(of('intel-openmp').wantedBy.map(({ by }) => packages[by!]?.name)).toEqual(['mkl']);
      const lines = textOf(path).split('\n');
      const { line, column } = of('mkl').at();
      expect([lines[line - 1], column]).toEqual(['name = "mkl"', 1]);
    },
  );

  test('the environments of uv', () => {
    expect(python('uv-mac/uv.lock').environments.map(({ text, at }) => [text, at().line])).toEqual([
      ["sys_platform == 'darwin'", 7],
    ]);
    expect(python('uv/uv.lock').environments).toEqual([]);
  });

  test('pins and hashes of a requirements file, and a wheel by its address', () => {
    const found = python('requirements/requirements.txt').packages;
    expect(found.map(({ name, version }) => `${name} ${version}`)).toContain('mkl 2024.0.0');
    expect(found.find(({ name }) => name === 'mkl')?.hashes).toHaveLength(4);
    const text = [
      '-r other.txt',
      'a == 1.0  # why',
      'b>=2',
      'c[x]==1.2.3 ; python_version < "3.9" \\',
      `    --hash=sha256:${'a'.repeat(64)}`,
      'd==1.*',
      'torch @ https://x.example/whl/torch-2.1.0%2Bcpu-cp311-cp311-linux_x86_64.whl#sha256=ff',
      'git+https://x.example/a.git@v1',
    ].join('\n');
    const { packages } = python('requirements.txt', text);
    expect(packages.map((one) => [one.name, one.version, one.wheels, one.hashes.length, one.at().line])).toEqual([
      ['a', '1.0', undefined, 0, 2],
      ['c', '1.2.3', undefined, 1, 4],
      ['torch', '2.1.0+cpu', ['torch-2.1.0+cpu-cp311-cp311-linux_x86_64.whl'], 0, 7],
    ]);
  });
});

test('go.mod: what it requires, alone or in a block, without what is replaced', () => {
  const text =
    'module a\n\ngo 1.22\n\nrequire b.example/b v1.2.3 // indirect\n\nrequire (\n\tc.example/c/v2 v2.0.0\n\td.example/d v0.1.0\n)\nreplace d.example/d => ../d\n';
  const { packages } = read('go.mod', text);
  expect(packages.map((one) => [one.name, one.version, one.at()])).toEqual([
    ['b.example/b', 'v1.2.3', { line: 5, column: 9 }],
    ['c.example/c/v2', 'v2.0.0', { line: 8, column: 2 }],
  ]);
});

test('of two places that uv takes one release from, an edge means one', () => {
  const wheel = (cpu: string) => `https://x.example/p-1-cp311-cp311-linux_${cpu}.whl`;
  const text = `version = 1
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
dependencies = [
  { name = "p", version = "1", source = { url = "${wheel('x86_64')}" }, marker = "platform_machine == 'x86_64'" },
  { name = "p", version = "1", source = { url = "${wheel('aarch64')}" }, marker = "platform_machine == 'aarch64'" },
]
${['x86_64', 'aarch64'].map((cpu) => `[[package]]\nname = "p"\nversion = "1"\nsource = { url = "${wheel(cpu)}" }\nwheels = [{ url = "${wheel(cpu)}" }]\n`).join('')}`;
  expect(python('uv.lock', text).packages.map(({ wantedBy }) => wantedBy.length)).toEqual([1, 1, 1]);
});

const NAMES = [...NODE, 'uv/uv.lock', 'poetry-18/poetry.lock', 'requirements/requirements.txt', 'go.mod'];

describe('what is no lockfile', () => {
  test.each([
    ['package-lock.json', '{"a": 1', 1],
    ['package-lock.json', '[]', 1],
    ['package-lock.json', '{}', 1],
    ['pnpm-lock.yaml', 'a: 1\n', 1],
    ['yarn.lock', 'a@1:\n  resolved "x"\n', 1],
    ['bun.lock', '{"packages": []}', 1],
    ['uv.lock', 'version = 1\n[[package]\n', 2],
    ['poetry.lock', '[[package]]\nname = "a"\n', 1],
    ['go.mod', 'require a v1\n', 1],
    ['yarn.lock', 'a@1:\n<<<<<<< HEAD\n  version "1"\n', 2],
  ])('%s with %j says so, at its line', (path, text, line) => {
    const found = readLockfile(path, text, () => undefined);
    expect('malformed' in found && found.malformed.at.line).toBe(line);
  });

  test.each(NAMES)('%s, damaged anywhere, is read or refused, and never throws', (path) => {
    const whole = path === 'go.mod' ? 'module a\nrequire b v1.0.0\n' : textOf(path);
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.nat(whole.length),
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 20 }),
          fc.constantFrom('{', '"', "'", '[', ']\n', ': ', '\n- ', '? ', '__proto__', '[[', '\\'),
        ),
        (from, length, junk) => {
          const text = whole.slice(0, from) + junk + whole.slice(from + (length % 200));
          const found = readLockfile(path, text, () => text.slice(0, 3_000));
          if ('malformed' in found) expect(found.malformed.at.line).toBeGreaterThan(0);
          else
            for (const one of found.lockfile.packages.slice(0, 20)) {
              one.at();
              if ('members' in one) expect(Array.isArray(one.members)).toBe(true);
            }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('lockfiles as large as there are', () => {
  test.each([
    [
      'package-lock.json',
      () =>
        `{"lockfileVersion":3,"packages":{"":{}${Array.from({ length: 40_000 }, (_, i) => `,\n"node_modules/p${i}":{"version":"1.0.0","resolved":"${'r'.repeat(60)}","optionalDependencies":{"a-linux-x64":"1"}}`).join('')}}}`,
    ],
    [
      'pnpm-lock.yaml',
      () =>
        `lockfileVersion: '9.0'\n\npackages:\n\n${Array.from({ length: 60_000 }, (_, i) => `  p${i}@1.0.0:\n    resolution: {integrity: ${'r'.repeat(40)}}\n    cpu: [x64]\n\n`).join('')}`,
    ],
    [
      'yarn.lock',
      () =>
        `# yarn lockfile v1\n\n${Array.from({ length: 60_000 }, (_, i) => `p${i}@^1.0.0:\n  version "1.0.0"\n  dependencies:\n    p${i + 1} "^1.0.0"\n\n`).join('')}`,
    ],
    [
      'uv.lock',
      () =>
        `version = 1\n${Array.from({ length: 20_000 }, (_, i) => `[[package]]\nname = "p${i}"\nversion = "1"\ndependencies = [{ name = "p${i + 1}" }]\nwheels = [{ url = "https://x.example/${'r'.repeat(60)}-1-py3-none-any.whl" }]\n`).join('')}`,
    ],
    [
      'bun.lock',
      () =>
        `{"workspaces":{"":{}},"packages":{${Array.from({ length: 40_000 }, (_, i) => `\n    "p${i}": ["p${i}@1.0.0", "", {}, "sha512-${'r'.repeat(40)}"],`).join('')}}}`,
    ],
  ])(
    '%s is read in a time that grows with the file',
    (path, make) => {
      const text = make();
      const found = read(path, text);
      for (const one of found.packages.slice(0, 100)) one.at();
      expect(found.packages.length).toBeGreaterThan(10_000);
    },
    60_000,
  );
});

test('TOML as its specification has it', () => {
  const text =
    '\uFEFFa.b = 1 # c\n"x y" = \'lit\\eral\'\nm = """\nl1\nl2"""\nd = 2020-01-01\n[t."q.r"]\nk = [1,\n # c\n "é\\n\\u0041", {z = true},\n]\n';
  const found = readToml(text);
  expect(
    'tables' in found &&
      found.tables.map(({ name, values }) => [name, [...values].map(([key, { value }]) => [key, value])]),
  ).toEqual([
    [
      '',
      [
        ['a.b', 1],
        ['x y', 'lit\\eral'],
        ['m', '\nl1\nl2'],
        ['d', '2020-01-01'],
      ],
    ],
    ['t.q.r', [['k', [1, 'é\nA', { z: true }]]]],
  ]);
});
