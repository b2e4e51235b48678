import { type Found, type FoundName, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';

/**
 * The repositories that `sam deploy` pushes to: `image_repository`, or `image_repositories = ["Function=REPOSITORY"]`.
 * The tag is made by SAM itself (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html, read 2026-11-28).
 */
export function discoverSamConfig({ path, text }: SourceFile): Partial<Found> {
  const names: FoundName[] = [];
  const place = placesIn(path, text);
  for (const match of text.matchAll(/^[ \t]*image_repositor(?:y|ies)\s*=\s*(\[[^\]]*\]|"[^"\n]*")/gm)) {
    const list = match.index + match[0].length - (match[1] ?? '').length;
    for (const { 0: whole, 1: written = '', index } of (match[1] ?? '').matchAll(/"(?:[\w.-]+=)?([^"]+)"/g)) {
      const at = place(list + index, list + index + whole.length);
      names.push(...nameAt(written, at, { tag: undefined, how: 'pushed', runtime: 'lambda' }));
    }
  }
  return { names };
}
