import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const bases = join(root, '.cache/bases');
/** Everything that the bench makes and leaves; git ignores it. */
export const workplace = join(root, '.cache/bench');
const installed = join(workplace, 'package');
export const bin = join(installed, 'bin/rightarch.js');

export type Library = typeof import('../packages/rightarch/src/index.ts');

const execute = promisify(execFile);

/** A part that cannot be measured here, with what would make it possible. */
export class Missing extends Error {}

/** Runs a program to its end; what it said is in the error where it fails. */
export async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly accept?: readonly number[] } = {},
): Promise<string> {
  const { accept = [0], ...rest } = options;
  try {
    return (await execute(command, [...args], { ...rest, maxBuffer: 64 << 20 })).stdout;
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number | string; stdout?: string; stderr?: string };
    if (typeof code === 'number' && accept.includes(code)) return stdout ?? '';
    const said = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n').slice(-12).join('\n');
    throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${said}`);
  }
}

/** The command line of the built package, as its users start it. */
export function rightarch(
  args: readonly string[],
  options: { readonly cwd?: string; readonly cache?: string; readonly accept?: readonly number[] } = {},
): Promise<string> {
  const { cache, ...rest } = options;
  const env = { ...process.env, ...(cache === undefined ? {} : { RIGHTARCH_CACHE: cache }) };
  return run(process.execPath, [bin, ...args], { ...rest, env });
}

/** The same, with the largest memory that it had, in bytes. */
export async function peakMemory(args: readonly string[], cache: string): Promise<number> {
  const tell = `import{writeSync}from'node:fs';process.on('exit',()=>writeSync(3,String(process.resourceUsage().maxRSS*1024)))`;
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, bin, ...args],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: { ...process.env, RIGHTARCH_CACHE: cache },
    },
  );
  let told = '';
  child.stdio[3]!.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  await new Promise((done) => child.once('close', done));
  return Number(told);
}

let built: Promise<Library> | undefined;

/**
 * The library that users import, built from these very sources into a place of the bench's own: a `npm run build`
 * beside it neither slows it down nor pulls it away.
 */
export function builtLibrary(): Promise<Library> {
  built ??= buildPackage();
  return built;
}

async function buildPackage(): Promise<Library> {
  const source = join(root, 'packages/rightarch');
  for (const path of ['bin', 'package.json']) cpSync(join(source, path), join(installed, path), { recursive: true });
  const tsdown = join(root, 'node_modules/.bin/tsdown');
  await run(tsdown, ['--out-dir', join(installed, 'dist'), '--no-dts', '--log-level', 'error'], { cwd: source });
  return import(join(installed, 'dist/index.js'));
}

/** `npm run bases`, where that was not done yet. */
export async function needBases(): Promise<void> {
  if (!existsSync(join(bases, 'index.json'))) await run('npm', ['run', 'bases'], { cwd: root });
  mkdirSync(workplace, { recursive: true });
}

/** Makes sure of Debian's tools: those that are not here are installed where apt-get and root are. */
export async function needTools(tools: Readonly<Record<string, string>>): Promise<void> {
  const absent = [];
  for (const [program, name] of Object.entries(tools)) {
    if (!(await run('sh', ['-c', `command -v ${program}`], { accept: [0, 1, 127] })).trim()) absent.push(name);
  }
  if (absent.length === 0) return;
  if (process.getuid?.() !== 0) throw new Missing(`needs ${absent.join(' ')}, or root and apt-get to install them`);
  try {
    await run('apt-get', ['-qq', 'update']);
    await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...absent]);
  } catch (error) {
    throw new Missing(`needs ${absent.join(' ')}: ${(error as Error).message.split('\n').at(-1)}`);
  }
}
