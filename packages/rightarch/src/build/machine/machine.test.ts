import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatPlatform, parsePlatform } from '../../core/index.ts';
import { elfBytes } from '../../testing/index.ts';
import type { RunProgram } from '../types.ts';
import { readDocker } from './docker.ts';
import { howEachRuns, judgeMachine, type Machine } from './doctor.ts';
import { magicOf, parseEmulator, readEmulators, registration, withVersions } from './emulators.ts';
import { mendMachine } from './mend.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-machine-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const platform = (text: string) => parsePlatform(text)!;
const ARM = [platform('linux/amd64'), platform('linux/arm64')];
const MAGIC = '7f454c460201010000000000000000000200b700';
const MASK = 'ffffffffffffff00fffffffffffffffffeffffff';
/** As the kernel shows what Debian's qemu-user-static registers (Linux 6.1, 2026-11-29). */
const handler = (flags: string, interpreter = '/usr/libexec/qemu-binfmt/aarch64-binfmt-P', state = 'enabled') =>
  `${state}\ninterpreter ${interpreter}\nflags: ${flags}\noffset 0\nmagic ${MAGIC}\nmask ${MASK}\n`;
const NO_DOCKER: Machine['docker'] = {
  client: undefined,
  server: undefined,
  platform: undefined,
  legacy: undefined,
  builder: { lack: 'program', detail: '' },
};

describe('the builders that are named', () => {
  const at = { in: 'input', name: 'builders' } as const;
  const named = (name: string, answer: NonNullable<Machine['builders']>[number]['answer']) =>
    ({ engine: 'buildkit', name, of: ['linux/arm64'], at, answer }) as const;
  const machine = (...builders: NonNullable<Machine['builders']>): Machine => ({
    host: platform('linux/amd64'),
    emulators: [],
    docker: NO_DOCKER,
    builders,
  });

  test('run what this machine does not, natively or emulated', () => {
    const own = machine(named('tcp://arm:1', { platforms: ['linux/arm64', 'linux/riscv64'] }));
    const runs = howEachRuns(own, [...ARM, platform('linux/riscv64')]);
    expect(runs.map(({ how, by }) => [how, by])).toEqual([
      ['native', undefined],
      ['native', 'tcp://arm:1'],
      ['emulated', 'tcp://arm:1'],
    ]);
    expect(judgeMachine(own, ARM)).toEqual([]);
  });

  test('are findings where they do not answer, and where nothing can ask them', () => {
    const gone = machine(
      named('tcp://gone:1', { down: 'connection refused' }),
      named('tcp://x:1', { lack: 'buildctl' }),
    );
    expect(judgeMachine(gone, [])).toMatchObject([
      { code: 'engine/builder-down', args: { builder: 'tcp://gone:1' }, because: ['connection refused'] },
      { code: 'engine/unavailable', args: { engine: 'buildctl', lack: 'buildctl' } },
    ]);
    expect(howEachRuns(gone, ARM)[1]).toMatchObject({ how: 'not' });
  });
});

describe('an emulator', () => {
  test.each<[string, string, string | undefined, string | undefined]>([
    ['for containers', handler('POCF'), 'linux/arm64', undefined],
    ['that is opened by its path', handler('', '/'), 'linux/arm64', 'not-fixed'],
    ['that is gone', handler('', '/not/there'), 'linux/arm64', 'gone'],
    ['whose path is no path', handler('', '/etc/passwd/x'), 'linux/arm64', 'gone'],
    ['that is gone and was opened before', handler('F', '/not/there'), 'linux/arm64', undefined],
    ['that is off', handler('F', '/', 'disabled'), 'linux/arm64', 'disabled'],
    ['of Rosetta', handler('F').replace('b700', '3e00'), 'linux/amd64', undefined],
    [
      'of 32-bit ARM',
      handler('F').replace(MAGIC, '7f454c4601010100000000000000000002002800'),
      'linux/arm/v7',
      undefined,
    ],
    [
      'of a big machine',
      handler('F').replace(MAGIC, '7f454c4602020100000000000000000000020016'),
      'linux/s390x',
      undefined,
    ],
    ['of big ARM', handler('F').replace(MAGIC, '7f454c46020201000000000000000000000200b7'), undefined, undefined],
    ['of jars', 'enabled\ninterpreter /usr/bin/jexec\nflags: \noffset 0\nmagic 504b0304\n', undefined, undefined],
    ['of an extension', 'enabled\ninterpreter /usr/bin/mono\nflags: \nextension .exe\n', undefined, undefined],
    ['of nothing', '', undefined, undefined],
  ])('%s', (_name, text, runs, fault) => {
    const found = parseEmulator('qemu', text);
    expect(found && formatPlatform(found.platform)).toBe(runs);
    expect(found?.fault).toBe(fault);
  });

  test('is read where the kernel lists it, and off where all of them are', () => {
    expect(readEmulators(join(directory, 'not-there'))).toBeUndefined();
    writeFileSync(join(directory, 'status'), 'enabled\n');
    writeFileSync(join(directory, 'register'), '');
    writeFileSync(join(directory, 'qemu-aarch64'), handler('F'));
    expect(readEmulators(directory)).toMatchObject([{ name: 'qemu-aarch64', fault: undefined }]);
    writeFileSync(join(directory, 'status'), 'disabled\n');
    expect(readEmulators(directory)).toMatchObject([{ fault: 'disabled' }]);
  });

  test('of qemu has its version, by its own program and not by a link that only the kernel may start', async () => {
    const program = join(directory, 'qemu-aarch64-static');
    writeFileSync(program, '');
    symlinkSync(program, join(directory, 'aarch64-binfmt-P'));
    writeFileSync(join(directory, 'rosetta'), '');
    const asked: string[] = [];
    const run: RunProgram = async (command, args) => {
      asked.push([command, ...args].join(' '));
      return { status: 0, out: 'qemu-aarch64 version 7.2.22 (Debian 1:7.2)\nCopyright\n', err: '' };
    };
    const of = (name: string) => parseEmulator(name, handler('F', join(directory, name)))!;
    const all = ['aarch64-binfmt-P', 'qemu-aarch64-static', 'rosetta', 'qemu-gone'].map(of);
    const found = await withVersions(all, run);
    expect(found?.map(({ version }) => version)).toEqual(['7.2.22', '7.2.22', undefined, undefined]);
    expect(asked).toEqual([`${program} --version`]);
    expect(await withVersions(undefined, run)).toBeUndefined();
  });

  test('is registered by what qemu itself registers', () => {
    expect(magicOf(platform('linux/arm64'))).toEqual({ magic: MAGIC, mask: MASK });
    expect(magicOf(platform('linux/s390x'))).toBeUndefined();
    expect(registration({ name: 'q', interpreter: '/usr/bin/q' }, { magic: '7f45', mask: 'ff00' })).toBe(
      ':q:M:0:\\x7f\\x45:\\xff\\x00:/usr/bin/q:OCF',
    );
    const odd = (interpreter: string) =>
      registration({ name: 'q', interpreter, flags: 'PF' }, { magic: '7f', mask: 'ff' });
    expect(odd('/a:b')).toBe('|q|M|0|\\x7f|\\xff|/a:b|PF');
    expect(odd('/:|,;!%')).toBeUndefined();
  });
});

describe('docker', () => {
  const BUILDX = 'github.com/docker/buildx v0.13.1 abc\n';
  const INSPECT = 'Name:   default\nDriver: docker\n\nNodes:\nName:      default\nPlatforms: linux/amd64, linux/386\n';
  const run =
    (client: string | undefined, buildx: boolean, server: string | null = '20.10.24'): RunProgram =>
    async (_command, args) => {
      const end = (status: number | undefined, out = '') => ({ status, out, err: '' });
      if (client === undefined) return end(undefined);
      if (args[0] === 'version')
        return end(
          server === null ? 1 : 0,
          JSON.stringify({ Client: { Version: client }, Server: server && { Version: server } }),
        );
      if (args[0] === '--version') return end(0, `Docker version ${client}, build x\n`);
      if (args[0] === 'buildx' && !buildx) return end(1);
      if (args[1] === 'version') return end(0, BUILDX);
      if (args[1] === 'inspect') return end(0, INSPECT);
      return end(0, '');
    };
  const legacy = async (
    program: RunProgram,
    env: Readonly<Record<string, string>> = {},
    ping: string | undefined = undefined,
  ) => (await readDocker({ run: program, env, ping: async () => ping })).legacy;

  test('of 20.10 asks its engine which builder it is', async () => {
    expect(await legacy(run('20.10.24', true), {}, '1')).toBe('default');
    expect(await legacy(run('20.10.24', true), {}, '')).toBe('default');
    expect(await legacy(run('20.10.24', true), {}, '2')).toBeUndefined();
    expect(await legacy(run('20.10.24', true))).toBeUndefined();
    expect(await legacy(run('20.10.24', false), { DOCKER_BUILDKIT: '1' }, '1')).toBeUndefined();
  });

  test('from 23.0 on needs buildx', async () => {
    expect(await legacy(run('28.2.2', false))).toBe('no-buildx');
    expect(await legacy(run('28.2.2', true), {}, '1')).toBeUndefined();
  });

  test('that forwards builds to buildx has no other builder, and podman has its own', async () => {
    const asked = { run: run('20.10.24', true), env: {}, ping: async () => '1' };
    expect((await readDocker(asked)).legacy).toBe('default');
    expect((await readDocker({ ...asked, isAlias: true })).legacy).toBeUndefined();
    const podman: RunProgram = async (command, args) =>
      args[0] === '--version' ? { status: 0, out: 'podman version 5.4.0\n', err: '' } : asked.run(command, args);
    expect((await readDocker({ ...asked, run: podman, env: { DOCKER_BUILDKIT: '0' } })).legacy).toBeUndefined();
  });

  test('does what the variable says', async () => {
    expect(await legacy(run('28.2.2', true), { DOCKER_BUILDKIT: '0' })).toBe('variable');
    expect(await legacy(run('28.2.2', true), { DOCKER_BUILDKIT: '' })).toBeUndefined();
  });

  test('that is not there has no builder of any kind', async () => {
    expect(await readDocker({ run: run(undefined, false), env: {}, ping: async () => undefined })).toEqual(NO_DOCKER);
    const silent = await readDocker({ run: run('28.2.2', true, null), env: {}, ping: async () => undefined });
    expect([silent.client, silent.server]).toEqual(['28.2.2', undefined]);
  });
});

describe('a machine', () => {
  const machine = (more: Partial<Machine> = {}): Machine => ({
    host: platform('linux/amd64'),
    emulators: [],
    docker: NO_DOCKER,
    ...more,
  });
  const builder = (driver: string, ...platforms: readonly string[]): Machine['docker'] => ({
    client: '26.1.5',
    server: '26.1.5',
    platform: undefined,
    legacy: undefined,
    builder: { name: 'b', driver, platforms },
  });
  const codes = (one: Machine) =>
    judgeMachine(one, ARM).map(({ code, args }) => [code, args['why'] ?? args['platform']]);

  test.each<[string, Machine, readonly unknown[]]>([
    ['runs only its own programs', machine(), [['machine/no-emulator', 'linux/arm64']]],
    ['cannot be asked', machine({ emulators: undefined }), []],
    ['has an emulator', machine({ emulators: [parseEmulator('q', handler('F'))!] }), []],
    [
      'has one that no container gets to',
      machine({ emulators: [parseEmulator('q', handler('', '/'))!] }),
      [['machine/emulator-unusable', 'not-fixed']],
    ],
    [
      'has a builder that lists the platform',
      machine({ docker: builder('docker', 'linux/amd64', 'linux/arm64/v8') }),
      [],
    ],
    ['has a builder with emulators in its image', machine({ docker: builder('docker-container', 'linux/amd64') }), []],
    [
      'has a builder of nodes that list others',
      machine({ docker: builder('kubernetes', 'linux/amd64') }),
      [['machine/no-emulator', 'linux/arm64']],
    ],
    [
      'has the builder from before BuildKit',
      machine({ docker: { ...builder('docker', 'linux/arm64'), legacy: 'variable' } }),
      [['machine/legacy-builder', 'variable']],
    ],
    [
      'runs Windows containers, and has one answer to all that follows from it',
      machine({ host: platform('windows/amd64'), emulators: undefined }),
      [['machine/windows-containers', 'windows/amd64']],
    ],
  ])('%s', (_name, one, expected) => expect(codes(one)).toEqual(expected));

  test('says of each platform how it runs', () => {
    const emulated = machine({ emulators: [parseEmulator('qemu-aarch64', handler('F'))!] });
    expect(howEachRuns(emulated, ARM).map(({ how, by }) => [how, by])).toEqual([
      ['native', undefined],
      ['emulated', 'qemu-aarch64'],
    ]);
  });

  test('runs no Linux where it runs Windows', () => {
    const windows = machine({ host: platform('windows/amd64'), emulators: undefined });
    expect(howEachRuns(windows, ARM).map(({ how }) => how)).toEqual(['not', 'not']);
  });

  test('runs every variant of a CPU that it runs, and knows what it does not know', () => {
    const how = (text: string, one = machine()) => howEachRuns(one, [platform(text)])[0]!.how;
    expect(['linux/386', 'linux/amd64/v3', 'windows/amd64', 'linux/riscv64'].map((text) => how(text))).toEqual([
      'native',
      'unknown',
      'unknown',
      'not',
    ]);
    expect(how('linux/arm/v7', machine({ host: platform('linux/arm64') }))).toBe('unknown');
    const arm = parseEmulator('q', handler('F').replace(MAGIC, '7f454c4601010100000000000000000002002800'))!;
    expect(how('linux/arm/v6', machine({ emulators: [arm] }))).toBe('emulated');
    const own = machine({ docker: builder('docker-container', 'linux/amd64') });
    expect(['linux/s390x', 'linux/loong64', 'windows/arm64'].map((text) => how(text, own))).toEqual([
      'emulated',
      'not',
      'unknown',
    ]);
  });

  describe('is mended', () => {
    const typed: string[] = [];
    const run: RunProgram = async (command, args) => {
      typed.push([command, ...args].join(' '));
      return { status: 0, out: '', err: '' };
    };
    beforeEach(() => {
      typed.length = 0;
      mkdirSync(join(directory, 'binfmt'));
      writeFileSync(join(directory, 'binfmt/status'), 'enabled\n');
      writeFileSync(join(directory, 'binfmt/register'), '');
    });
    const mend = (one: Machine) => mendMachine(one, ARM, { run, directory: join(directory, 'binfmt') });
    const qemu = (interpreter?: string): string => {
      const file = join(directory, 'qemu');
      writeFileSync(file, elfBytes({ machine: 'amd64', ...(interpreter === undefined ? {} : { interpreter }) }));
      return file;
    };

    test('by registering the same emulator so that containers find it', async () => {
      const interpreter = qemu();
      writeFileSync(join(directory, 'binfmt/own'), handler('', interpreter));
      const done = await mend(machine({ emulators: readEmulators(join(directory, 'binfmt')) }));
      expect(done.map(({ failed }) => failed)).toEqual([undefined, undefined]);
      expect(readFileSync(join(directory, 'binfmt/own'), 'utf8')).toBe('-1');
      const line = readFileSync(join(directory, 'binfmt/register'), 'utf8');
      expect(line).toBe(registration({ name: 'own', interpreter, flags: 'F' }, { magic: MAGIC, mask: MASK }));
    });

    test('not by one that needs a loader, which no container has', async () => {
      const interpreter = qemu('/lib64/ld-linux-x86-64.so.2');
      writeFileSync(join(directory, 'binfmt/own'), handler('', interpreter));
      const one = machine({
        emulators: readEmulators(join(directory, 'binfmt')),
        docker: builder('docker', 'linux/amd64'),
      });
      await mend(one);
      // Either this machine has another that does, or Docker is asked for it.
      const line = readFileSync(join(directory, 'binfmt/register'), 'utf8');
      expect(line).not.toContain(interpreter);
      expect(line !== '' || typed.join().includes('tonistiigi/binfmt --install arm64')).toBe(true);
    });

    test('never with an emulator for its own CPU, by which nothing would start any more', async () => {
      const wanted = ['linux/amd64/v3', 'linux/amd64/v2', 'windows/amd64', 'linux/386'].map(platform);
      const emulators = readEmulators(join(directory, 'binfmt'));
      const docker = builder('docker', 'linux/amd64');
      const mending = { run, directory: join(directory, 'binfmt') };
      expect(await mendMachine(machine({ emulators, docker }), wanted, mending)).toEqual([]);
      expect([readFileSync(join(directory, 'binfmt/register'), 'utf8'), typed]).toEqual(['', []]);
    });

    test('and keeps the flags that decide what the emulator is given, and what it had where that fails', async () => {
      const interpreter = qemu();
      writeFileSync(join(directory, 'binfmt/own'), handler('POC', interpreter));
      const emulators = readEmulators(join(directory, 'binfmt'));
      await mend(machine({ emulators }));
      expect(readFileSync(join(directory, 'binfmt/register'), 'utf8')).toMatch(/:POCF$/);
      rmSync(join(directory, 'binfmt/register'));
      mkdirSync(join(directory, 'binfmt/register'));
      const done = await mend(machine({ emulators }));
      expect(done.map(({ did }) => /:(\w+)' >/.exec(did)?.[1] ?? did.slice(0, 16))).toEqual(
        ["printf '%s' '-1' ", 'POCF', 'POC'].map((one) => one.slice(0, 16)),
      );
    });

    test('never where the engine is on another machine', async () => {
      const one = machine({ elsewhere: true, docker: builder('docker', 'linux/amd64') });
      expect(await mend(one)).toEqual([]);
      expect(typed).toEqual([]);
    });

    test('by switching it on', async () => {
      writeFileSync(join(directory, 'binfmt/own'), handler('F', '/', 'disabled'));
      await mend(machine({ emulators: readEmulators(join(directory, 'binfmt')) }));
      expect(readFileSync(join(directory, 'binfmt/own'), 'utf8')).toBe('1');
    });

    test('in no way that is not told, and what fails is told', async () => {
      const failing: RunProgram = async () => ({ status: 1, out: '', err: 'denied\nby policy\n' });
      const docker = builder('docker', 'linux/amd64');
      const done = await mendMachine(machine({ docker }), ARM, { run: failing, directory: undefined });
      expect(done).toEqual([
        { did: 'docker run --privileged --rm tonistiigi/binfmt --install arm64', failed: 'by policy' },
      ]);
      expect(await mendMachine(machine(), ARM, { run: failing, directory: undefined })).toEqual([]);
    });
  });
});
