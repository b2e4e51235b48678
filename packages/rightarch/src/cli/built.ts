import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { atInput, failure } from '../messages/index.ts';
import type { Session } from './session.ts';

const FOLDER = '.rightarch';
const LAST = 'last.json';

/** Where `build` leaves an image: `.rightarch/<image name>` beside rightarch.yaml, or in the working directory. */
export function layoutDirectory(root: string, image: string): string {
  return join(root, FOLDER, image.replaceAll(/[^\w.-]/g, '-'));
}

/** Keeps what was built last, and keeps the folder out of Git. */
export function rememberBuilt(root: string, directories: readonly string[]): void {
  const folder = join(root, FOLDER);
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  const temporary = join(folder, `${LAST}.${process.pid}`);
  writeFileSync(
    temporary,
    `${JSON.stringify({ layouts: directories.map((directory) => relative(root, directory)) })}\n`,
  );
  renameSync(temporary, join(folder, LAST));
}

/** The layouts that were built last, here or in a folder above; absolute directories. */
export function lastLayouts(session: Session): readonly string[] {
  for (let folder = session.shell.cwd; ; folder = dirname(folder)) {
    const file = join(folder, FOLDER, LAST);
    if (existsSync(file)) {
      try {
        const { layouts } = JSON.parse(readFileSync(file, 'utf8')) as { layouts?: unknown };
        const found = Array.isArray(layouts) ? layouts.filter((one): one is string => typeof one === 'string') : [];
        return found.map((one) => join(folder, one)).filter((directory) => existsSync(join(directory, 'oci-layout')));
      } catch {
        return [];
      }
    }
    if (dirname(folder) === folder) return [];
  }
}

/** The locator of what was built last; a failure that says what to do where nothing was. */
export function lastBuilt(session: Session): string {
  const [directory] = lastLayouts(session);
  if (directory === undefined)
    throw failure('cli/nothing-built', { directory: session.shell.cwd }, atInput('IMAGE'), 'request');
  return layoutLocator(session, directory);
}

/** A layout as one would type it here. */
export function layoutLocator(session: Session, directory: string): string {
  return `oci:${relative(session.shell.cwd, directory) || '.'}`;
}
