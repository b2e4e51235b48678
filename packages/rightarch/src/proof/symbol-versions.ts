import type { ElfFacts } from '../scan/index.ts';

/** An object of a process, as its loader calls it. */
export interface VersionedObject {
  /** The path at which it was opened: what the loader's messages name. */
  readonly path: string;
  readonly facts: ElfFacts;
}

/** A symbol version that the library found under its name does not define. */
export interface MissingVersion {
  readonly version: string;
  /** As it was opened. */
  readonly library: string;
  readonly neededBy: VersionedObject;
  /** The newest version of the same family that the library defines: `GLIBC_2.36` for `GLIBC_2.38`. */
  readonly newest: string | undefined;
}

export type VersionAnswer =
  | { readonly kind: 'fit' }
  | { readonly kind: 'missing'; readonly missing: readonly [MissingVersion, ...MissingVersion[]] }
  | { readonly kind: 'undecided'; readonly path: string };

/**
 * What glibc does before it runs anything (elf/dl-version.c, _dl_check_all_versions): every version that an object
 * needs of a library must be defined by the library that was loaded under that name. A library without version
 * information, and a need that is marked weak, are only warned about. musl compares no versions.
 */
export function compareVersions(
  objects: readonly VersionedObject[],
  loadedAs: (name: string) => VersionedObject | undefined,
): VersionAnswer {
  const missing: MissingVersion[] = [];
  for (const object of objects) {
    if (object.facts.versionsUnread === true) return { kind: 'undecided', path: object.path };
    for (const need of object.facts.needs ?? []) {
      const library = loadedAs(need.file);
      // glibc ends with a failed assertion there; whether this one does depends on how it was built.
      if (library === undefined || library.facts.versionsUnread === true) {
        return { kind: 'undecided', path: library?.path ?? object.path };
      }
      const { defines, needs } = library.facts;
      if (defines === undefined) {
        // Without any table of versions the first lookup of such a symbol ends in an assertion (dl-lookup.c, check_match).
        if (needs === undefined && need.versions.length > 0) return { kind: 'undecided', path: library.path };
        continue;
      }
      for (const version of need.versions) {
        if (defines.includes(version)) continue;
        const newest = newestOf(defines, version);
        missing.push({ version, library: library.path, neededBy: object, newest });
      }
    }
  }
  const [first, ...more] = missing;
  return first === undefined ? { kind: 'fit' } : { kind: 'missing', missing: [first, ...more] };
}

function newestOf(defines: readonly string[], version: string): string | undefined {
  const family = /^(.*_)\d+(\.\d+)*$/.exec(version)?.[1];
  if (family === undefined) return undefined;
  return defines
    .filter((one) => one.startsWith(family) && /^\d+(\.\d+)*$/.test(one.slice(family.length)))
    .sort((a, b) => compareNumbers(a.slice(family.length), b.slice(family.length)))
    .at(-1);
}

/** Orders versions of numbers: `2.9` before `2.36`. */
export function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
