import { child, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import type { FoundNodes } from '../found.ts';
import { karpenterCpus } from './karpenter.ts';
import { isNever, labelsOf, namedLabels, nodesAt, taintedBy } from './nodes.ts';
import type { PlaceOf } from './tree-parts.ts';

/** Nodes in documents of Kubernetes: the groups of eksctl, the pools of Karpenter. */
export function manifestNodes(root: Tree, place: PlaceOf): readonly FoundNodes[] {
  const kind = scalarText(child(root, 'kind'));
  const api = scalarText(child(root, 'apiVersion')) ?? '';
  if (kind === 'ClusterConfig' && api.startsWith('eksctl.io/')) {
    const groups = [...itemsOf(child(root, 'managedNodeGroups')), ...itemsOf(child(root, 'nodeGroups'))];
    const { file, line } = place(root);
    const cluster = { name: `${file}:${line}`, isMade: true };
    return groups.flatMap((group) => {
      if (isNever(child(group, 'maxSize'))) return [];
      const name = scalarText(child(group, 'name')) ?? '';
      // What a mix says stands for the one type, which is then `mixed`.
      const types =
        child(group, 'instanceTypes') ??
        child(child(group, 'instancesDistribution'), 'instanceTypes') ??
        child(group, 'instanceType');
      const labels = new Map([
        ...namedLabels(name, 'alpha.eksctl.io/nodegroup-name', 'eks.amazonaws.com/nodegroup'),
        ...labelsOf(child(group, 'labels')),
      ]);
      const tainted = taintedBy(child(group, 'taints'));
      return [nodesAt({ of: 'kubernetes', machines: 'ec2', name, types, at: group, tainted, labels, cluster }, place)];
    });
  }
  if (!api.startsWith('karpenter.sh/') || (kind !== 'NodePool' && kind !== 'Provisioner')) return [];
  return karpenterPool(root, place);
}

/** What a pool of Karpenter may launch. */
function karpenterPool(root: Tree, place: PlaceOf): readonly FoundNodes[] {
  const spec = child(root, 'spec');
  const template = child(spec, 'template');
  const pods = child(template, 'spec') ?? spec;
  const limits = child(spec, 'limits');
  if (isNever(child(child(limits, 'resources') ?? limits, 'cpu'))) return [];
  const { platforms, at } = karpenterCpus(itemsOf(child(pods, 'requirements')));
  if (platforms?.length === 0) return [];
  const name = scalarText(child(child(root, 'metadata'), 'name')) ?? '';
  const labels = new Map([
    ...namedLabels(name, 'karpenter.sh/nodepool', 'karpenter.sh/provisioner-name'),
    ...labelsOf(child(spec, 'labels')),
    ...labelsOf(child(child(template, 'metadata'), 'labels')),
  ]);
  const tainted = taintedBy(child(pods, 'taints'));
  const cluster = { name: undefined, isMade: false };
  return [{ of: 'kubernetes', name, platforms, tainted, labels, cluster, at: place(at ?? root) }];
}
