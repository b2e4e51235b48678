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
  /** What an image asks of the system beside its name, as `os.features` of an index says it: `win32k`, `erofs`. Never empty. */
  readonly osFeatures?: readonly string[];
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
    ...(platform.osFeatures !== undefined ? { osFeatures: [...new Set(platform.osFeatures)].sort() } : {}),
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
  // `arm64/v8` is a CPU with its variant, not an operating system called arm64.
  const bare = parts.length === 2 ? parseCpu(parts[0] ?? '') : undefined;
  if (bare !== undefined) {
    const [, variant = ''] = parts;
    return COMPONENT.test(variant) ? normalizePlatform({ ...bare, variant }) : undefined;
  }
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => COMPONENT.test(part))) return undefined;
  const [os = '', architecture = '', variant] = parts;
  return normalizePlatform({ os, architecture, ...(variant !== undefined ? { variant } : {}) });
}

/** The canonical text: `linux/amd64`, `linux/arm/v7`. `parsePlatform(formatPlatform(p))` is `p` without osVersion and osFeatures. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = normalizePlatform(platform);
  return variant ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`;
}

/** Equal after normalisation; `osVersion` takes part only where both have one, `osFeatures` in none. */
export function samePlatform(one: Platform, other: Platform): boolean {
  // Nearly always they are written alike.
  if (
    one.os === other.os &&
    one.architecture === other.architecture &&
    one.variant === other.variant &&
    one.osVersion === other.osVersion
  )
    return true;
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

function of(os: string, architecture: string, variant?: string): Platform {
  return normalizePlatform({ os, architecture, ...(variant ? { variant } : {}) });
}

/** `v7` down to `v5`, in steps of one; a variant that is no number, or below v5, stands alone. Bounded for hostile input. */
function armFrom(os: string, variant: string): Platform[] {
  const version = /^v(\d{1,2})$/.exec(variant)?.[1];
  const ladder = [of(os, 'arm', variant)];
  for (let v = Number(version ?? 0) - 1; v >= 5; v--) ladder.push(of(os, 'arm', `v${v}`));
  return ladder;
}

/** The highest minor version that containerd knows: v8.9 and v9.7. Of any other arm64 variant it accepts nothing. */
const ARM64_MINORS: Readonly<Record<string, number>> = { '8': 9, '9': 7 };

function arm64From(os: string, variant: string): Platform[] {
  const match = /^v([89])(?:\.(\d))?$/.exec(variant);
  const [major, minor] = [match?.[1] ?? '', Number(match?.[2] ?? '0')];
  if (match === null || minor > (ARM64_MINORS[major] ?? 0)) return [];
  const ladder: Platform[] = [];
  const down = (family: string, from: number) => {
    for (let m = from; m >= 0; m--) ladder.push(of(os, 'arm64', m === 0 ? `v${family}` : `v${family}.${m}`));
  };
  down(major, minor);
  // Every v9.x is at least a v8.(x+5), and v8 ends at v8.9.
  if (major === '9') down('8', Math.min(minor + 5, 9));
  return [...ladder, ...armFrom(os, 'v8')];
}

/** containerd/platforms compare.go, platformVector. */
function containerdOrder({ os, architecture, variant }: Platform): Platform[] {
  if (architecture === 'amd64') {
    const level = Number(/^v(\d{1,2})$/.exec(variant ?? '')?.[1] ?? 1);
    const ladder = [of(os, 'amd64', variant)];
    for (let v = level - 1; v >= 1; v--) ladder.push(of(os, 'amd64', `v${v}`));
    return [...ladder, of(os, '386')];
  }
  if (architecture === 'arm') return armFrom(os, variant ?? 'v7');
  if (architecture === 'arm64') return arm64From(os, variant ?? 'v8');
  return [of(os, architecture, variant)];
}

/**
 * The variants that CRI-O, podman and skopeo ask for, best first, compared as strings with what is written
 * (containers/image internal/pkg/platform/platform_matcher.go, WantedPlatforms): no step to another architecture,
 * no amd64 levels, and an entry without a variant last, except where the host has none.
 */
function crioVariants({ architecture, variant }: Platform): readonly string[] {
  // A Linux host on arm64 reports v8, which our canonical form leaves out.
  const own = variant ?? (architecture === 'arm64' ? 'v8' : '');
  if (own === '') return [''];
  const ladder = architecture === 'arm' ? CRIO_ARM : [];
  const start = ladder.indexOf(own);
  return [...(start < 0 ? [own] : ladder.slice(start)), ''];
}

const CRIO_ARM: readonly string[] = ['v8', 'v7', 'v6', 'v5'];

function crioOrder(host: Platform): Platform[] {
  const platforms = crioVariants(host).map((variant) => of(host.os, host.architecture, variant));
  return platforms.filter((one, i) => platforms.findIndex((other) => samePlatform(one, other)) === i);
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

/** An index, as far as a choice sees it. */
interface Choosable {
  readonly platform?: Platform;
  readonly zstd?: boolean;
}

/** Who chooses. */
interface Chooser {
  readonly host: Platform;
  readonly rule: SelectionRule;
  /**
   * containerd heeds `os.features` since 2.3.0 of 2026-04-30 (containerd/platforms 1.0.0-rc.3; Docker Engine by its own
   * copy) and knew nothing of it before. Heeded where nothing is said; CRI-O never does.
   */
  readonly osFeatures?: 'heeded' | 'ignored';
}

/**
 * The entry that a runtime on `host` takes: the best accepted platform, ties by position in the index, entries
 * without a platform last (containerd core/images/image.go; image-spec image-index.md: first match SHOULD be used).
 */
export function selectEntry<Entry extends Choosable>(entries: readonly Entry[], ask: Chooser): Entry | undefined {
  const found =
    ask.rule === 'cri-o' ? selectAsWritten(entries, normalizePlatform(ask.host)) : selectCanonical(entries, ask);
  return found ?? entries.find((entry) => entry.platform === undefined);
}

function selectCanonical<Entry extends Choosable>(entries: readonly Entry[], ask: Chooser): Entry | undefined {
  const heeded = ask.osFeatures !== 'ignored';
  const open = heeded ? entries.filter(({ platform }) => hasFeatures(ask.host, platform)) : entries;
  for (const accepted of acceptedPlatforms(ask.host, ask.rule)) {
    const found = open.filter(({ platform }) => platform !== undefined && samePlatform(platform, accepted));
    // Of equals the one that asks for most of what the host has (compare.go, orderedPlatformComparer.Less).
    const most = Math.max(...found.map((entry) => (heeded ? featuresOf(entry.platform).length : 0)));
    if (found.length > 0) return found.find((entry) => !heeded || featuresOf(entry.platform).length === most);
  }
  return undefined;
}

/** What an entry asks for, the host must have (containerd/platforms platforms.go, matcher.Match). */
export function hasFeatures(host: Platform, asked: Platform | undefined): boolean {
  const own = featuresOf(host);
  return featuresOf(asked).every((feature) => own.includes(feature));
}

function featuresOf(platform: Platform | undefined): readonly string[] {
  return platform?.osFeatures ?? [];
}

/**
 * Nothing is normalized here: an entry that says `aarch64`, or `amd64` with `v1`, is never taken. Of equals the one that
 * is marked as zstd goes first (oci_index.go, chooseInstance, with PreferGzip left open).
 */
function selectAsWritten<Entry extends Choosable>(entries: readonly Entry[], host: Platform): Entry | undefined {
  for (const variant of crioVariants(host)) {
    const found = entries.filter(
      ({ platform }) =>
        platform?.os === host.os && platform.architecture === host.architecture && (platform.variant ?? '') === variant,
    );
    if (found.length > 0) return found.find(({ zstd }) => zstd === true) ?? found[0];
  }
  return undefined;
}
