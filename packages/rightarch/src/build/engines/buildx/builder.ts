import { formatPlatform } from '../../../core/index.ts';
import type { RunProgram } from '../../types.ts';
import { dockerVersions, isContainerdStore } from './docker-version.ts';

/** A builder of `docker buildx` that can hand over OCI layouts of several platforms. */
export interface Builder {
  readonly name: string;
  readonly driver: string;
  /**
   * What its nodes run, natively or under an emulator, as BuildKit names it: the CPU of the first node comes first. Empty
   * for a builder that was not started yet.
   */
  readonly platforms: readonly string[];
  /**
   * Inside a Docker whose own image store is all that it can give an image to: `buildx` through the plugin, `docker build`
   * through the client alone, which had BuildKit in it before 23.0.
   */
  readonly classic?: 'buildx' | 'docker build';
  /** The one inside an engine, by its name: docker builds there only where this is its context. */
  readonly context?: string;
  /** Where it has several. */
  readonly nodes?: readonly BuilderNode[];
}

interface BuilderNode {
  readonly name: string;
  readonly platforms: readonly string[];
  /** Those that its owner named: it gets them before the others. */
  readonly set: readonly string[];
}

/** Why there is none; `detail` is what docker said. */
export interface NoBuilder {
  readonly lack: 'program' | 'buildx' | 'daemon' | 'buildctl';
  readonly detail: string;
}

type Ask = (...args: readonly string[]) => Promise<string | undefined>;

/**
 * The builder that `docker buildx build` would use, where that one can export what is built: every driver but `docker`
 * does, and that does with containerd's image store (`docker info`: DriverStatus). Else the first other one that can, and
 * last the one inside Docker's older store.
 * Seen with Docker 20.10, 26.1 and buildx 0.13, 2026-11-29.
 */
export async function findBuilder(run: RunProgram, signal?: AbortSignal): Promise<Builder | NoBuilder> {
  let said = '';
  const ask: Ask = async (...args) => {
    const { status, out, err } = await run('docker', args, { signal });
    if (status !== 0) said = (err || out).trim();
    return status === undefined ? undefined : status === 0 ? out : '';
  };
  // Each call starts three programs, a tenth of a second or more: what is needed nearly always is asked for at once.
  const [inspected, store] = await Promise.all([
    ask('buildx', 'inspect'),
    run('docker', ['info', '--format', '{{json .DriverStatus}}'], { signal }),
  ]);
  if (inspected === undefined) return { lack: 'program', detail: '' };
  const current = parseInspect(inspected);
  const known = current.error === undefined ? builderOf(current) : undefined;
  if (known === undefined) {
    const lacking = await notBuildx(ask, () => said);
    if (lacking !== undefined) return lacking;
  }
  if (current.error !== undefined || current.name === undefined)
    return { lack: 'daemon', detail: current.error ?? said };
  if (known !== undefined && known.driver !== 'docker') return known;
  if (known !== undefined && store.status === 0 && isContainerdStore(store.out)) return known;
  for (const name of parseNames((await ask('buildx', 'ls')) ?? '')) {
    if (name === current.name) continue;
    const other = parseInspect((await ask('buildx', 'inspect', name)) ?? '');
    const found = other.error === undefined ? builderOf(other) : undefined;
    // One that was not chosen is taken where it is a container of this Docker: what is sent to a cluster or to another
    // machine, somebody has to have named.
    if (found?.driver === 'docker-container') return found;
  }
  return known === undefined ? { lack: 'daemon', detail: said } : { ...known, classic: 'buildx' };
}

/** What there is where `docker` has no buildx; undefined where it has. podman and others answer to its name as well. */
async function notBuildx(ask: Ask, said: () => string): Promise<Builder | NoBuilder | undefined> {
  const version = await ask('buildx', 'version');
  if (version?.startsWith('github.com/docker/buildx')) return undefined;
  // Whatever answers to its name may say anything.
  const detail = ((version ?? '').trim() || said()).slice(0, 1_000);
  const alone = clientAlone((await ask('version', '--format', '{{json .}}')) ?? '');
  if (alone !== undefined) return alone;
  const isDaemon = said().includes('Docker daemon');
  return { lack: isDaemon ? 'daemon' : 'buildx', detail: isDaemon ? said() : detail };
}

/** A Docker whose client has BuildKit in it, and an engine that answers. */
function clientAlone(text: string): Builder | undefined {
  const { client, platform } = dockerVersions(text);
  const major = Number.parseInt(client ?? '', 10);
  // 18.09 has BuildKit too, but no `--platform` for it outside of an experiment.
  if (platform === undefined || !(major >= 20 && major < 23)) return undefined;
  return { name: 'default', driver: 'docker', platforms: [formatPlatform(platform)], classic: 'docker build' };
}

/** A builder by its name, or why it cannot be had. */
export async function inspectBuilder(
  run: RunProgram,
  name: string,
  signal?: AbortSignal,
): Promise<Builder | { readonly error: string }> {
  const { status, out, err } = await run('docker', ['buildx', 'inspect', name], { signal });
  if (status !== 0) return { error: status === undefined ? 'docker: not found' : (err || out).trim() };
  const found = parseInspect(out);
  const builder = found.error === undefined ? builderOf(found) : undefined;
  if (builder === undefined) return { error: found.error ?? out.trim() };
  if (builder.driver !== 'docker') return builder;
  const here = { ...builder, context: builder.name };
  const store = await inContext(run, here)('docker', ['info', '--format', '{{json .DriverStatus}}'], { signal });
  return store.status === 0 && isContainerdStore(store.out) ? here : { ...here, classic: 'buildx' };
}

/** `use "docker --context=far buildx"`, says `docker buildx build --builder far` (buildx 0.13, seen 2026-11-30). */
export function inContext(run: RunProgram, { context }: Pick<Builder, 'context'>): RunProgram {
  if (context === undefined) return run;
  return (command, args, options) =>
    run(command, command === 'docker' ? ['--context', context, ...args] : args, options);
}

interface Inspected {
  readonly name: string | undefined;
  readonly driver: string | undefined;
  readonly nodes: readonly BuilderNode[];
  readonly error: string | undefined;
}

const builderOf = ({ name, driver, nodes }: Inspected): Builder | undefined => {
  // `podman buildx inspect` looks alike.
  if (name === undefined || !driver || driver === 'podman') return undefined;
  const platforms = nodes.flatMap((node) => node.platforms);
  return { name, driver, platforms, ...(nodes.length > 1 ? { nodes } : {}) };
};

/** `docker buildx inspect`: the builder's own lines, then those of its nodes. */
export function parseInspect(text: string): Inspected {
  const [head = '', rest = ''] = text.split(/^Nodes:$/m);
  const value = (part: string, key: string) => new RegExp(`^${key}:[ \\t]+(\\S.*)$`, 'm').exec(part)?.[1]?.trim();
  const parts = rest.split(/^(?=Name:)/m).filter((part) => part.startsWith('Name:'));
  const nodes = parts.map((part): BuilderNode => {
    const listed = (value(part, 'Platforms') ?? '').split(',').map((one) => one.trim());
    const bare = (one: string): string => one.replace('*', '');
    return {
      name: value(part, 'Name') ?? '',
      // A star marks what the user set; the machine's own CPU comes first (BuildKit, util/archutil).
      platforms: listed.map(bare).filter(Boolean),
      set: listed.filter((one) => one.includes('*')).map(bare),
    };
  });
  const errors = parts.flatMap((part) => value(part, 'Error') ?? []);
  const isUp = nodes.some(({ platforms }) => platforms.length > 0);
  return {
    name: value(head, 'Name'),
    driver: value(head, 'Driver'),
    error: value(head, 'Error') ?? (isUp ? undefined : errors[0]),
    nodes,
  };
}

/** `docker buildx ls`: a builder a line, its nodes indented below it. */
export function parseNames(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => /^\S/.test(line))
    .map((line) => line.split(/\s+/, 1)[0]!.replace(/\*$/, ''));
}
