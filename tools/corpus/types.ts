import type { Verdict } from '../../packages/rightarch/src/proof/index.ts';
import type { Architecture } from '../bases/ld-cache.ts';

interface Common {
  readonly name: string;
  /** What an image that does not work must be told, and from which fact we know that it does not. */
  readonly expected?: Expectation;
}

export interface Expectation {
  readonly verdict: Exclude<Verdict, 'proven'>;
  readonly code: string;
  readonly fact: string;
  /** Both CPUs, where none is named. */
  readonly on?: Architecture;
}

/** Packages of Debian, npm or PyPI; what they depend on comes with them. `musl`: npm's, without Debian's libc under them. */
export interface PackageImage extends Common {
  readonly from: 'debian' | 'npm' | 'pypi' | 'musl';
  /** In packages, command and links `{cpu}`, `{npm}`, `{bun}`, `{machine}` and `{triplet}` stand for the CPU, in the words of Debian, npm, Bun, uname and GNU. */
  readonly packages: readonly string[];
  /** Packages of npm that are for this one platform, unpacked into /opt. */
  readonly programs?: readonly string[];
  readonly command: readonly string[];
  /** Links that a maintainer script would have made through update-alternatives. */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** Links that whoever writes the Dockerfile makes. */
  readonly links?: Readonly<Record<string, string>>;
}

/** A program in Go, built without cgo for both CPUs, alone or on Debian. */
export interface GoImage extends Common {
  readonly from: 'go';
  readonly module: string;
  readonly command: readonly string[];
  readonly mode: 'exe' | 'pie';
  readonly base: 'scratch' | 'debian';
}

/** An image of `npm run bases`, or an example as `rightarch build` builds it upon them. */
export interface RepositoryImage extends Common {
  readonly from: 'bases' | 'examples';
  /** The reference of the base, or the directory below examples/. */
  readonly of: string;
}

export type CorpusImage = PackageImage | GoImage | RepositoryImage;

/** What the proof says of one platform of an image. */
export interface Row {
  readonly name: string;
  readonly platform: string;
  readonly verdict: Verdict;
  readonly programs: number;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
  /** Files with machine code that does not fit and is there on purpose, by the rule that says so. */
  readonly onPurpose: Readonly<Record<string, number>>;
  /** The one fact that would decide it. */
  readonly needs?: string;
}
