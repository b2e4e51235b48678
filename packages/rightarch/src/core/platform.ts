/**
 * Platforms, by containerd's tables (containerd/platforms database.go and compare.go @09756f59) and never by
 * the host: `linux` alone is not a platform here, because only the host could complete it.
 *
 *   as written              architecture  variant
 *   i386                    386           (none)
 *   x86_64 x86-64 amd64     amd64         v1 is dropped, v2 v3 v4 are kept
 *   aarch64 arm64           arm64         8 v8 v8.0 are dropped, 9 9.0 v9.0 become v9
 *   armhf                   arm           v7
 *   armel                   arm           v6
 *   arm                     arm           absent or 7 becomes v7; 5 6 8 become v5 v6 v8
 */

/** Known names complete in an editor; an unknown name read from an image is still a value. */
type Open<Known extends string> = Known | (string & {});

export interface Platform {
  readonly os: Open<'linux' | 'windows' | 'darwin' | 'freebsd'>;
  readonly architecture: Open<'amd64' | 'arm64' | 'arm' | '386' | 'riscv64' | 'ppc64le' | 's390x' | 'loong64'>;
  /** Canonical: absent for the baseline (arm64 v8, amd64 v1), always present for 32-bit arm. */
  readonly variant?: string;
  readonly osVersion?: string;
}

const ARCHITECTURES: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  i386: ['386', ''],
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
};

const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  amd64: { v1: '' },
  arm64: { '8': '', v8: '', 'v8.0': '', '9': 'v9', '9.0': 'v9', 'v9.0': 'v9' },
  arm: { '': 'v7', '7': 'v7', '5': 'v5', '6': 'v6', '8': 'v8' },
};

/** The canonical form of a platform, by the table at the top of this file. Idempotent. */
export function normalizePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const written = platform.architecture.toLowerCase();
  const alias = Object.hasOwn(ARCHITECTURES, written) ? ARCHITECTURES[written] : undefined;
  const [architecture, forced] = alias ?? [written];
  const given = (platform.variant ?? '').toLowerCase();
  const table = Object.hasOwn(VARIANTS, architecture) ? VARIANTS[architecture] : undefined;
  const variant = forced ?? (table !== undefined && Object.hasOwn(table, given) ? table[given] : given);
  return {
    os: os === 'macos' ? 'darwin' : os,
    architecture,
    ...(variant ? { variant } : {}),
    ...(platform.osVersion !== undefined ? { osVersion: platform.osVersion } : {}),
  };
}

const COMPONENT = /^[A-Za-z0-9_.-]+$/;

/** CPU words that people and clouds use, as platforms of Linux. Kept beside the parser so that there is one list. */
const CPU_WORDS: Readonly<Record<string, string>> = {
  amd64: 'amd64',
  x86_64: 'amd64',
  'x86-64': 'amd64',
  x64: 'amd64',
  intel: 'amd64',
  arm64: 'arm64',
  arm_64: 'arm64',
  aarch64: 'arm64',
  graviton: 'arm64',
  arm: 'arm',
  armhf: 'armhf',
  armel: 'armel',
  'arm/v5': 'arm/v5',
  'arm/v6': 'arm/v6',
  'arm/v7': 'arm/v7',
  '386': '386',
  i386: '386',
  riscv64: 'riscv64',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  loong64: 'loong64',
};

/** The words of `parseCpu`, for messages that list what would be accepted. */
export const cpuWords: readonly string[] = ['amd64', 'arm64', 'arm/v7', 'arm/v6', '386', 'riscv64', 'ppc64le', 's390x'];

/** A CPU as people and clouds write it (`X86_64`, `graviton`, `arm/v7`) as a Linux platform; undefined if unknown. */
export function parseCpu(text: string): Platform | undefined {
  const word = text.toLowerCase();
  const known = Object.hasOwn(CPU_WORDS, word) ? CPU_WORDS[word] : undefined;
  if (known === undefined) return undefined;
  const [architecture = '', variant] = known.split('/');
  return normalizePlatform({ os: 'linux', architecture, ...(variant ? { variant } : {}) });
}

/**
 * Reads `os/architecture[/variant]`, or a bare CPU word as a Linux platform. The result is canonical.
 * Undefined where a part is missing or malformed: the host is never asked to fill it in.
 */
export function parsePlatform(text: string): Platform | undefined {
  const cpu = parseCpu(text);
  if (cpu !== undefined) return cpu;
  const parts = text.split('/');
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => COMPONENT.test(part))) return undefined;
  const [os = '', architecture = '', variant] = parts;
  return normalizePlatform({ os, architecture, ...(variant !== undefined ? { variant } : {}) });
}

/** The canonical text: `linux/amd64`, `linux/arm/v7`. `parsePlatform(formatPlatform(p))` is `p` without osVersion. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = normalizePlatform(platform);
  return variant ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`;
}

/** Equal after normalisation; `osVersion` takes part only where both have one. */
export function samePlatform(one: Platform, other: Platform): boolean {
  const a = normalizePlatform(one);
  const b = normalizePlatform(other);
  return (
    a.os === b.os &&
    a.architecture === b.architecture &&
    a.variant === b.variant &&
    (a.osVersion === undefined || b.osVersion === undefined || a.osVersion === b.osVersion)
  );
}

/** Orders platforms for people and for reproducible output: by os, architecture, variant. */
export function comparePlatforms(one: Platform, other: Platform): number {
  const a = formatPlatform(one);
  const b = formatPlatform(other);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How a container runtime chooses: which entries a host takes, the best first. */
export type SelectionRule = 'containerd' | 'cri-o' | 'exact';

const of = (os: string, architecture: string, variant?: string): Platform =>
  normalizePlatform({ os, architecture, ...(variant ? { variant } : {}) });

const ARM_LADDER = ['v8', 'v7', 'v6', 'v5'];

function armFrom(os: string, variant: string): Platform[] {
  const start = ARM_LADDER.indexOf(variant);
  return (start < 0 ? [variant] : ARM_LADDER.slice(start)).map((rung) => of(os, 'arm', rung));
}

/** `v9.2` as [9, 2]; undefined for anything else. */
function armVersion(variant: string): readonly [number, number] | undefined {
  const match = /^v(\d+)(?:\.(\d+))?$/.exec(variant);
  return match ? [Number(match[1]), Number(match[2] ?? '0')] : undefined;
}

function containerdOrder({ os, architecture, variant }: Platform): Platform[] {
  if (architecture === 'amd64') {
    const level = Number(/^v(\d+)$/.exec(variant ?? 'v1')?.[1] ?? Number.NaN);
    const ladder: Platform[] = [];
    if (Number.isNaN(level)) ladder.push(of(os, 'amd64', variant));
    else for (let v = level; v >= 1; v--) ladder.push(of(os, 'amd64', `v${v}`));
    return [...ladder, of(os, '386')];
  }
  if (architecture === 'arm') return armFrom(os, variant ?? 'v7');
  if (architecture === 'arm64') {
    const version = armVersion(variant ?? 'v8');
    if (version === undefined) return [of(os, 'arm64', variant)];
    const [major, minor] = version;
    const ladder: Platform[] = [];
    for (let m = minor; m >= 0; m--) ladder.push(of(os, 'arm64', m === 0 ? `v${major}` : `v${major}.${m}`));
    // Every v9.x is at least a v8.(x+5), and v8 ends at v8.9 (compare.go, platformVector).
    if (major === 9) {
      for (let m = Math.min(minor + 5, 9); m >= 0; m--) ladder.push(of(os, 'arm64', m === 0 ? 'v8' : `v8.${m}`));
    }
    return [...ladder, ...armFrom(os, 'v8')];
  }
  return [of(os, architecture, variant)];
}

function crioOrder({ os, architecture, variant }: Platform): Platform[] {
  // containers/image internal/pkg/platform/platform_matcher.go: no step to another architecture, no amd64 levels.
  if (architecture === 'arm') return armFrom(os, variant ?? 'v7');
  if (architecture === 'arm64') return [of(os, 'arm64', variant), ...(variant ? [of(os, 'arm64')] : [])];
  return [of(os, architecture, variant)];
}

/** Every platform that a host of this platform takes from an index, the best first. */
export function acceptedPlatforms(host: Platform, rule: SelectionRule): readonly Platform[] {
  const canonical = normalizePlatform(host);
  if (rule === 'exact') return [canonical];
  return rule === 'containerd' ? containerdOrder(canonical) : crioOrder(canonical);
}

/**
 * How well a binary of one platform fits a host of another. Only `exact` is proof: `compatible` means that a
 * runtime would choose it (32-bit arm on an arm64 host), not that the CPU can run it.
 */
export function platformFit(ask: {
  readonly host: Platform;
  readonly binary: Platform;
}): 'exact' | 'compatible' | 'none' {
  if (samePlatform(ask.host, ask.binary)) return 'exact';
  const accepted = acceptedPlatforms(ask.host, 'containerd').some((platform) => samePlatform(platform, ask.binary));
  return accepted ? 'compatible' : 'none';
}

/**
 * The entry that a runtime on `host` takes: the best accepted platform, ties by position in the index, entries
 * without a platform last (containerd core/images/image.go; image-spec image-index.md: first match SHOULD be used).
 */
export function selectEntry<Entry extends { readonly platform?: Platform }>(
  entries: readonly Entry[],
  ask: { readonly host: Platform; readonly rule: SelectionRule },
): Entry | undefined {
  for (const accepted of acceptedPlatforms(ask.host, ask.rule)) {
    const found = entries.find(
      (entry) =>
        entry.platform !== undefined &&
        (ask.rule === 'cri-o' ? sameAsWritten(entry.platform, accepted) : samePlatform(entry.platform, accepted)),
    );
    if (found !== undefined) return found;
  }
  return entries.find((entry) => entry.platform === undefined);
}

/** CRI-O compares strings as they are: an entry that says `aarch64` never matches there. */
function sameAsWritten(written: Platform, accepted: Platform): boolean {
  const canonical = normalizePlatform(written);
  return written.architecture === canonical.architecture && samePlatform(canonical, accepted);
}
