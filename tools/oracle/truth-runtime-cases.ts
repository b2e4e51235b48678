import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
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
const YARN = {
  name: 'yarn',
  version: '1.22.22',
  integrity: 'sha512-prL3kGtyG7o9Z9Sv8IPfBNrWTDmXB4Qbes8A9rEzt6wkJV8mUvoirjU0Mp3GGAU06Y0XQyA3/2/RQFVuK7MTfg==',
};
const PNPM = {
  name: 'pnpm',
  version: '10.28.0',
  integrity: 'sha512-Bd9x0UIfITmeBT/eVnzqNNRG+gLHZXFEG/wceVbpjjYwiJgtlARl/TRIDU2QoGaLwSNi+KqIAApk6D0LDke+SA==',
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
/** From 12 on a program for each platform, which installing it puts in the place of its command. */
const PNPM_NATIVE = {
  amd64: {
    name: '@pnpm/exe.linux-x64',
    version: '12.21.0',
    integrity: 'sha512-8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==',
  },
  arm64: {
    name: '@pnpm/exe.linux-arm64',
    version: '12.21.0',
    integrity: 'sha512-4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==',
  },
};
const COREPACK = {
  name: 'corepack',
  version: '0.34.7',
  integrity: 'sha512-d5OLuTNh4zeJK8+u+G10KScqrnHKNNm6NvR4XO28FZyBFMGE60SNCrBetJLyKR9H1xGCG6U2LyswsyPNdO6kxw==',
};

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
  managerCases(told, {
    node: await nodeFiles(world),
    tools: await world.install('sed', 'coreutils'),
    yarn: await world.npm(YARN, 'opt'),
    pnpm: await world.npm(PNPM, 'usr/local/lib/node_modules'),
    native: (await world.npm(PNPM_NATIVE[world.own], 'opt')).filter(({ path }) => path.endsWith('/pnpm')),
    corepack: await world.npm(COREPACK, 'usr/local/lib/node_modules'),
  });

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

interface Managers {
  readonly node: readonly TestFile[];
  /** What Yarn's own script calls. */
  readonly tools: readonly TestFile[];
  readonly yarn: readonly TestFile[];
  readonly pnpm: readonly TestFile[];
  readonly native: readonly TestFile[];
  readonly corepack: readonly TestFile[];
}

/** Package managers that are told to start an application. */
function managerCases(told: ReturnType<typeof teller>, managers: Managers): void {
  const { node, tools, yarn, pnpm, native, corepack } = managers;
  const executable = (files: readonly TestFile[], end: string) =>
    files.map((file) => (file.path.endsWith(end) ? { ...file, mode: 0o755 } : file));
  // As Node's image has it.
  const yarns = [
    ...node,
    ...tools,
    ...executable(yarn, '/bin/yarn').map((file) => ({
      ...file,
      path: file.path.replace('opt/yarn/', 'opt/yarn-v1.22.22/'),
    })),
    link('usr/local/bin/yarn', '/opt/yarn-v1.22.22/bin/yarn'),
  ];
  const pnpms = [
    ...node,
    ...executable(pnpm, '/bin/pnpm.cjs'),
    link('usr/local/bin/pnpm', '../lib/node_modules/pnpm/bin/pnpm.cjs'),
  ];
  const gone = 'proof/command-not-found';
  const line = (start: string) => text('app/package.json', JSON.stringify({ scripts: { start } }));
  const other = text('app/package.json', '{"scripts":{"build":"true"}}');
  const tool: readonly TestFile[] = [
    { path: 'app/node_modules/tool/cli.js', mode: 0o755, content: '#!/usr/bin/env node\n' },
    link('app/node_modules/.bin/tool', '../tool/cli.js'),
  ];
  for (const [name, files] of [
    ['Yarn', yarns],
    ['pnpm', pnpms],
  ] as const) {
    const start = [name.toLowerCase(), 'start'];
    told(`a start of ${name}`, files, [line('NODE_ENV=production tool'), ...tool], start, 'proven');
    told(`a start of ${name} without a package.json`, files, [here], start, 'refuted');
    told(`a start of ${name} that no script is`, files, [other], start, 'refuted');
    told(`a script of ${name} that is missing`, files, [other], [name.toLowerCase(), 'run', 'serve'], 'refuted');
    told(`a start of ${name} without its file`, files, [line('NODE_ENV=production node dist/a.js')], start, 'refuted');
    told(`a start of ${name} without its package`, files, [line('tool')], start, 'refuted', {}, gone);
  }

  const refused = 'proof/package-refused';
  const of = (packageManager: string) =>
    text('app/package.json', JSON.stringify({ scripts: { start: 'node -e 0' }, packageManager }));
  const settings = text('app/.yarnrc.yml', 'yarnPath: .yarn/releases/yarn-4.1.0.cjs\n');
  const release = text('app/.yarn/releases/yarn-4.1.0.cjs', 'console.log("4.1.0");\n');
  const four = [of('yarn@4.1.0'), settings];
  told('a start of Yarn that is for a later one', yarns, [of('yarn@4.1.0')], ['yarn', 'start'], 'refuted', {}, refused);
  told('a start of Yarn that has a later one', yarns, [...four, release], ['yarn', 'start'], 'proven');
  told('a start of Yarn that lacks its later one', yarns, four, ['yarn', 'start'], 'refuted');
  told('a start of pnpm that is for Yarn', pnpms, [of('yarn@1.22.22')], ['pnpm', 'start'], 'refuted', {}, refused);
  told('a start of pnpm of its own release', pnpms, [of(`pnpm@${PNPM.version}`)], ['pnpm', 'start'], 'proven');
  told('a start of pnpm of another release', pnpms, [of('pnpm@10.0.0')], ['pnpm', 'start'], 'undecided');

  const home = 'usr/local/lib/node_modules';
  const natives = [
    ...node,
    ...native.map((file) => ({ ...file, path: `${home}/pnpm/pnpm`, mode: 0o755 })),
    text(`${home}/pnpm/package.json`, `{\n  "name": "pnpm",\n  "version": "${PNPM_NATIVE.amd64.version}"\n}\n`),
    link('usr/local/bin/pnpm', '../lib/node_modules/pnpm/pnpm'),
  ];
  const start = ['pnpm', 'start'];
  told('a start of a native pnpm', natives, [line('node -e 0')], start, 'proven');
  told('a start of a native pnpm without a package.json', natives, [here], start, 'refuted');
  told('a start of a native pnpm that no script is', natives, [other], start, 'refuted');
  told('a start of a native pnpm that is for npm', natives, [of('npm@10.0.0')], start, 'refuted', {}, refused);

  const { version } = PNPM_NATIVE.amd64;
  const record = (name: string) => `      '${name}':\n        specifier: ${version}\n        version: ${version}\n`;
  const resolved = (name: string, integrity: string) =>
    `  '${name}@${version}':\n    resolution: {integrity: ${integrity}}\n\n`;
  const snapshot = (name: string) => `  '${name}@${version}': {}\n\n`;
  const lock = text(
    'app/pnpm-lock.yaml',
    [
      `---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    configDependencies: {}\n    packageManagerDependencies:\n`,
      `${record('@pnpm/exe')}${record('pnpm').replaceAll("'", '')}\npackages:\n\n`,
      `${resolved('@pnpm/exe', PNPM_NATIVE.amd64.integrity)}${resolved('pnpm', PNPM_NATIVE.arm64.integrity)}`,
      `snapshots:\n\n${snapshot('@pnpm/exe')}${snapshot('pnpm')}---\nlockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n`,
    ].join(''),
  );
  told('a start of a native pnpm that its lockfile records', natives, [of(`pnpm@${version}`), lock], start, 'proven');

  // What `corepack enable` and `corepack prepare` leave.
  const shims = [
    ...node,
    ...executable(corepack, '/dist/pnpm.js').map((file) =>
      file.path.endsWith('/dist/yarn.js') ? { ...file, mode: 0o755 } : file,
    ),
    ...['pnpm', 'yarn'].map((name) => link(`usr/local/bin/${name}`, `../lib/node_modules/corepack/dist/${name}.js`)),
  ];
  const prepared = `root/.cache/node/corepack/v1/pnpm/${PNPM.version}`;
  const cache = [
    ...pnpm.map((file) => ({ ...file, path: file.path.replace(`${home}/pnpm`, prepared) })),
    text(
      `${prepared}/.corepack`,
      `{"locator":{"name":"pnpm","reference":"${PNPM.version}"},"bin":{"pnpm":"./bin/pnpm.cjs"},"hash":"sha512.00"}`,
    ),
  ];
  const pinned = of(`pnpm@${PNPM.version}`);
  told('a start of Corepack', [...shims, ...cache], [pinned], start, 'proven');
  told('a start of Corepack without its cache', shims, [pinned], start, 'undecided');
  told('a start of Corepack that is for another', shims, [pinned], ['yarn', 'start'], 'refuted', {}, refused);
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
