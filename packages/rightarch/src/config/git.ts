import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { dirname, resolve } from 'node:path';

/**
 * What a repository's own configuration could make Git execute while it only reads (git-config(1)): a file system
 * monitor, hooks, a signature check, a bare repository hidden in a directory.
 */
const INERT: readonly string[] = [
  // Empty, because Git before 2.36 takes any word here for a program, `false` as well.
  ...['-c', 'core.fsmonitor='],
  ...['-c', `core.hooksPath=${devNull}`],
  ...['-c', 'log.showSignature=false'],
  ...['-c', 'safe.bareRepository=explicit'],
  ...['-c', 'column.ui=never'],
  ...['--no-pager', '--no-optional-locks'],
];

/**
 * In a partial clone Git fetches a missing object when it is asked for, by a transport (`ext::`, `core.sshCommand`)
 * that the repository names. No protocol is allowed, so none runs; the second name is for Git from 2.45 on.
 */
const OFFLINE = { GIT_ALLOW_PROTOCOL: '', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0' };

export interface GitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Where Git finds itself and its user's configuration: PATH, HOME. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

/**
 * What Git answers in a directory, executing nothing that the directory or its repository names; undefined where
 * there is no Git, no repository, one of another owner (`safe.directory`), or no answer. Only plumbing commands:
 * what porcelain prints depends on configuration.
 */
export function askGit(directory: string, args: readonly string[], options: GitOptions): Promise<string | undefined> {
  const { signal, environment, timeoutMs = 10_000 } = options;
  return new Promise((answer) => {
    execFile(
      'git',
      ['-C', resolve(directory), ...INERT, ...args],
      {
        // Windows looks for programs in the working directory first, and a repository may hold a git.exe.
        cwd: dirname(process.execPath),
        env: { ...environment, ...OFFLINE },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1_048_576,
        windowsHide: true,
        ...(signal !== undefined ? { signal } : {}),
      },
      (error, stdout) => answer(error === null ? stdout : undefined),
    );
  });
}

/** Seconds of the commit that is checked out in a directory's repository; undefined where there is none. */
export async function commitSeconds(directory: string, options: GitOptions): Promise<number | undefined> {
  // rev-list and not log: log has configuration of its own, which can start gpg.
  const stdout = await askGit(directory, ['rev-list', '--max-count=1', '--timestamp', 'HEAD'], options);
  const seconds = /^(\d{1,15}) /.exec(stdout ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** What Git tracks below a directory, or would track, with `/`; undefined where this is no work tree. */
export async function gitFiles(directory: string, options: GitOptions): Promise<readonly string[] | undefined> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const stdout = await askGit(directory, args, options);
  return stdout?.split('\0').filter((path) => path !== '');
}
