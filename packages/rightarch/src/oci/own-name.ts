import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Whose a file is stands in its name: what stood in the file would be missing where its owner died before writing it. */
const OWN = /^([0-9]+)\.([0-9a-f]{8})\.[0-9a-f]{12}$/;

/** Of a process that cannot be asked, on another machine or before a restart: no build and no upload takes a day. */
const STALE_MS = 24 * 60 * 60 * 1000;

let here: string | undefined;

/**
 * The processes that this one can see: those of its machine, and of its pid namespace where there are such. Machines
 * that share a disk and containers that share a volume count their processes each for itself. Names of machines repeat
 * (localhost, those of one template), and the first pid namespace is number 4026531836 on all of them
 * (linux/proc_ns.h, PROC_PID_INIT_INO; 2026-11-29), so the start of the kernel tells them apart.
 */
function sameProcesses(): string {
  here ??= createHash('sha256')
    .update(hostname())
    .update(asked(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')))
    .update(asked(() => readlinkSync('/proc/self/ns/pid')))
    .digest('hex')
    .slice(0, 8);
  return here;
}

/** Only Linux answers. */
function asked(question: () => string): string {
  try {
    return question();
  } catch {
    return '';
  }
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

/** Whether nobody will finish what stands under an own name, or give it back. */
export async function isAbandoned(path: string, own: string): Promise<boolean> {
  const owner = ownerOf(own);
  if (owner?.isDead === true || owner?.isThis === true) return owner.isDead;
  const found = await stat(path).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs > STALE_MS;
}

/**
 * Removes from a directory what its makers, killed, can no longer finish. `own` finds the own name in the name of an
 * entry; what is none of ours has none.
 */
export async function removeAbandoned(
  directory: string,
  own: (name: string) => string | undefined = (name) => name,
): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const [path, found] = [join(directory, name), own(name)];
    if (found !== undefined && (await isAbandoned(path, found)))
      await rm(path, { force: true, recursive: true }).catch(() => {});
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
