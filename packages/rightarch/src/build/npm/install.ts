import { posix } from 'node:path';
import { firstFailure } from '../first-failure.ts';
import type { Call } from '../run/commands/command.ts';
import { removeTree } from '../run/commands/remove.ts';
import { strerror } from '../run/kernel.ts';
import { refuse } from '../run/refusal.ts';
import type { Outcome } from '../run/types.ts';
import { FileProblem, type RunContext } from '../stage-files.ts';
import { linkTarget, mismatches, missingFromLock } from './check-project.ts';
import { checkPackedScripts, checkScripts } from './check-scripts.ts';
import { devEnginesProblem } from './dev-engines.ts';
import { checkFamilies } from './families.ts';
import { type FetchOptions, headersFor } from './fetch-tarball.ts';
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
import { formatLockfile, formatOf, hiddenLockfile, projectName } from './hidden-lockfile.ts';
import { standIn } from './host-registry.ts';
import { parseIntegrity } from './integrity.ts';
import { folderName, type LockEntry, type Lockfile, packageName, parseLockfile } from './lockfile.ts';
import { textOf } from './node-in-image.ts';
import type { NpmConfig } from './npmrc.ts';
import { openPackage, type PackedPackage } from './package-store.ts';
import { ensureDirectory, linkBins, makeExecutable, normalizedBins, placePackage } from './place.ts';
import { type Manifest, parseManifest, readLock, readProject, topsOf } from './read-project.ts';
import { resolveWithoutLock } from './resolve-without-lock.ts';
import { tarballUrl } from './tarball-url.ts';

/** Everything that decides what is placed. */
export interface Install {
  readonly call: Call;
  readonly context: RunContext;
  readonly config: NpmConfig;
  readonly machine: Machine;
  readonly command: 'ci' | 'install';
}

const AT_ONCE = 12;

/**
 * npm ci and npm install, into the image's files. Without a lockfile `npm install` makes one: what it chooses is another
 * thing on another day, so that is not reproducible.
 */
export async function install(
  job: Install,
): Promise<Outcome & { readonly reproducible: boolean; readonly unhashed: boolean }> {
  const { call, command, config } = job;
  const directory = call.cwd;
  const project = await readProject(call.kernel, directory);
  const unmet = devEnginesProblem(project.fields, job.machine);
  if (unmet !== undefined) return { ...failed(unmet), reproducible: true, unhashed: false };
  const found = await readLock(call.kernel, directory);
  if (command === 'install' && !config.packageLock)
    refuse('npm/config-refused', { file: 'npm', key: 'package-lock=false' });
  if (found !== undefined)
    return { ...(await installFrom(found, project, job)), reproducible: true, unhashed: isUnhashed(found) };
  if (command === 'ci') return refuse('npm/lockfile-missing', { directory });
  refuseOldTree(job, ['']);
  const made = await resolveWithoutLock(project, job, fetchOptions(job));
  if ('failed' in made) return { ...made.failed, reproducible: false, unhashed: true };
  const lock = parseLockfile(made.text, posix.join(directory, 'package-lock.json'));
  refuseOldTree(job, topsOf(lock));
  const placed = await place(lock, project, job, config.save ? made.text : undefined);
  return { ...placed, reproducible: false, unhashed: true };
}

/** Whether a registry decides the bytes of a package. */
function isUnhashed(lock: Lockfile): boolean {
  return [...lock.packages].some(
    ([location, { link, inBundle, integrity }]) =>
      location.includes('node_modules/') && !link && !inBundle && parseIntegrity(integrity) === undefined,
  );
}

async function installFrom(lock: Lockfile, project: Manifest, job: Install): Promise<Outcome> {
  const { call, command } = job;
  refuseOldTree(job, topsOf(lock));
  const complaints = mismatches(project.fields, lock);
  for (const location of topsOf(lock).filter((top) => top !== '')) {
    // Without its package.json npm takes a workspace for removed, and what is left then is not in the lockfile.
    const file = posix.join(call.cwd, location, 'package.json');
    const text = await textOf(call.kernel, file);
    if (text === undefined)
      refuse('npm/lockfile-malformed', { file: lock.file, problem: `${file} is not in the image` });
    complaints.push(...mismatches(parseManifest(text, file), lock, location));
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
  return place(lock, project, job, command === 'install' ? rewritten(lock, project, job) : undefined);
}

/** Puts the packages of a lockfile into the image, and the lockfile itself where its bytes are given. */
async function place(lock: Lockfile, project: Manifest, job: Install, save: string | undefined): Promise<Outcome> {
  const { call, command, config } = job;
  const plan = choose(lock, job);
  if ('failed' in plan) return plan.failed;
  const { placed } = plan;
  await checkScripts(project.fields, lock, placed, job);
  const packages = await fetchAll(lock, placed, job);
  await checkPackedScripts(lock, packages, job);
  try {
    if (command === 'ci') emptyNodeModules(lock, job);
    await writeAll(call.cwd, lock, placed, packages, job);
    if (placed.size > 0) {
      // What npm neither read nor saved has no name.
      const named = command === 'ci' || config.save;
      const { name, version } = project.fields;
      const text = hiddenLockfile(lock, placed, {
        name: named ? projectName(name, call.cwd) : undefined,
        version: named && typeof version === 'string' ? version : undefined,
        npm: job.machine.npm,
        format: formatOf(project.text),
      });
      call.kernel.write(posix.join(call.cwd, 'node_modules', '.package-lock.json'), text);
    }
    if (save !== undefined) call.kernel.write(lock.file, save);
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

/** npm install starts from what is there; only an empty place is known to end as the lockfile says. */
function refuseOldTree({ call, command }: Install, tops: readonly string[]): void {
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
 * npm install writes the lockfile again, laid out as package.json is. Its words are the same only where npm wrote it,
 * with fields that this npm knows; else its bytes in the layer are not known. Undefined where it is not saved.
 */
function rewritten(lock: Lockfile, project: Manifest, { config, machine }: Install): string | undefined {
  if (!config.save) return undefined;
  const lost =
    Number(machine.npm.split('.')[0]) < 11 && [...lock.packages.values()].some((entry) => entry.libc !== undefined);
  const parsed: unknown = JSON.parse(lock.text.replace(/^\uFEFF/, ''));
  if (lost || formatLockfile(parsed, formatOf(lock.text)) !== lock.text)
    return refuse('npm/lockfile-malformed', {
      file: lock.file,
      problem: '`npm install` would rewrite it, `npm ci` would not',
    });
  return formatLockfile(parsed, formatOf(project.text));
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

function fetchOptions({ config, context }: Install): FetchOptions & { readonly cacheDirectory: string } {
  return {
    cacheDirectory: context.cacheDirectory,
    signal: context.signal,
    onBytes: context.onBytes,
    ...(context.packages?.connect === undefined ? {} : { connect: context.packages.connect }),
    headersFor: (url) => headersFor(url, config.authorization),
    covered: config.covered,
  };
}

/** Every tarball, verified; a bundled package comes with the one that bundles it. */
async function fetchAll(
  lock: Lockfile,
  placed: ReadonlySet<string>,
  job: Install,
): Promise<Map<string, PackedPackage>> {
  const { config, context } = job;
  const wanted = [...placed].filter((location) => {
    const entry = lock.packages.get(location)!;
    return location.includes('node_modules/') && !entry.link && !entry.inBundle;
  });
  const options = fetchOptions(job);
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
      const opened = openPackage({ name, url: other ?? url, integrity }, other === undefined ? options : throughMirror);
      found.set(
        location,
        await opened.catch((cause: unknown) => {
          // No other is begun; those on their way may be another build's too, and come to their end.
          todo.length = 0;
          throw cause;
        }),
      );
    }
  };
  await firstFailure(Array.from({ length: Math.min(AT_ONCE, todo.length) }, work));
  return found;
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
