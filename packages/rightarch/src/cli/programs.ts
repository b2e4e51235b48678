import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { RunProgram } from '../build/types.ts';

/** What is kept of a program's words. */
const SAID = 1 << 16;
/** A program that was asked to end and does not. */
const PATIENCE_MS = 10_000;

/** Starts programs of this machine, found on the user's PATH and in the user's environment. Paths are absolute for them. */
export function programRunner(env: Readonly<Record<string, string | undefined>>): RunProgram {
  // Windows looks for programs in the working directory first, and a repository may hold a docker.exe.
  const cwd = dirname(process.execPath);
  return (command, args, { signal, kill, onError, onOutput, env: more } = {}) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const child = spawn(command, args, {
        cwd,
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      let [out, err] = ['', ''];
      const [outText, errText] = [new StringDecoder('utf8'), new StringDecoder('utf8')];
      child.stdout.on('data', (bytes: Buffer) => {
        const text = outText.write(bytes);
        out = `${out}${text}`.slice(-SAID);
        onOutput?.(text);
      });
      child.stderr.on('data', (bytes: Buffer) => {
        const text = errText.write(bytes);
        err = `${err}${text}`.slice(-SAID);
        onError?.(text);
      });
      let last: NodeJS.Timeout | undefined;
      const force = (): void => {
        child.kill('SIGKILL');
        // What it started may hold its pipes open, and is not waited for.
        child.stdout.destroy();
        child.stderr.destroy();
      };
      const stop = (): void => {
        child.kill('SIGINT');
        last = setTimeout(force, PATIENCE_MS);
      };
      signal?.addEventListener('abort', stop, { once: true });
      kill?.addEventListener('abort', force, { once: true });
      const end = (): void => {
        clearTimeout(last);
        signal?.removeEventListener('abort', stop);
        kill?.removeEventListener('abort', force);
      };
      child.once('error', (error: NodeJS.ErrnoException) => {
        end();
        if (error.code === 'ENOENT' || error.code === 'EACCES') resolve({ status: undefined, out, err });
        else reject(error);
      });
      child.once('close', (status) => {
        end();
        if (signal?.aborted === true) reject(signal.reason);
        else resolve({ status: status ?? 1, out, err });
      });
    });
}

/** Starts a program in our place; its status. Undefined where it could not be started. */
export type PassOn = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
) => Promise<number | undefined>;

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * The same terminal, folder and environment, and an end as that program's own: its status, or the signal that ended it.
 * A terminal sends its signals to both, so there we only wait; one that is sent to us alone is handed on.
 */
export const passOn: PassOn = (command, args, env) =>
  new Promise((resolve, reject) => {
    const hear = (signal: NodeJS.Signals): void => {
      const fromTerminal = process.stdin.isTTY === true && (signal === 'SIGINT' || signal === 'SIGQUIT');
      if (!fromTerminal) child.kill(signal);
    };
    // Before it runs: one that comes as soon as it does would end us and leave it.
    for (const signal of SIGNALS) process.on(signal, hear);
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'inherit', windowsHide: false });
    const end = (): void => {
      for (const signal of SIGNALS) process.off(signal, hear);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      end();
      if (error.code === 'ENOENT' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    child.once('close', (status, signal) => {
      end();
      // A shell writes a death by signal so (POSIX, 2.8.2), and whoever waits for us can tell it.
      resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
