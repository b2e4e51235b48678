import { parsePlatform } from '../../core/index.ts';
import { splitStages } from '../../dockerfile/index.ts';
import { parsedDockerfile } from '../documents/parsed.ts';
import { type Found, type FoundStage, placeOf } from '../found.ts';
import type { SourceFile } from '../repository.ts';

/** The image that a Dockerfile describes, as far as its FROM lines tell. */
export function discoverDockerfile(file: SourceFile): Partial<Found> {
  const { path } = file;
  const known = new Map<string, FoundStage>();
  const stages = splitStages(parsedDockerfile(file)).map(({ name, from }) => {
    const written = from.flags.find((one) => one.name === 'platform')?.value;
    const at = placeOf(path, written?.span ?? from.span);
    const flag = written?.text;
    const platform = flag === undefined || flag.includes('$') ? undefined : parsePlatform(flag);
    // A stage that is built on an earlier one takes its platform from there, whatever its own flag says.
    const stage: FoundStage = known.get(from.image.text) ?? {
      base: from.image.text,
      pinned: platform === undefined ? undefined : { platform, at },
      onBuilder: /^\$\{?BUILDPLATFORM\}?$/.test(flag ?? '') ? at : undefined,
    };
    if (name !== undefined) known.set(name, stage);
    return { name, ...stage };
  });
  const final = stages.at(-1);
  if (final === undefined) return {};
  const { base, pinned, onBuilder } = final;
  return { images: [{ dockerfile: path, base, pinned, onBuilder, stages }] };
}
