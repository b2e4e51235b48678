import { type Platform, parseCpu } from '../../core/index.ts';
import { child, type Extent, entriesOf, scalarText, type Tree } from '../../definition/index.ts';
import { readInstance, type TargetId } from '../../target/index.ts';
import type { FoundCluster, FoundNodes, FoundProject, Place } from '../found.ts';
import type { PlaceOf } from './tree-parts.ts';

interface Seen {
  readonly of: FoundNodes['of'];
  readonly machines: TargetId;
  readonly name: string;
  /** The names of their machines or, of EKS, that of their image. */
  readonly types: Tree | undefined;
  readonly at: Extent;
  /** `taints` of a group, and whether the cloud adds one of its own. */
  readonly tainted?: boolean | undefined;
  readonly labels?: ReadonlyMap<string, string>;
  readonly cluster?: FoundCluster;
}

/** Nodes by the names of their machines. */
export function nodesAt({ of, machines, name, types, at, labels, cluster, ...seen }: Seen, place: PlaceOf): FoundNodes {
  const written = types?.kind === 'list' ? types.items : types === undefined ? [] : [types];
  const cpus = written.map((one) => cpuOfMachine(machines, scalarText(one) ?? ''));
  return {
    of,
    name,
    platforms: allKnown(cpus),
    tainted: 'tainted' in seen ? seen.tainted : false,
    ...(labels === undefined || labels.size === 0 ? {} : { labels }),
    ...(cluster === undefined ? {} : { cluster }),
    at: place(types === undefined || (types.kind === 'list' && types.items.length === 0) ? at : types),
  };
}

/** Undefined where there is none, or one of them is not known. */
export const allKnown = (cpus: readonly (Platform | undefined)[]): readonly Platform[] | undefined =>
  cpus.length > 0 && cpus.every((cpu) => cpu !== undefined) ? unique(cpus as readonly Platform[]) : undefined;

export function cpuOfMachine(machines: TargetId, name: string): Platform | undefined {
  // `AL2_ARM_64`, `BOTTLEROCKET_x86_64`: the image of the nodes, of their CPU (CreateNodegroup, amiType).
  if (machines === 'ec2' && /^(?:AL2|AL2023|BOTTLEROCKET)_/.test(name))
    return parseCpu(/_ARM_64/i.test(name) ? 'arm64' : 'x86_64');
  const answer = readInstance(machines, name);
  return answer.kind === 'cpu' ? answer.platform.value : undefined;
}

const unique = (cpus: readonly Platform[]): readonly Platform[] =>
  cpus.filter((cpu, i) => cpus.findIndex(({ architecture }) => architecture === cpu.architecture) === i);

/**
 * Whether pods need a toleration there, by the list of a group's taints: one that only says what is liked less keeps
 * nobody away. Undefined where the list is filled in later.
 */
export function taintedBy(taints: Tree | undefined): boolean | undefined {
  if (taints === undefined) return false;
  // Of eksctl also a map, of names with `value:Effect`.
  const list = taints.kind === 'list' ? taints.items : entriesOf(taints).map(([, value]) => value);
  if (taints.tag !== undefined || taints.kind === 'scalar' || taints.kind === 'unreadable') return undefined;
  const effects = list.map((one) => {
    const written = child(one, 'effect', 'Effect') ?? (one.kind === 'scalar' ? one : undefined);
    const text = scalarText(written)?.replace(/_/g, '').toLowerCase();
    return text === undefined ? undefined : !text.endsWith('prefernoschedule');
  });
  if (effects.some((one) => one === true)) return true;
  return effects.includes(undefined) ? undefined : false;
}

/** Labels that are written out. */
export const labelsOf = (tree: Tree | undefined): ReadonlyMap<string, string> =>
  new Map(
    entriesOf(tree).flatMap(([key, value]) => {
      const text = value.kind === 'scalar' && value.tag === undefined ? value.text : undefined;
      return text === undefined ? [] : [[key, text] as const];
    }),
  );

/** Labels that a cloud gives the nodes of a group by its name. */
export const namedLabels = (name: string | undefined, ...keys: readonly string[]): ReadonlyMap<string, string> =>
  new Map(name === undefined ? [] : keys.map((key) => [key, name] as const));

/** No more than none. */
export const isNever = (most: Tree | undefined): boolean =>
  most?.kind === 'scalar' && most.tag === undefined && /^0+$/.test(most.text);

/**
 * The CPU of an image of CodeBuild's own: the one of Ubuntu, `standard`, is for x86-64 alone
 * (github.com/aws/aws-codebuild-docker-images, README of 2026-04-09, read 2026-11-30).
 */
function cpuOfCurated(image: string | undefined): Platform | undefined {
  const word = /^aws\/codebuild\/(?:amazonlinux2?-(x86_64|aarch64)-(?:lambda-)?standard|(standard)):/.exec(image ?? '');
  return word === null ? undefined : parseCpu(word[1] ?? 'x86_64');
}

/** A project of CodeBuild by the type of its environment, which says the CPU, and by the image that it takes of CodeBuild's own. */
export function projectAt(
  type: string | undefined,
  buildspec: string | undefined,
  at: Place,
  image?: { readonly name: string | undefined; readonly at: Place } | undefined,
): FoundProject {
  const answer = type === undefined ? undefined : readInstance('codebuild', type);
  const cpu = cpuOfCurated(image?.name);
  return {
    ...(type === undefined ? {} : { type }),
    ...(image?.name === undefined || cpu === undefined ? {} : { image: { name: image.name, cpu, at: image.at } }),
    builder: answer?.kind === 'cpu' ? answer.platform.value : 'unknown',
    // Otherwise its text stands in the template.
    buildspec: buildspec !== undefined && /^[\w./-]+\.ya?ml$/.test(buildspec) ? buildspec : undefined,
    at,
  };
}
