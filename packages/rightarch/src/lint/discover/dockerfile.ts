import { type Platform, parsePlatform } from '../../core/index.ts';
import { parseDockerfile } from '../../dockerfile/index.ts';
import type { From } from '../../dockerfile/types.ts';
import type { Found, Place } from '../found.ts';
import type { SourceFile } from '../repository.ts';

/** The image that a Dockerfile describes, as far as its FROM lines tell. */
export function discoverDockerfile({ path, text }: SourceFile): Partial<Found> {
  const stages = parseDockerfile(text, { file: path }).instructions.filter(
    (one): one is From => one.keyword === 'FROM',
  );
  const final = stages.at(-1);
  if (final === undefined) return {};
  const place = (from: From): Place => ({ file: path, line: from.span.start.line });
  const flagOf = (from: From): string | undefined => from.flags.find(({ name }) => name === 'platform')?.value.text;
  const pinOf = (from: From): { readonly platform: Platform; readonly at: Place } | undefined => {
    const flag = flagOf(from);
    const platform = flag === undefined || flag.includes('$') ? undefined : parsePlatform(flag);
    return platform === undefined ? undefined : { platform, at: place(from) };
  };
  // A stage that is built on an earlier one takes its platform from there.
  const named = (from: From): From => {
    const earlier = stages
      .slice(0, stages.indexOf(from))
      .findLast(({ alias }) => alias?.text.toLowerCase() === from.image.text);
    return earlier === undefined ? from : named(earlier);
  };
  const root = named(final);
  return {
    images: [
      {
        dockerfile: path,
        base: root.image.text,
        pinned: pinOf(root),
        onBuilder: /^\$\{?BUILDPLATFORM\}?$/.test(flagOf(root) ?? '') ? place(root) : undefined,
        otherPins: stages.filter((from) => from !== root).flatMap((from) => pinOf(from) ?? []),
      },
    ],
  };
}
