import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compare, type Row, race } from './measure.ts';
import { type LocalRegistry, startDockerRegistry } from './registry.ts';
import { bases, builtLibrary, needBases, needTools, rightarch, root, run, workplace } from './workspace.ts';

const cache = join(workplace, 'build-cache');

/** The whole hono-app into an empty docker-registry, with the proof, against skopeo's copy of the same layout. */
export async function benchPush({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  await needBases();
  await builtLibrary();
  await needTools({ skopeo: 'skopeo' });
  const layout = join(workplace, 'push-layout');
  const context = join(root, 'examples/hono-app');
  if (!existsSync(join(layout, 'index.json'))) {
    const flags = ['--mirror', `docker.io=oci:${bases}`, '--platform', 'linux/amd64,linux/arm64'];
    await rightarch(['build', ...flags, '-t', 'hono-app:bench', '-o', `oci:${layout}`, context], { cache });
  }
  let registry: LocalRegistry | undefined;
  const empty = async () => {
    await registry?.close();
    registry = await startDockerRegistry(join(workplace, 'push-registry'));
  };
  const target = () => `${registry!.host}/bench/hono-app:1`;
  const push = (...flags: string[]) =>
    rightarch(['push', ...flags, `oci:${layout}`, target()], { cache, accept: [0, 1] });
  try {
    const [known, unknown, again, copied] = await race(
      [
        { name: 'push, layers proven before', prepare: empty, run: async () => void (await push()) },
        { name: 'push, proof from nothing', prepare: empty, run: async () => void (await push('--no-cache')) },
        {
          name: 'push of what is there',
          async prepare() {
            await empty();
            await push();
          },
          run: async () => void (await push()),
        },
        {
          name: 'skopeo copy --all',
          prepare: empty,
          run: async () =>
            void (await run('skopeo', [
              'copy',
              '--all',
              '--quiet',
              '--insecure-policy',
              '--dest-tls-verify=false',
              `oci:${layout}`,
              `docker://${target()}`,
            ])),
        },
      ],
      { rounds: Math.min(rounds, 5) },
    );
    return [
      compare('push', 'hono-app to docker-registry, right after its build', known!, copied!, { bar: { most: 1 } }),
      compare('push', 'hono-app to docker-registry, every layer proven from nothing', unknown!, copied!),
      compare('push', 'hono-app to docker-registry, already there', again!, copied!),
    ];
  } finally {
    await registry?.close();
  }
}
