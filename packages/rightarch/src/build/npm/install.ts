import { posix } from 'node:path';
import type { Call } from '../run/commands/command.ts';
import { removeTree } from '../run/commands/remove.ts';
import { strerror } from '../run/kernel.ts';
import { refuse } from '../run/refusal.ts';
import type { Outcome } from '../run/types.ts';
import { FileProblem, type RunContext } from '../stage-files.ts';
import { linkTarget, mapOf, mismatches, missingFromLock } from './check-project.ts';
import { checkFamilies } from './families.ts';
import type { FetchOptions } from './fetch-tarball.ts';
import {
  buildGraph,
  droppedOptionals,
  engineFits,
  isBefore,
  isOmitted,
  type Machine,
  platformFits,
  resolveFrom,
} from './graph.ts';
import { formatLockfile, hiddenLockfile, projectName } from './hidden-lockfile.ts';
import { standIn } from './host-registry.ts';
import { parseIntegrity } from './integrity.ts';
import { folderName, isObject, type LockEntry, type Lockfile, packageName } from './lockfile.ts';
import { textOf } from './node-in-image.ts';
import type { NpmConfig } from './npmrc.ts';
import { openPackage, type PackedPackage } from './package-store.ts';
import { ensureDirectory, linkBins, makeExecutable, normalizedBins, placePackage } from './place.ts';
import { reasonNotNeeded } from './scripts-not-needed.ts';
import { satisfies } from './semver.ts';
import { tarballUrl } from './tarball-url.ts';

/** Everything that decides what is placed. */
export interface Install {
  readonly call: Call;
  readonly context: RunContext;
  readonly config: NpmConfig;
  readonly machine: Machine;
  readonly command: 'ci' | 'install';
}

/** Scripts of the project itself that npm ci and npm install run. */
const PROJECT_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
const PACKAGE_SCRIPTS = ['preinstall', 'install', 'postinstall'];
const AT_ONCE = 12;

/** npm ci, and npm install with a lockfile, into the image's files. */
export async function install(job: Install): Promise<Outcome> {
  const { call, command } = job;
  const directory = call.cwd;
  const project = await readProject(job);
  const lock = await readLock(job);
  refuseOldTree(job, lock);
  if (command === 'install') refuseRewrite(job, lock);
  const complaints = mismatches(project, lock);
  for (const location of topsOf(lock).filter((top) => top !== '')) {
    // Without its package.json npm takes a workspace for removed, and what is left then is not in the lockfile.
    const file = posix.join(call.cwd, location, 'package.json');
    const text = await textOf(call.kernel, file);
    if (text === undefined)
      refuse('npm/lockfile-malformed', { file: lock.file, problem: `${file} is not in the image` });
    complaints.push(...mismatches(parseProject(text, file), lock, location));
  }
  if (complaints.length === 0)
    complaints.push(...missingFromLock(lock, (location, name) => resolveFrom(lock, location, name) === undefined));
  if (complaints.length > 0) {
    // npm install would change the lockfile, and what it chooses is not known here.
    if (command === 'install') refuse('npm/lockfile-malformed', { file: lock.file, problem: complaints[0]! });
    return failed([
      'npm error code EUSAGE',
      'npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.',
      ...complaints.map((c) => `npm error ${c}`),
    ]);
  }
  const plan = choose(lock, job);
  if ('failed' in plan) return plan.failed;
  const { placed } = plan;
  await checkScripts(project, lock, placed, job);
  const packages = await fetchAll(lock, placed, job);
  checkGyp(lock, packages, job);
  try {
    if (command === 'ci') emptyNodeModules(lock, job);
    await writeAll(directory, lock, placed, packages, job);
    if (placed.size > 0) {
      const text = hiddenLockfile(lock, placed, {
        name: projectName(project['name'], directory),
        version: typeof project['version'] === 'string' ? project['version'] : undefined,
        npm: job.machine.npm,
      });
      call.kernel.write(`${directory}/node_modules/.package-lock.json`, text);
    }
  } catch (problem) {
    if (!(problem instanceof FileProblem)) throw problem;
    return failed(
      [
        `npm error code ${problem.errno}`,
        `npm error ${problem.errno}: ${strerror(problem.errno).toLowerCase()}, '${problem.path}'`,
      ],
      problem.errno === 'EACCES' ? 243 : 1,
    );
  }
  return { status: 0, out: '', err: plan.warnings.map((line) => `npm warn ${line}\n`).join(''), unknownOut: true };
}

function failed(lines: readonly string[], status = 1): Outcome {
  return { status, out: '', err: `${lines.join('\n')}\n`, unknownOut: true };
}

async function readProject({ call }: Install): Promise<Record<string, unknown>> {
  const file = `${call.cwd}/package.json`;
  const text = await textOf(call.kernel, file);
  // npm would look for a project above, or fail: both depend on what lies there.
  if (text === undefined) return refuse('npm/lockfile-missing', { directory: call.cwd });
  return parseProject(text, file);
}

function parseProject(text: string, file: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (isObject(parsed)) return parsed;
  } catch (cause) {
    return refuse('npm/lockfile-malformed', {
      file,
      problem: cause instanceof Error ? cause.message : 'it is not JSON',
    });
  }
  return refuse('npm/lockfile-malformed', { file, problem: 'it is not an object' });
}

async function readLock({ call }: Install): Promise<Lockfile> {
  const { parseLockfile } = await import('./lockfile.ts');
  for (const name of ['npm-shrinkwrap.json', 'package-lock.json']) {
    const file = `${call.cwd === '/' ? '' : call.cwd}/${name}`;
    const text = await textOf(call.kernel, file);
    if (text !== undefined) return parseLockfile(text, file);
  }
  return refuse('npm/lockfile-missing', { directory: call.cwd });
}

/** npm install starts from what is there; only an empty place is known to end as the lockfile says. */
function refuseOldTree({ call, command }: Install, lock: Lockfile): void {
  const tops = [
    '',
    ...[...lock.packages.keys()].filter((location) => location !== '' && !location.includes('node_modules')),
  ];
  for (const top of tops) {
    const directory = posix.join(call.cwd, top, 'node_modules');
    const there = call.kernel.stat(directory, { follow: false });
    if (there === undefined) continue;
    if (there.type !== 'directory') refuse('run/not-computable', { what: directory });
    if (command === 'install' && call.kernel.list(directory).length > 0)
      refuse('run/not-computable', { what: `npm install (${directory})` });
  }
}

/**
 * npm install writes the lockfile again. It comes out as it went in only where npm wrote it, with fields that this
 * npm knows; else its bytes in the layer are not known.
 */
function refuseRewrite({ config, machine }: Install, lock: Lockfile): void {
  if (!config.packageLock) refuse('npm/config-refused', { file: 'npm', key: 'package-lock=false' });
  if (!config.save) return;
  const indent = /^\{\r?\n([ \t]+)/.exec(lock.text)?.[1] ?? 2;
  const lost =
    Number(machine.npm.split('.')[0]) < 11 && [...lock.packages.values()].some((entry) => entry.libc !== undefined);
  if (lost || formatLockfile(JSON.parse(lock.text), indent) !== lock.text)
    refuse('npm/lockfile-malformed', {
      file: lock.file,
      problem: '`npm install` would rewrite it, `npm ci` would not',
    });
}

/** Which locations are placed on this machine, or how npm would fail. */
function choose(
  lock: Lockfile,
  { machine, config, context }: Install,
): { readonly placed: ReadonlySet<string>; readonly warnings: readonly string[] } | { readonly failed: Outcome } {
  const graph = buildGraph(lock);
  const dropped = droppedOptionals(lock, graph, machine, config.omit);
  const placed = new Set<string>();
  const warnings: string[] = [];
  // npm looked at what it was to leave out as well (arborist, build-ideal-tree.js #checkEngineAndPlatform).
  const checksOmitted = isBefore(machine.npm, '11.5.0');
  for (const [location, entry] of lock.packages) {
    if (location === '' || entry.extraneous || dropped.has(location)) continue;
    const omitted =
      location.includes('node_modules/') && isOmitted(entry.link ? linkedEntry(lock, location) : entry, config.omit);
    if (omitted && !checksOmitted) continue;
    if (!entry.optional && !entry.link) {
      const id = `${packageName(location, entry)}@${entry.version ?? ''}`;
      if (!platformFits(entry, machine))
        return { failed: failed(['npm error code EBADPLATFORM', `npm error notsup Unsupported platform for ${id}`]) };
      if (!engineFits(entry, machine)) {
        if (config.engineStrict)
          return { failed: failed(['npm error code EBADENGINE', `npm error engine Unsupported engine for ${id}`]) };
        warnings.push(`EBADENGINE Unsupported engine for ${id}`);
      }
    }
    if (!omitted) placed.add(location);
  }
  checkFamilies(lock, graph, placed, machine, context.platform);
  return { placed, warnings };
}

/** The flags of a link are those of what it leads to. */
function linkedEntry(lock: Lockfile, location: string): LockEntry {
  return lock.packages.get(linkTarget(lock, location)) ?? {};
}

/** Install scripts: of packages, of workspaces, of the project. One that would run is refused unless known to be needless. */
async function checkScripts(
  project: Readonly<Record<string, unknown>>,
  lock: Lockfile,
  placed: ReadonlySet<string>,
  job: Install,
): Promise<void> {
  const { call, config, context } = job;
  if (config.ignoreScripts) return;
  checkOwnScripts(project, '', job);
  for (const location of placed) {
    const entry = lock.packages.get(location)!;
    if (entry.link || location.includes('node_modules/')) continue;
    const file = posix.join(call.cwd, location, 'package.json');
    checkOwnScripts(parseProject((await textOf(call.kernel, file)) ?? '{}', file), location, job);
  }
  const has = new Set<'libvips'>();
  if (await hasLibvips(job)) has.add('libvips');
  for (const location of placed) {
    const entry = lock.packages.get(location)!;
    if (!entry.hasInstallScript || entry.link || !location.includes('node_modules/')) continue;
    const name = packageName(location, entry);
    if (reasonNotNeeded(name, entry.version ?? '', { byUser: context.scriptsNotNeeded, has }) === undefined)
      refuse('npm/script-needed', {
        package: `${name}@${entry.version ?? ''}`,
        script: PACKAGE_SCRIPTS.join(', '),
      });
  }
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

/** Whether sharp would find a libvips that is new enough to build against: 8.15 for the oldest release listed. */
async function hasLibvips({ call }: Install): Promise<boolean> {
  if (call.env['SHARP_FORCE_GLOBAL_LIBVIPS'] !== undefined) return true;
  const roots = [
    '/usr/local/lib',
    '/usr/lib',
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/local/lib64',
  ];
  for (const root of roots) {
    const text = await textOf(call.kernel, `${root}/pkgconfig/vips-cpp.pc`);
    const version = /^Version:\s*(\S+)/m.exec(text ?? '')?.[1];
    if (text !== undefined && satisfies(version ?? '', '<8.15.0', { includePrerelease: false }) !== true) return true;
  }
  return false;
}

/** npm compiles a package with a binding.gyp and no install script of its own. */
function checkGyp(lock: Lockfile, packages: ReadonlyMap<string, PackedPackage>, { config, context }: Install): void {
  if (config.ignoreScripts) return;
  for (const [location, packed] of packages) {
    const entry = lock.packages.get(location)!;
    if (entry.hasInstallScript || !packed.files.some((file) => file.path === 'binding.gyp')) continue;
    const name = packageName(location, entry);
    if (!context.scriptsNotNeeded.some((known) => known.package === name))
      refuse('npm/script-needed', { package: `${name}@${entry.version ?? ''}`, script: 'node-gyp rebuild' });
  }
}

/** Every tarball, verified; a bundled package comes with the one that bundles it. */
async function fetchAll(
  lock: Lockfile,
  placed: ReadonlySet<string>,
  { config, context }: Install,
): Promise<Map<string, PackedPackage>> {
  const wanted = [...placed].filter((location) => {
    const entry = lock.packages.get(location)!;
    return location.includes('node_modules/') && !entry.link && !entry.inBundle;
  });
  const options: FetchOptions & { readonly cacheDirectory: string } = {
    cacheDirectory: context.cacheDirectory,
    signal: context.signal,
    onBytes: context.onBytes,
    ...(context.packages?.connect === undefined ? {} : { connect: context.packages.connect }),
    headersFor: (url) => headersFor(url, config.authorization),
  };
  const mirror = context.packages?.npm?.authorization ?? new Map<string, string>();
  // The user's token goes to the stand-in alone: a package that the image could not fetch is not fetched for it.
  const throughMirror = { ...options, headersFor: (url: URL) => headersFor(url, mirror) };
  const found = new Map<string, PackedPackage>();
  const todo = [...wanted];
  const work = async (): Promise<void> => {
    for (let location = todo.shift(); location !== undefined; location = todo.shift()) {
      context.signal?.throwIfAborted();
      const entry = lock.packages.get(location)!;
      const name = packageName(location, entry);
      const url = tarballUrl(name, entry, config);
      const other = standIn(url, entry, context.packages);
      const integrity = parseIntegrity(entry.integrity);
      found.set(
        location,
        await openPackage({ name, url: other ?? url, integrity }, other === undefined ? options : throughMirror),
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, todo.length) }, work));
  return found;
}

/** The token of the longest configured path that the address lies under, and of no other. */
function headersFor(url: URL, authorizations: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const address = `//${url.host}${url.pathname}`;
  let best = '';
  for (const prefix of authorizations.keys())
    if (address.startsWith(prefix) && prefix.length > best.length) best = prefix;
  const authorization = authorizations.get(best);
  return authorization === undefined ? {} : { authorization };
}

function emptyNodeModules(lock: Lockfile, { call }: Install): void {
  const { kernel } = call;
  for (const top of topsOf(lock)) {
    const directory = posix.join(call.cwd, top, 'node_modules');
    if (kernel.stat(directory, { follow: false })?.type !== 'directory') continue;
    for (const name of kernel.list(directory)) {
      const path = `${directory}/${name}`;
      if (kernel.need(path, { follow: false }).type === 'directory') removeTree(kernel, path);
      else kernel.unlink(path);
    }
  }
}

/** The project and its workspaces. */
function topsOf(lock: Lockfile): string[] {
  return [...lock.packages.keys()].filter((location) => location === '' || !location.includes('node_modules/'));
}

async function writeAll(
  directory: string,
  lock: Lockfile,
  placed: ReadonlySet<string>,
  packages: ReadonlyMap<string, PackedPackage>,
  { call, config }: Install,
): Promise<void> {
  const { kernel } = call;
  // Parents before what is nested in them.
  const order = [...placed].filter((location) => location.includes('node_modules/')).sort((a, b) => (a < b ? -1 : 1));
  for (const location of order) {
    const path = posix.join(directory, location);
    const packed = packages.get(location);
    if (packed !== undefined) {
      placePackage(kernel, path, packed);
      const { bin, name, resolved } = lock.packages.get(location)!;
      // Without an address npm reads the manifest first, and then unpacks programs as executable (pacote, isPackageBin).
      if (resolved === undefined) makeExecutable(kernel, path, normalizedBins(name ?? folderName(location), bin));
    } else if (lock.packages.get(location)!.link) {
      ensureDirectory(kernel, posix.dirname(path));
      kernel.symlink(posix.relative(posix.dirname(path), posix.join(directory, linkTarget(lock, location))), path);
    }
  }
  if (!config.binLinks) return;
  const seen = new Set<string>();
  for (const location of order) {
    const entry = lock.packages.get(location)!;
    const meta = entry.link ? lock.packages.get(linkTarget(lock, location))! : entry;
    const bins = normalizedBins(meta.name ?? folderName(location), meta.bin);
    if (bins.size === 0) continue;
    const path = posix.join(directory, location);
    const modules = path.slice(0, path.lastIndexOf('/node_modules/') + '/node_modules'.length);
    await linkBins(kernel, { directory: path, binDirectory: `${modules}/.bin`, bins, seen });
  }
}
