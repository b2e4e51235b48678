import { parsePlatform } from '../../core/index.ts';
import { child, entriesOf, itemsOf, readTrees, scalarText, type Tree } from '../../definition/index.ts';
import { type TargetId, targets } from '../../target/index.ts';
import { readToml } from '../documents/toml.ts';
import { type Found, type FoundBuild, type FoundName, type FoundRuntime, type Place, placesIn } from '../found.ts';
import type { SourceFile } from '../repository.ts';
import { nameAt } from './names.ts';
import { runtimeAt } from './runtime.ts';
import { placeOfText } from './toml-places.ts';
import { type PlaceOf, pathBeside } from './tree-parts.ts';

/** Files by which platforms that have one CPU deploy an image or a Dockerfile. */
export const APP_SPEC =
  /(^|\/)(fly(\.[\w-]+)?\.toml|render\.ya?ml|railway\.(json|toml)|heroku\.yml|\.do\/[\w.-]+\.ya?ml)$/;

/** App specs: these platforms have one CPU, and none of them has a key for it. */
export function discoverAppSpec({ path, text }: SourceFile): Partial<Found> {
  const placeAt = placesIn(path, text);
  const place: PlaceOf = ({ offset, end }) => placeAt(offset, end);
  if (path.endsWith('.toml')) return /fly(\.[\w-]+)?\.toml$/.test(path) ? flyToml(path, text) : railwayToml(path, text);
  const found = { runtimes: [] as FoundRuntime[], builds: [] as FoundBuild[], names: [] as FoundName[] };
  for (const root of readTrees(text).roots) {
    if (/render\.ya?ml$/.test(path)) render(root, place, found);
    else if (path.endsWith('heroku.yml')) heroku(root, place, found);
    else if (path.endsWith('railway.json')) {
      const build = child(root, 'build');
      const builder = child(build, 'builder');
      if (builder === undefined || scalarText(builder)?.toUpperCase() !== 'DOCKERFILE') continue;
      found.runtimes.push(runtimeAt('railway', place(builder), {}));
      found.builds.push(builtThere(scalarText(child(build, 'dockerfilePath')), place(builder)));
    } else digitalOcean(root, place, found);
  }
  return found;
}

interface Finds {
  readonly runtimes: FoundRuntime[];
  readonly builds: FoundBuild[];
  readonly names: FoundName[];
}

const CLOUD = parsePlatform('linux/amd64')!;

/** Built by the platform that runs it, on its own machines. */
const builtThere = (dockerfile: string | undefined, at: Place): FoundBuild => ({
  platforms: [],
  builder: CLOUD,
  dockerfile: dockerfile ?? 'Dockerfile',
  context: undefined,
  at,
});

/** `runtime: docker` is built there, `runtime: image` is pulled (https://render.com/docs/blueprint-spec, read 2026-11-29). */
function render(root: Tree, place: PlaceOf, { runtimes, builds, names }: Finds): void {
  for (const service of itemsOf(child(root, 'services'))) {
    const kind = scalarText(child(service, 'runtime') ?? child(service, 'env'));
    if (kind !== 'docker' && kind !== 'image') continue;
    const name = scalarText(child(service, 'name'));
    runtimes.push(runtimeAt('render', place(service), { name }));
    if (kind === 'docker') builds.push(builtThere(scalarText(child(service, 'dockerfilePath')), place(service)));
    const url = child(child(service, 'image'), 'url');
    if (url !== undefined) names.push(...nameAt(scalarText(url), place(url), { how: 'pulled', runtime: 'render' }));
  }
}

/** `build.docker: { web: Dockerfile }` is built there. */
function heroku(root: Tree, place: PlaceOf, { runtimes, builds }: Finds): void {
  for (const [name, written] of entriesOf(child(child(root, 'build'), 'docker'))) {
    const dockerfile = scalarText(written) ?? scalarText(child(written, 'dockerfile'));
    if (dockerfile === undefined) continue;
    runtimes.push(runtimeAt('heroku', place(written), { name }));
    builds.push(builtThere(dockerfile, place(written)));
  }
}

/** https://docs.digitalocean.com/products/app-platform/reference/app-spec/ (read 2026-11-29). */
function digitalOcean(root: Tree, place: PlaceOf, { runtimes, builds, names }: Finds): void {
  const spec = child(root, 'spec') ?? root;
  for (const one of ['services', 'workers', 'jobs'].flatMap((key) => itemsOf(child(spec, key)))) {
    const image = child(one, 'image');
    const dockerfile = child(one, 'dockerfile_path');
    if (image === undefined && dockerfile === undefined) continue;
    if (dockerfile !== undefined) builds.push(builtThere(scalarText(dockerfile), place(dockerfile)));
    const id: TargetId = 'digitalocean-app-platform';
    runtimes.push(runtimeAt(id, place(one), { name: scalarText(child(one, 'name')) }));
    const repository = child(image, 'repository');
    const registry = scalarText(child(image, 'registry'));
    if (repository !== undefined) {
      const text = [registry, scalarText(repository) ?? '?'].filter((part) => part !== undefined).join('/');
      const tag = scalarText(child(image, 'tag'));
      names.push(
        ...nameAt(tag === undefined ? text : `${text}:${tag}`, place(repository), { how: 'pulled', runtime: id }),
      );
    }
  }
}

/**
 * `app = "name"`, and `[build]` with a Dockerfile or an image. Wherever it builds, flyctl asks for amd64
 * (https://github.com/superfly/flyctl/blob/master/internal/build/imgsrc/dockerfile_builder.go, read 2026-11-30).
 */
function flyToml(path: string, text: string): Partial<Found> {
  const read = readToml(text);
  if ('problem' in read) return {};
  const place = placesIn(path, text);
  const textAt = (table: string, key: string) => {
    const found = read.tables.find(({ name }) => name === table)?.values.get(key);
    const value = found?.value;
    return found === undefined || typeof value !== 'string'
      ? undefined
      : { value, key: found.offset, at: placeOfText(text, value, found.offset, place) };
  };
  const app = textAt('', 'app');
  // Without a name it is given by a flag.
  if (app === undefined && !/(^|\/)fly\.toml$/.test(path)) return {};
  const image = textAt('build', 'image');
  const dockerfile = textAt('build', 'dockerfile');
  // As a whole: the key says more than the name.
  const at = app === undefined ? place(0) : place(app.key, text.indexOf(app.value, app.key) + app.value.length + 1);
  const isOther = image !== undefined || textAt('build', 'builder') !== undefined;
  return {
    runtimes: [runtimeAt('fly', at, { name: app?.value })],
    builds: isOther
      ? []
      : [{ ...builtThere(dockerfile?.value, dockerfile?.at ?? at), platforms: targets.fly.platforms.value }],
    names: image === undefined ? [] : nameAt(image.value, image.at, { how: 'pulled', runtime: 'fly' }),
  };
}

function railwayToml(path: string, text: string): Partial<Found> {
  const read = readToml(text);
  if ('problem' in read) return {};
  const build = read.tables.find(({ name }) => name === 'build')?.values;
  const builder = build?.get('builder');
  if (typeof builder?.value !== 'string' || builder.value.toUpperCase() !== 'DOCKERFILE') return {};
  const at = placesIn(path, text)(builder.offset);
  const dockerfile = build?.get('dockerfilePath')?.value;
  return {
    runtimes: [runtimeAt('railway', at, {})],
    builds: [builtThere(typeof dockerfile === 'string' ? dockerfile : undefined, at)],
  };
}

/** What a synthesized CDK app builds: `dockerImages` of its asset manifests, with the platform that each is built for. */
export function discoverAssets({ path, text }: SourceFile): Partial<Found> {
  if (!text.includes('"dockerImages"')) return {};
  const placeAt = placesIn(path, text);
  const [root] = readTrees(text).roots;
  const builds = entriesOf(child(root, 'dockerImages')).flatMap(([hash, asset]): readonly FoundBuild[] => {
    const source = child(asset, 'source');
    if (source === undefined) return [];
    const written = child(source, 'platform');
    const platform = parsePlatform(scalarText(written) ?? '');
    const directory = scalarText(child(source, 'directory')) ?? '';
    // A copy of the context lies beside the manifest; from which folder, only the program that made it knows.
    const dockerfile = scalarText(child(source, 'dockerFile')) ?? 'Dockerfile';
    return [
      {
        platforms: platform === undefined ? [] : [platform],
        ...(written !== undefined && platform === undefined ? { unseen: true as const } : {}),
        builder: undefined,
        dockerfile: undefined,
        tags: [
          hash,
          ...entriesOf(child(asset, 'destinations')).flatMap(([, one]) => scalarText(child(one, 'imageTag')) ?? []),
        ],
        context: directory === '' ? undefined : pathBeside(path, directory, dockerfile),
        at: placeAt(source.offset),
        ...(written === undefined ? {} : { platformsAt: placeAt(written.offset, written.end) }),
      },
    ];
  });
  return { builds };
}
