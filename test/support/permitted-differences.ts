import type { EngineId } from '../../packages/rightarch/src/build/index.ts';

/** A kind of difference from BuildKit that stays, and why: each stands in docs/engines.md under its name. */
interface PermittedDifference {
  readonly engine: EngineId;
  /** One line of `differences`; where absent it is the cases that name this kind. */
  covers?(line: string): boolean;
}

/** The field of a new account in /etc/shadow that holds the day of its last change (shadow(5)). */
const DAY = /:!:\d+:/g;

/** At most eight over all engines: what is none of these is a bug. */
export const permitted = {
  'shadow-day': {
    engine: 'embedded',
    covers(line) {
      const [, ours = '', theirs = ''] = /^\/etc\/shadow-?: (.*) \| (.*)$/.exec(line) ?? [];
      return ours !== '' && ours.replaceAll(DAY, ':!::') === theirs.replaceAll(DAY, ':!::');
    },
  },
  'npm-leftovers': {
    engine: 'embedded',
    covers: (line) => /^\/(?:root\/\.npm|tmp\/node-compile-cache)(?:\/[^:]*)?: absent \| /.test(line),
  },
  'parent-attributes': {
    engine: 'embedded',
    covers(line) {
      const [, ours = '', theirs = ''] = /^\/\S+: (directory \d+ \S+) {2}\{.*\} \| (.*)$/.exec(line) ?? [];
      return ours !== '' && ours === theirs;
    },
  },
  'buildah-mount-points': {
    engine: 'buildah',
    covers: (line) => /^\/etc\/(?:hostname|hosts|resolv\.conf): file 755 0:0 "" \| absent$/.test(line),
  },
  'buildah-refuses': { engine: 'buildah' },
  'buildah-in-the-way': { engine: 'buildah' },
  'buildah-attributes': { engine: 'buildah' },
} as const satisfies Readonly<Record<string, PermittedDifference>>;

export type Kind = keyof typeof permitted;

/** Whether a line that differs has a name for that engine. */
export const isPermitted = (line: string, engine: EngineId): boolean =>
  Object.values<PermittedDifference>(permitted).some((one) => one.engine === engine && one.covers?.(line) === true);
