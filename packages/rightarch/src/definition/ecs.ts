import { parseCpu } from '../core/index.ts';
import type { StartSettings } from '../target/index.ts';
import { TEMPLATE } from './hcl.ts';
import { mountPath, Settings } from './settings.ts';
import { child, itemsOf, scalarText, type Tree, wordsOf } from './tree.ts';
import type { Container, Reading, Workload } from './types.ts';
import { alternatives, intrinsic, isWrittenMap, subText, writtenText, writtenTruth, writtenWords } from './written.ts';

/**
 * A task definition, as `register-task-definition` takes it and `describe-task-definition` gives it, or the properties
 * of `AWS::ECS::TaskDefinition`: the same members, in CloudFormation with capitals.
 */
export function readTaskDefinition(definition: Tree, fallbackName: string | undefined, reading: Reading): Workload {
  const family = scalarText(child(definition, 'family', 'Family'));
  const platform = child(definition, 'runtimePlatform', 'RuntimePlatform');
  const cpu = child(platform, 'cpuArchitecture', 'CpuArchitecture');
  const system = scalarText(child(platform, 'operatingSystemFamily', 'OperatingSystemFamily'));
  return {
    kind: 'ecs',
    ...compatible(definition),
    name: family === undefined || family.includes('{{') ? fallbackName : family,
    ...(system?.startsWith('WINDOWS') ? WINDOWS : declaredCpu(cpu, reading)),
    containers: containersIn(child(definition, 'containerDefinitions', 'ContainerDefinitions'), reading),
    ...reading.stands(definition),
  };
}

/** Machines that run nothing for Linux. */
export const WINDOWS: Pick<Workload, 'cpus'> = { cpus: [{ os: 'windows', architecture: 'amd64' }] };

/**
 * What it was made for. Without `requiresCompatibilities` nothing is checked at registration (RegisterTaskDefinition),
 * and where a task of it starts is said by the service, by `run-task` or by the cluster's default capacity providers
 * (RunTask, both read 2026-11-29): instances, unless who asks says Fargate.
 */
function compatible(definition: Tree): Pick<Workload, 'runtimes' | 'orOn'> {
  const asked = wordsOf(child(definition, 'requiresCompatibilities', 'RequiresCompatibilities'));
  const both = [
    ...(asked.includes('FARGATE') ? (['ecs-fargate'] as const) : []),
    ...(asked.includes('EC2') || asked.includes('MANAGED_INSTANCES') ? (['ecs-ec2'] as const) : []),
  ];
  if (both.length > 0) return { runtimes: both };
  return { runtimes: ['ecs-ec2'], orOn: asked.length > 0 ? [] : ['ecs-fargate'] };
}

/** A CPU, or the words that stand where it should be. */
export function declaredCpu(
  tree: Tree | undefined,
  { stands }: Reading,
): Pick<Workload, 'cpus' | 'cpusAt' | 'cpuOpen'> {
  const first = tree?.kind === 'list' && tree.items.length === 1 ? tree.items[0] : tree;
  if (first === undefined) return { cpus: [] };
  const words = first.kind === 'list' ? wordsOf(first) : [];
  if (words.length > 0) return { cpus: words.flatMap((word) => parseCpu(word) ?? []), cpusAt: first };
  const written = writtenText(first, { variables: true });
  const cpu = 'value' in written ? parseCpu(written.value) : undefined;
  if (cpu !== undefined) return { cpus: [cpu], cpusAt: first };
  const text = 'value' in written ? written.value : written.open;
  return { cpus: [], cpuOpen: { text, ...stands(first) } };
}

/** The reference that a member names; where CloudFormation makes it, its pattern. */
export function imageOf(tree: Tree | undefined, { lineOf }: Reading): Container['image'] {
  if (tree === undefined) return undefined;
  const text = scalarText(tree);
  const line = lineOf(tree.offset);
  if (text !== undefined) return { text, pattern: /\{\{|\$\{/.test(text), line, at: tree };
  const pattern = tree.kind === 'scalar' && tree.tag === TEMPLATE ? tree.text : subText(tree);
  return pattern === undefined ? undefined : { text: pattern, pattern: true, line, at: tree };
}

/** Each container that may be there: one behind a condition is proved like any other. Of a list that is none, nothing. */
function containersIn(list: Tree | undefined, reading: Reading): readonly Container[] {
  const items = (list === undefined ? [] : alternatives(list)).flatMap((one) =>
    one.kind === 'list' && one.tag === undefined ? one.items.flatMap((item) => alternatives(item)) : [one],
  );
  if (items.every(isNoContainer)) return [];
  return items.flatMap((item) => {
    if (!reading.spend(1)) return [];
    return [isWrittenMap(item) ? containerOf(item, reading) : hiddenContainer(item, reading)];
  });
}

/** A number, a word, a list: no value that CloudFormation or a template would put in place of a container. */
const isNoContainer = (tree: Tree): boolean =>
  tree.kind !== 'map' && intrinsic(tree) === undefined && !/\{\{|\$\{/.test(tree.kind === 'scalar' ? tree.text : '');

/** A container that is not written here, or twice: nobody can say what it runs. */
export function hiddenContainer(item: Tree, reading: Reading, name?: string): Container {
  return {
    name,
    role: 'main',
    line: reading.lineOf(item.offset),
    image: undefined,
    start: () => {
      const set = new Settings(reading);
      set.open('command', intrinsic(item) ?? item.kind, item.offset);
      return set.finish();
    },
  };
}

/** A container as it stands in a task definition. */
export function containerOf(item: Tree, reading: Reading): Container {
  return {
    name: scalarText(child(item, 'name', 'Name')),
    role: 'main',
    line: reading.lineOf(item.offset),
    image: imageOf(child(item, 'image', 'Image'), reading),
    start: () => settings(item, reading),
  };
}

/**
 * The agent hands these to Docker's API as they are (amazon-ecs-agent, agent/api/task/task.go, dockerConfig), and
 * Docker's own merge with the image decides: an entrypoint drops the image's CMD, an empty command is none, empty texts
 * leave the image's (moby, daemon/commit.go, merge; read 2026-11-29).
 */
function settings(item: Tree, reading: Reading): StartSettings {
  const set = new Settings(reading);
  const command = child(item, 'command', 'Command');
  if (command !== undefined && !(command.kind === 'list' && command.items.length === 0))
    set.take('command', writtenWords(command));
  const entrypoint = child(item, 'entryPoint', 'EntryPoint');
  if (entrypoint?.kind === 'list' && entrypoint.items.length === 0) {
    // Docker clears the image's for an empty list and keeps it for none; which of the two the agent sends is not known.
    set.open('entrypoint', '[]', entrypoint.offset);
  } else if (entrypoint !== undefined) set.take('entrypoint', writtenWords(entrypoint));
  set.take('user', notEmpty(child(item, 'user', 'User')));
  set.take('workdir', notEmpty(child(item, 'workingDirectory', 'WorkingDirectory')));
  const readOnly = child(item, 'readonlyRootFilesystem', 'ReadonlyRootFilesystem');
  if (readOnly !== undefined) set.take('readOnly', writtenTruth(readOnly));
  const files = child(item, 'environmentFiles', 'EnvironmentFiles');
  for (const file of itemsOf(files)) {
    const from = writtenText(child(file, 'value', 'Value') ?? file);
    set.open('env', 'value' in from ? from.value : from.open, file.offset);
  }
  if (files !== undefined && files.kind !== 'list') set.open('env', files.kind, files.offset);
  // A variable of the definition wins over one of a file (amazon-ecs-agent, agent/api/container/container.go,
  // MergeEnvironmentVariablesFromEnvfiles, read 2026-11-29).
  set.pairs(child(item, 'environment', 'Environment'));
  set.pairs(child(item, 'secrets', 'Secrets'));
  const path = (mount: Tree): string => mountPath(child(mount, 'containerPath', 'ContainerPath'));
  set.mountsOf(child(item, 'mountPoints', 'MountPoints'), path);
  set.mountsOf(child(item, 'volumesFrom', 'VolumesFrom'), () => '/');
  const linux = child(item, 'linuxParameters', 'LinuxParameters');
  if (linux !== undefined && !isWrittenMap(linux)) set.mounts.push('/');
  set.mountsOf(child(linux, 'tmpfs', 'Tmpfs'), path);
  return set.finish();
}

/** An empty text sets nothing. */
export function notEmpty(tree: Tree | undefined): ReturnType<typeof writtenText> | undefined {
  if (tree === undefined) return undefined;
  const written = writtenText(tree, { variables: true });
  return 'value' in written && written.value === '' ? undefined : written;
}
