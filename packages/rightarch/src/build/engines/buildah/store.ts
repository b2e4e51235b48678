import { access, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatPlatform } from '../../../core/index.ts';
import { buildFlags } from '../../stage/docker-command.ts';
import type { BuildRequest, RunProgram } from '../../types.ts';
import { absolute } from '../buildkit/hand-over.ts';
import { type ImageStore, must } from '../store/build-in-store.ts';
import { carryOut } from './carry-out.ts';
import type { BuildahTool } from './tool.ts';

/**
 * The store of buildah or podman. It goes to no registry: what a FROM names is handed over, as it was resolved here. The
 * format is Docker's, because a base in OCI's loses members that Docker has. Seen with buildah 1.28, 2026-11-30.
 */
export function buildahStore(run: RunProgram, tool: BuildahTool): ImageStore {
  const { command } = tool;
  return {
    pulls: false,
    spellsOut: true,
    load: async (archive, call) =>
      void (await must(run, [command, 'pull', '--quiet', `docker-archive:${archive}`], call)),
    async build({ platform, name, idFile, dockerfile, request, spelledOut }, call) {
      const own = understood(request, spelledOut?.contexts ?? {});
      const words = [
        ...['build', '--pull=never', '--format=docker', '--identity-label=false', '--layers=false'],
        ...['--platform', formatPlatform(platform), '--tag', name, '--iidfile', idFile, '--file', dockerfile],
        ...['--ignorefile', await ignoreFile(dockerfile, request)],
        ...timestamp(request),
        ...buildFlags(own, [], absolute(request)),
        request.context,
      ];
      await carryOut(run, words, { request, tool, stages: spelledOut?.stages ?? [] }, call);
    },
    save: async (name, archive, call) =>
      void (await must(run, [command, 'push', '--quiet', name, `docker-archive:${archive}`], call)),
    async tags(repository, { signal }) {
      const words = ['images', '--format', '{{.Tag}}', '--noheading', repository];
      return (await run(command, words, { signal })).out.split('\n').map((tag) => tag.trim());
    },
    remove: async (names) => void (await run(command, ['rmi', '--force', ...names])),
  };
}

/** BuildKit's: buildah would take a `.containerignore` first, which BuildKit does not know. */
async function ignoreFile(dockerfile: string, { context }: BuildRequest): Promise<string> {
  for (const file of [`${dockerfile}.dockerignore`, join(context, '.dockerignore')])
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file;
  const none = join(dirname(dockerfile), 'ignore-nothing');
  await writeFile(none, '');
  return none;
}

/** A time that the user sets is that of every file, as on the other engines. */
const timestamp = ({ sourceDateEpoch }: BuildRequest): readonly string[] =>
  sourceDateEpoch === undefined ? [] : ['--timestamp', String(sourceDateEpoch)];

/** About BuildKit's rights, or about its cache. */
export const isBuildKits = (flag: string): boolean => flag === 'allow' || flag.startsWith('cache-');

/** What a Dockerfile that is spelled out does not say. The network that is the default there goes without a name. */
function understood(
  { network, dockerFlags = [], stage: _, ...rest }: BuildRequest,
  contexts: BuildRequest['contexts'],
) {
  return {
    ...rest,
    contexts: { ...rest.contexts, ...contexts },
    args: {},
    labels: {},
    pull: false,
    noCache: false,
    dockerFlags: dockerFlags.filter(([flag]) => !isBuildKits(flag)),
    ...(network === undefined || network === 'default' ? {} : { network }),
  };
}
