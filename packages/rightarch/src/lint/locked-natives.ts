import { posix } from 'node:path';
import { listFits } from '../core/index.ts';
import { isAccelerator } from '../proof/index.ts';
import type { DockerfileView } from './documents/dockerfile.ts';
import { type NodeLockfile, type NodePackage, readLockfile } from './lockfiles/index.ts';
import type { Output } from './native-output.ts';
import { isDownloadOfNode } from './readiness/downloads.ts';
import { leavesOutDevelopment } from './readiness/installs.ts';
import type { RuleContext } from './rule.ts';

/** The native packages that an install of a stage brings. */
export interface LockedNatives {
  /** Undefined where no lockfile tells. */
  readonly natives: readonly string[] | undefined;
  /** Packages with an install script of which neither the lockfile nor anybody here says what it leaves. */
  readonly unseen: readonly string[];
  /** The file that tells, or would; undefined where the command reads none. */
  readonly lockfile: string | undefined;
}

/**
 * By package-lock.json beside the Dockerfile. Whether the image is given the development packages, the command says.
 */
export function lockedNatives(view: DockerfileView, { command, step }: Output, { read }: RuleContext): LockedNatives {
  const file = posix.join(posix.dirname(view.file), 'package-lock.json');
  const text = /^npm\b/.test(command) ? read(file) : undefined;
  const found = text === undefined ? undefined : readLockfile(file, text, () => undefined);
  const lockfile = found !== undefined && 'lockfile' in found ? found.lockfile : undefined;
  // Version 1 says neither.
  if (lockfile?.kind !== 'node' || !lockfile.saysPlatforms) return { natives: undefined, unseen: [], lockfile: file };
  const noDev = step.script?.commands.some((one) => leavesOutDevelopment(one, step)) === true;
  return { ...nativesIn(lockfile, noDev), lockfile: file };
}

/** The version of a package that package-lock.json beside the Dockerfile has. */
export function lockedVersion(view: DockerfileView, name: string, { read }: RuleContext): string | undefined {
  const file = posix.join(posix.dirname(view.file), 'package-lock.json');
  const text = read(file);
  const found = text === undefined ? undefined : readLockfile(file, text, () => undefined);
  return found !== undefined && 'lockfile' in found && found.lockfile.kind === 'node'
    ? found.lockfile.packages.find((one) => one.name === name)?.version
    : undefined;
}

/** The packages that an install on Linux leaves something of one CPU of, and those of which nobody knows. */
export function nativesIn(
  { packages }: NodeLockfile,
  noDev: boolean,
): { readonly natives: readonly string[]; readonly unseen: readonly string[] } {
  const installed = packages.filter(
    ({ name, os, dev }) => !(noDev && dev) && listFits('linux', os) && !isAccelerator({ name, path: '' }),
  );
  const named = (kind: 'native' | 'unseen') => {
    const names = installed.filter((one) => kindOf(one) === kind).map(({ name }) => familyOf(name));
    return [...new Set(names)].sort();
  };
  return { natives: named('native'), unseen: named('unseen') };
}

/** What compiles an addon of Node, loads one, or fetches one that was compiled: whoever needs it has or makes an addon. */
const ADDON_TOOLS =
  /^(?:node-gyp(?:-build(?:-optional-packages)?)?|(?:@mapbox\/)?node-pre-gyp|prebuild-install|node-addon-api|nan|bindings|napi-macros|cmake-(?:js|ts)|install-artifact-from-github)$/;

/** Whose install script fetches a program or a library for the CPU it runs on (their package.json on npm, 2026-11-30). */
const FETCHES: ReadonlySet<string> = new Set(
  '@prisma/engines @sentry/cli cloudflared cypress electron ffmpeg-static puppeteer'.split(' '),
);

/**
 * Whose install script prints, reports, or turns files of JavaScript about: what it leaves is the same on every CPU
 * (read in the packages on npm, 2026-11-30).
 */
const NEUTRAL: ReadonlySet<string> = new Set(
  `@apollo/protobufjs @fortawesome/fontawesome-common-types @fortawesome/fontawesome-svg-core
  @fortawesome/free-brands-svg-icons @fortawesome/free-regular-svg-icons @fortawesome/free-solid-svg-icons @nestjs/core
  @scarf/scarf @sveltejs/kit core-js core-js-bundle core-js-pure es5-ext husky msw nuxt protobufjs styled-components
  vue-demi`.split(/\s+/),
);

function kindOf({ name, cpu, hasInstallScript, needs = [] }: NodePackage): 'native' | 'unseen' | 'neutral' {
  if (cpu !== undefined) return 'native';
  if (hasInstallScript !== true || NEUTRAL.has(name)) return 'neutral';
  const isNative = FETCHES.has(name) || isDownloadOfNode(name) || needs.some((one) => ADDON_TOOLS.test(one));
  return isNative ? 'native' : 'unseen';
}

/** `sharp` of `@img/sharp-linux-x64`: the package that people install and know. */
export function familyOf(name: string): string {
  return name
    .replace(/^@(?:img|esbuild|swc|rollup|next|napi-rs)\//, '')
    .replace(/[-.](?:linux|darwin|win32|freebsd|android|openbsd|netbsd|sunos|aix|wasm)\b.*/, '');
}
