import { join } from 'node:path';
import { run, type Shell } from '../../packages/rightarch/src/cli/index.ts';

/** What a command line left: its status and what it printed where; `all` is stdout before stderr. */
interface Typed {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly all: string;
}

/** The shell of a test: nobody watches, the day is fixed, and home and cache are in `directory`. */
export function testShell(directory: string, own: Partial<Shell> & Pick<Shell, 'out' | 'err'>): Shell {
  return {
    cwd: directory,
    watched: false,
    interactive: false,
    color: false,
    width: 100,
    hostPlatform: 'linux/amd64',
    system: 'linux',
    home: directory,
    temporary: directory,
    now: () => new Date('2026-11-22T00:00:00Z'),
    signal: new AbortController().signal,
    input: async () => '',
    ask: async () => '',
    firstPauseMs: 1,
    ...own,
    env: { LANG: 'en', RIGHTARCH_CACHE: join(directory, '.cache'), ...own.env },
  };
}

/** Carries out one command line in `directory`, in this process. */
export async function typeLine(
  directory: string,
  args: readonly string[],
  own: Partial<Omit<Shell, 'out' | 'err'>> = {},
): Promise<Typed> {
  let out = '';
  let err = '';
  const write = {
    out: (text: string): void => {
      out += text;
    },
    err: (text: string): void => {
      err += text;
    },
  };
  const status = await run(args, testShell(directory, { ...own, ...write }));
  return { status, out, err, all: out + err };
}
