import { parseCpu } from '../../core/index.ts';
import {
  child,
  EXPRESSION,
  type Extent,
  entriesOf,
  type HclBlock,
  inner,
  readHcl,
  readTrees,
  resourcesOfPlan,
  type TerraformResource,
  type Tree,
} from '../../definition/index.ts';
import type { TargetId } from '../../target/index.ts';
import {
  type Found,
  type FoundLayer,
  type FoundName,
  type FoundNodes,
  type FoundProject,
  type FoundRuntime,
  type Place,
  type PlaceAt,
  placesIn,
} from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { layersAt } from './layers.ts';
import { ecrName, nameAt } from './names.ts';
import { nodesAt, projectAt } from './nodes.ts';
import { runtimeAt } from './runtime.ts';

const RESOURCES: Readonly<Record<string, TargetId>> = {
  aws_ecs_task_definition: 'ecs-fargate',
  aws_lambda_function: 'lambda',
  aws_apprunner_service: 'apprunner',
  google_cloud_run_v2_service: 'cloud-run',
  google_cloud_run_v2_job: 'cloud-run',
  google_cloud_run_service: 'cloud-run',
  azurerm_container_app: 'azure-container-apps',
  kubernetes_deployment: 'kubernetes',
  kubernetes_deployment_v1: 'kubernetes',
};

type Resource = Omit<TerraformResource, keyof Extent>;

/** The resources of Terraform source that run a container, with the CPU as far as it is written there. */
export function discoverTerraform({ path, text }: SourceFile): Partial<Found> {
  const blocks = readHcl(text);
  const locals = new Map(blocks.flatMap(({ type, body }) => (type === 'locals' ? entriesOf(body) : [])));
  const resources = blocks.flatMap(({ type, labels, body, offset }: HclBlock): Resource[] => {
    const [kind, name] = type === 'module' ? ['module', labels[0]] : labels;
    if ((type !== 'resource' && type !== 'module') || kind === undefined || name === undefined) return [];
    return [{ type: kind, name, body, at: { offset, end: body.offset } }];
  });
  return discoverResources(resources, placesIn(path, text), (tree) => {
    const local = tree.tag === EXPRESSION && tree.kind === 'scalar' ? /^local\.(\w+)$/.exec(tree.text)?.[1] : undefined;
    return (local === undefined ? undefined : locals.get(local)) ?? tree;
  });
}

/** A plan as `terraform show -json` prints it: what is created, with every value that is known by then. */
export function discoverPlan({ path, text }: SourceFile): Partial<Found> {
  if (!text.includes('"planned_values"')) return {};
  const [root] = readTrees(text).roots;
  return discoverResources(resourcesOfPlan(root), placesIn(path, text), (tree) => tree);
}

type Meant = (tree: Tree) => Tree;

function discoverResources(resources: readonly Resource[], place: PlaceAt, meant: Meant): Partial<Found> {
  const runtimes: FoundRuntime[] = [];
  const names: FoundName[] = [];
  const placed = ({ offset, end }: Extent) => place(offset, end);
  const layers: FoundLayer[] = [];
  const nodes: FoundNodes[] = [];
  const projects: FoundProject[] = [];
  for (const { type, name, body, at } of resources) {
    nodes.push(...nodesOf({ type, name, body, at }, placed));
    if (type === 'aws_codebuild_project') {
      const environment = inner(child(body, 'environment'));
      const kind = child(environment, 'type');
      const buildspec = textOf(child(inner(child(body, 'source')), 'buildspec'), meant);
      projects.push(projectAt(textOf(kind, meant), buildspec, placed(kind ?? at)));
    }
    if (type === 'aws_lambda_function') {
      const listed = child(body, 'layers');
      const texts = (listed?.kind === 'list' ? listed.items : []).flatMap((tree) =>
        tree.kind === 'scalar' && tree.tag !== EXPRESSION
          ? [{ text: tree.text, offset: tree.offset, end: tree.end }]
          : [],
      );
      const declared = child(body, 'architectures');
      layers.push(...layersAt(name, texts, { declared: declared && meant(declared), otherwise: at }, placed));
    }
    if (type === 'aws_ecr_repository') {
      const written = textOf(child(body, 'name'), meant);
      if (written !== undefined)
        names.push(...nameAt(ecrName(written), placed(child(body, 'name')!), { how: 'declared' }));
    }
    const runtime = Object.hasOwn(RESOURCES, type) ? RESOURCES[type] : undefined;
    if (runtime === undefined) continue;
    if (runtime === 'lambda' && textOf(child(body, 'package_type'), meant) !== 'Image') continue;
    const compatible = child(body, 'requires_compatibilities');
    const id = runtime === 'ecs-fargate' && !isFargate(compatible, meant) ? 'ecs-ec2' : runtime;
    for (const image of imagesIn(body, 0))
      names.push(...nameAt(image.text, placed(image), { how: 'pulled', runtime: id }));
    const cpu = cpuOf(type, body);
    if (cpu === undefined) {
      runtimes.push(runtimeAt(id, placed(at), { name }));
      continue;
    }
    const words = wordsIn(meant(cpu), meant);
    const declared = words?.flatMap((word) => parseCpu(word) ?? []);
    const open = declared === undefined || declared.length === 0;
    runtimes.push(runtimeAt(id, placed(cpu), { name, ...(open ? { open } : { declared }) }));
  }
  return { runtimes, names, layers, nodes, projects };
}

/** Node groups and pools, and the groups that the module of EKS is given. GKE taints those of arm64 itself. */
function nodesOf({ type, name, body, at }: Resource, place: (at: Extent) => Place): readonly FoundNodes[] {
  const group = (key: string, one: Tree | undefined, otherwise: Extent): FoundNodes => {
    const types = child(one, 'instance_types') ?? child(one, 'instance_type') ?? child(one, 'ami_type');
    const tainted = child(one, 'taint') !== undefined || child(one, 'taints') !== undefined;
    return nodesAt('ec2', key, types, { at: otherwise, tainted, place });
  };
  if (type === 'aws_eks_node_group') return [group(name, body, at)];
  if (type === 'module')
    return ['eks_managed_node_groups', 'self_managed_node_groups'].flatMap((key) =>
      entriesOf(child(body, key)).map(([one, tree]) => group(one, tree, tree)),
    );
  const pool =
    type === 'azurerm_kubernetes_cluster'
      ? inner(child(body, 'default_node_pool'))
      : type === 'azurerm_kubernetes_cluster_node_pool'
        ? body
        : undefined;
  if (pool === undefined) return [];
  const tainted = child(pool, 'node_taints') !== undefined;
  return [nodesAt('aks', name, child(pool, 'vm_size'), { at, tainted, place })];
}

/** What says the CPU; one of `dynamic` blocks or an expression is there as well. */
function cpuOf(type: string, body: Tree): Tree | undefined {
  if (type === 'aws_lambda_function') return child(body, 'architectures');
  if (type === 'aws_ecs_task_definition') {
    const platform = child(body, 'runtime_platform');
    return platform === undefined || isHidden(platform) ? platform : child(inner(platform), 'cpu_architecture');
  }
  if (!type.startsWith('kubernetes_')) return undefined;
  const pod = inner(child(inner(child(inner(child(inner(child(body, 'spec')), 'template')), 'spec')), 'node_selector'));
  return (
    child(pod, 'kubernetes.io/arch', 'beta.kubernetes.io/arch') ??
    (pod !== undefined && isHidden(pod) ? pod : undefined)
  );
}

const isHidden = (tree: Tree): boolean =>
  tree.kind === 'unreadable' || tree.tag !== undefined || (tree.kind === 'list' && tree.items.some(isHidden));

/** A text that is written out. */
function textOf(tree: Tree | undefined, meant: Meant): string | undefined {
  const value = tree === undefined ? undefined : meant(tree);
  return value?.kind === 'scalar' && value.tag === undefined ? value.text : undefined;
}

/** A text, or the texts of a list; undefined where one of them is not written out. */
function wordsIn(tree: Tree, meant: Meant): readonly string[] | undefined {
  const words = (tree.kind === 'list' ? tree.items : [tree]).map((one) => textOf(one, meant));
  return words.every((word) => word !== undefined) ? (words as string[]) : undefined;
}

const isFargate = (tree: Tree | undefined, meant: Meant): boolean =>
  tree !== undefined &&
  (tree.kind === 'list' ? tree.items : [meant(tree)]).some(
    (one) => one.kind === 'scalar' && one.text.includes('FARGATE'),
  );

const IMAGE = new Set(['image', 'image_uri', 'image_identifier']);

/** The references that containers run, wherever they stand in a resource; in a text of JSON too. */
function imagesIn(tree: Tree, depth: number): readonly (Extent & { readonly text: string })[] {
  if (depth > 20) return [];
  if (tree.kind === 'list') return tree.items.flatMap((item) => imagesIn(item, depth + 1));
  return entriesOf(tree).flatMap(([key, value]) => {
    if (value.kind !== 'scalar') return imagesIn(value, depth + 1);
    if (IMAGE.has(key) && value.tag !== EXPRESSION && value.text !== '') return [value];
    return key === 'container_definitions' ? imagesOfJson(value) : [];
  });
}

function imagesOfJson({
  text,
  offset,
  tag,
}: Tree & { readonly kind: 'scalar' }): readonly (Extent & { readonly text: string })[] {
  if (tag === EXPRESSION) {
    // `jsonencode(concat(…))` and the like: what is written in it.
    return [...text.matchAll(/\bimage"?\s*[=:]\s*("[^"\n]+")/g)].map(({ 0: whole, 1: value = '', index }) => {
      const end = offset + index + whole.length;
      return { text: value.slice(1, -1), offset: end - value.length, end };
    });
  }
  const found = readTrees(text).roots.flatMap((root) => imagesIn(root, 1));
  // In quotes the text begins behind them, and a quote within takes two characters: near enough to be shown.
  return found.map((one) => ({ ...one, offset: offset + one.offset, end: offset + one.end }));
}
