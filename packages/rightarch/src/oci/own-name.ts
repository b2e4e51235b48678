import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Whose a file is stands in its name: what stood in the file would be missing where its owner died before writing it. */
const OWN = /^([0-9]+)\.([0-9a-f]{8})\.[0-9a-f]{12}$/;

let here: string | undefined;

/**
 * The processes that this one can see: those of its machine, and of its pid namespace where there are such. Machines
 * that share a disk and containers that share a volume count their processes each for itself.
 */
function sameProcesses(): string {
  if (here === undefined) {
    let namespace = '';
    try {
      namespace = readlinkSync('/proc/self/ns/pid');
    } catch {
      // Only Linux has them.
    }
    here = createHash('sha256').update(`${hostname()}\n${namespace}`).digest('hex').slice(0, 8);
  }
  return here;
}

/** A name for something that is this process's own while it is in the making; no other ever makes the same. */
export function ownName(): string {
  return `${process.pid}.${sameProcesses()}.${randomBytes(6).toString('hex')}`;
}

/** Whose a name is; undefined where it is not one of ours. `isDead` and `isThis` only where that is known. */
export function ownerOf(
  name: string,
): { readonly pid: string; readonly isDead: boolean; readonly isThis: boolean } | undefined {
  const [, pid, processes] = OWN.exec(name) ?? [];
  if (pid === undefined) return undefined;
  const isKnown = processes === sameProcesses();
  return { pid, isDead: isKnown && !isAlive(Number(pid)), isThis: isKnown && Number(pid) === process.pid };
}

/** Removes the files of a directory that a process was making when it died; `own` finds the owner's part of a name. */
export async function removeAbandoned(directory: string, own: (name: string) => string | undefined): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    if (ownerOf(own(name) ?? '')?.isDead === true) await unlink(join(directory, name)).catch(() => {});
  }
}

/** True unless the system says that there is no such process. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
