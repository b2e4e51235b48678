import { confirmed, linux, partial } from '../fact.ts';
import type { Target } from '../types.ts';

const GRAVITON = 'https://github.com/aws/aws-graviton-getting-started/blob/main/containers.md';
const CONTAINERD = 'https://github.com/containerd/containerd/blob/main/core/images/image.go';
const MEDIA = 'https://github.com/containerd/containerd/blob/main/core/images/mediatypes.go';
const ATTESTATIONS = 'https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md';
const GKE_TAINT = 'https://github.com/googleapis/googleapis/blob/master/google/container/v1/cluster_service.proto';
const GKE_ARM = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/autopilot-arm-workloads';
const AKS_ARM = 'https://github.com/MicrosoftDocs/azure-aks-docs/blob/main/articles/aks/use-arm64-vms.md';
const EKS_ARM = 'https://docs.aws.amazon.com/eks/latest/eksctl/arm-support.html';
const EKS_FARGATE = 'https://github.com/aws/containers-roadmap/issues/1629';

/** What every node on containerd does, whoever runs it. */
const node = {
  family: 'kubernetes',
  index: confirmed('accepted', CONTAINERD),
  attestations: confirmed('accepted', ATTESTATIONS, 'their platform is unknown/unknown, which no host takes'),
  oci: confirmed('accepted', MEDIA),
  zstd: confirmed('accepted', MEDIA),
  selection: 'containerd',
  mismatch: {
    index: confirmed(
      'failed to pull and unpack image "{image}": no match for platform in manifest: not found',
      'https://github.com/codefactoryhu/manifest/issues/11',
    ),
    single: confirmed('exec {path}: exec format error', GRAVITON, 'CrashLoopBackOff'),
    stage: 'pull',
    create: confirmed(
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: {error}: unknown',
      'https://github.com/aws/eks-pod-identity-agent/issues/75',
      'RunContainerError; the words around it differ by the version of runc',
    ),
  },
} as const satisfies Partial<Target>;

const label = "spec.nodeSelector['kubernetes.io/arch'] | nodeAffinity key kubernetes.io/arch";

export const kubernetes: Target = {
  ...node,
  id: 'kubernetes',
  title: 'Kubernetes',
  aliases: ['k8s', 'kube'],
  platforms: confirmed(linux('amd64', 'arm64', 'arm', 'ppc64le', 's390x', 'riscv64'), GRAVITON, 'the CPU of the node'),
  fallback: confirmed('node', GRAVITON, 'the scheduler looks at no CPU unless a selector names one'),
  // containerd or CRI-O, and the two choose by different rules and say it in different words.
  selection: 'unknown',
  mismatch: {
    ...node.mismatch,
    indexElsewhere: confirmed(
      'no image found in image index for architecture "{architecture}", variant "{variant}", OS "linux"',
      'https://github.com/containers/image/blob/main/internal/manifest/oci_index.go',
      'CRI-O',
    ),
  },
  declaredBy: { yaml: `${label}: amd64|arm64|arm|…` },
};

export const eks: Target = {
  ...node,
  id: 'eks',
  title: 'Amazon EKS',
  aliases: ['aws-eks'],
  platforms: confirmed(linux('amd64', 'arm64'), EKS_ARM),
  fallback: confirmed('node', GRAVITON),
  declaredBy: { yaml: `${label}: amd64|arm64`, nodes: 'the instance type, as for ec2' },
};

export const eksFargate: Target = {
  ...node,
  id: 'eks-fargate',
  title: 'Amazon EKS on AWS Fargate',
  aliases: ['aws-eks-fargate'],
  platforms: confirmed(linux('amd64'), EKS_FARGATE),
  fallback: confirmed('amd64', EKS_FARGATE),
  declaredBy: {},
};

export const gke: Target = {
  ...node,
  id: 'gke',
  title: 'Google Kubernetes Engine',
  aliases: ['google-gke', 'gke-autopilot'],
  platforms: confirmed(linux('amd64', 'arm64'), GKE_ARM),
  fallback: confirmed(
    'amd64',
    GKE_TAINT,
    'Arm node pools carry the taint kubernetes.io/arch=arm64:NoSchedule unless it is switched off',
  ),
  declaredBy: {
    yaml: `${label}: amd64|arm64`,
    autopilot: 'nodeSelector kubernetes.io/arch, or ComputeClass autopilot-arm',
    nodes: 'the machine type, as for gce',
    taint: 'taintConfig.architectureTaintBehavior: ARM|NONE',
  },
};

export const aks: Target = {
  ...node,
  id: 'aks',
  title: 'Azure Kubernetes Service',
  aliases: ['azure-aks'],
  platforms: confirmed(linux('amd64', 'arm64'), AKS_ARM),
  fallback: confirmed('node', AKS_ARM, 'the pages show no automatic taint'),
  declaredBy: { yaml: `${label}: amd64|arm64`, nodes: '--node-vm-size, as for azure-vm' },
};

/** Machines on which people run containerd or Docker themselves. */
export const dockerHost = {
  index: confirmed('accepted', 'https://github.com/moby/moby/blob/master/daemon/internal/distribution/pull_v2_unix.go'),
  attestations: confirmed('accepted', ATTESTATIONS),
  oci: confirmed('accepted', MEDIA),
  selection: 'docker',
  zstd: partial(
    'accepted',
    'https://github.com/aws/amazon-ecs-agent/issues/4179',
    'containerd, or Docker from version 23 on by general knowledge',
  ),
  mismatch: {
    index: confirmed(
      'no matching manifest for {platform} in the manifest list entries',
      'https://github.com/link-assistant/hive-mind/issues/962',
    ),
    single: confirmed('exec {path}: exec format error', 'https://github.com/aws/aws-cdk/issues/17834'),
    stage: 'pull',
  },
} as const satisfies Partial<Target>;
