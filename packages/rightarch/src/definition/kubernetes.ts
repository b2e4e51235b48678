import { type Platform, parseCpu } from '../core/index.ts';
import type { StartSettings } from '../target/index.ts';
import { hiddenContainer, imageOf, notEmpty, WINDOWS } from './ecs.ts';
import { mountPath, Settings } from './settings.ts';
import { child, entriesOf, itemsOf, scalarText, type Tree, wordsOf } from './tree.ts';
import type { Container, Placement, Reading, Workload } from './types.ts';
import { isWrittenMap, type Written, writtenText, writtenTruth, writtenWords } from './written.ts';

const WORKLOADS = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Pod',
  'ReplicaSet',
  'ReplicationController',
]);

/** ConfigMaps and Secrets of the same text, by kind and name: what `envFrom` and `valueFrom` take from them. */
export type Beside = ReadonlyMap<string, readonly Tree[]>;

export function besideKey(kind: string, name: string): string {
  return `${kind}/${name}`;
}

const namespaceOf = (root: Tree): string | undefined => scalarText(child(child(root, 'metadata'), 'namespace'));

/** The one that a pod of this namespace means; what has none written is in whichever it is applied to. */
function besideOf({ beside, namespace }: Where, kind: string, name: string): Tree | undefined {
  const [one, ...more] = (beside.get(besideKey(kind, name)) ?? []).filter((found) => {
    const own = namespaceOf(found);
    return own === undefined || namespace === undefined || own === namespace;
  });
  return more.length === 0 ? one : undefined;
}

/** What a document of the Kubernetes API runs: a pod, one in a workload, a service or a job of Knative and Cloud Run. */
export function readResource(root: Tree, beside: Beside, reading: Reading): Workload | undefined {
  const kind = scalarText(child(root, 'kind')) ?? '';
  const api = scalarText(child(root, 'apiVersion')) ?? '';
  const name = scalarText(child(child(root, 'metadata'), 'name'));
  const place = reading.stands(root);
  const isCloudRun =
    (kind === 'Service' && api.startsWith('serving.knative.dev/')) ||
    (kind === 'Job' && api.startsWith('run.googleapis.com/'));
  if (!isCloudRun && !WORKLOADS.has(kind)) return undefined;
  const pod = podOf(root, kind, isCloudRun);
  const containers = containersOf(
    pod,
    { beside: isCloudRun ? new Map() : beside, namespace: namespaceOf(root), expands: !isCloudRun },
    reading,
  );
  if (isCloudRun) return { kind: 'cloud-run', runtimes: ['cloud-run'], name, cpus: [], containers, ...place };
  const placement = placementOf(pod);
  return {
    kind: 'kubernetes',
    runtimes: ['kubernetes'],
    name,
    ...cpusOf(pod, reading),
    placement,
    containers,
    ...place,
  };
}

function podOf(root: Tree, kind: string, isCloudRun: boolean): Tree | undefined {
  const outer = child(root, 'spec');
  if (kind === 'Pod') return outer;
  const job = kind === 'CronJob' ? child(child(outer, 'jobTemplate'), 'spec') : outer;
  const inner = child(child(job, 'template'), 'spec');
  // A job of Cloud Run has an execution around its task.
  return isCloudRun && kind === 'Job' ? (child(child(inner, 'template'), 'spec') ?? inner) : inner;
}

const ARCH = new Set(['kubernetes.io/arch', 'beta.kubernetes.io/arch']);
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

const SYSTEM = new Set(['kubernetes.io/os', 'beta.kubernetes.io/os']);

/** Where it may be put, beside the CPU. */
export function placementOf(pod: Tree | undefined): Placement {
  const selector = child(pod, 'nodeSelector');
  const labels = entriesOf(selector).filter(([key]) => !ARCH.has(key) && !SYSTEM.has(key));
  const required = child(child(child(pod, 'affinity'), 'nodeAffinity'), REQUIRED);
  const isOwn = selector === undefined || isWrittenMap(selector);
  return {
    labels: new Map(labels.map(([key, value]) => [key, scalarText(value)])),
    elsewhere:
      !isOwn || required !== undefined || ['nodeName', 'schedulerName'].some((key) => child(pod, key) !== undefined),
    tolerates: child(pod, 'tolerations') !== undefined,
  };
}

/** The CPUs that its nodes must have: by selector, or by a required affinity of which every alternative names them. */
function cpusOf(pod: Tree | undefined, { stands }: Reading): Pick<Workload, 'cpus' | 'cpusAt' | 'cpuOpen'> {
  const selector = child(pod, 'nodeSelector');
  const system = scalarText(child(child(pod, 'os'), 'name')) ?? scalarText(child(selector, 'kubernetes.io/os'));
  if (system === 'windows') return WINDOWS;
  const selected = child(selector, ...ARCH);
  if (selected !== undefined) {
    const written = writtenText(selected, { variables: true });
    const cpu = 'value' in written ? parseCpu(written.value) : undefined;
    if (cpu !== undefined) return { cpus: [cpu], cpusAt: selected };
    return {
      cpus: [],
      cpuOpen: { text: 'value' in written ? written.value : written.open, ...stands(selected) },
    };
  }
  const required = requiredCpus(pod);
  return required === undefined ? { cpus: [] } : { cpus: required.cpus, cpusAt: required.at };
}

/** The CPUs of a required affinity of which every alternative names them. */
export function requiredCpus(
  pod: Tree | undefined,
): { readonly cpus: readonly Platform[]; readonly at: Tree } | undefined {
  const required = child(child(child(pod, 'affinity'), 'nodeAffinity'), REQUIRED);
  const terms = itemsOf(child(required, 'nodeSelectorTerms')).map((term) =>
    itemsOf(child(term, 'matchExpressions'))
      .filter((one) => ARCH.has(scalarText(child(one, 'key')) ?? '') && scalarText(child(one, 'operator')) === 'In')
      .flatMap((one) =>
        wordsOf(child(one, 'values')).flatMap((word): readonly Platform[] => {
          const cpu = parseCpu(word);
          return cpu === undefined ? [] : [cpu];
        }),
      ),
  );
  if (required === undefined || terms.length === 0 || !terms.every((term) => term.length > 0)) return undefined;
  return { cpus: terms.flat(), at: required };
}

/** The containers of a pod that stands in a document of somebody else, with nothing beside it. */
export const podContainers = (pod: Tree, reading: Reading): readonly Container[] =>
  containersOf(pod, { beside: new Map(), namespace: undefined, expands: true }, reading);

interface Where {
  readonly beside: Beside;
  readonly namespace: string | undefined;
  /** `$(VAR)` in texts is put in. "Variable references are not supported in Cloud Run" (REST v1, Container). */
  readonly expands: boolean;
}

function containersOf(pod: Tree | undefined, where: Where, reading: Reading): readonly Container[] {
  const read = (key: string, role: Container['role']): readonly Container[] =>
    itemsOf(child(pod, key)).flatMap((item): readonly Container[] => {
      if (!reading.spend(1)) return [];
      if (item.kind !== 'map') return [{ ...hiddenContainer(item, reading), role }];
      return [
        {
          name: scalarText(child(item, 'name')),
          role,
          line: reading.lineOf(item.offset),
          image: imageOf(child(item, 'image'), reading),
          start: () => settings(item, pod, where, reading),
        },
      ];
    });
  return [...read('containers', 'main'), ...read('initContainers', 'init')];
}

/**
 * `command` stands for ENTRYPOINT and drops CMD, `args` for CMD, and empty lists are none (containerd, WithProcessArgs
 * in internal/cri/opts; kubelet, ExpandContainerCommandAndArgs). Of the security context the container's own counts
 * before the pod's (kubelet, DetermineEffectiveSecurityContext). Read 2026-11-29.
 */
function settings(item: Tree, pod: Tree | undefined, where: Where, reading: Reading): StartSettings {
  const set = new Settings(reading);
  variables(set, item, where, reading);
  const words = (tree: Tree | undefined): Written<readonly string[]> | undefined => {
    if (tree === undefined || (tree.kind === 'list' && tree.items.length === 0)) return undefined;
    const written = writtenWords(tree);
    if (!('value' in written)) return written;
    // Only Docker takes one empty word for none; what becomes of it here is not told.
    if (written.value.length === 1 && written.value[0] === '') return { open: '[""]', offset: tree.offset };
    const expanded: string[] = [];
    for (const word of written.value) {
      const one = expand(word, set, tree.offset, where);
      if (!('value' in one)) return one;
      expanded.push(one.value);
    }
    return { value: expanded };
  };
  set.take('entrypoint', words(child(item, 'command')));
  set.take('command', words(child(item, 'args')));
  set.take('workdir', notEmpty(child(item, 'workingDir')));
  const own = set.inside(child(item, 'securityContext'), 'user', 'group', 'nonRoot', 'readOnly');
  const shared = set.inside(child(pod, 'securityContext'), 'user', 'group', 'nonRoot');
  const context = (key: string): Tree | undefined => child(own, key) ?? child(shared, key);
  set.take('user', id(context('runAsUser')));
  set.take('group', id(context('runAsGroup')));
  const nonRoot = context('runAsNonRoot');
  if (nonRoot !== undefined) set.take('nonRoot', writtenTruth(nonRoot));
  const groups = [...itemsOf(child(shared, 'supplementalGroups')), child(shared, 'fsGroup')];
  set.groups(
    groups.flatMap((tree) =>
      tree?.kind === 'scalar' && typeof tree.value === 'number' && Number.isInteger(tree.value) ? [tree.value] : [],
    ),
  );
  const readOnly = child(own, 'readOnlyRootFilesystem');
  if (readOnly !== undefined) set.take('readOnly', writtenTruth(readOnly));
  set.mountsOf(child(item, 'volumeMounts'), (mount) => mountPath(child(mount, 'mountPath')));
  return set.finish();
}

function id(tree: Tree | undefined): Written<string> | undefined {
  if (tree === undefined) return undefined;
  const written = writtenText(tree, { variables: true });
  return 'value' in written && !/^(?:0|[1-9]\d*)$/.test(written.value)
    ? { open: written.value, offset: tree.offset }
    : written;
}

/** `envFrom` first, then `env`, which wins; a later entry of a name wins over an earlier one. */
function variables(set: Settings, item: Tree, where: Where, reading: Reading): void {
  const sources = child(item, 'envFrom');
  if (sources !== undefined && sources.kind !== 'list') set.open('env', 'envFrom', sources.offset);
  for (const source of itemsOf(sources)) {
    const prefix = scalarText(child(source, 'prefix')) ?? '';
    const [kind, reference] = referenceOf(source, 'configMapRef', 'secretRef');
    const found = besideOf(where, kind, reference ?? '');
    if (found === undefined) {
      set.open('env', `${kind}/${reference ?? '?'}`, source.offset);
      continue;
    }
    for (const [name, value] of dataOf(found)) {
      if (!reading.spend(1)) return void set.open('env', '…', source.offset);
      if (value === undefined) set.open('env', `${kind}/${reference}`, source.offset, prefix + name);
      else set.variable(prefix + name, value);
    }
  }
  const list = child(item, 'env');
  if (list === undefined) return;
  if (list.kind !== 'list') return void set.open('env', list.kind, list.offset);
  for (const entry of list.items) {
    if (!reading.spend(1)) return void set.open('env', '…', list.offset);
    const name = scalarText(child(entry, 'name'));
    if (name === undefined) {
      set.open('env', entry.kind, entry.offset);
      continue;
    }
    const value = child(entry, 'value');
    const from = child(entry, 'valueFrom');
    const written = value === undefined ? { value: '' } : writtenText(value);
    // A value that stands elsewhere is taken as it is (kubelet_pods.go, makeEnvironmentVariables, read 2026-11-29).
    const done =
      from !== undefined
        ? valueFrom(from, where)
        : 'value' in written
          ? expand(written.value, set, entry.offset, where)
          : written;
    if ('value' in done) set.variable(name, done.value);
    else set.open('env', done.open, entry.offset, name);
  }
}

function referenceOf(
  source: Tree,
  configMap: string,
  secret: string,
): readonly ['ConfigMap' | 'Secret', string | undefined] {
  const map = child(source, configMap);
  return map === undefined
    ? ['Secret', scalarText(child(child(source, secret), 'name'))]
    : ['ConfigMap', scalarText(child(map, 'name'))];
}

/** The value where the ConfigMap stands in the same text; what a Secret holds is asked of nobody. */
function valueFrom(from: Tree, where: Where): Written<string> {
  const [kind, name] = referenceOf(from, 'configMapKeyRef', 'secretKeyRef');
  const key = scalarText(child(child(from, 'configMapKeyRef', 'secretKeyRef'), 'key')) ?? '';
  const known = dataOf(besideOf(where, kind, name ?? '')).find(([one]) => one === key);
  if (known?.[1] !== undefined) return { value: known[1] };
  const other = entriesOf(from)[0]?.[0] ?? 'valueFrom';
  return { open: name === undefined ? other : `${kind}/${name}`, offset: from.offset };
}

/** Names with values; a Secret's values stay unread. */
function dataOf(resource: Tree | undefined): readonly (readonly [string, string | undefined])[] {
  if (resource === undefined) return [];
  const isSecret = scalarText(child(resource, 'kind')) === 'Secret';
  return ['data', 'stringData', 'binaryData'].flatMap((key) =>
    entriesOf(child(resource, key)).map(
      ([name, value]) => [name, isSecret || key === 'binaryData' ? undefined : scalarText(value)] as const,
    ),
  );
}

/** What the kubelet puts in for the Services of a namespace (`enableServiceLinks`): nobody knows them from here. */
const SERVICE_LINK = /_SERVICE_HOST$|_SERVICE_PORT(?:_|$)|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?$/;

/**
 * `$(NAME)` of what is set before it; `$$` is `$`; a name that nothing sets stays as it is written (Kubernetes,
 * third_party/forked/golang/expansion/expand.go, read 2026-11-29).
 */
function expand(text: string, set: Settings, offset: number, { expands }: Where): Written<string> {
  let open: string | undefined;
  const value = text.replace(/\$(?:\$|\(([^)]*)\))/g, (written, name: string | undefined) => {
    if (name === undefined) return '$';
    const known = set.valueOf(name);
    if (known !== undefined) return known;
    if (set.isOpen(name) || set.anyOpen || SERVICE_LINK.test(name)) open ??= written;
    return written;
  });
  // What is not supported may stay as it is or be put in: certain is only what both leave alone.
  if (!expands && value !== text) return { open: text, offset };
  return open === undefined ? { value } : { open, offset };
}
