import { elfBytes, type TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

/**
 * Foreign code that is there on purpose, each with its mutant: without the right twin the proof alarms, and what the
 * entry script chooses for this CPU does not start. And what users met in 2026: whole userlands, single commands.
 */
export async function purposeCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { own, other, debian, triplet } = world;
  const names = { amd64: 'x86_64', arm64: 'aarch64' } as const;
  const cases: TruthCase[] = [];
  const add = (
    name: string,
    layers: readonly (readonly TestFile[])[],
    argv: readonly string[],
    verdict: TruthCase['verdict'],
    code?: string,
    status?: number,
  ) =>
    cases.push({
      name,
      layers: layers.map((files) => ({ files })),
      config: { Cmd: argv },
      verdict,
      code,
      status,
    });
  const file = (path: string, machine: typeof own, type?: number): TestFile => ({
    path,
    mode: 0o755,
    content: elfBytes({ machine, ...(type !== undefined ? { type } : {}) }),
  });
  const choose: TestFile = { path: 'entry.sh', mode: 0o755, content: '#!/bin/sh\n"$@"\n' };
  const unexplained = 'proof/unexplained-machine-code';
  const pairs: readonly (readonly [string, (cpu: typeof own) => string])[] = [
    ['directories named for their CPU', (cpu) => `opt/agent/linux-${cpu}/agent`],
    ['files named for their CPU', (cpu) => `opt/bin/tool_${names[cpu]}`],
  ];
  for (const [name, path] of pairs) {
    const start = ['/entry.sh', `/${path(own)}`];
    add(`${name}, of both`, [debian, [choose, file(path(own), own), file(path(other), other)]], start, 'proven');
    add(
      `${name}, without the right one`,
      [debian, [choose, file(path(other), other)]],
      start,
      'undecided',
      unexplained,
    );
    const swapped = [choose, file(path(own), other), file(path(other), other)];
    add(`${name}, the right one for the other CPU as well`, [debian, swapped], start, 'undecided', unexplained);
  }
  const foreignTriplet = `${names[other]}-linux-gnu`;
  const bash = ['bash', '-c', 'exit 0'];
  const second = [file(`usr/lib/${foreignTriplet}/libtinfo.so.6`, other, 3)];
  add('libraries of a second architecture', [debian, second], bash, 'proven');
  const without = debian.filter(({ path }) => !path.startsWith(`usr/lib/${triplet}/libtinfo`));
  add('libraries of a second architecture alone', [without, second], bash, 'refuted', 'proof/library-missing');
  const target = [file(`usr/${foreignTriplet}/lib/libc.so.6`, other, 3)];
  const gcc = `usr/bin/${foreignTriplet}-gcc`;
  add('a cross compiler and its libraries', [debian, [...target, file(gcc, own)]], [`/${gcc}`], 'proven');
  add(
    'a cross compiler that is for the other CPU itself',
    [debian, [...target, file(gcc, other)]],
    bash,
    'refuted',
    'proof/wrong-cpu-command',
  );
  add(
    'the libraries of a cross compiler without it',
    [debian, target],
    [`/${gcc}`],
    'refuted',
    'proof/command-missing',
  );
  const rust = (cpu: typeof own) => file(`usr/local/lib/rustlib/${names[cpu]}-unknown-linux-gnu/lib/libstd.so`, cpu, 3);
  add("Rust's libraries for both CPUs", [debian, [rust(own), rust(other)]], bash, 'proven');
  add("Rust's libraries for the other CPU alone", [debian, [rust(other)]], bash, 'undecided', unexplained);
  const inert = [
    file('usr/lib/debug/usr/bin/bash.debug', other, 3),
    file('usr/lib/firmware/card.bin', other),
    { ...file('opt/x.o', other), content: elfBytes({ machine: other, type: 1 }) },
  ];
  add('debug information, firmware and objects', [debian, inert], bash, 'proven');
  const guest = (mode: number) => [{ ...file('usr/share/qemu/palcode-clipper', other), mode }];
  add('what an emulator starts a machine with', [debian, guest(0o644)], bash, 'proven');
  add('what an emulator starts, executable', [debian, guest(0o755)], bash, 'undecided', unexplained);
  const tests = [file('usr/local/go/src/debug/elf/testdata/gcc-program', other)];
  add('what the tests of Go read', [debian, tests], bash, 'proven');
  const bsd: TestFile = {
    path: 'opt/agent/freebsd/agent',
    mode: 0o755,
    content: elfBytes({ machine: other, osAbi: 9 }),
  };
  add('a program of another system', [debian, [bsd]], bash, 'proven');

  // bitnami/minideb#241 and cloudposse/atmos#2931: the label says one CPU, every program is for the other.
  const userland = (await world.packageOf(other, 'busybox-static')).filter(({ path }) => path.endsWith('bin/busybox'));
  const links = ['sh', 'ls', 'cat'].map(
    (name): TestFile => ({ path: `usr/bin/${name}`, type: 'symlink', link: 'busybox' }),
  );
  const whole = [...userland.map((one) => ({ ...one, path: 'usr/bin/busybox' })), ...links];
  add(
    'a whole userland for the other CPU',
    [whole],
    ['/usr/bin/sh', '-c', 'exit 0'],
    'refuted',
    'proof/start-wrong-cpu',
  );
  // fonoster#911: one tool was downloaded by a fixed name.
  add(
    'one downloaded tool for the other CPU',
    [debian, [file('usr/local/bin/tool', other)]],
    bash,
    'refuted',
    'proof/wrong-cpu-command',
  );
  const mac: TestFile = {
    path: 'usr/local/bin/tool',
    mode: 0o755,
    content: Buffer.from('cffaedfe0c00000100000000', 'hex'),
  };
  add('a command for macOS on PATH', [debian, [mac]], bash, 'refuted', 'proof/wrong-cpu-command');
  const windows: TestFile = { ...mac, content: Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]) };
  add('a command for Windows on PATH', [debian, [windows]], bash, 'refuted', 'proof/wrong-cpu-command');
  add(
    'a command for Windows that is named for it',
    [debian, [{ ...windows, path: 'usr/local/bin/tool.exe' }]],
    bash,
    'proven',
  );

  const hard = (path: string, link: string): TestFile => ({ path, type: 'hardlink', link });
  // Unpackers that see one layer at a time do not find what it links.
  const across = [[file('app', own)], [hard('b', 'app')]];
  add('a hard link to a program of a lower layer', across, ['/b'], 'undecided', 'proof/entry-not-unpacked');
  add(
    'a hard link to a wrong program of a lower layer',
    [[file('app', other)], [hard('b', 'app')]],
    ['/b'],
    'refuted',
    'proof/start-wrong-cpu',
  );
  const kept = [[file('app', own), hard('b', 'app')], [file('app', other)]];
  add('a hard link whose other name was replaced', kept, ['/b'], 'undecided', unexplained);
  add('a replaced file whose other name was kept', kept, ['/app'], 'refuted', 'proof/start-wrong-cpu');
  add(
    'a hard link whose other name was removed',
    [[file('app', own), hard('b', 'app')], [{ path: '.wh.app' }]],
    ['/b'],
    'proven',
  );
  return cases;
}
