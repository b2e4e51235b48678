import { describe, expect, test } from 'vitest';
import { formatPlatform, parseReference, type Result } from '../core/index.ts';
import { parseAskParts, type TargetAsk } from '../target/index.ts';
import { type AskedRuntime, asksOfDefinition, readDefinition } from './index.ts';

const at = { in: 'input', name: '--definition f' } as const;
const today = '2026-11-29';

interface Asked {
  readonly names?: readonly string[];
  readonly container?: string;
  readonly for?: string;
}

function ask(text: string, asked: Asked = {}): Result<readonly TargetAsk[]> {
  const parts = asked.for === undefined ? undefined : parseAskParts(asked.for, { today });
  if (parts !== undefined && !parts.ok) throw new Error(parts.why.code);
  const names = (asked.names ?? []).map((name) => {
    const parsed = parseReference(name);
    if (!parsed.ok) throw new Error(name);
    return parsed.value;
  });
  const runtime: AskedRuntime | undefined = parts?.value;
  return asksOfDefinition({
    file: 'f',
    definition: readDefinition(text),
    at,
    names,
    container: asked.container,
    asked: runtime,
    today,
  });
}

/** Each start as `name runtime cpus container`, or why there is none. */
function told(result: Result<readonly TargetAsk[]>): readonly string[] | string {
  if (!result.ok)
    return [result.why.code, result.why.args['found'], result.why.args['text']].flat().filter(Boolean).join(' ');
  return result.value.map(({ name, target, platforms, setAt }) =>
    [name, target.id, platforms.map(formatPlatform).join('+'), `${setAt?.container}:${setAt?.line}`].join(' '),
  );
}

const task = (more: string, ...containers: string[]) =>
  `{family: api${more}, containerDefinitions: [${containers.join(',')}]}`;
const fargate = ', requiresCompatibilities: [FARGATE]';
const web = '{name: web, image: "r.example/web:1"}';
const log = '{name: log, image: "r.example/log:1"}';
const pod = (spec: string) => `{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {${spec}}}`;
const amd64 = 'nodeSelector: {kubernetes.io/arch: amd64}';
const functions = ['a', 'b']
  .map((name) => `${name}: {Type: AWS::Lambda::Function, Properties: {ImageUri: "r.example/${name}:1"}}`)
  .join(',');

describe('which container', () => {
  test.each<[string, string, Asked, readonly string[] | string]>([
    [
      'the one that runs the image, whatever its tag',
      task(fargate, web, log),
      { names: ['r.example/web:2'] },
      ['api ecs-fargate linux/amd64 web:1'],
    ],
    ['the only one', task(fargate, web), { names: ['other.example/x'] }, ['api ecs-fargate linux/amd64 web:1']],
    [
      'none of several',
      task(fargate, web, log),
      { names: ['r.example/x'] },
      'definition/container-needed api/web api/log',
    ],
    ['the named one', task(fargate, web, log), { container: 'log' }, ['api ecs-fargate linux/amd64 log:1']],
    ['one that is not there', task(fargate, web), { container: 'wob' }, 'definition/container-needed api/web'],
    [
      'no init container, unless it runs the image',
      pod(`${amd64}, initContainers: [${log}], containers: [${web}]`),
      {},
      ['p kubernetes linux/amd64 web:1'],
    ],
    [
      'all that run it',
      pod(`${amd64}, initContainers: [{name: migrate, image: r.example/web}], containers: [${web}]`),
      { names: ['r.example/web'] },
      ['p/web kubernetes linux/amd64 web:1', 'p/migrate kubernetes linux/amd64 migrate:1'],
    ],
    ['one of two functions', `{Resources: {${functions}}}`, { names: ['r.example/b:7'] }, ['b lambda linux/amd64 b:1']],
    ['of two functions none', `{Resources: {${functions}}}`, {}, 'definition/container-needed a b'],
    [
      'a reference that CloudFormation still makes is nobody',
      '{Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: {ImageUri: {"Fn::Sub": "${A}/x"}}}}}}',
      { names: ['r.example/b'] },
      ['F lambda linux/amd64 F:1'],
    ],
    [
      'one with variables that may be the same runs it too',
      task(
        fargate,
        web,
        '{name: job, image: "${Registry}/web:${Tag}"}',
        '{name: log, image: "${Log}"}',
        '{name: x, image: "${R}.other.example/web:1"}',
      ),
      { names: ['r.example/web'] },
      ['api/web ecs-fargate linux/amd64 web:1', 'api/job ecs-fargate linux/amd64 job:1'],
    ],
    [
      'one whose address CloudFormation makes, among others',
      '{Resources: {T: {Type: AWS::ECS::TaskDefinition, Properties: {RequiresCompatibilities: [FARGATE], ContainerDefinitions: [{Name: app, Image: {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/team/app:${Tag}"}}, ' +
        log +
        ']}}}}',
      { names: ['123.dkr.ecr.eu-west-1.amazonaws.com/team/app'] },
      ['T ecs-fargate linux/amd64 app:1'],
    ],
    [
      'what runs elsewhere is not asked',
      `${pod(`containers: [${web}]`)}\n---\n${task(fargate, log)}`,
      { for: 'fargate' },
      ['fargate ecs-fargate linux/amd64 log:3'],
    ],
    [
      'one of two, though the other stands elsewhere',
      `{Resources: {T: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [${web}, {Ref: Log}]}}}}`,
      { names: ['r.example/x'] },
      'definition/container-needed T/web T',
    ],
    ['nothing', '{a: 1}', {}, 'definition/unreadable'],
    ['a workload without containers', task(fargate), {}, 'definition/container-needed'],
  ])('%s', (_name, text, asked, expected) => expect(told(ask(text, asked))).toEqual(expected));
});

describe('which runtime and CPU', () => {
  const arm = `${fargate}, runtimePlatform: {cpuArchitecture: ARM64}`;
  const open = `${fargate}, runtimePlatform: {cpuArchitecture: {Ref: Cpu}}`;
  test.each<[string, string, Asked, readonly string[] | string]>([
    ['declared', task(arm, web), {}, ['api ecs-fargate linux/arm64 web:1']],
    [
      'declared, the runtime asked for without one',
      task(arm, web),
      { for: 'fargate' },
      ['fargate ecs-fargate linux/arm64 web:1'],
    ],
    ['the same twice', task(arm, web), { for: 'fargate:arm64' }, ['fargate:arm64 ecs-fargate linux/arm64 web:1']],
    ['another', task(arm, web), { for: 'fargate:amd64' }, 'definition/differs linux/arm64'],
    ['another runtime', task(arm, web), { for: 'lambda' }, 'definition/differs ecs-fargate'],
    ['instances have the CPU that they have', task('', web), {}, 'target/cpu-undeclared'],
    [
      'instances that are named',
      task('', web),
      { for: 'ecs-ec2:m7g.large' },
      ['ecs-ec2:m7g.large ecs-ec2 linux/arm64 web:1'],
    ],
    [
      'an instance of another CPU',
      task(', runtimePlatform: {cpuArchitecture: ARM64}', web),
      { for: 'ecs-ec2:m7i.large' },
      'target/instance-other-cpu linux/amd64',
    ],
    [
      'no launch type, and asked for',
      task('', web),
      { for: 'fargate:arm64' },
      ['fargate:arm64 ecs-fargate linux/arm64 web:1'],
    ],
    [
      'another launch type',
      task(', requiresCompatibilities: [EC2]', web),
      { for: 'fargate' },
      'definition/differs ecs-ec2',
    ],
    [
      'either launch type',
      task(', requiresCompatibilities: [EC2, FARGATE], runtimePlatform: {cpuArchitecture: ARM64}', web),
      {},
      ['api ecs-fargate ecs-fargate linux/arm64 web:1', 'api ecs-ec2 ecs-ec2 linux/arm64 web:1'],
    ],
    ['left to a parameter', task(open, web), {}, 'definition/open Ref: Cpu'],
    [
      'left to a parameter, and asked for',
      task(open, web),
      { for: 'fargate:arm64' },
      ['fargate:arm64 ecs-fargate linux/arm64 web:1'],
    ],
    ['nodes that nobody names', pod(`containers: [${web}]`), {}, 'target/cpu-undeclared'],
    [
      'nodes of a service for Kubernetes',
      pod(`${amd64}, containers: [${web}]`),
      { for: 'eks' },
      ['eks eks linux/amd64 web:1'],
    ],
    [
      'a service for Kubernetes, its CPU asked for',
      pod(`containers: [${web}]`),
      { for: 'gke:arm64' },
      ['gke:arm64 gke linux/arm64 web:1'],
    ],
    [
      'machines of Windows',
      task(
        `${fargate}, runtimePlatform: {cpuArchitecture: X86_64, operatingSystemFamily: WINDOWS_SERVER_2022_CORE}`,
        web,
      ),
      {},
      'target/cpu-not-offered',
    ],
    [
      'nodes of Windows',
      pod(`nodeSelector: {kubernetes.io/os: windows}, containers: [${web}]`),
      {},
      'target/cpu-not-offered',
    ],
    ['compose on no machine', '{services: {web: {image: a}}}', {}, 'definition/open Docker Compose'],
    [
      'compose on a machine',
      '{services: {web: {image: a}}}',
      { for: 'ec2:m7g.large' },
      ['ec2:m7g.large ec2 linux/arm64 web:1'],
    ],
    [
      'compose for another CPU',
      '{services: {web: {image: a, platform: linux/amd64}}}',
      { for: 'ec2:arm64' },
      'definition/differs linux/amd64',
    ],
  ])('%s', (_name, text, asked, expected) => expect(told(ask(text, asked))).toEqual(expected));
});
