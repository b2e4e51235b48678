import {
  type BuilderHere,
  findBuildah,
  howEachRuns,
  judgeMachine,
  type Machine,
  type Mended,
  mendMachine,
  readBuilders,
  readDocker,
  readEmulators,
  withVersions,
} from '../../build/machine/index.ts';
import type { ResolvedProject } from '../../config/index.ts';
import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../../core/index.ts';
import { machinePhrases } from '../../messages/phrases/machine.ts';
import { pingDocker } from '../../oci/index.ts';
import { renderMachine, renderMachineMended } from '../../report/index.ts';
import { buildkitHost, dockerAddress, hasBuildAlias } from '../docker-address.ts';
import type { ExitStatus } from '../exit.ts';
import { readPlatforms } from '../jobs.ts';
import { loadProject } from '../project.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';

const USUAL: readonly Platform[] = ['linux/amd64', 'linux/arm64'].flatMap((text) => parsePlatform(text) ?? []);

/** `doctor`: what this machine runs natively, what it emulates, and what is missing; with `--fix` that is made. */
export async function doctor(session: Session, _words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const project = await loadProject(session, flags);
  const named = readPlatforms(flags);
  const promised = project?.images.flatMap(({ platforms }) => platforms.map(({ platform }) => platform)) ?? [];
  const wanted = named.length > 0 ? named : unique([...USUAL, ...promised]);
  const before = await readMachine(session, project);
  let machine = before;
  let mended: readonly Mended[] = [];
  if (flags.fix === true) {
    const { shell } = session;
    const run = runnerOf(session);
    mended = await mendMachine(before, wanted, { run, directory: shell.binfmt, signal: shell.signal });
    if (mended.length > 0) machine = await readMachine(session, project);
  }
  const runs = howEachRuns(machine, wanted);
  const found = judgeMachine(machine, wanted);
  const { host, emulators = null, docker, buildah } = machine;
  session.answer({
    host: formatPlatform(host),
    platforms: runs.map(({ platform, how, by = null }) => ({ platform: formatPlatform(platform), how, by })),
    emulators:
      emulators?.map((one) => ({
        ...one,
        platform: formatPlatform(one.platform),
        version: one.version ?? null,
        fault: one.fault ?? null,
      })) ?? null,
    docker: dockerJson(docker),
    builders: (machine.builders ?? []).map(builderJson),
    buildah: buildah === undefined ? null : { ...buildah, platform: formatPlatform(buildah.platform) },
    ...(flags.fix === true ? { mended: mended.map(({ did, failed = null }) => ({ did, failed })) } : {}),
    diagnostics: session.findingsJson(found),
  });
  if (!session.json) {
    if (mended.length > 0) session.print(`${renderMachineMended(session.page, mended)}\n`);
    session.print(`${renderMachine(session.page, machine, runs)}\n`);
    if (found.length === 0) session.print(machinePhrases.nothing[session.language]);
    else session.printFindings(found);
  }
  return found.length > 0 ? 1 : 0;
}

async function readMachine(session: Session, project: ResolvedProject | undefined): Promise<Machine> {
  const { shell } = session;
  const { env, signal } = shell;
  const address = dockerAddress(shell);
  const elsewhere = address !== undefined && 'elsewhere' in address;
  const run = runnerOf(session);
  const asked = { run, signal, builders: project?.builders ?? [], buildkitHost: buildkitHost(shell) };
  const [builders, buildah, emulators] = await Promise.all([
    readBuilders(asked),
    findBuildah(run, signal),
    withVersions(readEmulators(shell.binfmt), run, signal),
  ]);
  const docker = await readDocker({
    run,
    env,
    signal,
    isAlias: hasBuildAlias(shell),
    ping: (limit) => pingDocker(address, limit),
  });
  const host = parsePlatform(shell.hostPlatform)!;
  // What runs on another machine is not decided by the kernel of this one.
  if (elsewhere) {
    const there = docker.platform ?? { os: 'unknown', architecture: 'unknown' };
    return { host: there, emulators: undefined, docker, elsewhere, builders, buildah };
  }
  // Docker for Windows has two engines, and one of them runs no Linux.
  const runsAs = docker.platform?.os === 'windows' ? docker.platform : host;
  return { host: runsAs, emulators, docker, builders, buildah };
}

/** Every member is there, whatever is known. */
const dockerJson = ({ client, server, platform, legacy, builder }: Machine['docker']) => ({
  client: client ?? null,
  server: server ?? null,
  platform: platform === undefined ? null : formatPlatform(platform),
  legacy: legacy ?? null,
  builder,
});

const builderJson = ({ engine, name, of, answer }: BuilderHere) => ({
  engine,
  name,
  for: of,
  platforms: 'platforms' in answer ? answer.platforms : null,
  // Of a pool: no build was there that would have made it.
  isNew: 'platforms' in answer && answer.madeBy !== undefined,
});

/** Without a way to start programs there are none. */
const runnerOf = ({ shell }: Session) => shell.runProgram ?? (async () => ({ status: undefined, out: '', err: '' }));

const unique = (platforms: readonly Platform[]): readonly Platform[] =>
  platforms.filter((one, i) => platforms.findIndex((other) => samePlatform(one, other)) === i);
