import { containerOf, declaredCpu, hiddenContainer, WINDOWS } from './ecs.ts';
import { podContainers } from './kubernetes.ts';
import { inner, mapOf, marked } from './synthetic.ts';
import { child, itemsOf, scalarText, type Tree, wordsOf } from './tree.ts';
import type { Container, Placement, Reading, Workload } from './types.ts';
import { intrinsic, isWrittenMap } from './written.ts';

/** Set when a job is submitted, over the defaults of `parameters` (Parameter substitution, AWS Batch user guide, read 2026-11-29). */
const PARAMETER = /^Ref::/;

/**
 * A job definition of AWS Batch, as `register-job-definition` takes it and `describe-job-definitions` gives it, or the
 * properties of `AWS::Batch::JobDefinition`. Its containers are those of ECS, without an entrypoint and a directory of
 * their own; those of one node range after another. A job of EKS has a pod, by the rules of Kubernetes.
 */
export function readJobDefinition(
  definition: Tree,
  fallbackName: string | undefined,
  reading: Reading,
): Workload | undefined {
  const name = scalarText(child(definition, 'jobDefinitionName', 'JobDefinitionName')) ?? fallbackName;
  const nodes = child(
    child(definition, 'nodeProperties', 'NodeProperties'),
    'nodeRangeProperties',
    'NodeRangeProperties',
  );
  const jobs = [definition, ...itemsOf(nodes)];
  const alone = jobs.flatMap(
    (job) => child(job, 'containerProperties', 'ContainerProperties', 'container', 'Container') ?? [],
  );
  const tasks = jobs.flatMap((job) => {
    const listed = child(child(job, 'ecsProperties', 'EcsProperties'), 'taskProperties', 'TaskProperties');
    return listed?.kind === 'list' ? listed.items : (listed ?? []);
  });
  const listed = tasks.flatMap((task) => {
    const containers = child(task, 'containers', 'Containers');
    return containers?.kind === 'list' ? containers.items : [containers ?? task];
  });
  const pods = jobs.flatMap((job) => podOf(job) ?? []);
  if (alone.length + listed.length === 0) {
    if (pods.length === 0) return undefined;
    const containers = pods.flatMap((pod) => podContainers(pod, reading));
    // On nodes that Batch makes for its own jobs, whatever others the cluster has.
    return {
      kind: 'batch',
      runtimes: ['eks'],
      name,
      cpus: [],
      placement: NOWHERE_TOLD,
      containers,
      ...reading.stands(definition),
    };
  }
  const platform = [...alone, ...tasks].flatMap((one) => child(one, 'runtimePlatform', 'RuntimePlatform') ?? [])[0];
  const system = scalarText(child(platform, 'operatingSystemFamily', 'OperatingSystemFamily'));
  return {
    kind: 'batch',
    runtimes: ['batch'],
    name,
    ...machinesOf(definition),
    ...(system?.startsWith('WINDOWS')
      ? WINDOWS
      : declaredCpu(child(platform, 'cpuArchitecture', 'CpuArchitecture'), reading)),
    containers: [
      ...alone.map((one) => container(one, name, reading)),
      ...listed.map((one) => container(one, undefined, reading)),
    ],
    ...reading.stands(definition),
  };
}

const NOWHERE_TOLD: Placement = { labels: new Map(), elsewhere: true, tolerates: false };

/** "If no value is specified, it defaults to EC2" (RegisterJobDefinition, platformCapabilities, read 2026-11-29). */
function machinesOf(definition: Tree): Pick<Workload, 'onInstances' | 'placement'> {
  const capabilities = child(definition, 'platformCapabilities', 'PlatformCapabilities');
  const words = new Set(wordsOf(capabilities));
  if (words.has('FARGATE') && words.size === 1) return {};
  const isTold = capabilities === undefined || itemsOf(capabilities).length === 0 || words.size === 1;
  return { onInstances: true, ...(isTold && capabilities?.tag === undefined ? {} : { placement: NOWHERE_TOLD }) };
}

/** `eksProperties.podProperties`: the members of a pod of Kubernetes, but for `env` with values alone (API_EksContainer, read 2026-11-29). */
function podOf(job: Tree): Tree | undefined {
  const pod = child(child(job, 'eksProperties', 'EksProperties'), 'podProperties', 'PodProperties');
  return pod === undefined ? undefined : marked(camelCased(pod)!, PARAMETER);
}

/** Members as the API names them, where CloudFormation writes `SecurityContext` and Terraform `security_context`, in blocks. */
export function camelCased(tree: Tree | undefined): Tree | undefined {
  if (tree?.kind === 'list') return { ...tree, items: tree.items.map((one) => camelCased(one)!) };
  if (tree?.kind !== 'map' || intrinsic(tree) !== undefined) return tree;
  const entries = [...tree.entries].map(([key, value]) => {
    const name = key
      .replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
      .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
    const one = camelCased(value)!;
    return [OTHERWISE.get(name) ?? name, SINGLE.has(name) ? (inner(one) ?? one) : one] as const;
  });
  return { ...tree, entries: new Map(entries) };
}

/** Terraform's own words. */
const OTHERWISE: ReadonlyMap<string, string> = new Map([['readOnlyRootFileSystem', 'readOnlyRootFilesystem']]);

/** What is one block in Terraform, of which it makes a list. */
const SINGLE = new Set(['podProperties', 'securityContext', 'metadata']);

function container(item: Tree, name: string | undefined, reading: Reading): Container {
  if (!reading.spend(1) || !isWrittenMap(item)) return hiddenContainer(item, reading, name);
  const own = (key: string, capital: string): Tree | undefined => child(item, key, capital);
  const command = own('command', 'Command');
  const properties = mapOf(item, {
    name: own('name', 'Name'),
    image: own('image', 'Image'),
    command: command && marked(command, PARAMETER),
    user: own('user', 'User'),
    readonlyRootFilesystem: own('readonlyRootFilesystem', 'ReadonlyRootFilesystem'),
    environment: own('environment', 'Environment'),
    secrets: own('secrets', 'Secrets'),
    mountPoints: own('mountPoints', 'MountPoints'),
    linuxParameters: own('linuxParameters', 'LinuxParameters'),
  });
  const read = containerOf(properties, reading);
  return read.name === undefined ? { ...read, name } : read;
}
