import { access, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatPlatform } from '../../../core/index.ts';
import { buildFlags } from '../../stage/docker-command.ts';
import type { BuildRequest, RunProgram } from '../../types.ts';
import { absolute, argsOf } from '../buildkit/hand-over.ts';
import { type ImageStore, must } from '../store/build-in-store.ts';
import { carryOut, type Told } from './carry-out.ts';

/**
 * The store of buildah or podman. It goes to no registry: what a FROM names is handed over, as it was resolved here. The
 * format is Docker's, because OCI's has no SHELL, HEALTHCHECK and ONBUILD there; what is made of it here is an OCI image.
 * Seen with buildah 1.28, 2026-11-30.
 */
export function buildahStore(run: RunProgram, { tool, placeOf }: Pick<Told, 'tool' | 'placeOf'>): ImageStore {
  const { command } = tool;
  return {
    pulls: false,
    wantsPlatforms: true,
    load: async (archive, call) =>
      void (await must(run, [command, 'pull', '--quiet', `docker-archive:${archive}`], call)),
    async build({ platform, name, idFile, dockerfile, request }, call) {
      const words = [
        ...['build', '--pull=never', '--format=docker', '--identity-label=false', '--layers=false'],
        ...['--platform', formatPlatform(platform), '--tag', name, '--iidfile', idFile, '--file', dockerfile],
        ...['--ignorefile', await ignoreFile(dockerfile, request)],
        ...timestamp(request),
        ...buildFlags(understood(request), argsOf(request), absolute(request)),
        request.context,
      ];
      await carryOut(run, words, { request, tool, placeOf }, call);
    },
    save: async (name, archive, call) =>
      void (await must(run, [command, 'push', '--quiet', name, `docker-archive:${archive}`], call)),
    tidy: (config) => Buffer.from(JSON.stringify(tidied(JSON.parse(Buffer.from(config).toString('utf8')) as Document))),
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

/** Flags that mean there what they mean to docker. The network that is the default there goes without a name. */
function understood(request: BuildRequest): BuildRequest {
  const { network, dockerFlags = [], ...rest } = request;
  return {
    ...rest,
    pull: false,
    noCache: false,
    dockerFlags: dockerFlags.filter(([flag]) => !isBuildKits(flag)),
    ...(network === undefined || network === 'default' ? {} : { network }),
  };
}

type Document = Readonly<Record<string, unknown>> & { readonly history?: readonly { readonly comment?: string }[] };

/**
 * buildah's config has the container in it that the image was made of, under names that are new each time, and the name that
 * the base has in the store (containers/image, manifest/docker_schema2.go, Schema2V1Image). None of that is the image's.
 */
function tidied(document: Document): Document {
  const { container: _, container_config: __, parent: ___, config = {}, history = [], ...rest } = document;
  const own = Object.entries(config as Readonly<Record<string, unknown>>).filter(
    ([name, value]) =>
      !/^(?:Hostname|Domainname|Image|Attach\w+|Tty|OpenStdin|StdinOnce)$/.test(name) && !isEmpty(value),
  );
  return {
    ...rest,
    config: Object.fromEntries(own),
    history: history.map(({ comment = '', ...entry }) =>
      comment === '' || comment.startsWith('FROM ') ? entry : { ...entry, comment },
    ),
  };
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
