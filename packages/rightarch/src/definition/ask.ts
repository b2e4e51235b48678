import {
  formatPlatform,
  type ImageReference,
  type Location,
  ok,
  type Platform,
  parseReference,
  type Result,
  samePlatform,
} from '../core/index.ts';
import { atFile, nearest, refusal } from '../messages/index.ts';
import { type AskParts, resolveAsk, type Target, type TargetAsk, type TargetId, targets } from '../target/index.ts';
import type { Definition } from './read.ts';
import type { Container, Workload } from './types.ts';

/** What was asked about beside the definition: a runtime, perhaps with its CPU or machine. */
export type AskedRuntime = Omit<AskParts, 'at'>;

export interface DefinitionSource {
  /** As it is shown. */
  readonly file: string;
  readonly definition: Definition;
  /** Where it was named. */
  readonly at: Location;
  /** The names that the image goes by; without any, nothing is compared. */
  readonly names: readonly ImageReference[];
  readonly container?: string | undefined;
  readonly asked?: AskedRuntime | undefined;
  readonly today?: string | undefined;
}

interface Chosen {
  readonly workload: Workload;
  readonly container: Container;
}

/**
 * The starts that a definition makes of an image: one for each container that runs it. A container is chosen by its
 * image, else there must be only one, else it is asked for; what is said twice must be the same.
 */
export function asksOfDefinition(source: DefinitionSource): Result<readonly TargetAsk[]> {
  const { definition, file, at, asked } = source;
  const { workloads } = definition;
  if (workloads.length === 0) return refusal('definition/unreadable', { file, kind: 'nothing' }, at);
  const fitting = asked === undefined ? workloads : workloads.filter((one) => fits(one, asked.target));
  const [first] = workloads;
  if (fitting.length === 0 && asked !== undefined && first !== undefined) {
    const found = [...new Set(workloads.flatMap(idsOf))].join(', ');
    return refusal(
      'definition/differs',
      { what: 'runtime', asked: asked.target.id, found, file },
      atFile(file, first.line, first.column),
    );
  }
  const chosen = choose(fitting, source);
  if (!chosen.ok) return chosen;
  const asks: TargetAsk[] = [];
  for (const one of chosen.value) {
    const own = asksFor(one, chosen.value.length > 1, source);
    if (!own.ok) return own;
    asks.push(...own.value);
  }
  return ok(asks);
}

const idsOf = ({ kind, runtimes }: Workload): readonly TargetId[] => (kind === 'compose' ? [...MACHINES] : runtimes);

/** Machines that compose runs on. */
const MACHINES = new Set<TargetId>([
  'ec2',
  'gce',
  'azure-vm',
  'oracle-compute',
  'hetzner',
  'raspberry-pi-64',
  'raspberry-pi-32',
  'docker-desktop-apple-silicon',
  'docker-desktop-intel',
  'github-actions',
  'gitlab-hosted',
]);

function fits({ kind, runtimes: named, orOn = [] }: Workload, target: Target): boolean {
  const runtimes = [...named, ...orOn];
  if (kind === 'compose') return MACHINES.has(target.id);
  if (kind === 'kubernetes') return target.family === 'kubernetes' || target.id === 'kubernetes';
  return runtimes.includes(target.id) || (target.id === 'ecs-express' && runtimes.includes('ecs-fargate'));
}

function choose(workloads: readonly Workload[], source: DefinitionSource): Result<readonly Chosen[]> {
  const all = workloads.flatMap((workload) =>
    workload.containers.map((container): Chosen => ({ workload, container })),
  );
  const { container: wanted, file, at, names } = source;
  const labels = [...new Set(all.map(labelOf))];
  const needed = (): Result<never> => {
    const close = wanted === undefined ? undefined : nearest(wanted, labels);
    return refusal('definition/container-needed', { file, wanted, found: labels, nearest: close }, at);
  };
  if (wanted !== undefined) {
    const named = all.filter((one) => one.container.name === wanted || labelOf(one) === wanted);
    return named.length > 0 ? ok(named) : needed();
  }
  const same = all.filter(({ container }) => runs(container, names));
  if (same.length > 0) return ok(same);
  const main = all.filter(({ container }) => container.role === 'main');
  return main.length === 1 ? ok(main) : needed();
}

function runs({ image }: Container, names: readonly ImageReference[]): boolean {
  if (image === undefined) return false;
  if (image.pattern) return names.some((name) => mayMean(image.text, name));
  const parsed = parseReference(image.text);
  return (
    parsed.ok &&
    names.some(
      ({ registry, repository }) => registry === parsed.value.registry && repository === parsed.value.repository,
    )
  );
}

const VARIABLE = /\$\{[^}]*\}|\{\{[\s\S]*?\}\}|\$\w+/;

/** Whether a reference with variables may be this repository: the last part of its path is written out. */
function mayMean(pattern: string, { registry, repository }: ImageReference): boolean {
  const path = pattern
    .split(VARIABLE)
    .join('\0')
    .replace(/[:@][^/]*$/, '');
  const written = path.split('\0');
  if (!/^[^\0]+$/.test(path.slice(path.lastIndexOf('/') + 1))) return false;
  const fits = (text: string): boolean => {
    let at = 0;
    // Each piece after the one before it; the last to the end.
    for (const [i, piece] of written.entries()) {
      const found = i === written.length - 1 ? text.length - piece.length : text.indexOf(piece, at);
      if (found < at || !text.startsWith(piece, found) || (i === 0 && found !== 0)) return false;
      at = found + piece.length;
    }
    return true;
  };
  const short = registry === 'docker.io' ? [repository, repository.replace(/^library\//, '')] : [];
  return [`${registry}/${repository}`, ...short].some(fits);
}

/** `api/web`; of a function and of a service, which are their own container, one name. */
function labelOf({ workload, container }: Chosen): string {
  const names = [workload.name, container.name].filter((name) => name !== undefined);
  return [...new Set(names)].join('/') || `:${container.line}`;
}

function asksFor(chosen: Chosen, several: boolean, source: DefinitionSource): Result<readonly TargetAsk[]> {
  const { workload, container } = chosen;
  const { file, asked } = source;
  const place = atFile(file, workload.line, workload.column);
  const label = several ? labelOf(chosen) : (workload.name ?? labelOf(chosen));
  if (asked === undefined && workload.runtimes.length === 0) {
    const args = { what: 'runtime', text: 'Docker Compose', file, runtimes: ['ec2:arm64', 'ec2:amd64'] } as const;
    return refusal('definition/open', args, place);
  }
  const cpu = cpusFor(workload, asked, file);
  if (!cpu.ok) return cpu;
  const runtimes = asked === undefined ? workload.runtimes.map((id) => targets[id]) : [asked.target];
  const name = container.name ?? workload.name;
  const setAt = {
    file,
    line: container.line,
    ...(name === undefined ? {} : { container: name }),
    ...(container.image === undefined || container.image.pattern ? {} : { image: container.image.text }),
  };
  const start = container.start();
  const open = start.open?.map((setting) => ({ ...setting, file }));
  const asks: TargetAsk[] = [];
  for (const target of runtimes) {
    const own = asked === undefined ? label : several ? `${asked.name} ${label}` : asked.name;
    const ask = resolveAsk({
      ...asked,
      ...start,
      ...(open === undefined ? {} : { open }),
      name: runtimes.length > 1 ? `${own} ${target.id}` : own,
      target,
      declared: cpu.value,
      setAt,
      at: asked === undefined ? place : source.at,
      today: source.today,
    });
    if (!ask.ok) return ask;
    asks.push(ask.value);
  }
  return ok(asks);
}

/** The CPUs that were asked for and that the definition declares: one must not say what the other does not. */
function cpusFor(workload: Workload, asked: AskedRuntime | undefined, file: string): Result<readonly Platform[]> {
  const { cpus, cpuOpen, line, column } = workload;
  const declared = asked?.declared ?? [];
  const other = declared.find((one) => cpus.length > 0 && !cpus.some((cpu) => samePlatform(cpu, one)));
  if (other !== undefined) {
    const args = {
      what: 'cpu',
      asked: formatPlatform(other),
      found: cpus.map(formatPlatform).join(', '),
      file,
    } as const;
    return refusal('definition/differs', args, atFile(file, line, column));
  }
  if (declared.length > 0) return ok(declared);
  if (cpuOpen !== undefined && asked?.instance === undefined) {
    const id = asked?.target.id ?? workload.runtimes[0] ?? 'ec2';
    const runtimes = [`${id}:arm64`, `${id}:amd64`];
    return refusal(
      'definition/open',
      { what: 'cpu', text: cpuOpen.text, file, runtimes },
      atFile(file, cpuOpen.line, cpuOpen.column),
    );
  }
  return ok(cpus);
}
