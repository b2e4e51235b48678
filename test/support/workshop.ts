import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Places } from './places.ts';

const run = promisify(execFile);
const CHILD = join(import.meta.dirname, 'build-once.mjs');

/** What build-once.mjs is given, as JSON. */
export interface BuildOnce {
  readonly context: string;
  readonly cache: string;
  /** The layout to be made. */
  readonly output: string;
  /** A layout; every FROM of the Dockerfile is its only image. */
  readonly base: string;
  readonly args: Readonly<Record<string, string>>;
  /** Seconds since 1970 of the last commit. */
  readonly created: number;
  readonly sourceDateEpoch?: number;
  readonly umask: number;
}

/** What it prints, as one line of JSON: digests, or the code of the diagnostic that it ended with. */
type BuiltOnce =
  | { readonly root: string; readonly layers: readonly string[]; readonly configs: readonly string[] }
  | { readonly code: string; readonly args: unknown };

/** How one machine differs from another. */
export interface Machine {
  readonly umask?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Another user, where this process may become one. */
  readonly uid?: number;
}

/** A directory for everything, and builds in processes of their own. */
export function openWorkshop() {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-workshop-'));
  chmodSync(directory, 0o777);
  return {
    directory,
    /** Writes a context under that umask; with `git`, its files are tracked. */
    context(
      name: string,
      files: Readonly<Record<string, string | Uint8Array | { link: string } | { run: string }>>,
      how: { umask?: number; git?: boolean } = {},
    ): string {
      const place = join(directory, name);
      const before = process.umask(how.umask ?? 0o022);
      try {
        mkdirSync(place, { recursive: true });
        for (const [path, file] of Object.entries(files)) {
          const full = join(place, path);
          mkdirSync(dirname(full), { recursive: true });
          if (typeof file === 'string' || file instanceof Uint8Array) writeFileSync(full, file);
          else if ('link' in file) symlinkSync(file.link, full);
          else {
            writeFileSync(full, file.run);
            chmodSync(full, 0o777 & ~(how.umask ?? 0o022));
          }
        }
      } finally {
        process.umask(before);
      }
      if (how.git === true) {
        const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
        execFileSync('git', ['init', '-q'], { cwd: place, env });
        execFileSync('git', ['add', '-A'], { cwd: place, env });
      }
      return place;
    },
    /** Builds once, on a machine of that kind, with a cache and a home of its own. */
    async build(
      name: string,
      job: Omit<BuildOnce, 'cache' | 'output' | 'umask'>,
      machine: Machine = {},
    ): Promise<BuiltOnce> {
      const home = join(directory, `home of ${name}`);
      mkdirSync(home, { recursive: true });
      chmodSync(home, 0o777);
      const whole: BuildOnce = {
        ...job,
        cache: join(home, 'cache'),
        output: join(home, 'out'),
        umask: machine.umask ?? 0o022,
      };
      const may = machine.uid !== undefined && process.getuid?.() === 0;
      const { stdout } = await run(process.execPath, [CHILD, JSON.stringify(whole)], {
        cwd: join(import.meta.dirname, '..', '..'),
        env: { PATH: process.env['PATH'], HOME: home, TMPDIR: home, ...machine.env },
        ...(may ? { uid: machine.uid, gid: machine.uid } : {}),
      });
      return JSON.parse(stdout.trim().split('\n').at(-1)!) as BuiltOnce;
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A base for two CPUs that has what npm's placing looks for, in the layout `name`. */
export async function makeNodeBase(places: Places, name: string): Promise<void> {
  const node = (platform: string) => ({
    like: 'node',
    platform,
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
  });
  await places.makeImage(name, { images: [node('linux/amd64'), node('linux/arm64')] });
}
