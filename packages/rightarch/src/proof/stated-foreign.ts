/** What somebody says of files that do not fit: they are there on purpose, and why. */
export interface StatedForeign {
  /** `/opt/cross/**`: `*` and `?` stay within a name, `**` does not; the leading slash may be left out. */
  readonly path: string;
  readonly reason: string;
}

/** Machine code that does not fit and is there on purpose: by a rule of ours, or because somebody says so. */
export interface OnPurpose {
  readonly path: string;
  /** What it is: `x86-64 (e_machine 62)`. */
  readonly found: string;
  /** The id of the rule; `stated` where `reason` is somebody's word. */
  readonly rule: string;
  readonly reason?: string;
  /** 1-based. */
  readonly layer?: number;
}

/** The first statement that a path falls under. */
export function statedFor(stated: readonly StatedForeign[], path: string): StatedForeign | undefined {
  return stated.find((one) => matchesPath(one.path, path));
}

/** Without an expression: a pattern from a configuration must not be able to take minutes. */
export function matchesPath(pattern: string, path: string): boolean {
  const [wanted, have] = [pattern, path].map((text) => text.split('/').filter((part) => part !== ''));
  return matchesParts(wanted!, have!);
}

function matchesParts(wanted: readonly string[], have: readonly string[]): boolean {
  // Reachable positions in the path, part by part of the pattern: linear in both.
  let at = new Set([0]);
  for (const part of wanted) {
    const next = new Set<number>();
    if (part === '**') for (let i = Math.min(...at); i <= have.length; i++) next.add(i);
    else for (const i of at) if (i < have.length && matchesName(part, have[i]!)) next.add(i + 1);
    at = next;
    if (at.size === 0) return false;
  }
  return at.has(have.length);
}

function matchesName(pattern: string, name: string): boolean {
  let at = new Set([0]);
  for (const c of pattern) {
    const next = new Set<number>();
    if (c === '*') for (let i = Math.min(...at); i <= name.length; i++) next.add(i);
    else for (const i of at) if (c === '?' ? i < name.length : name.startsWith(c, i)) next.add(i + c.length);
    at = next;
    if (at.size === 0) return false;
  }
  return at.has(name.length);
}
