import { expect, it } from 'vitest';
import type { RuntimeConfig } from '../oci/index.ts';
import { type TestFile, testImage } from '../testing/index.ts';
import { link, NODE, program, starting, text, there } from './test-start.ts';
import { verifyTree } from './verify.ts';

/** Interpreters as their packages lay them out. */
const base: readonly TestFile[] = [
  ...NODE,
  program('usr/bin/php8.2'),
  link('usr/bin/php', 'php8.2'),
  program('usr/bin/ruby3.1'),
  program('usr/bin/perl'),
  program('usr/lib/jvm/bin/java'),
  text('usr/lib/jvm/lib/modules'),
  program('usr/local/bin/python3.11'),
  link('usr/local/bin/python', 'python3.11'),
  text('usr/local/lib/python3.11/os.py'),
  text('usr/local/lib/python3.11/http/__init__.py'),
  text('usr/local/lib/python3.11/site-packages/gunicorn/__init__.py'),
];

const prove = starting(base);

const MISSING = 'proof/program-missing';

it.each([
  ['node', ['node', 'dist/server.js'], "Error: Cannot find module '/app/dist/server.js'"],
  [
    'node with options',
    ['node', '--enable-source-maps', '-r', 'x', '/srv/x.js'],
    "Error: Cannot find module '/srv/x.js'",
  ],
  ['python', ['python', 'main.py'], "can't open file '/app/main.py': [Errno 2] No such file or directory"],
  [
    'python, unbuffered',
    ['python', '-u', '-W', 'error', '/m.py'],
    "can't open file '/m.py': [Errno 2] No such file or directory",
  ],
  ['a directory for python', ['python', '/usr/local/lib'], "can't find '__main__' module in '/usr/local/lib'"],
  ['java', ['/usr/lib/jvm/bin/java', '-Xmx1g', '-jar', 'app.jar'], 'Error: Unable to access jarfile app.jar'],
  ['php', ['php', 'artisan', 'serve'], 'Could not open input file: artisan'],
  ['ruby', ['ruby3.1', 'app.rb'], 'No such file or directory -- app.rb (LoadError)'],
  ['perl', ['perl', '-w', 'app.pl'], `Can't open perl script "app.pl": No such file or directory`],
  ['a shell line', ['sh', '-c', 'exec node dist/server.js'], "Error: Cannot find module '/app/dist/server.js'"],
])('the file that %s is told to run is missing', async (_, argv, prints) => {
  expect(await prove([], argv)).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
});

it.each([
  ['the file', ['node', 'dist/server.js'], 'app/dist/server.js'],
  ['an extension that Node adds', ['node', 'dist/server'], 'app/dist/server.js'],
  ['the index of a directory', ['node', 'dist'], 'app/dist/index.js'],
  ['the value of an option', ['node', '--trace-event-categories', 'v8', 'a.js'], 'app/a.js'],
  ['the value of another', ['node', '--report-dir', '/srv', 'a.js'], 'app/a.js'],
  ['the value of an option of Ruby', ['ruby3.1', '--enable', 'yjit', 'a.rb'], 'app/a.rb'],
  ['a directory with a package.json', ['node', '.'], 'app/package.json'],
  ['what a hook may map', ['node', '--import=hook', 'server.js'], 'app/server.ts'],
  ['a script of Python', ['python', 'main.py'], 'app/main.py'],
  ['a directory with __main__', ['python', '.'], 'app/__main__.py'],
  ['a jar', ['/usr/lib/jvm/bin/java', '-jar', 'app.jar'], 'app/app.jar'],
])('nothing is said of %s that is there', async (_, argv, path) => {
  expect((await prove([there(path)], argv)).code).not.toBe(MISSING);
});

it.each([
  [['node', '--unheard-of', 'x', 'gone.js']],
  [['node', '-e', '1']],
  [['node', '--experimental-default-type', 'module', 'gone.js']],
  [['node', '--experimental-specifier-resolution', 'node', 'gone.js']],
  [['node', '--experimental-test-isolation', 'none', 'gone.js']],
  [['node']],
  [['sh', '-c', 'node $FILE']],
  [['/usr/lib/jvm/bin/java', '@args', '-jar', 'gone.jar']],
  [['php', '-S', '0.0.0.0:80']],
  [['python', '-c', 'pass']],
  [['python', '/dev/stdin']],
  [['perl', '/proc/self/fd/0']],
  [['sh', '/dev/stdin']],
  [['python']],
])('nothing is said of %s: what it runs is not known, or nothing is missing', async (argv) => {
  expect((await prove([], argv)).verdict).toBe('proven');
});

it('another program that is called node, or java, is not Node or Java', async () => {
  expect((await prove([program('opt/node')], ['/opt/node', 'start'])).verdict).toBe('proven');
  expect((await prove([program('opt/bin/java')], ['/opt/bin/java', '-jar', 'x.jar'])).verdict).toBe('proven');
  // That of Bun's image, which runs TypeScript.
  const parts = { needed: ['libnode.so.108'], runpath: '/usr/lib' };
  const bun = [program('usr/local/bin/bun', parts), link('usr/local/bin/node', 'bun'), text('app/index.ts')];
  expect((await prove(bun, ['node', 'index'])).verdict).toBe('proven');
});

it('a working directory that is a link is where it leads, and what is above is above that', async () => {
  const files = [link('app', 'srv/site/web'), text('srv/site/web/a.txt')];
  const prints = "Error: Cannot find module '/srv/site/server.js'";
  expect(await prove(files, ['node', '../server.js'])).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
  expect((await prove([...files, text('srv/site/server.js')], ['node', '../server.js'])).verdict).toBe('proven');
  // Where a volume is mounted links are followed as well.
  const empty = [link('app', 'srv/site'), { path: 'srv/site', type: 'directory' as const, mode: 0o755 }];
  for (const volume of ['/app', '/srv'])
    expect(await prove(empty, ['node', 'server.js'], { Volumes: { [volume]: {} } })).toMatchObject(
      volume === '/app' ? { verdict: 'undecided', code: 'proof/start-open' } : { verdict: 'refuted', code: MISSING },
    );
});

it('the directory above all others has what is in it, with hooks as well', async () => {
  const more = { WorkingDir: '/', Env: ['NODE_OPTIONS=--enable-source-maps'] };
  expect((await prove([text('index.js')], ['node', '.'], more)).verdict).toBe('proven');
});

it('a file of that name with an extension comes before a directory without an index', async () => {
  const files = [text('app/server.js'), text('app/server/x.js')];
  expect((await prove(files, ['node', 'server'])).verdict).toBe('proven');
  expect(await prove(files, ['node', 'server/'])).toMatchObject({ verdict: 'refuted', code: MISSING });
});

it.each([
  ['nowhere', [], ['python', '-m', 'uvicorn'], {}, 'No module named uvicorn'],
  [
    'in a namespace alone',
    [text('app/web/x.py')],
    ['python', '-m', 'web'],
    {},
    "No module named web.__main__; 'web' is a package and cannot be directly executed",
  ],
  [
    'below nothing',
    [],
    ['python', '-m', 'a.b'],
    {},
    "Error while finding module specification for 'a.b' (ModuleNotFoundError: No module named 'a')",
  ],
  ['not below its package', [text('app/a/__init__.py', '')], ['python', '-m', 'a.b'], {}, 'No module named a.b'],
  [
    'only in the working directory, which is left out',
    [text('app/web.py')],
    ['python', '-Im', 'web'],
    {},
    'No module named web',
  ],
  [
    'only there, and the environment leaves it out',
    [text('app/web.py')],
    ['python', '-m', 'web'],
    { Env: ['PYTHONSAFEPATH=1'] },
    'No module named web',
  ],
  [
    'in an environment that is not used',
    [
      text('opt/venv/pyvenv.cfg', 'home = /usr/local/bin\ninclude-system-site-packages = false\n'),
      text('opt/venv/lib/python3.11/site-packages/web.py'),
    ],
    ['python', '-m', 'web'],
    {},
    'No module named web',
  ],
  [
    'not in the environment that is used',
    [
      text('opt/venv/pyvenv.cfg', 'home = /usr/local/bin\ninclude-system-site-packages = false\n'),
      link('opt/venv/bin/python', '/usr/local/bin/python3.11'),
    ],
    ['/opt/venv/bin/python', '-m', 'gunicorn'],
    {},
    'No module named gunicorn',
  ],
] as const)('a module that python -m does not find: %s', async (_, files, argv, more, prints) => {
  expect(await prove(files, argv, more)).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
});

it.each([
  ['a package', [], ['python', '-m', 'gunicorn'], {}],
  ['of the standard library', [], ['python', '-m', 'http.server'], {}],
  ['in the working directory', [text('app/web.py')], ['python', '-um', 'web'], {}],
  ['on PYTHONPATH', [text('srv/web.py')], ['python', '-m', 'web'], { Env: ['PYTHONPATH=/srv'] }],
  ['on an empty part of it', [text('app/web.py')], ['python', '-Pm', 'web'], { Env: ['PYTHONPATH=/srv:'] }],
  ['on the PYTHONPATH of env', [text('srv/web.py')], ['env', 'PYTHONPATH=/srv', 'python', '-m', 'web'], {}],
  ['below a package whose code may look elsewhere', [text('app/a/__init__.py')], ['python', '-m', 'a.b'], {}],
  [
    'in a directory of a .pth',
    [text('usr/local/lib/python3.11/site-packages/x.pth', '/srv\n'), text('srv/web.py')],
    ['python', '-m', 'web'],
    {},
  ],
  [
    'where a .pth has code',
    [text('usr/local/lib/python3.11/site-packages/x.pth', 'import x\n')],
    ['python', '-m', 'web'],
    {},
  ],
  [
    'where PYTHONHOME says so',
    [text('opt/lib/python3.11/encodings/__init__.py')],
    ['python', '-m', 'web'],
    { Env: ['PYTHONHOME=/opt'] },
  ],
  [
    'by code on PYTHONPATH that runs first',
    [text('hook/sitecustomize.py')],
    ['python', '-m', 'web'],
    { Env: ['PYTHONPATH=/hook'] },
  ],
  [
    'by such code that is a package',
    [text('usr/local/lib/python3.11/site-packages/sitecustomize/__init__.py')],
    ['python', '-m', 'web'],
    {},
  ],
  ['within an archive', [text('srv/web.zip')], ['python', '-m', 'web'], { Env: ['PYTHONPATH=/srv/web.zip/lib'] }],
  ['in an archive', [text('srv/web.egg')], ['python', '-m', 'web'], { Env: ['PYTHONPATH=/srv/web.egg'] }],
  ['of somebody at home', [text('root/.local/lib/python3.11/site-packages/web.py')], ['python', '-m', 'web'], {}],
  [
    'in the site of the Python of an environment that does not leave it out',
    [text('opt/venv/pyvenv.cfg', 'home = /usr/local/bin\n'), link('opt/venv/bin/python', '/usr/local/bin/python3.11')],
    ['/opt/venv/bin/python', '-m', 'gunicorn'],
    {},
  ],
  [
    'in the site of an environment',
    [
      text('opt/venv/pyvenv.cfg', 'home = /usr/local/bin\ninclude-system-site-packages = false\n'),
      link('opt/venv/bin/python', '/usr/local/bin/python3.11'),
      text('opt/venv/lib/python3.11/site-packages/web.py'),
    ],
    ['/opt/venv/bin/python', '-m', 'web'],
    {},
  ],
] as const)('a module that python -m finds, or that nobody can tell of: %s', async (_, files, argv, more) => {
  expect((await prove(files, argv, more)).code).not.toBe(MISSING);
});

it('the script of the official image of Node is followed for certain', async () => {
  const script: TestFile = {
    path: 'usr/local/bin/docker-entrypoint.sh',
    mode: 0o755,
    content: `#!/bin/sh
set -e

# Run command with node if the first argument contains a "-" or is not a system command.
if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ] || { [ -f "\${1}" ] && ! [ -x "\${1}" ]; }; then
  set -- node "$@"
fi

exec "$@"
`,
  };
  const files = [link('bin', 'usr/bin'), script];
  const more = { Entrypoint: ['docker-entrypoint.sh'] };
  const prints = "Error: Cannot find module '/app/server.js'";
  expect(await prove(files, ['node', 'server.js'], more)).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
  expect(await prove(files, ['server.js'], more)).toMatchObject({ code: MISSING, prints });
  expect(await prove([...files, text('app/server.js')], ['server.js'], more)).toMatchObject({ verdict: 'proven' });
  expect(await prove(files, ['perl', '-e', '1'], more)).toMatchObject({ verdict: 'proven' });
  // A directory is a command for dash, which then cannot execute it: nothing follows for certain.
  for (const directory of ['.', './server', '/app']) {
    const index = [text('app/index.js'), text('app/server/index.js')];
    const tree = await testImage({
      platform: 'linux/arm64',
      files: [...base, ...files, ...index],
      config: { WorkingDir: '/app', Cmd: [directory], ...more },
    }).tree();
    const subjects = (await verifyTree(tree)).platforms[0]!.obligations.map(({ subject }) => subject);
    expect(subjects).not.toContain('/usr/bin/node');
  }
  // A program by its whole path, or in the working directory, is executed itself.
  const foreign = program('app/tool', { machine: 'amd64' });
  for (const argv of [['/app/tool'], ['./tool']])
    expect(await prove([...files, foreign], argv, more)).toMatchObject({
      verdict: 'refuted',
      code: 'proof/start-wrong-cpu',
    });
});

it('the script that older images of Node have asks less of a file', async () => {
  const script: TestFile = {
    path: 'usr/local/bin/docker-entrypoint.sh',
    mode: 0o755,
    content: `#!/bin/sh
set -e

if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ]; then
  set -- node "$@"
fi

exec "$@"
`,
  };
  const files = [link('bin', 'usr/bin'), script];
  const more = { Entrypoint: ['docker-entrypoint.sh'] };
  const refuted = { verdict: 'refuted', code: MISSING, prints: "Error: Cannot find module '/app/server.js'" };
  for (const argv of [['node', 'server.js'], ['server.js'], ['--enable-source-maps', 'server.js']])
    expect(await prove(files, argv, more)).toMatchObject(refuted);
  expect((await prove([...files, text('app/server.js')], ['server.js'], more)).verdict).toBe('proven');
  // A command for dash, which it then cannot execute.
  expect((await prove([...files, text('app/server.js')], ['./server.js'], more)).verdict).toBe('proven');
});

const shut = (path: string): TestFile => ({ ...there(path), mode: 0o600 });

it.each([
  ['node', ['node', 'a.js'], 'app/a.js', "Error: EACCES: permission denied, open '/app/a.js'"],
  ['python', ['python', 'a.py'], 'app/a.py', "can't open file '/app/a.py': [Errno 13] Permission denied"],
  ['php', ['php', 'artisan'], 'app/artisan', 'Could not open input file: artisan'],
  ['ruby', ['ruby3.1', 'a.rb'], 'app/a.rb', 'Permission denied -- a.rb (LoadError)'],
  ['perl', ['perl', 'a.pl'], 'app/a.pl', `Can't open perl script "a.pl": Permission denied`],
  ['java', ['/usr/lib/jvm/bin/java', '-jar', 'a.jar'], 'app/a.jar', 'Error: Unable to access jarfile a.jar'],
  ['a shell', ['sh', '/run.sh'], 'run.sh', 'sh: /run.sh: Permission denied'],
])('what %s is told to run may be read by root and its owner, and by nobody else', async (_, argv, path, prints) => {
  const refuted = { verdict: 'refuted', code: 'proof/not-readable', prints };
  expect(await prove([shut(path)], argv, { User: '1000' })).toMatchObject(refuted);
  expect((await prove([shut(path)], argv)).verdict).toBe('proven');
  expect((await prove([{ ...shut(path), uid: 1000 }], argv, { User: '1000' })).verdict).toBe('proven');
  expect((await prove([{ ...shut(path), mode: 0o644 }], argv, { User: '1000' })).verdict).toBe('proven');
});

it('an interpreter with capabilities of its own may read what its user may not', async () => {
  const node = program('usr/bin/node', { needed: ['libnode.so.108'], runpath: '/usr/lib' });
  const able = { ...node, xattrs: { 'security.capability': 'x' } };
  expect((await prove([able, shut('app/a.js')], ['node', 'a.js'], { User: '1000' })).verdict).toBe('proven');
});

it('what is missing in a volume that the image has nothing in may come with what is mounted there', async () => {
  const Volumes = { '/app': {} };
  const open = { verdict: 'undecided', code: 'proof/start-open' };
  for (const argv of [['python', 'main.py'], ['/app/run'], ['python', '-m', 'web'], ['./run.sh']])
    expect(await prove([], argv, { Volumes })).toMatchObject(open);
  expect(await prove([], ['run'], { Volumes, Env: ['PATH=/usr/bin:/app/'] })).toMatchObject(open);
  // A runtime copies what the image has there into the volume: the program is not among it.
  const other = [text('app/setup.py')];
  expect(await prove(other, ['python', 'main.py'], { Volumes })).toMatchObject({ verdict: 'refuted', code: MISSING });
  const elsewhere = { Volumes: { '/data': {}, '/application': {} } };
  expect(await prove([], ['python', 'main.py'], elsewhere)).toMatchObject({ verdict: 'refuted', code: MISSING });
  // What stands there and is wrong stays so, and so does an interpreter for another CPU.
  const foreign = program('opt/x', { machine: 'amd64' });
  expect(await prove([foreign], ['/opt/x', '/app/a'], { Volumes })).toMatchObject({ verdict: 'refuted' });
});

/** As pip writes it. */
const command = (path: string, module: string, python = '/usr/local/bin/python3.11'): TestFile => ({
  path,
  mode: 0o755,
  content: `#!${python}
# -*- coding: utf-8 -*-
import re
import sys
from ${module} import main
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit(main())
`,
});
const sites = 'usr/local/lib/python3.11/site-packages';
const servers: readonly TestFile[] = [
  command('usr/local/bin/gunicorn', 'gunicorn.app.wsgiapp'),
  command('usr/local/bin/uvicorn', 'uvicorn.main'),
  text(`${sites}/uvicorn/__init__.py`),
  text(`${sites}/uvicorn/__main__.py`),
  text(`${sites}/gunicorn/__main__.py`),
];
const noModule = (name: string) => `ModuleNotFoundError: No module named '${name}'`;
const noApp = (name: string) => `Error loading ASGI app. Could not import module "${name}".`;

it.each<readonly [string, readonly TestFile[], readonly string[], RuntimeConfig, string]>([
  ['gunicorn', [], ['gunicorn', '-w', '4', '-b', ':80', 'app:app'], {}, noModule('app')],
  ['gunicorn of another directory', [], ['gunicorn', '--chdir=/app/src', 'app:app()'], {}, noModule('app')],
  ['gunicorn by python', [], ['python', '-m', 'gunicorn', 'api.wsgi:application'], {}, noModule('api')],
  ['gunicorn by no name', [], ['gunicorn', 'mysite.wsgi'], {}, noModule('mysite')],
  ['gunicorn, with a worker that is there', [], ['gunicorn', '-k', 'gthread', 'app:app'], {}, noModule('app')],
  ['uvicorn', [], ['uvicorn', 'main:app', '--host', '0.0.0.0'], {}, noApp('main')],
  ['uvicorn, below a package', [], ['uvicorn', 'app.main:app'], {}, noModule('app')],
  ['uvicorn, in a package', [text('app/app/x.py')], ['uvicorn', 'app.main:app'], {}, noApp('app.main')],
  [
    'uvicorn of another directory',
    [text('app/main.py')],
    ['uvicorn', 'main:app', '--app-dir', 'src'],
    {},
    noApp('main'),
  ],
])('the application that %s is told to serve is missing', async (_, files, argv, more, prints) => {
  const src = text('app/src/x.py');
  const found = await prove([...servers, src, ...files], argv, more);
  expect(found).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
});

it.each<readonly [string, readonly TestFile[], readonly string[], RuntimeConfig]>([
  ['is there', [text('app/app.py')], ['gunicorn', 'app:app'], {}],
  ['is in a package', [text('app/app/__init__.py', '')], ['uvicorn', 'app:app'], {}],
  ['is on PYTHONPATH', [text('srv/app.py')], ['gunicorn', 'app:app'], { Env: ['PYTHONPATH=/srv'] }],
  ['is installed', [text(`${sites}/app.py`)], ['uvicorn', 'app:app'], {}],
  ['is where it comes from', [text('srv/x.py'), text('app/app.py')], ['gunicorn', '--chdir', '/srv', 'app:app'], {}],
  ['is where it goes', [text('srv/app.py')], ['gunicorn', '--chdir', '/srv', 'app:app'], {}],
  ['settings may name', [text('app/gunicorn.conf.py')], ['gunicorn', 'app:app'], {}],
  ['a variable may name', [], ['gunicorn', 'app:app'], { Env: ['GUNICORN_CMD_ARGS=--chdir=/srv'] }],
  ['options may name', [text('app/x.py')], ['gunicorn', '-c', 'x.py', 'app:app'], {}],
  ['has no name for uvicorn', [], ['uvicorn', 'gone'], {}],
  ['comes with reload', [], ['gunicorn', '--reload', 'app:app'], {}],
  ['several workers wait for', [], ['uvicorn', 'app:app', '--workers', '2'], {}],
  ['a factory is', [], ['gunicorn', 'app:create(1)'], {}],
  ['is behind code of the package', [text('app/app/__init__.py')], ['gunicorn', 'app.main:app'], {}],
])('nothing is said of an application that %s', async (_, files, argv, more) => {
  expect((await prove([...servers, ...files], argv, more)).verdict).toBe('proven');
});

it.each([
  [['-k', 'uvicorn_worker.UvicornWorker', 'app:app'], noModule('uvicorn_worker')],
  [['--worker-class=a.b.Worker', 'app:app'], noModule('a')],
  [['-k', 'gevent', '-w', '2', 'app:app'], 'gevent worker requires gevent'],
  [['-k', 'tornado', 'app:app'], 'You need tornado installed to use this worker.'],
  [['-c', 'gunicorn.conf.py', 'app:app'], "Error: 'gunicorn.conf.py' doesn't exist"],
  [['--config=file:/etc/gunicorn.py', 'app:app'], "Error: '/etc/gunicorn.py' doesn't exist"],
])('gunicorn %j without its worker or its settings', async (options, prints) => {
  const found = await prove([...servers, text('app/app.py')], ['gunicorn', ...options]);
  expect(found).toMatchObject({ verdict: 'refuted', code: MISSING, prints });
});

it.each<readonly [readonly string[], readonly TestFile[]]>([
  [['-k', 'uvicorn_worker.UvicornWorker', 'app:app'], [text(`${sites}/uvicorn_worker/__init__.py`)]],
  [['-k', 'uvicorn_worker.UvicornWorker', 'app:app'], [text(`${sites}/uvicorn_worker.py`)]],
  [['-k', 'uvicorn.workers.UvicornWorker', 'app:app'], []],
  [['-k', 'gevent', 'app:app'], [text(`${sites}/gevent/__init__.py`)]],
  [['-k', 'workers.Own', 'app:app'], [text('app/workers.py')]],
  [['-k', 'egg:x#y', 'app:app'], []],
  [['-k', 'custom', 'app:app'], []],
  [['--check-config', '-k', 'gevent', 'app:app'], []],
  [['-k', 'gevent', 'app:app'], [text('app/gunicorn.conf.py')]],
  [['-c', 'x.py', 'gone:app'], [text('app/x.py')]],
  [['-c', 'python:x', 'gone:app'], []],
  [['-c', '', 'app:app'], []],
  [['app'], []],
])('nothing is said of gunicorn %j', async (options, files) => {
  expect((await prove([...servers, text('app/app.py'), ...files], ['gunicorn', ...options])).verdict).toBe('proven');
});

it('nothing that Debian has in /etc/passwd keeps a module from being missing', async () => {
  const passwd = text('etc/passwd', 'root:x:0:0:root:/root:/bin/bash\nsys:x:3:3:sys:/dev:/usr/sbin/nologin\n');
  const found = await prove([passwd], ['python', '-m', 'web'], { WorkingDir: '/' });
  expect(found).toMatchObject({ verdict: 'refuted', code: MISSING });
  expect(found.looked).toContain('/web');
});

it('a command of Python whose package is not where its Python looks', async () => {
  const tool = command('opt/venv/bin/tool', 'tool.cli', '/opt/venv/bin/python');
  const venv = [
    text('opt/venv/pyvenv.cfg', 'home = /usr/local/bin\ninclude-system-site-packages = false\n'),
    link('opt/venv/bin/python', '/usr/local/bin/python3.11'),
    tool,
  ];
  const other = text('opt/venv/lib/python3.12/site-packages/tool/cli.py');
  const refuted = { verdict: 'refuted', code: MISSING, prints: noModule('tool') };
  expect(await prove([...venv, other], ['/opt/venv/bin/tool'])).toMatchObject(refuted);
  // The working directory is no place for what a command imports.
  expect(await prove([...venv, text('app/tool/cli.py')], ['/opt/venv/bin/tool'])).toMatchObject(refuted);
  const own = text('opt/venv/lib/python3.11/site-packages/tool/cli.py');
  expect((await prove([...venv, own], ['/opt/venv/bin/tool'])).verdict).toBe('proven');
  expect((await prove([...venv, text('opt/venv/bin/tool.py')], ['/opt/venv/bin/tool'])).verdict).toBe('proven');
});
