import { parseCpu } from '../../core/index.ts';
import type { TargetId } from '../../target/index.ts';
import { type Found, type FoundName, type FoundRuntime, linesOf, type Place } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { ecrName, nameAt } from './names.ts';
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
  const names: FoundName[] = [];
  const lineOf = linesOf(text);
  const place = (offset: number): Place => ({ file: path, line: lineOf(offset) });
  const matches = [...text.matchAll(/^resource\s+"([a-z0-9_]+)"\s+"([^"]+)"\s*\{/gm)];
  for (const [i, match] of matches.entries()) {
    // One that is not closed ends where the next begins.
    const block = text.slice(match.index, closing(text, match.index + match[0].length, matches[i + 1]?.index));
    if (match[1] === 'aws_ecr_repository') {
      const name = /^[ \t]*name\s*=\s*"([^"$]+)"/m.exec(block);
      if (name !== null)
        names.push(...nameAt(ecrName(name[1] ?? ''), place(match.index + name.index), { how: 'declared' }));
    }
    const runtime = RESOURCES[match[1] ?? ''];
    if (runtime === undefined) continue;
    if (runtime === 'lambda' && !/package_type\s*=\s*"Image"/.test(block)) continue;
    const id = runtime === 'ecs-fargate' && !/FARGATE/.test(block) ? 'ecs-ec2' : runtime;
    for (const image of block.matchAll(/"?\bimage(?:_uri|_identifier)?"?\s*[=:]\s*"([^"]+)"/g))
      names.push(...nameAt(image[1], place(match.index + image.index), { how: 'pulled', runtime: id }));
    const word = /(?:cpu_architecture\s*=\s*|architectures\s*=\s*\[\s*|"kubernetes\.io\/arch"\s*=\s*)"([\w]+)"/.exec(
      block,
    )?.[1];
    const platform = word === undefined ? undefined : parseCpu(word);
    runtimes.push(runtimeAt(id, place(match.index), { name: match[2], declared: platform && [platform] }));
  }
  return { runtimes, names };
}

function closing(text: string, from: number, end = text.length): number {
  let depth = 1;
  for (let i = from; i < end; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return end;
}
