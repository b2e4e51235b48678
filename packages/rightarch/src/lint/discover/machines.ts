import { type Platform, parseCpu } from '../../core/index.ts';
import { child, type Extent, itemsOf, scalarText, subText, type Tree } from '../../definition/index.ts';
import type { FoundNodes } from '../found.ts';
import { nodesAt } from './nodes.ts';
import type { Named, PlaceOf } from './tree-parts.ts';

/** What a launch template, a launch configuration or a single instance says of its machine. */
export interface Launch {
  readonly types: Tree | undefined;
  /** The parameter or the name of its machine image, as far as it is written. */
  readonly image: string | undefined;
  /** It says of itself that it joins a cluster of ECS. */
  readonly isOfEcs: boolean;
  /** A machine of its own, and no pattern for others. */
  readonly alone: boolean;
  readonly at: Extent;
}

/** An Auto Scaling group. */
export interface Group {
  /** What it is launched from, by its name in the same sources. */
  readonly launch: string | undefined;
  /** Each kind of machine that it takes instead of the one that is launched; undefined for one that says no type. */
  readonly overrides: readonly (Tree | undefined)[];
  readonly at: Extent;
}

/** The machines of ECS: what joins a cluster by itself, and the groups that capacity providers name. */
export interface Machines {
  readonly launches: ReadonlyMap<string, Launch>;
  readonly groups: ReadonlyMap<string, Group>;
  /** The group of each capacity provider; undefined where it is not seen. */
  readonly providers: readonly { readonly group: string | undefined; readonly name: string; readonly at: Extent }[];
  readonly services: readonly Spread[];
}

/** A service that is spread over capacity providers. */
interface Spread {
  readonly task: string;
  readonly providers: readonly string[];
}

/**
 * The service, where its strategy and its task definition are seen. A provider without a weight gets its base alone, and
 * that is none where nothing is said (API_CapacityProviderStrategyItem, read 2026-11-29).
 */
export function spreadOf(
  task: string | undefined,
  strategy: readonly {
    readonly provider: string | undefined;
    readonly weight: Tree | undefined;
    readonly base: Tree | undefined;
  }[],
): readonly Spread[] {
  const isUsed = (tree: Tree | undefined): boolean =>
    tree?.kind === 'scalar' && tree.tag === undefined && Number(tree.text) > 0;
  const providers = strategy.flatMap(({ provider, weight, base }) =>
    provider !== undefined && (isUsed(weight) || isUsed(base)) ? [provider] : [],
  );
  return task === undefined || providers.length === 0 ? [] : [{ task, providers }];
}

const [amd64, arm64] = ['amd64', 'arm64'].map((word) => parseCpu(word)) as [Platform, Platform];

/** What makes an instance join a cluster, or is made for that (ECS developer guide, "Bootstrapping container instances", read 2026-11-29). */
export const OF_ECS = /ECS_CLUSTER|\/aws\/service\/ecs\/optimized-ami\/|\/aws\/service\/bottlerocket\/aws-ecs-/;

/**
 * The CPU of an image for ECS by its public parameter: those for Graviton have `arm64` in it, the plain ones are x86_64
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html, read 2026-11-29).
 */
function cpuOfImage(image: string | undefined): Platform | undefined {
  const path = /\/aws\/service\/(?:ecs\/optimized-ami|bottlerocket\/aws-ecs-\d[\w-]*)\/([\w./-]+)/.exec(
    image ?? '',
  )?.[1];
  if (path === undefined) return undefined;
  if (/(?:^|\/)arm64(?:\/|$)/.test(path)) return arm64;
  return /^amazon-linux(?:-2|-2023)?\/(?:kernel-5\.10\/)?(?:gpu\/|inf\/)?(?:recommended|amzn2-ami|al2023-ami)|^x86_64\//.test(
    path,
  )
    ? amd64
    : undefined;
}

/** The nodes that tasks of ECS are put on. One that is not seen is there all the same. */
export function nodesOfEcs({ launches, groups, providers, services }: Machines, place: PlaceOf): readonly FoundNodes[] {
  const provided = new Set(providers.map(({ group }) => group));
  const nodes = (name: string, types: readonly (Tree | undefined)[], launch: Launch | undefined, at: Extent) => {
    const written = types.length > 0 ? types : launch?.types === undefined ? [] : [launch.types];
    const all: Tree = { kind: 'list', items: written.flatMap((one) => one ?? []), ...extentOf(written[0] ?? at) };
    const known = written.every((one) => one !== undefined);
    const found = nodesAt({ of: 'ecs-ec2', machines: 'ec2', name, types: known ? all : undefined, at }, place);
    const byImage = written.length === 0 ? cpuOfImage(launch?.image) : undefined;
    return byImage === undefined ? found : { ...found, platforms: [byImage] };
  };
  return [
    ...[...groups].flatMap(([key, { launch: from, overrides, at }]) => {
      const launch = from === undefined ? undefined : launches.get(from);
      if (!provided.has(key) && launch?.isOfEcs !== true) return [];
      const own = providers.filter(({ group }) => group === key).map(({ name }) => name);
      const tasks = services.filter((one) => own.some((name) => one.providers.includes(name))).map(({ task }) => task);
      return [{ ...nodes(nameOf(key), overrides, launch, at), ...(tasks.length === 0 ? {} : { tasks }) }];
    }),
    ...[...launches].flatMap(([key, one]) =>
      one.alone && one.isOfEcs ? [nodes(nameOf(key), [], one, one.types ?? one.at)] : [],
    ),
    ...providers.flatMap(({ group, name, at }) =>
      group !== undefined && groups.has(group) ? [] : [nodes(name, [undefined], undefined, at)],
    ),
  ];
}

/** `aws_launch_template.web` is called `web`. */
const nameOf = (key: string): string => key.slice(key.lastIndexOf('.') + 1);

const extentOf = ({ offset, end }: Extent): Extent => ({ offset, end });

/** The machines of ECS and of Batch in a template. */
export function templateMachines(
  root: Tree,
  resources: Named,
  { text, place }: { readonly text: string; readonly place: PlaceOf },
): readonly FoundNodes[] {
  const launches = new Map<string, Launch>();
  const groups = new Map<string, Group>();
  const providers: Machines['providers'][number][] = [];
  const services: Spread[] = [];
  const found: FoundNodes[] = [];
  for (const [name, resource] of resources) {
    const properties = child(resource, 'Properties');
    const type = scalarText(child(resource, 'Type'));
    switch (type) {
      case 'AWS::Batch::ComputeEnvironment':
        found.push(...batchNodes(name, child(properties, 'ComputeResources'), resource, place));
        break;
      case 'AWS::EC2::Instance':
      case 'AWS::EC2::LaunchTemplate':
      case 'AWS::AutoScaling::LaunchConfiguration': {
        const data = child(properties, 'LaunchTemplateData') ?? properties;
        const image = textOfImage(child(data, 'ImageId'), child(root, 'Parameters'));
        const isOfEcs = OF_ECS.test(image ?? '') || OF_ECS.test(text.slice(resource.offset, resource.end));
        const alone = type === 'AWS::EC2::Instance';
        launches.set(name, { types: child(data, 'InstanceType'), image, isOfEcs, alone, at: resource });
        break;
      }
      case 'AWS::AutoScaling::AutoScalingGroup': {
        const mixed = child(child(properties, 'MixedInstancesPolicy'), 'LaunchTemplate');
        const template = child(mixed, 'LaunchTemplateSpecification') ?? child(properties, 'LaunchTemplate');
        const launch = child(template, 'LaunchTemplateId') ?? child(properties, 'LaunchConfigurationName');
        const overrides = itemsOf(child(mixed, 'Overrides')).map((one) => child(one, 'InstanceType'));
        groups.set(name, { launch: referenceOf(launch), overrides, at: resource });
        break;
      }
      case 'AWS::ECS::Service': {
        const task = referenceOf(child(properties, 'TaskDefinition'));
        const definition = child(resources.find(([key]) => key === task)?.[1], 'Properties');
        // As a workload is called (definition/ecs.ts).
        const called = scalarText(child(definition, 'Family')) ?? task;
        const strategy = itemsOf(child(properties, 'CapacityProviderStrategy')).map((one) => ({
          provider: referenceOf(child(one, 'CapacityProvider')),
          weight: child(one, 'Weight'),
          base: child(one, 'Base'),
        }));
        services.push(...spreadOf(called, strategy));
        break;
      }
      case 'AWS::ECS::CapacityProvider': {
        const group = child(child(properties, 'AutoScalingGroupProvider'), 'AutoScalingGroupArn');
        providers.push({ group: referenceOf(group), name, at: resource });
        break;
      }
    }
  }
  return [...found, ...nodesOfEcs({ launches, groups, providers, services }, place)];
}

/** The resource that `Ref` and `Fn::GetAtt` name. */
export function referenceOf(tree: Tree | undefined): string | undefined {
  if (tree === undefined) return undefined;
  if (tree.kind === 'scalar' && (tree.tag === '!Ref' || tree.tag === '!GetAtt')) return tree.text.split('.')[0];
  const written = child(tree, 'Ref') ?? child(tree, 'Fn::GetAtt') ?? (tree.tag === '!GetAtt' ? tree : undefined);
  const [first] = written?.kind === 'list' ? written.items : [written];
  return scalarText(first)?.split('.')[0];
}

/** An image by what names it: a parameter of Systems Manager, itself or as CDK writes it, the default of a parameter of its type. */
function textOfImage(tree: Tree | undefined, parameters: Tree | undefined): string | undefined {
  const plain = scalarText(tree) ?? subText(tree);
  const parameter = child(parameters, referenceOf(tree) ?? '');
  const isPath = scalarText(child(parameter, 'Type'))?.startsWith('AWS::SSM::Parameter::Value');
  return plain ?? (isPath === true ? scalarText(child(parameter, 'Default')) : undefined);
}

/**
 * Machines of a compute environment. `optimal` and the two bundles are names of families (ComputeResource, instanceTypes,
 * read 2026-11-29); what runs on Fargate has none.
 */
export function batchNodes(name: string, compute: Tree | undefined, at: Extent, place: PlaceOf): readonly FoundNodes[] {
  const type = scalarText(child(compute, 'Type', 'type')) ?? '';
  if (type.startsWith('FARGATE')) return [];
  const types = child(compute, 'InstanceTypes', 'instance_type');
  return [nodesAt({ of: 'batch', machines: 'batch', name, types, at }, place)];
}
