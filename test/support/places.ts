import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  lockOf,
  startRegistry as startNpm,
  type TestRegistry as TestNpm,
  type TestPackage,
} from '../../packages/rightarch/src/build/npm/test-registry.ts';
import { alpine, debian } from '../../packages/rightarch/src/build/run/test-image.ts';
import { type Digest, digestOf } from '../../packages/rightarch/src/core/index.ts';
import { gnuFixtures } from '../../packages/rightarch/src/tar/gnu-fixtures.testdata.ts';
import {
  type ElfParts,
  elfBytes,
  type FaultRule,
  startRegistry,
  type TestFile,
  type TestImage,
  type TestImageParts,
  type TestRegistry,
  type TestRegistryOptions,
  testImage,
  testIndex,
  zipBytes,
} from '../../packages/rightarch/src/testing/index.ts';
import { npmHere } from './npm-here.ts';

/** A file of a recipe: what `testImage` takes, with `elf` for a made program; `content` then stands behind it. */
type RecipeFile = Omit<TestFile, 'content'> & {
  readonly content?: string;
  /** A jar of these members. */
  readonly zip?: readonly {
    readonly name: string;
    readonly elf?: Parameters<typeof elfBytes>[0];
    readonly text?: string;
  }[];
  readonly elf?: ElfParts;
  /** Bytes that are kept of it. */
  readonly keep?: number;
};

type RecipeLayer = Omit<NonNullable<TestImageParts['layers']>[number], 'files' | 'tar' | 'lies'> & {
  readonly files?: readonly RecipeFile[];
  /** An archive that GNU tar wrote (gnu-fixtures.testdata.ts). */
  readonly gnu?: string;
  readonly lies?: Record<string, unknown>;
};

/** One image, or `images` for an index of several; `name` is its name in the layout. */
interface Recipe extends Omit<TestImageParts, 'files' | 'layers'> {
  readonly name?: string;
  /** Begins with a layer as Debian, Alpine or an official Node image has it, for the platform of the recipe. */
  readonly like?: 'debian' | 'alpine' | 'node';
  readonly files?: readonly RecipeFile[];
  readonly layers?: readonly RecipeLayer[];
  readonly images?: readonly Recipe[];
  readonly attestations?: boolean;
  /** Entries behind the others, as they stand; `json` is stored as a document of its own. */
  readonly more?: readonly Record<string, unknown>[];
  /** A document as it stands in place of an image, of that media type. */
  readonly json?: unknown;
  readonly mediaType?: string;
  /** Members that the manifest or index gets in place of the true ones. */
  readonly members?: Record<string, unknown>;
  /** What is named and not there. */
  readonly without?: 'config' | 'manifest' | 'layers';
}

/** What a transcript can stand on: images in layouts, registries, an engine's socket. */
export interface Places {
  makeImage(place: string, recipe: unknown): Promise<void>;
  /** Starts the registry; a rule with `fault` is injected, other members are options of the start, `calm` ends all faults. */
  startRegistry(value: string): Promise<void>;
  /** Packages of an npm registry, or faults by path; `as` gives the tarball of another path. */
  startNpm(value: string): Promise<void>;
  writeLock(file: string, value: unknown): void;
  /** A Docker that answers everything with that status, at `docker.sock`. */
  startDocker(status: number): Promise<void>;
  /** `$REGISTRY` and `$NPM` as they are in this run. */
  fill(text: string): string;
  /** The opposite of `fill`. */
  mask(text: string): string;
  close(): Promise<void>;
}

/** Which form of a Korean particle follows is the last digit of a port or release that is another in every run. */
const AFTER_MASK = /(\$(?:REGISTRY|NPM_HERE|NPM)`?)(이|가|을|를|은|는|과|와|으로|로)(?=\s)/g;
const EITHER = new Map(
  ['이(가)', '을(를)', '은(는)', '와(과)', '(으)로'].flatMap((both) => {
    const [one = '', other = ''] = both === '(으)로' ? ['으로', '로'] : [both[0], both[2]];
    return [[one, both] as const, [other, both] as const];
  }),
);

export function startPlaces(directory: string): Places {
  let registry: TestRegistry | undefined;
  let npm: TestNpm | undefined;
  const servers: Server[] = [];
  const start = async (options: TestRegistryOptions = {}): Promise<TestRegistry> => {
    registry ??= await startRegistry(options);
    return registry;
  };
  return {
    makeImage: async (place, recipe) => {
      const made = imageOf(recipe as Recipe);
      const published = /^\$REGISTRY\/(.+):(.+)$/.exec(place);
      if (published === null) return made.writeLayout(join(directory, place), (recipe as Recipe).name);
      const repository = (await start()).repository(published[1]!);
      const manifests = new Map(made.manifests.map(({ digest, mediaType }) => [digest, mediaType]));
      for (const [digest, bytes] of made.blobs) {
        const mediaType = manifests.get(digest);
        if (mediaType === undefined) repository.blobs.set(digest, bytes);
        else repository.manifests.set(digest, { mediaType, bytes });
      }
      repository.tags.set(published[2]!, made.descriptor.digest);
    },
    startRegistry: async (value) => {
      if (value === 'calm') return registry?.calm();
      const { fault, path, ...rest } = JSON.parse(value === '' ? '{}' : value) as Record<string, unknown>;
      const started = await start(fault === undefined ? (rest as TestRegistryOptions) : {});
      if (fault === undefined) return;
      started.inject({
        ...rest,
        ...(path === undefined ? {} : { path: new RegExp(String(path)) }),
        fault: JSON.parse(JSON.stringify(fault).replaceAll('$REGISTRY', started.host)),
      } as FaultRule);
    },
    startNpm: async (value) => {
      const { packages = [], faults = {} } = JSON.parse(value) as {
        packages?: readonly TestPackage[];
        faults?: Record<string, { status?: number; cut?: number; as?: string }>;
      };
      npm ??= await startNpm(packages);
      const program = join(directory, 'bin', 'npm');
      mkdirSync(dirname(program), { recursive: true });
      if (!existsSync(program)) symlinkSync(npmHere().cli, program);
      for (const [path, { as, ...fault }] of Object.entries(faults)) {
        const body = as === undefined ? undefined : await (await fetch(new URL(as, npm.url))).arrayBuffer();
        npm.faults.set(path, { ...fault, ...(body === undefined ? {} : { body: Buffer.from(body) }) });
      }
    },
    writeLock: (file, value) => {
      if (npm === undefined) throw new Error('a lockfile is made from the packages of `<!-- npm: … -->`');
      const { entries, ...root } = value as { entries: Parameters<typeof lockOf>[2] };
      const path = join(directory, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, lockOf(npm, root, entries));
    },
    startDocker: async (status) => {
      const server = createServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ message: status === 404 ? 'no such image' : 'the storage driver is gone' }));
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(join(directory, 'docker.sock'), resolve));
    },
    fill: (text) =>
      text
        .replaceAll('$REGISTRY', registry?.host ?? '')
        .replaceAll('$NPM_HERE', text.includes('$NPM_HERE') ? npmHere().version : '')
        .replaceAll('$NPM', npm?.url.replace(/\/$/, '') ?? ''),
    mask: (text) => {
      let masked = text;
      if (registry !== undefined) masked = masked.replaceAll(registry.host, '$REGISTRY');
      if (npm !== undefined)
        masked = masked
          .replaceAll(npm.url.replace(/\/$/, ''), '$NPM')
          .replaceAll(`npm ${npmHere().version}`, 'npm $NPM_HERE');
      return masked.replace(AFTER_MASK, (_, mask: string, particle: string) => `${mask}${EITHER.get(particle)}`);
    },
    close: async () => {
      await registry?.close();
      await npm?.close();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function imageOf(recipe: Recipe): TestImage {
  if (recipe.json !== undefined) return documentOf(recipe);
  const made =
    recipe.images === undefined
      ? testImage(partsOf(recipe))
      : indexOf(recipe, recipe.images.map(imageOf), recipe.more ?? []);
  return recipe.members === undefined && recipe.without === undefined ? made : spoiled(made, recipe);
}

function indexOf(recipe: Recipe, images: readonly TestImage[], more: readonly Record<string, unknown>[]): TestImage {
  const stored: TestImage[] = [];
  const entries = more.map((entry) => {
    if (!('json' in entry) && !('files' in entry)) return entry;
    const { json, files, platform, ...rest } = entry;
    const document = imageOf({ json, files, ...rest } as Recipe);
    stored.push(document);
    return { ...rest, ...document.descriptor, ...(platform === undefined ? {} : { platform }) };
  });
  const made = testIndex({
    images,
    more: entries as never,
    ...(recipe.attestations ? { attestations: true } : {}),
    ...(recipe.dockerMediaTypes ? { dockerMediaTypes: true } : {}),
  });
  const blobs = new Map([...stored.flatMap((one) => [...one.blobs]), ...made.blobs]);
  return withRoot(made, blobs, made.descriptor, [...stored.flatMap((one) => one.manifests), ...made.manifests]);
}

function documentOf({ json, mediaType = 'application/vnd.oci.image.manifest.v1+json' }: Recipe): TestImage {
  const bytes = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  const digest = digestOf(bytes);
  const descriptor = { mediaType, digest, size: bytes.length };
  return withRoot(testImage({}), new Map([[digest, bytes]]), descriptor, [descriptor]);
}

function spoiled(made: TestImage, { members, without }: Recipe): TestImage {
  const blobs = new Map<Digest, Uint8Array>(made.blobs);
  const root = made.descriptor;
  const document = JSON.parse(Buffer.from(blobs.get(root.digest)!).toString()) as { config?: { digest: Digest } };
  if (without === 'config' && document.config !== undefined) blobs.delete(document.config.digest);
  if (without === 'layers') for (const { digest } of made.layers) blobs.delete(digest);
  if (without === 'manifest') blobs.delete(root.digest);
  if (members === undefined) return withRoot(made, blobs, root, made.manifests);
  blobs.delete(root.digest);
  const bytes = Buffer.from(JSON.stringify({ ...document, ...members }));
  const descriptor = { ...root, digest: digestOf(bytes), size: bytes.length };
  blobs.set(descriptor.digest, bytes);
  const others = made.manifests.filter(({ digest }) => digest !== root.digest);
  return withRoot(made, blobs, descriptor, [...others, descriptor]);
}

function withRoot(
  made: TestImage,
  blobs: ReadonlyMap<Digest, Uint8Array>,
  descriptor: TestImage['descriptor'],
  manifests: TestImage['manifests'],
): TestImage {
  const name = (text = 'latest') => text;
  return {
    ...made,
    blobs,
    descriptor,
    manifests,
    async writeLayout(directory, tag) {
      const { platform: _, ...root } = descriptor;
      mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
      writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
      const file = join(directory, 'index.json');
      const before = existingEntries(file);
      const manifests = [...before, { ...root, annotations: { 'org.opencontainers.image.ref.name': name(tag) } }];
      writeFileSync(file, JSON.stringify({ schemaVersion: 2, manifests }));
      for (const [digest, bytes] of blobs) {
        const [algorithm = '', hex = ''] = digest.split(':');
        mkdirSync(join(directory, 'blobs', algorithm), { recursive: true });
        writeFileSync(join(directory, 'blobs', algorithm, hex), bytes);
      }
    },
  };
}

function existingEntries(file: string): unknown[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { manifests: unknown[] }).manifests;
  } catch {
    return [];
  }
}

function partsOf({
  name: _name,
  images: _images,
  attestations: _attestations,
  more: _more,
  json: _json,
  mediaType: _mediaType,
  members: _members,
  without: _without,
  like,
  files,
  layers,
  ...rest
}: Recipe): TestImageParts {
  const cpu = rest.platform?.split('/')[1] ?? 'amd64';
  const base = like === undefined ? [] : [{ files: filesLike(like, cpu), createdBy: 'base' }];
  const own = layers ?? (files === undefined && base.length > 0 ? [] : [{ files: files ?? [] }]);
  return { ...rest, layers: [...base, ...own.map(layerOf)] };
}

function layerOf({ files, lies, gnu, ...layer }: RecipeLayer) {
  const bytes = (text: unknown) => Buffer.from(String(text));
  const made = Object.fromEntries(
    Object.entries(lies ?? {}).map(([key, value]) => [key, key.startsWith('trailing') ? bytes(value) : value]),
  );
  return {
    ...layer,
    files: (files ?? []).map(fileOf),
    ...(gnu === undefined ? {} : { tar: gunzipSync(Buffer.from(gnuFixtures[gnu] ?? '', 'base64')) }),
    ...(lies === undefined ? {} : { lies: made }),
  };
}

function fileOf({ elf, zip, keep, content, ...file }: RecipeFile): TestFile {
  if (zip !== undefined) {
    const members = zip.map(({ name, elf: program, text = '' }) => ({
      name,
      content: program === undefined ? Buffer.from(text) : elfBytes(program),
    }));
    return { ...file, content: zipBytes({ members }).subarray(0, keep) };
  }
  const text = Buffer.from(content ?? '');
  const whole = elf === undefined ? text : Buffer.concat([elfBytes(elf), text]);
  const mode = elf === undefined ? {} : { mode: 0o755 };
  if (elf === undefined && content === undefined) return file;
  return { ...mode, ...file, content: keep === undefined ? whole : whole.subarray(0, keep) };
}

/** The files of a base image: the same words inside that tell whose program it is, in an ELF file of that CPU. */
function filesLike(like: 'debian' | 'alpine' | 'node', cpu: string): TestFile[] {
  const program = (words: string) => Buffer.concat([elfBytes({ machine: cpu as 'amd64' }), Buffer.from(words)]);
  const files = Object.entries(like === 'alpine' ? alpine : debian).map(([absolute, entry]): TestFile => {
    const path = absolute.slice(1);
    if (typeof entry === 'string') return { path, content: entry };
    if ('link' in entry) return { path, link: entry.link, mode: 0o777 };
    if ('dir' in entry) return { path: `${path}/`, mode: entry.dir, uid: entry.uid ?? 0, gid: entry.gid ?? 0 };
    return { path, mode: entry.mode ?? 0o644, content: program(String(entry.file)) };
  });
  if (like !== 'node') return files;
  return [
    ...files,
    {
      path: 'usr/local/bin/node',
      mode: 0o755,
      content: program('https://nodejs.org/download/release/v22.1.0/node.tar.gz'),
    },
    { path: 'usr/local/bin/npm', link: '../lib/node_modules/npm/bin/npm-cli.js', mode: 0o777 },
    { path: 'usr/local/lib/node_modules/npm/bin/npm-cli.js', mode: 0o755, content: '#!/usr/bin/env node\n' },
    { path: 'usr/local/lib/node_modules/npm/package.json', content: '{"name":"npm","version":"10.9.0"}' },
  ];
}
