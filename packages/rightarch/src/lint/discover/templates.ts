import { type Platform, parseCpu, parsePlatform } from '../../core/index.ts';
import {
  child,
  type Extent,
  entriesOf,
  readTrees,
  scalarText,
  subText,
  type Tree,
  type Workload,
  wordsOf,
  workloadsIn,
} from '../../definition/index.ts';
import { type Found, type FoundBuild, type FoundName, type FoundRuntime, type Place, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { ecrName, nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';

type PlaceOf = (tree: Extent) => Place;

/** CloudFormation, SAM, serverless.yml, Kubernetes and compose files: which resources run a container, on which CPU. */
export function discoverTemplates({ path, text }: SourceFile): Partial<Found> {
  const said = relevantPart(text);
  if (said === undefined) return {};
  const trees = readTrees(said);
  const runtimes: FoundRuntime[] = [];
  const builds: FoundBuild[] = [];
  const names: FoundName[] = [];
  const placeAt = placesIn(path, said);
  const place: PlaceOf = ({ offset, end }) => placeAt(offset, end);
  for (const root of trees.roots) {
    // What a service of compose runs on, no file says.
    for (const workload of workloadsIn({ ...trees, roots: [root] }).filter(({ kind }) => kind !== 'compose')) {
      runtimes.push(...runtimeOf(workload, place));
      names.push(...pulledBy(workload, place));
    }
    const resources = entriesOf(child(root, 'Resources')).filter(([, { kind }]) => kind === 'map');
    names.push(...repositories(resources, place));
    builds.push(...samBuilds(resources, path, place));
    if (child(root, 'functions')?.kind === 'map' && child(root, 'provider')?.kind === 'map')
      runtimes.push(...serverlessRuntimes(root, place));
    const services = entriesOf(child(root, 'services')).filter(([, { kind }]) => kind === 'map');
    if (/compose/i.test(path)) {
      builds.push(...composeBuilds(services, path, place));
      names.push(...composeNames(services, path, place));
    }
  }
  return { runtimes, builds, names };
}

/** Words without which a document says nothing of what runs where. */
const SAYS_SOMETHING =
  /AWS::|containerDefinitions|PackageType|(?:^|[\s{,"'])(?:functions|services)["']?\s*:|\bkind["']?\s*:\s*["']?(?:Deployment|StatefulSet|DaemonSet|(?:Cron)?Job|Pod|ReplicaSet|ReplicationController|Service|\w*List)\b/;

/**
 * The documents of a text that may say something; of the others only their lines are left, so that places stay. The
 * definitions of custom resources are most of the bytes of many repositories, and parsing them most of the time.
 */
function relevantPart(text: string): string | undefined {
  if (!SAYS_SOMETHING.test(text)) return undefined;
  const documents = text.split(/^(?=---(?:\s|$))/m);
  return documents.map((one) => (SAYS_SOMETHING.test(one) ? one : one.replace(/[^\n]+/g, ''))).join('');
}

const cpus = (names: readonly string[]): readonly Platform[] => names.flatMap((name) => parseCpu(name) ?? []);

function runtimeOf(
  { runtimes, name, cpus: declared, cpusAt, cpuOpen, at }: Workload,
  place: PlaceOf,
): readonly FoundRuntime[] {
  const [runtime] = runtimes;
  if (runtime === undefined) return [];
  return [runtimeAt(runtime, place(cpuOpen?.at ?? cpusAt ?? at), { name, declared, open: cpuOpen !== undefined })];
}

function pulledBy({ runtimes, containers }: Workload, place: PlaceOf): readonly FoundName[] {
  return containers.flatMap(({ image, role }) =>
    image === undefined || role === 'init'
      ? []
      : nameAt(image.text, place(image.at), { how: 'pulled', runtime: runtimes[0] }),
  );
}

function serverlessRuntimes(root: Tree, place: PlaceOf): FoundRuntime[] {
  const shared = child(child(root, 'provider'), 'architecture');
  return entriesOf(child(root, 'functions')).flatMap(([name, one]) => {
    if (child(one, 'image') === undefined) return [];
    const written = child(one, 'architecture') ?? shared;
    const declared = cpus(wordsOf(written));
    // `${opt:cpu}`, `${self:custom.cpu}`: put in when it is deployed.
    const open = written !== undefined && declared.length === 0;
    return [runtimeAt('lambda', place(written ?? one), { name, declared, open })];
  });
}

type Named = readonly (readonly [string, Tree])[];

/** The repositories that a template makes. */
function repositories(resources: Named, place: PlaceOf): readonly FoundName[] {
  return resources.flatMap(([, resource]) => {
    if (scalarText(child(resource, 'Type')) !== 'AWS::ECR::Repository') return [];
    const written = child(child(resource, 'Properties'), 'RepositoryName');
    const name = scalarText(written);
    const made = name === undefined ? undefined : ecrName(name);
    return nameAt(made, place(written ?? resource), { how: 'declared' });
  });
}

/** `Metadata: { Dockerfile, DockerContext }` of a SAM function: what `sam build` builds for it. */
function samBuilds(resources: Named, file: string, place: PlaceOf): readonly FoundBuild[] {
  const base = folderOf(file);
  return resources.flatMap(([, resource]) => {
    const metadata = child(resource, 'Metadata');
    const dockerfile = scalarText(child(metadata, 'Dockerfile'));
    const context = scalarText(child(metadata, 'DockerContext'));
    if (metadata === undefined || dockerfile === undefined || context === undefined) return [];
    // `sam build` always names a platform: x86_64 where none is declared. One that is filled in later is not seen.
    const declared = child(child(resource, 'Properties'), 'Architectures');
    const platforms = declared === undefined ? cpus(['x86_64']) : cpus(wordsOf(declared));
    const unseen = platforms.length === 0;
    const inside = `${base}${context.replace(/^\.\/?/, '')}`.replace(/\/$/, '');
    return [
      {
        platforms,
        ...(unseen ? { unseen } : {}),
        builder: undefined,
        dockerfile: inside === '' ? dockerfile : `${inside}/${dockerfile}`,
        context: inside === '' ? '.' : inside,
        at: place(metadata),
        ...(declared === undefined ? {} : { platformsAt: place(declared) }),
      },
    ];
  });
}

const folderOf = (file: string): string => (file.includes('/') ? `${file.slice(0, file.lastIndexOf('/'))}/` : '');

/** `image` beside `build`: the name that `docker compose build` gives and `docker compose push` pushes. */
function composeNames(services: Named, file: string, place: PlaceOf): readonly FoundName[] {
  return services.flatMap(([, service]) => {
    const image = child(service, 'image');
    if (image === undefined || child(service, 'build') === undefined) return [];
    const text = scalarText(image) ?? subText(image);
    return nameAt(text, place(image), { how: 'pushed', dockerfile: composeDockerfile(service, folderOf(file)) });
  });
}

/** The context, as `build: DIR` or `build: { context: DIR }`. */
const composeContext = (service: Tree): string => {
  const build = child(service, 'build');
  return scalarText(build) ?? scalarText(child(build, 'context')) ?? '.';
};

function composeDockerfile(service: Tree, base: string): string {
  const dockerfile = scalarText(child(child(service, 'build'), 'dockerfile')) ?? 'Dockerfile';
  return `${base}${composeContext(service).replace(/^\.\/?/, '')}/${dockerfile}`
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '');
}

function composeBuilds(services: Named, file: string, place: PlaceOf): FoundBuild[] {
  const base = folderOf(file);
  return services.flatMap(([, service]) => {
    const build = child(service, 'build');
    if (build === undefined) return [];
    const listed = child(build, 'platforms');
    const written = listed ?? child(service, 'platform');
    const names = wordsOf(written);
    const platforms = names.flatMap((name) => parsePlatform(name) ?? []);
    // `${ARCH}`: put in from the shell that runs compose.
    const unseen = written !== undefined && platforms.length === 0;
    const isNamed = child(service, 'image') !== undefined;
    return [
      {
        platforms,
        ...(unseen && isNamed ? { unseen } : {}),
        // Without a name it stays on the machine, of whichever CPU.
        builder: unseen && !isNamed ? 'unknown' : undefined,
        dockerfile: composeDockerfile(service, base),
        context: `${base}${composeContext(service)}`,
        at: place(service),
        ...(written === undefined ? {} : { platformsAt: place(written) }),
      },
    ];
  });
}
