import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitOptions, gitFiles } from '../config/index.ts';
import { isDockerfile, type SourceFile, wantedFile } from '../lint/index.ts';

const MAX_FILES = 2_000;
const MAX_BYTES = 2_000_000;
const SKIPPED = new Set([
  'node_modules',
  '.git',
  'vendor',
  'dist',
  'build',
  '.venv',
  'venv',
  'target',
  '.next',
  '.rightarch',
  '.cache',
]);

export interface RepositoryFiles {
  readonly files: readonly SourceFile[];
  /** Where their names are from: what Git tracks or would track, else a bounded walk. */
  readonly looked: 'tracked' | 'walked';
}

/** The files of a repository that may say something about images, and Git's own configuration, which names its origin. */
export async function readRepositoryFiles(root: string, options: GitOptions): Promise<RepositoryFiles> {
  const tracked = await gitFiles(root, options);
  const listed = tracked ?? (await walk(root));
  const synthesized = await walk(join(root, 'cdk.out')).then((names) => names.map((name) => `cdk.out/${name}`));
  const wanted = [...new Set(['.git/config', ...listed, ...synthesized])].filter(wantedFile);
  // However many others there are, none displaces a Dockerfile.
  const paths = [...wanted.filter(isDockerfile), ...wanted.filter((path) => !isDockerfile(path))].slice(0, MAX_FILES);
  const files: SourceFile[] = [];
  for (const path of paths) {
    const absolute = join(root, path);
    const size = await stat(absolute).then(
      (found) => (found.isFile() ? found.size : MAX_BYTES + 1),
      () => MAX_BYTES + 1,
    );
    if (size <= MAX_BYTES) files.push({ path, text: await readFile(absolute, 'utf8') });
  }
  return { files, looked: tracked === undefined ? 'walked' : 'tracked' };
}

async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const open = [''];
  while (open.length > 0 && found.length < 20_000) {
    const below = open.shift()!;
    const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && path.split('/').length < 8) open.push(path);
      else if (entry.isFile()) found.push(path);
    }
  }
  return found;
}
