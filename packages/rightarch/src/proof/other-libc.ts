import type { ElfFacts } from '../scan/index.ts';
import { fitsPlatform } from './explain.ts';
import { type Libc, libcOf } from './libraries.ts';
import { compareNumbers } from './symbol-versions.ts';
import { elfOf, type View } from './view.ts';

/** A program and an image of two libcs. */
export interface OtherLibc {
  /** What the program was built for. */
  readonly built: 'glibc' | 'musl';
  /** A base that has it, and is new enough where that is known. */
  readonly base?: string;
}

/** Where loaders are installed (the ABI of each CPU names one of these). */
const DIRECTORIES = ['/lib', '/lib64', '/usr/lib', '/usr/lib64'];

/** Debian's libc6 and the CPUs that each is released for (packages.debian.org/libc6: 2.36-9 in bookworm, 2.41-12 in trixie;
 * debian.org/releases, 2026-11-28). */
const DEBIAN = [
  ['2.36', 'debian:12-slim', ['amd64', 'arm64', 'arm', '386', 'ppc64le', 's390x', 'mips64le']],
  ['2.41', 'debian:13-slim', ['amd64', 'arm64', 'arm', '386', 'ppc64le', 's390x', 'riscv64']],
] as const;

/** Whether a program that has no loader in the image was built for the other libc; undefined where that is not it. */
export function otherLibc(view: View, facts: ElfFacts): OtherLibc | undefined {
  const built = libcOf(facts);
  if (built !== 'glibc' && built !== 'musl') return undefined;
  const there = loadersIn(view);
  if (there.has(built) || !there.has(built === 'glibc' ? 'musl' : 'glibc')) return undefined;
  const base = built === 'musl' ? 'alpine' : debianFor(facts, view.declared.architecture);
  return base === undefined ? { built } : { built, base };
}

function loadersIn({ tree, declared }: View): ReadonlySet<Libc> {
  const found = new Set<Libc>();
  for (const directory of DIRECTORIES) {
    const at = tree.resolve(directory);
    for (const name of at.found ? (at.node.children?.keys() ?? []) : []) {
      if (!name.startsWith('ld')) continue;
      const loader = tree.resolve(`${directory}/${name}`);
      if (loader.found && fitsPlatform(elfOf(loader.node.entry), declared))
        found.add(libcOf({ interpreter: `${directory}/${name}` }));
    }
  }
  return found;
}

/** The oldest Debian for that CPU whose glibc has every version that the program itself asks for, where there is one. */
function debianFor({ needs = [] }: ElfFacts, architecture: string): string | undefined {
  const asked = needs.flatMap(({ versions }) =>
    versions.flatMap((version) => /^GLIBC_(\d+(?:\.\d+)*)$/.exec(version)?.[1] ?? []),
  );
  const fits = DEBIAN.find(
    ([has, , cpus]) => cpus.some((one) => one === architecture) && asked.every((one) => compareNumbers(one, has) <= 0),
  );
  return fits?.[1];
}
