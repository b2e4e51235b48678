import { type Platform, parseCpu, parsePlatform } from '../../core/index.ts';
import { readInstance, type TargetId } from '../../target/index.ts';
import { type Found, type FoundBuild, type FoundNodes, type FoundRuntime, type PlaceAt, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { runtimeAt } from './runtime.ts';
import { withoutWords } from './source-words.ts';

/** Constructs of AWS CDK that run a container, and the runtime that each is. */
const CONSTRUCTS: readonly (readonly [RegExp, TargetId])[] = [
  [
    /\b(?:FargateTaskDefinition|ApplicationLoadBalancedFargateService|NetworkLoadBalancedFargateService|QueueProcessingFargateService)\s*\(/g,
    'ecs-fargate',
  ],
  [/\bEc2TaskDefinition\s*\(/g, 'ecs-ec2'],
  // Whose compatibility says which of the two; a task of ECS Anywhere runs on somebody's own machine.
  [/\b(?:Cfn)?TaskDefinition\s*\(/g, 'ecs-fargate'],
  [/\bEcsFargateContainerDefinition\s*\(/g, 'batch'],
  [/\bDockerImageFunction\s*\(/g, 'lambda'],
  [/\bapprunner(?:_alpha)?\.(?:Cfn)?Service\s*\(/g, 'apprunner'],
];

const CPU =
  /\b(?:cpuArchitecture|cpu_architecture|fargateCpuArchitecture|fargate_cpu_architecture|architecture)\s*[:=]\s*(?:\w+\.)*(?:CpuArchitecture|Architecture)\.(X86_64|ARM64|ARM_64)\b(?!\s*[?.(|&])/;
/** A CPU is declared, by whatever stands there; `...props` may bring one. */
const SAYS_CPU =
  /\b(?:runtimePlatform|runtime_platform|cpuArchitecture|cpu_architecture|fargateCpuArchitecture|fargate_cpu_architecture|architecture)\b|\.\.\.|\*\*/;

/** What builds a Dockerfile. Of a zip file it is `Code.fromAsset`, which is none of these. */
const ASSET =
  /\b(?:ContainerImage\.(?:fromAsset|from_asset)|DockerImageCode\.(?:fromImageAsset|from_image_asset)|Code\.(?:fromAssetImage|from_asset_image)|(?:DockerImageAsset|AssetImage))\s*\(/g;
const PLATFORM = /\bplatform\s*[:=]\s*(?:\w+\.)*Platform\.(?:LINUX_(AMD64|ARM64)\b|custom\()/;

/** A part of the source between brackets, its own with them. */
interface Call {
  readonly from: number;
  /** Of its last name. */
  readonly name: number;
  /** That of the opening bracket. */
  readonly open: number;
  readonly to: number;
}

/** What CDK source shows: a hint, because only the synthesized template says what is deployed. */
export function discoverCdk({ path, text }: SourceFile): Partial<Found> {
  if (!/aws-cdk-lib|aws_cdk|@aws-cdk\//.test(text)) return {};
  // What stands in comments and in texts is no code; everything else keeps its place.
  const code = withoutWords(text, path.endsWith('.py'));
  const place = placesIn(path, text);
  const runtimes: FoundRuntime[] = [];
  const functions: (Call & { readonly cpu: Cpu })[] = [];
  // A hatch by which the template is changed afterwards.
  const isChanged = /\b(?:addPropertyOverride|add_property_override|addOverride|add_override)\s*\(/.test(code);
  for (const [pattern, made] of CONSTRUCTS) {
    for (const call of callsOf(code, pattern)) {
      const inside = code.slice(call.open, call.to);
      if (!isMade(code, call, path)) continue;
      const written = text.slice(call.open, call.to);
      const runtime = /^(?:Cfn)?Task/.test(code.slice(call.name)) ? compatibleWith(inside, written) : made;
      if (runtime === undefined) continue;
      // A service that is given a task has its CPU from there.
      if (runtime === 'ecs-fargate' && /\b(?:taskDefinition|task_definition)\b/.test(inside)) continue;
      const cpu = cpuOf(inside, written, path);
      if (runtime === 'lambda') functions.push({ ...call, cpu });
      const at =
        cpu.at === undefined ? place(call.from, call.open) : place(call.open + cpu.at.from, call.open + cpu.at.to);
      const isOpen = cpu.open || (cpu.platform === undefined && isChanged);
      runtimes.push(runtimeAt(runtime, at, isOpen ? { open: true } : { declared: cpu.platform && [cpu.platform] }));
    }
  }
  const builds = callsOf(code, ASSET).map((call): FoundBuild => {
    const inside = code.slice(call.open, call.to);
    const around = functions.find(({ from, to }) => from < call.from && call.to <= to);
    const made = platformOf(inside, text.slice(call.open, call.to), path) ?? around?.cpu ?? NOTHING;
    const directory = directoryOf(text.slice(call.open, call.to));
    return {
      platforms: made.platform === undefined ? [] : [made.platform],
      ...(made.open ? { unseen: true as const } : {}),
      builder: undefined,
      dockerfile: directory,
      context: undefined,
      at: place(call.from, call.open),
    };
  });
  return { runtimes, builds, nodes: capacityIn(code, text, place) };
}

/** Machines that a cluster of ECS is given: `addCapacity('c', { instanceType: new ec2.InstanceType('c7g.large') })`. */
function capacityIn(code: string, text: string, place: PlaceAt): readonly FoundNodes[] {
  return callsOf(code, /\b(?:addCapacity|add_capacity)\s*\(/g).map(({ open, to }): FoundNodes => {
    const inside = text.slice(open, to);
    const type = /\bInstanceType\(\s*['"]([\w.-]+)['"]/.exec(inside)?.[1];
    const family = /\bInstanceClass\.([A-Z0-9]+)\b/.exec(inside)?.[1]?.toLowerCase();
    const answer = readInstance('ec2', type ?? (family === undefined ? '' : `${family}.large`));
    const platforms = answer.kind === 'cpu' ? [answer.platform.value] : undefined;
    return { of: 'ecs-ec2', name: 'addCapacity', platforms, tainted: false, at: place(open, to) };
  });
}

interface Cpu {
  readonly platform: Platform | undefined;
  /** One is declared, and it is not seen which. */
  readonly open: boolean;
  readonly at?: { readonly from: number; readonly to: number };
}

const NOTHING: Cpu = { platform: undefined, open: false };

/** What a task says that it is for, as an enum or, of the construct of level 1, in CloudFormation's words. */
function compatibleWith(inside: string, written: string): TargetId | undefined {
  const [, word = ''] =
    /\bcompatibility\s*[:=]\s*(?:\w+\.)*Compatibility\.(\w+)/.exec(inside) ??
    /\b(?:requiresCompatibilities|requires_compatibilities)\s*[:=]\s*\[\s*['"](\w+)['"]\s*,?\s*\]/.exec(written) ??
    [];
  return word === 'FARGATE' ? 'ecs-fargate' : word === 'EC2' ? 'ecs-ec2' : undefined;
}

function cpuOf(inside: string, written: string, path: string): Cpu {
  const found =
    CPU.exec(inside) ?? /\b(?:cpuArchitecture|cpu_architecture)\s*[:=]\s*['"](X86_64|ARM64)['"]/.exec(written);
  const word = found?.[1];
  if (found !== null && word !== undefined) {
    const at = { from: found.index, to: found.index + found[0].length };
    return { platform: parseCpu(word.replace('ARM_64', 'ARM64')), open: false, at };
  }
  return { platform: undefined, open: SAYS_CPU.test(inside) || isGivenWhole(inside, path) };
}

/**
 * What an asset is built for: its own platform; that of a `DockerImageFunction` around it otherwise, which takes it from
 * the function's architecture where there is one (aws-cdk, aws-lambda/lib/image-function.ts, read 2026-11-29).
 */
function platformOf(inside: string, written: string, path: string): Cpu | undefined {
  const found = PLATFORM.exec(inside);
  if (found !== null) {
    const custom = /^\s*['"]([\w/]+)['"]/.exec(written.slice(found.index + found[0].length))?.[1];
    const platform = found[1] === undefined ? parsePlatform(custom ?? '') : parseCpu(found[1]);
    return { platform, open: platform === undefined };
  }
  const isOpen = /\bplatform\b|\.\.\.|\*\*/.test(inside) || isGivenWhole(inside, path);
  return isOpen ? { platform: undefined, open: true } : undefined;
}

/** `(this, 'T', props)`: the last argument is a name, and what stands there is not seen. */
const isGivenWhole = (inside: string, path: string): boolean =>
  !path.endsWith('.py') && /,\s*[A-Za-z_$][\w$.]*\s*,?\s*\)$/.test(inside);

/** The folder that is built, where it is written out: it begins at the folder of the app, wherever that is. */
function directoryOf(written: string): string | undefined {
  const directory = /^\(\s*['"](?:\.{1,2}\/)*([\w./-]+?)\/?['"]/.exec(written)?.[1];
  const file = /\bfile\b|\.\.\.|\*\*/.test(written) ? undefined : 'Dockerfile';
  return directory === undefined || /^\.*$/.test(directory) || file === undefined ? undefined : `${directory}/${file}`;
}

/** In TypeScript a construct is made by `new`; in Python nothing says it. */
const isMade = (code: string, { from }: Call, path: string): boolean =>
  path.endsWith('.py') || /^new\s/.test(code.slice(from, from + 4));

function callsOf(code: string, pattern: RegExp): readonly Call[] {
  return [...code.matchAll(pattern)].map(({ 0: whole, index }) => {
    const before = code.slice(Math.max(0, index - 80), index);
    const from = index - (/(?:\bnew\s+)?(?:\w+\.)*$/.exec(before)?.[0].length ?? 0);
    const open = index + whole.length - 1;
    return { from, name: index, open, to: closing(code, open) };
  });
}

/** Behind the bracket that closes this one; the end where none does. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let i = open; i < code.length; i++) {
    if (code[i] === '(') depth++;
    else if (code[i] === ')' && --depth === 0) return i + 1;
  }
  return code.length;
}
