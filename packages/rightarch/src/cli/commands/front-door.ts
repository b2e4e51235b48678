import { basename } from 'node:path';
import { dirname, join } from 'node:path/posix';
import { findConfigFile, readProject, resolveProject } from '../../config/index.ts';
import { formatPlatform, parsePlatform, relativePath } from '../../core/index.ts';
import {
  discoverRepository,
  type FoundRuntime,
  judgeDeclared,
  judgeRepository,
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
  const prospects =
    project === undefined
      ? judgeRepository(repository, host)
      : judgeDeclared(project.file, project.resolved, repository.images, host);
  const after = project === undefined ? nextCommands(repository) : nextOfProject(project);
  // What is told here in a sentence, `check` shows at its line, with its fix.
  const isTold = prospects.some(({ kind }) => kind !== 'holds-by-pin' && kind !== 'stages-differ');
  const next = isTold ? ['rightarch check', ...after] : after;
  const name = basename(root);
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
    file: relativePath(cwd, path),
    directory: project.directory,
    environments: names,
    resolved,
  };
}

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
