import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Platform, samePlatform } from '../../core/index.ts';
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
  for (const { platform, how } of howEachRuns(machine, wanted)) {
    if (how !== 'not') continue;
    done.push(
      ...(registerHere(machine.emulators, platform, mending.directory) ?? (await bring(platform, machine, mending))),
    );
  }
  return done;
}

/** Registers what lies on this disk already; undefined where nothing does. */
function registerHere(
  emulators: readonly Emulator[] = [],
  platform: Platform,
  directory: string | undefined,
): readonly Mended[] | undefined {
  if (directory === undefined || !existsSync(join(directory, 'register'))) return undefined;
  const there = emulators.find((one) => samePlatform(one.platform, platform));
  if (there?.fault === 'disabled') {
    const own = [write(join(directory, there.name), '1')];
    // The whole of it may be off.
    return existsSync(join(directory, 'status')) && readFileSync(join(directory, 'status'), 'utf8').trim() !== 'enabled'
      ? [write(join(directory, 'status'), '1'), ...own]
      : own;
  }
  const qemu = QEMU[platform.architecture];
  const candidates = [there?.interpreter, `/usr/bin/qemu-${qemu}-static`, `/usr/bin/qemu-${qemu}`];
  const interpreter = candidates.find((path) => path !== undefined && isStatic(path));
  const bytes = there === undefined || there.mask === '' ? magicOf(platform) : there;
  if (interpreter === undefined || bytes === undefined) return undefined;
  const name = there?.name ?? `qemu-${qemu}`;
  return [
    ...(there === undefined ? [] : [write(join(directory, name), '-1')]),
    write(join(directory, 'register'), registration({ name, interpreter }, bytes)),
  ];
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
