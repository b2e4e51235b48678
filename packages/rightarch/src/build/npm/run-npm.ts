import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeDirectory } from '../../oci/index.ts';
import { ownName } from '../../oci/own-name.ts';
import type { Machine } from './graph.ts';
import type { NpmProgram } from './npm-program.ts';
import type { NpmConfig } from './npmrc.ts';

/** What npm left behind: its lockfile where it made one, and what it said. */
export interface NpmEnd {
  readonly lock: string | undefined;
  readonly said: string;
}

/** Longer than any resolution; a manifest that makes npm think for ever ends too. */
const LIMIT_MS = 15 * 60_000;
const SAID_LIMIT = 64 * 1024;

/**
 * Runs `npm install --package-lock-only` over manifests in a directory that is made for it and removed afterwards. The
 * process has an empty environment; Node's permission model lets it write in that directory and start nothing. It is
 * told the image's Node, CPU and libc, by which npm chooses versions and refuses packages.
 */
export async function runNpm(options: {
  readonly program: NpmProgram;
  readonly machine: Machine;
  readonly config: NpmConfig;
  /** Of the project's directory: an unnamed project is called by it. */
  readonly name: string;
  /** package.json texts by path below the project. */
  readonly manifests: ReadonlyMap<string, string>;
  readonly npmrc: readonly string[];
  readonly cacheDirectory: string;
  readonly signal: AbortSignal;
}): Promise<NpmEnd> {
  const { program, machine, config, signal } = options;
  const parent = join(options.cacheDirectory, 'npm', 'tmp');
  await makeDirectory(parent);
  const scratch = join(await realpath(parent), ownName());
  try {
    await mkdir(scratch, { mode: 0o700 });
    const project = join(scratch, 'project', options.name);
    await mkdir(join(scratch, 'home'));
    for (const [path, text] of options.manifests) {
      await makeDirectory(dirname(join(project, path)));
      await writeFile(join(project, path), text);
    }
    await writeFile(join(scratch, 'npmrc'), `${[...options.npmrc, ...settings(config)].join('\n')}\n`);
    await writeFile(join(scratch, 'machine.cjs'), machineModule(machine));
    const npm = 'directory' in program ? await realpath(program.directory) : join(scratch, 'npm');
    if ('packed' in program) await unpack(program, npm, signal);
    const said = await start(
      [...permissions(scratch), '--require', join(scratch, 'machine.cjs'), join(npm, 'bin', 'npm-cli.js')],
      flags(scratch, machine),
      { cwd: project, home: join(scratch, 'home'), signal },
    );
    return {
      lock: said.status === 0 ? await readFile(join(project, 'package-lock.json'), 'utf8') : undefined,
      said: said.text,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

function settings(config: NpmConfig): string[] {
  return [
    `engine-strict=${config.engineStrict}`,
    `legacy-peer-deps=${config.legacyPeerDeps}`,
    `strict-peer-deps=${config.strictPeerDeps}`,
    ...[...config.omit].map((kind) => `omit[]=${kind}`),
  ];
}

function flags(scratch: string, machine: Machine): string[] {
  const knowsMachine = Number(machine.npm.split('.')[0]) >= 10;
  return [
    'install',
    '--package-lock-only',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--no-progress',
    '--no-color',
    '--loglevel=error',
    '--logs-max=0',
    '--fetch-retries=0',
    '--fetch-timeout=900000',
    `--git=${join(scratch, 'no-git')}`,
    `--cache=${join(scratch, 'cache')}`,
    `--userconfig=${join(scratch, 'npmrc')}`,
    `--globalconfig=${join(scratch, 'no-npmrc')}`,
    ...(knowsMachine ? [`--os=${machine.os}`, `--cpu=${machine.cpu}`] : []),
    ...(knowsMachine && machine.libc !== undefined ? [`--libc=${machine.libc}`] : []),
  ];
}

/** What npm and its parts ask of the process when they ask about the machine (npm-install-checks, npm-pick-manifest). */
function machineModule({ os, cpu, node, libc }: Machine): string {
  const header = libc === 'glibc' ? { glibcVersionRuntime: '2.36' } : {};
  const sharedObjects = libc === 'musl' ? ['/lib/ld-musl.so.1'] : [];
  // Where paths are written with backslashes, npm must know it to write on this disk.
  const facts = { version: node, arch: cpu, ...(sep === '\\' ? {} : { platform: os }) };
  return [
    `const facts = ${JSON.stringify(facts)};`,
    'for (const [key, value] of Object.entries(facts)) Object.defineProperty(process, key, { value, enumerable: true });',
    `const report = { excludeNetwork: true, getReport: () => (${JSON.stringify({ header, sharedObjects })}) };`,
    "Object.defineProperty(process, 'report', { value: report });",
    '',
  ].join('\n');
}

function permissions(writable: string): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  return [
    '--no-warnings',
    known.has('--permission') ? '--permission' : '--experimental-permission',
    // npm asks every directory above its own whether it is a link (arborist, realpath.js).
    '--allow-fs-read=*',
    `--allow-fs-write=${writable}${sep}*`,
    // From Node 25 on the network is closed as well; what npm may reach is said by its npmrc.
    ...(known.has('--allow-net') ? ['--allow-net'] : []),
  ];
}

async function unpack(
  program: Extract<NpmProgram, { packed: unknown }>,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const { packed } = program;
  for (const directory of new Set(packed.files.map(({ path }) => dirname(join(to, path)))))
    await makeDirectory(directory);
  for (const file of packed.files) {
    signal.throwIfAborted();
    await pipeline(Readable.from(packed.content(file).open()), createWriteStream(join(to, file.path)));
  }
}

function start(
  node: readonly string[],
  args: readonly string[],
  options: { readonly cwd: string; readonly home: string; readonly signal: AbortSignal },
): Promise<{ readonly status: number | null; readonly text: string }> {
  const { cwd, home, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, ...args], {
      cwd,
      env: { HOME: home, USERPROFILE: home, TMPDIR: home, PATH: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    let text = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (chunk: string) => {
      text = (text + chunk).slice(-SAID_LIMIT);
    });
    let problem: Error | undefined;
    child.on('error', (cause) => {
      problem = cause;
    });
    // Not before it is gone: its directory is removed next.
    child.on('close', (status) => (problem === undefined ? resolve({ status, text }) : reject(problem)));
  });
}
