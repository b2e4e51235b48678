import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debianSources, RELEASE } from '../../tools/bases/apt.ts';

const run = promisify(execFile);

/** Packages of any release of Debian, unpacked below `root/files` and never installed. */
export async function unpackPackages(root: string, suite: string, packages: readonly string[]): Promise<void> {
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'files'])
    mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'status'), '');
  // This machine's own archive, in the other suite: no host is named here.
  const sources = (await debianSources('/etc/apt')).replaceAll(RELEASE, suite);
  mkdirSync(join(root, 'sources'), { recursive: true });
  writeFileSync(join(root, 'sources', 'debian.sources'), sources);
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(root, 'sources'),
    'Dir::State': join(root, 'state'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': join(root, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const cwd = join(root, 'cache');
  await run('apt-get', [...options, '-qq', '--error-on=any', 'update'], { cwd });
  await run('apt-get', [...options, '-qq', 'download', ...packages], { cwd });
  for (const file of readdirSync(cwd).filter((name) => name.endsWith('.deb')))
    await run('dpkg', ['-x', join(cwd, file), join(root, 'files')]);
}
