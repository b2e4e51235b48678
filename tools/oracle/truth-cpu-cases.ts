import { elfBytes, type TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { MachineModel } from './machine.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

/** What depends on more than the architecture: levels of x86-64, copies of libraries for them, pages of the kernel. */
export async function cpuCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const cases: TruthCase[] = [];
  const add = (
    name: string,
    files: readonly TestFile[],
    config: TruthCase['config'],
    machine: MachineModel,
    ...[verdict, code]: readonly [TruthCase['verdict'], string?]
  ) => cases.push({ name, layers: [{ files }], config, machine, verdict, code });
  const app = (content: Uint8Array, path = 'app'): TestFile => ({ path, mode: 0o755, content });
  const start = { Cmd: ['/app'] };
  if (world.own === 'arm64') {
    const pages = { pages: 16 } as const;
    const aligned = [app(elfBytes({ machine: 'arm64' }))];
    add('pages of 16 KiB, a program aligned to 64 KiB', aligned, start, pages, 'proven');
    add('pages of 16 KiB, Debian', world.debian, { Cmd: ['bash', '-c', 'exit 0'] }, pages, 'proven');
    return cases;
  }
  const needs = 'proof/needs-cpu';
  const [least, v3] = [{ cpu: 'qemu64' }, { cpu: 'Haswell' }];
  add('x86-64-v1, a plain program', [app(elfBytes({ machine: 'amd64' }))], start, least, 'proven');
  const plain = 'package main\n\nfunc main() { println("it ran") }\n';
  for (const level of ['v2', 'v3', 'v4'] as const) {
    const made = await world.go(plain, { GOAMD64: level });
    if (made === undefined) break;
    add(`x86-64-v1, a Go program for ${level}`, [app(made)], start, least, 'undecided', needs);
    if (level === 'v3') add('x86-64-v3, a Go program for v3', [app(made)], start, v3, 'undecided', needs);
  }
  const source = 'int puts(const char *); int main(void) { puts("it ran"); return 0; }';
  const marked = await world.compile(source, '-Wl,-z,x86-64-v3');
  if (marked === undefined) return cases;
  add(
    'x86-64-v1, a program whose property asks for v3',
    [...world.debian, app(marked)],
    start,
    least,
    'undecided',
    needs,
  );
  add('x86-64-v3, a program whose property asks for v3', [...world.debian, app(marked)], start, v3, 'undecided', needs);
  const shared = ['-shared', '-fPIC', '-Wl,-soname,libf.so.1'];
  const right = (await world.compile('int f(void) { return 0; }', ...shared))!;
  const linked = (await world.compile(
    { source: 'int f(void); int main(void) { return f(); }', files: { 'libf.so.1': right } },
    '-L.',
    '-l:libf.so.1',
  ))!;
  const library = (directory: string, content: Uint8Array) =>
    app(content, `usr/lib/${world.triplet}/${directory}libf.so.1`);
  const copies = (copy: Uint8Array) => [
    ...world.debian,
    app(linked),
    library('', right),
    library('glibc-hwcaps/x86-64-v3/', copy),
  ];
  add('x86-64-v1, a copy of a library for v3', copies(right), start, least, 'proven');
  const cut = Buffer.from('no library '.repeat(20));
  add('x86-64-v1, a copy for v3 that is none', copies(cut), start, least, 'undecided');
  add('x86-64-v3, a copy for v3 that is none', copies(cut), start, v3, 'undecided');
  add('x86-64-v3, a copy of a library for v3', copies(right), start, v3, 'proven');
  return cases;
}
