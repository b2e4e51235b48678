import { realpathSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';

/** Programs that went by the name of docker and led back to us; for whoever is started by one of them. */
const TRIED = 'RIGHTARCH_DOCKER_TRIED';

/** The real `docker`, and what it is started with so that a way back to us ends. */
export interface RealDocker {
  /** Absolute. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * `docker` on PATH that is not this program under that name: people put a link or a script called `docker` before it.
 * A script is not seen for what it is, so what was started once is not started again further down.
 */
export function findRealDocker(
  env: Readonly<Record<string, string | undefined>>,
  { own, system }: { readonly own: string | undefined; readonly system: string },
): RealDocker | undefined {
  const tried = (env[TRIED] ?? '').split(delimiter).filter((path) => path !== '');
  const path = env['PATH'] ?? Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  for (const folder of path.split(delimiter)) {
    // What lies in the working directory is a stranger's.
    if (!isAbsolute(folder)) continue;
    const program = join(folder, system === 'win32' ? 'docker.exe' : 'docker');
    if (tried.includes(program) || !isProgram(program, system) || isOurs(program, own)) continue;
    return { program, env: { [TRIED]: [...tried, program].join(delimiter) } };
  }
  return undefined;
}

function isProgram(path: string, system: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && (system === 'win32' || (found.mode & 0o111) !== 0);
}

/** Both of our programs lie in one folder. */
function isOurs(path: string, own: string | undefined): boolean {
  try {
    const real = realpathSync(path);
    return own !== undefined && dirname(real) === dirname(realpathSync(own)) && /^rightarch/.test(basename(real));
  } catch {
    return false;
  }
}
