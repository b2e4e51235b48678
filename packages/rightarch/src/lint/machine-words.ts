import { type Platform, samePlatform } from '../core/index.ts';

/**
 * What the tools of a machine with Linux call its CPU. Undefined where it is not one word: a kernel of 64 bits says so of
 * itself to a program of 32.
 */
export interface MachineWords {
  /**
   * The kernel: `uname -m`, `arch`, `rpm --eval %{_arch}` (ppc64le: UTS_MACHINE in arch/powerpc/Makefile; x86_64 and aarch64:
   * `case $(uname -m)` of many public Dockerfiles; riscv64 and s390x: what config.guess says, as dpkg's data/cputable has it).
   */
  readonly kernel: string | undefined;
  /** `dpkg --print-architecture` (guillemj/dpkg, data/cputable and data/tupletable). */
  readonly debian: string;
  /** `apk --print-arch` (the `case` of it in the Dockerfiles of golang and caddy, which have no riscv64). */
  readonly alpine: string | undefined;
  /** `process.arch`, and what npm compares `cpu` of a package with (https://nodejs.org/api/process.html#processarch). */
  readonly node: string;
  /** Of a Rust target, before `-unknown-linux-gnu` (rust-lang/rust, src/doc/rustc/src/platform-support.md). */
  readonly rust: string | undefined;
  /** Of a .NET runtime identifier (dotnet/runtime, PortableRuntimeIdentifierGraph.json). */
  readonly dotnet: string | undefined;
}

/** From the sources above, read on 2026-11-29; no machine of each kind was asked. */
const WORDS: readonly (readonly [Platform, MachineWords])[] = [
  [
    { os: 'linux', architecture: 'amd64' },
    { kernel: 'x86_64', debian: 'amd64', alpine: 'x86_64', node: 'x64', rust: 'x86_64', dotnet: 'x64' },
  ],
  [
    { os: 'linux', architecture: 'arm64' },
    {
      kernel: 'aarch64',
      debian: 'arm64',

      alpine: 'aarch64',
      node: 'arm64',
      rust: 'aarch64',
      dotnet: 'arm64',
    },
  ],
  [
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    { kernel: undefined, debian: 'armhf', alpine: 'armv7', node: 'arm', rust: 'armv7', dotnet: 'arm' },
  ],
  [
    { os: 'linux', architecture: 'ppc64le' },
    {
      kernel: 'ppc64le',
      debian: 'ppc64el',

      alpine: 'ppc64le',
      node: 'ppc64',
      rust: 'powerpc64le',
      dotnet: 'ppc64le',
    },
  ],
  [
    { os: 'linux', architecture: 's390x' },
    { kernel: 's390x', debian: 's390x', alpine: 's390x', node: 's390x', rust: 's390x', dotnet: 's390x' },
  ],
  [
    { os: 'linux', architecture: 'riscv64' },
    {
      kernel: 'riscv64',
      debian: 'riscv64',

      alpine: undefined,
      node: 'riscv64',
      rust: 'riscv64gc',
      dotnet: 'riscv64',
    },
  ],
];

export const machineWords = (platform: Platform): MachineWords | undefined =>
  WORDS.find(([one]) => samePlatform(one, platform))?.[1];
