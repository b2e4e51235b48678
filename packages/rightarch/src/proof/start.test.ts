import { describe, expect, it } from 'vitest';
import { diagnosticJson, remark } from '../messages/index.ts';
import type { RuntimeConfig } from '../oci/index.ts';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const LOADER = '/lib/ld-linux-aarch64.so.1';
const MUSL = '/lib/ld-musl-aarch64.so.1';

const program = (path: string, parts: Parameters<typeof elfBytes>[0] = {}, more: Partial<TestFile> = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', ...parts }),
  ...more,
});
const dynamic = (path: string, interpreter = LOADER) => program(path, { interpreter, type: 3 });
const script = (path: string, content: string, more: Partial<TestFile> = {}): TestFile => ({
  path,
  mode: 0o755,
  content,
  ...more,
});
const link = (path: string, target: string): TestFile => ({ path, type: 'symlink', link: target });

/** What a Debian-like arm64 image with Node has, as far as a start needs it. */
const base: readonly TestFile[] = [
  program('lib/ld-linux-aarch64.so.1', { type: 3, soname: 'ld-linux-aarch64.so.1' }),
  program('lib/ld-musl-aarch64.so.1', { type: 3, soname: 'libc.musl-aarch64.so.1' }),
  dynamic('usr/bin/sh'),
  dynamic('usr/bin/env'),
  link('bin', 'usr/bin'),
  dynamic('usr/local/bin/node'),
  script('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n', { mode: 0o644 }),
  script('etc/group', 'root:x:0:\nnode:x:1000:\nstaff:x:50:node\n', { mode: 0o644 }),
];

async function prove(files: readonly TestFile[], config: RuntimeConfig, platform = 'linux/arm64') {
  const image = testImage({ platform, files: [...base, ...files], config });
  const proof = await verifyTree(await image.tree());
  const one = proof.platforms[0]!;
  return { ...one, codes: one.diagnostics.map(({ code }) => code), whole: proof.verdict };
}

const prints = (proof: Awaited<ReturnType<typeof prove>>) => proof.diagnostics[0]?.args['prints'];

it('what stands behind more launchers than are followed is open', async () => {
  const proof = await prove([], { Cmd: [...Array(17).fill('env'), 'nope'] });
  expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/start-undecided'] });
  const fewer = await prove([], { Cmd: [...Array(15).fill('env'), 'node'] });
  expect(fewer).toMatchObject({ verdict: 'proven', reach: 'program' });
});

it('changes of the directory without end are followed, and a function of bash stands before programs', async () => {
  const line = `${'cd /usr && '.repeat(20_000)}node`;
  expect(await prove([], { Cmd: ['sh', '-c', line] })).toMatchObject({ verdict: 'proven', reach: 'program' });
  const config = { Cmd: ['bash', '-c', 'serve'], Env: ['BASH_FUNC_serve%%=() { node; }'] };
  expect((await prove([dynamic('usr/bin/bash')], config)).codes).toEqual([]);
});

it('whom gosu cannot become is told as such, and not as USER', async () => {
  const proof = await prove([program('usr/sbin/gosu')], { Cmd: ['gosu', 'nobody', 'node'] });
  expect(diagnosticJson(proof.diagnostics[0]!, 'en').message).toMatch(/^`gosu` cannot become `nobody`/);
});

describe('what starts', () => {
  it.each<readonly [string, readonly TestFile[], RuntimeConfig, string]>([
    ['a static program', [program('app')], { Entrypoint: ['/app'] }, 'exec'],
    ['a program with its loader', [], { Cmd: ['node', 'server.js'] }, 'loader'],
    [
      'a relative name under the working directory',
      [program('srv/app')],
      { Cmd: ['./app'], WorkingDir: '/srv' },
      'exec',
    ],
    ['a link to a link', [program('opt/app'), link('a', 'b'), link('b', '/opt/app')], { Cmd: ['/a'] }, 'exec'],
    ['a script', [script('run', '#!/bin/sh -e\nnode\n')], { Cmd: ['/run'] }, 'interpreter'],
    ['a script through env', [script('cli', '#!/usr/bin/env node\n')], { Cmd: ['/cli'] }, 'interpreter'],
    [
      'an entry script that ends in exec "$@"',
      [script('entry.sh', '#!/bin/sh\nset -e\nexec "$@"\n')],
      { Entrypoint: ['/entry.sh'], Cmd: ['node'] },
      'program',
    ],
    [
      'the same with a command that is not there',
      [script('entry.sh', '#!/bin/sh\nexec "$@"\n')],
      { Entrypoint: ['/entry.sh'], Cmd: ['nope'] },
      'interpreter',
    ],
    [
      'an entry script with another end',
      [script('entry.sh', '#!/bin/sh\nexec "$@"\necho\n')],
      { Entrypoint: ['/entry.sh'], Cmd: ['node'] },
      'interpreter',
    ],
    ['the shell form', [], { Cmd: ['/bin/sh', '-c', 'node server.js'] }, 'program'],
    ['a shell line that nobody follows', [], { Cmd: ['/bin/sh', '-c', 'cd /x && nope'] }, 'interpreter-less'],
    [
      'a command behind a change of the directory that PATH begins at',
      [program('usr/x')],
      { Cmd: ['/bin/sh', '-c', 'cd /usr && serve'], Env: ['PATH=./node_modules/.bin:/usr/bin'] },
      'interpreter-less',
    ],
    [
      'the shell form of SHELL with pipefail',
      [dynamic('usr/bin/bash')],
      { Cmd: ['/bin/bash', '-o', 'pipefail', '-c', 'node server.js'] },
      'program',
    ],
    [
      'the first of commands that follow one another',
      [],
      { Cmd: ['/bin/sh', '-c', 'node migrate.js && node x.js > log'] },
      'program',
    ],
    [
      'a command behind a change to a directory that is there',
      [program('app/x')],
      { Cmd: ['/bin/sh', '-c', 'cd /app && exec sh entry.sh'] },
      'program',
    ],
    [
      'a command that may be reached in spite of the first',
      [],
      { Cmd: ['/bin/sh', '-c', 'nope && x || node y.js'] },
      'interpreter-less',
    ],
    [
      'what an entry script executes on its last line',
      [script('entry.sh', '#!/bin/sh\nset -e\nexec node server.js "$@"\n')],
      { Entrypoint: ['/entry.sh'] },
      'program',
    ],
    [
      'the same in a block, which nobody follows',
      [script('entry.sh', '#!/bin/sh\nif true; then\nexec node server.js\n')],
      { Entrypoint: ['/entry.sh'] },
      'interpreter',
    ],
    ['gosu', [program('usr/sbin/gosu')], { Entrypoint: ['gosu', 'node'], Cmd: ['node', 'x'] }, 'program'],
    ['su-exec', [dynamic('sbin/su-exec', MUSL)], { Cmd: ['/sbin/su-exec', 'node:staff', 'node'] }, 'program'],
    ['catatonit', [program('usr/bin/catatonit')], { Cmd: ['catatonit', '-g', '--', 'node'] }, 'program'],
    ['s6-setuidgid', [dynamic('usr/bin/s6-setuidgid')], { Cmd: ['s6-setuidgid', 'node', 'node'] }, 'program'],
    [
      'gosu, which only root may use',
      [program('usr/sbin/gosu')],
      { Cmd: ['gosu', 'root', 'nope'], User: 'node' },
      'exec',
    ],
    ['tini', [dynamic('sbin/tini')], { Entrypoint: ['/sbin/tini', '-g', '--'], Cmd: ['node'] }, 'program'],
    [
      'tini with an option that is not known',
      [dynamic('sbin/tini')],
      { Entrypoint: ['/sbin/tini', '--what', 'nope'] },
      'loader',
    ],
    [
      'a script without #! under a glibc tini',
      [dynamic('sbin/tini'), script('run', 'node\n')],
      { Entrypoint: ['/sbin/tini', '--', '/run'] },
      'interpreter',
    ],
    [
      'a user by name, by its own x bit',
      [program('app', {}, { mode: 0o700, uid: 1000 })],
      { Cmd: ['/app'], User: 'node' },
      'exec',
    ],
    [
      'a user by a group of the group file',
      [program('app', {}, { mode: 0o710, gid: 50 })],
      { Cmd: ['/app'], User: 'node' },
      'exec',
    ],
    ['a number that is in no passwd', [program('app')], { Cmd: ['/app'], User: '4711:4711' }, 'exec'],
    ['root with any x bit', [program('app', {}, { mode: 0o001 })], { Cmd: ['/app'] }, 'exec'],
    ['the default PATH where none is set', [program('usr/sbin/appd')], { Cmd: ['appd'] }, 'exec'],
    ['a PATH entry through a link', [], { Cmd: ['sh'], Env: ['PATH=/nope:/bin'] }, 'loader'],
    [
      'five scripts in a row',
      [1, 2, 3, 4, 5].map((n) => script(`s${n}`, n === 5 ? '#!/usr/bin/sh\n' : `#!/s${n + 1}\n`)),
      { Cmd: ['/s1'] },
      'interpreter',
    ],
  ])('%s', async (_, files, config, reach) => {
    const proof = await prove(files, config);
    expect(proof.codes).toEqual([]);
    expect(proof.verdict).toBe('proven');
    expect(proof.reach).toBe(reach === 'interpreter-less' ? 'loader' : reach);
  });
});

describe('what does not start', () => {
  const wrong = program('app', { machine: 'amd64' });
  it.each<readonly [string, readonly TestFile[], RuntimeConfig, string, string | RegExp]>([
    ['a program for another CPU', [wrong], { Cmd: ['/app'] }, 'proof/start-wrong-cpu', 'exec /app: exec format error'],
    [
      'it behind tini',
      [wrong, dynamic('sbin/tini')],
      { Cmd: ['/sbin/tini', '--', '/app'] },
      'proof/start-wrong-cpu',
      // The shell of the image reads it as a script (seen with tini 0.19 of Debian 12).
      '/app: …',
    ],
    [
      'it behind the shell form',
      [wrong],
      { Cmd: ['/bin/sh', '-c', '/app --port 1'] },
      'proof/start-wrong-cpu',
      '/bin/sh: /app: Exec format error',
    ],
    [
      'a name that is not on PATH',
      [],
      { Cmd: ['nope'] },
      'proof/command-not-found',
      'exec: "nope": executable file not found in $PATH',
    ],
    ['an empty PATH', [], { Cmd: ['node'], Env: ['PATH='] }, 'proof/command-not-found', /not found in \$PATH/],
    [
      'a shell line with an unknown command',
      [],
      { Cmd: ['/bin/sh', '-c', 'nope --x'] },
      'proof/command-not-found',
      '/bin/sh: nope: not found',
    ],
    [
      'a path that is not there',
      [],
      { Cmd: ['/app'] },
      'proof/command-missing',
      'exec: "/app": stat /app: no such file or directory',
    ],
    ['a link to nowhere', [link('app', '/gone')], { Cmd: ['/app'] }, 'proof/command-missing', /no such file/],
    ['a loop of links', [link('app', 'b'), link('b', 'app')], { Cmd: ['/app'] }, 'proof/link-loop', /too many levels/],
    ['a directory', [{ path: 'app/' }], { Cmd: ['/app'] }, 'proof/is-directory', 'exec: "/app": is a directory'],
    [
      'a file without any x bit',
      [program('app', {}, { mode: 0o644 })],
      { Cmd: ['/app'] },
      'proof/not-executable',
      'exec: "/app": permission denied',
    ],
    [
      'another user’s file',
      [program('app', {}, { mode: 0o700 })],
      { Cmd: ['/app'], User: 'node' },
      'proof/not-executable',
      /permission denied/,
    ],
    [
      'a directory that the user may not search',
      [{ path: 'root/', mode: 0o700 }, program('root/app')],
      { Cmd: ['/root/app'], User: '1000' },
      'proof/not-executable',
      /permission denied/,
    ],
    [
      'a script that the user may not read',
      [script('run', '#!/bin/sh\n', { mode: 0o711 })],
      { Cmd: ['/run'], User: 'node' },
      'proof/not-readable',
      /Permission denied/,
    ],
    [
      'a script without #!',
      [script('run.sh', 'echo hi\n')],
      { Cmd: ['/run.sh'] },
      'proof/no-interpreter-line',
      'exec /run.sh: exec format error',
    ],
    [
      'a byte order mark before #!',
      [script('run.sh', '\ufeff#!/bin/sh\n')],
      { Cmd: ['/run.sh'] },
      'proof/no-interpreter-line',
      /exec format error/,
    ],
    [
      'a script without #! under a musl tini',
      [dynamic('sbin/tini', MUSL), script('run', 'node\n')],
      { Cmd: ['/sbin/tini', '/run'] },
      'proof/no-interpreter-line',
      'exec /run failed: Exec format error',
    ],
    [
      'an interpreter that is not there',
      [script('run', '#!/bin/bash\n')],
      { Cmd: ['/run'] },
      'proof/interpreter-missing',
      'exec /run: no such file or directory',
    ],
    [
      'Windows line endings',
      [script('run', '#!/bin/sh\r\nnode\r\n')],
      { Cmd: ['/run'] },
      'proof/interpreter-missing',
      'exec /run: no such file or directory',
    ],
    [
      'Windows line endings behind env',
      [script('run', '#!/usr/bin/env node\r\n')],
      { Cmd: ['/run'] },
      'proof/command-not-found',
      /env/,
    ],
    [
      'a missing loader',
      [dynamic('app', '/lib/ld-none.so.1')],
      { Cmd: ['/app'] },
      'proof/loader-missing',
      'exec /app: no such file or directory',
    ],
    [
      'a loader for another CPU',
      [dynamic('app', '/lib/ld.so'), program('lib/ld.so', { machine: 'amd64', type: 3 })],
      { Cmd: ['/app'] },
      'proof/loader-unusable',
      /corrupted shared library/,
    ],
    ['an empty file', [script('app', '')], { Cmd: ['/app'] }, 'proof/not-a-program', 'exec /app: exec format error'],
    [
      'a macOS program',
      [script('app', '\u00cf\u00fa\u00ed\u00fe', { content: Buffer.from('cffaedfe0c00000100000000', 'hex') })],
      { Cmd: ['/app'] },
      'proof/not-a-program',
      /exec format error/,
    ],
    ['an object file', [program('app', { type: 1 })], { Cmd: ['/app'] }, 'proof/not-a-program', /exec format error/],
    [
      'six scripts in a row',
      [1, 2, 3, 4, 5, 6].map((n) => script(`s${n}`, n === 6 ? '#!/usr/bin/sh\n' : `#!/s${n + 1}\n`)),
      { Cmd: ['/s1'] },
      'proof/too-many-interpreters',
      /too many levels/,
    ],
    [
      'a user that is not in passwd',
      [program('app')],
      { Cmd: ['/app'], User: 'web' },
      'proof/user-unknown',
      'unable to find user web: no matching entries in passwd file',
    ],
    [
      'a group that is not in group',
      [program('app')],
      { Cmd: ['/app'], User: '1000:web' },
      'proof/user-unknown',
      /unable to find group web/,
    ],
  ])('%s', async (_, files, config, code, text) => {
    const proof = await prove(files, config);
    expect(proof.codes[0]).toBe(code);
    expect(proof.verdict).toBe('refuted');
    expect(proof.witness).toBeDefined();
    expect(proof.reach).toBeUndefined();
    if (typeof text === 'string') expect(prints(proof)).toBe(text);
    else expect(prints(proof)).toMatch(text);
  });
});

describe('what is left open', () => {
  it('no command at all: needs argv', async () => {
    const proof = await prove([], {});
    expect(proof).toMatchObject({ verdict: 'undecided', needs: remark('argv'), codes: ['proof/no-command'] });
  });

  it('a script without #! under a static init', async () => {
    const proof = await prove([program('tini'), script('run', 'node\n')], { Cmd: ['/tini', '/run'] });
    expect(proof).toMatchObject({ verdict: 'undecided', codes: ['proof/start-undecided'] });
  });

  it('a program cut short', async () => {
    const whole = elfBytes({ machine: 'arm64', padding: 4096 });
    const proof = await prove([{ path: 'app', mode: 0o755, content: whole.slice(0, 600) }], { Cmd: ['/app'] });
    expect(proof.verdict).not.toBe('proven');
  });

  it('32-bit ARM on arm64 needs the CPU', async () => {
    const proof = await prove([program('app', { machine: 'arm' })], { Cmd: ['/app'] });
    expect(proof).toMatchObject({ verdict: 'undecided', needs: 'cpu-aarch32', codes: ['proof/needs-cpu'] });
  });
});
