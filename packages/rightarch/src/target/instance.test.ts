import { describe, expect, it } from 'vitest';
import { formatPlatform } from '../core/index.ts';
import { instanceExamples, readInstance } from './instance.ts';
import { type TargetId, targetIds } from './types.ts';

function read(id: TargetId, name: string): string {
  const answer = readInstance(id, name);
  return answer.kind === 'cpu' ? formatPlatform(answer.platform.value).replace('linux/', '') : answer.kind;
}

// facts/targets.md section 2.6: the families of botocore's enum and of Karpenter's table.
const arm =
  'a1 c6g c6gd c6gn c7g c7gd c7gn c8g c8gb c8gd c8gn c9g c9gd g5g hpc7g i4g i8g i8ge im4gn is4gen m6g m6gd m7g m7gd m8g m8gb m8gd m8gn m9g m9gd r6g r6gd r7g r7gd r8g r8gb r8gd r8gn t4g x2gd x8g';
const x86 =
  'g2 g3 g4ad g4dn g5 g6 g6e g6f g7 g7e gr6 gr6f p2 p3 p4d p4de p5 p5e p5en p6-b200 p6-b300 inf1 inf2 trn1 trn1n trn2 dl1 f1 f2 vt1 t2 t3 t3a m5 m5a m5dn m6a m6i m6idn m7i m7i-flex m7a c5 c5n c6a c6i c7i c7i-flex r5b r6in r7iz i3 i3en i4i d2 d3en h1 hpc6a hpc6id hpc7a z1d x1 x1e x2idn x2iezn u-3tb1 u-6tb1 u-24tb1 u7i-12tb u7in-16tb u7inh-32tb mac';

describe('EC2', () => {
  it('tells Arm families', () => {
    for (const family of arm.split(' ')) expect([family, read('ec2', `${family}.large`)]).toEqual([family, 'arm64']);
  });
  it('tells x86 families, however many a g begins', () => {
    for (const family of x86.split(' ').slice(0, -1)) {
      expect([family, read('ec2', `${family}.metal`)]).toEqual([family, 'amd64']);
    }
  });
  it.each([
    ['p6e-gb200.36xlarge', 'arm64'],
    ['p6e-gb300.36xlarge', 'unknown'],
    ['zz9.large', 'unknown'],
    ['mac1.metal', 'no-linux'],
    ['mac2.metal', 'no-linux'],
    ['mac2-m2pro.metal', 'no-linux'],
    ['mac-m4.metal', 'no-linux'],
    ['mac-m3ultra.metal', 'no-linux'],
    ['m7g', 'arm64'],
    ['M7G.large', 'unknown'],
    ['mac', 'unknown'],
    ['m7g.large.x', 'unknown'],
    ['', 'unknown'],
    ['large', 'unknown'],
    ['__proto__', 'unknown'],
    ['a'.repeat(5000), 'unknown'],
  ])('%s: %s', (name, expected) => expect(read('ec2', name)).toBe(expected));

  it('knows from which generation on there is no 32-bit mode', () => {
    const arm32 = (name: string) => {
      const answer = readInstance('ec2', name);
      return answer.kind === 'cpu' ? answer.arm32 : answer.kind;
    };
    expect(['m6g.large', 'c7gn.large', 'm8g.large', 'x8g.large', 'c9gd.large'].map(arm32)).toEqual([
      'unknown',
      'unknown',
      'no',
      'no',
      'no',
    ]);
  });
});

describe('other machines', () => {
  it.each([
    ['azure-vm', 'Standard_D2ps_v6', 'arm64'],
    ['azure-vm', 'Standard_D4pds_v5', 'arm64'],
    ['azure-vm', 'Standard_D2plds_v5', 'arm64'],
    ['azure-vm', 'Standard_E16ps_v6', 'arm64'],
    ['azure-vm', 'Standard_B2pts_v2', 'arm64'],
    ['azure-vm', 'Standard_NP10s', 'amd64'],
    ['azure-vm', 'Standard_D2as_v5', 'amd64'],
    ['azure-vm', 'Standard_DC2as_v5', 'amd64'],
    ['azure-vm', 'Standard_E4-2ds_v5', 'amd64'],
    ['azure-vm', 'Standard_NC4as_T4_v3', 'amd64'],
    ['azure-vm', 'Standard_ND128isr_NDR_GB200_v6', 'unknown'],
    ['azure-vm', 'standard_d2ps_v6', 'unknown'],
    ['aks', 'Standard_D2ps_v6', 'arm64'],
    ['gce', 't2a-standard-1', 'arm64'],
    ['gce', 'c4a-standard-4', 'arm64'],
    ['gce', 'n4a-standard-4', 'unknown'],
    ['gce', 'a4x-highgpu-4g', 'unknown'],
    ['gce', 't2d-standard-1', 'amd64'],
    ['gce', 'n2d-standard-2', 'amd64'],
    ['gce', 'c3d-standard-4', 'amd64'],
    ['gce', 'c4d-standard-4', 'amd64'],
    ['gke', 'e2-medium', 'amd64'],
    ['oracle-compute', 'VM.Standard.A1.Flex', 'arm64'],
    ['oracle-compute', 'VM.Standard.A2.Flex', 'arm64'],
    ['oracle-compute', 'BM.Standard.E4.128', 'amd64'],
    ['oracle-compute', 'VM.Standard3.Flex', 'amd64'],
    ['oracle-compute', 'VM.Standard2.1', 'amd64'],
    ['oracle-compute', 'VM.GPU.A10.1', 'unknown'],
    ['oracle-compute', 'BM.GPU.GB200.4', 'unknown'],
    ['hetzner', 'cax11', 'arm64'],
    ['hetzner', 'cpx21', 'amd64'],
    ['hetzner', 'ccx13', 'amd64'],
    ['hetzner', 'cx22', 'amd64'],
    ['hetzner', 'cy22', 'unknown'],
    ['sagemaker', 'ml.c7g.large', 'arm64'],
    ['sagemaker', 'ml.m5.xlarge', 'amd64'],
    ['sagemaker', 'ml.m7g.large', 'unknown'],
    ['sagemaker', 'ml.p6e-gb200.36xlarge', 'arm64'],
    ['sagemaker', 'm5.xlarge', 'unknown'],
    ['codebuild', 'ARM_CONTAINER', 'arm64'],
    ['codebuild', 'LINUX_GPU_CONTAINER', 'amd64'],
    ['codebuild', 'MAC_ARM', 'no-linux'],
    ['github-actions', 'ubuntu-24.04-arm', 'arm64'],
    ['github-actions', 'ubuntu-latest', 'amd64'],
    ['github-actions', 'ubuntu-26.04-arm', 'arm64'],
    ['github-actions', 'macos-15', 'no-linux'],
    ['github-actions', 'windows-11-arm', 'no-linux'],
    ['github-actions', 'self-hosted', 'unknown'],
    ['gitlab-hosted', 'saas-linux-large-arm64', 'arm64'],
    ['gitlab-hosted', 'saas-linux-small-amd64', 'amd64'],
    ['lambda', 'm7g.large', 'unknown'],
  ] as const)('%s %s: %s', (id, name, expected) => expect(read(id, name)).toBe(expected));

  it('has examples that are what they say', () => {
    for (const id of targetIds) {
      const examples = instanceExamples(id);
      if (examples !== undefined) expect(examples.map((name) => read(id, name))).toEqual(['amd64', 'arm64']);
    }
  });
});
