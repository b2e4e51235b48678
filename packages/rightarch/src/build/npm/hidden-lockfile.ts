import { isObject } from '../../core/index.ts';
import { folderName, type Lockfile } from './lockfile.ts';
import { normalizedBins } from './place.ts';

/** Keys that npm writes first (arborist, shrinkwrap.js swKeyOrder). */
const FIRST = ['name', 'version', 'lockfileVersion', 'resolved', 'integrity', 'requires', 'packages', 'dependencies'];

/**
 * node_modules/.package-lock.json: what was placed, in the words of the lockfile. npm writes it from the tree that it
 * made, with the same fields in the same order (json-stringify-nice).
 */
export function hiddenLockfile(
  lock: Lockfile,
  placed: ReadonlySet<string>,
  project: {
    /** Absent where npm was told not to save a lockfile, and there was none. */
    readonly name: string | undefined;
    readonly version: string | undefined;
    readonly npm: string;
    readonly format: TextFormat;
  },
): string {
  // npm 10 does not know `libc` (npm/cli#9025), and writes only what it knows.
  const old = Number(project.npm.split('.')[0]) < 11;
  const packages: Record<string, unknown> = {};
  for (const [location, entry] of Object.entries(lock.raw)) {
    if (location === '' || !placed.has(location)) continue;
    const { libc, bin, ...rest } = entry;
    const name = typeof entry['name'] === 'string' ? entry['name'] : folderName(location);
    packages[location] = {
      ...rest,
      ...(bin === undefined ? {} : { bin: Object.fromEntries(normalizedBins(name, bin)) }),
      ...(old || libc === undefined ? {} : { libc }),
    };
  }
  const whole = {
    ...(project.name === undefined ? {} : { name: project.name }),
    ...(project.version === undefined ? {} : { version: project.version }),
    lockfileVersion: 3,
    requires: true,
    packages,
  };
  return formatLockfile(whole, project.format);
}

/** How a JSON text is laid out. */
export interface TextFormat {
  readonly indent: string;
  readonly newline: string;
}

/**
 * The layout of a package.json, which npm gives to every lockfile that it writes, whatever the one that it read was like
 * (arborist, inferFormattingOptions; json-parse-even-better-errors tells it from the first line break).
 */
export function formatOf(text: string): TextFormat {
  const [, newline, indent] = /^\s*[{[]((?:\r?\n)+)([\s\t]*)/.exec(text.replace(/^\uFEFF/, '')) ?? [];
  return { indent: indent || '  ', newline: newline || '\n' };
}

/** JSON as npm writes lockfiles: preferred keys first, then plain values, then objects, each by name. */
export function formatLockfile(value: unknown, { indent, newline }: TextFormat): string {
  const text = JSON.stringify(value, (_, inner: unknown) => (isObject(inner) ? sorted(inner) : inner), indent);
  return `${text}\n`.replaceAll('\n', newline);
}

function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(value).sort(([a, x], [b, y]) => {
    if (isObject(x) !== isObject(y)) return isObject(x) ? 1 : -1;
    const i = FIRST.indexOf(a);
    const j = FIRST.indexOf(b);
    if (i >= 0 && j >= 0) return i - j;
    if (i >= 0 || j >= 0) return i >= 0 ? -1 : 1;
    return a.localeCompare(b, 'en');
  });
  return Object.fromEntries(entries);
}

/** The name that npm gives a project: from its package.json, else from its folder. */
export function projectName(named: unknown, directory: string): string {
  return typeof named === 'string' && named !== '' ? named : folderName(directory.replace(/^\//, ''));
}
