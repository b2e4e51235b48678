import { type Builder, findBuilder, type NoBuilder } from '../engines/buildx/builder.ts';
import type { RunProgram } from '../types.ts';

/** Docker of this machine, as its own command says. */
export interface DockerHere {
  /** `26.1.5`; undefined where there is no docker. */
  readonly client: string | undefined;
  /** Undefined where the engine does not answer. */
  readonly server: string | undefined;
  /** `docker build` takes the builder from before BuildKit: a variable says so, or buildx is missing, or that is its default. */
  readonly legacy: 'variable' | 'no-buildx' | 'default' | undefined;
  readonly builder: Builder | NoBuilder;
}

export interface DockerQuestions {
  readonly run: RunProgram;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `Builder-Version` of the engine's `/_ping`: `2` is BuildKit, empty leaves it to the client. Undefined without an answer. */
  readonly ping: () => Promise<string | undefined>;
  readonly signal?: AbortSignal | undefined;
}

export async function readDocker({ run, env, ping, signal }: DockerQuestions): Promise<DockerHere> {
  const { status, out } = await run('docker', ['version', '--format', '{{json .}}'], { signal });
  const builder = await findBuilder(run, signal);
  if (status === undefined) return { client: undefined, server: undefined, legacy: undefined, builder };
  const said = versionsIn(out);
  const hasBuildx = !('lack' in builder) || (builder.lack !== 'buildx' && builder.lack !== 'program');
  return { ...said, builder, legacy: await legacyReason({ client: said.client, hasBuildx, env, ping }) };
}

function versionsIn(json: string): { readonly client: string | undefined; readonly server: string | undefined } {
  try {
    const { Client, Server } = JSON.parse(json) as Readonly<Record<'Client' | 'Server', { Version?: unknown } | null>>;
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    return { client: text(Client?.Version), server: text(Server?.Version) };
  } catch {
    return { client: undefined, server: undefined };
  }
}

/**
 * As docker/cli decides (cli/command/cli.go, BuildKitEnabled, and cmd/docker/builder.go, processBuilder; read
 * 2026-11-29): the variable, else up to 20.10 what the engine says of itself, and from 23.0 on whether buildx is there.
 */
async function legacyReason({
  client,
  hasBuildx,
  env,
  ping,
}: {
  readonly client: string | undefined;
  readonly hasBuildx: boolean;
  readonly env: DockerQuestions['env'];
  readonly ping: DockerQuestions['ping'];
}): Promise<DockerHere['legacy']> {
  const variable = env['DOCKER_BUILDKIT'] ?? '';
  if (/^(?:0|f|false)$/i.test(variable)) return 'variable';
  const major = Number(client?.split('.')[0] ?? Number.NaN);
  // BuildKit is in the client itself there, which takes it where it or the engine is told to (seen with Docker 20.10).
  if (major < 23) return variable === '' && /^1?$/.test((await ping()) ?? '2') ? 'default' : undefined;
  return variable === '' && !hasBuildx && client !== undefined ? 'no-buildx' : undefined;
}
