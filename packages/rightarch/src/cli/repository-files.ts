import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type GitOptions, gitFiles } from '../config/index.ts';
import { isDockerfile } from '../dockerfile/index.ts';
import { filesBeside, isDocument, isLockfile, type SourceFile, saysCommands, wantedFile } from '../lint/index.ts';

const MAX_FILES = 2_000;
const MAX_BYTES = 2_000_000;
/** A lockfile of a large project; the largest that are known have a third of it. */
const MAX_LOCK_BYTES = 30_000_000;
const SKIPPED = new Set([
  'node_modules',
  '.git',
  'vendor',
  'dist',
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
  /** The lockfiles among all files, and the manifests that say more about one. */
  readonly lockfiles: readonly string[];
  /** Documents for people, those near the root first. */
  readonly documents: readonly string[];
}

/** The files of a repository that may say something about images, and Git's own configuration, which names its origin. */
export async function readRepositoryFiles(root: string, options: GitOptions): Promise<RepositoryFiles> {
  const tracked = await gitFiles(root, options);
  const listed = tracked ?? (await walk(root));
  const synthesized = await walk(join(root, 'cdk.out')).then((names) => names.map((name) => `cdk.out/${name}`));
  const wanted = [...new Set(['.git/config', ...listed.filter(wantedFile), ...synthesized.filter(wantedFile)])];
  // However many others there are, none displaces a Dockerfile.
  const paths = [...wanted.filter(isDockerfile), ...wanted.filter((path) => !isDockerfile(path))].slice(0, MAX_FILES);
  const files = readAll(root, paths, MAX_BYTES);
  const lockfiles = listed.filter((path) => isLockfile(path) || /(?:^|\/)pyproject\.toml$/.test(path));
  const documents = listed.filter(isDocument).sort((a, b) => depthOf(a) - depthOf(b));
  return { files, looked: tracked === undefined ? 'walked' : 'tracked', lockfiles, documents };
}

const depthOf = (path: string): number => path.split('/').length;

/** A runbook is short, and a repository has a few: a site of documentation is not read whole. */
const MAX_DOCUMENTS = 300;
const MAX_DOCUMENT_BYTES = 200_000;

/** The documents that may teach a command or a Dockerfile; of the others nothing is kept. */
export function readDocuments(root: string, documents: readonly string[]): readonly SourceFile[] {
  const files = readAll(root, documents.slice(0, MAX_DOCUMENTS), MAX_DOCUMENT_BYTES);
  return files.filter(({ text }) => saysCommands(text));
}

/** The most of all lockfiles together that are read: a repository of examples has hundreds. */
const MAX_LOCKFILES = 500;
const MAX_LOCKFILE_BYTES = 100_000_000;

/** The lockfiles of a repository, those beside its Dockerfiles first: they tell which packages are native. */
export function readLockfiles(
  root: string,
  dockerfiles: readonly string[],
  listed: readonly string[],
): readonly SourceFile[] {
  const beside = new Set(dockerfiles.map((path) => posix.join(posix.dirname(path), 'package-lock.json')));
  // One beside a Dockerfile counts where Git ignores it as well: the build sees it.
  const paths = [...new Set([...beside, ...listed])].slice(0, MAX_LOCKFILES);
  const files: SourceFile[] = [];
  let left = MAX_LOCKFILE_BYTES;
  for (const path of paths) {
    for (const file of readAll(root, [path], Math.min(left, MAX_LOCK_BYTES))) {
      left -= file.text.length;
      files.push(file);
    }
  }
  return files;
}

/** Ignore files of these Dockerfiles, and the scripts that their images start as far as their own lines tell. */
export function readBeside(root: string, files: readonly SourceFile[]): readonly SourceFile[] {
  const known = new Set(files.map(({ path }) => path));
  const wanted = files
    .filter(({ path }) => isDockerfile(path))
    .flatMap(filesBeside)
    .filter((path) => !known.has(path) && !path.startsWith('../'));
  return readAll(root, [...new Set(wanted)], MAX_BYTES);
}

/**
 * Those that are files and no longer than that; what goes away meanwhile is not there. One after the other on this thread:
 * they are small, nothing else is to be done, and asking another thread for each took longer than reading them.
 */
function readAll(root: string, paths: readonly string[], most: number): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const path of paths) {
    const absolute = join(root, path);
    try {
      const found = statSync(absolute, { throwIfNoEntry: false });
      if (found?.isFile() === true && found.size <= most) files.push({ path, text: readFileSync(absolute, 'utf8') });
    } catch {
      // Nobody may read it, or it went away.
    }
  }
  return files;
}

async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const open = [''];
  // A folder for sources (build/package/Dockerfile), or for thousands of outputs, which displace nothing.
  const last: string[] = [];
  while (found.length < 20_000) {
    const below = open.shift() ?? last.shift();
    if (below === undefined) break;
    const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && path.split('/').length < 8)
        (entry.name === 'build' ? last : open).push(path);
      else if (entry.isFile()) found.push(path);
    }
  }
  return found;
}
