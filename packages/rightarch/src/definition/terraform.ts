import { readAppRunner } from './apprunner.ts';
import { camelCased, readJobDefinition } from './batch.ts';
import { readTaskDefinition } from './ecs.ts';
import { EXPRESSION, type HclBlock, readHcl } from './hcl.ts';
import { readFunction } from './lambda.ts';
import { inner, mapOf, marked } from './synthetic.ts';
import { child, type Extent, entriesOf, itemsOf, readTrees, scalarText, type Tree } from './tree.ts';
import type { Reading, Workload } from './types.ts';

/** A resource as source and plan have it: blocks within it are lists of maps in both. */
export interface TerraformResource extends Extent {
  readonly type: string;
  readonly name: string;
  readonly body: Tree;
  /** What names it. */
  readonly at: Extent;
}

/** `resource "aws_…" "name" {` or `module "name" {` at the beginning of a line: no YAML and no JSON has one. */
const SOURCE = /^[ \t]*(?:resource[ \t]+"\w+"|module)[ \t]+"[^"\n]*"[ \t]*\{/m;

/** Terraform source that has a resource or a module. */
export const isTerraform = (text: string): boolean => SOURCE.test(text);

/** What the resources of Terraform source run. Locals of the same text are put in; nothing else is evaluated. */
export function readTerraform(text: string, reading: Reading): readonly Workload[] {
  const blocks = readHcl(text);
  const locals = new Map(blocks.flatMap(({ type, body }) => (type === 'locals' ? entriesOf(body) : [])));
  return blocks.flatMap((block: HclBlock) => {
    const [type, name] = block.labels;
    if (block.type !== 'resource' || type === undefined || name === undefined) return [];
    const { offset, end, body } = block;
    return workloadsOf({ type, name, body: resolved(body, locals, reading), offset, end }, reading);
  });
}

/** The first line that calls a module: what it makes of its arguments only Terraform knows. */
export const moduleIn = (text: string): Extent | undefined => readHcl(text).find(({ type }) => type === 'module');

/** `local.name` as the value that stands there, where one does. Each value counts, so that a few lines cannot unfold without end. */
function resolved(tree: Tree, locals: ReadonlyMap<string, Tree>, reading: Reading, depth = 0): Tree {
  if (!reading.spend(1)) return tree;
  const inside = (one: Tree): Tree => resolved(one, locals, reading, depth);
  if (tree.kind === 'list') return { ...tree, items: tree.items.map(inside) };
  if (tree.kind === 'map')
    return { ...tree, entries: new Map([...tree.entries].map(([key, value]) => [key, inside(value)] as const)) };
  const name = tree.kind === 'scalar' && tree.tag === EXPRESSION ? /^local\.(\w+)$/.exec(tree.text)?.[1] : undefined;
  const value = name === undefined ? undefined : locals.get(name);
  return value === undefined || depth > 4 ? tree : resolved(value, locals, reading, depth + 1);
}

/** What the resources of `terraform show -json` run, of a plan or of a state. */
export const readPlan = (root: Tree, reading: Reading): readonly Workload[] =>
  resourcesOfPlan(root).flatMap((one) => (reading.spend(1) ? workloadsOf(one, reading) : []));

/** Its resources. A value that is known only after apply is missing among the planned ones and named in `after_unknown`: it is open. */
export function resourcesOfPlan(root: Tree | undefined): readonly TerraformResource[] {
  const unknown = new Map<string, Tree>();
  for (const change of itemsOf(child(root, 'resource_changes'))) {
    const [address, after] = [scalarText(child(change, 'address')), child(child(change, 'change'), 'after_unknown')];
    if (address !== undefined && after !== undefined) unknown.set(address, after);
  }
  const found: TerraformResource[] = [];
  const modules = [child(child(root, 'planned_values', 'values'), 'root_module')];
  for (let module = modules.shift(); module !== undefined; module = modules.shift()) {
    for (const one of itemsOf(child(module, 'resources'))) {
      const [type, name, body] = [scalarText(child(one, 'type')), scalarText(child(one, 'name')), child(one, 'values')];
      if (type === undefined || name === undefined || body === undefined) continue;
      const later = unknown.get(scalarText(child(one, 'address')) ?? '');
      const { offset, end } = one;
      const at = child(one, 'type') ?? one;
      found.push({ type, name, body: later === undefined ? body : withUnknown(body, later), offset, end, at });
    }
    modules.push(...itemsOf(child(module, 'child_modules')));
  }
  return found;
}

function withUnknown(tree: Tree, later: Tree): Tree {
  if (later.kind === 'scalar' && later.value === true)
    return { offset: tree.offset, end: tree.end, kind: 'scalar', tag: EXPRESSION, value: LATER, text: LATER };
  if (tree.kind === 'map' && later.kind === 'map') {
    const entries = new Map(tree.entries);
    for (const [key, one] of later.entries) {
      const isKnown = one.kind === 'scalar' ? one.value !== true : false;
      const value = entries.get(key) ?? { offset: tree.offset, end: tree.end, kind: 'scalar', value: null, text: '' };
      if (!isKnown) entries.set(key, withUnknown(value, one));
    }
    return { ...tree, entries };
  }
  if (tree.kind === 'list' && later.kind === 'list')
    return {
      ...tree,
      items: tree.items.map((item, i) => (later.items[i] === undefined ? item : withUnknown(item, later.items[i]))),
    };
  return tree;
}

const LATER = '(known after apply)';

/** What one resource runs. */
export function workloadsOf(
  { type, name, body, offset, end }: Omit<TerraformResource, 'at'>,
  reading: Reading,
): readonly Workload[] {
  const where = { offset, end };
  const own = (...path: readonly string[]): Tree | undefined =>
    path.reduce<Tree | undefined>((tree, key) => {
      const at = inner(tree);
      // A block that is made when it is applied may hold anything.
      return at === undefined || at.kind === 'map' ? child(at, key) : at;
    }, body);
  const stands = reading.stands(where);
  switch (type) {
    case 'aws_ecs_task_definition': {
      const definition = mapOf(where, {
        family: own('family'),
        requiresCompatibilities: own('requires_compatibilities'),
        runtimePlatform: mapOf(where, {
          cpuArchitecture: own('runtime_platform', 'cpu_architecture'),
          operatingSystemFamily: own('runtime_platform', 'operating_system_family'),
        }),
        containerDefinitions: decoded(own('container_definitions')),
      });
      return [{ ...readTaskDefinition(definition, name, reading), ...stands }];
    }
    case 'aws_batch_job_definition': {
      const definition = mapOf(where, {
        jobDefinitionName: own('name'),
        platformCapabilities: own('platform_capabilities'),
        containerProperties: decoded(own('container_properties')),
        ecsProperties: decoded(own('ecs_properties')),
        eksProperties: camelCased(inner(own('eks_properties'))),
        nodeProperties: decoded(own('node_properties')),
      });
      const job = readJobDefinition(definition, name, reading);
      return job === undefined ? [] : [job];
    }
    case 'aws_lambda_function': {
      const image = own('image_config');
      const properties = mapOf(where, {
        FunctionName: own('function_name'),
        PackageType: own('package_type'),
        ImageUri: own('image_uri'),
        Architectures: own('architectures'),
        ImageConfig:
          image &&
          mapOf(image, {
            EntryPoint: own('image_config', 'entry_point'),
            Command: own('image_config', 'command'),
            WorkingDirectory: own('image_config', 'working_directory'),
          }),
        Environment: environmentOf(own('environment'), own('environment', 'variables')),
        FileSystemConfigs: mountsOf(own('file_system_config')),
      });
      const read = readFunction({ properties }, { name, where }, reading);
      return read === undefined ? [] : [read];
    }
    case 'aws_apprunner_service': {
      const repository = (...path: readonly string[]) => own('source_configuration', 'image_repository', ...path);
      const image = repository();
      const properties = mapOf(where, {
        ServiceName: own('service_name'),
        SourceConfiguration: mapOf(where, {
          ImageRepository:
            image &&
            mapOf(image, {
              ImageIdentifier: repository('image_identifier'),
              ImageConfiguration: mapOf(image, {
                StartCommand: repository('image_configuration', 'start_command'),
                RuntimeEnvironmentVariables: repository('image_configuration', 'runtime_environment_variables'),
                RuntimeEnvironmentSecrets: repository('image_configuration', 'runtime_environment_secrets'),
              }),
            }),
        }),
      });
      return [readAppRunner(properties, { name, where }, reading)];
    }
    default:
      return [];
  }
}

function environmentOf(block: Tree | undefined, variables: Tree | undefined): Tree | undefined {
  return block === undefined || variables === undefined ? undefined : mapOf(block, { Variables: variables });
}

function mountsOf(blocks: Tree | undefined): Tree | undefined {
  if (blocks?.kind !== 'list') return blocks;
  const items = blocks.items.map((one) => mapOf(one, { LocalMountPath: child(one, 'local_mount_path') }));
  return { ...blocks, items };
}

/** A text of JSON as what it says; `${…}` in it is put in by Terraform. What is no JSON stays what it is: nobody can read it. */
function decoded(tree: Tree | undefined): Tree | undefined {
  if (tree?.kind !== 'scalar' || tree.tag === EXPRESSION || typeof tree.value !== 'string') return tree;
  // Numbers are often put in without quotes, which is no JSON before they are.
  const text = tree.text.replace(/(?<=[:[,]\s*)[$%]\{[^{}"]*\}(?=\s*[,}\]])/g, (variable) => JSON.stringify(variable));
  const { roots, problem } = readTrees(text);
  const [root] = roots;
  if (problem !== undefined || root === undefined || roots.length !== 1 || root.kind === 'scalar')
    return { ...tree, tag: EXPRESSION };
  return marked(root, /[$%]\{/, tree);
}
