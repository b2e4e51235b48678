import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import { here, link, nodeFiles, type Told, text } from './truth-program-cases.ts';
import type { TruthWorld } from './truth-world.ts';

/** Package managers of the npm registry; versions and digests of 2026-11-30. */
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

/** Package managers that are told to start an application. */
export async function managerCases(world: TruthWorld, told: Told): Promise<void> {
  const node = await nodeFiles(world);
  // What Yarn's own script calls.
  const tools = await world.install('sed', 'coreutils');
  const yarn = await world.npm(YARN, 'opt');
  const pnpm = await world.npm(PNPM, 'usr/local/lib/node_modules');
  const native = (await world.npm(PNPM_NATIVE[world.own], 'opt')).filter(({ path }) => path.endsWith('/pnpm'));
  const corepack = await world.npm(COREPACK, 'usr/local/lib/node_modules');
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
