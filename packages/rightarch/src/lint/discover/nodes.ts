import { type Platform, parseCpu } from '../../core/index.ts';
import { child, type Extent, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import { readInstance, type TargetId } from '../../target/index.ts';
import type { FoundNodes, FoundProject, Place } from '../found.ts';
import type { PlaceOf } from './tree-parts.ts';

/** Nodes by the name of their machines or, of EKS, of their image. */
export function nodesAt(
  machines: TargetId,
  name: string,
  types: Tree | undefined,
  { at, tainted, place }: { readonly at: Extent; readonly tainted: boolean; readonly place: PlaceOf },
): FoundNodes {
  const written = types?.kind === 'list' ? types.items : types === undefined ? [] : [types];
  const cpus = written.map((one) => cpuOfMachine(machines, scalarText(one) ?? ''));
  const isKnown = cpus.length > 0 && cpus.every((cpu) => cpu !== undefined);
  return {
    name,
    platforms: isKnown ? unique(cpus as readonly Platform[]) : undefined,
    tainted,
    at: place(types ?? at),
  };
}

function cpuOfMachine(machines: TargetId, name: string): Platform | undefined {
  // `AL2_ARM_64`, `BOTTLEROCKET_x86_64`: the image of the nodes, of their CPU (CreateNodegroup, amiType).
  if (machines === 'ec2' && /^(?:AL2|AL2023|BOTTLEROCKET)_/.test(name))
    return parseCpu(/_ARM_64/i.test(name) ? 'arm64' : 'x86_64');
  const answer = readInstance(machines, name);
  return answer.kind === 'cpu' ? answer.platform.value : undefined;
}

const unique = (cpus: readonly Platform[]): readonly Platform[] =>
  cpus.filter((cpu, i) => cpus.findIndex(({ architecture }) => architecture === cpu.architecture) === i);

/** Nodes in documents of Kubernetes: the groups of eksctl, the pools of Karpenter. */
export function manifestNodes(root: Tree, place: PlaceOf): readonly FoundNodes[] {
  const kind = scalarText(child(root, 'kind'));
  const api = scalarText(child(root, 'apiVersion')) ?? '';
  if (kind === 'ClusterConfig' && api.startsWith('eksctl.io/')) {
    const groups = [...itemsOf(child(root, 'managedNodeGroups')), ...itemsOf(child(root, 'nodeGroups'))];
    return groups.map((group) => {
      const name = scalarText(child(group, 'name')) ?? '';
      const types = child(group, 'instanceType') ?? child(group, 'instanceTypes');
      return nodesAt('ec2', name, types, { at: group, tainted: child(group, 'taints') !== undefined, place });
    });
  }
  if (!api.startsWith('karpenter.sh/') || (kind !== 'NodePool' && kind !== 'Provisioner')) return [];
  const spec = child(root, 'spec');
  const template = child(child(spec, 'template'), 'spec') ?? spec;
  const arch = itemsOf(child(template, 'requirements')).find(
    (one) => scalarText(child(one, 'key')) === 'kubernetes.io/arch' && scalarText(child(one, 'operator')) === 'In',
  );
  const values = itemsOf(child(arch, 'values')).map((one) => parseCpu(scalarText(one) ?? ''));
  const isKnown = values.length > 0 && values.every((one) => one !== undefined);
  return [
    {
      name: scalarText(child(child(root, 'metadata'), 'name')) ?? '',
      platforms: isKnown ? unique(values as readonly Platform[]) : undefined,
      tainted: child(template, 'taints') !== undefined,
      at: place(child(arch, 'values') ?? root),
    },
  ];
}

/** A project of CodeBuild by the type of its environment. */
export function projectAt(type: string | undefined, buildspec: string | undefined, at: Place): FoundProject {
  const answer = type === undefined ? undefined : readInstance('codebuild', type);
  return {
    builder: answer?.kind === 'cpu' ? answer.platform.value : 'unknown',
    // Otherwise its text stands in the template.
    buildspec: buildspec !== undefined && /^[\w./-]+\.ya?ml$/.test(buildspec) ? buildspec : undefined,
    at,
  };
}
