import {
  type ConfiguredBuilder,
  formatPlatform,
  type Location,
  type Platform,
  parsePlatform,
  samePlatform,
} from '../../../core/index.ts';
import { atInput } from '../../../messages/index.ts';
import { patient, SILENT } from '../../patient.ts';
import type { RunProgram } from '../../types.ts';
import { inspectBuilder } from '../buildx/builder.ts';
import { askPool, type PoolBuilder } from '../buildx/pool.ts';

/** One BuildKit that builds for us: a builder of `docker buildx`, or an address for `buildctl`. */
export type Node = BuildxNode | BuildctlNode;

export interface BuildxNode extends PoolBuilder {
  readonly engine: 'buildx';
  /** Where the configuration names it; absent for the one that docker takes by itself. */
  readonly at?: Location;
}

export interface BuildctlNode {
  readonly engine: 'buildkit';
  /** Its address. */
  readonly name: string;
  /** The flags of `buildctl` by which it is found. */
  readonly reach: readonly string[];
  /** What its workers run, natively or under an emulator; what BuildKit takes for its own CPU comes first. */
  readonly platforms: readonly string[];
  readonly at: Location;
}

/** Asked, and not there: `lack` where there is no program to ask with, else what it said. */
export type NoNode = { readonly lack: 'buildctl' } | { readonly down: string };

/** Where `buildctl` looks unless told otherwise (moby/buildkit, util/appdefaults; read 2026-11-29). */
export const DEFAULT_ADDRESS = 'unix:///run/buildkit/buildkitd.sock';

/** A builder of the configuration, as it is now. */
export async function askNode(
  run: RunProgram,
  builder: ConfiguredBuilder,
  signal?: AbortSignal,
): Promise<Node | NoNode> {
  const { name, at } = builder;
  if (builder.engine === 'buildkit') {
    const flags = { addr: name, tlscacert: builder.ca, tlscert: builder.cert, tlskey: builder.key };
    const named = Object.entries({ ...flags, tlsservername: builder.serverName });
    const reach = named.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, value]));
    return askBuildctl(run, { name, reach, at }, signal);
  }
  const { pool } = builder;
  const found = await (pool === undefined
    ? inspectBuilder(patient(run), name, signal)
    : askPool(run, { ...builder, pool }, signal));
  return 'error' in found ? { down: found.error } : { engine: 'buildx', ...found, at };
}

/** The BuildKit that `buildctl` finds by itself: that of BUILDKIT_HOST, else its usual place. */
export function askOwnAddress(run: RunProgram, host: string | undefined, signal?: AbortSignal): Promise<Node | NoNode> {
  const reach = host === undefined ? [] : ['--addr', host];
  const at = atInput(host === undefined ? '--engine' : 'BUILDKIT_HOST');
  return askBuildctl(run, { name: host ?? DEFAULT_ADDRESS, reach, at }, signal);
}

async function askBuildctl(
  run: RunProgram,
  node: Pick<BuildctlNode, 'name' | 'reach' | 'at'>,
  signal: AbortSignal | undefined,
): Promise<Node | NoNode> {
  const words = [...node.reach, 'debug', 'workers', '--format', '{{json .}}'];
  const { status, out, err } = await patient(run)('buildctl', words, { signal });
  if (status === undefined) return { lack: 'buildctl' };
  const platforms = status === 0 ? parseWorkers(out) : undefined;
  if (platforms === undefined) return { down: (err || out).trim().replace(/^error: /, '') };
  return { engine: 'buildkit', ...node, platforms };
}

/**
 * Whether nothing comes back from a node that was there. One that refuses is no such: somebody is awake there, and were it
 * not the builder, the connection of the build would have been closed as well.
 */
export async function isSilent(run: RunProgram, node: Node, signal?: AbortSignal): Promise<boolean> {
  const said = await whySilent(run, node, signal);
  return said !== undefined && NOTHING_CAME.test(said);
}

/** What we say after ten seconds, and Go of an address from which nothing comes (net, context; buildctl 0.13, 2026-11-30). */
const NOTHING_CAME = new RegExp(`${SILENT}|i/o timeout|deadline exceeded|no route to host|host is down|is unreachable`);

async function whySilent(run: RunProgram, node: Node, signal?: AbortSignal): Promise<string | undefined> {
  if (node.engine === 'buildkit') {
    const answer = await askBuildctl(run, node, signal);
    return 'down' in answer ? answer.down : undefined;
  }
  if (node.classic === undefined) {
    const answer = await inspectBuilder(patient(run), node.name, signal);
    return 'error' in answer ? answer.error : undefined;
  }
  const { status, out, err } = await patient(run)('docker', ['version'], { signal });
  return status === 0 ? undefined : err || out;
}

/**
 * The command that has a BuildKit forget a base of which it has only a part. What was written of a layer when its fetch was
 * cut off stays until the next collection, and BuildKit goes on behind it, which it cannot where the layer comes from an OCI
 * layout: `failed to copy: unsupported offset`, at each build until then (moby/buildkit, util/contentutil/fetcher.go and
 * source/containerimage/ocilayout.go). A prune ends with a collection, also one whose filter leaves it nothing to remove
 * (cache/manager.go, Prune; all three in 0.13 and master, read 2026-11-30). buildx makes a regular expression of what it is
 * given (commands/prune.go): no id has a `-` in it.
 */
export function forgetHalf(node: {
  readonly engine?: Node['engine'];
  readonly name?: string;
  readonly reach?: readonly string[];
}) {
  const { engine, name = 'default', reach = [] } = node;
  return engine === 'buildkit'
    ? { command: 'buildctl', args: [...reach, 'prune', '--filter', 'id==rightarch-none'] }
    : { command: 'docker', args: ['buildx', 'prune', '--builder', name, '--force', '--filter', 'id=rightarch-none'] };
}

/**
 * What `buildctl debug workers` says. BUILDPLATFORM is the first platform of the first worker (moby/buildkit,
 * frontend/dockerui/config.go), and that is the machine's own unless its owner said otherwise (util/archutil; 2026-11-29).
 */
export function parseWorkers(json: string): readonly string[] | undefined {
  try {
    const workers = JSON.parse(json) as readonly { readonly platforms?: readonly Platform[] }[];
    const listed = workers.flatMap(({ platforms = [] }) => platforms);
    return listed.flatMap(({ os, architecture, variant }) => {
      const platform = parsePlatform([os, architecture, ...(variant ? [variant] : [])].join('/'));
      return platform === undefined ? [] : [formatPlatform(platform)];
    });
  } catch {
    return undefined;
  }
}

/**
 * Who does a platform inside a node. `docker buildx` gives it to the first of a builder's nodes whose owner named it, else
 * to the first that lists it, natively or not, else to the first (buildx, build/driver.go, read 2026-11-29).
 */
export function insideOf(
  node: Node,
  platform: Platform,
): { readonly name: string; readonly platforms: readonly string[] } {
  const parts = node.engine === 'buildx' ? (node.nodes ?? []) : [];
  const isNamed = parts.find(({ set }) => lists(set, platform));
  return isNamed ?? parts.find((one) => lists(one.platforms, platform)) ?? parts[0] ?? node;
}

/** It has an image store that gives nothing away while it builds. */
export const isClassic = (node: Node): boolean => node.engine === 'buildx' && node.classic !== undefined;

/** What a node runs without an emulator; undefined where it does not say. */
export const ownPlatform = (node: { readonly platforms: readonly string[] }): Platform | undefined =>
  parsePlatform(node.platforms[0] ?? '');

export const lists = (platforms: readonly string[], platform: Platform): boolean =>
  platforms.some((text) => {
    const one = parsePlatform(text);
    return one !== undefined && samePlatform(one, platform);
  });
