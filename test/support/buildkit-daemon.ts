import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unpackPackages } from './debian-packages.ts';

const run = promisify(execFile);

/** Of the same time as the buildx of Debian 13 (0.13), and the first whose `buildctl` has --progress=rawjson. */
const VERSION = 'v0.13.2';
/** What go.mod of that version asks for. */
const OLDEST_GO = 21;

/**
 * `buildkitd` and `buildctl` below `cache`, compiled from the Go module proxy: no archive that is reached here has them.
 * By the Go of this machine where it is new enough, else by that of Debian 13.
 */
export async function buildkitdPrograms(cache: string): Promise<string> {
  const bin = join(cache, 'bin');
  if (existsSync(join(bin, 'buildkitd')) && existsSync(join(bin, 'buildctl'))) return bin;
  mkdirSync(bin, { recursive: true });
  const { stdout = '' } = await run('go', ['version']).catch(() => ({ stdout: '' }));
  const isNew = Number(/go1\.(\d+)/.exec(stdout)?.[1] ?? 0) >= OLDEST_GO;
  const root = join(cache, 'go');
  if (!isNew) await unpackPackages(root, 'trixie', ['golang-1.24-go', 'golang-1.24-src']);
  const go = isNew ? 'go' : join(root, 'files/usr/lib/go-1.24/bin/go');
  const own = isNew ? {} : { GOROOT: join(root, 'files/usr/lib/go-1.24') };
  const env = { ...process.env, ...own, GOBIN: bin, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-modcacherw' };
  const programs = ['buildctl', 'buildkitd'].map((name) => `github.com/moby/buildkit/cmd/${name}@${VERSION}`);
  await run(go, ['install', '-tags', 'no_containerd_worker', ...programs], { env, maxBuffer: 1 << 26 });
  rmSync(root, { recursive: true, force: true });
  return bin;
}

/** One BuildKit, as root, with everything below `directory`; it runs programs with Debian's runc. */
export interface BuildKitDaemon {
  readonly address: string;
  start(): Promise<void>;
  /** As a machine that is switched off. */
  kill(): Promise<void>;
  /** As one whose machine hangs: connections stay open, and nobody answers. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

export function buildKitDaemon(
  bin: string,
  directory: string,
  address = `unix://${join(directory, 'buildkitd.sock')}`,
  flags: readonly string[] = [],
): BuildKitDaemon {
  mkdirSync(directory, { recursive: true });
  let daemon: ReturnType<typeof spawn> | undefined;
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (daemon?.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, 'close');
    daemon.kill(signal);
    await ended;
  };
  return {
    address,
    async start() {
      const words = ['--addr', address, '--root', join(directory, 'root'), '--oci-worker-binary', 'runc', ...flags];
      daemon = spawn(join(bin, 'buildkitd'), words, { stdio: ['ignore', 'ignore', 'pipe'] });
      let log = '';
      daemon.stderr!.on('data', (chunk: Buffer) => {
        log = `${log}${chunk}`.slice(-8192);
      });
      const until = Date.now() + 30_000;
      while (!log.includes('running server on')) {
        if (daemon.exitCode !== null || Date.now() > until) throw new Error(`buildkitd does not answer:\n${log}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    kill: () => stop('SIGKILL'),
    pause: () => void daemon?.kill('SIGSTOP'),
    resume: () => void daemon?.kill('SIGCONT'),
    async close() {
      daemon?.kill('SIGCONT');
      await stop('SIGTERM');
      // What a killed one had mounted is mounted still.
      const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
      for (const mount of mounts.map((line) => line.split(' ')[1] ?? '').reverse())
        if (mount.startsWith(`${directory}/`)) execFileSync('umount', ['--lazy', mount]);
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

if (resolve(process.argv[1] ?? '') === import.meta.filename) await buildkitdPrograms(process.argv[2]!);
