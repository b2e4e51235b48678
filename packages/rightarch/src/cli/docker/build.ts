import { join, resolve } from 'node:path';
import { csvFields, DOCKER_FLAGS } from '../../build/docker-flags.ts';
import { Failure, familiarReference, formatPlatform, formatReference, type ImageReference } from '../../core/index.ts';
import { atInput, failure, printable } from '../../messages/index.ts';
import { dockerTexts } from '../../messages/phrases/docker.ts';
import { type Descriptor, openLayout, openTree, writeArchive } from '../../oci/index.ts';
import { formatDuration } from '../../report/index.ts';
import { buildJob } from '../building.ts';
import { jobsOf, readPlatforms } from '../jobs.ts';
import { findDocker, type LocalDocker, loadTree } from '../loading.ts';
import { parseOutputs } from '../output.ts';
import { loadProject, today } from '../project.ts';
import { writeResultFiles } from '../result-files.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';
import { type Asset, againstPlatforms, assetIn, platformsNeeded } from './asset.ts';
import { type DockerFlags, dockerFlags, type FlagNames, isOn } from './flags.ts';
import { publishKept } from './push.ts';
import { dockerIdOf, type Standing } from './stand-in.ts';
import { boundStore, keepName, storeDirectory, storeRoot } from './store.ts';
import { globalValue } from './words.ts';

const ONES: FlagNames = [
  'f,file=',
  'target=',
  'network=',
  'metadata-file=',
  'iidfile=',
  'progress=',
  'builder=',
  'provenance=',
  'sbom=',
];
const MANY: FlagNames = [
  't,tag=',
  'platform=',
  'build-arg=',
  'secret=',
  'ssh=',
  'build-context=',
  'label=',
  'annotation=',
  'o,output=',
  'attest=',
  ...DOCKER_FLAGS.map((name) => `${name}=`),
];
const SWITCHES: FlagNames = ['pull', 'no-cache', 'push', 'load', 'q,quiet'];
/** BuildKit has no use for them, and `docker buildx build` passes over them with a warning (buildx, commands/build.go, read 2026-11-29). */
const WITHOUT_USE: FlagNames = [
  'compress',
  'force-rm',
  'rm',
  'squash',
  'm,memory=',
  'memory-swap=',
  'c,cpu-shares=',
  'cpu-period=',
  'cpu-quota=',
  'cpuset-cpus=',
  'cpuset-mems=',
  'isolation=',
  'security-opt=',
];

/** `docker build`: by any engine, and left where the next docker command looks for it. */
export async function build(standing: Standing): Promise<number> {
  const { label, words, handOn } = standing;
  const given = dockerFlags(words.rest, [...ONES, ...MANY, ...SWITCHES, ...WITHOUT_USE]);
  const publishing = publishes(words.rest, given);
  const context = resolve(standing.session.shell.cwd, given.unknown === undefined ? (given.words[0] ?? '') : '');
  const asset = assetIn(context, { names: given.values.get('tag') ?? [] });
  const strange = strangeTo(given);
  if (strange !== undefined) {
    // What Docker pushes nobody has proven.
    const extra = publishing || !standing.hasDocker ? undefined : platformFor(standing, given, asset);
    const status = extra === undefined ? undefined : await handOn(strange, extra.flag);
    if (status !== undefined) return status;
    const args = { command: label, what: strange, lack: publishing ? 'proof' : 'docker' } as const;
    throw failure('docker/not-done-here', args, atInput(strange), 'request');
  }
  if (given.missing !== undefined || given.words.length !== 1) {
    const kind = given.missing === undefined ? (given.words.length > 1 ? 'too-many' : 'no-value') : 'no-value';
    const detail = given.missing ?? (given.words.slice(1).join(' ') || 'PATH');
    throw failure('cli/usage', { command: label, kind, detail }, atInput(label), 'request');
  }
  const chosen = platformFor(standing, given, asset);
  const session = withBuilder(standing, given);
  return buildHere({ ...standing, session }, given, { publishing, asset, platforms: chosen.platforms });
}

/** What is left to Docker, by the first of it that stands there. */
function strangeTo({ unknown, values, words }: DockerFlags): string | undefined {
  if (unknown !== undefined) return unknown;
  for (const output of values.get('output') ?? []) {
    const type = csvFields(output)
      .find((field) => field.startsWith('type='))
      ?.slice('type='.length);
    const toFile = csvFields(output).some((field) => /^dest=./.test(field) && field !== 'dest=-');
    const isKnown =
      type === 'registry' ||
      (type === 'image' && csvFields(output).includes('push=true')) ||
      (type === 'oci' && toFile) ||
      (type === 'docker' && (toFile || !output.includes('dest=')));
    if (!isKnown) return `--output ${output}`;
  }
  // A context out of a pipe, of Git or of a server.
  const [context] = words;
  return context !== undefined && /^-$|^(?:https?|git|ssh):\/\/|^git@|^github\.com\//.test(context)
    ? context
    : undefined;
}

/** Also where the line is not understood: what may publish is not handed on. */
function publishes(rest: readonly string[], given: DockerFlags): boolean {
  if (given.unknown !== undefined)
    return rest.some(
      (word, i) => /^--push(?:=(?!(?:0|f|false)$)|$)/i.test(word) || isRegistryOutput(word, rest[i - 1]),
    );
  return isOn(given, 'push') || (given.values.get('output') ?? []).some((one) => /type=registry|push=true/.test(one));
}

const isRegistryOutput = (word: string, before: string | undefined): boolean =>
  (/^(?:-o|--output)$/.test(before ?? '') || /^(?:-o|--output=)/.test(word)) && /type=registry|push=true/.test(word);

/** `--platform`, what runs the asset, DOCKER_DEFAULT_PLATFORM, this machine's: in this order, and said. */
function platformFor(
  { session, note, words }: Standing,
  given: DockerFlags,
  asset: Asset | undefined,
): { readonly platforms: readonly string[]; readonly flag: readonly string[] } {
  const { language, shell } = session;
  const asked = platformsAsked(given, words.rest);
  const needed = asset === undefined ? [] : platformsNeeded(asset);
  if (asked.length > 0 || needed.length === 0) {
    const platforms = asked.length > 0 ? asked : [shell.env['DOCKER_DEFAULT_PLATFORM'] ?? ''].filter(Boolean);
    if (platforms.length === 0) note(dockerTexts.unknown[language]({ platform: shell.hostPlatform }));
    else if (asset !== undefined) refuseOthers(session, asset, platforms);
    return { platforms, flag: [] };
  }
  const against = againstPlatforms(asset!, needed, { asked: false, today: today(session) });
  if (against !== undefined) throw new Failure(against, 'request');
  const platforms = needed.map(formatPlatform);
  const consumers = asset!.consumers.filter((one) => one.platforms.length > 0).map(({ shown }) => shown);
  note(dockerTexts.consumers[language]({ platforms: platforms.join(', '), consumers: consumers.join(', ') }));
  return { platforms, flag: ['--platform', platforms.join(',')] };
}

/** Behind a flag that is not known nothing is read for sure; there the word itself is looked for. */
function platformsAsked({ values, unknown }: DockerFlags, rest: readonly string[]): readonly string[] {
  if (unknown === undefined) return values.get('platform') ?? [];
  return rest.flatMap((word, i) =>
    word.startsWith('--platform=') ? [word.slice('--platform='.length)] : rest[i - 1] === '--platform' ? [word] : [],
  );
}

function refuseOthers(session: Session, asset: Asset, asked: readonly string[]): void {
  const platforms = readPlatforms({ platform: asked });
  const against = againstPlatforms(asset, platforms, { asked: true, today: today(session) });
  if (against !== undefined) throw new Failure(against, 'request');
}

/** `--builder`, wherever it stands, is the builder of everything that Docker does here. */
function withBuilder({ session, words }: Standing, given: DockerFlags): Session {
  const builder = given.values.get('builder')?.at(-1) ?? globalValue(words.between, 'builder');
  const { runProgram: run } = session.shell;
  if (builder === undefined || run === undefined) return session;
  const runProgram: typeof run = (command, args, options = {}) =>
    run(command, args, { ...options, env: { BUILDX_BUILDER: builder, ...options.env } });
  return { ...session, shell: { ...session.shell, runProgram } };
}

interface Wanted {
  readonly publishing: boolean;
  readonly asset: Asset | undefined;
  readonly platforms: readonly string[];
}

async function buildHere(
  { session, note, out }: Standing,
  given: DockerFlags,
  { publishing, asset, platforms }: Wanted,
): Promise<number> {
  const { shell, language } = session;
  const flags = flagsOf(given, platforms);
  const project = await loadProject(session, {});
  // What rightarch.yaml says of this folder is not what `docker build` was asked for.
  const [asked] = await jobsOf(session, [given.words[0]!], flags, undefined);
  const job = { ...asked!, root: storeRoot(shell), layout: join(storeDirectory(shell), '..', 'plan') };
  const docker = await dockerFor(session, flags);
  const directory = storeDirectory(shell);
  const { result, ms } = await buildJob(session, job, flags, project, { directory, built: [] });
  const names = job.references;
  const platformTexts = job.request.platforms.map(({ platform }) => formatPlatform(platform));
  if (flags.quiet !== true) {
    const image = printable(names.map(familiarReference).join(', ') || job.request.name);
    note(dockerTexts.built[language]({ image, platforms: platformTexts.join(', '), time: formatDuration(ms) }));
  }
  const facts = { at: shell.now(), asset: asset?.directory };
  for (const name of names) await keepName(shell, formatReference(name), result.root, facts);
  for (const output of parseOutputs(flags))
    if (output.kind === 'archive') await writeTo(session, result.root, names, session.path(output.file));
  let status = 0;
  if (publishing)
    status = await publishKept(session, {
      root: result.root,
      references: names,
      project,
      asset: asset?.directory,
    });
  const loaded = docker.docker && (await load(session, result.root, { docker: docker.docker, names, facts }));
  if (docker.asked && loaded === undefined)
    note(dockerTexts.kept[language]({ why: docker.docker ? 'platform' : 'daemon' }));
  const id = loaded ?? result.root.digest;
  if (status === 0) {
    const iidfile = flags.iidfile === undefined ? {} : { iidfile: flags.iidfile };
    const metadata = flags['metadata-file'] === undefined ? {} : { 'metadata-file': flags['metadata-file'] };
    const root = { ...result.root, digest: id as Descriptor['digest'] };
    const value = {
      image: job.request.name,
      digest: result.root.digest,
      platforms: platformTexts,
    };
    await writeResultFiles(session, [{ image: job.request.name, root, names, value }], iidfile);
    await writeResultFiles(session, [{ image: job.request.name, root: result.root, names, value }], metadata);
    if (flags.quiet === true) out(`${id}\n`);
  }
  await boundStore(shell);
  return status;
}

/** docker's flags as ours, which have their names. */
function flagsOf(given: DockerFlags, platforms: readonly string[]): Flags {
  const { values } = given;
  const flags: Record<string, string | readonly string[] | true> = {};
  const names = (list: FlagNames): readonly string[] => list.map((one) => one.replace(/^\w,|=$/g, ''));
  for (const name of names(ONES)) {
    const value = values.get(name)?.at(-1);
    if (value !== undefined && name !== 'builder') flags[name] = value;
  }
  for (const name of names(MANY)) {
    const all = values.get(name);
    if (all !== undefined) flags[name] = all;
  }
  for (const name of names(SWITCHES)) if (isOn(given, name)) flags[name] = true;
  if (platforms.length > 0) flags['platform'] = platforms;
  return flags as Flags;
}

/** Docker, where the image is to be in it afterwards: `docker build` leaves it there unless told where else. */
async function dockerFor(
  session: Session,
  flags: Flags,
): Promise<{ readonly asked: boolean; readonly docker?: LocalDocker }> {
  const outputs = parseOutputs(flags);
  const explicit = flags.load === true || outputs.some(({ kind }) => kind === 'docker');
  if (!explicit && (flags.push === true || outputs.length > 0)) return { asked: false };
  try {
    return { asked: true, docker: await findDocker(session) };
  } catch (error) {
    if (explicit || !(error instanceof Failure) || session.shell.signal.aborted) throw error;
    // Where there is no program nobody looks for the image in it.
    return { asked: error.diagnostic.args['lack'] === 'daemon' };
  }
}

/** Gives the image to Docker and keeps what it calls it; undefined where its store takes no such image. */
async function load(
  session: Session,
  root: Descriptor,
  {
    docker,
    names,
    facts,
  }: {
    readonly docker: LocalDocker;
    readonly names: readonly ImageReference[];
    readonly facts: { readonly at: Date; readonly asset: string | undefined };
  },
): Promise<string | undefined> {
  const { shell } = session;
  const source = openLayout(storeDirectory(shell));
  try {
    const tree = await openTree(source, root, { signal: shell.signal });
    await loadTree(session, tree, { docker, names });
  } catch (error) {
    if (error instanceof Failure && error.diagnostic.args['lack'] === 'platform') return undefined;
    throw error;
  } finally {
    await source.close();
  }
  const [first] = names;
  const dockerId = first && (await dockerIdOf(session, formatReference(first)));
  if (dockerId !== undefined)
    for (const name of names) await keepName(shell, formatReference(name), root, { ...facts, dockerId });
  return dockerId;
}

async function writeTo(
  { shell }: Session,
  root: Descriptor,
  references: readonly ImageReference[],
  file: string,
): Promise<void> {
  const source = openLayout(storeDirectory(shell));
  try {
    const tree = await openTree(source, root);
    await writeArchive(tree, file, { names: references.map(formatReference), signal: shell.signal });
  } finally {
    await source.close();
  }
}
