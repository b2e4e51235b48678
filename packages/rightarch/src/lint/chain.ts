import { type Diagnostic, type Platform, samePlatform } from '../core/index.ts';
import type { FoundName, FoundRuntime, Place } from './found.ts';
import type { Repository } from './repository.ts';

/** What is built, under which name it is published, and what runs it: the three ends that must agree on the CPU. */
export interface Chain {
  readonly built: {
    /** Empty: that of whatever machine builds it. */
    readonly platforms: readonly Platform[];
    readonly at: Place;
  };
  /** Undefined where the sources do not say it. `?` stands for a part of a name that they do not say. */
  readonly published: { readonly name: string; readonly at: Place } | undefined;
  readonly runs: readonly ChainEnd[];
}

export interface ChainEnd {
  readonly runtime: FoundRuntime;
  /** `broken` is what the finding `code` says. */
  readonly link: 'holds' | 'broken' | 'unknown';
  readonly code?: string;
}

/** A finding with the two ends that do not fit. */
export interface BrokenLink {
  readonly diagnostic: Diagnostic;
  readonly built: Chain['built'];
  readonly runtime: FoundRuntime;
}

/** One chain for each build that a finding is about, with all that runs its image. */
export function chainsOf(links: readonly BrokenLink[], repository: Repository): readonly Chain[] {
  const builds = new Map<string, BrokenLink[]>();
  for (const link of links) {
    const key = keyOf(link.built.at);
    const same = builds.get(key);
    if (same === undefined) builds.set(key, [link]);
    else same.push(link);
  }
  return [...builds.values()].map((broken): Chain => {
    const built = broken[0]!.built;
    // Of several images nothing says which runs where.
    const others = repository.images.length > 1 ? [] : repository.runtimes;
    const ends = [...others.map((runtime) => endOf(runtime, built.platforms, broken)), ...undeclared(broken, others)];
    return { built, published: nameOf(built.at, repository), runs: ends };
  });
}

const keyOf = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

const isSame = (one: FoundRuntime, other: FoundRuntime): boolean =>
  one.runtime === other.runtime && one.name === other.name && keyOf(one.at) === keyOf(other.at);

/** Targets of rightarch.yaml, which the sources do not show. */
const undeclared = (broken: readonly BrokenLink[], found: readonly FoundRuntime[]): readonly ChainEnd[] =>
  broken
    .filter(({ runtime }, i) => broken.findIndex((one) => isSame(one.runtime, runtime)) === i)
    .filter(({ runtime }) => !found.some((one) => isSame(one, runtime)))
    .map(({ runtime, diagnostic }) => ({ runtime, link: 'broken', code: diagnostic.code }));

function endOf(runtime: FoundRuntime, built: readonly Platform[], broken: readonly BrokenLink[]): ChainEnd {
  const link = broken.find((one) => isSame(one.runtime, runtime));
  if (link !== undefined) return { runtime, link: 'broken', code: link.diagnostic.code };
  const holds = runtime.platforms.some((one) => built.some((other) => samePlatform(one, other)));
  return { runtime, link: holds ? 'holds' : 'unknown' };
}

/** The name that the image gets: by the same file, else by what is pushed here at all. */
function nameOf(at: Place, { names, images }: Repository): Chain['published'] {
  const given = names.filter(({ how, repository }) => how !== 'pulled' && repository !== '?');
  const own = given.filter((name) => name.at.file === at.file);
  const order: readonly (FoundName | undefined)[] = [
    own.find((name) => name.how === 'pushed' && name.at.line === at.line),
    ...(images.length > 1
      ? [onlyOne(own.filter(({ how }) => how === 'pushed'))]
      : [
          own.find(({ how }) => how === 'pushed'),
          given.find(({ how }) => how === 'pushed'),
          own.find(({ how }) => how === 'given'),
        ]),
  ];
  const name = order.find((one) => one !== undefined);
  return name === undefined ? undefined : { name: `${name.repository}:${name.tag ?? '?'}`, at: name.at };
}

/** Of several images the one that a file pushes. */
const onlyOne = (names: readonly FoundName[]): FoundName | undefined =>
  new Set(names.map(({ repository }) => repository)).size === 1 ? names[0] : undefined;

/** Those of which a finding is still told. */
export const chainsTold = (chains: readonly Chain[], diagnostics: readonly Diagnostic[]): readonly Chain[] =>
  chains.filter(({ built, runs }) =>
    diagnostics.some(
      ({ code, at }) =>
        at.in === 'file' &&
        keyOf({ file: at.file, ...at.start, end: at.end }) === keyOf(built.at) &&
        runs.some((end) => end.code === code),
    ),
  );
