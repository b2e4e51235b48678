import { type Builder, findBuilder, type NoBuilder } from '../engines/buildx/builder.ts';
import { type DockerVersions, dockerVersions } from '../engines/buildx/docker-version.ts';
import { PATIENCE_MS, patient, SILENT } from '../patient.ts';
import type { RunProgram } from '../types.ts';

/** Docker of this machine, as its own command says: no client where there is no docker, no server where none answers. */
export interface DockerHere extends DockerVersions {
  /** `docker build` takes the builder from before BuildKit: a variable says so, or buildx is missing, or that is its default. */
  readonly legacy: 'variable' | 'no-buildx' | 'default' | undefined;
  readonly builder: Builder | NoBuilder;
}

export interface DockerQuestions {
  readonly run: RunProgram;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `Builder-Version` of the engine's `/_ping`: `2` is BuildKit, empty leaves it to the client. Undefined without an answer. */
  readonly ping: (signal: AbortSignal) => Promise<string | undefined>;
  /** `docker buildx install` made `docker build` one of buildx, in the configuration of the client. */
  readonly isAlias?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export async function readDocker({ run, env, ping, isAlias = false, signal }: DockerQuestions): Promise<DockerHere> {
  const asked = patient(run);
  const { status, out, err } = await asked('docker', ['version', '--format', '{{json .}}'], { signal });
  const nothing = { client: undefined, server: undefined, platform: undefined, legacy: undefined };
  if (err === SILENT) return { ...nothing, builder: { lack: 'daemon', detail: SILENT } };
  const builder = await findBuilder(asked, signal);
  if (status === undefined) return { ...nothing, builder };
  const said = dockerVersions(out);
  const { out: name } = await asked('docker', ['--version'], { signal });
  const hasBuildx = !('lack' in builder) || (builder.lack !== 'buildx' && builder.lack !== 'program');
  const pinged = (): Promise<string | undefined> => {
    const limit = AbortSignal.timeout(PATIENCE_MS);
    return ping(signal === undefined ? limit : AbortSignal.any([signal, limit])).catch((error: unknown) => {
      if (signal?.aborted === true || !limit.aborted) throw error;
      return undefined;
    });
  };
  // podman answers to the name of docker, and builds with what is its own.
  const isDocker = name.startsWith('Docker version');
  const legacy =
    isDocker && !isAlias ? await legacyReason({ client: said.client, hasBuildx, env, ping: pinged }) : undefined;
  return { ...said, builder, legacy };
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
  readonly ping: () => Promise<string | undefined>;
}): Promise<DockerHere['legacy']> {
  const variable = env['DOCKER_BUILDKIT'] ?? '';
  if (/^(?:0|f|false)$/i.test(variable)) return 'variable';
  const major = Number(client?.split('.')[0] ?? Number.NaN);
  // BuildKit is in the client itself there, which takes it where it or the engine is told to (seen with Docker 20.10).
  if (major < 23) return variable === '' && /^1?$/.test((await ping()) ?? '2') ? 'default' : undefined;
  return variable === '' && !hasBuildx && client !== undefined ? 'no-buildx' : undefined;
}
