import { csvFields, csvRow } from '../../docker-flags.ts';
import { buildFlags, platformsOf } from '../../stage/docker-command.ts';
import type { BuildRequest } from '../../types.ts';
import { absolute, argsOf, type HandedOver, outputFields } from '../buildkit/hand-over.ts';

/** The words of `docker` for a builder that hands over a layout. */
export function buildxWords(
  { request, dockerfile }: HandedOver,
  { builder, layout }: { readonly builder: string; readonly layout: string },
): readonly string[] {
  return [
    ...['buildx', 'build', '--builder', builder, '--progress', 'rawjson', '--platform', platformsOf(request)],
    ...unattested(request),
    ...['--output', csvRow(outputFields(request, layout))],
    ...['--file', dockerfile, ...buildFlags(request, argsOf(request), absolute(request)), request.context],
  ];
}

/** docker states the provenance of every image unless told otherwise, which makes an index of it. */
export function unattested({ attests = [] }: BuildRequest): readonly string[] {
  const isAsked = attests.some((text) => csvFields(text).includes('type=provenance'));
  return isAsked ? [] : ['--provenance', 'false'];
}
