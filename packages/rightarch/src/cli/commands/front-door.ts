import { basename, dirname, join } from 'node:path/posix';
import { formatPlatform, parsePlatform } from '../../core/index.ts';
import { discoverRepository, type FoundRuntime, judgeRepository, type Repository } from '../../lint/index.ts';
import { renderFrontDoor } from '../../report/index.ts';
import type { ExitStatus } from '../exit.ts';
import { readRepositoryFiles } from '../repository-files.ts';
import type { Session } from '../session.ts';

/** Bare `rightarch`: what is seen here, without a network and without a configuration. */
export async function frontDoor(session: Session): Promise<ExitStatus> {
  const { shell } = session;
  const repository = discoverRepository(
    (await readRepositoryFiles(shell.cwd, { environment: shell.env, signal: shell.signal })).files,
  );
  const host = parsePlatform(shell.hostPlatform) ?? { os: 'linux', architecture: 'amd64' };
  const prospects = judgeRepository(repository, host);
  const door = {
    name: basename(shell.cwd.replaceAll('\\', '/')),
    host,
    repository,
    prospects,
    next: nextCommands(repository),
  };
  if (session.json)
    session.printJson({ name: door.name, host: formatPlatform(host), ...repository, prospects, next: door.next });
  else session.print(renderFrontDoor(session.page, door));
  return 0;
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
