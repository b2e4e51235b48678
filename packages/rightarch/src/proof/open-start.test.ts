import { expect, test } from 'vitest';
import { atInput } from '../messages/index.ts';
import { findTarget, type OpenSetting, resolveAsk, type StartSettings } from '../target/index.ts';
import { elfBytes, type TestImageParts, testImage } from '../testing/index.ts';
import { archive } from './test-start.ts';
import { verifyTree } from './verify.ts';

const program = (path: string, machine: 'amd64' | 'arm64' = 'amd64', more: object = {}) => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine, ...more }),
});
const loader = program('lib64/ld-linux-x86-64.so.2', 'amd64', { type: 3 });
const dynamic = program('usr/bin/app', 'amd64', { interpreter: '/lib64/ld-linux-x86-64.so.2' });
const env = (name?: string): OpenSetting => ({
  field: 'env',
  ...(name === undefined ? {} : { name }),
  text: 'ConfigMap/c',
  file: 'pod.yaml',
  line: 4,
  column: 2,
});

type Files = NonNullable<TestImageParts['files']>;

async function judged(files: Files, argv: readonly string[], set: StartSettings) {
  const ask = resolveAsk({
    name: 'api',
    target: findTarget('kubernetes')!,
    declared: [{ os: 'linux', architecture: 'amd64' }],
    at: atInput('--for'),
    ...set,
  });
  if (!ask.ok) throw new Error(ask.why.code);
  const image = testImage({ platform: 'linux/amd64', config: { Cmd: [...argv] }, files });
  const proof = await verifyTree(await image.tree(), { targets: [ask.value] });
  const [target] = proof.targets;
  const open = target!.diagnostics.filter(({ code }) => code === 'proof/start-open');
  return [proof.verdict, target!.verdict, ...open.map(({ args }) => String(args['name'] ?? args['text']))].join(' ');
}

test.each<[string, Files, readonly string[], StartSettings, string]>([
  ['a variable that nothing asks', [loader, dynamic], ['/usr/bin/app'], { open: [env('TOKEN')] }, 'proven proven'],
  [
    'where libraries are',
    [loader, dynamic],
    ['/usr/bin/app'],
    { open: [env('LD_LIBRARY_PATH')] },
    'proven undecided LD_LIBRARY_PATH',
  ],
  ['any variable, of a static program', [program('app')], ['/app'], { open: [env()] }, 'proven proven'],
  ['any variable, of a bare name', [program('bin/app')], ['app'], { open: [env()] }, 'proven undecided PATH'],
  [
    'any variable, of a dynamic program',
    [loader, dynamic],
    ['/usr/bin/app'],
    { open: [env()] },
    'proven undecided LD_LIBRARY_PATH',
  ],
  [
    'what a tool may have filled in before it is applied',
    [program('usr/bin/java'), { path: 'usr/lib/modules', content: '' }, archive('a.jar')],
    ['/usr/bin/java', '-jar', '/a.jar'],
    { entrypoint: ['/usr/bin/java', '${JAVA_OPTS}', '-jar', '/a.jar'] },
    'proven proven',
  ],
  ['any variable, of the wrong CPU', [program('app', 'arm64')], ['/app'], { open: [env()] }, 'refuted refuted'],
  [
    'any variable, of a name that is not on PATH',
    [program('opt/app')],
    ['app'],
    { open: [env()] },
    'refuted undecided PATH',
  ],
  [
    'what an interpreter is told besides, and finds no program',
    [loader, program('usr/bin/python3', 'amd64', { interpreter: '/lib64/ld-linux-x86-64.so.2' })],
    ['/usr/bin/python3', '/app.py'],
    { open: [env('PYTHONHOME')] },
    'refuted undecided PYTHONHOME',
  ],
  ...(
    [
      ['-m', 'web', '/web.py'],
      ['/srv/web.py', undefined, '/srv'],
      ['/srv', undefined, '/srv/__main__.py'],
    ] as const
  ).map(([word, name, mount]): [string, Files, readonly string[], StartSettings, string] => [
    `what an interpreter runs: ${mount}`,
    [
      loader,
      program('usr/bin/python3.11', 'amd64', { interpreter: '/lib64/ld-linux-x86-64.so.2' }),
      { path: 'usr/lib/python3.11/os.py', mode: 0o644, content: 'x' },
    ],
    ['/usr/bin/python3.11', word, ...(name === undefined ? [] : [name])],
    { mounts: [mount] },
    `refuted undecided ${mount}`,
  ]),
  [
    'a command that somebody else knows',
    [program('app')],
    ['/app'],
    { open: [{ ...env(), field: 'command' }] },
    'proven undecided ConfigMap/c',
  ],
  ['a mount elsewhere', [program('app')], ['/app'], { mounts: ['/data'] }, 'proven proven'],
  ['a mount over the program', [program('opt/app')], ['/opt/app'], { mounts: ['/opt'] }, 'proven undecided /opt'],
  [
    'a mount over the file of the program',
    [program('opt/app')],
    ['/opt/app'],
    { mounts: ['/opt/app'] },
    'proven undecided /opt/app',
  ],
  [
    'a mount over a directory of PATH',
    [program('bin/app')],
    ['app'],
    { mounts: ['/usr/local/bin'] },
    'proven undecided /usr/local/bin',
  ],
  [
    'a mount over PATH, of a static program named by its path',
    [program('app')],
    ['/app'],
    { mounts: ['/usr/local/bin', '/usr/lib'] },
    'proven proven',
  ],
  ['a mount over libraries', [loader, dynamic], ['/usr/bin/app'], { mounts: ['/lib64'] }, 'proven undecided /lib64'],
  ['a mount beside what fails', [program('app', 'arm64')], ['/app'], { mounts: ['/data'] }, 'refuted refuted'],
  [
    'a mount where the program would be',
    [program('app')],
    ['/data/app'],
    { mounts: ['/data'] },
    'refuted undecided /data',
  ],
  [
    'any variable, where the definition sets those that are asked',
    [loader, dynamic],
    ['app'],
    {
      open: [env()],
      env: { PATH: '/usr/bin', LD_LIBRARY_PATH: '', LD_PRELOAD: '', BASH_ENV: '', PYTHONPATH: '', NODE_PATH: '' },
    },
    'proven proven',
  ],
  [
    'any variable, where it sets PATH for a static program',
    [program('bin/app')],
    ['app'],
    { open: [env()], env: { PATH: '/bin' } },
    'proven proven',
  ],
  [
    'a mount over the directory of a relative name',
    [program('app')],
    ['./run'],
    { mounts: ['/srv'], workdir: '/srv' },
    'refuted undecided /srv',
  ],
  [
    'a mount where an interpreter would be',
    [{ path: 'run', mode: 0o755, content: '#!/data/python\n' }],
    ['/run'],
    { mounts: ['/data'] },
    'refuted undecided /data',
  ],
  [
    'a mount where a link leads',
    [{ path: 'run', type: 'symlink', link: '/data/run' }],
    ['/run'],
    { mounts: ['/data'] },
    'refuted undecided /data',
  ],
  [
    'a mount over the file that has nginx load a module',
    [
      loader,
      program('usr/sbin/nginx', 'amd64', { interpreter: '/lib64/ld-linux-x86-64.so.2' }),
      { path: 'etc/nginx/nginx.conf', content: 'load_module modules/x.so;' },
    ],
    ['/usr/sbin/nginx'],
    { mounts: ['/etc/nginx/nginx.conf'] },
    'refuted proven',
  ],
  ['a mount nobody knows where', [program('app')], ['/app'], { mounts: ['/'] }, 'proven undecided /'],
  [
    'a file that is only mounted over the configuration',
    [program('app')],
    ['/app'],
    { mounts: ['/etc/app.conf', '/tmp'] },
    'proven proven',
  ],
])('%s', async (_name, files, argv, set, expected) => expect(await judged(files, argv, set)).toBe(expected));

test('a group beside the user of the image, and groups of the pod', async () => {
  const files = [{ ...program('app'), mode: 0o750, uid: 0, gid: 77 }];
  expect(await judged(files, ['/app'], { user: '1000' })).toBe('proven refuted');
  expect(await judged(files, ['/app'], { user: '1000', groups: [77] })).toBe('proven proven');
  expect(await judged(files, ['/app'], { user: '1000', group: '77' })).toBe('proven proven');
});
