import { isAlias, isMap, isPair, LineCounter, parseAllDocuments, type YAMLMap } from 'yaml';
import { type Platform, parseCpu, parsePlatform } from '../../core/index.ts';
import type { Found, FoundBuild, FoundRuntime, Place } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { runtimeAt } from './runtime.ts';

/** Larger than any template that a service accepts (CloudFormation: 1 MB), so that a stray dump is not parsed. */
const MAX_TEXT = 2_000_000;

/** CloudFormation, SAM, serverless.yml, Kubernetes and compose files: which resources run a container, on which CPU. */
export function discoverTemplates({ path, text }: SourceFile): Partial<Found> {
  if (text.length > MAX_TEXT || !/AWS::|kind:|functions:|services:|Resources/.test(text)) return {};
  const lines = new LineCounter();
  const runtimes: FoundRuntime[] = [];
  const builds: FoundBuild[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' })) {
    const root = document.contents;
    if (!isMap(root)) continue;
    const place = (node: YAMLMap): Place => ({ file: path, line: lines.linePos(node.range?.[0] ?? 0).line });
    const resources = child(root, 'Resources');
    if (resources !== undefined) runtimes.push(...resourceRuntimes(resources, place));
    if (child(root, 'functions') !== undefined && child(root, 'provider') !== undefined)
      runtimes.push(...serverlessRuntimes(root, place));
    if (scalar(root, 'kind') !== undefined && scalar(root, 'apiVersion') !== undefined)
      runtimes.push(...podRuntimes(root, place));
    const services = child(root, 'services');
    if (services !== undefined && /compose/i.test(path)) builds.push(...composeBuilds(services, path, place));
  }
  return { runtimes, builds };
}

function child(map: YAMLMap | undefined, key: string): YAMLMap | undefined {
  const value: unknown = map?.get(key, true);
  return isMap(value) ? value : undefined;
}

/** A scalar as text; anything else, intrinsic functions included, is undefined. */
function scalar(map: YAMLMap | undefined, key: string): string | undefined {
  const value: unknown = map?.get(key);
  return typeof value === 'string' ? value : undefined;
}

function words(map: YAMLMap | undefined, key: string): readonly string[] {
  const value: unknown = map?.get(key);
  if (typeof value === 'string') return [value];
  const items = (value as { readonly items?: readonly { readonly value?: unknown }[] } | undefined)?.items ?? [];
  return items.flatMap((item) => (typeof item.value === 'string' ? [item.value] : []));
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
      const fargate = words(properties, 'RequiresCompatibilities').includes('FARGATE');
      const declared = cpus(words(child(properties, 'RuntimePlatform'), 'CpuArchitecture'));
      return [
        runtimeAt(fargate ? 'ecs-fargate' : 'ecs-ec2', place(resource), {
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
  const outer = child(root, 'spec');
  const job = kind === 'CronJob' ? child(child(outer, 'jobTemplate'), 'spec') : outer;
  const pod = kind === 'Pod' ? outer : child(child(job, 'template'), 'spec');
  return [
    runtimeAt('kubernetes', place(root), {
      name,
      declared: cpus(words(child(pod, 'nodeSelector'), 'kubernetes.io/arch')),
    }),
  ];
}

function composeBuilds(services: YAMLMap, file: string, place: (node: YAMLMap) => Place): FoundBuild[] {
  const base = file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/` : '';
  return entries(services).flatMap(([, service]) => {
    const build: unknown = service.get('build', true);
    if (build === undefined) return [];
    const map = isMap(build) ? build : undefined;
    const context = (map === undefined ? scalar(service, 'build') : scalar(map, 'context')) ?? '.';
    const listed = words(map, 'platforms');
    const names = listed.length > 0 ? listed : words(service, 'platform');
    const platforms = names.flatMap((name) => parsePlatform(name) ?? []);
    const dockerfile = `${base}${context.replace(/^\.\/?/, '')}/${scalar(map, 'dockerfile') ?? 'Dockerfile'}`
      .replace(/\/{2,}/g, '/')
      .replace(/^\//, '');
    return [{ platforms, builder: undefined, dockerfile, context: `${base}${context}`, at: place(service) }];
  });
}
