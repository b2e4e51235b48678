import { posix } from 'node:path';
import { formatPlatform, type Platform, parseCpu } from '../core/index.ts';
import { readInstance, targets } from '../target/index.ts';
import type { FoundNodes, FoundRuntime } from './found.ts';

/**
 * The nodes that a runtime may be put on, of those that stand in the repository; undefined where something chooses among
 * them that is not seen. Without any, nobody can say where it runs.
 */
export function nodesFor(runtime: FoundRuntime, nodes: readonly FoundNodes[]): readonly FoundNodes[] | undefined {
  const { placement } = runtime;
  const all = nodes.filter(({ of }) => of === (isKubernetes(runtime) ? 'kubernetes' : runtime.runtime));
  if (placement?.elsewhere === true) return undefined;
  // What is tainted for some that it tolerates may be open to it.
  const open = all.filter(({ tainted }) => placement?.tolerates === true || tainted !== true);
  const labels = [...(placement?.labels ?? [])];
  if (labels.length === 0) return open;
  const chosen = open.filter((one) => labels.every(([key, value]) => one.labels?.get(key) === value));
  // A label that none of them is known to have is one of nodes that stand elsewhere.
  return chosen.length === 0 || labels.some(([, value]) => value === undefined) ? undefined : chosen;
}

/** Whether these nodes may be taken for those of one cluster. A manifest does not say to which of two it is applied. */
export function ofOneCluster(nodes: readonly FoundNodes[]): boolean {
  const named = new Set(nodes.flatMap(({ cluster }) => cluster?.name ?? []));
  const folders = new Set(
    nodes.flatMap(({ cluster, at }) => (cluster?.name === undefined ? posix.dirname(at.file) : [])),
  );
  return named.size <= 1 && folders.size <= 1;
}

const isKubernetes = ({ runtime }: FoundRuntime): boolean => targets[runtime].family === 'kubernetes';

const TYPE = 'node.kubernetes.io/instance-type';

/**
 * A runtime with the CPU of its nodes, where all that it may be put on are known and have the same. A pod may as well be
 * one of a cluster that is made elsewhere, unless a label that it asks for is one of these nodes.
 */
export function onNodes(runtime: FoundRuntime, nodes: readonly FoundNodes[]): FoundRuntime {
  if (runtime.how !== 'node') return runtime;
  const byType = cpuOfLabels(runtime.placement?.labels);
  if (byType !== undefined && isKubernetes(runtime)) return { ...runtime, platforms: [byType], how: 'declared' };
  const own = nodesFor(runtime, nodes) ?? [];
  const [first] = own;
  const words = new Set(own.map(({ platforms }) => platforms?.map(formatPlatform).join(' ')));
  if (first?.platforms === undefined || first.platforms.length !== 1 || words.size !== 1) return runtime;
  const isChosen = (runtime.placement?.labels.size ?? 0) > 0;
  const isSeen = first.of !== 'kubernetes' || isChosen || own.some(({ cluster }) => cluster?.isMade === true);
  if (!isSeen || own.some(({ optional }) => optional)) return runtime;
  return { ...runtime, platforms: first.platforms, how: 'declared', at: first.at };
}

/** A label that a cloud gives its nodes by their machine, or an Autopilot cluster makes a node by. */
function cpuOfLabels(labels: ReadonlyMap<string, string | undefined> | undefined): Platform | undefined {
  const value = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => labels?.get(key)).find((one) => one !== undefined);
  // https://docs.cloud.google.com/kubernetes-engine/docs/how-to/autopilot-arm-workloads (read 2026-11-30)
  if (value('cloud.google.com/compute-class') === 'autopilot-arm') return parseCpu('arm64');
  const series = value('cloud.google.com/machine-family')?.toLowerCase();
  // Of Karpenter and of EKS Auto Mode (discover/karpenter.ts).
  const family = value('karpenter.k8s.aws/instance-family', 'eks.amazonaws.com/instance-family');
  return cpuOfType(
    value(TYPE) ?? (series === undefined ? undefined : `${series}-standard-4`) ?? (family && `${family}.large`),
  );
}

/** The names of machines are such that none of one cloud is one of another. */
function cpuOfType(name: string | undefined): Platform | undefined {
  if (name === undefined) return undefined;
  const answers = (['ec2', 'aks', 'gke'] as const).map((id) => readInstance(id, name));
  const known = answers.flatMap((answer) => (answer.kind === 'cpu' ? [answer.platform.value] : []));
  return known.length === 1 ? known[0] : undefined;
}
