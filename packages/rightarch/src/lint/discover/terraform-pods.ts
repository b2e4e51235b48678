import { child, entriesOf, inner, itemsOf, type Placement, scalarText, type Tree } from '../../definition/index.ts';

const ARCH = new Set(['kubernetes.io/arch', 'beta.kubernetes.io/arch']);
const SYSTEM = new Set(['kubernetes.io/os', 'beta.kubernetes.io/os']);
const REQUIRED = 'required_during_scheduling_ignored_during_execution';

const path = (tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined =>
  keys.reduce<Tree | undefined>((one, key) => inner(child(inner(one), key)), tree);

/** The pod of a resource of the provider of Kubernetes: its blocks are those of the API, in other letters. */
function podOf(type: string, body: Tree): Tree | undefined {
  const kind = /^kubernetes_(\w+?)(?:_v1)?$/.exec(type)?.[1];
  if (kind === 'pod') return path(body, 'spec');
  const job = kind === 'cron_job' ? path(body, 'spec', 'job_template') : body;
  return path(job, 'spec', 'template', 'spec');
}

/** What says the CPU of its nodes: the selector, or one that is made when it is applied. */
export function cpuOfPod(type: string, body: Tree): Tree | undefined {
  const pod = podOf(type, body);
  const selector = child(pod, 'node_selector');
  if (selector !== undefined && selector.kind !== 'map') return selector;
  const selected = child(selector, ...ARCH);
  if (selected !== undefined) return selected;
  const terms = itemsOf(child(path(pod, 'affinity', 'node_affinity', REQUIRED), 'node_selector_term'));
  const values = terms.map(
    (term) =>
      itemsOf(child(term, 'match_expressions'))
        .filter((one) => ARCH.has(scalarText(child(one, 'key')) ?? '') && scalarText(child(one, 'operator')) === 'In')
        .map((one) => child(one, 'values'))[0],
  );
  const [first, ...more] = values;
  // Each alternative must name them.
  if (first === undefined || more.some((one) => one === undefined)) return undefined;
  if (first.kind !== 'list' || first.tag !== undefined) return first;
  return { ...first, items: values.flatMap((one) => itemsOf(one)) };
}

/** Where it may be put, beside the CPU. */
export function placementOfPod(type: string, body: Tree): Placement {
  const pod = podOf(type, body);
  const selector = child(pod, 'node_selector');
  const labels = entriesOf(selector).filter(([key]) => !ARCH.has(key) && !SYSTEM.has(key));
  return {
    labels: new Map(labels.map(([key, value]) => [key, scalarText(value)])),
    elsewhere:
      pod === undefined ||
      pod.kind !== 'map' ||
      (selector !== undefined && selector.kind !== 'map') ||
      path(pod, 'affinity', 'node_affinity', REQUIRED) !== undefined ||
      (child(pod, 'affinity') !== undefined && path(pod, 'affinity')?.kind !== 'map') ||
      ['node_name', 'scheduler_name'].some((key) => child(pod, key) !== undefined),
    tolerates: child(pod, 'toleration') !== undefined,
  };
}
