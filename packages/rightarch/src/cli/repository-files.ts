import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type GitOptions, gitFiles } from '../config/index.ts';
import { type SourceFile, wantedFile } from '../lint/index.ts';

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

/** The files of a repository that may say something about images: what Git tracks or would track, else a bounded walk. */
export async function readRepositoryFiles(root: string, options: GitOptions): Promise<readonly SourceFile[]> {
  const listed = (await gitFiles(root, options)) ?? (await walk(root));
  const synthesized = await walk(join(root, 'cdk.out')).then((names) => names.map((name) => `cdk.out/${name}`));
  const paths = [...new Set([...listed, ...synthesized])].filter(wantedFile).slice(0, MAX_FILES);
  const files: SourceFile[] = [];
  for (const path of paths) {
    const absolute = join(root, path);
    const size = await stat(absolute).then(
      (found) => (found.isFile() ? found.size : MAX_BYTES + 1),
      () => MAX_BYTES + 1,
    );
    if (size <= MAX_BYTES) files.push({ path, text: await readFile(absolute, 'utf8') });
  }
  return files;
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
