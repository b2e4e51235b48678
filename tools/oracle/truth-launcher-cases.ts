import { elfBytes, type TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

/** Debian's launchers with programs that are there, that are not, and that are for another CPU. */
export async function launcherCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { own, other, debian } = world;
  const programs = async (name: string) =>
    (await world.packageOf(own, name)).filter(({ path }) => /^usr\/s?bin\//.test(path));
  const parts = /\/(s6-(setuidgid|envuidgid|applyuidgid)|lib(s6|skarnet|execline)\.so[.\d]*)$/;
  // Without the file it finds no groups of anybody.
  const s6 = [
    ...(await world.install('s6')).filter(({ path }) => parts.test(path)),
    ...(await world.take('etc/nsswitch.conf')),
  ];
  const cases: TruthCase[] = [];
  const add = (
    name: string,
    files: readonly TestFile[],
    argv: readonly string[],
    verdict: TruthCase['verdict'],
    code?: string,
  ) =>
    cases.push({
      name,
      layers: [{ files: debian }, { files }],
      config: { Cmd: argv, Env: ['PATH=/usr/sbin:/usr/bin:/opt'] },
      verdict,
      code,
    });
  const app = (mode = 0o755, machine: typeof own = own): TestFile => ({
    path: 'opt/app',
    mode,
    content: elfBytes({ machine }),
  });
  const launchers: readonly (readonly [string, readonly TestFile[], readonly string[]])[] = [
    ['tini', await programs('tini'), ['tini', '--']],
    ['dumb-init', await programs('dumb-init'), ['dumb-init', '--']],
    ['catatonit', await programs('catatonit'), ['catatonit', '--']],
    ['gosu', await programs('gosu'), ['gosu', 'daemon']],
    ['s6-setuidgid', s6, ['s6-setuidgid', 'daemon']],
  ];
  for (const [name, files, head] of launchers) {
    add(`${name}, a program`, [...files, app()], [...head, 'app'], 'proven');
    add(
      `${name}, a program for another CPU`,
      [...files, app(0o755, other)],
      [...head, 'app'],
      'refuted',
      'proof/start-wrong-cpu',
    );
    add(`${name}, not on PATH`, files, [...head, 'nope'], 'refuted', 'proof/command-not-found');
    add(`${name}, not there`, files, [...head, '/opt/nope'], 'refuted', 'proof/command-missing');
    add(
      `${name}, without the exec bit`,
      [...files, app(0o644)],
      [...head, '/opt/app'],
      'refuted',
      'proof/not-executable',
    );
  }
  const [, , , [, gosu]] = launchers as typeof launchers & { 3: (typeof launchers)[number] };
  add(
    'gosu, a program that only root may start',
    [...gosu, app(0o700)],
    ['gosu', 'daemon', '/opt/app'],
    'refuted',
    'proof/not-executable',
  );
  add(
    'gosu, somebody who is not there',
    [...gosu, app()],
    ['gosu', 'nobody-here', 'app'],
    'refuted',
    'proof/user-unknown',
  );
  const [, [, dumb]] = launchers as typeof launchers & { 1: (typeof launchers)[number] };
  const plain: TestFile = { path: 'opt/plain', mode: 0o755, content: 'exit 0\n' };
  add('gosu, a text without #!', [...gosu, plain], ['gosu', 'daemon', 'plain'], 'refuted', 'proof/no-interpreter-line');
  add(
    's6-setuidgid, a text without #!',
    [...s6, plain],
    ['s6-setuidgid', 'daemon', 'plain'],
    'refuted',
    'proof/no-interpreter-line',
  );
  add('dumb-init, a text without #!', [...dumb, plain], ['dumb-init', 'plain'], null);

  const bash = (line: string) => ['/bin/bash', '-o', 'pipefail', '-c', line];
  add('bash with pipefail', [app()], bash('app x'), 'proven');
  add('bash with pipefail, another CPU', [app(0o755, other)], bash('/opt/app'), 'refuted', 'proof/start-wrong-cpu');
  const sh = (line: string) => ['/bin/sh', '-c', line];
  add('commands one after the other', [app()], sh('app && true'), 'proven');
  add(
    'commands one after the other, the first is not there',
    [app()],
    sh('nope -x && app'),
    'refuted',
    'proof/command-not-found',
  );
  add('commands of which one may fail', [app()], sh('nope && true || app'), 'proven');
  add('a command behind cd', [app()], sh('cd /opt && exec app'), 'proven');
  add(
    'a command behind cd that is for another CPU',
    [app(0o755, other)],
    sh('cd /opt && exec app'),
    'refuted',
    'proof/start-wrong-cpu',
  );
  const entry = (last: string): TestFile => ({
    path: 'entry.sh',
    mode: 0o755,
    content: `#!/bin/sh\nset -e\n${last}\n`,
  });
  add('exec on the last line', [app(), entry('exec app "$@"')], ['/entry.sh'], 'proven');
  add('gosu on the last line', [...gosu, app(), entry('exec gosu daemon "$@"')], ['/entry.sh', 'app'], 'proven');
  return cases;
}
