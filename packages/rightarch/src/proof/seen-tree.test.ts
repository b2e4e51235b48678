import { describe, expect, it } from 'vitest';
import type { RuntimeConfig } from '../oci/index.ts';
import type { TestFile } from '../testing/index.ts';
import { link, NODE, program, starting, text, there } from './test-start.ts';

const NPM = 'usr/lib/node_modules/npm';
const base: readonly TestFile[] = [
  ...NODE,
  program('usr/bin/perl'),
  program('usr/bin/bun'),
  program('usr/bin/deno'),
  program('usr/lib/jvm/bin/java'),
  text('usr/lib/jvm/lib/modules'),
  program('usr/local/bin/python3.11'),
  link('usr/local/bin/python', 'python3.11'),
  text('usr/local/lib/python3.11/os.py'),
  { ...text(`${NPM}/bin/npm-cli.js`, '#!/usr/bin/env node\n'), mode: 0o755 },
  text(`${NPM}/package.json`, '{"name":"npm","version":"10.9.0"}'),
  link('usr/bin/npm', `/${NPM}/bin/npm-cli.js`),
  { ...text('usr/local/bin/uvicorn', '#!/usr/local/bin/python\nfrom uvicorn.main import main\n'), mode: 0o755 },
  text('usr/local/lib/python3.11/site-packages/uvicorn/__init__.py'),
];
const prove = starting(base, { Env: ['PATH=/usr/bin:/usr/local/bin:/usr/lib/jvm/bin'] });

const directory = (path: string, parts: Partial<TestFile> = {}): TestFile => ({
  path,
  type: 'directory',
  mode: 0o700,
  ...parts,
});
const owned: RuntimeConfig = { User: '1000' };

describe('a directory that its user may not enter', () => {
  it.each<[string, readonly string[], string, string]>([
    ['Node', ['node', 'dist/index.js'], 'app/dist/index.js', "Error: Cannot find module '/app/dist/index.js'"],
    ['Node, by a directory', ['node', 'dist'], 'app/dist/index.js', "Error: Cannot find module '/app/dist'"],
    [
      'Python',
      ['python', 'dist/a.py'],
      'app/dist/a.py',
      "can't open file '/app/dist/a.py': [Errno 13] Permission denied",
    ],
    ['a module of Python', ['python', '-m', 'dist.web'], 'app/dist/web.py', 'No module named dist.web'],
    ['Perl', ['perl', 'dist/a.pl'], 'app/dist/a.pl', `Can't open perl script "dist/a.pl": Permission denied`],
    [
      'an archive of Java',
      ['java', '-jar', 'dist/a.jar'],
      'app/dist/a.jar',
      'Error: Unable to access jarfile dist/a.jar',
    ],
    [
      'a class of Java',
      ['java', '-cp', 'dist', 'Main'],
      'app/dist/Main.class',
      'Error: Could not find or load main class Main',
    ],
    ['Bun', ['bun', 'dist/a.ts'], 'app/dist/a.ts', 'Module not found "dist/a.ts"'],
    ['Deno', ['deno', 'run', 'dist/a.ts'], 'app/dist/a.ts', 'Permission denied (os error 13)'],
    ['a shell', ['sh', 'dist/a.sh'], 'app/dist/a.sh', 'sh: dist/a.sh: Permission denied'],
    [
      'a line of a shell',
      ['sh', '-c', 'exec node dist/index.js'],
      'app/dist/index.js',
      "Error: Cannot find module '/app/dist/index.js'",
    ],
  ])('of what %s is told to run', async (_, argv, file, prints) => {
    const files = [directory('app/dist'), there(file)];
    const args = { path: '/app/dist', mode: '0700', user: '1000', isDirectory: true, prints };
    expect(await prove(files, argv, owned)).toMatchObject({ verdict: 'refuted', code: 'proof/not-readable', args });
    expect((await prove(files, argv)).verdict).toBe('proven');
    expect((await prove([directory('app/dist', { uid: 1000 }), there(file)], argv, owned)).verdict).toBe('proven');
    expect((await prove([directory('app/dist', { mode: 0o711 }), there(file)], argv, owned)).verdict).toBe('proven');
  });

  const below = [directory('root'), text('root/app/a.js'), text('root/app/a.sh'), there('root/app/a.jar')];
  it.each<[readonly string[], string]>([
    [['node', 'a.js'], 'refuted'],
    // They open what is named as it is named, and are in their working directory already.
    [['sh', 'a.sh'], 'proven'],
    [['java', '-jar', 'a.jar'], 'proven'],
  ])('above the working directory of %j: %s', async (argv, verdict) => {
    expect((await prove(below, argv, { ...owned, WorkingDir: '/root/app' })).verdict).toBe(verdict);
  });

  it('where nobody can tell whether he may is undecided', async () => {
    const acl = directory('app/dist', { xattrs: { 'system.posix_acl_access': 'x' } });
    for (const argv of [
      ['node', 'dist/index.js'],
      ['sh', 'dist/index.js'],
    ]) {
      const found = await prove([acl, text('app/dist/index.js')], argv, owned);
      expect(found).toMatchObject({
        verdict: 'undecided',
        code: 'proof/start-undecided',
        args: { path: '/app/dist', needs: 'acl' },
      });
    }
  });
});

describe('a file that its user may not read', () => {
  const shut = (path: string, content = 'x'): TestFile => ({ ...text(path, content), mode: 0o600 });
  it.each<[string, readonly string[], TestFile, string]>([
    [
      'a class of Java',
      ['java', '-cp', '.', 'Main'],
      shut('app/Main.class'),
      'Error: Could not find or load main class Main',
    ],
    [
      'a module of Python',
      ['python', '-m', 'web'],
      shut('app/web.py'),
      "PermissionError: [Errno 13] Permission denied: '/app/web.py'",
    ],
    [
      'an application of Python',
      ['uvicorn', 'main:app'],
      shut('app/main.py'),
      "PermissionError: [Errno 13] Permission denied: '/app/main.py'",
    ],
    ['Bun', ['bun', 'm.ts'], shut('app/m.ts'), 'EACCES reading "/app/m.ts"'],
    ['Deno', ['deno', 'run', 'm.ts'], shut('app/m.ts'), 'Permission denied (os error 13)'],
    [
      'npm',
      ['npm', 'start'],
      shut('app/package.json', '{"scripts":{"start":"node a.js"}}'),
      "EACCES: permission denied, open '/app/package.json'",
    ],
  ])('by %s', async (_, argv, file, prints) => {
    const files = [file, text('app/a.js')];
    const args = { path: `/${file.path}`, prints };
    expect(await prove(files, argv, owned)).toMatchObject({ verdict: 'refuted', code: 'proof/not-readable', args });
    expect((await prove(files, argv)).verdict).toBe('proven');
    expect((await prove([{ ...file, mode: 0o644 }, text('app/a.js')], argv, owned)).verdict).toBe('proven');
  });
});
