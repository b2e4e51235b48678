import { fstatSync, writeSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunProgram } from '../build/types.ts';
import { type PassOn, passOn, programRunner } from './programs.ts';

/** What the process gives to a command. Tests give their own; nothing else reads the process. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Data: what was asked for. */
  readonly out: (text: string) => void;
  /** Why not all of it was taken, where that is so: a full disk. A reader that left on purpose is none. */
  readonly outFailure?: () => Error | undefined;
  /** Progress and failures. */
  readonly err: (text: string) => void;
  /** Whether a person watches stderr: progress is drawn only then. */
  readonly watched: boolean;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** Whether stdout takes colors. */
  readonly color: boolean;
  /** Whether stderr does; as stdout unless told. */
  readonly colorOfErrors?: boolean;
  readonly width: number;
  /** `linux/amd64` on an x86-64 machine, also on macOS and Windows: what containers run as here. */
  readonly hostPlatform: string;
  readonly system: 'linux' | 'darwin' | 'win32' | (string & {});
  /** Cores that this process may use. */
  readonly cores?: number;
  readonly home: string;
  readonly temporary: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** All of stdin, to its end or to the first byte that is too many: a Dockerfile for `-f -`. */
  readonly input: (mostBytes?: number) => Promise<string>;
  /** One line from the terminal. */
  readonly ask: (question: string) => Promise<string>;
  /** What to type for `rightarch` here, where that is another word. */
  readonly program?: string;
  /** Starts programs of this machine, such as docker; without it there are none. */
  readonly runProgram?: RunProgram;
  /** Starts a program in our place, with our terminal, folder and signals; without it there are none. */
  readonly passOn?: PassOn;
  /** The file of this program, so that a `docker` which is only another name of it is told. */
  readonly own?: string | undefined;
  /** Where the kernel lists what it hands programs of other CPUs to; undefined where there is no such place. */
  readonly binfmt?: string | undefined;
  /** Milliseconds before a registry is asked a second time; the client's own measure unless told. */
  readonly firstPauseMs?: number;
}

const CPUS: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm/v7',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
};

/** The shell of this process. The first Ctrl-C aborts the signal, the second ends the process at once. */
export function processShell(): Shell {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  let outFailure: Error | undefined;
  // `rightarch … | head` closes the pipe. Nobody reads on, and what is under way is still done, to its true status.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') outFailure ??= error;
  });
  // Nobody is left to be told; the status still says it.
  process.stderr.on('error', () => {});
  const { env } = process;
  const colorful = (stream: NodeJS.WriteStream): boolean =>
    stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const watched = process.stderr.isTTY === true && env['TERM'] !== 'dumb' && env['CI'] === undefined;
  return {
    env,
    cwd: process.cwd(),
    out: (text) => {
      if (!isFile(process.stdout)) return void process.stdout.write(text);
      try {
        if (outFailure === undefined) writeAll(process.stdout.fd, Buffer.from(text));
      } catch (error) {
        outFailure = error as Error;
      }
    },
    outFailure: () => outFailure,
    err: (text) => void process.stderr.write(text),
    watched,
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    color: colorful(process.stdout),
    colorOfErrors: colorful(process.stderr),
    width: process.stdout.columns || (process.stdout.isTTY === true ? 80 : 100),
    hostPlatform: `linux/${CPUS[process.arch] ?? process.arch}`,
    system: process.platform,
    binfmt: process.platform === 'linux' ? '/proc/sys/fs/binfmt_misc' : undefined,
    cores: availableParallelism(),
    home: homedir(),
    temporary: tmpdir(),
    now: () => new Date(),
    signal: controller.signal,
    runProgram: programRunner(env),
    passOn,
    own: process.argv[1],
    input: async (mostBytes = Number.POSITIVE_INFINITY) => {
      const parts: Buffer[] = [];
      let size = 0;
      for await (const part of process.stdin) {
        parts.push(part as Buffer);
        size += (part as Buffer).length;
        if (size > mostBytes) break;
      }
      return Buffer.concat(parts).toString('utf8');
    },
    ask: async (question) => {
      const { createInterface } = await import('node:readline/promises');
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question, { signal: controller.signal });
      } catch (error) {
        // In a question the terminal is raw: Ctrl-C and Ctrl-D come as a refusal to answer, not as a signal.
        process.stderr.write('\n');
        controller.abort(error);
        throw error;
      } finally {
        lines.close();
      }
    },
  };
}

/** `> out.json`, and devices such as /dev/full. */
function isFile({ fd, isTTY }: typeof process.stdout): boolean {
  if (isTTY === true) return false;
  try {
    const found = fstatSync(fd);
    return found.isFile() || found.isCharacterDevice();
  } catch {
    return false;
  }
}

/** Node's own stream for files takes a disk that had room for a part of the text for success (Node 20 to 24). */
function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** Where things are kept between runs: $RIGHTARCH_CACHE, else the system's place for caches. */
export function cacheDirectory({ env, home, system }: Pick<Shell, 'env' | 'home' | 'system'>): string {
  const own = env['RIGHTARCH_CACHE'];
  if (own) return own;
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'rightarch');
  if (system === 'darwin') return join(home, 'Library', 'Caches', 'rightarch');
  if (system === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'rightarch', 'cache');
  return join(home, '.cache', 'rightarch');
}
