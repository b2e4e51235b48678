import { isAlias, isMap, isNode, isPair, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { type Platform, parseCpu, parsePlatform } from '../../core/index.ts';
import type { TargetId } from '../../target/index.ts';
import type { Found, FoundBuild, FoundName, FoundRuntime, Place } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { ecrName, nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';
import { readYaml, scalar, words } from './yaml.ts';

/** CloudFormation, SAM, serverless.yml, Kubernetes and compose files: which resources run a container, on which CPU. */
export function discoverTemplates({ path, text }: SourceFile): Partial<Found> {
  if (!/AWS::|kind:|functions:|services:|Resources|containerDefinitions/.test(text)) return {};
  const { roots, lineOf } = readYaml(text);
  const runtimes: FoundRuntime[] = [];
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  const place = (node: Node): Place => ({ file: path, line: lineOf(node.range?.[0] ?? 0) });
  for (const root of roots) {
    if (!isMap(root)) continue;
    const resources = child(root, 'Resources');
    if (resources !== undefined) {
      runtimes.push(...resourceRuntimes(resources, place));
      names.push(...resourceNames(resources, place));
      builds.push(...samBuilds(resources, path, place));
    }
    if (root.has('containerDefinitions')) {
      runtimes.push(taskDefinition(root, place));
      names.push(...containerNames(root, 'containerDefinitions', taskRuntime(root), place));
    }
    if (child(root, 'functions') !== undefined && child(root, 'provider') !== undefined)
      runtimes.push(...serverlessRuntimes(root, place));
    if (scalar(root, 'kind') !== undefined && scalar(root, 'apiVersion') !== undefined) {
      const [pod] = podRuntimes(root, place);
      if (pod !== undefined) {
        runtimes.push(pod);
        names.push(...containerNames(podSpec(root), 'containers', pod.runtime, place));
      }
    }
    const services = child(root, 'services');
    if (services !== undefined && /compose/i.test(path)) {
      builds.push(...composeBuilds(services, path, place));
      names.push(...composeNames(services, path, place));
    }
  }
  return { runtimes, builds, names };
}

function child(map: YAMLMap | undefined, key: string): YAMLMap | undefined {
  const value: unknown = map?.get(key, true);
  return isMap(value) ? value : undefined;
}

const cpus = (names: readonly string[]): readonly Platform[] => names.flatMap((name) => parseCpu(name) ?? []);

function entries(map: YAMLMap): (readonly [string, YAMLMap])[] {
  return map.items.flatMap((item) =>
    isPair(item) && isMap(item.value) && !isAlias(item.value) ? [[String(item.key), item.value] as const] : [],
  );
}

function resourceRuntimes(resources: YAMLMap, place: (node: YAMLMap) => Place): FoundRuntime[] {
  return entries(resources).flatMap(([name, resource]) => {
    const type = scalar(resource, 'Type');
    const properties = child(resource, 'Properties');
    if (type === 'AWS::ECS::TaskDefinition') {
      const declared = cpus(words(child(properties, 'RuntimePlatform'), 'CpuArchitecture'));
      return [
        runtimeAt(taskRuntime(properties), place(resource), {
          name: scalar(properties, 'Family') ?? name,
          declared,
        }),
      ];
    }
    if (type === 'AWS::Lambda::Function' || type === 'AWS::Serverless::Function') {
      if (scalar(properties, 'PackageType') !== 'Image' && child(properties, 'Code')?.get('ImageUri') === undefined)
        return [];
      return [
        runtimeAt('lambda', place(resource), {
          name: scalar(properties, 'FunctionName') ?? name,
          declared: cpus(words(properties, 'Architectures')),
        }),
      ];
    }
    return type === 'AWS::AppRunner::Service' ? [runtimeAt('apprunner', place(resource), { name })] : [];
  });
}

function serverlessRuntimes(root: YAMLMap, place: (node: YAMLMap) => Place): FoundRuntime[] {
  const shared = words(child(root, 'provider'), 'architecture');
  return entries(child(root, 'functions')!).flatMap(([name, one]) => {
    if (one.get('image') === undefined) return [];
    const own = words(one, 'architecture');
    return [runtimeAt('lambda', place(one), { name, declared: cpus(own.length > 0 ? own : shared) })];
  });
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod', 'ReplicaSet']);

function podRuntimes(root: YAMLMap, place: (node: YAMLMap) => Place): FoundRuntime[] {
  const kind = scalar(root, 'kind') ?? '';
  const api = scalar(root, 'apiVersion') ?? '';
  const name = scalar(child(root, 'metadata'), 'name');
  if (kind === 'Service' && api.startsWith('serving.knative.dev/'))
    return [runtimeAt('cloud-run', place(root), { name })];
  if (!WORKLOADS.has(kind)) return [];
  const pod = podSpec(root);
  return [
    runtimeAt('kubernetes', place(root), {
      name,
      declared: cpus(words(child(pod, 'nodeSelector'), 'kubernetes.io/arch')),
    }),
  ];
}

/** The specification of the pod that a workload, or a service of Knative, makes. */
function podSpec(root: YAMLMap): YAMLMap | undefined {
  const kind = scalar(root, 'kind');
  const outer = child(root, 'spec');
  const job = kind === 'CronJob' ? child(child(outer, 'jobTemplate'), 'spec') : outer;
  return kind === 'Pod' ? outer : child(child(job, 'template'), 'spec');
}

/** Fargate or a host of EC2: what a task definition asks for, under the key's name in CloudFormation and in the API. */
function taskRuntime(definition: YAMLMap | undefined): TargetId {
  const asked = ['RequiresCompatibilities', 'requiresCompatibilities'].flatMap((key) => words(definition, key));
  return asked.includes('FARGATE') ? 'ecs-fargate' : 'ecs-ec2';
}

/** A task definition of its own, as ecspresso and `aws ecs register-task-definition` take it. */
function taskDefinition(root: YAMLMap, place: (node: Node) => Place): FoundRuntime {
  const family = scalar(root, 'family');
  return runtimeAt(taskRuntime(root), place(root), {
    name: family?.includes('{{') ? undefined : family,
    declared: cpus(words(child(root, 'runtimePlatform'), 'cpuArchitecture')),
  });
}

/** `image` of each container of a list, under the key's name in Kubernetes and in ECS. */
function containerNames(
  map: YAMLMap | undefined,
  key: string,
  runtime: TargetId | undefined,
  place: (node: Node) => Place,
): readonly FoundName[] {
  const list: unknown = map?.get(key, true);
  if (!isSeq(list)) return [];
  return list.items.flatMap((item) => {
    if (!isMap(item)) return [];
    const image = item.get('image', true) ?? item.get('Image', true);
    if (!isNode(image)) return [];
    return nameAt(text(image), place(image), { how: 'pulled', runtime });
  });
}

/** A string, or what `Fn::Sub` makes of one: its variables stay as they are written. */
function text(node: Node): string | undefined {
  if (isScalar(node)) return typeof node.value === 'string' ? node.value : undefined;
  const sub: unknown = isMap(node) ? node.get('Fn::Sub') : undefined;
  return typeof sub === 'string' ? sub : undefined;
}

/** The repositories that a template makes, and the images that its resources run. */
function resourceNames(resources: YAMLMap, place: (node: Node) => Place): readonly FoundName[] {
  return entries(resources).flatMap(([, resource]) => {
    const properties = child(resource, 'Properties');
    const at = (node: unknown): Place => place(isNode(node) ? node : resource);
    switch (scalar(resource, 'Type')) {
      case 'AWS::ECR::Repository': {
        const name = scalar(properties, 'RepositoryName');
        const made = name === undefined ? undefined : ecrName(name);
        return nameAt(made, at(properties?.get('RepositoryName', true)), { how: 'declared' });
      }
      case 'AWS::ECS::TaskDefinition':
        return containerNames(properties, 'ContainerDefinitions', taskRuntime(properties), place);
      case 'AWS::Lambda::Function':
      case 'AWS::Serverless::Function': {
        const uri: unknown = properties?.get('ImageUri', true) ?? child(properties, 'Code')?.get('ImageUri', true);
        return isNode(uri) ? nameAt(text(uri), at(uri), { how: 'pulled', runtime: 'lambda' }) : [];
      }
      default:
        return [];
    }
  });
}

/** `Metadata: { Dockerfile, DockerContext }` of a SAM function: what `sam build` builds for it. */
function samBuilds(resources: YAMLMap, file: string, place: (node: Node) => Place): readonly FoundBuild[] {
  const base = folderOf(file);
  return entries(resources).flatMap(([, resource]) => {
    const metadata = child(resource, 'Metadata');
    const dockerfile = scalar(metadata, 'Dockerfile');
    const context = scalar(metadata, 'DockerContext');
    if (metadata === undefined || dockerfile === undefined || context === undefined) return [];
    const platforms = cpus(words(child(resource, 'Properties'), 'Architectures'));
    const inside = `${base}${context.replace(/^\.\/?/, '')}`.replace(/\/$/, '');
    return [
      {
        platforms,
        builder: undefined,
        dockerfile: inside === '' ? dockerfile : `${inside}/${dockerfile}`,
        context: inside === '' ? '.' : inside,
        at: place(metadata),
      },
    ];
  });
}

const folderOf = (file: string): string => (file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/` : '');

/** `image` beside `build`: the name that `docker compose build` gives and `docker compose push` pushes. */
function composeNames(services: YAMLMap, file: string, place: (node: Node) => Place): readonly FoundName[] {
  return entries(services).flatMap(([, service]) => {
    const image: unknown = service.get('image', true);
    if (!service.has('build') || !isNode(image)) return [];
    const build: unknown = service.get('build', true);
    const dockerfile = composeDockerfile(service, isMap(build) ? build : undefined, folderOf(file));
    return nameAt(text(image), place(image), { how: 'pushed', dockerfile });
  });
}

function composeDockerfile(service: YAMLMap, map: YAMLMap | undefined, base: string): string {
  const context = (map === undefined ? scalar(service, 'build') : scalar(map, 'context')) ?? '.';
  return `${base}${context.replace(/^\.\/?/, '')}/${scalar(map, 'dockerfile') ?? 'Dockerfile'}`
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '');
}

function composeBuilds(services: YAMLMap, file: string, place: (node: YAMLMap) => Place): FoundBuild[] {
  const base = folderOf(file);
  return entries(services).flatMap(([, service]) => {
    const build: unknown = service.get('build', true);
    if (build === undefined) return [];
    const map = isMap(build) ? build : undefined;
    const context = (map === undefined ? scalar(service, 'build') : scalar(map, 'context')) ?? '.';
    const listed = words(map, 'platforms');
    const names = listed.length > 0 ? listed : words(service, 'platform');
    const platforms = names.flatMap((name) => parsePlatform(name) ?? []);
    const dockerfile = composeDockerfile(service, map, base);
    return [{ platforms, builder: undefined, dockerfile, context: `${base}${context}`, at: place(service) }];
  });
}
