import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openApt } from '../bases/apt.ts';
import { LAUNCH } from './launch.ts';

const run = promisify(execFile);
const CACHE = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '.cache', 'oracle');

/** A machine that can run programs of one CPU. */
export interface Machine {
  /** Static programs for that CPU: Debian's busybox, and the launcher that starts a program without a shell. */
  readonly busybox: Buffer;
  readonly launch: Buffer;
  /** Shell lines that mount /proc, /sys and /dev for the image, and that end the machine. */
  readonly prepare: string;
  readonly end: string;
  /** The command that boots `root` and runs its /init on the console. */
  command(root: string, work: string): Promise<readonly string[]>;
}

/** A machine that is not the usual one of its platform. */
export interface MachineModel {
  /** QEMU's name of a CPU: `qemu64` has x86-64-v1, `Haswell` v3, `cortex-a72` ARMv8.0. */
  readonly cpu?: string;
  /** Of the kernel, in KiB; 4 unless told. */
  readonly pages?: 4 | 16;
}

/** Gives the machine for a platform; fetches a kernel and busybox from Debian once. Throws Unavailable without apt. */
export async function openMachine(
  platform: 'linux/amd64' | 'linux/arm64',
  cache = CACHE,
  { cpu, pages = 4 }: MachineModel = {},
): Promise<Machine> {
  const architecture = platform === 'linux/arm64' ? 'arm64' : 'amd64';
  const isEmulated = architecture === 'arm64' || cpu !== undefined;
  const parts = await fetchParts(architecture, cache, isEmulated, pages);
  const busybox = await readFile(join(parts, 'busybox'));
  const launch = Buffer.from(LAUNCH[architecture], 'base64');
  const board = BOARDS[architecture];
  return isEmulated
    ? emulated(parts, busybox, launch, { ...board, cpu: cpu ?? board.kernels[pages]?.cpu ?? board.cpu })
    : native(busybox, launch);
}

/** Namespaces of this kernel: mounts, processes and a network that has nothing but loopback. */
function native(busybox: Buffer, launch: Buffer): Machine {
  return {
    busybox,
    launch,
    prepare: `$b mount -t proc proc /proc
$b mount -t proc proc /image/proc
$b mount -t tmpfs -o mode=755 tmpfs /image/dev
$b mkdir /image/dev/shm
$b chmod 1777 /image/dev/shm
for device in null:3 zero:5 full:7 random:8 urandom:9; do
  $b mknod -m 666 /image/dev/\${device%:*} c 1 \${device#*:}
done
$b mknod -m 666 /dev/null c 1 3
$b ln -s /proc/self/fd /image/dev/fd
$b ln -s /proc/self/fd/1 /image/dev/stdout
$b ln -s /proc/self/fd/2 /image/dev/stderr`,
    end: 'exit 0',
    command: async (root) => {
      const namespaces = [
        '--mount',
        '--pid',
        '--net',
        '--ipc',
        '--uts',
        '--fork',
        '--kill-child',
        '--propagation',
        'private',
      ];
      return ['unshare', ...namespaces, `--root=${root}`, '/busybox', 'sh', '/init'];
    },
  };
}

interface Board {
  readonly command: string;
  readonly machine: string;
  readonly cpu: string;
  readonly console: string;
  /** Debian's empty package that depends on the newest kernel, by the size of its pages in KiB. */
  readonly kernels: Readonly<Record<number, { readonly name: string; readonly suite?: string; readonly cpu?: string }>>;
}

const BOARDS: Readonly<Record<'amd64' | 'arm64', Board>> = {
  amd64: {
    command: 'qemu-system-x86_64',
    machine: 'q35',
    cpu: 'qemu64',
    console: 'ttyS0',
    kernels: { 4: { name: 'linux-image-amd64' } },
  },
  arm64: {
    command: 'qemu-system-aarch64',
    machine: 'virt',
    cpu: 'cortex-a72',
    console: 'ttyAMA0',
    kernels: {
      4: { name: 'linux-image-arm64' },
      // Debian 12 has it among its backports. A Cortex-A72 has no pages of that size (ID_AA64MMFR0_EL1.TGran16).
      16: { name: 'linux-image-arm64-16k', suite: 'bookworm-backports', cpu: 'cortex-a76' },
    },
  },
};

/** A whole machine: QEMU's board, Debian's kernel, and everything in an initramfs. */
function emulated(parts: string, busybox: Buffer, launch: Buffer, { command, machine, cpu, console }: Board): Machine {
  return {
    busybox,
    launch,
    prepare: `$b mount -t proc proc /proc
$b mount -t proc proc /image/proc
$b mount -t sysfs sysfs /image/sys
$b mount -t devtmpfs devtmpfs /image/dev
$b mount -t devtmpfs devtmpfs /dev
$b mkdir /image/dev/shm
$b chmod 1777 /image/dev/shm`,
    end: '$b poweroff -f',
    command: async (root, work) => {
      const initrd = join(work, 'initrd');
      await run('sh', [
        '-c',
        'cd "$1" && find . -print0 | cpio --null --create --quiet -H newc >"$2"',
        'sh',
        root,
        initrd,
      ]);
      await rm(root, { recursive: true, force: true });
      return [
        ...[command, '-M', machine, '-cpu', cpu, '-smp', '1', '-m', '3072', '-nographic', '-no-reboot'],
        ...['-nodefaults', '-serial', 'stdio', '-monitor', 'none'],
        ...['-kernel', join(parts, 'vmlinuz'), '-initrd', initrd],
        ...['-append', `console=${console} quiet panic=-1 rdinit=/init`],
      ];
    },
  };
}

/** One fetch for all who want the same parts: Debian's tools lock their directories. */
const fetching = new Map<string, Promise<string>>();

/** Puts `busybox` and, for an emulated machine, `vmlinuz` in the cache; they appear there only when whole. */
async function fetchParts(
  architecture: 'amd64' | 'arm64',
  cache: string,
  withKernel: boolean,
  pages: number,
): Promise<string> {
  const named = architecture === 'arm64' || !withKernel ? architecture : `${architecture}-kernel`;
  const parts = join(cache, pages === 4 ? named : `${named}-${pages}k`);
  const fetched = fetching.get(parts) ?? fetchInto(parts, architecture, cache, withKernel, pages);
  fetching.set(parts, fetched);
  return fetched;
}

async function fetchInto(
  parts: string,
  architecture: 'amd64' | 'arm64',
  cache: string,
  withKernel: boolean,
  pages: number,
): Promise<string> {
  if (existsSync(parts)) return parts;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, '.draft-'));
  const kernel = withKernel ? BOARDS[architecture].kernels[pages] : undefined;
  if (withKernel && kernel === undefined) throw new Error(`no kernel for ${architecture} with pages of ${pages} KiB`);
  const apt = await openApt(architecture, join(cache, kernel?.suite ?? 'apt'), kernel?.suite);
  const unpacked = await mkdtemp(join(tmpdir(), 'rightarch-parts-'));
  try {
    const names = ['busybox-static'];
    if (kernel !== undefined) {
      // The package of that name is empty and depends on the newest kernel.
      const real = /^Depends:.*?\b(linux-image-[^\s,(]+)/m.exec(await apt.show(kernel.name))?.[1];
      if (real === undefined) throw new Error(`${kernel.name} depends on no kernel`);
      names.push(real);
    }
    for (const path of await apt.alone(names)) await run('dpkg-deb', ['--extract', path, unpacked]);
    await run('cp', [join(unpacked, 'bin', 'busybox'), join(draft, 'busybox')]);
    if (kernel !== undefined) {
      const image = (await readdir(join(unpacked, 'boot'))).find((name) => name.startsWith('vmlinuz-'))!;
      await run('cp', [join(unpacked, 'boot', image), join(draft, 'vmlinuz')]);
    }
    await rename(draft, parts).catch(async (error: Error) => {
      if (!existsSync(parts)) throw error;
    });
    return parts;
  } finally {
    await rm(unpacked, { recursive: true, force: true });
    await rm(draft, { recursive: true, force: true });
  }
}
