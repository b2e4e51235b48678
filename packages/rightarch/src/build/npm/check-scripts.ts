import { posix } from 'node:path';
import { satisfies } from '../../core/index.ts';
import { refuse } from '../run/refusal.ts';
import { mapOf } from './check-project.ts';
import type { Install } from './install.ts';
import { type Lockfile, packageName } from './lockfile.ts';
import { textOf } from './node-in-image.ts';
import type { PackedPackage } from './package-store.ts';
import { parseManifest } from './read-project.ts';
import { reasonNotNeeded } from './scripts-not-needed.ts';

/** Scripts of the project itself that npm ci and npm install run. */
const PROJECT_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
const PACKAGE_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/**
 * Install scripts of packages by the lockfile, of workspaces and of the project. One that would run is refused unless
 * known to be needless.
 */
export async function checkScripts(
  project: Readonly<Record<string, unknown>>,
  lock: Lockfile,
  placed: ReadonlySet<string>,
  job: Install,
): Promise<void> {
  const { call, config } = job;
  if (config.ignoreScripts) return;
  checkOwnScripts(project, '', job);
  for (const location of placed) {
    const entry = lock.packages.get(location)!;
    if (entry.link || location.includes('node_modules/')) continue;
    const file = posix.join(call.cwd, location, 'package.json');
    checkOwnScripts(parseManifest((await textOf(call.kernel, file)) ?? '{}', file), location, job);
  }
  for (const location of placed) {
    const entry = lock.packages.get(location)!;
    if (!entry.hasInstallScript || entry.link || !location.includes('node_modules/')) continue;
    await mustBeNeedless(lock, location, PACKAGE_SCRIPTS.join(', '), job);
  }
}

/**
 * Scripts that the packages themselves have, whatever the lockfile says of them: one that was written by another
 * tool, or by hand, can lack the mark. A binding.gyp is such a script too.
 */
export async function checkPackedScripts(
  lock: Lockfile,
  packages: ReadonlyMap<string, PackedPackage>,
  job: Install,
): Promise<void> {
  if (job.config.ignoreScripts) return;
  for (const [location, { script }] of packages) {
    if (script === undefined || lock.packages.get(location)!.hasInstallScript) continue;
    await mustBeNeedless(lock, location, script, job);
  }
}

async function mustBeNeedless(lock: Lockfile, location: string, script: string, job: Install): Promise<void> {
  const entry = lock.packages.get(location)!;
  const name = packageName(location, entry);
  const has = new Set<'libvips'>(name === 'sharp' && (await hasLibvips(job)) ? ['libvips'] : []);
  if (reasonNotNeeded(name, entry.version ?? '', { byUser: job.context.scriptsNotNeeded, has }) === undefined)
    refuse('npm/script-needed', { package: `${name}@${entry.version ?? ''}`, script });
}

/** The project's own scripts and those of its workspaces always count: prisma generate, patch-package. */
function checkOwnScripts(
  project: Readonly<Record<string, unknown>>,
  location: string,
  { call, context }: Install,
): void {
  const scripts = mapOf(project['scripts']);
  const name = typeof project['name'] === 'string' ? project['name'] : location || 'package.json';
  const known = location === '' ? PROJECT_SCRIPTS : [...PACKAGE_SCRIPTS, 'prepare'];
  const gyp = call.kernel.stat(posix.join(call.cwd, location, 'binding.gyp')) !== undefined;
  const script = known.find((event) => scripts[event] !== undefined) ?? (gyp ? 'node-gyp rebuild' : undefined);
  if (script !== undefined && !context.scriptsNotNeeded.some((entry) => entry.package === name))
    refuse('npm/script-needed', { package: name, script });
}

const PKG_CONFIG_ROOTS = [
  '/usr/local/lib',
  '/usr/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/local/lib64',
];

/** Whether sharp would find a libvips that is new enough to build against: 8.15 for the oldest release listed. */
async function hasLibvips({ call }: Install): Promise<boolean> {
  if (call.env['SHARP_FORCE_GLOBAL_LIBVIPS'] !== undefined) return true;
  for (const root of PKG_CONFIG_ROOTS) {
    const text = await textOf(call.kernel, `${root}/pkgconfig/vips-cpp.pc`);
    const version = /^Version:\s*(\S+)/m.exec(text ?? '')?.[1];
    if (text !== undefined && satisfies(version ?? '', '<8.15.0', { includePrerelease: false }) !== true) return true;
  }
  return false;
}
