import { parseCpu } from '../../core/index.ts';
import {
  child,
  EXPRESSION,
  type Extent,
  entriesOf,
  type HclBlock,
  inner,
  readTrees,
  resourcesOfPlan,
  scalarText,
  type TerraformResource,
  type Tree,
  type Trees,
  workloadsOfResource,
} from '../../definition/index.ts';
import type { TargetId } from '../../target/index.ts';
import { parsedTerraform } from '../documents/parsed.ts';
import {
  type Found,
  type FoundLayer,
  type FoundName,
  type FoundNodes,
  type FoundProject,
  type FoundRuntime,
  placesIn,
} from '../found.ts';
import type { Around, SourceFile } from '../repository.ts';
import { cpuDeclared, type LayerText, layersAt } from './layers.ts';
import { ecrName, nameAt } from './names.ts';
import { projectAt } from './nodes.ts';
import { runtimeAt } from './runtime.ts';
import { dockerImages } from './terraform-images.ts';
import { MACHINES, machinesOf, modelsIn, nodesIn } from './terraform-machines.ts';
import { cpuOfPod, placementOfPod } from './terraform-pods.ts';
import type { PlaceOf } from './tree-parts.ts';
import { pulledBy, runtimeOf } from './workload.ts';

const RESOURCES: Readonly<Record<string, TargetId>> = {
  aws_ecs_task_definition: 'ecs-fargate',
  aws_lambda_function: 'lambda',
  aws_apprunner_service: 'apprunner',
  google_cloud_run_v2_service: 'cloud-run',
  google_cloud_run_v2_job: 'cloud-run',
  google_cloud_run_v2_worker_pool: 'cloud-run',
  google_cloud_run_service: 'cloud-run',
  azurerm_container_app: 'azure-container-apps',
  azurerm_container_app_job: 'azure-container-apps',
  azurerm_container_group: 'azure-aci',
  ...Object.fromEntries(
    [
      'deployment',
      'stateful_set',
      'daemon_set',
      'daemonset',
      'job',
      'cron_job',
      'pod',
      'replication_controller',
    ].flatMap((kind) => [`kubernetes_${kind}`, `kubernetes_${kind}_v1`].map((type) => [type, 'kubernetes' as const])),
  ),
};

const OTHERS = new Set([
  'aws_codebuild_project',
  'aws_ecr_repository',
  'aws_batch_job_definition',
  'aws_lambda_layer_version',
  'docker_image',
  'docker_registry_image',
  'module',
]);

/** Modules that people have others make these resources with, whose arguments have the same names. */
const MODULES: readonly (readonly [RegExp, string])[] = [
  [/^terraform-aws-modules\/lambda\/aws$/, 'aws_lambda_function'],
  [/^terraform-aws-modules\/ecs\/aws\/\/modules\/service$/, 'aws_ecs_task_definition'],
];

export interface Resource extends Omit<TerraformResource, keyof Extent> {
  /** `count` or `for_each` decides whether there is one, by a value that is filled in later. */
  readonly optional?: true;
  /** A module makes it, with defaults of its own. */
  readonly byModule?: true;
}

/** Whether a resource says something here: of the others nothing is put in. */
const isRead = (type: string): boolean => Object.hasOwn(RESOURCES, type) || OTHERS.has(type) || MACHINES.test(type);

/** The resources of Terraform source that run a container, with the CPU as far as it is written there. */
export function discoverTerraform(file: SourceFile, { terraform }: Around): Partial<Found> {
  const blocks = parsedTerraform(file);
  const meant = terraform.meantIn(file.path);
  const resources = blocks.flatMap(({ type, labels, body, offset }: HclBlock): Resource[] => {
    const [kind, name] = type === 'module' ? ['module', labels[0]] : labels;
    if ((type !== 'resource' && type !== 'module') || kind === undefined || name === undefined) return [];
    if (!isRead(kind)) return [];
    const whole = meant(body);
    const source = type === 'module' ? scalarText(child(body, 'source')) : undefined;
    const same = source === undefined ? undefined : MODULES.find(([pattern]) => pattern.test(source))?.[1];
    const there = isThere(whole);
    if (there === false) return [];
    const optional = there === undefined ? { optional: true as const } : {};
    const made = same === undefined ? {} : { byModule: true as const };
    // `create = false`: the module makes nothing, or leaves the definition to another.
    if (made.byModule && ['create', 'create_task_definition'].some((key) => textOf(child(whole, key)) === 'false'))
      return [];
    return [{ type: same ?? kind, name, body: whole, at: { offset, end: body.offset }, ...optional, ...made }];
  });
  const images = new Map(
    blocks.flatMap(({ type, labels: [kind, name], body }) => {
      const path = type === 'data' && kind === 'aws_ssm_parameter' ? scalarText(child(meant(body), 'name')) : undefined;
      return path === undefined || name === undefined ? [] : [[name, path] as const];
    }),
  );
  return discoverResources(resources, file, images);
}

/** Whether `count` or `for_each` leave any of a resource; undefined where that is filled in later. */
function isThere(body: Tree): boolean | undefined {
  const count = child(body, 'count');
  const each = child(body, 'for_each');
  if (count !== undefined) return textOf(count) === undefined ? undefined : Number(textOf(count)) !== 0;
  if (each === undefined) return true;
  if (each.tag !== undefined || (each.kind !== 'map' && each.kind !== 'list')) return undefined;
  return each.kind === 'map' ? each.entries.size > 0 : each.items.length > 0;
}

/** A plan as `terraform show -json` prints it: what is created, with every value that is known by then. */
export function discoverPlan(file: SourceFile): Partial<Found> {
  if (!file.text.includes('"planned_values"')) return {};
  const trees = readTrees(file.text);
  return discoverResources(resourcesOfPlan(trees.roots[0]), file, new Map());
}

function discoverResources(
  resources: readonly Resource[],
  { path, text }: SourceFile,
  images: ReadonlyMap<string, string>,
): Partial<Found> {
  const placeAt = placesIn(path, text);
  const place: PlaceOf = ({ offset, end }) => placeAt(offset, end);
  const placeOf: Trees['placeOf'] = (offset) => placeAt(offset);
  const models = modelsIn(resources, place);
  const runtimes: FoundRuntime[] = [...models.runtimes];
  const names: FoundName[] = [...models.names];
  const layers: FoundLayer[] = [];
  const nodes: FoundNodes[] = [...machinesOf(resources, images, { text, place })];
  const projects: FoundProject[] = [];
  const built = dockerImages(resources, path, place);
  names.push(...built.names);
  for (const resource of resources) {
    const { type, name, body, at } = resource;
    nodes.push(...nodesIn(resource, resources, place));
    if (type === 'aws_codebuild_project') {
      const kind = child(inner(child(body, 'environment')), 'type');
      const buildspec = textOf(child(inner(child(body, 'source')), 'buildspec'));
      const image = child(inner(child(body, 'environment')), 'image');
      const own = image && { name: textOf(image), at: place(image) };
      projects.push(projectAt(textOf(kind), buildspec, place(kind ?? at), own));
    }
    if (type === 'aws_lambda_function') {
      const listed = child(body, 'layers');
      const texts = (listed?.kind === 'list' ? listed.items : []).flatMap((tree): readonly LayerText[] => {
        if (tree.kind !== 'scalar') return [];
        const { text, offset, end } = tree;
        if (tree.tag !== EXPRESSION) return [{ text, offset, end }];
        const key = /^aws_lambda_layer_version\.([\w-]+)\.arn$/.exec(text)?.[1];
        const made = resources.find((one) => one.type === 'aws_lambda_layer_version' && one.name === key);
        const declared = cpuDeclared(child(made?.body, 'compatible_architectures'));
        return declared === undefined || key === undefined ? [] : [{ text: key, declared, offset, end }];
      });
      layers.push(...layersAt(name, texts, { declared: child(body, 'architectures'), otherwise: at }, place));
    }
    if (type === 'aws_ecr_repository') {
      const written = textOf(child(body, 'name'));
      if (written !== undefined)
        names.push(...nameAt(ecrName(written), place(child(body, 'name')!), { how: 'declared' }));
    }
    if (type === 'aws_batch_job_definition')
      for (const workload of workloadsOfResource({ type, name, body, ...at }, placeOf)) {
        runtimes.push(...runtimeOf(workload, place));
        names.push(...pulledBy(workload, place));
      }
    const runtime = Object.hasOwn(RESOURCES, type) ? RESOURCES[type] : undefined;
    if (runtime === undefined) continue;
    if (runtime === 'lambda' && textOf(child(body, 'package_type')) !== 'Image') continue;
    const compatible = child(body, 'requires_compatibilities');
    // "The default configuration is intended for FARGATE use" (terraform-aws-ecs, modules/service/README.md, read 2026-11-29).
    const onFargate = isFargate(compatible) || (resource.byModule === true && compatible === undefined);
    const id = runtime === 'ecs-fargate' && !onFargate ? 'ecs-ec2' : runtime;
    const run = imagesIn(body, 0);
    for (const image of run)
      if (image.text !== undefined)
        names.push(...nameAt(image.text, place({ ...image }), { how: 'pulled', runtime: id }));
    const placement = runtime === 'kubernetes' ? { placement: placementOfPod(type, body) } : {};
    const seen = { name, images: run.map((image) => image.text), ...placement };
    const cpu = cpuOf(type, body);
    if (cpu === undefined) {
      runtimes.push(runtimeAt(id, place(at), seen));
      continue;
    }
    const words = wordsIn(cpu);
    const declared = words?.flatMap((word) => parseCpu(word) ?? []);
    const open = declared === undefined || declared.length === 0;
    runtimes.push(runtimeAt(id, place(cpu), { ...seen, ...(open ? { open } : { declared }) }));
  }
  return { runtimes, builds: built.builds, names, layers, nodes, projects };
}

/** What says the CPU; one of `dynamic` blocks or an expression is there as well. */
function cpuOf(type: string, body: Tree): Tree | undefined {
  if (type === 'aws_lambda_function') return child(body, 'architectures');
  if (type === 'aws_ecs_task_definition') {
    const platform = child(body, 'runtime_platform');
    return platform === undefined || isHidden(platform) ? platform : child(inner(platform), 'cpu_architecture');
  }
  return type.startsWith('kubernetes_') ? cpuOfPod(type, body) : undefined;
}

export const isHidden = (tree: Tree): boolean =>
  tree.kind === 'unreadable' || tree.tag !== undefined || (tree.kind === 'list' && tree.items.some(isHidden));

/** A text that is written out. */
export function textOf(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'scalar' && tree.tag === undefined ? tree.text : undefined;
}

/** A text, or the texts of a list; undefined where one of them is not written out. */
function wordsIn(tree: Tree): readonly string[] | undefined {
  const words = (tree.kind === 'list' ? tree.items : [tree]).map((one) => textOf(one));
  return words.every((word) => word !== undefined) ? (words as string[]) : undefined;
}

const isFargate = (tree: Tree | undefined): boolean =>
  tree !== undefined &&
  (tree.kind === 'list' ? tree.items : [tree]).some((one) => one.kind === 'scalar' && one.text.includes('FARGATE'));

const IMAGE = new Set(['image', 'image_uri', 'image_identifier']);

/** A reference; without a text where it is filled in later. */
type Reference = Extent & { readonly text: string | undefined };

/** The references that containers run, wherever they stand in a resource; in a text of JSON too. */
function imagesIn(tree: Tree, depth: number): readonly Reference[] {
  if (depth > 20) return [];
  if (tree.kind === 'list') return tree.items.flatMap((item) => imagesIn(item, depth + 1));
  return entriesOf(tree).flatMap(([key, value]) => {
    if (value.kind !== 'scalar') return imagesIn(value, depth + 1);
    const { offset, end } = value;
    if (IMAGE.has(key) && value.text !== '')
      return [{ offset, end, text: value.tag === EXPRESSION ? undefined : value.text }];
    return key === 'container_definitions' ? imagesOfJson(value) : [];
  });
}

function imagesOfJson({ text, offset, end: last, tag }: Tree & { readonly kind: 'scalar' }): readonly Reference[] {
  if (tag === EXPRESSION) {
    // `jsonencode(concat(…))` and the like: what is written in it, and perhaps more.
    const written = [...text.matchAll(/\bimage"?\s*[=:]\s*("[^"\n]+")/g)].map(({ 0: whole, 1: value = '', index }) => {
      const end = offset + index + whole.length;
      return { text: value.slice(1, -1), offset: end - value.length, end };
    });
    return [...written, { text: undefined, offset, end: last }];
  }
  const found = readTrees(text).roots.flatMap((root) => imagesIn(root, 1));
  // In quotes the text begins behind them, and a quote within takes two characters: near enough to be shown.
  return found.map((one) => ({ ...one, offset: offset + one.offset, end: offset + one.end }));
}
