import { createEmbeddedEngine } from '../../packages/rightarch/src/build/index.ts';
import { Failure, parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';

/** One build in a process of its own, so that umask, user, HOME, TZ and LANG can be others. What `argv[2]` holds, as JSON. */
export interface BuildOnce {
  readonly context: string;
  readonly cache: string;
  /** The layout to be made. */
  readonly output: string;
  /** A layout; every FROM of the Dockerfile is its only image. */
  readonly base: string;
  readonly args: Readonly<Record<string, string>>;
  /** Seconds since 1970 of the last commit. */
  readonly created: number;
  readonly sourceDateEpoch?: number;
  readonly umask: number;
}

/** What the process prints, as one line of JSON: digests, or the code of the diagnostic that it ended with. */
export type BuiltOnce =
  | { readonly root: string; readonly layers: readonly string[]; readonly configs: readonly string[] }
  | { readonly code: string; readonly args: unknown };

async function buildOnce(job: BuildOnce): Promise<BuiltOnce> {
  process.umask(job.umask);
  const engine = createEmbeddedEngine({
    cacheDirectory: job.cache,
    buildPlatform: parsePlatform('linux/amd64')!,
    created: job.created,
    openBase: async () => {
      const source = openLayout(job.base);
      return openTree(source, await source.resolve(undefined));
    },
  });
  const request = {
    name: 'app',
    context: job.context,
    dockerfile: `${job.context}/Dockerfile`,
    args: job.args,
    labels: {},
    annotations: {},
    secrets: [],
    contexts: {},
    platforms: ['linux/amd64', 'linux/arm64'].map((text) => ({
      platform: parsePlatform(text)!,
      because: { kind: 'flag' } as const,
    })),
    noCache: false,
    scriptsNotNeeded: [],
    ...(job.sourceDateEpoch === undefined ? {} : { sourceDateEpoch: job.sourceDateEpoch }),
  };
  try {
    const { root } = await engine.build(request, await engine.plan(request), { directory: job.output, name: 'app' });
    const source = openLayout(job.output);
    const { images } = await openTree(source, await source.resolve('app'));
    return {
      root: root.digest,
      layers: images.flatMap(({ manifest }) => manifest.layers.map(({ digest }) => digest)),
      configs: images.map(({ rawConfig }) => Buffer.from(rawConfig).toString()),
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.diagnostic.code, args: error.diagnostic.args };
  }
}

const [, , job] = process.argv;
if (job !== undefined) console.log(JSON.stringify(await buildOnce(JSON.parse(job) as BuildOnce)));
