import { readTrees, workloadsIn } from '../definition/index.ts';
import { runtimeOf } from './discover/workload.ts';
import { type FoundRuntime, placesIn } from './found.ts';
import type { SourceFile } from './repository.ts';

/**
 * What runs the image of a CDK asset, by one synthesized template. However the template makes the reference (`Fn::Sub`,
 * `Fn::Join`), the tag is a hash that stands nowhere else, so whose resource it stands in says enough.
 */
export function consumersIn({ path, text }: SourceFile, tags: readonly string[]): readonly FoundRuntime[] {
  const isMeant = (part: string): boolean => tags.some((tag) => part.includes(`:${tag}`));
  if (!isMeant(text)) return [];
  const trees = readTrees(text);
  const placeAt = placesIn(path, text);
  return workloadsIn(trees)
    .filter(({ at }) => isMeant(text.slice(at.offset, at.end)))
    .flatMap((workload) => runtimeOf(workload, ({ offset, end }) => placeAt(offset, end)));
}
