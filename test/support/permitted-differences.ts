/** A difference that stays, and why: each stands in docs/embedded-engine.md under its name. */
interface PermittedDifference {
  readonly name: string;
  covers(line: string, builder: 'buildkit' | 'buildah'): boolean;
}

/** The field of a new account in /etc/shadow that holds the day of its last change (shadow(5)). */
const DAY = /:!:\d+:/g;

export const permitted: readonly PermittedDifference[] = [
  {
    name: 'shadow-day',
    covers(line) {
      const [, ours = '', theirs = ''] = /^\/etc\/shadow-?: (.*) \| (.*)$/.exec(line) ?? [];
      return ours !== '' && ours.replaceAll(DAY, ':!::') === theirs.replaceAll(DAY, ':!::');
    },
  },
  {
    name: 'buildah-mount-points',
    covers: (line, builder) =>
      builder === 'buildah' && /^\/etc\/(?:hostname|hosts|resolv\.conf): absent \| file 755 0:0 ""$/.test(line),
  },
  {
    name: 'buildah-workdir-of-scratch',
    covers: (line, builder) => builder === 'buildah' && line === 'WorkingDir: "/" | absent',
  },
  {
    name: 'npm-leftovers',
    covers: (line) => /^\/(?:root\/\.npm|tmp\/node-compile-cache)(?:\/[^:]*)?: absent \| /.test(line),
  },
  {
    name: 'parent-attributes',
    covers(line) {
      const [, ours = '', theirs = ''] = /^\/\S+: (directory \d+ \S+) {2}\{.*\} \| (.*)$/.exec(line) ?? [];
      return ours !== '' && ours === theirs;
    },
  },
];
