import { child, entriesOf, readTrees, workloadsIn } from '../../definition/index.ts';
import {
  type Found,
  type FoundBuild,
  type FoundLayer,
  type FoundName,
  type FoundNodes,
  type FoundProject,
  type FoundRuntime,
  placesIn,
} from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { AZURE_YAML, readAzureYaml } from './azure-yaml.ts';
import { CLOUD_BUILD, cloudBuilds } from './cloud-build.ts';
import { repositories, samBuilds, templateLayers, templateNodes, templateProjects } from './cloudformation.ts';
import { composeBuilds, composeNames } from './compose.ts';
import { readKustomization } from './kustomize.ts';
import { templateMachines } from './machines.ts';
import { manifestNodes } from './node-manifests.ts';
import { templateModels } from './sagemaker.ts';
import { serverlessBuilds, serverlessLayers } from './serverless.ts';
import { readSkaffold } from './skaffold.ts';
import type { PlaceOf } from './tree-parts.ts';
import { pulledBy, runtimeOf } from './workload.ts';

/**
 * CloudFormation, SAM, serverless.yml, Kubernetes, compose, skaffold, kustomize and Cloud Build: which resources run a container, on
 * which CPU, and what is built for them.
 */
export function discoverTemplates({ path, text }: SourceFile): Partial<Found> {
  const said = relevantPart(text, path);
  if (said === undefined) return {};
  const trees = readTrees(said);
  const runtimes: FoundRuntime[] = [];
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  const layers: FoundLayer[] = [];
  const nodes: FoundNodes[] = [];
  const projects: FoundProject[] = [];
  const placeAt = placesIn(path, said);
  const place: PlaceOf = ({ offset, end }) => placeAt(offset, end);
  for (const root of trees.roots) {
    const serverless = serverlessBuilds(root, path, place);
    const cloud = cloudBuilds(root, place);
    builds.push(...serverless.builds, ...cloud.builds);
    runtimes.push(...cloud.runtimes);
    names.push(...cloud.names);
    // What a service of compose runs on, no file says.
    for (const workload of workloadsIn({ ...trees, roots: [root] }).filter(({ kind }) => kind !== 'compose')) {
      const dockerfile = serverless.made.get(workload.name ?? '');
      const own = runtimeOf(workload, place);
      runtimes.push(...(dockerfile === undefined ? own : own.map((one) => ({ ...one, dockerfile }))));
      names.push(...pulledBy(workload, place));
    }
    layers.push(...serverlessLayers(root, place));
    nodes.push(...manifestNodes(root, place));
    const resources = entriesOf(child(root, 'Resources')).filter(([, { kind }]) => kind === 'map');
    names.push(...repositories(resources, place));
    builds.push(...samBuilds(resources, path, place));
    layers.push(...templateLayers(root, resources, place));
    projects.push(...templateProjects(resources, place));
    nodes.push(...templateNodes(resources, place), ...templateMachines(root, resources, { text: said, place }));
    const models = templateModels(resources, place);
    runtimes.push(...models.runtimes);
    names.push(...models.names);
    const services = entriesOf(child(root, 'services')).filter(([, { kind }]) => kind === 'map');
    if (/compose/i.test(path)) {
      builds.push(...composeBuilds(services, path, place));
      names.push(...composeNames(services, path, place));
    }
    const skaffold = readSkaffold(root, path, place);
    builds.push(...skaffold.builds);
    const kustomization = readKustomization(root, path, place);
    names.push(...skaffold.names, ...kustomization.names);
    runtimes.push(...kustomization.runtimes);
    const azure = readAzureYaml(root, place);
    runtimes.push(...azure.runtimes);
    names.push(...azure.names);
  }
  return { runtimes, builds, names, layers, nodes, projects };
}

/** Kinds of Kubernetes and its neighbours that run something, or say on what. */
const KINDS =
  /\bkind["']?\s*:\s*["']?(?:Deployment|StatefulSet|DaemonSet|(?:Cron)?Job|Pod|ReplicaSet|ReplicationController|Kustomization|ClusterConfig|NodePool|Provisioner|\w*List)\b|serving\.knative\.dev|run\.googleapis\.com|\bskaffold\//;
const RESOURCES =
  /AWS::(?:ECS::(?:TaskDefinition|CapacityProvider|Service)|AppRunner::Service|ECR::Repository|CodeBuild::Project|EKS::Nodegroup|Lambda::LayerVersion|Serverless::LayerVersion|Batch::(?:JobDefinition|ComputeEnvironment)|SageMaker::(?:Model|EndpointConfig)|AutoScaling::(?:AutoScalingGroup|LaunchConfiguration)|EC2::(?:LaunchTemplate|Instance))\b/;
/** A function of a zip file without layers says nothing here, and many templates have hundreds. */
const FUNCTIONS = /AWS::(?:Lambda|Serverless)::Function\b/;
const OF_IMAGES = /PackageType|ImageUri|:layer:|Dockerfile|\bLayers\b/;
const SERVERLESS = [/(?:^|[\s{,"'])functions["']?\s*:/, /(?:^|[\s{,"'])provider["']?\s*:/] as const;

/** Whether a document says something of what is built or run, by words without which it does not. */
function saysSomething(text: string, path: string): boolean {
  if (/compose/i.test(path) && text.includes('services')) return true;
  if (/(^|\/)kustomization\.ya?ml$/i.test(path) && /images|nodeSelector/.test(text)) return true;
  return (
    KINDS.test(text) ||
    CLOUD_BUILD.test(text) ||
    AZURE_YAML.test(text) ||
    /containerDefinitions|PackageType|containerProperties/.test(text) ||
    RESOURCES.test(text) ||
    (FUNCTIONS.test(text) && OF_IMAGES.test(text)) ||
    SERVERLESS.every((word) => word.test(text))
  );
}

/**
 * The documents of a text that may say something; of the others only their lines are left, so that places stay. The
 * definitions of custom resources are most of the bytes of many repositories, and parsing them most of the time.
 */
function relevantPart(text: string, path: string): string | undefined {
  if (!saysSomething(text, path)) return undefined;
  const documents = text.split(/^(?=---(?:\s|$))/m);
  return documents.map((one) => (saysSomething(one, path) ? relevantResources(one, path) : emptied(one))).join('');
}

const emptied = (text: string): string => text.replace(/[^\n]+/g, '');

/** A template that is longer has its resources looked at one by one. */
const LONG = 20_000;

/**
 * The same for the resources of a long template, each from its name to the next. Where something may be meant elsewhere
 * by an anchor, all of them stay.
 */
function relevantResources(text: string, path: string): string {
  const head = /^Resources:[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( +)(?=[\w"'])/m.exec(text);
  if (text.length < LONG || head === null || /(?:^|[\s[{,])&\w/m.test(text)) return text;
  const from = head.index + head[0].length - (head[1]?.length ?? 0);
  const behind = /^\w/m.exec(text.slice(from));
  const to = behind === null ? text.length : from + behind.index;
  const resources = text.slice(from, to).split(new RegExp(`^(?=${head[1]}[\\w"'])`, 'm'));
  // Layers of all functions.
  if (/:layer:/.test(text.slice(0, from) + text.slice(to))) return text;
  const kept = resources.map((one) => (saysSomething(one, path) ? one : emptied(one)));
  return `${text.slice(0, from)}${kept.join('')}${text.slice(to)}`;
}
