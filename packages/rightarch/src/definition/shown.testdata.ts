import { formatPlatform } from '../core/index.ts';
import { type Definition, readDefinition } from './index.ts';

/** Each workload as `kind runtimes name cpus`. */
export const workloads = ({ workloads: found }: Definition) =>
  found.map(({ kind, runtimes, name, cpus, cpuOpen }) =>
    [kind, runtimes.join('+') || '-', name ?? '?', cpuOpen?.text ?? (cpus.map(formatPlatform).join('+') || '-')].join(
      ' ',
    ),
  );

/** What the containers set, places left out. */
export const starts = (text: string) =>
  readDefinition(text).workloads.flatMap(({ containers }) =>
    containers.map(({ start }) => {
      const { open, ...set } = start();
      return open === undefined
        ? set
        : { ...set, open: open.map(({ field, name, text }) => [field, name, text].filter(Boolean).join(' ')) };
    }),
  );
