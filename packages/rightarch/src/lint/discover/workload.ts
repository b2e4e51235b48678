import type { Workload } from '../../definition/index.ts';
import type { FoundName, FoundRuntime } from '../found.ts';
import { nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';
import type { PlaceOf } from './tree-parts.ts';

/** What a definition runs, as a runtime of the repository. */
export function runtimeOf(workload: Workload, place: PlaceOf): readonly FoundRuntime[] {
  const { runtimes, name, cpus, cpusAt, cpuOpen, onInstances, placement, containers, at } = workload;
  const [runtime] = runtimes;
  if (runtime === undefined) return [];
  // What `runtimePlatform` says to Batch counts on Fargate alone.
  const declared = onInstances === true ? [] : cpus;
  const open = cpuOpen !== undefined && onInstances !== true;
  const images = containers.flatMap(({ image, role }) => (role === 'init' ? [] : [image?.text]));
  return [
    runtimeAt(runtime, place(cpuOpen?.at ?? cpusAt ?? at), { name, declared, open, onInstances, images, placement }),
  ];
}

/** The images that it pulls. */
export function pulledBy({ runtimes, containers }: Workload, place: PlaceOf): readonly FoundName[] {
  return containers.flatMap(({ image, role }) =>
    image === undefined || role === 'init'
      ? []
      : nameAt(image.text, place(image.at), { how: 'pulled', runtime: runtimes[0] }),
  );
}
