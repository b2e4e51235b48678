import { positionsOf } from '../core/index.ts';
import { readAppRunner } from './apprunner.ts';
import { readJobDefinition } from './batch.ts';
import { readCompose } from './compose.ts';
import { readTaskDefinition } from './ecs.ts';
import { type Beside, besideKey, readResource } from './kubernetes.ts';
import { readFunction } from './lambda.ts';
import { readServerless } from './serverless.ts';
import { isTerraform, moduleIn, readPlan, readTerraform, type TerraformResource, workloadsOf } from './terraform.ts';
import {
  child,
  type Extent,
  entriesOf,
  itemsOf,
  MAX_DEFINITION_CHARACTERS,
  type PlaceOf,
  readTrees,
  scalarText,
  type Tree,
  type Trees,
} from './tree.ts';
import type { Reading, Workload } from './types.ts';

/** Everything that a text says runs, in its order. */
export interface Definition {
  readonly workloads: readonly Workload[];
  readonly problem?: Trees['problem'] | { readonly kind: 'module'; readonly line: number };
}

/** More values than any service takes; the text is then read to this point and no further. */
const MOST_VALUES = 200_000;

/** Reads a task definition, a template, a manifest, a compose file or Terraform, as JSON, YAML or HCL. Never throws; bounded. */
export function readDefinition(text: string): Definition {
  if (isTerraform(text)) {
    if (text.length > MAX_DEFINITION_CHARACTERS) return { workloads: [], problem: { kind: 'too-large', line: 1 } };
    const placeOf = positionsOf(text);
    const workloads = readTerraform(text, readingBy(placeOf));
    const module = workloads.length === 0 ? moduleIn(text) : undefined;
    if (module === undefined) return { workloads };
    return { workloads, problem: { kind: 'module', line: placeOf(module.offset).line } };
  }
  const trees = readTrees(text);
  const [nested] = trees.roots.flatMap((root) => scalarText(child(root, 'TemplateBody')) ?? []);
  // `aws cloudformation get-template` gives a template of YAML as a text; one within one is none of its.
  const read = nested === undefined ? trees : readTrees(nested);
  const planned = trees.roots.flatMap((root) => readPlan(root, readingBy(trees.placeOf)));
  const workloads = [...planned, ...workloadsIn(read)];
  return { workloads, ...(trees.problem === undefined ? {} : { problem: trees.problem }) };
}

function readingBy(placeOf: PlaceOf): Reading {
  let left = MOST_VALUES;
  return {
    lineOf: (offset) => placeOf(offset).line,
    placeOf,
    stands: ({ offset, end }) => ({ ...placeOf(offset), at: { offset, end } }),
    spend: (count) => {
      left -= count;
      return left >= 0;
    },
  };
}

/** The same of one resource of Terraform, whose names are put in already. */
export const workloadsOfResource = (
  resource: Pick<TerraformResource, 'type' | 'name' | 'body' | keyof Extent>,
  placeOf: PlaceOf,
): readonly Workload[] => workloadsOf(resource, readingBy(placeOf));

/** The same of documents that are read already. */
export function workloadsIn({ roots, placeOf }: Trees): readonly Workload[] {
  const reading = readingBy(placeOf);
  const documents = roots.flatMap((root) => flattened(root, reading));
  const beside = new Map<string, Tree[]>();
  for (const document of documents) {
    const kind = scalarText(child(document, 'kind'));
    const name = scalarText(child(child(document, 'metadata'), 'name'));
    if ((kind !== 'ConfigMap' && kind !== 'Secret') || name === undefined) continue;
    const key = besideKey(kind, name);
    const same = beside.get(key);
    if (same === undefined) beside.set(key, [document]);
    else same.push(document);
  }
  return documents.flatMap((document) => workloadsOfRoot(document, beside, reading));
}

/** A `List` of the Kubernetes API as its items. */
function flattened(root: Tree, { spend }: Reading): readonly Tree[] {
  const kind = scalarText(child(root, 'kind'));
  if (kind === undefined || !kind.endsWith('List') || child(root, 'apiVersion') === undefined) return [root];
  return itemsOf(child(root, 'items')).filter(() => spend(1));
}

function workloadsOfRoot(root: Tree, beside: Beside, reading: Reading): readonly Workload[] {
  if (root.kind !== 'map') return [];
  const found: Workload[] = [];
  const whole = child(root, 'TemplateBody') ?? root;
  const globals = child(child(whole, 'Globals'), 'Function');
  for (const [name, resource] of entriesOf(child(whole, 'Resources'))) {
    const one = reading.spend(1) ? readTemplateResource(name, resource, globals, reading) : undefined;
    if (one !== undefined) found.push(one);
  }
  const described = child(root, 'taskDefinition');
  const task = described?.kind === 'map' ? described : root;
  if (child(task, 'containerDefinitions') !== undefined) found.push(readTaskDefinition(task, undefined, reading));
  for (const one of [root, child(root, 'Configuration'), ...itemsOf(child(root, 'Functions'))]) {
    if (child(one, 'PackageType') === undefined || one === undefined) continue;
    const code = child(root, 'Code');
    const function_ = readFunction({ properties: one, code }, { name: undefined, where: one }, reading);
    if (function_ !== undefined) found.push(function_);
  }
  const jobs = itemsOf(child(root, 'jobDefinitions'));
  for (const one of jobs.length > 0 ? jobs : [root]) {
    const job = reading.spend(1) ? readJobDefinition(one, undefined, reading) : undefined;
    if (job !== undefined) found.push(job);
  }
  const service = child(root, 'Service') ?? root;
  if (child(child(service, 'SourceConfiguration'), 'ImageRepository') !== undefined)
    found.push(readAppRunner(service, { name: undefined, where: service }, reading));
  found.push(...readServerless(root, reading));
  if (child(root, 'kind') !== undefined && child(root, 'apiVersion') !== undefined) {
    const resource = readResource(root, beside, reading);
    if (resource !== undefined) found.push(resource);
  }
  const services = child(root, 'services');
  if (services?.kind === 'map') found.push(...readCompose(root, reading));
  return found;
}

function readTemplateResource(
  name: string,
  resource: Tree,
  globals: Tree | undefined,
  reading: Reading,
): Workload | undefined {
  const properties = child(resource, 'Properties') ?? resource;
  switch (scalarText(child(resource, 'Type'))) {
    case 'AWS::ECS::TaskDefinition':
      return { ...readTaskDefinition(properties, name, reading), ...reading.stands(resource) };
    case 'AWS::Serverless::Function':
      return readFunction({ properties, globals }, { name, where: resource }, reading);
    case 'AWS::Lambda::Function':
      return readFunction({ properties }, { name, where: resource }, reading);
    case 'AWS::AppRunner::Service':
      return readAppRunner(properties, { name, where: resource }, reading);
    case 'AWS::Batch::JobDefinition': {
      const job = readJobDefinition(properties, name, reading);
      return job && { ...job, ...reading.stands(resource) };
    }
    default:
      return undefined;
  }
}
