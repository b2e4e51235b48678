import type { Failure, Location, Platform } from '../../../core/index.ts';
import { formatPlatform, shellWords } from '../../../core/index.ts';
import { atFile, atInput, failure } from '../../../messages/index.ts';
import type { BuildRequest } from '../../types.ts';
import type { Builder, NoBuilder } from '../buildx/builder.ts';
import { type BuildctlNode, forgetHalf, type Node } from './node.ts';
import type { FailedStep } from './progress.ts';

/** The engine went away under the build: what grpc, and the clients of Docker 20.10 and 26.1 and of BuildKit 0.13, say then (2026-11-29). */
const LOST =
  /Unavailable(?: desc =|:) (?:error reading from server|connection error|closing transport|transport is closing)|Cannot connect to the Docker daemon|server did not provide an image ID/;

/** A disk, a registry or a network, and nothing that the Dockerfile can mend. */
const AROUND =
  /no space left on device|disk quota exceeded|failed to do request|no such host|connection refused|i\/o timeout|TLS handshake|unexpected status.* 5\d\d/;

/** What a daemon gives only when its owner said so, as BuildKit 0.13 refuses it: `network.host` for `--network host`. */
const RIGHT_NOT_GIVEN = /granting entitlement ([a-z.]+) is not allowed/;

/** As BuildKit 0.13 ends where it has a part of a layer, and the rest would come from an OCI layout (`forgetHalf`). */
const HALF_FETCHED = /unsupported offset$/;

export const isHalfFetched = ({ diagnostic }: Failure): boolean =>
  diagnostic.code === 'engine/build-failed' && (diagnostic.args as { readonly half?: string }).half !== undefined;

export const isAround = (text: string): boolean => AROUND.test(text);

/** What a failure tells of who built. */
type Teller = Pick<Builder, 'platforms' | 'classic'> &
  Partial<Pick<Node, 'engine' | 'name' | 'at'> & Pick<BuildctlNode, 'reach'>>;

/** Why a build by BuildKit ended, in one diagnostic: its own words are the evidence. */
export function buildFailure(
  request: BuildRequest,
  builder: Teller,
  { step, text }: { readonly step: FailedStep | undefined; readonly text: string },
): Failure {
  const at = placeOf(request, text);
  const error = /^(?:ERROR|error): (.*)$/m.exec(text)?.[1] ?? step?.error ?? text.trim().split('\n').at(-1) ?? '';
  const because = [...(step?.said ?? []), error].filter(Boolean);
  const { platform, instruction } = stepOf(request, step);
  const said = step?.said.join('\n') ?? '';
  // What the runtime says of the first program; a shell says it of a wrong file in the image.
  const isRefused = /^(?:exec \S+|.*exec user process caused.*): exec format error$/m.test(`${said}\n${error}`);
  if (platform !== undefined && isRefused && !builder.platforms.includes(formatPlatform(platform))) {
    const args = { platform: formatPlatform(platform), architecture: platform.architecture, instruction };
    return failure('engine/no-emulation', args, at, 'outside', { because });
  }
  // A program that failed has its whole line in there, which may have such words.
  const isRun = /did not complete successfully|executor failed running/.test(error);
  if (!isRun && LOST.test(error)) return lostBuilder(request, builder, error);
  // The drivers `remote` and `kubernetes` of buildx have the platforms that they saw last, or were told: only the build
  // meets that nobody is there, or that no pod of it starts.
  if (/waiting for connection$|^\[internal\] booting buildkit$|^waiting for \d+ pods/.test(step?.name ?? ''))
    return lostBuilder(request, builder, error, false);
  const isHalf = !isRun && HALF_FETCHED.test(error);
  const blame = isHalf || (!isRun && isAround(error)) ? 'outside' : 'request';
  const { name } = builder;
  const who = builder.at === undefined || name === undefined ? {} : { builder: name };
  const right = RIGHT_NOT_GIVEN.exec(error)?.[1];
  const args = {
    engine: engineName(builder),
    instruction,
    detail: error,
    ...who,
    ...(right ? { right } : {}),
    ...(isHalf ? { half: halfCommand(builder) } : {}),
  };
  return failure('engine/build-failed', args, at, blame, { because: step?.said ?? [] });
}

/** It went away while it built, or was not there when it was to begin. */
export function lostBuilder(
  { platforms: wanted }: BuildRequest,
  { at, name = '' }: Teller,
  detail: string,
  during = true,
): Failure {
  if (at === undefined) return noBuilder({ lack: 'daemon', detail });
  const platforms = wanted.map((one) => formatPlatform(one.platform));
  return builderDown({ name, at, platforms, detail, during });
}

function halfCommand(builder: Teller): string {
  const { command, args } = forgetHalf(builder);
  return shellWords([command, ...args]);
}

/** The command that builds. */
export const engineName = ({ classic, engine }: Pick<Teller, 'classic' | 'engine'>): string =>
  engine === 'buildkit' ? 'buildctl' : classic === 'docker build' ? classic : 'docker buildx';

/** There is nobody to hand the build to. */
export function noBuilder({ lack, detail }: NoBuilder): Failure {
  const because = detail === '' ? [] : detail.split('\n');
  const engine = lack === 'buildctl' ? lack : 'docker buildx';
  return failure('engine/unavailable', { engine, lack }, atInput('--engine'), 'outside', { because });
}

/** Somebody is named, and does not answer, or not any more. */
export function builderDown({
  name,
  at,
  platforms,
  detail,
  during,
}: {
  readonly name: string;
  readonly at: Location;
  readonly platforms: readonly string[];
  readonly detail: string;
  readonly during: boolean;
}): Failure {
  const because = detail.split('\n').filter(Boolean);
  return failure('engine/builder-down', { builder: name, platforms, during }, at, 'outside', { because });
}

/** BuildKit names the line before it shows it: `Dockerfile:3`, and a line of dashes. */
function placeOf({ dockerfile }: BuildRequest, text: string): Location {
  const line = Number(/^.*:(\d+)\n-{10,}$/m.exec(text)?.[1] ?? 0);
  if (line === 0) return atFile(dockerfile);
  const start = { line, column: 1 };
  return { in: 'file', file: dockerfile, start, end: start };
}

/** `[linux/arm64 build 2/5] RUN npm ci`; of one platform alone it says none. */
function stepOf(
  { platforms }: BuildRequest,
  step: FailedStep | undefined,
): { readonly platform: Platform | undefined; readonly instruction: string } {
  const [, head = '', instruction = step?.name ?? ''] = /^\[([^\]]*)\] (.*)$/s.exec(step?.name ?? '') ?? [];
  const named = platforms.find(({ platform }) => head.startsWith(`${formatPlatform(platform)} `));
  const platform = named ?? (platforms.length === 1 ? platforms[0] : undefined);
  return { platform: platform?.platform, instruction };
}
