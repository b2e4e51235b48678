import { type Found, type FoundName, linesOf } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';

/**
 * The repositories that `sam deploy` pushes to: `image_repository`, or `image_repositories = ["Function=REPOSITORY"]`.
 * The tag is made by SAM itself (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html, read 2026-11-28).
 */
export function discoverSamConfig({ path, text }: SourceFile): Partial<Found> {
  const names: FoundName[] = [];
  const lineOf = linesOf(text);
  for (const match of text.matchAll(/^[ \t]*image_repositor(?:y|ies)\s*=\s*(\[[^\]]*\]|"[^"\n]*")/gm)) {
    for (const [, written = ''] of (match[1] ?? '').matchAll(/"(?:[\w.-]+=)?([^"]+)"/g)) {
      const at = { file: path, line: lineOf(match.index) };
      names.push(...nameAt(written, at, { tag: undefined, how: 'pushed', runtime: 'lambda' }));
    }
  }
  return { names };
}
