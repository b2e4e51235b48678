import { relative } from 'node:path';
import { basename, dirname, join } from 'node:path/posix';
import { findConfigFile, type ResolvedProject, readProject, resolveProject } from '../../config/index.ts';
import { formatPlatform, type Platform, parsePlatform } from '../../core/index.ts';
import {
  discoverRepository,
  type FoundRuntime,
  judgeRepository,
  type Place,
  type Prospect,
  type Repository,
} from '../../lint/index.ts';
import { type DoorProject, projectDoorJson, renderFrontDoor } from '../../report/index.ts';
import type { ExitStatus } from '../exit.ts';
import { accept, today } from '../project.ts';
import { readRepositoryFiles } from '../repository-files.ts';
import type { Session } from '../session.ts';

/** Bare `rightarch`: what is seen here without a network; where there is a rightarch.yaml, what that says. */
export async function frontDoor(session: Session): Promise<ExitStatus> {
  const { shell } = session;
  const project = await openProject(session);
  const root = project?.directory ?? shell.cwd;
  const { files } = await readRepositoryFiles(root, { environment: shell.env, signal: shell.signal });
  const repository = discoverRepository(files);
  const host = parsePlatform(shell.hostPlatform) ?? { os: 'linux', architecture: 'amd64' };
  const prospects = project === undefined ? judgeRepository(repository, host) : judgeProject(project, repository, host);
  const next = project === undefined ? nextCommands(repository) : nextOfProject(project);
  const name = basename(root.replaceAll('\\', '/'));
  if (session.json)
    session.printJson({
      name,
      host: formatPlatform(host),
      ...(project === undefined ? {} : { project: projectDoorJson(project) }),
      ...repository,
      prospects,
      next,
    });
  else session.print(renderFrontDoor(session.page, { name, host, repository, project, prospects, next }));
  return 0;
}

/** The project in each of its environments: here none has to be chosen. */
async function openProject(session: Session): Promise<DoorProject | undefined> {
  const { cwd } = session.shell;
  const path = findConfigFile(cwd);
  if (path === undefined) return undefined;
  const project = accept(await readProject(path));
  const names = Object.keys(project.shape.environments ?? {});
  const resolved = (names.length === 0 ? [undefined] : names).map((env) =>
    accept(resolveProject(project, { env, today: today(session) })),
  );
  for (const note of resolved[0]?.notes ?? []) session.warn(note);
  return {
    file: relative(cwd, path).replaceAll('\\', '/'),
    directory: project.directory,
    environments: names,
    resolved,
  };
}

/** What can be expected of the images of rightarch.yaml on their targets; of several stages only the last is judged. */
function judgeProject({ file, resolved }: DoorProject, found: Repository, host: Platform): readonly Prospect[] {
  const all = resolved.flatMap((project) =>
    project.images.flatMap((image) => {
      const dockerfile = relative(project.directory, image.dockerfile).replaceAll('\\', '/');
      const source = found.images.find((one) => one.dockerfile === dockerfile);
      if (source === undefined || image.stage !== undefined) return [];
      const platforms = image.platforms.map(({ platform }) => platform);
      const own = project.targets.filter((target) => target.image === image.name);
      const accepting = new Set(own.filter(({ ask }) => ask.assume !== undefined).map(({ name }) => name));
      const runtimes = own.map(
        (target): FoundRuntime => ({
          runtime: target.ask.target.id as FoundRuntime['runtime'],
          name: target.name,
          platforms: target.ask.platforms,
          how: 'declared',
          at: placeOf(file, target.at),
        }),
      );
      const build = { platforms, builder: host, dockerfile, context: undefined, at: placeOf(file, image.at) };
      const only: Repository = { images: [source], runtimes, builds: [build], names: [], read: [] };
      // What somebody answers for in `assume:` is not foretold.
      return judgeRepository(only, host).filter(
        (one) => !('runtime' in one) || !accepting.has(one.runtime.name ?? '') || one.kind !== 'index-refused',
      );
    }),
  );
  const texts = all.map((one) => JSON.stringify(one));
  return all.filter((_, i) => texts.indexOf(texts[i] ?? '') === i);
}

const placeOf = (file: string, at: ResolvedProject['images'][number]['at']): Place => ({
  file,
  line: at.in === 'file' ? at.start.line : 1,
});

/** Of several environments none is a default, and the first shows how one is named. */
function nextOfProject({ environments, resolved }: DoorProject): readonly string[] {
  const env = environments.length > 1 ? ` --env ${environments[0]}` : '';
  const images = resolved[0]?.images ?? [];
  const published =
    images.length > 0 && images.every(({ repositories, tags }) => repositories.length > 0 && tags.length > 0);
  return [`rightarch plan${env}`, `rightarch ${published ? 'ship' : 'build'}${env}`];
}

/** `fargate`-like: the CPU is written only where the runtime has more than one. */
function askOf({ runtime, platforms, how }: FoundRuntime): string | undefined {
  const [platform] = platforms;
  if (platform === undefined) return undefined;
  return how === 'only' ? runtime : `${runtime}:${formatPlatform(platform).replace(/^linux\//, '')}`;
}

function nextCommands({ images, runtimes, builds }: Repository): readonly string[] {
  const asks = [...new Set(runtimes.flatMap((runtime) => askOf(runtime) ?? []))].slice(0, 3);
  const flags = asks.map((ask) => ` --for ${ask}`).join('');
  const verify = `rightarch verify IMAGE${flags}`;
  const [image] = images;
  if (image === undefined) return [verify];
  // Which image runs where is not in the sources: rightarch.yaml is the place to say it.
  if (images.length > 1) return ['rightarch init', verify];
  const build = builds.find(({ dockerfile }) => dockerfile === image.dockerfile);
  const folder = dirname(image.dockerfile);
  const context = build?.context ?? (folder === '.' ? '.' : `./${folder}`);
  const usual = join(context, 'Dockerfile') === image.dockerfile;
  return [`rightarch plan${flags}${usual ? '' : ` -f ${image.dockerfile}`} ${context}`, verify];
}
