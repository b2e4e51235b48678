import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import { managerCases } from './truth-manager-cases.ts';
import { here, link, nodeFiles, teller, text } from './truth-program-cases.ts';
import type { TruthWorld } from './truth-world.ts';

/** Runtimes of the npm registry by the CPU that they are for; versions and digests of 2026-11-30. */
const BUN = {
  amd64: {
    name: '@oven/bun-linux-x64-baseline',
    version: '1.4.5',
    integrity: 'sha512-s8yMwYcFnnrA178gji0gZbkE2WVDej/Ti1x770oPfihxyRxSMNhGhiAQNXV53aDeraZxksdvKV/RAdQBCd0qPA==',
  },
  arm64: {
    name: '@oven/bun-linux-aarch64',
    version: '1.4.5',
    integrity: 'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  },
};
const DENO = {
  amd64: {
    name: '@deno/linux-x64-glibc',
    version: '2.9.6',
    integrity: 'sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==',
  },
  arm64: {
    name: '@deno/linux-arm64-glibc',
    version: '2.9.6',
    integrity: 'sha512-poqhoH9B3nYloigEMPT5t8HY+wBeiuea1An5Q7fqgJzP0SYmWsoS/oUnWO/pEiA4ofzIBy1Elt/in58xKtxEoQ==',
  },
};

const ENTRY = { Entrypoint: ['docker-entrypoint.sh'] };
const entryScript = (content: string): TestFile => ({
  path: 'usr/local/bin/docker-entrypoint.sh',
  mode: 0o755,
  content,
});
/** As Bun's and Deno's repositories have them, 2026-11-30; docker-node's is the first with `node` in it. */
const BEFORE_BUN = `#!/bin/sh
set -e

if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ] || { [ -f "\${1}" ] && ! [ -x "\${1}" ]; }; then
  set -- /usr/local/bin/bun "$@"
fi

exec "$@"
`;
const BEFORE_DENO = `#!/bin/sh
set -e

if [ "$1" != "\${1#-}" ]; then
    # if the first argument is an option like \`--help\` or \`-h\`
    exec deno "$@"
fi

case "$1" in
    add | bench | bundle | cache | compile | completions | coverage | doc | eval | fmt | help | init | info | install | jupyter | lint | lsp | publish | remove | repl | run | serve | task | test | types | uninstall | upgrade | vendor )
    # if the first argument is a known deno command
    exec deno "$@";;
esac

exec "$@"
`;

/** What runtimes beside Node and Python do without what they are told to run. */
export async function runtimeCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const cases: TruthCase[] = [];
  const told = teller(cases);
  const lib = `usr/lib/${world.triplet}`;
  const libraries = ['libdl.so.2', 'librt.so.1', 'libm.so.6', 'libgcc_s.so.1', 'libpthread.so.0', 'libutil.so.1'];
  const base = [
    ...world.debian,
    ...(await world.takeFrom('node:22-slim', ...libraries.map((name) => `${lib}/${name}`))),
  ];
  /** The one program of a package, on PATH. */
  const runtime = async (name: string, files: readonly TestFile[]) => [
    ...base,
    ...files
      .filter(({ path }) => path.endsWith(`/${name}`))
      .map((file) => ({ ...file, path: `usr/local/bin/${name}`, mode: 0o755 })),
  ];
  const bun = await runtime('bun', await world.npm(BUN[world.own], 'opt'));
  told('a file of Bun', bun, [text('app/src/index.ts', 'const a: number = 1;')], ['bun', 'src/index.ts'], 'proven');
  told('a file of Bun that is missing', bun, [here], ['bun', 'run', '--hot', 'src/index.ts'], 'refuted');
  const unread: TestFile = { path: 'app/main.ts', mode: 0o600, content: '1;\n' };
  const [other, code] = [{ User: '1000' }, 'proof/not-readable'] as const;
  told('a file of Bun of root', bun, [unread], ['bun', 'main.ts'], 'refuted', other, code);
  const scripts = text('app/package.json', '{"scripts":{"start":"true"}}');
  told('a start of Bun', bun, [scripts], ['bun', 'run', 'start'], 'proven');
  told('a start of Bun that no script is', bun, [here], ['bun', 'run', 'start'], 'refuted');
  told('another start of Bun that no script is', bun, [scripts], ['bun', 'dev'], 'refuted');
  const ofBun = entryScript(BEFORE_BUN);
  told(
    'a file of Bun behind its script',
    bun,
    [ofBun, text('app/index.ts')],
    ['--smol', './index.ts'],
    'proven',
    ENTRY,
  );
  told('a file of Bun behind its script, missing', bun, [ofBun, here], ['bun', 'run', 'index.ts'], 'refuted', ENTRY);
  const deno = await runtime('deno', await world.npm(DENO[world.own], 'opt'));
  told(
    'a file of Deno',
    deno,
    [text('app/main.ts', 'const a: number = 1;')],
    ['deno', 'run', '-A', 'main.ts'],
    'proven',
  );
  told('a file of Deno that is missing', deno, [here], ['deno', 'run', '--allow-net', 'main.ts'], 'refuted');
  told('a file of Deno of root', deno, [unread], ['deno', 'run', 'main.ts'], 'refuted', other, code);
  told('a task of Deno that no script is', deno, [scripts], ['deno', 'task', 'serve'], 'refuted');
  told('a task of Deno that no script is, of no package', deno, [here], ['deno', 'task', 'serve'], 'refuted');
  const ofDeno = entryScript(BEFORE_DENO);
  told(
    'a file of Deno behind its script',
    deno,
    [ofDeno, text('app/main.ts')],
    ['run', '-A', 'main.ts'],
    'proven',
    ENTRY,
  );
  told('a file of Deno behind its script, missing', deno, [ofDeno, here], ['run', '-A', 'main.ts'], 'refuted', ENTRY);
  const older = await nodeFiles(world);
  const ofNode = entryScript(BEFORE_BUN.replace('/usr/local/bin/bun', 'node').replace(/ \|\| \{ \[ -f .*\}/, ''));
  told('a file of Node behind its older script', older, [ofNode, text('app/a.js')], ['a.js'], 'proven', ENTRY);
  told('a file of Node behind its older script, missing', older, [ofNode, here], ['a.js'], 'refuted', ENTRY);
  told(
    'the value of an option of Node',
    older,
    [text('app/a.js')],
    ['node', '--experimental-default-type', 'module', 'a.js'],
    'proven',
  );
  const tool: TestFile = { path: 'app/node_modules/.bin/tool', mode: 0o755, content: '#!/bin/sh\n' };
  told(
    'a program behind a change of the directory that PATH begins at',
    world.debian,
    [tool],
    ['sh', '-c', 'cd /app && tool'],
    'proven',
    { WorkingDir: '/', Env: ['PATH=./node_modules/.bin:/usr/bin:/bin'] },
  );
  await managerCases(world, told);

  const jvm = (await world.install('openjdk-17-jre-headless')).filter(
    ({ path }) =>
      /^(usr\/lib|lib|etc\/(java-17|ld\.so))/.test(path) && !/\/(legal|perl|gconv|jni)\/|\/man\//.test(path),
  );
  const java = `/usr/lib/jvm/java-17-openjdk-${world.own}/bin/java`;
  const classes = text('app/classes/a.txt');
  told('a class that is missing', jvm, [classes], [java, '-cp', 'classes:lib/*', 'com.acme.Main'], 'refuted');
  const shut = [{ path: 'app/classes', type: 'directory', mode: 0o700 } as const, text('app/classes/Main.class')];
  told(
    'a class of root',
    jvm,
    shut,
    [java, '-cp', 'classes', 'Main'],
    'refuted',
    { User: '1000' },
    'proof/not-readable',
  );
  told('a class that is missing, of CLASSPATH', jvm, [here], [java, 'com.acme.Main'], 'refuted', {
    Env: ['CLASSPATH=/srv:/opt/a.jar'],
  });
  told('a class that is a variable', jvm, [here], [java, '-Xmx64m', '${JAVA_OPTS}', '-jar', 'app.jar'], 'refuted');
  // The only .NET that a package registry here has is one of x86-64.
  if (world.own === 'amd64') await dotnetCases(world, told);
  return cases;
}

/** `dotnet` of .NET Core 3.1, which a package of PyPI brings along for its own use. */
async function dotnetCases(world: TruthWorld, told: ReturnType<typeof teller>): Promise<void> {
  const files = await world.pypi('dotnetcore2==3.1.23', 'opt');
  if (files === undefined) return;
  const dotnet = [
    ...world.debian,
    ...(await world.install('libstdc++6', 'libgcc-s1', 'zlib1g')),
    ...files.flatMap((file) => {
      const path = /^opt\/dotnetcore2\/bin\/(.*)$/.exec(file.path)?.[1];
      return path === undefined
        ? []
        : [{ ...file, path: `usr/share/dotnet/${path}`, ...(path === 'dotnet' ? { mode: 0o755 } : {}) }];
    }),
    link('usr/bin/dotnet', '/usr/share/dotnet/dotnet'),
  ];
  const dll = files.find(({ path }) => path.endsWith('/System.Buffers.dll'));
  // It has no entry point: the runtime is reached, and says so.
  const app: TestFile = { path: 'app/app.dll', mode: 0o644, content: dll?.content ?? '' };
  const needs = (version: string, name = 'Microsoft.NETCore.App', more = {}) =>
    text('app/app.runtimeconfig.json', JSON.stringify({ runtimeOptions: { framework: { name, version }, ...more } }));
  const start = ['dotnet', 'app.dll'];
  const framework = 'proof/framework-missing';
  told('an application of .NET that is missing', dotnet, [here], start, 'refuted');
  told('an application of .NET that is missing, by exec', dotnet, [here], ['dotnet', 'exec', 'app.dll'], 'refuted');
  told('a command of .NET without an SDK', dotnet, [here], ['dotnet', 'run'], 'refuted');
  told('an application of .NET without its settings', dotnet, [app], start, 'refuted');
  told('an application of .NET for a later runtime', dotnet, [app, needs('8.0.0')], start, 'refuted', {}, framework);
  told('an application of .NET for a later patch', dotnet, [app, needs('3.1.40')], start, 'refuted', {}, framework);
  const web = needs('3.1.0', 'Microsoft.AspNetCore.App');
  told('a site of .NET in an image for programs', dotnet, [app, web], start, 'refuted', {}, framework);
  const kept = needs('3.0.0', undefined, { rollForward: 'LatestPatch' });
  told('an application of .NET that rolls to a patch alone', dotnet, [app, kept], start, 'refuted', {}, framework);
}
