import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { formatReference, type ImageReference } from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { makeDirectory } from '../oci/index.ts';
import type { Session } from './session.ts';
import { writeWhole } from './write-whole.ts';

const FOLDER = '.rightarch';
const LAST = 'last.json';

/** Where `build` leaves an image: `.rightarch/<image name>` beside rightarch.yaml, or in the working directory. */
export function layoutDirectory(root: string, image: string): string {
  return join(root, FOLDER, image.replaceAll(/[^\w.-]/g, '-'));
}

/** What was built last: where it is, and the names that `-t` gave it. */
interface LastBuilt {
  readonly layouts: readonly string[];
  readonly names: readonly string[];
}

/** Keeps what was built last with its names of `-t`, and keeps the folder out of Git. */
export async function rememberBuilt(
  root: string,
  directories: readonly string[],
  references: readonly ImageReference[] = [],
): Promise<void> {
  const folder = join(root, FOLDER);
  await makeDirectory(folder);
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeWhole(ignore, '*\n');
  const last: LastBuilt = {
    layouts: directories.map((directory) => relative(root, directory)),
    names: references.map(formatReference),
  };
  writeWhole(join(folder, LAST), `${JSON.stringify(last)}\n`);
}

/** The layouts that were built last, here or in a folder above; absolute directories. */
export function lastLayouts(session: Session): readonly string[] {
  return readLast(session).layouts.filter((directory) => existsSync(join(directory, 'oci-layout')));
}

/** The names of `-t` that the layout got when it was built last. */
export function namesBuiltWith(session: Session, layout: string): readonly string[] {
  const { layouts, names } = readLast(session);
  return layouts.includes(layout) ? names : [];
}

/** A file that cannot be read is as good as none: it holds nothing that cannot be typed. */
function readLast(session: Session): LastBuilt {
  for (let folder = session.shell.cwd; ; folder = dirname(folder)) {
    const file = join(folder, FOLDER, LAST);
    if (existsSync(file)) {
      try {
        const { layouts, names } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<keyof LastBuilt, unknown>>;
        return { layouts: textsOf(layouts).map((one) => resolve(folder, one)), names: textsOf(names) };
      } catch {
        break;
      }
    }
    if (dirname(folder) === folder) break;
  }
  return { layouts: [], names: [] };
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

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
