import { copyFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatPlatform, type Platform, samePlatform } from '../../../core/index.ts';
import { csvFields, csvRow } from '../../docker-flags.ts';
import type { BasePin, BuildPlan, BuildRequest } from '../../types.ts';
import { annotationsFor } from '../embedded/write-output.ts';

/** A request as a program gets it: every base by its digest, the Dockerfile in a file. */
export interface HandedOver {
  readonly request: BuildRequest;
  readonly dockerfile: string;
}

/** Gets a request ready for whoever builds it; what that needs is in `scratch`. */
export async function handOver(request: BuildRequest, plan: BuildPlan, scratch: string): Promise<HandedOver> {
  const { dockerfileText, contexts } = request;
  const dockerfile = dockerfileText === undefined ? request.dockerfile : join(scratch, 'Dockerfile');
  if (dockerfileText !== undefined) {
    await writeFile(dockerfile, dockerfileText);
    // The ignore rules of the file that the text stands for are found beside it alone.
    await copyFile(`${request.dockerfile}.dockerignore`, `${dockerfile}.dockerignore`).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
  }
  return { dockerfile, request: { ...request, contexts: { ...contexts, ...pinnedContexts(plan.bases) } } };
}

/** Every base by its digest: two builders, or two moments, would otherwise build on two bases. */
function pinnedContexts(pins: readonly BasePin[]): Record<string, string> {
  const named: Record<string, string> = {};
  for (const { reference, place, root } of pins) if (place !== undefined) named[reference] = `${place}@${root.digest}`;
  return named;
}

/**
 * What one of several builders gets of a request. Their images become one index here, so what is said of an index is not
 * for them; and what each writes of its cache goes beside that of the others, not over it.
 */
export function partOf(request: BuildRequest, platforms: readonly Platform[]): BuildRequest {
  const suffix = platforms.map((one) => formatPlatform(one).replaceAll('/', '-')).join('-');
  return {
    ...withPlatforms(request, platforms),
    annotations: annotationsFor('manifest', request.annotations) ?? {},
    dockerFlags: (request.dockerFlags ?? []).flatMap((given): NonNullable<BuildRequest['dockerFlags']> => {
      const [flag, value] = given;
      if (flag !== 'cache-from' && flag !== 'cache-to') return [given];
      // What one builder alone wrote before is as good to begin with.
      return [[flag, ownCache(value, suffix)], ...(flag === 'cache-from' ? [given] : [])];
    }),
  };
}

export const withPlatforms = (request: BuildRequest, platforms: readonly Platform[]): BuildRequest => ({
  ...request,
  platforms: request.platforms.filter(({ platform }) => platforms.some((one) => samePlatform(one, platform))),
});

/** `type=registry,ref=team/app:cache` as `…:cache-linux-arm64`; folders and names of other kinds alike. */
export function ownCache(text: string, suffix: string): string {
  const fields = csvFields(text);
  const plain = fields.length === 1 && !text.includes('=');
  if (plain) return suffixed(text, suffix);
  const type = fields.find((field) => field.startsWith('type='))?.slice('type='.length);
  const key = type === 'gha' ? /^scope$/ : type === 's3' || type === 'azblob' ? /^name$/ : /^(?:ref|dest|src)$/;
  const own = fields.map((field) => {
    const [name = '', ...rest] = field.split('=');
    if (!key.test(name)) return field;
    const value = rest.join('=');
    return `${name}=${name === 'ref' ? suffixed(value, suffix) : type === 'local' ? join(value, suffix) : `${value}-${suffix}`}`;
  });
  const hasKey = fields.some((field) => key.test(field.split('=')[0] ?? ''));
  // GitHub's cache has one scope for all unless told otherwise (docs.docker.com/build/cache/backends/gha, 2026-11-29).
  return csvRow(type === 'gha' && !hasKey ? [...own, `scope=buildkit-${suffix}`] : own);
}

/** A reference with a tag of its own. */
const suffixed = (reference: string, suffix: string): string =>
  /:[^/:]+$/.test(reference) ? `${reference}-${suffix}` : `${reference}:latest-${suffix}`;

/** Build arguments, with the time that the user sets. */
export function argsOf({ args, sourceDateEpoch }: BuildRequest): readonly string[] {
  const epoch = sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(sourceDateEpoch) };
  return Object.entries({ ...args, ...epoch }).map(([name, value]) => `${name}=${value}`);
}

/**
 * Fields as Go's encoding/csv reads them (buildx, util/buildflags/export.go). A time that the user sets is that of every
 * file, as on the embedded engine; BuildKit before 0.13 does not know the field and passes over it.
 */
export const outputFields = ({ sourceDateEpoch }: BuildRequest, layout: string): readonly string[] => [
  ...['type=oci', `dest=${layout}`, 'tar=false'],
  ...(sourceDateEpoch === undefined ? [] : ['rewrite-timestamp=true']),
];

/** A program is not started where the user stands. What begins with a scheme is no path. */
export const absolute =
  ({ cwd }: BuildRequest) =>
  (path: string): string =>
    cwd === undefined || /^[a-z][a-z-]*:\/\//.test(path) ? path : resolve(cwd, path);
