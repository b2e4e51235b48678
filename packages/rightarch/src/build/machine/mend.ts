import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../core/index.ts';
import { ProgramReader } from '../../scan/index.ts';
import type { RunProgram } from '../types.ts';
import { howEachRuns, type Machine } from './doctor.ts';
import { type Emulator, magicOf, registration } from './emulators.ts';

/** One thing that was done, as it would be typed; with why it did not work. */
export interface Mended {
  readonly did: string;
  readonly failed: string | undefined;
}

export interface Mending {
  readonly run: RunProgram;
  /** Of `binfmt_misc`; undefined where there is no such thing. */
  readonly directory: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The names that qemu's own programs have (qemu.org, linux-user), of the architectures that images are built for. */
const QEMU: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  riscv64: 'riscv64',
  ppc64le: 'ppc64le',
  loong64: 'loongarch64',
};

/**
 * Makes what is missing: an emulator of this machine is registered so that containers find it, else Docker is asked to
 * bring one. Nothing else is installed, and all that was done is told.
 */
export async function mendMachine(
  machine: Machine,
  wanted: readonly Platform[],
  mending: Mending,
): Promise<readonly Mended[]> {
  const done: Mended[] = [];
  // Of an engine elsewhere nothing is changed from here.
  if (machine.elsewhere === true) return done;
  for (const { platform, how } of howEachRuns(machine, wanted)) {
    if (how !== 'not' || platform.os !== 'linux' || platform.architecture === machine.host.architecture) continue;
    const here = registerHere(machine.emulators, platform, mending.directory);
    done.push(...here);
    if (here.every(({ failed }) => failed !== undefined)) done.push(...(await bring(platform, machine, mending)));
  }
  return done;
}

/** Registers what lies on this disk already; nothing where nothing does. */
function registerHere(
  emulators: readonly Emulator[] = [],
  platform: Platform,
  directory: string | undefined,
): readonly Mended[] {
  if (directory === undefined || !existsSync(join(directory, 'register'))) return [];
  const there = emulators.find((one) => one.platform.architecture === platform.architecture);
  if (there?.fault === 'disabled') return switchOn(there, directory);
  const qemu = QEMU[platform.architecture];
  const candidates = [there?.interpreter, `/usr/bin/qemu-${qemu}-static`, `/usr/bin/qemu-${qemu}`];
  const interpreter = candidates.find((path) => path !== undefined && isStatic(path));
  const bytes = there === undefined || there.mask === '' ? magicOf(platform) : there;
  if (interpreter === undefined || bytes === undefined) return [];
  if (there === undefined) {
    const line = registration({ name: `qemu-${qemu}`, interpreter }, bytes);
    return line === undefined ? [] : [write(join(directory, 'register'), line)];
  }
  // `P` decides what the emulator is given as its arguments: all that it had stays.
  const line = registration({ ...there, interpreter, flags: `${there.flags}F` }, bytes);
  const before = registration(there, bytes);
  if (line === undefined || before === undefined) return [];
  const removed = write(join(directory, there.name), '-1');
  if (removed.failed !== undefined) return [removed];
  const registered = write(join(directory, 'register'), line);
  // Half an emulator is better than none.
  return registered.failed === undefined
    ? [removed, registered]
    : [removed, registered, write(join(directory, 'register'), before)];
}

function switchOn({ name }: Emulator, directory: string): readonly Mended[] {
  const status = join(directory, 'status');
  const own = [write(join(directory, name), '1')];
  // The whole of it may be off.
  return existsSync(status) && readFileSync(status, 'utf8').trim() !== 'enabled' ? [write(status, '1'), ...own] : own;
}

/** A program that needs no loader: the loader of the machine is not in the container that the emulator is to run in. */
function isStatic(path: string): boolean {
  try {
    const bytes = readFileSync(path);
    const reader = new ProgramReader(bytes.length);
    reader.write(bytes);
    reader.end(true);
    const facts = reader.facts();
    return facts.kind === 'elf' && facts.interpreter === undefined && facts.partial !== true;
  } catch {
    return false;
  }
}

function write(file: string, text: string): Mended {
  const did = `printf '%s' '${text}' > ${file}`;
  try {
    writeFileSync(file, text);
    return { did, failed: undefined };
  } catch (error) {
    return { did, failed: error instanceof Error ? error.message : String(error) };
  }
}

/** What everybody types for it: an image that registers qemu with the kernel that the engine runs on. */
async function bring({ architecture }: Platform, { docker }: Machine, mending: Mending): Promise<readonly Mended[]> {
  if (docker.server === undefined) return [];
  return [
    await typed(mending, 'docker', ['run', '--privileged', '--rm', 'tonistiigi/binfmt', '--install', architecture]),
  ];
}

async function typed({ run, signal }: Mending, command: string, args: readonly string[]): Promise<Mended> {
  const did = [command, ...args].join(' ');
  const { status, out, err } = await run(command, args, { signal });
  return { did, failed: status === 0 ? undefined : (err || out).trim().split('\n').at(-1) || `${status}` };
}
