import { type Platform, parseCpu } from '../../core/index.ts';
import { child, type Extent, entriesOf, itemsOf, scalarText, type Tree } from '../../definition/index.ts';
import { readInstance, type TargetId } from '../../target/index.ts';
import type { FoundNodes, FoundProject, Place } from '../found.ts';
import type { PlaceOf } from './tree-parts.ts';

interface Seen {
  readonly of: FoundNodes['of'];
  readonly machines: TargetId;
  readonly name: string;
  /** The names of their machines or, of EKS, that of their image. */
  readonly types: Tree | undefined;
  readonly at: Extent;
  /** `taints` of a group, and whether the cloud adds one of its own. */
  readonly tainted?: boolean | undefined;
  readonly labels?: ReadonlyMap<string, string>;
}

/** Nodes by the names of their machines. */
export function nodesAt({ of, machines, name, types, at, labels, ...seen }: Seen, place: PlaceOf): FoundNodes {
  const written = types?.kind === 'list' ? types.items : types === undefined ? [] : [types];
  const cpus = written.map((one) => cpuOfMachine(machines, scalarText(one) ?? ''));
  return {
    of,
    name,
    platforms: allKnown(cpus),
    tainted: 'tainted' in seen ? seen.tainted : false,
    ...(labels === undefined || labels.size === 0 ? {} : { labels }),
    at: place(types === undefined || (types.kind === 'list' && types.items.length === 0) ? at : types),
  };
}

/** Undefined where there is none, or one of them is not known. */
const allKnown = (cpus: readonly (Platform | undefined)[]): readonly Platform[] | undefined =>
  cpus.length > 0 && cpus.every((cpu) => cpu !== undefined) ? unique(cpus as readonly Platform[]) : undefined;

function cpuOfMachine(machines: TargetId, name: string): Platform | undefined {
  // `AL2_ARM_64`, `BOTTLEROCKET_x86_64`: the image of the nodes, of their CPU (CreateNodegroup, amiType).
  if (machines === 'ec2' && /^(?:AL2|AL2023|BOTTLEROCKET)_/.test(name))
    return parseCpu(/_ARM_64/i.test(name) ? 'arm64' : 'x86_64');
  const answer = readInstance(machines, name);
  return answer.kind === 'cpu' ? answer.platform.value : undefined;
}

const unique = (cpus: readonly Platform[]): readonly Platform[] =>
  cpus.filter((cpu, i) => cpus.findIndex(({ architecture }) => architecture === cpu.architecture) === i);

/**
 * Whether pods need a toleration there, by the list of a group's taints: one that only says what is liked less keeps
 * nobody away. Undefined where the list is filled in later.
 */
export function taintedBy(taints: Tree | undefined): boolean | undefined {
  if (taints === undefined) return false;
  // Of eksctl also a map, of names with `value:Effect`.
  const list = taints.kind === 'list' ? taints.items : entriesOf(taints).map(([, value]) => value);
  if (taints.tag !== undefined || taints.kind === 'scalar' || taints.kind === 'unreadable') return undefined;
  const effects = list.map((one) => {
    const written = child(one, 'effect', 'Effect') ?? (one.kind === 'scalar' ? one : undefined);
    const text = scalarText(written)?.replace(/_/g, '').toLowerCase();
    return text === undefined ? undefined : !text.endsWith('prefernoschedule');
  });
  if (effects.some((one) => one === true)) return true;
  return effects.includes(undefined) ? undefined : false;
}

/** Labels that are written out. */
export const labelsOf = (tree: Tree | undefined): ReadonlyMap<string, string> =>
  new Map(
    entriesOf(tree).flatMap(([key, value]) => {
      const text = value.kind === 'scalar' && value.tag === undefined ? value.text : undefined;
      return text === undefined ? [] : [[key, text] as const];
    }),
  );

/** Labels that a cloud gives the nodes of a group by its name. */
export const namedLabels = (name: string | undefined, ...keys: readonly string[]): ReadonlyMap<string, string> =>
  new Map(name === undefined ? [] : keys.map((key) => [key, name] as const));

/** Nodes in documents of Kubernetes: the groups of eksctl, the pools of Karpenter. */
export function manifestNodes(root: Tree, place: PlaceOf): readonly FoundNodes[] {
  const kind = scalarText(child(root, 'kind'));
  const api = scalarText(child(root, 'apiVersion')) ?? '';
  if (kind === 'ClusterConfig' && api.startsWith('eksctl.io/')) {
    const groups = [...itemsOf(child(root, 'managedNodeGroups')), ...itemsOf(child(root, 'nodeGroups'))];
    return groups.map((group) => {
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
      return nodesAt({ of: 'kubernetes', machines: 'ec2', name, types, at: group, tainted, labels }, place);
    });
  }
  if (!api.startsWith('karpenter.sh/') || (kind !== 'NodePool' && kind !== 'Provisioner')) return [];
  return [karpenterPool(root, place)];
}

/** What a pool of Karpenter may launch: by `kubernetes.io/arch`, else by families or types, which are each of one CPU. */
function karpenterPool(root: Tree, place: PlaceOf): FoundNodes {
  const spec = child(root, 'spec');
  const template = child(spec, 'template');
  const pods = child(template, 'spec') ?? spec;
  const requirement = (...keys: readonly string[]): Tree | undefined => {
    const one = itemsOf(child(pods, 'requirements')).find((each) =>
      keys.includes(scalarText(child(each, 'key')) ?? ''),
    );
    return scalarText(child(one, 'operator')) === 'In' ? child(one, 'values') : undefined;
  };
  const arch = requirement('kubernetes.io/arch');
  const types = requirement('karpenter.k8s.aws/instance-family', 'node.kubernetes.io/instance-type');
  const values = itemsOf(arch ?? types).map((one) => scalarText(one) ?? '');
  const cpus = values.map((one) => (arch === undefined ? cpuOfMachine('ec2', one) : parseCpu(one)));
  const name = scalarText(child(child(root, 'metadata'), 'name')) ?? '';
  const labels = new Map([
    ...namedLabels(name, 'karpenter.sh/nodepool', 'karpenter.sh/provisioner-name'),
    ...labelsOf(child(spec, 'labels')),
    ...labelsOf(child(child(template, 'metadata'), 'labels')),
  ]);
  return {
    of: 'kubernetes',
    name,
    platforms: allKnown(cpus),
    tainted: taintedBy(child(pods, 'taints')),
    labels,
    at: place(arch ?? types ?? root),
  };
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
