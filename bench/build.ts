import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { emulateArm64, openBuildah } from './buildah.ts';
import { compare, type Row, race } from './measure.ts';
import { startDockerRegistry } from './registry.ts';
import { bases, builtLibrary, needBases, rightarch, root, workplace } from './workspace.ts';

const BOTH = ['linux/amd64', 'linux/arm64'];
const cache = join(workplace, 'build-cache');
/** What is known of earlier builds and of the layers that they read; npm's packages are beside it and stay. */
const known = ['build', 'scan'].map((name) => join(cache, name));

/** The example without what is made in it. */
function copyExample(): string {
  const context = join(workplace, 'hono-app');
  rmSync(context, { recursive: true, force: true });
  cpSync(join(root, 'examples/hono-app'), context, {
    recursive: true,
    filter: (path) => !/\/(\.rightarch|node_modules)$/.test(path),
  });
  return context;
}

/**
 * Two platforms by the embedded engine against one and two platforms by buildah. Same end: gzip layers in an OCI
 * layout on disk. Same beginning: the base on this machine, npm's packages cached, nothing built before.
 */
export async function benchBuild({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  await needBases();
  await builtLibrary();
  const context = copyExample();
  const out = join(workplace, 'build-out');
  const ours = async () => {
    const flags = ['--mirror', `docker.io=oci:${bases}`, '--platform', BOTH.join(','), '-o', `oci:${out}`];
    await rightarch(['build', ...flags, context], { cwd: context, cache });
  };
  const leftBy = (name: string) => join(workplace, `left-${name}`);
  const registry = await startDockerRegistry(join(workplace, 'build-registry'));
  const rows: Row[] = [];
  try {
    const image = `${registry.host}/library/node:22-slim`;
    const shipped = `${registry.host}/bench/hono-app:1`;
    await rightarch(['push', `oci:${bases}:docker.io/library/node:22-slim`, image], { cache, accept: [0, 1] });
    const buildah = await openBuildah(join(workplace, 'buildah'), registry.host);
    try {
      const cold = {
        name: 'embedded, two platforms',
        prepare() {
          for (const path of [...known, out]) rmSync(path, { recursive: true, force: true });
        },
        run: ours,
      };
      const warm = { name: 'embedded, nothing changed', prepare: ours, run: ours };
      const verify = async (...more: string[]) =>
        void (await rightarch(['verify', ...more, `oci:${out}`], { cwd: context, cache, accept: [0, 1] }));
      const proven = { name: 'verify, right after the build', prepare: ours, run: () => verify() };
      const unknown = { name: 'verify --no-cache', prepare: ours, run: () => verify('--no-cache') };
      const ship = async () => {
        const flags = ['--mirror', `docker.io=oci:${bases}`, '--platform', BOTH.join(','), '-t', shipped];
        await rightarch(['ship', ...flags], { cwd: context, cache, accept: [0, 1] });
      };
      const shipAgain = { name: 'ship, nothing changed', prepare: ship, run: ship };
      const native = {
        name: 'buildah, native',
        async run() {
          await buildah.build(context);
          await buildah.leave(leftBy('native'));
        },
      };
      const nativeAlone = { name: 'buildah build, native', run: () => buildah.build(context) };
      const contenders = [cold, warm, native, nativeAlone, proven, unknown, shipAgain];
      const [first, again, one, alone, proof, reading, ships] = await race(contenders, { rounds });
      const emulation = await emulateArm64();
      let two: typeof first;
      try {
        const emulated = {
          name: 'buildah, two platforms under qemu-user',
          async run() {
            await buildah.build(context, BOTH);
            await buildah.leave(leftBy('both'), BOTH);
          },
        };
        [two] = await race([emulated], { rounds: Math.min(rounds, 3) });
      } finally {
        await emulation.close();
      }
      const what = 'hono-app for two platforms, packages cached, no layer';
      rows.push(
        compare('build', what, first!, one!, {
          bar: { most: 1 },
          note: `buildah build alone, without the layout: ${Math.round(alone!.median)} ms`,
        }),
        compare('build', what, first!, two!, { bar: { timesFaster: 5 } }),
        compare('build', 'hono-app for two platforms, nothing changed', again!, one!),
        compare('build', '`verify` right after it: layers are hashed, none is unpacked', proof!, reading!),
        {
          part: 'build',
          what: '`ship` of two platforms to docker-registry, nothing changed',
          ms: ships!.median,
          bar: { mostMs: 3000 },
        },
      );
      for (const name of ['native', 'both']) {
        if (!existsSync(join(leftBy(name), 'index.json'))) throw new Error(`buildah left no layout (${name})`);
      }
    } finally {
      await buildah.close();
    }
  } finally {
    await registry.close();
  }
  return rows;
}
