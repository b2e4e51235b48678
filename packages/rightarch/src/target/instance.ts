import type { Platform } from '../core/index.ts';
import { confirmed, linux, partial } from './fact.ts';
import type { Fact, TargetId } from './types.ts';

/**
 * What the name of a machine says: its CPU, with the rule's source; that it runs no Linux containers of its own;
 * or `unknown`, where the name is no such name or nobody has confirmed its CPU.
 */
export type InstanceAnswer =
  | {
      readonly kind: 'cpu';
      readonly platform: Fact<Platform>;
      readonly arm32: 'no' | 'unknown';
      /** The x86-64 level that every machine of that name has: `v3`. */
      readonly level?: Fact<string>;
    }
  | { readonly kind: 'no-linux' }
  | { readonly kind: 'unknown' };

const UNKNOWN: InstanceAnswer = { kind: 'unknown' };

const [amd64, arm64] = linux('amd64', 'arm64') as readonly [Platform, Platform];

function cpu(platform: Fact<Platform>, arm32: 'no' | 'unknown' = 'unknown'): InstanceAnswer {
  return { kind: 'cpu', platform, arm32 };
}

/** The rule of the family letters, compared there with Karpenter's table of 177 families: no mismatch. */
const KARPENTER = 'https://github.com/aws/karpenter-provider-aws';
const GRACE =
  'https://aws.amazon.com/blogs/containers/unlocking-next-generation-ai-performance-with-dynamic-resource-allocation-on-amazon-eks-and-amazon-ec2-p6e-gb200';
const GRAVITON = 'https://github.com/aws/aws-graviton-getting-started';

/**
 * AWS lists Skylake and later Xeons, and EPYC from its first generation, for these families: all of them have AVX2,
 * BMI2 and FMA. Older families (m4, c4, t2) are Haswell and Broadwell in part, and nobody promises which.
 */
const LEVEL_3: Fact<string> = {
  ...confirmed('v3', 'https://aws.amazon.com/ec2/instance-types/'),
  checked: '2026-11-28',
};

/** Series whose names the rule was compared with (that table, and the enum of botocore 2026-08). Others may mean anything. */
const EC2_SERIES = 'a c d dl f g gr h hpc i im inf is m p r t trn u vt x z'.split(' ');

/** EC2 instance types (`m7g.large`) and families (`m7g`, as AWS Batch takes them). */
export function ec2Instance(name: string): InstanceAnswer {
  if (!/^[a-z0-9-]{2,30}(\.[a-z0-9-]{1,20})?$/.test(name)) return UNKNOWN;
  const family = name.split('.')[0] ?? '';
  // Macs have their own architectures, x86_64_mac and arm64_mac, and run no Linux containers natively.
  if (/^mac(\d|-)/.test(family)) return { kind: 'no-linux' };
  if (/^u-\d+tb\d+$/.test(family)) return cpu(confirmed(amd64, KARPENTER));
  if (family === 'p6e-gb200') return cpu(partial(arm64, GRACE, 'NVIDIA Grace'));
  // Another Grace family would look like x86 to the rule below.
  if (/-gb\d/.test(family)) return UNKNOWN;
  const match = /^([a-z]+)(\d+)([a-z]*)(-[a-z0-9]+)?$/.exec(family);
  if (match === null) return UNKNOWN;
  const [, letters = '', generation, options = ''] = match;
  if (!EC2_SERIES.includes(letters)) return UNKNOWN;
  if (family === 'a1') return cpu(confirmed(arm64, KARPENTER));
  if (!options.includes('g')) {
    const answer = cpu(confirmed(amd64, KARPENTER));
    const isLevel3 = /^(m|c|r)$/.test(letters) ? Number(generation) >= 5 : letters === 't' && Number(generation) === 3;
    return answer.kind === 'cpu' && isLevel3 ? { ...answer, level: LEVEL_3 } : answer;
  }
  // Graviton4 and later have no 32-bit user space; their generations are 8 and up (README table there).
  const arm32 = Number(generation) >= 8 ? 'no' : 'unknown';
  return cpu(confirmed(arm64, arm32 === 'no' ? GRAVITON : KARPENTER), arm32);
}

const BATCH = 'https://docs.aws.amazon.com/batch/latest/APIReference/API_ComputeResource.html';

/** What AWS Batch takes beside types and families: bundles of families, each of one CPU. */
function batchInstance(name: string): InstanceAnswer {
  if (name === 'optimal' || name === 'default_x86_64')
    return cpu({ ...confirmed(amd64, BATCH), checked: '2026-11-29' });
  return name === 'default_arm64' ? cpu({ ...confirmed(arm64, BATCH), checked: '2026-11-29' }) : ec2Instance(name);
}

/** Arm families that SageMaker lists for production variants (botocore, August 2026). */
const SAGEMAKER_ARM = 'c6g c6gd c6gn c7g c8g m6g m6gd m8g r6g r6gd r7gd r8g p6e-gb200'.split(' ');

function sagemakerInstance(name: string): InstanceAnswer {
  const match = /^ml\.([a-z0-9-]+)\.([a-z0-9-]+)$/.exec(name);
  if (match === null) return UNKNOWN;
  const answer = ec2Instance(`${match[1]}.${match[2]}`);
  const arm = answer.kind === 'cpu' && answer.platform.value === arm64;
  return arm && !SAGEMAKER_ARM.includes(match[1] ?? '') ? UNKNOWN : answer;
}

const GCE_T2A = 'https://gist.github.com/Manouchehri/e3a714d1113fc37162dd557c80fd3045';
const GCE_API = 'https://github.com/googleapis/googleapis/blob/master/google/cloud/compute/v1/compute.proto';
/** Series of Compute Engine on Intel or AMD. `t2d n2d c3d c4d` are AMD, however much they look like `t2a` and `c4a`. */
const GCE_X86 = 'a2 a3 a4 c2 c2d c3 c3d c4 c4d e2 f1 g1 g2 h3 m1 m2 m3 m4 n1 n2 n2d n4 t2d x4 z3'.split(' ');

function gceMachine(name: string): InstanceAnswer {
  const series = /^([a-z]\d[a-z]?)-[a-z0-9-]+$/.exec(name)?.[1];
  if (series === 't2a') return cpu(confirmed(arm64, GCE_T2A, 'Ampere, Neoverse N1'));
  if (series === 'c4a') return cpu(partial(arm64, GCE_API, 'Axion'));
  return series !== undefined && GCE_X86.includes(series) ? cpu(partial(amd64, GCE_API)) : UNKNOWN;
}

const AZURE =
  'https://github.com/MicrosoftDocs/azure-compute-docs/blob/main/articles/virtual-machines/vm-naming-conventions.md';

function azureSize(name: string): InstanceAnswer {
  // Grace machines (`ND…GB200…`) would be Arm without the letter p, and nobody has confirmed it.
  if (/_GB\d/.test(name)) return UNKNOWN;
  const letters = /^Standard_[A-Z]+\d+(?:-\d+)?([a-z]*)(?:_[A-Za-z0-9_]*)?$/.exec(name)?.[1];
  if (letters === undefined) return UNKNOWN;
  return cpu(confirmed(letters.includes('p') ? arm64 : amd64, AZURE));
}

const ORACLE = 'https://github.com/oracle/oci-cloud-controller-manager/issues/352';

function oracleShape(name: string): InstanceAnswer {
  if (!/^(VM|BM)\.[A-Za-z0-9.]+$/.test(name)) return UNKNOWN;
  if (/\.A[12]\./.test(name)) return cpu(confirmed(arm64, ORACLE, 'Ampere'));
  return /\.(Standard|DenseIO|Optimized)\d\.|\.E\d\.|\.X\d\./.test(name) ? cpu(confirmed(amd64, ORACLE)) : UNKNOWN;
}

const HETZNER = 'https://github.com/hetznercloud/hcloud-go/blob/main/hcloud/architecture.go';

function hetznerType(name: string): InstanceAnswer {
  const family = /^(cax|cx|cpx|ccx)\d+$/.exec(name)?.[1];
  if (family === undefined) return UNKNOWN;
  return cpu(confirmed(family === 'cax' ? arm64 : amd64, HETZNER));
}

const GITHUB = 'https://docs.github.com/en/actions/reference/runners/github-hosted-runners';

function githubLabel(name: string): InstanceAnswer {
  if (/^ubuntu-(22\.04|24\.04)-arm$/.test(name)) return cpu(confirmed(arm64, GITHUB));
  if (/^ubuntu-(latest|22\.04|24\.04|slim)$/.test(name)) return cpu(confirmed(amd64, GITHUB));
  if (name === 'ubuntu-26.04-arm') return cpu(partial(arm64, 'https://runs-on.com/github-actions/runs-on/'));
  if (name === 'ubuntu-26.04') return cpu(partial(amd64, 'https://runs-on.com/github-actions/runs-on/'));
  return /^(macos|windows)-[a-z0-9.-]+$/.test(name) ? { kind: 'no-linux' } : UNKNOWN;
}

const GITLAB = 'https://docs.gitlab.com/ee/ci/runners/hosted_runners/linux.html';

function gitlabTag(name: string): InstanceAnswer {
  const architecture = /^saas-linux-(?:small|medium|large|xlarge|2xlarge)-(amd64|arm64)$/.exec(name)?.[1];
  if (architecture === undefined) return UNKNOWN;
  return cpu(confirmed(architecture === 'arm64' ? arm64 : amd64, GITLAB));
}

const CODEBUILD = 'https://github.com/boto/botocore/tree/develop/botocore/data/codebuild/2016-10-06';

function codebuildType(name: string): InstanceAnswer {
  if (/^ARM_(CONTAINER|LAMBDA_CONTAINER|EC2)$/.test(name)) return cpu(confirmed(arm64, CODEBUILD));
  if (/^LINUX_(CONTAINER|GPU_CONTAINER|LAMBDA_CONTAINER|EC2)$/.test(name)) return cpu(confirmed(amd64, CODEBUILD));
  return /^(MAC_ARM|WINDOWS_[A-Z0-9_]+)$/.test(name) ? { kind: 'no-linux' } : UNKNOWN;
}

interface Naming {
  readonly read: (name: string) => InstanceAnswer;
  /** One name for amd64 and one for arm64, for messages. */
  readonly examples: readonly [amd64: string, arm64: string];
}

const ec2Naming: Naming = { read: ec2Instance, examples: ['m7i.large', 'm7g.large'] };
const azureNaming: Naming = { read: azureSize, examples: ['Standard_D2s_v6', 'Standard_D2ps_v6'] };
const gceNaming: Naming = { read: gceMachine, examples: ['e2-standard-2', 't2a-standard-1'] };

const namings: Readonly<Partial<Record<TargetId, Naming>>> = {
  ec2: ec2Naming,
  eks: ec2Naming,
  'ecs-ec2': ec2Naming,
  batch: { ...ec2Naming, read: batchInstance },
  sagemaker: { read: sagemakerInstance, examples: ['ml.m5.large', 'ml.c7g.large'] },
  gce: gceNaming,
  gke: gceNaming,
  'azure-vm': azureNaming,
  aks: azureNaming,
  'oracle-compute': { read: oracleShape, examples: ['VM.Standard.E4.Flex', 'VM.Standard.A1.Flex'] },
  hetzner: { read: hetznerType, examples: ['cpx21', 'cax11'] },
  codebuild: { read: codebuildType, examples: ['LINUX_CONTAINER', 'ARM_CONTAINER'] },
  'github-actions': { read: githubLabel, examples: ['ubuntu-24.04', 'ubuntu-24.04-arm'] },
  'gitlab-hosted': { read: gitlabTag, examples: ['saas-linux-small-amd64', 'saas-linux-small-arm64'] },
};

/** The CPU of a machine of this runtime, by its name alone. `unknown` also where the runtime has no machines to name. */
export function readInstance(id: TargetId, name: string): InstanceAnswer {
  return namings[id]?.read(name) ?? UNKNOWN;
}

/** One machine name for each CPU, where the runtime's machines have names that tell it. */
export function instanceExamples(id: TargetId): readonly [amd64: string, arm64: string] | undefined {
  return namings[id]?.examples;
}
