import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptedPlatforms,
  comparePlatforms,
  formatPlatform,
  normalizePlatform,
  type Platform,
  parseCpu,
  parsePlatform,
  platformFit,
  samePlatform,
  selectEntry,
} from './platform.ts';

function platform(text: string): Platform {
  const parsed = parsePlatform(text);
  if (parsed === undefined) throw new Error(`not a platform: ${text}`);
  return parsed;
}

/** A platform exactly as it stands in an index, nothing normalized. */
function written(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant ? { variant } : {}) };
}

// The cases of containerd/platforms compare_test.go, TestOnly, @09756f59.
const arm8 = ['linux/arm', 'linux/arm/v5', 'linux/arm/v6', 'linux/arm/v7', 'linux/arm/v8'];
const notArm64 = ['linux/amd64', 'linux/arm/v4', 'windows/amd64', 'windows/arm'];
const v8 = (last: number) => [
  'linux/arm64',
  'linux/arm64/v8',
  ...Array.from({ length: last }, (_, i) => `linux/arm64/v8.${i + 1}`),
];
const only: readonly { readonly host: string; readonly must: string[]; readonly mustNot: string[] }[] = [
  {
    host: 'linux/amd64',
    must: ['linux/amd64', 'linux/amd64/v1', 'linux/386'],
    mustNot: ['linux/amd64/v2', 'linux/arm/v7', 'linux/arm64', 'windows/amd64', 'windows/arm'],
  },
  {
    host: 'linux/amd64/v2',
    must: ['linux/amd64', 'linux/amd64/v1', 'linux/amd64/v2', 'linux/386'],
    mustNot: ['linux/amd64/v3', 'linux/amd64/v4', 'linux/arm/v7', 'linux/arm64', 'windows/amd64'],
  },
  { host: 'linux/386', must: ['linux/386'], mustNot: ['linux/amd64', 'linux/arm/v7', 'linux/arm64', 'windows/amd64'] },
  { host: 'windows/amd64', must: ['windows/amd64'], mustNot: ['linux/amd64', 'linux/arm64', 'windows/arm'] },
  { host: 'linux/arm/v8', must: arm8, mustNot: [...notArm64, 'linux/arm64'] },
  { host: 'linux/arm/v7', must: arm8.slice(0, 4), mustNot: [...notArm64, 'linux/arm/v8', 'linux/arm64'] },
  {
    host: 'linux/arm/v6',
    must: ['linux/arm/v5', 'linux/arm/v6'],
    mustNot: [...notArm64, 'linux/arm', 'linux/arm/v7', 'linux/arm/v8', 'linux/arm64'],
  },
  { host: 'linux/arm/v5', must: ['linux/arm/v5'], mustNot: [...notArm64, 'linux/arm', 'linux/arm/v6', 'linux/arm64'] },
  {
    host: 'linux/arm/v4',
    must: ['linux/arm/v4'],
    mustNot: ['linux/arm', 'linux/arm/v5', 'linux/arm/v7', 'linux/arm64'],
  },
  {
    host: 'linux/arm64/v9.6',
    must: [
      ...arm8,
      ...v8(9),
      'linux/arm64/v9',
      'linux/arm64/v9.0',
      ...[1, 2, 3, 4, 5, 6].map((minor) => `linux/arm64/v9.${minor}`),
    ],
    mustNot: [...notArm64, 'linux/arm64/v8.10', 'linux/arm64/v9.7'],
  },
  {
    host: 'linux/arm64/v9',
    must: [...arm8, ...v8(5), 'linux/arm64/v9', 'linux/arm64/v9.0'],
    mustNot: [...notArm64, 'linux/arm64/v8.6', 'linux/arm64/v9.1'],
  },
  {
    host: 'linux/arm64/v8.1',
    must: [...arm8, ...v8(1)],
    mustNot: [...notArm64, 'linux/arm/v9', 'linux/arm64/v9', 'linux/arm64/v8.2'],
  },
  {
    host: 'linux/arm64',
    must: [...arm8, ...v8(0)],
    mustNot: [...notArm64, 'linux/arm/v9', 'linux/arm64/v9', 'linux/arm64/v8.1'],
  },
  // compare.go: of an arm64 variant that is not in its table, containerd accepts nothing.
  { host: 'linux/arm64/v10', must: [], mustNot: ['linux/arm64', 'linux/arm64/v10', 'linux/arm/v7'] },
  { host: 'linux/riscv64', must: ['linux/riscv64'], mustNot: ['linux/amd64', 'linux/riscv64/rva20u64'] },
];

describe('acceptedPlatforms by containerd', () => {
  for (const { host, must, mustNot } of only) {
    const accepted = acceptedPlatforms(platform(host), 'containerd');
    const takes = (entry: string) => accepted.some((one) => samePlatform(one, written(entry)));
    it(`${host} takes what it must`, () => expect(must.filter((entry) => !takes(entry))).toEqual([]));
    it(`${host} takes nothing else`, () => expect(mustNot.filter(takes)).toEqual([]));
  }

  it('puts the best first', () => {
    const names = (host: string) => acceptedPlatforms(platform(host), 'containerd').map(formatPlatform);
    expect(names('linux/amd64/v3')).toEqual(['linux/amd64/v3', 'linux/amd64/v2', 'linux/amd64', 'linux/386']);
    expect(names('linux/arm64')).toEqual([
      'linux/arm64',
      'linux/arm/v8',
      'linux/arm/v7',
      'linux/arm/v6',
      'linux/arm/v5',
    ]);
  });

  it('stays small whatever number a variant holds', () => {
    for (const variant of ['v99999999999', 'v8.99999999999', 'v99', 'v9.9']) {
      for (const architecture of ['amd64', 'arm', 'arm64']) {
        expect(acceptedPlatforms({ os: 'linux', architecture, variant }, 'containerd').length).toBeLessThan(110);
      }
    }
  });
});

describe('selectEntry', () => {
  it('of equals CRI-O prefers the one that is marked as zstd, containerd the first', () => {
    const amd64 = { os: 'linux', architecture: 'amd64' };
    const list = [
      { name: 'gzip', platform: amd64 },
      { name: 'zstd', platform: amd64, zstd: true },
    ];
    expect(selectEntry(list, { host: amd64, rule: 'cri-o' })?.name).toBe('zstd');
    expect(selectEntry(list, { host: amd64, rule: 'containerd' })?.name).toBe('gzip');
  });

  const select = (host: string, rule: 'containerd' | 'cri-o' | 'exact', entries: readonly (string | undefined)[]) => {
    const list = entries.map((text) => (text === undefined ? {} : { platform: written(text) }));
    const found = selectEntry(list, { host: platform(host), rule });
    return found === undefined ? 'none' : list.indexOf(found);
  };

  it.each([
    ['linux/amd64', ['linux/386', 'linux/amd64'], 1],
    ['linux/amd64', ['linux/amd64/v3', 'linux/amd64/v2'], 'none'],
    ['linux/arm64', ['linux/arm64/v9', 'linux/arm64/v8.2'], 'none'],
    ['linux/arm64', ['linux/arm/v7', 'linux/arm64/v8'], 1],
    ['linux/arm64', ['linux/amd64', 'linux/arm/v6'], 1],
    ['linux/amd64', ['unknown/unknown', 'linux/x86_64'], 1],
    ['linux/amd64', [undefined, 'linux/amd64'], 1],
    ['linux/amd64', [undefined, 'linux/arm64'], 0],
    ['linux/amd64', ['linux/amd64', 'linux/amd64'], 0],
  ] as const)('containerd on %s from %j takes %s', (host, entries, expected) => {
    expect(select(host, 'containerd', entries)).toBe(expected);
  });

  // containers/image platform_matcher.go: strings as they are, one architecture, no variant last.
  it.each([
    ['linux/amd64', ['linux/386'], 'none'],
    ['linux/amd64', ['linux/x86_64'], 'none'],
    ['linux/amd64', ['linux/amd64/v1'], 'none'],
    ['linux/arm64', ['linux/aarch64'], 'none'],
    ['linux/arm64', ['linux/arm/v7'], 'none'],
    ['linux/arm64', ['linux/arm64', 'linux/arm64/v8'], 1],
    ['linux/arm64', ['linux/arm64'], 0],
    ['linux/arm/v7', ['linux/arm', 'linux/arm/v6'], 1],
    ['linux/arm/v6', ['linux/arm/v7', 'linux/arm'], 1],
    ['linux/amd64', [undefined, 'linux/amd64'], 1],
  ] as const)('CRI-O on %s from %j takes %s', (host, entries, expected) => {
    expect(select(host, 'cri-o', entries)).toBe(expected);
  });

  it('exact takes no neighbor', () => {
    expect(select('linux/arm64', 'exact', ['linux/arm/v7'])).toBe('none');
    expect(select('linux/arm64', 'exact', ['linux/aarch64/v8'])).toBe(0);
  });
});

describe('platformFit', () => {
  it.each([
    ['linux/arm64', 'linux/arm64/v8', 'exact'],
    ['linux/arm64', 'linux/arm/v7', 'compatible'],
    ['linux/amd64', 'linux/386', 'compatible'],
    ['linux/amd64', 'linux/arm64', 'none'],
    ['linux/arm/v6', 'linux/arm/v7', 'none'],
  ] as const)('%s with %s: %s', (host, binary, fit) => {
    expect(platformFit({ host: platform(host), binary: platform(binary) })).toBe(fit);
  });
});

describe('normalizePlatform', () => {
  // containerd/platforms database.go, normalizeArch.
  it.each([
    ['i386/v9', '386'],
    ['x86_64/v1', 'amd64'],
    ['X86-64/V3', 'amd64/v3'],
    ['aarch64', 'arm64'],
    ['arm64/v8.0', 'arm64'],
    ['arm64/8', 'arm64'],
    ['arm64/9.0', 'arm64/v9'],
    ['armhf', 'arm/v7'],
    ['armhf/v6', 'arm/v7'],
    ['armel', 'arm/v6'],
    ['arm', 'arm/v7'],
    ['arm/6', 'arm/v6'],
    ['arm/8', 'arm/v8'],
    ['__proto__', '__proto__'],
    ['constructor/toString', 'constructor/tostring'],
  ])('%s is %s', (input, expected) => {
    expect(formatPlatform(written(`linux/${input}`))).toBe(`linux/${expected}`);
  });

  it('calls macOS darwin', () => expect(normalizePlatform({ os: 'macOS', architecture: 'arm64' }).os).toBe('darwin'));

  const words = fc.constantFrom('', 'v1', 'v2', 'v7', 'v8', '8', '9.0', 'v9.2', 'V8', 'x', '__proto__', 'constructor');
  const any = fc.record({
    os: fc.oneof(fc.constantFrom('linux', 'macos', 'Windows', '__proto__'), fc.string()),
    architecture: fc.oneof(
      fc.constantFrom('amd64', 'X86_64', 'arm', 'aarch64', 'armhf', 'i386', 'constructor'),
      fc.string(),
    ),
    variant: fc.oneof(words, fc.string()),
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(any, (one) => {
        expect(normalizePlatform(normalizePlatform(one))).toEqual(normalizePlatform(one));
      }),
    );
  });

  it('comes back from its text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('linux', 'windows', 'darwin', 'freebsd'),
        fc.oneof(
          fc.constantFrom('amd64', 'arm64', 'arm', '386', 'aarch64', 'i386'),
          fc.stringMatching(/^[A-Za-z0-9_.-]+$/),
        ),
        fc.oneof(fc.constantFrom(undefined, 'v7', 'v8', 'v9.2'), fc.stringMatching(/^[A-Za-z0-9_.-]+$/)),
        (os, architecture, variant) => {
          const canonical = normalizePlatform({ os, architecture, ...(variant ? { variant } : {}) });
          expect(parsePlatform(formatPlatform(canonical))).toEqual(canonical);
        },
      ),
    );
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void [parsePlatform(text), parseCpu(text)]));
  });
});

describe('parsePlatform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['Linux/ARM64', 'linux/arm64'],
    ['graviton', 'linux/arm64'],
    ['X86_64', 'linux/amd64'],
    ['arm/v7', 'linux/arm/v7'],
    ['arm64/v8', 'linux/arm64'],
    ['amd64/v3', 'linux/amd64/v3'],
    ['windows/amd64', 'windows/amd64'],
    ['__proto__/x', '__proto__/x'],
  ])('reads %s as %s', (text, expected) => expect(formatPlatform(platform(text))).toBe(expected));

  it.each([
    '',
    '/',
    'linux',
    'linux/',
    '/amd64',
    'linux/amd64/',
    'linux/arm/v7/x',
    'linux/a b',
    'toString',
    '__proto__',
  ])('refuses %j', (text) => expect(parsePlatform(text)).toBeUndefined());
});

it('orders by text', () => {
  const sorted = ['linux/arm64', 'linux/amd64', 'linux/arm/v7']
    .map(platform)
    .sort(comparePlatforms)
    .map(formatPlatform);
  expect(sorted).toEqual(['linux/amd64', 'linux/arm/v7', 'linux/arm64']);
});

it('compares versions of Windows only where both have one', () => {
  const plain: Platform = { os: 'windows', architecture: 'amd64' };
  expect(samePlatform(plain, { ...plain, osVersion: '10.0.17763' })).toBe(true);
  expect(samePlatform({ ...plain, osVersion: '10.0.1' }, { ...plain, osVersion: '10.0.17763' })).toBe(false);
});
