import type { Failure } from '../../../core/index.ts';
import { type Mount, type SecretMount, secretOf } from '../../../dockerfile/index.ts';
import { diagnostic, failure } from '../../../messages/index.ts';
import { cleanPath } from '../../files/root-path.ts';
import type { Verdict } from '../../plan.ts';
import { recognizeRun } from '../../run/index.ts';
import type { PreparedOperation } from '../../stage/prepare.ts';
import type { CopyOperation, RunOperation } from '../../stage/resolve-stage.ts';
import type { BuildRequest } from '../../types.ts';

/** What decides beside the Dockerfile. */
type Asked = Pick<BuildRequest, 'secrets' | 'network' | 'dockerFlags'>;

/** What the embedded engine does with an operation, from the Dockerfile alone. `docker` builds the same with Docker. */
export function judge(operation: PreparedOperation, docker: string, request: Asked): Verdict {
  if (operation.kind === 'copy') return judgeCopy(operation, docker);
  if (operation.kind === 'run') return judgeRun(operation, docker, request);
  return { how: 'metadata' };
}

function judgeCopy(operation: CopyOperation, docker: string): Verdict {
  const refuse = (what: string): Verdict => refused(operation, operation.add ? 'ADD' : 'COPY', what, docker);
  if (operation.add) {
    const [special] = operation.special;
    if (special !== undefined) return refuse(special.split('=', 1)[0]!);
    const remote = operation.sources.find((source) => /^(?:https?|git|ssh|ftp):\/\/|^git@/.test(source));
    if (remote !== undefined) return refuse(remote);
  }
  // BuildKit makes a directory of it, which the builder before it refused.
  const [count, destination] = [operation.sources.length + operation.inline.length, operation.destination];
  if (count > 1 && !destination.endsWith('/'))
    return { refused: diagnostic('engine/needs-directory', { destination, count }, operation.at) };
  if (operation.chmod !== '' && !/^[0-7]{1,4}$/.test(operation.chmod)) return refuse(`--chmod=${operation.chmod}`);
  return { how: 'copy' };
}

function judgeRun(operation: RunOperation, docker: string, request: Asked): Verdict {
  const { secrets, network, dockerFlags = [] } = request;
  const refuse = (what: string): Verdict => refused(operation, 'RUN', what, docker);
  const recognized = recognizeRun(operation.input, { shell: operation.shell, docker });
  const installs = 'how' in recognized && recognized.how === 'install';
  // An install would ask other hosts than this process does.
  const host = installs ? dockerFlags.find(([flag]) => flag === 'add-host') : undefined;
  if (host !== undefined) return refuse(`--add-host ${host[1]}`);
  // RUN's own network goes before that of the build, except its `default` (BuildKit, dockerfile2llb, dispatchRun).
  const own = operation.flags.findLast(({ name }) => name === 'network');
  if (installs && network === 'none' && (own === undefined || own.value === 'default')) return refuse('--network none');
  for (const { name, value } of operation.flags) {
    if (name === 'network') {
      // Without a network an install would fail in Docker; file work does not ask.
      if (value === 'default' || value === 'host' || (value === 'none' && !installs)) continue;
      return refuse(`--network=${value}`);
    }
    if (name === 'security' && value === 'sandbox') continue;
    if (name !== 'mount') return refuse(`--${name}=${value}`);
  }
  const written = operation.flags.filter(({ name }) => name === 'mount');
  const [notDone] = written.filter((_, index) => !isDone(operation.mounts[index]!, operation));
  if (notDone !== undefined) return refuse(`--mount=${notDone.value}`);
  const asked = operation.mounts.flatMap((mount) => secretOf(mount) ?? []);
  const missing = asked.find(({ id, required }) => required && !secrets.some((given) => given.id === id));
  if (missing !== undefined) return { refused: diagnostic('plan/secret-missing', sourceOf(missing), operation.at) };
  return 'how' in recognized ? recognized : { refused: recognized.refused };
}

/** Where people have what a mount asks for: their own `.npmrc`, a variable of the same name. */
export function sourceOf({ id, target, env }: SecretMount): { readonly id: string; readonly source: string } {
  const source = target?.endsWith('/.npmrc') ? 'src=$HOME/.npmrc' : env === undefined ? 'src=FILE' : `env=${env}`;
  return { id, source };
}

/** What a shell, Node or npm reads for itself: with such a name a secret would decide more than who may fetch. */
const DECIDING =
  /^(?:PATH|HOME|PWD|OLDPWD|SHELL|ENV|IFS|CDPATH|PREFIX|DESTDIR|TZ|LANG|LANGUAGE|LC_\w+|LD_\w+|BASH\w*|NODE_(?!AUTH_TOKEN$)\w+|NPM_CONFIG_\w+|SHARP_\w+|\w+_PROXY)$/i;

/** What a runtime mounts itself, so that a mount below it is none on the image; and the accounts, which it reads before. */
const RUNTIMES = /^\/(?:proc|sys|dev)(?:\/|$)|^\/etc\/(?:resolv\.conf|hosts|hostname|passwd|group|shadow)$/;

/** Whether a mount can be had here, beside the others of its RUN. */
function isDone(mount: Mount, { mounts, cwd }: RunOperation): boolean {
  if (ignorableMount(mount) !== undefined) return true;
  const secret = secretOf(mount);
  if (secret === undefined) return false;
  const { env, target } = secret;
  if (env !== undefined && (!/^[A-Za-z_]\w*$/.test(env) || DECIDING.test(env))) return false;
  if (target === undefined) return true;
  const path = cleanPath(target, cwd);
  const left = mounts.flatMap((other) => ignorableMount(other) ?? []).map((other) => cleanPath(other, cwd));
  return path !== '/' && !RUNTIMES.test(path) && !left.some((other) => `${path}/`.startsWith(`${other}/`));
}

/**
 * The target of a mount that cannot be seen in the result: an empty cache or tmpfs. The builder holds it to that:
 * nothing may be at the target before, and nothing may be left there.
 */
export function ignorableMount({ type, fields }: Mount): string | undefined {
  if (type !== 'cache' && type !== 'tmpfs') return undefined;
  if (fields.has('from') || fields.has('source') || fields.has('src')) return undefined;
  return fields.get('target') ?? fields.get('dst') ?? fields.get('destination');
}

/** As `judge` refuses, where only the files of the image tell. */
export function notHere(operation: RunOperation, what: string, docker: string): Failure {
  return failure('plan/not-embedded', { instruction: 'RUN', what, docker }, operation.at, 'request');
}

function refused(operation: PreparedOperation, instruction: string, what: string, docker: string): Verdict {
  return { refused: diagnostic('plan/not-embedded', { instruction, what, docker }, operation.at) };
}
