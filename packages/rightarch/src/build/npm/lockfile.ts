import { isObject } from '../../core/index.ts';
import { refuse } from '../run/refusal.ts';

/** One package of a lockfile, as `packages` has it (docs.npmjs.com, package-lock.json). Fields that are of the wrong type are absent. */
export interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly peer?: boolean;
  readonly inBundle?: boolean;
  readonly extraneous?: boolean;
  readonly hasInstallScript?: boolean;
  readonly hasShrinkwrap?: boolean;
  readonly bin?: unknown;
  readonly engines?: unknown;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly workspaces?: unknown;
}

export interface Lockfile {
  readonly file: string;
  readonly text: string;
  readonly version: number;
  /** By location, `''` for the project itself. */
  readonly packages: ReadonlyMap<string, LockEntry>;
  /** The same, as it was parsed: for what is written out again. */
  readonly raw: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const LOCATION = /^(?:[^\0]+)$/;

/** Reads package-lock.json of version 2 and 3. Version 1 has no `packages`: it is refused with the command that renews it. */
export function parseLockfile(text: string, file: string): Lockfile {
  const bad = (problem: string): never => refuse('npm/lockfile-malformed', { file, problem });
  const whole = parseJson(text.replace(/^\uFEFF/, ''), bad);
  const version = whole['lockfileVersion'];
  if (typeof version !== 'number') return bad('lockfileVersion is not a number');
  if (version < 2) return refuse('npm/lockfile-old', { file, version });
  if (version > 3) return bad(`lockfileVersion is ${version}`);
  const { packages } = whole;
  if (!isObject(packages)) return bad('packages is missing');
  const found = new Map<string, LockEntry>();
  for (const [location, entry] of Object.entries(packages)) {
    if (!isObject(entry)) return bad(`packages["${location}"] is not an object`);
    const parts = location.split('/');
    if (
      location !== '' &&
      (!LOCATION.test(location) ||
        location.startsWith('/') ||
        parts.includes('..') ||
        parts.includes('.') ||
        parts.includes(''))
    )
      return bad(`packages["${location}"] leads out of the project`);
    found.set(location, entryOf(entry));
  }
  if (!found.has('')) return bad('packages[""] is missing');
  return { file, text, version, packages: found, raw: packages as Lockfile['raw'] };
}

function parseJson(text: string, bad: (problem: string) => never): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return bad(cause instanceof Error ? cause.message : 'it is not JSON');
  }
  return isObject(value) ? value : bad('it is not an object');
}

const STRINGS = ['name', 'version', 'resolved', 'integrity'];
const FLAGS = [
  'link',
  'dev',
  'optional',
  'devOptional',
  'peer',
  'inBundle',
  'extraneous',
  'hasInstallScript',
  'hasShrinkwrap',
];
const MAPS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

function entryOf(raw: Record<string, unknown>): LockEntry {
  const entry: Record<string, unknown> = {};
  for (const key of STRINGS) if (typeof raw[key] === 'string') entry[key] = raw[key];
  for (const key of FLAGS) if (raw[key] === true) entry[key] = true;
  for (const key of MAPS) {
    const map = raw[key];
    if (isObject(map))
      entry[key] = Object.fromEntries(Object.entries(map).filter(([, spec]) => typeof spec === 'string'));
  }
  for (const key of ['os', 'cpu', 'libc']) {
    const list = typeof raw[key] === 'string' ? [raw[key]] : raw[key];
    if (Array.isArray(list)) entry[key] = list.filter((item) => typeof item === 'string');
  }
  for (const key of ['bin', 'engines', 'workspaces']) if (raw[key] !== undefined) entry[key] = raw[key];
  if (isObject(raw['peerDependenciesMeta'])) entry['peerDependenciesMeta'] = raw['peerDependenciesMeta'];
  return entry as LockEntry;
}

/** The package's name: written where an alias differs from the folder. */
export function packageName(location: string, entry: LockEntry): string {
  if (entry.name !== undefined) return entry.name;
  return folderName(location);
}

/** The name by which it is required: the folder below the last node_modules. */
export function folderName(location: string): string {
  const at = location.lastIndexOf('node_modules/');
  if (at >= 0) return location.slice(at + 'node_modules/'.length);
  const parts = location.split('/');
  const scope = parts.at(-2);
  return scope?.startsWith('@') ? `${scope}/${parts.at(-1)}` : (parts.at(-1) ?? '');
}
