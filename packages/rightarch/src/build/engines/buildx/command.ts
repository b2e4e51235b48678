import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CallOptions } from '../../../oci/index.ts';
import { csvFields, csvRow } from '../../docker-flags.ts';
import { buildFlags, platformsOf } from '../../stage/docker-command.ts';
import type { BasePin, BuildEvent, BuildPlan, BuildRequest, RunProgram } from '../../types.ts';
import type { Builder } from './builder.ts';
import { buildFailure, noBuilder } from './failure.ts';
import { BuildxProgress, plainFailure } from './progress.ts';

/** The words of `docker` for a builder that hands over a layout; what they need is in `scratch`. */
export async function commandLine(
  request: BuildRequest,
  plan: BuildPlan,
  { builder, scratch, layout }: { readonly builder: string; readonly scratch: string; readonly layout: string },
): Promise<readonly string[]> {
  const { dockerfileText, sourceDateEpoch } = request;
  const dockerfile = dockerfileText === undefined ? request.dockerfile : join(scratch, 'Dockerfile');
  if (dockerfileText !== undefined) await writeFile(dockerfile, dockerfileText);
  const args = argsOf(request);
  const pinned: BuildRequest = {
    ...request,
    contexts: { ...request.contexts, ...pinnedContexts(plan.bases) },
  };
  return [
    ...['buildx', 'build', '--builder', builder, '--progress', 'rawjson', '--platform', platformsOf(request)],
    ...unattested(request),
    ...['--output', exportTo(layout, sourceDateEpoch)],
    ...['--file', dockerfile, ...buildFlags(pinned, args, absolute(request)), request.context],
  ];
}

/** docker states the provenance of every image unless told otherwise, which makes an index of it. */
export function unattested({ attests = [] }: BuildRequest): readonly string[] {
  const isAsked = attests.some((text) => csvFields(text).includes('type=provenance'));
  return isAsked ? [] : ['--provenance', 'false'];
}

/** Build arguments, with the time that the user sets. */
export function argsOf({ args, sourceDateEpoch }: BuildRequest): readonly string[] {
  const epoch = sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(sourceDateEpoch) };
  return Object.entries({ ...args, ...epoch }).map(([name, value]) => `${name}=${value}`);
}

/**
 * Fields as Go's encoding/csv reads them (buildx, util/buildflags/export.go). A time that the user sets is that of every
 * file, as on the embedded engine; BuildKit before 0.13 does not know the field and passes over it.
 */
const exportTo = (layout: string, epoch: number | undefined): string =>
  csvRow(['type=oci', `dest=${layout}`, 'tar=false', ...(epoch === undefined ? [] : ['rewrite-timestamp=true'])]);

/** docker is not started where the user stands. What begins with a scheme is no path. */
export const absolute =
  ({ cwd }: BuildRequest) =>
  (path: string): string =>
    cwd === undefined || /^[a-z][a-z-]*:\/\//.test(path) ? path : resolve(cwd, path);

/** Every base by its digest: two builders, or two moments, would otherwise build on two bases. */
function pinnedContexts(pins: readonly BasePin[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (const { reference, place, root } of pins) if (place !== undefined) named[reference] = `${place}@${root.digest}`;
  return named;
}

/** Starts docker, tells how it goes, and why it ended where it did not end well. */
export async function carryOut(
  run: RunProgram,
  words: readonly string[],
  { request, builder }: { readonly request: BuildRequest; readonly builder: Builder },
  { signal, onEvent = () => {} }: CallOptions & { readonly onEvent?: (event: BuildEvent) => void },
): Promise<void> {
  const progress = new BuildxProgress(onEvent);
  const env = builder.classic === 'docker build' ? { DOCKER_BUILDKIT: '1' } : {};
  const { status } = await run('docker', words, { signal, env, onError: (text) => progress.write(text) });
  if (status === undefined) throw noBuilder({ lack: 'program', detail: '' });
  if (status !== 0)
    throw buildFailure(request, builder, { step: progress.failed ?? plainFailure(progress.text), text: progress.text });
}
