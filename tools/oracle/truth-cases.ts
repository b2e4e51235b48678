import { elfBytes, type TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import { beforeCases } from './truth-before-cases.ts';
import { cpuCases } from './truth-cpu-cases.ts';
import { definitionCases } from './truth-definition-cases.ts';
import { javaCases } from './truth-java-cases.ts';
import { languageCases } from './truth-language-cases.ts';
import { launcherCases } from './truth-launcher-cases.ts';
import { libraryCases } from './truth-library-cases.ts';
import { moduleCases } from './truth-module-cases.ts';
import { nodeCases } from './truth-node-cases.ts';
import { programCases } from './truth-program-cases.ts';
import { purposeCases } from './truth-purpose-cases.ts';
import { pythonCases } from './truth-python-cases.ts';
import { runtimeCases } from './truth-runtime-cases.ts';
import { scriptCases } from './truth-script-cases.ts';
import type { TruthWorld } from './truth-world.ts';

/** Starts of every kind that the proof decides, right and wrong, made of real programs of one CPU. */
async function startCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { platform, debian, busybox, triplet } = world;
  const own = platform === 'linux/arm64' ? 'arm64' : 'amd64';
  const other = own === 'arm64' ? 'amd64' : 'arm64';
  const ownLoader = own === 'arm64' ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2';
  const exec = (
    path: string,
    content: string | Uint8Array = elfBytes({ machine: own }),
    more: Partial<TestFile> = {},
  ) => ({ path, mode: 0o755, content, ...more }) satisfies TestFile;
  const wrong = (path: string) => exec(path, elfBytes({ machine: other }));
  const link = (path: string, target: string): TestFile => ({ path, type: 'symlink', link: target });
  const box = exec('bin/busybox', busybox);
  const cases: TruthCase[] = [];
  const add = (
    name: string,
    files: readonly TestFile[] | readonly (readonly TestFile[])[],
    config: TruthCase['config'],
    ...rest: readonly ['proven', TruthCase['reach']?, number?] | readonly [TruthCase['verdict'], string?, number?]
  ) => {
    const layers = (Array.isArray(files[0]) ? files : [files]) as readonly (readonly TestFile[])[];
    const [verdict, says, status] = rest;
    cases.push({
      name,
      layers: layers.map((one) => ({ files: one })),
      config,
      verdict,
      ...(verdict === 'proven' ? { reach: says as TruthCase['reach'] } : { code: says }),
      status,
    });
  };
  const cmd = (...argv: string[]) => ({ Cmd: argv });

  add('static program', [exec('app')], cmd('/app'), 'proven', 'exec');
  add('static program for another CPU', [wrong('app')], cmd('/app'), 'refuted', 'proof/start-wrong-cpu');
  add('not there', [exec('app')], cmd('/nope'), 'refuted', 'proof/command-missing');
  add('not on PATH', [exec('opt/app')], cmd('app'), 'refuted', 'proof/command-not-found');
  add('on PATH', [exec('opt/app')], { Cmd: ['app'], Env: ['PATH=/usr/bin:/opt'] }, 'proven', 'exec');
  add('on the default PATH', [exec('usr/local/sbin/app')], cmd('app'), 'proven');
  add(
    'on PATH behind one that may not be executed',
    [exec('a/app', 'x', { mode: 0o644 }), exec('b/app')],
    { Cmd: ['app'], Env: ['PATH=/a:/b'] },
    'proven',
  );
  add(
    'without the exec bit',
    [exec('app', undefined, { mode: 0o644 })],
    cmd('/app'),
    'refuted',
    'proof/not-executable',
  );
  add('root with any exec bit', [exec('app', undefined, { mode: 0o001 })], cmd('/app'), 'proven');
  add(
    'a user without permission',
    [exec('app', undefined, { mode: 0o700 })],
    { Cmd: ['/app'], User: '1000' },
    'refuted',
    'proof/not-executable',
  );
  add('a user by group', [exec('app', undefined, { mode: 0o710, gid: 50 })], { Cmd: ['/app'], User: '1000:50' }, null);
  add(
    'a directory that a user may not enter',
    [{ path: 'd/', mode: 0o700 }, exec('d/app')],
    { Cmd: ['/d/app'], User: '1000' },
    'refuted',
    'proof/not-executable',
  );
  add(
    'a relative program below a directory that a user may not enter',
    [{ path: 'd/', mode: 0o700 }, { path: 'd/e/', mode: 0o755 }, exec('d/e/app')],
    { Cmd: ['./app'], User: '1000', WorkingDir: '/d/e' },
    'proven',
  );
  add('an unknown user', [exec('app')], { Cmd: ['/app'], User: 'nobody-here' }, 'refuted', 'proof/user-unknown');
  add('a user by name', [...debian, exec('app')], { Cmd: ['/app'], User: 'daemon' }, 'proven');
  add('a relative path', [exec('srv/app')], { Cmd: ['./app'], WorkingDir: '/srv' }, 'proven');
  add(
    'a relative path elsewhere',
    [exec('srv/app')],
    { Cmd: ['./app'], WorkingDir: '/opt' },
    'refuted',
    'proof/command-missing',
  );
  add(
    'a working directory that is a file',
    [exec('app'), exec('srv', 'x')],
    { Cmd: ['/app'], WorkingDir: '/srv' },
    'refuted',
  );
  add('a link to a link', [exec('opt/app'), link('a', 'b'), link('b', '/opt/app')], cmd('/a'), 'proven', 'exec');
  add('a dangling link', [link('a', '/opt/app')], cmd('/a'), 'refuted', 'proof/command-missing');
  add('links in a circle', [link('a', 'b'), link('b', 'a')], cmd('/a'), 'refuted', 'proof/link-loop');
  add('a link that leaves by ..', [link('a', '../../../opt/app'), exec('opt/app')], cmd('/a'), 'proven');
  add('a file with a slash behind it', [exec('app')], cmd('/app/'), 'refuted');
  add('a directory', [exec('app/x')], cmd('/app'), 'refuted', 'proof/is-directory');
  add('an empty file', [exec('app', '')], cmd('/app'), 'refuted');
  add(
    'a text without #!',
    [box, link('bin/sh', 'busybox'), exec('app', 'echo hi\n')],
    cmd('/app'),
    'refuted',
    'proof/no-interpreter-line',
  );
  add(
    'a text without #! under the shell',
    [box, link('bin/sh', 'busybox'), exec('app', 'echo hi\n')],
    cmd('/bin/sh', '-c', '/app'),
    'proven',
  );
  add(
    'a byte order mark before #!',
    [box, link('bin/sh', 'busybox'), exec('app', '\ufeff#!/bin/sh\n')],
    cmd('/app'),
    'refuted',
    'proof/no-interpreter-line',
  );
  add(
    '#! with CRLF',
    [box, link('bin/sh', 'busybox'), exec('app', '#!/bin/sh\r\n')],
    cmd('/app'),
    'refuted',
    'proof/interpreter-missing',
  );
  add(
    '#! with an argument and CRLF, dash',
    [...debian, exec('app', '#!/bin/sh -e\r\ntrue\r\n')],
    cmd('/app'),
    'refuted',
  );
  add('#! env with CRLF', [...debian, exec('app', '#!/usr/bin/env sh\r\n')], cmd('/app'), 'refuted');
  add('a script', [...debian, exec('app', '#!/bin/sh -e\nexit 0\n')], cmd('/app'), 'proven', 'interpreter');
  add(
    'a script for what is not there',
    [box, exec('app', '#!/bin/bash\n')],
    cmd('/app'),
    'refuted',
    'proof/interpreter-missing',
  );
  add(
    'a script whose interpreter is for another CPU',
    [wrong('bin/sh'), exec('app', '#!/bin/sh\n')],
    cmd('/app'),
    'refuted',
    'proof/start-wrong-cpu',
  );
  add(
    'a script that its user may not read',
    [...debian, exec('app', '#!/bin/sh\n', { mode: 0o711 })],
    { Cmd: ['/app'], User: '1000' },
    'refuted',
    'proof/not-readable',
  );
  add(
    'a script through env',
    [...debian, exec('app', '#!/usr/bin/env bash\nexit 0\n')],
    cmd('/app'),
    'proven',
    'interpreter',
  );
  add(
    'a script through env -S',
    [...debian, exec('app', '#!/usr/bin/env -S bash -e\nexit 0\n')],
    cmd('/app'),
    'proven',
  );
  add(
    'a script through env -S for what is not there',
    [...debian, exec('app', '#!/usr/bin/env -S node --no-warnings\n')],
    cmd('/app'),
    'refuted',
    'proof/command-not-found',
  );
  add(
    'a script through env for what is not there',
    [...debian, exec('app', '#!/usr/bin/env node\n')],
    cmd('/app'),
    'refuted',
    'proof/command-not-found',
  );
  add(
    'five interpreters in a row',
    [...debian, ...[1, 2, 3, 4, 5].map((n) => exec(`s${n}`, n === 5 ? '#!/usr/bin/true\n' : `#!/s${n + 1}\n`))],
    cmd('/s1'),
    'proven',
  );
  add(
    'six interpreters in a row',
    [...debian, ...[1, 2, 3, 4, 5, 6].map((n) => exec(`s${n}`, n === 6 ? '#!/usr/bin/true\n' : `#!/s${n + 1}\n`))],
    cmd('/s1'),
    'refuted',
    'proof/too-many-interpreters',
  );
  for (const [name, shell] of [
    ['dash', 'dash'],
    ['bash', 'bash'],
  ] as const) {
    const world = [...debian.filter(({ path }) => path !== 'usr/bin/sh'), link('usr/bin/sh', shell)];
    add(`shell form, ${name}`, [...world, exec('app')], cmd('/bin/sh', '-c', '/app --port 1'), 'proven', 'program');
    add(
      `shell form, another CPU, ${name}`,
      [...world, wrong('app')],
      cmd('/bin/sh', '-c', '/app'),
      'refuted',
      'proof/start-wrong-cpu',
    );
    add(
      `shell form, not there, ${name}`,
      [...world],
      cmd('/bin/sh', '-c', '/app x'),
      'refuted',
      'proof/command-missing',
    );
    add(
      `shell form, not on PATH, ${name}`,
      [...world],
      cmd('/bin/sh', '-c', 'nope x'),
      'refuted',
      'proof/command-not-found',
    );
    add(
      `shell form, no exec bit, ${name}`,
      [...world, exec('app', undefined, { mode: 0o644 })],
      cmd('/bin/sh', '-c', '/app'),
      'refuted',
      'proof/not-executable',
    );
    add(`a script that is not there, ${name}`, [...world], cmd('sh', '/entry.sh'), 'refuted');
  }
  const boxed = [box, link('bin/sh', 'busybox')];
  add('shell form, busybox', [...boxed, exec('app')], cmd('/bin/sh', '-c', '/app'), 'proven', 'program');
  add(
    'shell form, another CPU, busybox',
    [...boxed, wrong('app')],
    cmd('/bin/sh', '-c', '/app'),
    'refuted',
    'proof/start-wrong-cpu',
  );
  add('shell form, an applet without a link, busybox', boxed, cmd('/bin/sh', '-c', 'basename /x/y'), null);
  add('shell form, not there, busybox', boxed, cmd('/bin/sh', '-c', 'node x'), 'refuted', 'proof/command-not-found');
  add(
    'exec "$@"',
    [...debian, exec('entry.sh', '#!/bin/sh\nset -e\nexec "$@"\n')],
    { Entrypoint: ['/entry.sh'], Cmd: ['true'] },
    'proven',
  );
  add(
    'a static program linked to itself by a hard link',
    [exec('app'), { path: 'b', type: 'hardlink', link: 'app' }],
    cmd('/b'),
    'proven',
  );
  add(
    'a whiteout over the program',
    [[exec('app')], [{ path: '.wh.app' }]],
    cmd('/app'),
    'refuted',
    'proof/command-missing',
  );
  add(
    'an opaque directory over the program',
    [[exec('d/app')], [{ path: 'd/.wh..wh..opq' }, exec('d/b')]],
    cmd('/d/app'),
    'refuted',
    'proof/command-missing',
  );
  add('an upper layer mends the CPU', [[wrong('app')], [exec('app')]], cmd('/app'), 'proven', 'exec');
  add(
    'an upper layer breaks the CPU',
    [[exec('app')], [wrong('app')]],
    cmd('/app'),
    'refuted',
    'proof/start-wrong-cpu',
  );
  add(
    'a loader that is not there',
    [exec('app', elfBytes({ machine: own, interpreter: '/lib/ld-musl-none.so.1', type: 3 }))],
    cmd('/app'),
    'refuted',
    'proof/loader-missing',
  );
  add(
    'a loader for another CPU',
    [exec('app', elfBytes({ machine: own, interpreter: '/lib/ld.so' })), wrong('lib/ld.so')],
    cmd('/app'),
    'refuted',
    'proof/loader-unusable',
  );
  add(
    'a loader that is a text',
    [exec('app', elfBytes({ machine: own, interpreter: '/lib/ld.so' })), exec('lib/ld.so', 'hello '.repeat(100))],
    cmd('/app'),
    'refuted',
    'proof/loader-unusable',
  );
  add(
    'a loader without the exec bit',
    [exec('app', elfBytes({ machine: own, interpreter: '/lib/ld.so' })), exec('lib/ld.so', undefined, { mode: 0o644 })],
    cmd('/app'),
    'refuted',
    'proof/loader-unusable',
  );
  add(
    '32-bit ARM',
    [exec('app', elfBytes({ machine: 'arm' }))],
    cmd('/app'),
    own === 'arm64' ? 'undecided' : 'refuted',
  );
  add('i386', [exec('app', elfBytes({ machine: '386' }))], cmd('/app'), own === 'amd64' ? 'undecided' : 'refuted');
  add(
    'big-endian PowerPC',
    [exec('app', elfBytes({ machine: 21, endian: 'big' }))],
    cmd('/app'),
    'refuted',
    'proof/start-wrong-cpu',
  );
  add(
    'x32',
    [exec('app', elfBytes({ machine: 62, bits: 32 }))],
    cmd('/app'),
    own === 'amd64' ? 'undecided' : 'refuted',
  );
  add(
    'an object file',
    [exec('app', elfBytes({ machine: own, type: 1 }))],
    cmd('/app'),
    'refuted',
    'proof/not-a-program',
  );
  add('a core dump', [exec('app', elfBytes({ machine: own, type: 4 }))], cmd('/app'), 'refuted', 'proof/not-a-program');
  add(
    'a program for macOS',
    [exec('app', Buffer.from('cffaedfe0c00000100000000', 'hex'))],
    cmd('/app'),
    'refuted',
    'proof/not-a-program',
  );
  add(
    'a program for Windows',
    [exec('app', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]))],
    cmd('/app'),
    'refuted',
    'proof/not-a-program',
  );
  add('a program cut off in its header', [exec('app', elfBytes({ machine: own }).subarray(0, 40))], cmd('/app'), null);
  add(
    'a program cut off behind its headers',
    [exec('app', elfBytes({ machine: own, padding: 9000 }).subarray(0, 4096))],
    cmd('/app'),
    null,
  );
  // A program of the real Debian, and what its loader says about libraries.
  const without = (...names: string[]) => debian.filter(({ path }) => !names.some((name) => path.endsWith(name)));
  add('bash and its libraries', debian, cmd('bash', '-c', 'exit 0'), 'proven', 'loader');
  add(
    'bash without libtinfo',
    without('libtinfo.so.6'),
    cmd('bash', '-c', 'exit 0'),
    'refuted',
    'proof/library-missing',
  );
  add('dash without libc', without('libc.so.6'), cmd('sh', '-c', 'exit 0'), 'refuted', 'proof/library-missing');
  add(
    'a library for another CPU',
    [...without('libtinfo.so.6'), wrong(`usr/lib/${triplet}/libtinfo.so.6`)],
    cmd('bash', '-c', 'exit 0'),
    'refuted',
    'proof/library-missing',
  );
  const libtinfo = debian.find(({ path }) => path.endsWith('libtinfo.so.6.4'))!;
  add(
    'a library by LD_LIBRARY_PATH',
    [...without('libtinfo.so.6'), { ...libtinfo, path: 'opt/lib/libtinfo.so.6' }],
    { Cmd: ['bash', '-c', 'exit 0'], Env: ['LD_LIBRARY_PATH=/opt/lib'] },
    'proven',
  );
  add(
    'a library that only ld.so.conf names',
    [
      ...without('libtinfo.so.6'),
      { ...libtinfo, path: 'opt/lib/libtinfo.so.6' },
      { path: 'etc/ld.so.conf', content: '/opt/lib\n' },
    ],
    cmd('bash', '-c', 'exit 0'),
    'refuted',
    'proof/library-missing',
  );
  add(
    'a library for another CPU before the right one',
    [...debian, exec('opt/lib/libtinfo.so.6', elfBytes({ machine: other, type: 3 }))],
    { Cmd: ['bash', '-c', 'exit 0'], Env: ['LD_LIBRARY_PATH=/opt/lib'] },
    'proven',
  );
  add(
    'garbage before the right library',
    [...debian, exec('opt/lib/libtinfo.so.6', 'garbage '.repeat(20))],
    { Cmd: ['bash', '-c', 'exit 0'], Env: ['LD_LIBRARY_PATH=/opt/lib'] },
    'refuted',
    'proof/library-unusable',
  );
  add(
    'an empty file before the right library',
    [...debian, exec('opt/lib/libtinfo.so.6', '')],
    { Cmd: ['bash', '-c', 'exit 0'], Env: ['LD_LIBRARY_PATH=/opt/lib'] },
    'refuted',
    'proof/library-unusable',
  );
  add(
    'a library that its user may not read',
    [...without('libtinfo.so.6'), { ...libtinfo, path: `usr/lib/${triplet}/libtinfo.so.6`, mode: 0o600 }],
    { Cmd: ['bash', '-c', 'exit 0'], User: '1000' },
    'refuted',
  );
  add(
    'a library in /usr/lib64',
    [...without('libtinfo.so.6'), { ...libtinfo, path: 'usr/lib64/libtinfo.so.6' }],
    cmd('bash', '-c', 'exit 0'),
    'refuted',
    'proof/library-missing',
  );
  add(
    'a library in /usr/lib',
    [...without('libtinfo.so.6'), { ...libtinfo, path: 'usr/lib/libtinfo.so.6' }],
    cmd('bash', '-c', 'exit 0'),
    'proven',
  );
  add(
    'a command for another CPU beside the start',
    [...debian, wrong('usr/bin/tool')],
    cmd('bash', '-c', 'exit 0'),
    'refuted',
    'proof/wrong-cpu-command',
  );
  add(
    'another CPU where nothing looks',
    [exec('app'), wrong('opt/x/tool')],
    cmd('/app'),
    'undecided',
    'proof/unexplained-machine-code',
  );
  add(
    'loader without libraries',
    [exec('app', elfBytes({ machine: own, interpreter: ownLoader, needed: ['libc.so.6'] })), ...without('libc.so.6')],
    cmd('/app'),
    'refuted',
    'proof/library-missing',
  );

  const source = 'int puts(const char*); int main(){ puts("it ran"); return 0; }';
  const made = await world.compile(source);
  if (made === undefined) return cases;
  const dynamic = exec('opt/app', made);
  add('a compiled program', [...debian, dynamic], cmd('/opt/app'), 'proven', 'loader');
  add('a compiled program on nothing', [dynamic], cmd('/opt/app'), 'refuted', 'proof/loader-missing');
  const still = (await world.compile(source, '-static'))!;
  add('a static compiled program', [exec('app', still)], cmd('/app'), 'proven', 'exec');
  add('a static PIE', [exec('app', (await world.compile(source, '-static-pie'))!)], cmd('/app'), 'proven', 'exec');
  add('a compiled program cut in half', [exec('app', still.subarray(0, still.length >> 1))], cmd('/app'), null);
  const shared = (await world.compile('int f(void){ return 0; }', '-shared', '-fPIC', '-Wl,-soname,libf.so.1'))!;
  const stub = await world.compile(
    'int f(void); int main(){ return f(); }',
    '-Wl,--unresolved-symbols=ignore-all',
    '-Wl,-z,lazy',
  );
  if (stub === undefined) return cases;
  add('a library started as a program', [...debian, exec('opt/libf.so.1', shared)], cmd('/opt/libf.so.1'), null);
  return cases;
}

/** Every case of the matrix, kind by kind, so that a part of it can be made without the rest. */
export const caseKinds = {
  startCases,
  launcherCases,
  purposeCases,
  cpuCases,
  libraryCases,
  moduleCases,
  nodeCases,
  pythonCases,
  languageCases,
  programCases,
  runtimeCases,
  beforeCases,
  scriptCases,
  javaCases,
  definitionCases,
} as const;

export async function truthCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const cases: TruthCase[] = [];
  for (const make of Object.values(caseKinds)) cases.push(...(await make(world)));
  return cases;
}
