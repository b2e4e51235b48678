import { type Platform, parseCpu } from '../../core/index.ts';
import type { TargetId } from '../../target/index.ts';
import { type Found, type FoundRuntime, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { runtimeAt } from './runtime.ts';

/** Constructs of AWS CDK that run a container, and the runtime that each is. */
const CONSTRUCTS: readonly (readonly [RegExp, TargetId])[] = [
  [
    /\b(?:new\s+)?(?:\w+\.)?(?:FargateTaskDefinition|ApplicationLoadBalancedFargateService|NetworkLoadBalancedFargateService|QueueProcessingFargateService)\s*\(/g,
    'ecs-fargate',
  ],
  [/\b(?:new\s+)?(?:\w+\.)?Ec2TaskDefinition\s*\(/g, 'ecs-ec2'],
  [/\b(?:new\s+)?(?:\w+\.)?DockerImageFunction\s*\(/g, 'lambda'],
  [/\b(?:new\s+)?(?:\w+\.)?(?:CfnService|apprunner\.Service)\s*\(/g, 'apprunner'],
];

const ARCHITECTURE =
  /\b(?:cpuArchitecture|cpu_architecture|architecture)\s*[:=]\s*(?:\w+\.)*(?:CpuArchitecture|Architecture)\.(X86_64|ARM64|ARM_64)/;

/** What CDK source shows: a hint, because only the synthesized template says what is deployed. */
export function discoverCdk({ path, text }: SourceFile): Partial<Found> {
  if (!/aws-cdk-lib|aws_cdk|@aws-cdk\//.test(text)) return {};
  const runtimes: FoundRuntime[] = [];
  const place = placesIn(path, text);
  for (const [pattern, runtime] of CONSTRUCTS) {
    if (runtime === 'apprunner' && !/apprunner/i.test(text)) continue;
    for (const match of text.matchAll(pattern)) {
      const open = match.index + match[0].length - 1;
      const found = ARCHITECTURE.exec(balanced(text, open));
      const word = found?.[1];
      const platform = word === undefined ? undefined : parseCpu(word.replace('ARM_64', 'ARM64'));
      const declared: readonly Platform[] | undefined = platform && [platform];
      const at =
        found === null ? place(match.index, open) : place(open + found.index, open + found.index + found[0].length);
      runtimes.push(runtimeAt(runtime, at, { declared }));
    }
  }
  return { runtimes };
}

/** The text from an opening bracket to the one that closes it; to the end where none does. */
function balanced(text: string, open: number): string {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return text.slice(open, i + 1);
  }
  return text.slice(open);
}
