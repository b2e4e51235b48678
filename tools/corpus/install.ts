import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Architecture } from '../bases/ld-cache.ts';
import { inWordsOf } from './words.ts';

const run = promisify(execFile);

interface For {
  readonly cpu: Architecture;
  readonly libc: 'glibc' | 'musl';
  /** An empty directory of its own. */
  readonly scratch: string;
  /** Whatever the packages say of the platforms that they are for. */
  readonly force?: boolean;
}

/** An application with these dependencies, as `npm ci --ignore-scripts` would leave it on that CPU. */
export async function installNpm(
  packages: readonly string[],
  { cpu, libc, scratch, force = false }: For,
): Promise<string> {
  await writeFile(join(scratch, 'package.json'), '{"name":"app","version":"1.0.0","private":true}');
  const target = ['--os=linux', inWordsOf(cpu, '--cpu={npm}'), `--libc=${libc}`];
  const quiet = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
    '--prefer-offline',
  ];
  await run('npm', ['install', ...quiet, ...target, ...(force ? ['--force'] : []), ...packages], {
    cwd: scratch,
    maxBuffer: 1 << 26,
  });
  return scratch;
}

/** uv evaluates markers and wheel tags for the platform that it is told, never for its own. */
export async function installPython(packages: readonly string[], { cpu, libc, scratch }: For): Promise<string> {
  const target = join(scratch, 'site');
  const platform = inWordsOf(cpu, libc === 'musl' ? '{machine}-unknown-linux-musl' : '{machine}-manylinux_2_36');
  const options = ['--python-platform', platform, '--python-version', '3.11', '--only-binary', ':all:', '--no-compile'];
  const args = ['pip', 'install', '--quiet', '--target', target, ...options, ...packages];
  await run('uv', args, { cwd: scratch, maxBuffer: 1 << 26 });
  return target;
}

/** The program of a Go module, built here for that CPU; `cache` keeps sources and what was compiled. */
export async function buildGo(
  module: string,
  { cpu, mode, scratch }: { readonly cpu: Architecture; readonly mode: 'exe' | 'pie'; readonly scratch: string },
): Promise<string> {
  const env = { ...process.env, GOOS: 'linux', GOARCH: cpu, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '' };
  const name = module.replace(/@.*/, '');
  await writeFile(join(scratch, 'go.mod'), 'module corpus.test/app\n');
  await run('go', ['get', module], { cwd: scratch, env, maxBuffer: 1 << 26 });
  const program = join(scratch, 'program');
  const flags = ['-trimpath', '-ldflags=-s', `-buildmode=${mode}`, '-mod=mod'];
  await run('go', ['build', ...flags, '-o', program, name], { cwd: scratch, env, maxBuffer: 1 << 26 });
  return program;
}
