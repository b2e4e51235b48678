import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'tsdown';

/**
 * `npm run release-tree DIRECTORY`: what the tag of a release holds. The action and the hook of pre-commit are taken from
 * a repository as they stand there, so this one has all code in it and needs nothing that is installed first.
 */
export async function writeReleaseTree(directory: string): Promise<void> {
  const root = resolve(import.meta.dirname, '..');
  const own = join(root, 'packages/rightarch');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await build({
    config: false,
    cwd: own,
    entry: {
      'cli/main': 'src/cli/main.ts',
      'cli/action/main': 'src/cli/action/main.ts',
      'scan/layer-worker': 'src/scan/layer-worker.ts',
    },
    outDir: join(directory, 'dist'),
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    dts: false,
    fixedExtension: false,
    sourcemap: false,
    clean: false,
    logLevel: 'error',
    // Everything, also what npm would bring.
    noExternal: /.*/,
    copy: [{ from: '../../docs/codes', to: join(directory, 'dist') }],
  });
  const { name, version, description, license, type, engines, bin, dependencies } = JSON.parse(
    await readFile(join(own, 'package.json'), 'utf8'),
  );
  const manifest = { name, version, description, license, type, engines, bin };
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await cp(join(own, 'bin'), join(directory, 'bin'), { recursive: true });
  for (const file of ['action.yml', '.pre-commit-hooks.yaml', 'LICENSE', 'README.md'])
    await cp(join(root, file), join(directory, file));
  await writeFile(
    join(directory, 'THIRD-PARTY.txt'),
    await licenses(join(root, 'node_modules'), Object.keys(dependencies)),
  );
}

/** The licences of what is bundled, whole, as they ask for it. */
async function licenses(modules: string, names: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for (const name of names) {
    const { version } = JSON.parse(await readFile(join(modules, name, 'package.json'), 'utf8'));
    const file = (await readdir(join(modules, name))).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence to go with it`);
    texts.push(`${name} ${version}\n\n${await readFile(join(modules, name, file), 'utf8')}`);
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const directory = process.argv[2];
  if (directory === undefined) {
    process.stderr.write('Name the directory: `npm run release-tree DIRECTORY`\n');
    process.exit(2);
  }
  await writeReleaseTree(resolve(directory));
}
