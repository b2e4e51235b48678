import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Platform, parsePlatform } from '../../core/index.ts';
import { patient } from '../patient.ts';
import type { RunProgram } from '../types.ts';

/** What the kernel hands programs of another CPU to: one file of `binfmt_misc` (Documentation/admin-guide/binfmt-misc.rst). */
export interface Emulator {
  /** As it was registered: `qemu-aarch64`, `rosetta`. */
  readonly name: string;
  readonly platform: Platform;
  readonly interpreter: string;
  /** `F`: opened when it was registered, and found from inside every container. */
  readonly flags: string;
  readonly magic: string;
  readonly mask: string;
  /** Why programs in containers do not get to it; undefined where they do. */
  readonly fault: EmulatorFault | undefined;
  /** Of the qemu that lies at that path now: `7.2.22`. Absent where none does, or it is another program. */
  readonly version?: string;
}

/** Switched off; opened by its path, which a container has not; not there any more. */
export type EmulatorFault = 'disabled' | 'not-fixed' | 'gone';

/** The machines of ELF that images are built for, by what an emulator's magic names (include/uapi/linux/elf-em.h). */
const MACHINES: readonly (readonly [machine: number, is64: boolean, platform: string])[] = [
  [62, true, 'linux/amd64'],
  [183, true, 'linux/arm64'],
  [3, false, 'linux/386'],
  [40, false, 'linux/arm/v7'],
  [21, true, 'linux/ppc64le'],
  [22, true, 'linux/s390x'],
  [243, true, 'linux/riscv64'],
  [258, true, 'linux/loong64'],
];

/**
 * The emulators that are registered; undefined where nobody can tell: the directory is not mounted, or this is no Linux.
 * What is registered for scripts or for other magic is none.
 */
export function readEmulators(directory: string | undefined): readonly Emulator[] | undefined {
  if (directory === undefined) return undefined;
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(directory, name), 'utf8');
    } catch {
      return undefined;
    }
  };
  const status = read('status');
  if (status === undefined) return undefined;
  const isOn = status.trim() === 'enabled';
  return readdirSync(directory)
    .filter((name) => name !== 'register' && name !== 'status')
    .sort()
    .flatMap((name) => parseEmulator(name, read(name) ?? '', isOn) ?? []);
}

/** Asks those that are qemu's for their version. What a container brought and took away again cannot be asked. */
export async function withVersions(
  emulators: readonly Emulator[] | undefined,
  run: RunProgram,
  signal?: AbortSignal,
): Promise<readonly Emulator[] | undefined> {
  if (emulators === undefined) return undefined;
  const versions = new Map<string, Promise<string | undefined>>();
  const ask = async (program: string): Promise<string | undefined> => {
    const { status, out } = await patient(run)(program, ['--version'], { signal });
    return status === 0 ? /^qemu-\S+ version (\d[\w.]*)/.exec(out)?.[1] : undefined;
  };
  return Promise.all(
    emulators.map(async (one) => {
      // Debian registers links, and under their names qemu answers to the kernel only.
      const program = isThere(one.interpreter) ? realpathSync(one.interpreter) : '';
      if (!/^qemu-/.test(basename(program))) return one;
      const asked = versions.get(program) ?? ask(program);
      versions.set(program, asked);
      const version = await asked;
      return version === undefined ? one : { ...one, version };
    }),
  );
}

/** One file of the directory; undefined of what is for no machine of ELF. */
export function parseEmulator(name: string, text: string, isOn = true): Emulator | undefined {
  const value = (key: string): string => new RegExp(`^${key}:? (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const magic = value('magic');
  const platform = Number(value('offset')) === 0 ? platformOf(magic) : undefined;
  if (platform === undefined) return undefined;
  const interpreter = value('interpreter');
  const flags = value('flags');
  const isFixed = flags.includes('F');
  const there = isThere(interpreter);
  const fault = !isOn || !/^enabled$/m.test(text) ? 'disabled' : isFixed ? undefined : there ? 'not-fixed' : 'gone';
  return { name, platform, interpreter, flags, magic, mask: value('mask'), fault };
}

/** A path may be of any kind: below a file, longer than any name. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function platformOf(magic: string): Platform | undefined {
  if (!/^7f454c46(?:[0-9a-f]{2}){16,}$/.test(magic)) return undefined;
  const bytes = Buffer.from(magic, 'hex');
  const isBig = bytes[5] === 2;
  const machine = isBig ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18);
  const row = MACHINES.find(([number, is64]) => number === machine && is64 === (bytes[4] === 2));
  // PowerPC of the other end first has no images.
  if (row === undefined || (isBig && machine !== 22)) return undefined;
  return parsePlatform(row[2]);
}

/**
 * The line that registers an interpreter: its flags, else `F`, by which containers find it, with `O` and `C` as Debian's
 * package and tonistiigi/binfmt have them. Undefined where no character is free to stand between its parts.
 */
export function registration(
  { name, interpreter, flags = 'OCF' }: Pick<Emulator, 'name' | 'interpreter'> & { readonly flags?: string },
  bytes: Pick<Emulator, 'magic' | 'mask'>,
): string | undefined {
  const escaped = (hex: string): string => hex.replace(/../g, '\\x$&');
  const between = [':', '|', ',', ';', '!', '%'].find((one) => !`${name}${interpreter}`.includes(one));
  if (between === undefined) return undefined;
  return ['', name, 'M', '0', escaped(bytes.magic), escaped(bytes.mask), interpreter, flags].join(between);
}

/** As qemu's scripts/qemu-binfmt-conf.sh has them (read 2026-11-29): programs of 64 bits, the small end first, for Linux or for no system in particular. */
export function magicOf(platform: Platform): { readonly magic: string; readonly mask: string } | undefined {
  const row = MACHINES.find(([, is64, text]) => is64 && parsePlatform(text)?.architecture === platform.architecture);
  if (row === undefined || platform.architecture === 's390x') return undefined;
  const machine = Buffer.alloc(2);
  machine.writeUInt16LE(row[0]);
  return {
    magic: `7f454c46020101000000000000000000${'0200'}${machine.toString('hex')}`,
    mask: 'ffffffffffffff00fffffffffffffffffeffffff',
  };
}
