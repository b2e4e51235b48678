import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { DOCKER_FLAGS } from '../build/docker-flags.ts';
import type { BuildRequest } from '../build/index.ts';
import type { ProjectImage, ResolvedProject } from '../config/index.ts';
import {
  type ImageReference,
  orThrow,
  type Platform,
  parsePlatform,
  parseReference,
  samePlatform,
  shellWords,
  withDefaultTag,
} from '../core/index.ts';
import { isDockerfile, parseDockerfile, splitStages } from '../dockerfile/index.ts';
import { atInput, failure, refusal } from '../messages/index.ts';
import { findTarget, type TargetAsk } from '../target/index.ts';
import { allValues, choiceOf, oneValue } from './arguments.ts';
import { attestationsOf } from './attestations.ts';
import { layoutDirectory } from './built.ts';
import { asksOf, asksOfTargets, sourceDateEpoch } from './project.ts';
import { foundSecret, parseSecret } from './secrets.ts';
import type { Session } from './session.ts';
import type { Flags } from './specs.ts';

/** One image to be built, with everything that follows from flags and configuration. */
export interface Job {
  readonly request: BuildRequest;
  /** Folder that `.rightarch` is in. */
  readonly root: string;
  readonly layout: string;
  /** Names of `-t`; empty where the configuration's tags count. */
  readonly references: readonly ImageReference[];
  readonly image: ProjectImage | undefined;
  /** Runtimes that it is judged for. */
  readonly asks: readonly TargetAsk[];
}

/** The images that the words and flags of `plan`, `build` and `ship` mean. */
export async function jobsOf(
  session: Session,
  words: readonly string[],
  flags: Flags,
  project: ResolvedProject | undefined,
): Promise<readonly Job[]> {
  const piped = oneValue(flags, 'file') === '-' ? await session.shell.input() : undefined;
  const picked =
    words.length > 0 ? words.map((word) => pick(session, word, flags, project)) : everything(session, project);
  return picked.map((one) => jobOf(session, one, flags, project, piped));
}

/** A folder, or an image of the configuration. */
type Picked = { readonly context: string } | { readonly image: ProjectImage };

/** The name of an image wins over a folder of the same name; a context is `.` or has a slash. */
function pick({ shell }: Session, word: string, flags: Flags, project: ResolvedProject | undefined): Picked {
  refuseRemote(word, 'rightarch build DIR');
  const context = resolve(shell.cwd, word);
  const image = project?.images.find(({ name }) => name === word) ?? imageOfContext(context, flags, project);
  if (image !== undefined) return { image };
  if (statSync(context, { throwIfNoEntry: false })?.isDirectory()) return { context };
  throw failure(
    'cli/unknown-image',
    { name: word, known: project?.images.map(({ name }) => name) ?? [] },
    atInput(word),
    'request',
  );
}

/** A folder that one image of the configuration is built from is that image, unless `-f` names another Dockerfile. */
function imageOfContext(context: string, flags: Flags, project: ResolvedProject | undefined): ProjectImage | undefined {
  if (flags.file !== undefined) return undefined;
  const images = project?.images.filter((image) => image.context === context) ?? [];
  return images.length === 1 ? images[0] : undefined;
}

function everything({ shell }: Session, project: ResolvedProject | undefined): readonly Picked[] {
  return project !== undefined && project.images.length > 0
    ? project.images.map((image) => ({ image }))
    : [{ context: shell.cwd }];
}

function jobOf(
  session: Session,
  picked: Picked,
  flags: Flags,
  project: ResolvedProject | undefined,
  piped: string | undefined,
): Job {
  const { shell } = session;
  const image = 'image' in picked ? picked.image : undefined;
  const context = 'image' in picked ? picked.image.context : picked.context;
  const references = allValues(flags, 'tag').map(readTag);
  const file = oneValue(flags, 'file');
  const asked = asksOf(session, flags, project);
  const asks =
    asked.length > 0
      ? asked
      : asksOfTargets(
          flags,
          project?.targets.filter((target) => target.image === image?.name),
        );
  const root = image === undefined ? shell.cwd : (project?.directory ?? shell.cwd);
  const name = image?.name ?? references[0]?.repository.split('/').at(-1) ?? basename(context).toLowerCase();
  const epoch = sourceDateEpoch(shell.env);
  const stage = oneValue(flags, 'target') ?? image?.stage;
  const request: BuildRequest = {
    name,
    context,
    dockerfile:
      file === undefined
        ? (image?.dockerfile ?? join(context, 'Dockerfile'))
        : piped === undefined
          ? resolve(shell.cwd, file)
          : file,
    args: { ...image?.args, ...pairsOf(session, flags, 'build-arg') },
    labels: { ...image?.labels, ...pairsOf(session, flags, 'label') },
    annotations: pairsOf(session, flags, 'annotation'),
    secrets: [
      ...(image?.secrets ?? []).map((one) =>
        foundSecret(shell, one, { option: 'secrets', at: image!.secretsAt, folder: root }),
      ),
      ...allValues(flags, 'secret').map((text) => parseSecret(shell, text)),
    ],
    ssh: [...(image?.ssh ?? []), ...allValues(flags, 'ssh')],
    contexts: { ...image?.contexts, ...contextsOf(session, flags) },
    platforms: platformsOf(session, flags, image, asked),
    noCache: flags['no-cache'] === true,
    pull: flags.pull === true,
    ...networkOf(flags),
    ...attestationsOf(flags, asks),
    dockerFlags: DOCKER_FLAGS.flatMap((name) => allValues(flags, name).map((value) => [name, value] as const)),
    cwd: shell.cwd,
    scriptsNotNeeded: image?.scriptsNotNeeded ?? [],
    ...(stage !== undefined ? { stage } : {}),
    ...(image !== undefined && flags.target === undefined ? { stageAt: image.stageAt } : {}),
    ...(image !== undefined && flags.ssh === undefined ? { sshAt: image.sshAt } : {}),
    ...(piped !== undefined ? { dockerfileText: piped } : {}),
    ...(epoch !== undefined ? { sourceDateEpoch: epoch } : {}),
  };
  if (!existsSync(request.dockerfile) && file === undefined && image === undefined) {
    const others = readdirSync(context).filter(isDockerfile).sort();
    throw failure('cli/no-dockerfile', { directory: context, looked: 'file', others }, atInput(context), 'request');
  }
  checkStage(request);
  return { request, root, layout: layoutDirectory(root, name), references, image, asks };
}

/** The three that BuildKit has: a network by its name is refused there too (buildx, build/opt.go, read 2026-11-29). */
function networkOf(flags: Flags): Pick<BuildRequest, 'network'> {
  if (flags.network === undefined) return {};
  return { network: choiceOf(flags, 'network', ['default', 'none', 'host'], 'default') };
}

/** `--platform`, else what `--for` needs, else the configuration, else this machine: and why. */
function platformsOf(
  { shell }: Session,
  flags: Flags,
  image: ProjectImage | undefined,
  asked: readonly TargetAsk[],
): BuildRequest['platforms'] {
  const flagged = readPlatforms(flags);
  if (flagged.length > 0) return flagged.map((platform) => ({ platform, because: { kind: 'flag' } }));
  const needed: { platform: Platform; because: BuildRequest['platforms'][number]['because'] }[] = [];
  for (const { name, target, platforms } of asked) {
    for (const platform of platforms) {
      if (needed.some((one) => samePlatform(one.platform, platform))) continue;
      needed.push({ platform, because: { kind: 'target', target: name, runtime: target.id } });
    }
  }
  if (needed.length > 0) return needed;
  if (image !== undefined && image.platforms.length > 0)
    return image.platforms.map(({ platform, because, optional }) => ({
      platform,
      because: optional ? { kind: 'optional' } : because,
    }));
  return [{ platform: parsePlatform(shell.hostPlatform)!, because: { kind: 'host' } }];
}

/** The platforms of `--platform`, each once, in the order of the command line. */
export function readPlatforms(flags: Flags, option: 'platform' | 'drop' | 'require' = 'platform'): readonly Platform[] {
  const found: Platform[] = [];
  for (const text of allValues(flags, option).flatMap((list) => list.split(','))) {
    const platform = parsePlatform(text.trim());
    if (platform === undefined) {
      throw failure(
        'platform/malformed',
        { text, accepted: ['amd64', 'arm64', 'arm/v7', '386', 'riscv64', 'ppc64le', 's390x'] },
        atInput(`--${option}`),
        'request',
      );
    }
    if (!found.some((one) => samePlatform(one, platform))) found.push(platform);
  }
  return found;
}

/** A name to publish under, as docker reads `-t`: without a tag it is `latest`. */
export function readTag(text: string): ImageReference {
  const parsed = parseReference(text);
  if (parsed.ok) return withDefaultTag(parsed.value);
  return orThrow(refusal('platform/reference-malformed', { text, problem: parsed.problem }, atInput(text)), 'request');
}

/** `KEY=VALUE`; a build argument without a value takes the environment's, as in docker. */
export function pairsOf(
  { shell }: Session,
  flags: Flags,
  name: 'build-arg' | 'label' | 'annotation',
): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  for (const text of allValues(flags, name)) {
    const equals = text.indexOf('=');
    const key = equals < 0 ? text : text.slice(0, equals);
    if (equals >= 0) pairs[key] = text.slice(equals + 1);
    else if (name !== 'build-arg') pairs[key] = '';
    else if (shell.env[key] !== undefined) pairs[key] = shell.env[key]!;
  }
  return pairs;
}

function contextsOf({ shell }: Session, flags: Flags): Readonly<Record<string, string>> {
  return Object.fromEntries(
    allValues(flags, 'build-context').map((text) => {
      const equals = text.indexOf('=');
      if (equals < 1)
        throw failure(
          'cli/bad-value',
          {
            option: '--build-context',
            value: text,
            accepted: ['NAME=DIR', 'NAME=oci:DIR', 'NAME=docker-image://IMAGE'],
          },
          atInput('--build-context'),
          'request',
        );
      const place = text.slice(equals + 1);
      refuseRemote(place, `rightarch build --build-context ${text.slice(0, equals)}=DIR .`);
      const isPath = !/^(oci:|oci-layout:|docker-image:)/.test(place);
      return [text.slice(0, equals), isPath && !isAbsolute(place) ? resolve(shell.cwd, place) : place];
    }),
  );
}

/** A Git repository or an archive on a server, as docker takes them for a context: fetched by its own program first. */
function refuseRemote(given: string, then: string): void {
  // A password in an address is not printed, and git asks for it again.
  const place = given.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
  const isArchive = /^https?:\/\/[^#?]*\.(?:tar|tgz|tar\.\w+)$/.test(place);
  if (!/^(?:https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(place)) return;
  const url = place.startsWith('github.com/') ? `https://${place}` : place;
  const [repository = '', fragment = ''] = url.split('#');
  const [ref = '', folder] = fragment.split(':');
  const fetch = isArchive
    ? `mkdir DIR && ${shellWords(['curl', '-fsSL', url])} | tar -x${/gz$/.test(url) ? 'z' : ''} -C DIR`
    : `${shellWords(['git', 'clone', repository, 'DIR'])}${ref === '' ? '' : ` && ${shellWords(['git', '-C', 'DIR', 'checkout', ref])}`}`;
  const command = `${fetch} && ${folder === undefined ? then : then.replace('DIR', () => shellWords([`DIR/${folder}`]))}`;
  throw failure('cli/remote-context', { place, command }, atInput(place), 'request');
}

/** `--target lambda` is the commonest slip: unless the Dockerfile has a stage of that name, the runtime was meant. */
function checkStage({ stage, stageAt, dockerfile, dockerfileText }: BuildRequest): void {
  const runtime = stage === undefined ? undefined : findTarget(stage);
  if (stage === undefined || runtime === undefined) return;
  if (dockerfileText === undefined && !existsSync(dockerfile)) return;
  const text = dockerfileText ?? readFileSync(dockerfile, 'utf8');
  const stages = splitStages(parseDockerfile(text, { file: dockerfile }));
  if (stages.some(({ name }) => name?.toLowerCase() === stage.toLowerCase())) return;
  throw failure(
    'cli/stage-not-runtime',
    { value: stage, runtime: runtime.id },
    stageAt ?? atInput('--target'),
    'request',
  );
}
