import { access, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, formatPlatform } from '../../../core/index.ts';
import { blobPath, makeDirectory, openArchive, openLayout } from '../../../oci/index.ts';
import { buildFlags } from '../../stage/docker-command.ts';
import type { BuildRequest, RunProgram } from '../../types.ts';
import { absolute } from '../buildkit/hand-over.ts';
import { type ImageStore, must } from '../store/build-in-store.ts';
import { carryOut } from './carry-out.ts';
import type { BuildahTool } from './tool.ts';
import { removeUnfinished } from './unfinished.ts';

/**
 * The store of buildah or podman. It goes to no registry: what a FROM names is handed over, as it was resolved here.
 */
export function buildahStore(run: RunProgram, tool: BuildahTool): ImageStore {
  const { command, isRemote } = tool;
  return {
    pulls: false,
    spellsOut: true,
    load: async (archive, call) => {
      // A client of podman's pulls from registries alone (4.3, seen 2026-11-30), and buildah has no `load`.
      const words = command === 'podman' ? ['load', '--quiet', '--input', archive] : pullWords(archive);
      await must(run, [command, ...words], call);
    },
    async build({ platform, name, idFile, dockerfile, request, spelledOut }, call) {
      const own = understood(request, spelledOut?.contexts ?? {});
      const words = [
        ...['build', '--pull=never', '--format=oci', '--identity-label=false', '--layers=false'],
        ...['--platform', formatPlatform(platform), '--tag', name, '--iidfile', idFile, '--file', dockerfile],
        ...['--ignorefile', await ignoreFile(dockerfile, request)],
        ...timestamp(request),
        ...buildFlags(own, [], absolute(request)),
        request.context,
      ];
      await carryOut(run, words, { request, tool, stages: spelledOut?.stages ?? [] }, call);
    },
    async save(name, { directory, known }, call) {
      if (isRemote) {
        const file = `${directory}.tar`;
        await must(run, [command, 'save', '--quiet', '--format', 'oci-archive', '--output', file, name], call);
        return openArchive(file, call);
      }
      await pretend(directory, known);
      await must(run, [command, 'push', '--quiet', name, `oci:${directory}:latest`], call);
      return openLayout(directory);
    },
    async tags(repository, { signal }) {
      // buildah takes a name alone for that of one image.
      const words = ['images', '--format', '{{.Tag}}', '--noheading', '--filter', `reference=${repository}`];
      return (await run(command, words, { signal })).out.split('\n').map((tag) => tag.trim());
    },
    tag: async (name, more, call) => void (await must(run, [command, 'tag', name, more], call)),
    remove: async (names) => void (await run(command, ['rmi', '--force', ...names])),
    removeUnfinished: (isLeft) => removeUnfinished(run, tool, isLeft),
  };
}

const pullWords = (archive: string) => ['pull', '--quiet', `docker-archive:${archive}`];

/**
 * A layer whose file is there is not written, whatever is in it: only its size is looked at (containers/image,
 * oci/layout/oci_dest.go, TryReusingBlob; with buildah 1.28 and podman 4.3 seen 2026-11-30).
 */
async function pretend(directory: string, known: readonly Digest[]): Promise<void> {
  for (const digest of known) {
    const file = blobPath(directory, { digest });
    await makeDirectory(dirname(file));
    await writeFile(file, '');
  }
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
