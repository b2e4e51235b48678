import { acceptedPlatforms, formatPlatform, type Platform, parseReference, samePlatform } from '../core/index.ts';
import { type Span, stageGraph } from '../dockerfile/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { DockerfileView } from './documents/dockerfile.ts';
import { type Place, placeOf } from './found.ts';
import type { Repository } from './repository.ts';
import { inFile, type Judged } from './rule.ts';
import type { WantedPlatform } from './wanted.ts';

/** What registries said of the images that Dockerfiles stand on, by the reference as it is written: data for rules. */
export type KnownBases = ReadonlyMap<string, BaseAnswer>;

export type BaseAnswer =
  | {
      readonly form: 'index' | 'manifest';
      readonly digest: string;
      /** Undefined where one of its images does not say its own. */
      readonly platforms: readonly Platform[] | undefined;
      /** Of one manifest that is pinned beside a tag: the index that the tag stands for now, and whether it still has the manifest. */
      readonly index?: { readonly digest: string; readonly platforms: readonly Platform[]; readonly holds: boolean };
    }
  | {
      readonly form: 'unknown';
      readonly host: string;
      /** It is not there, or not for who asked; too many asked; it did not answer, or not as a registry does. */
      readonly why: 'absent' | 'busy' | 'no-answer' | 'malformed';
    };

/** An image that a stage stands on or takes files from, and the platform that it is taken for. */
export interface BaseUse {
  readonly reference: string;
  readonly span: Span;
  /** Of the stage: what is built, or what `--platform` fixes. */
  readonly platform: Platform;
  readonly wanted: WantedPlatform;
}

const BUILDERS: readonly Platform[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

/**
 * The images of a Dockerfile for each platform that it is built for. A stage on the builder's CPU is left out: nobody
 * knows which that is.
 */
export function basesOf({ dockerfile, stages }: DockerfileView, wanted: readonly WantedPlatform[]): readonly BaseUse[] {
  return wanted.flatMap((one): readonly BaseUse[] => {
    const { platform } = one;
    const buildPlatform = BUILDERS.find((other) => !samePlatform(other, platform))!;
    const { stages: nodes } = stageGraph(dockerfile, { args: {}, platform, buildPlatform });
    return nodes.flatMap((node): readonly BaseUse[] => {
      const follows = stages.find((stage) => stage.node.stage.index === node.stage.index)?.follows;
      const own = node.platform;
      if (!node.needed || own === undefined || (follows !== 'target' && follows !== 'constant')) return [];
      const base = node.base?.kind === 'image' ? [{ source: node.base, span: node.stage.from.image.span }] : [];
      return [...base, ...node.uses].flatMap(({ source, span }) =>
        source.kind === 'image' ? [{ reference: source.reference, span, platform: own, wanted: one }] : [],
      );
    });
  });
}

/** What would be asked of registries: each name once, without those that this repository gives its own images. */
export function baseQuestions(uses: readonly BaseUse[], { names }: Repository): readonly string[] {
  const own = new Set(names.filter(({ how }) => how === 'given').map(({ repository }) => repository));
  return [...new Set(uses.map(({ reference }) => reference))].filter((reference) => {
    const parsed = parseReference(reference);
    const name = reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
    return parsed.ok && !own.has(name);
  });
}

/**
 * Whether programs of a platform are among these: those of a lesser variant of the same CPU run as well, and BuildKit
 * takes them (containerd/platforms, compare.go; recorded in testdata/selection).
 */
export const isOffered = (platform: Platform, offered: readonly Platform[]): boolean =>
  acceptedPlatforms(platform, 'containerd').some(
    (one) => one.architecture === platform.architecture && offered.some((other) => samePlatform(one, other)),
  );

/** What no registry told: once for each registry and reason, at the first image that it is about. */
export function basesUnknown(
  uses: readonly (readonly [file: string, uses: readonly BaseUse[]])[],
  known: KnownBases,
): readonly Judged[] {
  const groups = new Map<string, { host: string; why: string; images: Set<string>; at: Place }>();
  for (const [file, list] of uses)
    for (const { reference, span } of list) {
      const answer = known.get(reference);
      if (answer?.form !== 'unknown') continue;
      const { host, why } = answer;
      const group = groups.get(`${host} ${why}`) ?? { host, why, images: new Set(), at: placeOf(file, span) };
      group.images.add(reference);
      groups.set(`${host} ${why}`, group);
    }
  return [...groups.values()].map(({ host, why, images, at: { file, line, column, end } }) => ({
    diagnostic: diagnostic(
      'dockerfile/base-unknown',
      { host, why: why as 'absent', images: [...images].sort() },
      inFile(file, { start: { line, column }, end }),
    ),
    undecided: true,
  }));
}

/** `linux/amd64`, sorted, each once. */
export const platformNames = (platforms: readonly Platform[]): readonly string[] =>
  [...new Set(platforms.map(formatPlatform))].sort();
