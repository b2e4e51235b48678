import { parseCpu } from '../../core/index.ts';
import type { TargetId } from '../../target/index.ts';
import { type Found, type FoundRuntime, lineAt } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { runtimeAt } from './runtime.ts';

const RESOURCES: Readonly<Record<string, TargetId>> = {
  aws_ecs_task_definition: 'ecs-fargate',
  aws_lambda_function: 'lambda',
  aws_apprunner_service: 'apprunner',
  google_cloud_run_v2_service: 'cloud-run',
  google_cloud_run_service: 'cloud-run',
  azurerm_container_app: 'azure-container-apps',
  kubernetes_deployment: 'kubernetes',
  kubernetes_deployment_v1: 'kubernetes',
};

/** The resources of Terraform source that run a container, with the CPU where it is written as a constant. */
export function discoverTerraform({ path, text }: SourceFile): Partial<Found> {
  const runtimes: FoundRuntime[] = [];
  for (const match of text.matchAll(/^resource\s+"([a-z0-9_]+)"\s+"([^"]+)"\s*\{/gm)) {
    const runtime = RESOURCES[match[1] ?? ''];
    if (runtime === undefined) continue;
    const block = text.slice(match.index, closing(text, match.index + match[0].length));
    if (runtime === 'lambda' && !/package_type\s*=\s*"Image"/.test(block)) continue;
    const ec2 = runtime === 'ecs-fargate' && !/FARGATE/.test(block);
    const word = /(?:cpu_architecture\s*=\s*|architectures\s*=\s*\[\s*|"kubernetes\.io\/arch"\s*=\s*)"([\w]+)"/.exec(
      block,
    )?.[1];
    const platform = word === undefined ? undefined : parseCpu(word);
    runtimes.push(
      runtimeAt(
        ec2 ? 'ecs-ec2' : runtime,
        { file: path, line: lineAt(text, match.index) },
        { name: match[2], declared: platform && [platform] },
      ),
    );
  }
  return { runtimes };
}

function closing(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return text.length;
}
