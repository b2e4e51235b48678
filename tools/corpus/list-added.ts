import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusImage, Expectation, GoImage, PackageImage, RepositoryImage } from './types.ts';

const BASES = ['debian:bookworm-slim', 'node:22-slim', 'python:3.11-slim'].map(
  (name): RepositoryImage => ({
    name: `base-${name.replace(/:.*/, '')}`,
    from: 'bases',
    of: `docker.io/library/${name}`,
  }),
);

const EXAMPLES = readdirSync(join(import.meta.dirname, '..', '..', 'examples')).map(
  (name): RepositoryImage => ({ name: `example-${name}`, from: 'examples', of: name }),
);

/** Programs that are linked statically, in an image with no libc at all but what they bring; musl's loader is there. */
const MUSL_PROGRAMS = Object.entries({
  '@biomejs/cli-linux-{npm}-musl': 'biome',
  '@rumdl/cli-linux-{npm}-musl': 'rumdl',
  '@moonrepo/core-linux-{npm}-musl': 'moon',
  '@esbuild/linux-{npm}': 'bin/esbuild',
}).map(
  ([name, program]): PackageImage => ({
    name: `musl-${/\w+/.exec(name)![0]}`,
    from: 'musl',
    packages: [],
    programs: [name],
    command: [`/opt/node_modules/${name}/${program}`, '--version'],
  }),
);

/** Applications on Bun for musl, which loads native modules of Node: npm chooses those for musl. */
const MUSL_MODULES =
  'sharp @node-rs/argon2 lightningcss @swc/core rollup @parcel/watcher oxc-parser @resvg/resvg-js bcrypt hono'
    .split(' ')
    .map(
      (name): PackageImage => ({
        name: `musl-bun-${name.replace('@', '').replace('/', '-')}`,
        from: 'musl',
        packages: [name],
        programs: ['@oven/bun-linux-{bun}-musl'],
        links: { 'usr/local/bin/bun': '/opt/node_modules/@oven/bun-linux-{bun}-musl/bin/bun' },
        command: ['bun', '-e', '0'],
      }),
    );

/**
 * Packages of npm whose native module is compiled or downloaded by a script: installed without scripts they have none.
 * What each runs when it is installed stands in its own package.json, read 2026-11-28.
 */
const NPM_WITHOUT_SCRIPTS = Object.entries({
  'better-sqlite3': 'prebuild-install || node-gyp rebuild --release',
  sqlite3: 'prebuild-install -r napi || node-gyp rebuild',
  canvas: 'prebuild-install -r napi || node-gyp rebuild',
  iconv: 'node-gyp rebuild',
  re2: 'install-from-cache … || node-gyp rebuild',
  'bcrypt@5': 'node-pre-gyp install --fallback-to-build',
}).map(
  ([name, script]): PackageImage => ({
    name: `npm-${name.replace('@', '-')}`,
    from: 'npm',
    packages: [name],
    command: ['node', '-e', '0'],
    expected: withoutScript(name, script),
  }),
);

/** Why an image of such a package is refuted. */
export function withoutScript(name: string, script: string): Expectation {
  const fact = `${name} has no module of its own: \`${script}\` would bring it, and \`--ignore-scripts\` keeps it from running`;
  return { verdict: 'refuted', code: 'proof/native-part-missing', fact };
}

/** The same terminals as node-pty, with what that compiles as packages of each platform. */
const NPM_INSTEAD: readonly PackageImage[] = [
  { name: 'npm-lydell-node-pty', from: 'npm', packages: ['@lydell/node-pty'], command: ['node', '-e', '0'] },
];

const GO_PROGRAMS = `
filippo.io/age/cmd/age@v1.2.1
github.com/mikefarah/yq/v4@v4.45.1
github.com/junegunn/fzf@v0.60.0
github.com/google/go-containerregistry/cmd/crane@v0.20.3
github.com/rakyll/hey@v0.1.4
mvdan.cc/sh/v3/cmd/shfmt@v3.10.0
`
  .trim()
  .split('\n');

function goImage(module: string, mode: GoImage['mode'], base: GoImage['base']): GoImage {
  const program = module
    .replace(/@.*/, '')
    .replace(/\/v\d+$/, '')
    .replace(/.*\//, '');
  return { name: `go-${program}-${mode}-${base}`, from: 'go', module, mode, base, command: [`/${program}`] };
}

const GO: readonly GoImage[] = [
  ...GO_PROGRAMS.map((module) => goImage(module, 'exe', 'scratch')),
  ...GO_PROGRAMS.map((module) => goImage(module, 'pie', 'debian')),
  {
    ...goImage(GO_PROGRAMS[0]!, 'pie', 'scratch'),
    expected: {
      verdict: 'refuted',
      code: 'proof/loader-missing',
      fact: 'Go gives a position-independent program the loader of glibc, without cgo too; an empty image has none',
    },
  },
];

/** What came after the first list, on 2026-11-28, before any of it was judged. */
export const ADDED: readonly CorpusImage[] = [
  ...BASES,
  ...EXAMPLES,
  ...NPM_WITHOUT_SCRIPTS,
  ...NPM_INSTEAD,
  ...MUSL_PROGRAMS,
  ...MUSL_MODULES,
  ...GO,
];
