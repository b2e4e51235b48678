/** A version, split as semver 2.0.0 has it; build metadata is dropped. */
export interface Version {
  readonly numbers: readonly [number, number, number];
  readonly prerelease: readonly (string | number)[];
}

interface Comparator {
  readonly operator: '>=' | '>' | '<' | '<=' | '=';
  readonly version: Version;
}

const VERSION = /^[v=\s]*(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;
const PARTIAL = /^[v=\s]*(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Reads a whole version. */
export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text.trim());
  if (match === null) return undefined;
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], prerelease: identifiers(match[4]) };
}

function identifiers(text: string | undefined): (string | number)[] {
  return text === undefined ? [] : text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Below zero where the first comes before the second. */
export function compareVersions(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return b.prerelease.length - a.prerelease.length > 0 ? 1 : a.prerelease.length === b.prerelease.length ? 0 : -1;
  for (let i = 0; ; i++) {
    const x = a.prerelease[i];
    const y = b.prerelease[i];
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? -1 : 1;
    if (x === y) continue;
    if (typeof x !== typeof y) return typeof x === 'number' ? -1 : 1;
    return x < y ? -1 : 1;
  }
}

/** The comparator sets of a range; undefined where it is none (a tag, an URL). */
export function parseRange(text: string, options: { readonly includePrerelease: boolean }): Comparator[][] | undefined {
  const sets: Comparator[][] = [];
  for (const alternative of text.split('||')) {
    const set = parseSet(alternative.trim(), options.includePrerelease);
    if (set === undefined) return undefined;
    sets.push(set);
  }
  return sets;
}

const at = (major: number, minor: number, patch: number, prerelease: readonly (string | number)[] = []): Version => ({
  numbers: [major, minor, patch],
  prerelease,
});

function parseSet(text: string, pre: boolean): Comparator[] | undefined {
  const hyphen = /^(\S+)\s+-\s+(\S+)$/.exec(text);
  if (hyphen !== null) {
    const from = simple('>=', hyphen[1]!, pre);
    const to = simple('<=', hyphen[2]!, pre);
    return from === undefined || to === undefined ? undefined : [...from, ...to];
  }
  const comparators: Comparator[] = [];
  for (const word of text.replace(/(>=|<=|>|<|=|~>|~|\^)\s+/g, '$1').split(/\s+/)) {
    const match = /^(>=|<=|>|<|=|~>|~|\^)?(.*)$/.exec(word)!;
    const found = simple(match[1] ?? '', match[2]!, pre);
    if (found === undefined) return undefined;
    comparators.push(...found);
  }
  return comparators;
}

/** One comparator as plain ones: node-semver, classes/range.js. With `pre`, upper bounds leave out prereleases of the next. */
function simple(operator: string, text: string, pre: boolean): Comparator[] | undefined {
  const match = PARTIAL.exec(text);
  if (match === null || (operator !== '' && text === '') || (/[<>=]/.test(operator) && text.startsWith('=')))
    return undefined;
  const part = (i: number): number | undefined =>
    match[i] === undefined || /[xX*]/.test(match[i]!) ? undefined : Number(match[i]);
  const major = part(1);
  const minor = major === undefined ? undefined : part(2);
  const patch = minor === undefined ? undefined : part(3);
  const prerelease = patch === undefined ? [] : identifiers(match[4]);
  const floor: readonly (string | number)[] = pre ? [0] : [];
  const zero: readonly (string | number)[] = [0];
  const from = at(major ?? 0, minor ?? 0, patch ?? 0, patch === undefined ? floor : prerelease);
  const least: Comparator = { operator: '>=', version: from };
  const below = (version: Version): Comparator => ({ operator: '<', version });
  if (major === undefined) {
    if (operator === '<' || operator === '>') return [below(at(0, 0, 0, zero))];
    return [{ operator: '>=', version: at(0, 0, 0, floor) }];
  }
  const next = minor === undefined ? at(major + 1, 0, 0, zero) : at(major, minor + 1, 0, zero);
  switch (operator) {
    case '^': {
      if (minor === undefined) return [least, below(at(major + 1, 0, 0, zero))];
      if (major > 0) return [least, below(at(major + 1, 0, 0, zero))];
      if (minor > 0 || patch === undefined) return [least, below(at(0, minor + 1, 0, zero))];
      return [least, below(at(0, 0, patch + 1, zero))];
    }
    case '~':
    case '~>':
      return [least, below(next)];
    case '>=':
      return [least];
    case '>':
      if (patch !== undefined) return [{ operator: '>', version: from }];
      return [
        { operator: '>=', version: minor === undefined ? at(major + 1, 0, 0, floor) : at(major, minor + 1, 0, floor) },
      ];
    case '<':
      return [below(patch === undefined ? at(major, minor ?? 0, 0, zero) : from)];
    case '<=':
      return patch === undefined ? [below(next)] : [{ operator: '<=', version: from }];
    default:
      return patch === undefined ? [least, below(next)] : [{ operator: '=', version: from }];
  }
}

/**
 * Whether a version is in a range. Undefined where one of the two cannot be read. Without `includePrerelease` a
 * prerelease is only in a range that names a prerelease of the same three numbers.
 */
export function satisfies(
  version: string,
  range: string,
  options: { readonly includePrerelease: boolean },
): boolean | undefined {
  const wanted = parseVersion(version);
  const sets = parseRange(range, options);
  if (wanted === undefined || sets === undefined) return undefined;
  return sets.some((set) => {
    if (!set.every((comparator) => test(comparator, wanted))) return false;
    if (options.includePrerelease || wanted.prerelease.length === 0) return true;
    return set.some(({ version: v }) => v.prerelease.length > 0 && v.numbers.every((n, i) => n === wanted.numbers[i]));
  });
}

function test({ operator, version }: Comparator, wanted: Version): boolean {
  const order = compareVersions(wanted, version);
  switch (operator) {
    case '=':
      return order === 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    default:
      return order <= 0;
  }
}
