import { posix } from 'node:path';
import {
  child,
  EXPRESSION,
  type Extent,
  entriesOf,
  inner,
  itemsOf,
  scalarText,
  type Tree,
} from '../../definition/index.ts';
import type { FoundCluster, FoundNodes } from '../found.ts';
import { batchNodes, type Group, type Launch, type Machines, nodesOfEcs, OF_ECS, spreadOf } from './machines.ts';
import { isNever, labelsOf, namedLabels, nodesAt, taintedBy } from './nodes.ts';
import { type Model, type Models, modelsAt, type Variant } from './sagemaker.ts';
import type { Resource } from './terraform.ts';
import type { PlaceOf } from './tree-parts.ts';

/** The types that are read here. */
export const MACHINES =
  /^(?:aws_(?:eks_node_group|eks_cluster|batch_compute_environment|ecs_capacity_provider|ecs_service|autoscaling_group|launch_template|launch_configuration|instance|sagemaker_model|sagemaker_endpoint_configuration)|azurerm_kubernetes_cluster(?:_node_pool)?|google_container_(?:cluster|node_pool))$/;

const path = (tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined =>
  keys.reduce<Tree | undefined>((one, key) => child(inner(one), key), tree);

/** `aws_launch_template.web.id`: the resource that an expression names. */
function referenceOf(tree: Tree | undefined): string | undefined {
  if (tree?.kind !== 'scalar' || tree.tag !== EXPRESSION) return undefined;
  return /^(aws_\w+\.[\w-]+)(?:\[[^\]]*\])?\.(?:arn|id|name|family)$/.exec(tree.text)?.[1];
}

/** The machines of a folder: of ECS and of Batch. */
export function machinesOf(
  resources: readonly Resource[],
  images: ReadonlyMap<string, string>,
  { text, place }: { readonly text: string; readonly place: PlaceOf },
): readonly FoundNodes[] {
  const launches = new Map<string, Launch>();
  const groups = new Map<string, Group>();
  const providers: { group: string | undefined; name: string; at: Extent }[] = [];
  const services: Machines['services'][number][] = [];
  const found: FoundNodes[] = [];
  for (const { type, name, body, at } of resources) {
    const key = `${type}.${name}`;
    switch (type) {
      case 'aws_batch_compute_environment':
        found.push(...batchNodes(name, inner(child(body, 'compute_resources')), at, place));
        break;
      case 'aws_launch_template':
      case 'aws_launch_configuration':
      case 'aws_instance': {
        const written = child(body, 'image_id', 'ami');
        const image = scalarText(written) ?? imageOf(written, images);
        const isOfEcs = OF_ECS.test(image ?? '') || OF_ECS.test(text.slice(body.offset, body.end));
        launches.set(key, { types: child(body, 'instance_type'), image, isOfEcs, alone: type === 'aws_instance', at });
        break;
      }
      case 'aws_autoscaling_group': {
        const mixed = path(body, 'mixed_instances_policy', 'launch_template');
        const template =
          path(mixed, 'launch_template_specification', 'launch_template_id') ?? path(body, 'launch_template', 'id');
        const launch = referenceOf(template ?? child(body, 'launch_configuration'));
        const overrides = itemsOf(path(mixed, 'override')).map((one) => child(one, 'instance_type'));
        groups.set(key, { launch, overrides, at });
        break;
      }
      case 'aws_ecs_service': {
        const task = referenceOf(child(body, 'task_definition'));
        const strategy = itemsOf(child(body, 'capacity_provider_strategy')).map((one) => ({
          provider: referenceOf(child(one, 'capacity_provider'))?.replace(/^aws_ecs_capacity_provider\./, ''),
          weight: child(one, 'weight'),
          base: child(one, 'base'),
        }));
        services.push(...spreadOf(task?.replace(/^aws_ecs_task_definition\./, ''), strategy));
        break;
      }
      case 'aws_ecs_capacity_provider': {
        const group = path(body, 'auto_scaling_group_provider', 'auto_scaling_group_arn');
        providers.push({ group: referenceOf(group), name, at });
        break;
      }
    }
  }
  return [...found, ...nodesOfEcs({ launches, groups, providers, services }, place)];
}

/** `data.aws_ssm_parameter.ecs.value`, by the parameter that it asks for. */
function imageOf(tree: Tree | undefined, images: ReadonlyMap<string, string>): string | undefined {
  if (tree?.kind !== 'scalar' || tree.tag === undefined) return undefined;
  const name = /data\.aws_ssm_parameter\.([\w-]+)(?:\[[^\]]*\])?\.(?:insecure_)?value\b/.exec(tree.text)?.[1];
  return name === undefined ? undefined : images.get(name);
}

/**
 * Node groups and pools, and the groups that the module of EKS is given. Whether there are any may be decided by a value
 * that is filled in later.
 */
export function nodesIn(resource: Resource, all: readonly Resource[], place: PlaceOf): readonly FoundNodes[] {
  const found = poolsIn(resource, all, place);
  return resource.optional === true ? found.map((one) => ({ ...one, optional: true })) : found;
}

function poolsIn({ type, name, body, at }: Resource, all: readonly Resource[], place: PlaceOf): readonly FoundNodes[] {
  const folder = posix.dirname(place(at).file);
  const own: FoundCluster = { name: `${folder}:${type}.${name}`, isMade: true };
  const joined = (...keys: readonly string[]): FoundCluster => clusterOf(child(body, ...keys), all, folder);
  const group = (
    key: string,
    one: Tree | undefined,
    cluster: FoundCluster,
    otherwise: Extent,
  ): readonly FoundNodes[] => {
    if (isNever(child(inner(child(one, 'scaling_config')) ?? one, 'max_size'))) return [];
    const types = child(one, 'instance_types') ?? child(one, 'instance_type') ?? child(one, 'ami_type');
    const labels = new Map([
      ...namedLabels(scalarText(child(one, 'node_group_name') ?? child(one, 'name')), 'eks.amazonaws.com/nodegroup'),
      ...labelsOf(child(one, 'labels')),
    ]);
    const tainted = taintedBy(child(one, 'taint') ?? child(one, 'taints'));
    const machines = { of: 'kubernetes', machines: 'ec2', name: key, types, at: otherwise } as const;
    return [nodesAt({ ...machines, tainted, labels, cluster }, place)];
  };
  switch (type) {
    case 'aws_eks_node_group':
      return group(name, body, joined('cluster_name'), at);
    case 'module':
      return ['eks_managed_node_groups', 'self_managed_node_groups'].flatMap((key) =>
        entriesOf(child(body, key)).flatMap(([one, tree]) => group(one, tree, own, tree)),
      );
    case 'azurerm_kubernetes_cluster':
      return aksPool({ name, at, cluster: own }, inner(child(body, 'default_node_pool')), place);
    case 'azurerm_kubernetes_cluster_node_pool':
      return aksPool({ name, at, cluster: joined('kubernetes_cluster_id') }, body, place);
    case 'google_container_node_pool':
      return [gkePool({ name, at, cluster: joined('cluster') }, body, place)];
    case 'google_container_cluster': {
      const isTrue = (key: string): boolean => textOf(child(body, key)) === 'true';
      if (isTrue('remove_default_node_pool') || isTrue('enable_autopilot')) return [];
      const pools = itemsOf(child(body, 'node_pool')).map((pool) =>
        gkePool({ name, at: pool, cluster: own }, pool, place),
      );
      if (pools.length > 0) return pools;
      // Without any pool of its own it has one that the provider makes of `node_config`.
      return [gkePool({ name, at, cluster: own, called: 'default-pool' }, body, place)];
    }
    default:
      return [];
  }
}

const textOf = (tree: Tree | undefined): string | undefined =>
  tree?.kind === 'scalar' && tree.tag === undefined ? tree.text : undefined;

interface Pool {
  readonly name: string;
  readonly at: Extent;
  readonly cluster: FoundCluster;
  /** What its cloud calls it; undefined where it says so itself. */
  readonly called?: string;
}

/** The cluster that nodes join: by a name of the same folder, or by that of a resource that is there. */
function clusterOf(tree: Tree | undefined, all: readonly Resource[], folder: string): FoundCluster {
  const text = tree?.kind === 'scalar' ? tree.text : undefined;
  if (text === undefined) return { name: undefined, isMade: false };
  if (tree?.tag === EXPRESSION) {
    const made =
      /^((?:aws_eks_cluster|azurerm_kubernetes_cluster|google_container_cluster|module)\.[\w-]+)(?:\[[^\]]*\])?\.\w+$/.exec(
        text,
      )?.[1];
    return { name: `${folder}:${made ?? text}`, isMade: made !== undefined };
  }
  const made = all.find(
    ({ type, body }) => /^(?:aws_eks|google_container)_cluster$/.test(type) && textOf(child(body, 'name')) === text,
  );
  return made === undefined
    ? { name: `${folder}:${text}`, isMade: false }
    : { name: `${folder}:${made.type}.${made.name}`, isMade: true };
}

/**
 * Azure adds taints of its own to the pool of the system, where it is asked to, and to nodes at a spot price
 * (https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/kubernetes_cluster,
 * only_critical_addons_enabled; https://learn.microsoft.com/azure/aks/spot-node-pool, read 2026-11-29).
 */
function aksPool({ name, at, cluster }: Pool, pool: Tree | undefined, place: PlaceOf): readonly FoundNodes[] {
  // An image of Linux is nothing for them, whatever their CPU.
  if (textOf(child(pool, 'os_type')) === 'Windows') return [];
  const labels = new Map([
    ...namedLabels(scalarText(child(pool, 'name')), 'kubernetes.azure.com/agentpool', 'agentpool'),
    ...labelsOf(child(pool, 'node_labels')),
  ]);
  const isOwn = child(pool, 'only_critical_addons_enabled');
  const priority = child(pool, 'priority');
  const own = [isOwn, priority].some((one) => one !== undefined && textOf(one) === undefined)
    ? undefined
    : textOf(isOwn) === 'true' || textOf(priority) === 'Spot';
  const written = taintedBy(child(pool, 'node_taints'));
  const tainted = written === true || own === true ? true : written === undefined ? undefined : own;
  const types = child(pool, 'vm_size');
  return [nodesAt({ of: 'kubernetes', machines: 'aks', name, types, at, tainted, labels, cluster }, place)];
}

/**
 * Nodes of arm64 get the taint `kubernetes.io/arch=arm64:NoSchedule`, unless `taint_config` turns it off
 * (https://docs.cloud.google.com/kubernetes-engine/docs/how-to/prepare-arm-workloads-for-deployment, read 2026-11-29).
 */
function gkePool({ name, at, cluster, called }: Pool, pool: Tree, place: PlaceOf): FoundNodes {
  const config = inner(child(pool, 'node_config'));
  const labels = new Map([
    ...namedLabels(called ?? scalarText(child(pool, 'name')), 'cloud.google.com/gke-nodepool'),
    ...labelsOf(child(config, 'labels')),
  ]);
  const types = child(config, 'machine_type');
  const own = taintedBy(child(config, 'taint'));
  const machines = { of: 'kubernetes', machines: 'gke', name, types, at } as const;
  const found = nodesAt({ ...machines, tainted: own, labels, cluster }, place);
  const behavior = path(child(config, 'taint_config'), 'architecture_taint_behavior');
  const isArm = found.platforms?.some(({ architecture }) => architecture === 'arm64');
  if (own !== false || isArm === false || scalarText(behavior) === 'NONE') return found;
  // Which CPU they have, or what becomes of the taint, is filled in later.
  const isTold = isArm === true && (behavior === undefined || scalarText(behavior) !== undefined);
  return { ...found, tainted: isTold ? true : undefined };
}

/** Models of SageMaker on the machines of their endpoints. */
export function modelsIn(resources: readonly Resource[], place: PlaceOf): Models {
  const models: Model[] = [];
  const variants: Variant[] = [];
  for (const { type, name, body, at } of resources) {
    if (type === 'aws_sagemaker_model') {
      const containers = [inner(child(body, 'primary_container')), ...itemsOf(child(body, 'container'))];
      const images = containers.flatMap((one) => child(one, 'image') ?? []);
      const own = scalarText(child(body, 'name'));
      const key = `${type}.${name}`;
      if (images.length > 0)
        models.push({ called: own === undefined ? [key] : [key, own], name: own ?? name, images, at });
    }
    if (type === 'aws_sagemaker_endpoint_configuration')
      for (const one of itemsOf(child(body, 'production_variants'))) {
        const model = child(one, 'model_name');
        variants.push({
          model: scalarText(model) ?? referenceOf(model),
          type: child(one, 'instance_type'),
          serverless: child(one, 'serverless_config') !== undefined,
        });
      }
  }
  return modelsAt(models, variants, place);
}
