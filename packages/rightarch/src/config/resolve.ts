import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import {
  type BuilderPool,
  type ConfiguredBuilder,
  comparePlatforms,
  type Diagnostic,
  formatPlatform,
  type ImageReference,
  type Location,
  ok,
  type Platform,
  parsePlatform,
  parseReference,
  type Result,
  samePlatform,
} from '../core/index.ts';
import { asksOfDefinition, type Definition } from '../definition/index.ts';
import { atInput, diagnostic, nearest, refusal } from '../messages/index.ts';
import { type AskParts, findTarget, resolveAsk, type TargetAsk } from '../target/index.ts';
import { listOf, variablesOf } from './project.ts';
import type {
  Checked,
  ImageShape,
  PlatformReason,
  Project,
  ProjectImage,
  ProjectTarget,
  ResolvedProject,
  TargetShape,
} from './types.ts';
import { putIn } from './variables.ts';

interface Scope {
  readonly project: Project;
  readonly environment: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly problems: Diagnostic[];
  readonly today: string | undefined;
  readonly readDefinition: ReadDefinition | undefined;
  readonly kubeconfig: string | undefined;
}

/** Reads the file of `definition:`; `file` of what comes back is how reports call it. */
export type ReadDefinition = (
  path: string,
  at: Location,
) => Result<{ readonly file: string; readonly definition: Definition }>;

/**
 * The project in one environment: strings expanded, paths absolute, CPUs decided, and for each image the platforms
 * that its targets and its promise ask for. All problems at once; with several environments, one must be named.
 */
export function resolveProject(
  project: Project,
  options: {
    readonly env?: string | undefined;
    readonly today?: string | undefined;
    readonly readDefinition?: ReadDefinition | undefined;
    /** KUBECONFIG. */
    readonly kubeconfig?: string | undefined;
  } = {},
): Checked<ResolvedProject> {
  const chosen = chooseEnvironment(project, options.env);
  if (!chosen.ok) return chosen;
  const environment = chosen.value;
  const rule = environment === undefined ? undefined : project.shape.environments?.[environment];
  const problems: Diagnostic[] = [];
  const scope: Scope = {
    project,
    environment,
    variables: { ...variablesOf(rule), ...(environment !== undefined ? { env: environment } : {}) },
    problems,
    today: options.today,
    readDefinition: options.readDefinition,
    kubeconfig: options.kubeconfig,
  };
  const notes: Diagnostic[] = [];
  const from = listOf(project.shape.from);
  if (from.length > 0) {
    const note = diagnostic('config/from-not-yet', { from }, project.at(['from']));
    const nothingElse = Object.keys(project.shape.images ?? {}).length === 0;
    if (nothingElse) problems.push({ ...note, severity: 'error' });
    else notes.push(note);
  }
  const targets = Object.entries(project.shape.targets ?? {}).flatMap(([name, shape]) =>
    resolveTarget(scope, name, shape),
  );
  const images = Object.entries(project.shape.images ?? {}).map(([name, shape]) =>
    resolveImage(scope, name, { ...project.shape.defaults, ...shape }, targets),
  );
  const builders = Object.keys(project.shape.builders ?? {}).flatMap((name) => resolveBuilder(scope, name));
  if (problems.length > 0) return { ok: false, problems };
  const { language, mirrors, ignore } = project.shape;
  return {
    ok: true,
    value: {
      file: project.file,
      directory: project.directory,
      environment:
        environment === undefined
          ? undefined
          : {
              name: environment,
              confirm: rule?.confirm === true,
              ...(rule?.profile !== undefined ? { profile: rule.profile } : {}),
            },
      images,
      targets,
      builders,
      language,
      mirrors: Object.fromEntries(
        Object.entries(mirrors ?? {}).map(([host, list]) => [host, listOf(list).map((one) => mirror(project, one))]),
      ),
      ignore: (ignore ?? []).map(({ code, paths, reason, until }, i) => ({
        code,
        paths: listOf(paths),
        reason,
        ...(until !== undefined ? { until } : {}),
        at: project.at(['ignore', i]),
      })),
      notes,
    },
  };
}

/** One environment is used without being named; of several, none is a default. */
function chooseEnvironment(project: Project, asked: string | undefined): Checked<string | undefined> {
  const known = Object.keys(project.shape.environments ?? {});
  if (asked !== undefined) {
    if (known.includes(asked)) return { ok: true, value: asked };
    const args = { environment: asked, known, nearest: nearest(asked, known) };
    return { ok: false, problems: [diagnostic('config/environment-unknown', args, atInput(`--env ${asked}`))] };
  }
  if (known.length <= 1) return { ok: true, value: known[0] };
  return { ok: false, problems: [diagnostic('config/environment-needed', { known }, project.keyAt(['environments']))] };
}

/** `oci:DIR` beside the file; an address stays as it is. */
function mirror(project: Project, text: string): string {
  return text.startsWith('oci:') ? `oci:${resolve(project.directory, text.slice(4))}` : text;
}

function resolveBuilder(scope: Scope, word: string): readonly ConfiguredBuilder[] {
  const { project, problems, variables } = scope;
  const platform = parsePlatform(word);
  const written = project.shape.builders?.[word];
  // Words that are no platform were told when the file was read.
  if (platform === undefined || written === undefined) return [];
  const path = ['builders', word];
  const parts = typeof written === 'string' ? { address: written } : written;
  const text = (value: string): string => putIn(value, variables, { at: project.at(path), problems });
  if (parts.kubernetes !== undefined) {
    const options = Object.entries(parts.kubernetes ?? {}).map(([key, value]) => [key, text(String(value))] as const);
    const pool = poolOf(platform, Object.fromEntries(options));
    return [{ platform, engine: 'buildx', name: builderName(pool, scope), pool, at: project.keyAt(path) }];
  }
  const file = (key: 'ca' | 'cert' | 'key') => {
    const { [key]: value } = parts;
    return value === undefined ? {} : { [key]: resolve(project.directory, text(value)) };
  };
  const name = text(parts.address ?? '');
  const { 'server-name': serverName } = parts;
  const engine = name.includes('://') ? 'buildkit' : 'buildx';
  const tls = { ...file('ca'), ...file('cert'), ...file('key') };
  const server = serverName === undefined ? {} : { serverName: text(serverName) };
  return [{ platform, engine, name, ...tls, ...server, at: project.keyAt(path) }];
}

/** Every machine of a cluster says its CPU so, in Go's words (kubernetes.io, Well-Known Labels; read 2026-11-30). */
const ARCH = 'kubernetes.io/arch';
/** CPUs that machines of a cluster do not have by themselves, and those whose kernel runs them. */
const MACHINE_OF: Readonly<Record<string, string>> = { '386': 'amd64' };

/**
 * The same arguments for the same platform have the same name everywhere: whoever builds finds the pods, and their cache,
 * that another one or an earlier job has started.
 */
function poolOf(platform: Platform, written: Readonly<Record<string, string>>): BuilderPool {
  const selector = (written['nodeselector'] ?? '').split(',').filter(Boolean);
  const named = selector.find((one) => one.startsWith(`${ARCH}=`))?.slice(ARCH.length + 1);
  if (named === undefined) selector.push(`${ARCH}=${MACHINE_OF[platform.architecture] ?? platform.architecture}`);
  const options = { ...written, nodeselector: selector.join(',') };
  const said = [formatPlatform(platform), Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))];
  const cpu = [platform.architecture, platform.variant].filter(Boolean).join('-');
  const other = named === undefined || named === platform.architecture ? undefined : parsePlatform(`linux/${named}`);
  return { node: `rightarch-${cpu}-${hash(JSON.stringify(said), 8)}`, runsOn: other ?? platform, options };
}

/**
 * buildx keeps the KUBECONFIG that a builder was made with (builder/builder.go, read 2026-11-30): under another one the same
 * name would be another cluster.
 */
const builderName = ({ node }: BuilderPool, { kubeconfig }: Scope): string =>
  kubeconfig ? `${node}-${hash(kubeconfig, 4)}` : node;

const hash = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

const SETTINGS = [
  'cluster',
  'service',
  'function',
  'deployment',
  'container',
  'namespace',
  'project',
  'region',
  'profile',
  'host',
  'compose',
] as const satisfies readonly (keyof TargetShape)[];

function resolveTarget(scope: Scope, name: string, written: TargetShape): readonly ProjectTarget[] {
  const { project, environment, problems } = scope;
  const override =
    environment === undefined ? undefined : own(project.shape.environments?.[environment]?.targets, name);
  const shape: TargetShape = { ...written, ...withoutUndefined(override ?? {}) };
  const place = (key: keyof TargetShape) =>
    override?.[key] !== undefined ? ['environments', environment ?? '', 'targets', name, key] : ['targets', name, key];
  const image = shape.image ?? Object.keys(project.shape.images ?? {})[0] ?? '';
  const variables = { ...scope.variables, image };
  const text = (value: string, key: keyof TargetShape) =>
    putIn(value, variables, { at: project.at(place(key)), problems });
  const words = (value: string | readonly string[] | undefined) =>
    listOf(value).flatMap((word) => parsePlatform(word.trim()) ?? []);

  const target = findTarget(shape.runtime);
  // Unknown runtimes were reported when the file was read.
  if (target === undefined) return [];
  const { architecture: cpus, ...others } = shape.assume ?? {};
  const assume: TargetAsk['assume'] =
    shape.assume === undefined
      ? undefined
      : {
          ...withoutUndefined(others),
          ...(cpus !== undefined ? { architecture: words(cpus) } : {}),
          reason: shape.assume.reason,
        };
  const decidedAt =
    shape.architecture !== undefined ? 'architecture' : shape.instance !== undefined ? 'instance' : 'runtime';
  const keyAt = project.keyAt(['targets', name]);
  const asked: AskParts = {
    name,
    target,
    declared: words(shape.architecture),
    instance: shape.instance === undefined ? undefined : text(shape.instance, 'instance'),
    assume,
    command: shape.command?.map((word) => text(word, 'command')),
    entrypoint: shape.entrypoint?.map((word) => text(word, 'entrypoint')),
    env:
      shape.env === undefined
        ? undefined
        : Object.fromEntries(Object.entries(shape.env).map(([name, value]) => [name, text(value, 'env')])),
    user: shape.user === undefined ? undefined : text(shape.user, 'user'),
    workdir: shape.workdir === undefined ? undefined : text(shape.workdir, 'workdir'),
    readOnly: shape['read-only'],
    at: project.at(place(decidedAt)),
    today: scope.today,
  };
  const said = START_KEYS.find((key) => shape[key] !== undefined);
  const settings = Object.fromEntries(
    SETTINGS.flatMap((key) => (shape[key] === undefined ? [] : [[key, text(shape[key], key)]])),
  );
  const made = (asks: readonly TargetAsk[]): readonly ProjectTarget[] =>
    asks.map((ask) => ({ name, at: keyAt, image, ask, release: shape.release, settings }));
  let asks: Result<readonly TargetAsk[]>;
  if (shape.definition === undefined) {
    const setAt =
      said === undefined || keyAt.in !== 'file' ? {} : { setAt: { file: keyAt.file, line: keyAt.start.line } };
    const ask = resolveAsk({ ...asked, ...setAt });
    asks = ask.ok ? ok([ask.value]) : ask;
  } else if (said !== undefined) {
    const args = { what: 'start', asked: `${said}:`, found: 'definition:', file: project.file } as const;
    asks = refusal('definition/differs', args, project.at(place(said)));
  } else {
    const path = resolve(project.directory, text(shape.definition, 'definition'));
    const at = project.at(place('definition'));
    const read =
      scope.readDefinition?.(path, at) ?? refusal('definition/unreadable', { file: path, kind: 'system' }, at);
    const { container } = settings;
    asks = read.ok
      ? asksOfDefinition({
          ...read.value,
          at,
          names: repositoriesOf(scope, image),
          container,
          asked,
          today: scope.today,
        })
      : read;
  }
  if (asks.ok) return made(asks.value);
  problems.push(asks.why);
  return [];
}

/** Keys that say what a definition says too: with both, nobody could tell which counts. */
const START_KEYS = ['command', 'entrypoint', 'env', 'user', 'workdir', 'read-only'] as const;

/** The names that an image is published under, without what is wrong with them: that is told with the image. */
function repositoriesOf(scope: Scope, image: string): readonly ImageReference[] {
  const { project, variables } = scope;
  const shape = { ...project.shape.defaults, ...own(project.shape.images, image) };
  const at = project.at(['images', image, 'repository']);
  return listOf(shape.repository).flatMap((value) => {
    const parsed = parseReference(putIn(value, { ...variables, image }, { at, problems: [] }));
    return parsed.ok ? [parsed.value] : [];
  });
}

/** A target may be called `constructor`, which every object answers to. */
function own<T>(map: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

function resolveImage(scope: Scope, name: string, shape: ImageShape, targets: readonly ProjectTarget[]): ProjectImage {
  const { project, problems } = scope;
  const own = project.shape.images?.[name];
  const place = (key: keyof ImageShape) => (own?.[key] !== undefined ? ['images', name, key] : ['defaults', key]);
  const variables = { ...scope.variables, image: name };
  const text = (value: string, key: keyof ImageShape, inTag = false) =>
    putIn(value, variables, { at: project.at(place(key)), problems, inTag });
  const map = (key: 'args' | 'labels' | 'contexts') =>
    Object.fromEntries(Object.entries(shape[key] ?? {}).map(([name, value]) => [name, text(value, key)]));

  const context = resolve(project.directory, text(shape.context ?? '.', 'context'));
  const directory = (value: string) =>
    /^(oci:|oci-layout:|docker-image:|https?:|target:)/.test(value) ? value : resolve(project.directory, value);
  return {
    name,
    at: project.keyAt(['images', name]),
    context,
    dockerfile: resolve(context, text(shape.dockerfile ?? 'Dockerfile', 'dockerfile')),
    ...(shape.target !== undefined ? { stage: text(shape.target, 'target') } : {}),
    stageAt: project.at(place('target')),
    args: map('args'),
    labels: map('labels'),
    secrets: (shape.secrets ?? []).flatMap((secret) =>
      readSecret(scope, name, secret, (value) => text(value, 'secrets')),
    ),
    secretsAt: project.at(place('secrets')),
    ssh: (shape.ssh ?? []).map((value) => sshAgent(project.directory, text(value, 'ssh'))),
    sshAt: project.at(place('ssh')),
    contexts: Object.fromEntries(Object.entries(map('contexts')).map(([key, value]) => [key, directory(value)])),
    repositories: listOf(shape.repository).flatMap((value) =>
      readRepository(scope, place('repository'), text(value, 'repository')),
    ),
    tags: listOf(shape.tags).map((value) => text(value, 'tags', true)),
    childTags: listOf(shape['child-tags']).map((value) => text(value, 'child-tags', true)),
    platforms: platformsOf(name, shape, targets),
    foreign: shape.foreign ?? [],
    scriptsNotNeeded: shape['scripts-not-needed'] ?? [],
  };
}

/** A repository is a reference without tag and digest: those come from `tags`. */
function readRepository(
  { project, problems }: Scope,
  path: readonly PropertyKey[],
  text: string,
): readonly ImageReference[] {
  const parsed = parseReference(text);
  const at = project.at(path);
  if (!parsed.ok) {
    // A variable that could not be put in was reported already.
    if (!/[{}]/.test(text))
      problems.push(diagnostic('platform/reference-malformed', { text, problem: parsed.problem }, at));
    return [];
  }
  if (parsed.value.tag !== undefined || parsed.value.digest !== undefined) {
    problems.push(diagnostic('config/repository-with-tag', { text }, at));
    return [];
  }
  return [parsed.value];
}

/** `id=PATH,PATH` beside the file; `default` has no path. */
function sshAgent(directory: string, written: string): string {
  const [, id = '', paths = ''] = /^([^=]*=)(.*)$/.exec(written) ?? [];
  if (id === '') return written;
  const absolute = paths.split(',').map((path) => (path.startsWith('$') ? path : resolve(directory, path)));
  return id + absolute.join(',');
}

type Secret = NonNullable<ImageShape['secrets']>[number];

/** `id=npm,src=.npmrc` as docker reads it: `src` and `source` are a file, `env` a variable, neither is the variable or file of that id. */
function readSecret(
  { project, problems }: Scope,
  image: string,
  secret: Secret,
  text: (value: string) => string,
): ProjectImage['secrets'] {
  const at = project.at(['images', image, 'secrets']);
  const fields: Record<string, string> = {};
  if (typeof secret === 'string') {
    for (const part of secret.split(',')) {
      const [key = '', ...value] = part.split('=');
      fields[key.trim()] = value.join('=');
    }
  } else {
    Object.assign(fields, withoutUndefined(secret));
  }
  const file = fields['file'] ?? fields['src'] ?? fields['source'];
  const env = fields['env'];
  const strange = Object.keys(fields).find((key) => !['id', 'src', 'source', 'file', 'env', 'type'].includes(key));
  if (fields['id'] === undefined || fields['id'] === '' || strange !== undefined) {
    problems.push(
      diagnostic('config/secret-malformed', { text: typeof secret === 'string' ? (strange ?? '') : '' }, at),
    );
    return [];
  }
  return [
    {
      id: text(fields['id']),
      ...(file !== undefined ? { file: resolve(project.directory, text(file)) } : {}),
      ...(env !== undefined ? { env: text(env) } : {}),
    },
  ];
}

/** Targets first, then the promise, each platform once; what is only optional is marked so. */
function platformsOf(name: string, shape: ImageShape, targets: readonly ProjectTarget[]): ProjectImage['platforms'] {
  const found: { platform: Platform; because: PlatformReason; optional: boolean }[] = [];
  const add = (platform: Platform, because: PlatformReason, optional: boolean) => {
    if (!found.some((one) => samePlatform(one.platform, platform))) found.push({ platform, because, optional });
  };
  for (const target of targets) {
    if (target.image !== name) continue;
    const because = { kind: 'target', target: target.name, runtime: target.ask.target.id } as const;
    for (const platform of target.ask.platforms) add(platform, because, false);
  }
  for (const word of listOf(shape.platforms)) {
    const platform = parsePlatform(word.trim());
    if (platform !== undefined) add(platform, { kind: 'promise' }, false);
  }
  for (const word of listOf(shape['optional-platforms'])) {
    const platform = parsePlatform(word.trim());
    if (platform !== undefined) add(platform, { kind: 'promise' }, true);
  }
  return found.sort((a, b) => comparePlatforms(a.platform, b.platform));
}
