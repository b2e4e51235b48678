import { posix } from 'node:path';
import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

/** What stands before every program in the official image of Node (github.com/nodejs/docker-node, docker-entrypoint.sh). */
const ENTRY = `#!/bin/sh
set -e

if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ] || { [ -f "\${1}" ] && ! [ -x "\${1}" ]; }; then
  set -- node "$@"
fi

exec "$@"
`;

const NPM = {
  name: 'npm',
  version: '10.9.2',
  integrity: 'sha512-iriPEPIkoMYUy3F6f3wwSZAU93E0Eg6cHwIR6jzzOXWSy+SD/rOODEs74cVONHKSx2obXtuUoyidVEhISrisgQ==',
};

export type Told = (
  what: string,
  files: readonly TestFile[],
  own: readonly TestFile[],
  argv: readonly string[],
  verdict: TruthCase['verdict'],
  more?: TruthCase['config'],
  code?: string,
) => void;

export const text = (path: string, content = ''): TestFile => ({ path, mode: 0o644, content });
export const link = (path: string, target: string): TestFile => ({ path, type: 'symlink', link: target });
/** The working directory, which a runtime would make. */
export const here = text('app/here.txt');

/** Makes cases of what is told to an interpreter: its files in one layer, those of the application in another. */
export function teller(cases: TruthCase[]): Told {
  return (what, files, own, argv, verdict, more = {}, code = 'proof/program-missing') =>
    cases.push({
      name: `told to run ${what}`,
      layers: [{ files }, { files: own.includes(here) || more.Volumes !== undefined ? own : [...own, here] }],
      config: { Cmd: argv, WorkingDir: '/app', Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], ...more },
      verdict,
      ...(verdict === 'refuted' ? { code } : {}),
    });
}

/** Servers of Python by the commands that pip makes, and what they are told to serve. */
async function serverCases(world: TruthWorld, told: Told): Promise<void> {
  const files = (await world.install('python3-gunicorn', 'python3-uvicorn')).filter(
    ({ path }) => !/\/(pydoc_data|idlelib|lib2to3|tkinter|distutils|wsgiref|test|tests)\//.test(path),
  );
  const command = (name: string, module: string, call: string): TestFile => ({
    path: `usr/local/bin/${name}`,
    mode: 0o755,
    content: `#!/usr/bin/python3.11\n# -*- coding: utf-8 -*-\nimport re\nimport sys\nfrom ${module} import ${call}\nif __name__ == '__main__':\n    sys.exit(${call}())\n`,
  });
  const commands = [command('gunicorn', 'gunicorn.app.wsgiapp', 'run'), command('uvicorn', 'uvicorn.main', 'main')];
  const python = [...world.debian, ...files, ...commands];
  const app: TestFile = { path: 'app/app.py', mode: 0o644, content: 'app = print\n' };
  const check = ['gunicorn', '--check-config'];
  told('gunicorn with its application', python, [app], [...check, 'app:app'], 'proven');
  told('gunicorn without its application', python, [here], ['gunicorn', '-b', '127.0.0.1:0', 'app:app'], 'refuted');
  told('gunicorn called in another directory', python, [app], [...check, '--chdir', '/usr', 'app:app'], 'proven');
  const away = ['gunicorn', '-b', '127.0.0.1:0', '--chdir', '/usr', 'app:app'];
  told('gunicorn of another directory', python, [here], away, 'refuted');
  const worker = 'uvicorn_worker.UvicornWorker';
  told('gunicorn without the package of its worker', python, [app], ['gunicorn', '-k', worker, 'app:app'], 'refuted');
  told(
    'gunicorn without the package of a worker of its own',
    python,
    [app],
    ['gunicorn', '-k', 'gevent', 'app'],
    'refuted',
  );
  told(
    'gunicorn without the package of a worker, only asked',
    python,
    [app],
    [...check, '-k', worker, 'app:app'],
    'proven',
  );
  told('gunicorn without its file of settings', python, [app], ['gunicorn', '-c', 'a.conf.py', 'app:app'], 'refuted');
  told('gunicorn without what names no attribute', python, [here], ['gunicorn', 'shop.wsgi'], 'refuted');
  told('uvicorn without its application', python, [here], ['uvicorn', 'main:app', '--port', '0'], 'refuted');
  told('uvicorn without the package of it', python, [here], ['uvicorn', 'app.main:app'], 'refuted');
  const unread = { path: 'app/main.py', mode: 0o600, content: 'app = print\n' };
  const other = { User: '1000' };
  told('uvicorn of root', python, [unread], ['uvicorn', 'main:app'], 'refuted', other, 'proof/not-readable');
  told('uvicorn by Python', python, [here], ['python3.11', '-m', 'uvicorn', 'main:app'], 'refuted');
  const alone = [...world.debian, ...files.filter(({ path }) => !/gunicorn|uvicorn/.test(path)), ...commands];
  told('a command of a package that is missing', alone, [app], ['gunicorn', 'app:app'], 'refuted');
}

/** Node as its official image has it. */
export async function nodeFiles(world: TruthWorld): Promise<readonly TestFile[]> {
  const lib = `usr/lib/${world.triplet}`;
  const libraries = ['libdl.so.2', 'librt.so.1', 'libstdc++.so.6', 'libm.so.6', 'libgcc_s.so.1', 'libpthread.so.0'];
  return [
    ...world.debian,
    ...(await world.takeFrom(
      'node:22-slim',
      'usr/local/bin/node',
      ...libraries.map((name) => `${lib}/${name}`),
      `${lib}/libstdc++.so.6.0.30`,
    )),
    { path: 'usr/local/bin/docker-entrypoint.sh', mode: 0o755, content: ENTRY },
  ];
}

/** What real interpreters do with a file, a module or an archive that is there, and with one that is not. */
export async function programCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const cases: TruthCase[] = [];
  const told = teller(cases);
  /** What root alone may read, and where root alone may enter, for somebody else. */
  const shut = (what: string, files: readonly TestFile[], path: string, argv: readonly string[]) => {
    const closed = (how: string, own: readonly TestFile[], words: readonly string[]) =>
      told(`${what} ${how}`, files, own, words, 'refuted', { User: '1000' }, 'proof/not-readable');
    closed('that the user may not read', [{ path, mode: 0o600, content: '' }], argv);
    const [directory, name] = [posix.dirname(path), posix.basename(path)];
    const own: readonly TestFile[] = [
      { path: posix.join(directory, 'shut'), type: 'directory', mode: 0o700 },
      text(posix.join(directory, 'shut', name)),
    ];
    const words = argv.map((word) => (posix.basename(word) === name ? word.replace(name, `shut/${name}`) : word));
    closed('below a directory that the user may not enter', own, words);
  };
  const python = (await world.install('python3.11-minimal', 'libpython3.11-stdlib')).filter(
    ({ path }) => !/\/(pydoc_data|idlelib|lib2to3|tkinter|distutils|wsgiref|unittest|test)\//.test(path),
  );
  const site = 'usr/local/lib/python3.11/dist-packages';
  const py = 'python3.11';
  told('a file of Python', python, [text('app/main.py')], [py, 'main.py'], 'proven');
  told('a file of Python that is missing', python, [here], [py, '-u', 'main.py'], 'refuted');
  shut('a file of Python', python, 'app/main.py', [py, 'main.py']);
  const other = { User: '1000' };
  const unread = 'proof/not-readable';
  const inShut = [{ path: 'app/shut', type: 'directory', mode: 0o700 } as const, text('app/shut/web.py')];
  told('a module of Python in a directory of root', python, inShut, [py, '-m', 'shut.web'], 'refuted', other, unread);
  const ofRoot: TestFile = { path: 'app/web.py', mode: 0o600, content: '' };
  told('a module of Python of root', python, [ofRoot], [py, '-m', 'web'], 'refuted', other, unread);
  const home = [{ path: 'home', type: 'directory', mode: 0o700 } as const, text('home/app/main.py', 'print(1)\n')];
  const inHome = { ...other, WorkingDir: '/home/app' };
  told('a file of Python above which the user may not enter', python, home, [py, 'main.py'], 'refuted', inHome, unread);
  const Volumes = { '/app': {} };
  const empty: TestFile = { path: 'app', type: 'directory', mode: 0o755 };
  told('a file of Python that a volume may bring', python, [empty], [py, 'main.py'], 'undecided', { Volumes });
  told('a file of Python that its volume has not', python, [here], [py, 'main.py'], 'refuted', { Volumes });
  told('a directory of Python without __main__', python, [here], [py, '.'], 'refuted');
  told(
    'a module of Python',
    python,
    [text(`${site}/web/__init__.py`), text(`${site}/web/__main__.py`)],
    [py, '-m', 'web'],
    'proven',
  );
  told('a module of Python beside it', python, [text('app/web.py')], [py, '-m', 'web'], 'proven');
  told('a module of Python on PYTHONPATH', python, [text('srv/web.py')], [py, '-m', 'web'], 'proven', {
    Env: ['PATH=/usr/bin', 'PYTHONPATH=/srv'],
  });
  told('a module of Python that is missing', python, [here], [py, '-m', 'web'], 'refuted');
  told('a module of Python below one that is missing', python, [here], [py, '-m', 'web.app'], 'refuted');
  told(
    'a module of Python that its package has not',
    python,
    [text('app/web/__init__.py')],
    [py, '-m', 'web.app'],
    'refuted',
  );
  told('a package of Python without __main__', python, [text('app/web/__init__.py')], [py, '-m', 'web'], 'refuted');
  told('a module of Python beside it, isolated', python, [text('app/web.py')], [py, '-Im', 'web'], 'refuted');
  told('a module of Python beside it, PYTHONSAFEPATH', python, [text('app/web.py')], [py, '-m', 'web'], 'refuted', {
    Env: ['PATH=/usr/bin', 'PYTHONSAFEPATH=1'],
  });
  told(
    'a module of Python in a directory of a .pth',
    python,
    [text(`${site}/own.pth`, '/srv\n'), text('srv/web.py')],
    [py, '-m', 'web'],
    'proven',
  );
  const venv: readonly TestFile[] = [
    text('opt/venv/pyvenv.cfg', 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n'),
    link('opt/venv/bin/python', '/usr/bin/python3.11'),
    text('opt/venv/lib/python3.11/site-packages/web.py'),
  ];
  told('a module of an environment', python, venv, ['/opt/venv/bin/python', '-m', 'web'], 'proven');
  told('a module of an environment by another Python', python, venv, [py, '-m', 'web'], 'refuted');
  const system = [...venv.slice(0, 2), text(`${site}/web.py`)];
  told('a module of the system by an environment', python, system, ['/opt/venv/bin/python', '-m', 'web'], 'refuted');

  const open = [text('opt/venv/pyvenv.cfg', 'home = /usr/bin\n'), ...system.slice(1)];
  told('a module of the system by an open environment', python, open, ['/opt/venv/bin/python', '-m', 'web'], 'proven');

  await serverCases(world, told);

  const node = await nodeFiles(world);
  const entry = { Entrypoint: ['docker-entrypoint.sh'] };
  told('a file of Node', node, [text('app/dist/server.js')], ['node', 'dist/server'], 'proven', entry);
  told('a file of Node without saying so', node, [text('app/server.js')], ['server.js'], 'proven', entry);
  told(
    'a file of Node that is missing',
    node,
    [here],
    ['node', '--enable-source-maps', 'dist/server.js'],
    'refuted',
    entry,
  );
  told('a file of Node that is missing, without saying so', node, [here], ['server.js'], 'refuted', entry);
  shut('a file of Node', node, 'app/server.js', ['node', 'server.js']);
  const below = [{ path: 'home', type: 'directory', mode: 0o700 } as const, text('home/app/a.js')];
  told('a file of Node above which the user may not enter', node, below, ['node', 'a.js'], 'refuted', inHome, unread);
  shut('a script of dash', world.debian, 'run.sh', ['sh', '/run.sh']);
  shut('a script of bash', world.debian, 'run.sh', ['bash', '/run.sh']);
  told('a directory of Node that is empty', node, [text('app/dist/a.txt')], ['node', 'dist'], 'refuted');
  told(
    'a file of Node that is missing, with a hook',
    node,
    [text('app/hook.js')],
    ['node', '-r', './hook.js', 'x.js'],
    'refuted',
  );

  const npm: readonly TestFile[] = [
    ...node,
    ...(await world.npm(NPM, 'usr/local/lib/node_modules')).map((file) =>
      file.path.endsWith('/npm-cli.js') ? { ...file, mode: 0o755 } : file,
    ),
    link('usr/local/bin/npm', '../lib/node_modules/npm/bin/npm-cli.js'),
  ];
  const start = text('app/package.json', '{"scripts":{"start":"node -e 0"}}');
  told('npm start', npm, [start], ['npm', 'start'], 'proven', entry);
  told('npm start without a package.json', npm, [here], ['npm', 'start'], 'refuted', entry);
  const line = (start: string, more = {}) => text('app/package.json', JSON.stringify({ scripts: { start, ...more } }));
  const tool: readonly TestFile[] = [
    { path: 'app/node_modules/tool/cli.js', mode: 0o755, content: '#!/usr/bin/env node\n' },
    link('app/node_modules/.bin/tool', '../tool/cli.js'),
  ];
  told('npm start of a package', npm, [line('tool --port 80'), ...tool], ['npm', 'start'], 'proven', entry);
  told('npm start of Node without its file', npm, [line('node dist/index.js')], ['npm', 'start'], 'refuted', entry);
  const gone = 'proof/command-not-found';
  told('npm start without its package', npm, [line('tool')], ['npm', 'start'], 'refuted', entry, gone);
  told('npm start with the link alone', npm, [line('tool'), tool[1]!], ['npm', 'run', 'start'], 'refuted', entry, gone);
  const made = line('node made.js', { prestart: 'echo 1 >made.js' });
  told('npm start of what is made before', npm, [made], ['npm', 'start'], 'proven', entry);
  told('npm start of another script', npm, [line('npm run a', { a: 'node -e 0' })], ['npm', 'start'], 'proven', entry);
  const own: TestFile = { ...start, mode: 0o600 };
  told('npm start of root', npm, [own], ['npm', 'start'], 'refuted', { ...entry, User: '1000' }, unread);
  const twice = line('npm run a', { a: 'node dist/a.js' });
  told('npm start of another script without its file', npm, [twice], ['npm', 'start'], 'refuted', entry);
  const engines = (onFail: string) =>
    text(
      'app/package.json',
      `{"scripts":{"start":"node -e 0"},"devEngines":{"packageManager":{"name":"pnpm","onFail":"${onFail}"}}}`,
    );
  const refused = 'proof/package-refused';
  told('npm start of what is for pnpm', npm, [engines('download')], ['npm', 'start'], 'refuted', entry, refused);
  told('npm exec of what is for pnpm', npm, [engines('error')], ['npm', 'exec', 'tool'], 'refuted', entry, refused);
  told('npm start of what is for pnpm, as a warning', npm, [engines('warn')], ['npm', 'start'], 'proven', entry);
  told('a script of npm that is missing', npm, [start], ['npm', 'run', 'serve'], 'refuted', entry);

  const php = (await world.install('php8.2-cli')).filter(({ path }) => !/^usr\/share\//.test(path));
  told('a file of PHP', php, [text('app/artisan', '<?php\n')], ['php8.2', 'artisan'], 'proven');
  shut('a file of PHP', php, 'app/artisan', ['php8.2', 'artisan']);
  told('a file of PHP that is missing', php, [here], ['php8.2', '-d', 'a=b', 'artisan', 'serve'], 'refuted');
  const ruby = (await world.install('ruby3.1')).filter(
    ({ path }) => !/\/(ri|rdoc|rbs|gems\/3\.1\.0\/(?!spec))/.test(path),
  );
  told('a file of Ruby', ruby, [text('app/app.rb')], ['ruby3.1', 'app.rb'], 'proven');
  shut('a file of Ruby', ruby, 'app/app.rb', ['ruby3.1', 'app.rb']);
  told('a file of Ruby that is missing', ruby, [here], ['ruby3.1', '-W0', 'app.rb'], 'refuted');
  const perl = await world.install('perl-base');
  shut('a file of Perl', perl, 'app/app.pl', ['perl', 'app.pl']);
  told('a file of Perl that is missing', perl, [here], ['perl', 'app.pl'], 'refuted');
  const jvm = (await world.install('openjdk-17-jre-headless')).filter(
    ({ path }) =>
      /^(usr\/lib|lib|etc\/(java-17|ld\.so))/.test(path) && !/\/(legal|perl|gconv|jni)\/|\/man\//.test(path),
  );
  const java = `/usr/lib/jvm/java-17-openjdk-${world.own}/bin/java`;
  shut('a jar', jvm, 'app/app.jar', [java, '-jar', 'app.jar']);
  const pointer = text('app/app.jar', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
  const archive = (what: string, file: TestFile) => {
    told(`a jar that is ${what}`, jvm, [file], [java, '-Xint', '-jar', 'app.jar'], 'refuted');
    const inPath = [java, '-Xint', '-cp', 'app.jar:gone.jar', 'org.acme.Main'];
    told(`a class of a jar that is ${what}`, jvm, [file], inPath, 'refuted');
  };
  archive('an empty file', text('app/app.jar'));
  archive('a pointer of Git LFS', pointer);
  const page = text('app/app.jar', `<html>${' '.repeat(300)}</html>\n`);
  told('a jar that is a page', jvm, [page], [java, '-Xint', '-jar', 'app.jar'], 'undecided');
  told('a jar that is missing', jvm, [here], [java, '-Xmx64m', '-jar', 'app.jar'], 'refuted');
  return cases;
}
