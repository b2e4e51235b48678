// @ts-check
// One build in a process of its own, so that umask, user, HOME, TZ and LANG can be others; workshop.ts starts it and
// has the types. Plain JavaScript over what `npm run build` made: a process starts in no time, on every Node.
import {
  createEmbeddedEngine,
  Failure,
  openLayout,
  openTree,
  parsePlatform,
} from '../../packages/rightarch/dist/index.js';

/** @param {string} text */
function platform(text) {
  const found = parsePlatform(text);
  if (found === undefined) throw new TypeError(text);
  return found;
}

/** @param {import('./workshop.ts').BuildOnce} job */
async function buildOnce(job) {
  process.umask(job.umask);
  const engine = createEmbeddedEngine({
    cacheDirectory: job.cache,
    buildPlatform: platform('linux/amd64'),
    created: job.created,
    openBase: async () => {
      const source = openLayout(job.base);
      return openTree(source, await source.resolve(undefined));
    },
  });
  /** @type {Parameters<typeof engine.plan>[0]} */
  const request = {
    name: 'app',
    context: job.context,
    dockerfile: `${job.context}/Dockerfile`,
    args: job.args,
    labels: {},
    annotations: {},
    secrets: [],
    ssh: [],
    contexts: {},
    platforms: ['linux/amd64', 'linux/arm64'].map((text) => ({
      platform: platform(text),
      because: { kind: 'flag' },
    })),
    noCache: false,
    pull: false,
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
if (job !== undefined) console.log(JSON.stringify(await buildOnce(JSON.parse(job))));
