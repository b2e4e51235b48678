import { parseCpu } from '../../core/index.ts';
import type { TargetId } from '../../target/index.ts';
import { type Found, type FoundName, type FoundRuntime, lineAt } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { readName } from './names.ts';
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
  const addName = (written: string, offset: number, more: Pick<FoundName, 'how' | 'runtime'>): void => {
    const name = readName(written);
    if (name === undefined) return;
    const at = { file: path, line: lineAt(text, offset) };
    names.push({ ...name, dockerfile: undefined, before: undefined, ...more, at });
  };
  const matches = [...text.matchAll(/^resource\s+"([a-z0-9_]+)"\s+"([^"]+)"\s*\{/gm)];
  for (const [i, match] of matches.entries()) {
    // One that is not closed ends where the next begins.
    const block = text.slice(match.index, closing(text, match.index + match[0].length, matches[i + 1]?.index));
    if (match[1] === 'aws_ecr_repository') {
      const name = /^[ \t]*name\s*=\s*"([^"$]+)"/m.exec(block);
      // The account and the region are those of whoever applies it.
      if (name !== null)
        addName(`\${account}.dkr.ecr.\${region}.amazonaws.com/${name[1]}:\${tag}`, match.index + name.index, {
          how: 'declared',
          runtime: undefined,
        });
    }
    const runtime = RESOURCES[match[1] ?? ''];
    if (runtime === undefined) continue;
    if (runtime === 'lambda' && !/package_type\s*=\s*"Image"/.test(block)) continue;
    const id = runtime === 'ecs-fargate' && !/FARGATE/.test(block) ? 'ecs-ec2' : runtime;
    for (const image of block.matchAll(/"?\bimage(?:_uri|_identifier)?"?\s*[=:]\s*"([^"]+)"/g))
      addName(image[1] ?? '', match.index + image.index, { how: 'pulled', runtime: id });
    const word = /(?:cpu_architecture\s*=\s*|architectures\s*=\s*\[\s*|"kubernetes\.io\/arch"\s*=\s*)"([\w]+)"/.exec(
      block,
    )?.[1];
    const platform = word === undefined ? undefined : parseCpu(word);
    runtimes.push(
      runtimeAt(
        id,
        { file: path, line: lineAt(text, match.index) },
        { name: match[2], declared: platform && [platform] },
      ),
    );
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
