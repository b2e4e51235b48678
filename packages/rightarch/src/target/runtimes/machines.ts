import { confirmed, linux, partial } from '../fact.ts';
import type { Target } from '../types.ts';
import { dockerHost } from './kubernetes.ts';

const EC2 = 'https://github.com/aws/karpenter-provider-aws';
const GCE = 'https://github.com/googleapis/googleapis/blob/master/google/cloud/compute/v1/compute.proto';
const AZURE =
  'https://github.com/MicrosoftDocs/azure-compute-docs/blob/main/articles/virtual-machines/vm-naming-conventions.md';
const ORACLE = 'https://github.com/oracle/oci-cloud-controller-manager/issues/352';
const HETZNER = 'https://github.com/hetznercloud/hcloud-go/blob/main/hcloud/architecture.go';

export const ec2: Target = {
  ...dockerHost,
  id: 'ec2',
  title: 'Amazon EC2',
  aliases: ['aws-ec2'],
  platforms: confirmed(linux('amd64', 'arm64'), EC2),
  fallback: confirmed('node', EC2, 'the CPU is that of the instance type'),
  declaredBy: {
    instance: 'arm64 where the family is a1 or the letters after the generation hold g (m7g, c8gn, g5g)',
    api: 'DescribeInstanceTypes.ProcessorInfo.SupportedArchitectures',
  },
};

export const gce: Target = {
  ...dockerHost,
  id: 'gce',
  title: 'Google Compute Engine',
  aliases: ['google-compute-engine', 'compute-engine'],
  platforms: confirmed(linux('amd64', 'arm64'), GCE),
  fallback: confirmed('node', GCE, 'the CPU is that of the machine type'),
  declaredBy: { instance: 't2a-* and c4a-* are arm64', api: 'machineTypes.architecture: ARM64|X86_64' },
};

export const azureVm: Target = {
  ...dockerHost,
  id: 'azure-vm',
  title: 'Azure Virtual Machines',
  aliases: ['azure-virtual-machine'],
  platforms: confirmed(linux('amd64', 'arm64'), AZURE),
  fallback: confirmed('node', AZURE, 'the CPU is that of the VM size'),
  declaredBy: {
    instance: 'arm64 where the lower-case letters after the number of vCPUs hold p (Standard_D2ps_v6)',
    api: 'capabilities CpuArchitectureType: Arm64|x64',
  },
};

export const oracleCompute: Target = {
  ...dockerHost,
  id: 'oracle-compute',
  title: 'Oracle Cloud Compute',
  aliases: ['oracle', 'oci-compute'],
  platforms: confirmed(linux('amd64', 'arm64'), ORACLE),
  fallback: confirmed('node', ORACLE, 'the CPU is that of the shape'),
  declaredBy: { instance: 'shapes with .A1. or .A2. are arm64' },
};

export const hetzner: Target = {
  ...dockerHost,
  id: 'hetzner',
  title: 'Hetzner Cloud',
  aliases: ['hcloud'],
  platforms: confirmed(linux('amd64', 'arm64'), HETZNER),
  fallback: confirmed('node', HETZNER, 'the CPU is that of the server type'),
  declaredBy: { instance: 'cax* is arm64; cx*, cpx* and ccx* are amd64', api: 'architecture: x86|arm' },
};

const PI = 'https://github.com/containerd/platforms/blob/main/cpuinfo_linux.go';

export const raspberryPi64: Target = {
  ...dockerHost,
  id: 'raspberry-pi-64',
  title: 'Raspberry Pi (64-bit OS)',
  aliases: ['raspberry-pi', 'rpi', 'rpi64'],
  platforms: confirmed(
    linux('arm64', 'arm/v7', 'arm/v6'),
    PI,
    'Docker also takes 32-bit entries; whether they run depends on the model',
  ),
  fallback: confirmed('arm64', PI),
  pages: {
    ...confirmed(
      [4096, 16_384],
      'https://raspberrypi.github.io/rpi-image-gen/layer/rpi5.html',
      'Raspberry Pi OS on a Pi 5 has pages of 16 KiB, unless kernel8.img is chosen; earlier models and Ubuntu have 4 KiB',
    ),
    checked: '2026-11-28',
  },
  declaredBy: {},
};

export const raspberryPi32: Target = {
  ...dockerHost,
  id: 'raspberry-pi-32',
  title: 'Raspberry Pi (32-bit OS)',
  aliases: ['rpi32'],
  platforms: confirmed(linux('arm/v7', 'arm/v6'), PI, 'Pi 1 and Zero are arm/v6'),
  fallback: confirmed('arm', PI, 'a 64-bit kernel under a 32-bit system reports arm/v8'),
  declaredBy: {},
  status: confirmed(
    'Docker Engine 28 was the last one packaged for 32-bit Raspbian',
    'https://github.com/docker/packaging/pull/336',
  ),
};

const DESKTOP = 'https://github.com/link-assistant/hive-mind/issues/962';
const MOBY_CREATE = 'https://github.com/moby/moby/blob/master/daemon/create.go';

export const dockerDesktopAppleSilicon: Target = {
  ...dockerHost,
  id: 'docker-desktop-apple-silicon',
  title: 'Docker Desktop (Apple Silicon)',
  aliases: ['apple-silicon', 'mac'],
  platforms: confirmed(linux('arm64', 'amd64'), DESKTOP, 'amd64 is emulated, by Rosetta without AVX or by QEMU'),
  fallback: confirmed('arm64', DESKTOP),
  pages: {
    ...partial([4096], 'https://github.com/NethermindEth/juno/issues/1854', 'its virtual machine, not macOS'),
    checked: '2026-11-28',
  },
  emulates: confirmed(linux('amd64'), MOBY_CREATE, 'by Rosetta without AVX, or by QEMU'),
  zstd: partial('accepted', 'https://github.com/containerd/containerd/blob/main/core/images/mediatypes.go'),
  declaredBy: { cli: '--platform linux/amd64 | DOCKER_DEFAULT_PLATFORM' },
  mismatch: {
    index: confirmed(
      'no matching manifest for {platform}/v8 in the manifest list entries: no match for platform in manifest: not found',
      DESKTOP,
    ),
    single: confirmed(
      "WARNING: The requested image's platform ({found}) does not match the detected host platform (linux/arm64/v8) and no specific platform was requested",
      MOBY_CREATE,
      'then it runs emulated',
    ),
    stage: 'pull',
  },
};

export const dockerDesktopIntel: Target = {
  ...dockerHost,
  id: 'docker-desktop-intel',
  title: 'Docker Desktop (Intel, AMD)',
  aliases: ['intel-mac'],
  platforms: confirmed(linux('amd64', '386'), MOBY_CREATE),
  fallback: confirmed('amd64', MOBY_CREATE),
  emulates: partial(linux('arm64'), MOBY_CREATE, 'with the QEMU that Docker Desktop ships'),
  zstd: partial('accepted', 'https://github.com/containerd/containerd/blob/main/core/images/mediatypes.go'),
  declaredBy: { cli: '--platform' },
  mismatch: {
    ...dockerHost.mismatch,
    single: confirmed(
      "WARNING: The requested image's platform ({found}) does not match the detected host platform (linux/amd64) and no specific platform was requested",
      MOBY_CREATE,
      'newer engines print a level: linux/amd64/v3',
    ),
  },
};
