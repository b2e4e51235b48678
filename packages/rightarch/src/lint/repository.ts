import { formatPlatform, samePlatform } from '../core/index.ts';
import { isDockerfile } from '../dockerfile/index.ts';
import { bakeCallsIn, bakeFilesOf, type FoundCall } from './bake-calls.ts';
import type { BakeFiles } from './baked.ts';
import { CARGO_CONFIG } from './cargo-config.ts';
import { APP_SPEC, discoverAppSpec, discoverAssets } from './discover/app-specs.ts';
import { AZURE, discoverAzure } from './discover/azure.ts';
import { discoverBake } from './discover/bake.ts';
import { discoverCdk } from './discover/cdk.ts';
import { discoverCommands } from './discover/commands.ts';
import { discoverDockerfile } from './discover/dockerfile.ts';
import { discoverValues, VALUES } from './discover/helm.ts';
import { discoverKamal, KAMAL } from './discover/kamal.ts';
import { runtimesByName } from './discover/runtime.ts';
import { discoverSamConfig } from './discover/samconfig.ts';
import { discoverTemplates } from './discover/templates.ts';
import { discoverPlan, discoverTerraform } from './discover/terraform.ts';
import { type Modules, modulesIn } from './discover/terraform-values.ts';
import { discoverWorkflow } from './discover/workflow.ts';
import { isBuildspec, isOtherCi } from './documents/scripts.ts';
import { isForeign, ownNames } from './foreign.ts';
import {
  beginningOf,
  type Found,
  type FoundBuild,
  type FoundImage,
  type FoundLayer,
  type FoundName,
  type FoundNodes,
  type FoundProject,
  type FoundRuntime,
  sameFile,
} from './found.ts';
import { onNodes } from './placement.ts';

/** A text file, by its path from the root of the repository with `/` between the parts. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Repository extends Found {
  /** The files that said something, in order. */
  readonly read: readonly string[];
}

type Kind =
  | 'dockerfile'
  | 'cdk'
  | 'template'
  | 'terraform'
  | 'tfvars'
  | 'plan'
  | 'bake'
  | 'app-spec'
  | 'azure'
  | 'values'
  | 'assets'
  | 'workflow'
  | 'commands'
  | 'samconfig'
  | 'kamal'
  | 'cargo'
  | 'gems'
  | 'git';

const KINDS: readonly (readonly [Kind, RegExp])[] = [
  ['git', /^\.git\/config$/],
  ['kamal', KAMAL],
  ['samconfig', /(^|\/)samconfig\.toml$/],
  ['cargo', CARGO_CONFIG],
  ['gems', /(^|\/)Gemfile(?:\.lock)?$/],
  ['workflow', /(^|\/)\.github\/workflows\/[^/]+\.ya?ml$|(^|\/)\.gitlab-ci\.ya?ml$|(^|\/)action\.ya?ml$/],
  ['terraform', /\.tf$/],
  ['tfvars', /\.tfvars(?:\.json)?$/],
  ['plan', /(^|\/)(tf-?)?plan[\w-]*\.json$|\.tfplan\.json$/],
  ['bake', /\.hcl$|(^|\/)[\w.-]*bake[\w.-]*\.json$/],
  // Before the templates: some are YAML too.
  ['app-spec', APP_SPEC],
  ['azure', AZURE],
  ['values', VALUES],
  ['assets', /(^|\/)cdk\.out\/[^/]+\.assets\.json$/],
  [
    'commands',
    /(^|\/)(Makefile|Justfile|Taskfile\.ya?ml|package\.json|Procfile)$|\.mk$|\.(ba)?sh$|buildspec[\w-]*\.ya?ml$/i,
  ],
  [
    'template',
    /\.template(?:\.json)?$|\.ya?ml$|(^|\/)[\w.-]*(?:task|job-?_?def|template|cloudformation|cfn|stack|(?:^|[/._-])ecs)[\w.-]*\.json$|(^|\/)(?:\.aws|ecs)\/[\w.-]+\.json$/i,
  ],
  ['cdk', /\.(ts|py)$/],
];

const SKIPPED =
  /(^|\/)(node_modules|vendor|dist|build|\.git|\.venv|venv|target|\.next)\/|\.d\.ts$|\.(test|spec)\.ts$|(^|\/)(package-lock\.json|pnpm-lock\.yaml)$/;

/** Whether a path is worth reading for `discoverRepository`, by its name alone. */
export function wantedFile(path: string): boolean {
  return kindOf(path) !== undefined;
}

/** Of every name of one of these kinds; it is asked of all files of a repository, and most are none of them. */
const MAY_BE_WANTED =
  /(?:docker|container)file|\.(?:ya?ml|json|toml|tf|tfvars|template|hcl|bicep|ts|py|mk|sh|bash)$|(?:^|\/)(?:(?:make|just|proc|jenkins)file|gemfile\.lock)$|^\.git\/config$/i;

function kindOf(path: string): Kind | undefined {
  if (!MAY_BE_WANTED.test(path)) return undefined;
  if (isDockerfile(path)) return 'dockerfile';
  if (path !== '.git/config' && SKIPPED.test(path)) return undefined;
  if (isOtherCi(path)) return 'commands';
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0];
}

/** More names than any repository gives its images; they are compared with each other. */
const MAX_NAMES = 1_000;

/** What other files say, for a file that leaves it to them. */
export interface Around {
  /** `owner/name`, from the remote that Git calls origin. */
  readonly githubRepository: string | undefined;
  /** What names of Terraform stand for. */
  readonly terraform: Modules;
  /** Folders with a chart of Helm, each with `/` behind; the root is empty. The inner ones first. */
  readonly charts: readonly string[];
  readonly bake: BakeFiles;
  /** Where bake is called, and what for. */
  readonly bakeCalls: readonly FoundCall[];
}

const READERS: Readonly<Record<Kind, (file: SourceFile, around: Around) => Partial<Found>>> = {
  dockerfile: discoverDockerfile,
  cdk: discoverCdk,
  template: discoverTemplates,
  terraform: discoverTerraform,
  tfvars: () => ({}),
  plan: discoverPlan,
  bake: discoverBake,
  'app-spec': discoverAppSpec,
  azure: discoverAzure,
  values: discoverValues,
  assets: discoverAssets,
  workflow: discoverWorkflow,
  commands: discoverCommands,
  samconfig: discoverSamConfig,
  kamal: discoverKamal,
  cargo: () => ({}),
  gems: () => ({}),
  git: () => ({}),
};

/** Everything that these files say about images, builds and runtimes. Files are read in the order of their paths. */
export function discoverRepository(files: readonly SourceFile[]): Repository {
  const images: FoundImage[] = [];
  const runtimes: FoundRuntime[] = [];
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  const layers: FoundLayer[] = [];
  const nodes: FoundNodes[] = [];
  const projects: FoundProject[] = [];
  const read: string[] = [];
  const bake = bakeFilesOf(files);
  const around: Around = {
    bake,
    bakeCalls: bakeCallsIn(files, bake),
    githubRepository: githubRepository(files.find(({ path }) => path === '.git/config')),
    terraform: modulesIn(files),
    charts: files
      .flatMap(
        ({ path }) =>
          /^(.*\/)?Chart\.ya?ml$/
            .exec(path)
            ?.slice(1)
            .map((folder = '') => folder) ?? [],
      )
      .sort((a, b) => b.length - a.length),
  };
  const isSynthesized = files.some(({ path }) => /(^|\/)cdk\.out\/[^/]+\.(?:template|assets)\.json$/.test(path));
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const kind = kindOf(file.path);
    // What CDK source says is a hint where nothing is synthesized.
    if (kind === undefined || (kind === 'cdk' && isSynthesized)) continue;
    const found = READERS[kind](file, around);
    images.push(...(found.images ?? []));
    runtimes.push(...(found.runtimes ?? []));
    builds.push(...(found.builds ?? []));
    names.push(...(found.names ?? []));
    layers.push(...(found.layers ?? []));
    nodes.push(...(found.nodes ?? []));
    projects.push(...(found.projects ?? []));
    if (Object.values(found).some((list) => list.length > 0)) read.push(file.path);
  }
  if (builds.length === 0) builds.push(...saidElsewhere(files));
  runtimes.push(...runtimesByName(names, runtimes));
  const known = names.slice(0, MAX_NAMES);
  const own = ownNames(known, images, files);
  return {
    images,
    runtimes: unique(runtimes.filter((one) => !isForeign(one, own)).map((one) => onNodes(one, nodes))),
    builds: builds.filter((one) => matters(one, known)).map((one) => inProject(one, projects)),
    names: known,
    layers,
    nodes,
    projects,
    read,
  };
}

/** A platform that a tool is given which is not read here: Tekton, GoReleaser, Earthly, Pulumi, a script of Python. */
const NAMES_PLATFORM = /--(?:custom-)?platform\b|\bplatforms?["']?\s*[:=(]\s*\[?\s*["']?linux\//;
/** What others give the jobs of GitLab may build. */
const INCLUDES = /^include:/m;

/** Where no build is seen, and there is one by all that the files say: nobody can say that it names no platform. */
function saidElsewhere(files: readonly SourceFile[]): readonly FoundBuild[] {
  const file = files.find(({ path, text }) => {
    if (!wantedFile(path) || isDockerfile(path) || /compose[\w.-]*\.ya?ml$|rightarch\.ya?ml$/i.test(path)) return false;
    return NAMES_PLATFORM.test(text) || (/\.gitlab-ci\.ya?ml$/.test(path) && INCLUDES.test(text));
  });
  if (file === undefined) return [];
  const at = beginningOf(file.path);
  return [{ platforms: [], unseen: true, builder: 'unknown', dockerfile: undefined, context: undefined, at }];
}

/** A build for a platform that is not seen says nothing but that there is one: it counts where its image gets about. */
function matters({ unseen, at, dockerfile }: FoundBuild, names: readonly FoundName[]): boolean {
  if (unseen === undefined) return true;
  const own = names.filter(
    (name) =>
      name.at.file === at.file &&
      (name.at.line === at.line || (name.dockerfile !== undefined && name.dockerfile === dockerfile)),
  );
  const last = ({ repository }: FoundName): string => repository.slice(repository.lastIndexOf('/') + 1);
  const others = names.filter(({ how }) => how === 'pushed' || how === 'pulled').map(last);
  return own.length === 0 || own.some((name) => name.how === 'pushed' || others.includes(last(name)));
}

/** A buildspec runs on the CPU of its project: of the one that names it, or of all that there are. */
function inProject(build: FoundBuild, projects: readonly FoundProject[]): FoundBuild {
  if (build.builder !== 'unknown' || !isBuildspec(build.at.file)) return build;
  const own = projects.filter(({ buildspec }) => buildspec !== undefined && sameFile(buildspec, build.at.file));
  const [first, ...others] = own.length > 0 ? own : projects;
  const isSame = others.every(({ builder }) => JSON.stringify(builder) === JSON.stringify(first?.builder));
  return first === undefined || !isSame ? build : { ...build, builder: first.builder };
}

/** `owner/name` of a repository on GitHub, as its workflows know it. */
function githubRepository(config: SourceFile | undefined): string | undefined {
  const origin = /^\[remote "origin"\]\n(?:[ \t]+[^\n]*\n)*?[ \t]+url = (\S+)/m.exec(config?.text ?? '')?.[1];
  return /[/@]github\.com[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(origin ?? '')?.[1];
}

/** One row for one runtime with one CPU: a declaration wins over a command that only names the service. */
function unique(runtimes: readonly FoundRuntime[]): FoundRuntime[] {
  const strength = { declared: 4, open: 3, default: 2, only: 1, node: 0 } as const;
  const best = new Map<string, FoundRuntime>();
  for (const found of runtimes) {
    if (found.dockerfile !== undefined) {
      // Its image is not another's; functions of one image on one CPU are one.
      const key = [found.runtime, found.dockerfile, ...found.platforms.map(formatPlatform)].join(' ');
      if (!best.has(key)) best.set(key, found);
      continue;
    }
    const before = best.get(found.runtime);
    if (before === undefined) best.set(found.runtime, found);
    // One definition declares a CPU, and another leaves it to a default that is not the same.
    else if (isOtherDefault(before, found) || isOtherDefault(found, before) || runsAnother(before, found))
      best.set(`${found.runtime} ${found.at.file}:${found.at.line} ${found.name ?? ''}`, found);
    else if (before.how === 'declared' && found.how === 'declared')
      best.set(`${found.runtime} ${found.at.file}:${found.at.line} ${found.name ?? ''}`, found);
    else if (strength[found.how] > strength[before.how])
      best.set(found.runtime, { ...found, name: found.name ?? before.name });
    else if (before.name === undefined && found.name !== undefined)
      best.set(found.runtime, { ...before, name: found.name });
  }
  return [...best.values()];
}

const isOtherDefault = (declared: FoundRuntime, other: FoundRuntime): boolean =>
  declared.how === 'declared' &&
  other.how === 'default' &&
  // Of the same image: else each may have one of its own.
  declared.images?.some((image) => image !== undefined && other.images?.includes(image)) === true &&
  !declared.platforms.some((one) => other.platforms.some((platform) => samePlatform(one, platform)));

/** Each runs an image of its own, by whole names, on another CPU: what one of them declares says nothing of the other. */
function runsAnother(one: FoundRuntime, other: FoundRuntime): boolean {
  const [first = [], second = []] = [one.images, other.images];
  const isWhole = [...first, ...second].every((image) => image !== undefined);
  if (first.length === 0 || second.length === 0 || !isWhole || first.some((image) => second.includes(image)))
    return false;
  if (one.platforms.length === 0 || other.platforms.length === 0) return false;
  return !one.platforms.some((platform) => other.platforms.some((same) => samePlatform(platform, same)));
}
