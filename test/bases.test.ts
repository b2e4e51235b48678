import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { debianSources, Unavailable } from '../tools/bases/apt.ts';
import { directory, FileTree, file, symlink } from '../tools/bases/file-tree.ts';
import { compareNames } from '../tools/bases/ld-cache.ts';
import { readPackageTar, writeLayerTar } from '../tools/bases/tar.ts';
import { parseConsole } from '../tools/oracle/run-image.ts';

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

function aptDirectory(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'rightarch-apt-'));
  made.push(root);
  mkdirSync(join(root, 'sources.list.d'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

describe("apt's sources of the host, for our release", () => {
  test('stanzas keep their archive and key, whatever release they are for', async () => {
    const root = aptDirectory({
      'sources.list.d/debian.sources': `Types: deb
# a comment between fields
URIs: http://archive.example/debian
Suites: trixie trixie-updates trixie-backports
Components: main contrib
Signed-By: /usr/share/keyrings/key.gpg

Types: deb-src
URIs: http://archive.example/debian
Suites: trixie
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: trixie
Components: main
`,
    });
    expect(await debianSources(root)).toBe(`Types: deb
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/key.gpg
`);
  });

  test('lines are read with their options; other vendors are left out', async () => {
    const root = aptDirectory({
      'sources.list': `# deb http://no.example/debian bookworm main
deb http://archive.example/debian bookworm main non-free # main archive
deb [arch=amd64 signed-by=/k.gpg] http://archive.example/security bookworm-security main
deb-src http://archive.example/debian bookworm main
`,
      'sources.list.d/vendor.list': 'deb https://vendor.example/apt bookworm stable\n',
      'sources.list.d/off.list.disabled': 'deb https://vendor.example/apt bookworm main\n',
    });
    expect(await debianSources(root)).toBe(`Types: deb
URIs: http://archive.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://archive.example/security
Suites: bookworm-security
Components: main
Signed-By: /k.gpg
`);
  });

  test('a machine without a Debian archive is told so', async () => {
    const ubuntu = { 'sources.list': 'deb http://archive.example/ubuntu noble main universe\n' };
    await expect(debianSources(aptDirectory(ubuntu))).rejects.toThrow(Unavailable);
    await expect(debianSources('/nowhere')).rejects.toThrow('name no Debian archive');
  });
});

describe('a base in memory', () => {
  test('paths go through links, a directory does not replace one, hard links stay one file', () => {
    const tree = new FileTree();
    tree.put('usr/bin', directory(1));
    tree.put('bin', symlink(1, 'usr/bin'));
    tree.put('bin', directory(2));
    const tool = file(3, 'tool', 0o755);
    tree.put('bin/tool', tool);
    tree.put('bin/twin', tool);
    const entries = [...readPackageTar(writeLayerTar(tree.takeLayer()))];
    expect(entries.map(({ path, inode, hardlink }) => [path, inode.type, inode.link || hardlink])).toEqual([
      ['bin', 'symlink', 'usr/bin'],
      ['usr', 'directory', undefined],
      ['usr/bin', 'directory', undefined],
      ['usr/bin/tool', 'file', undefined],
      ['usr/bin/twin', 'file', 'usr/bin/tool'],
    ]);
    expect(tree.takeLayer()).toEqual([]);
    tree.put('bin/more', file(4, ''));
    expect(tree.takeLayer().map(([path]) => path)).toEqual(['usr', 'usr/bin', 'usr/bin/more']);
  });

  test('names longer than a header come back whole', () => {
    const tree = new FileTree();
    const long = `${'deep/'.repeat(40)}file`;
    tree.put(long, symlink(1, 'target/'.repeat(30)));
    const last = [...readPackageTar(writeLayerTar(tree.takeLayer()))].at(-1)!;
    expect([last.path, last.inode.link]).toEqual([long, 'target/'.repeat(30)]);
  });

  test("libraries sort as in glibc's cache: digits by value and after letters", () => {
    const names = [
      'libz.so.1',
      'libc.so.6',
      'libgcc_s.so.1',
      'libicu.so.9',
      'libicu.so.72',
      'ld-linux.so.2',
      'lib2.so',
    ];
    expect(names.sort(compareNames)).toEqual([
      'ld-linux.so.2',
      'libc.so.6',
      'libgcc_s.so.1',
      'libicu.so.9',
      'libicu.so.72',
      'libz.so.1',
      'lib2.so',
    ]);
  });
});

describe("the machine's console", () => {
  const parse = (text: string) => parseConsole(Buffer.from(text), '@@m');

  test('is cut at the marks of init, and the kernel after the end is not output', () => {
    expect(parse('[0.1] boot\r\n@@m begin\r\nhello\r\n\r\n@@m exit 3\r\n[2.0] reboot: Power down\r\n')).toEqual({
      status: 3,
      errno: undefined,
      output: 'hello\n',
      http: undefined,
    });
  });

  test('names the errno of a program that did not start', () => {
    expect(parse('@@m begin\n\n@@m errno 8\n\n@@m exit 127\n')).toMatchObject({
      status: 127,
      errno: 'ENOEXEC',
      output: '',
    });
  });

  test('a program that was cut off has no status, a machine that did not start is an error', () => {
    expect(parse('@@m begin\nstill here\n')).toMatchObject({ status: undefined, output: 'still here\n' });
    expect(() => parse('Kernel panic\n')).toThrow('did not start');
  });
});
