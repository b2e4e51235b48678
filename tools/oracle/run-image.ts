import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Machine, type MachineModel, openMachine } from './machine.ts';
import { type StartConfig, unpackImage } from './unpack-image.ts';

/** What to run: an image of a layout, or a merged root file system with the configuration to start it with. */
export interface RunRequest {
  /** An OCI layout, or a directory that holds a merged root file system (then `config` decides how it starts). */
  readonly layout: string;
  /** Name in the layout's index; may be left out where there is one image. */
  readonly name?: string;
  readonly platform: 'linux/amd64' | 'linux/arm64';
  /** Instead of entrypoint and cmd. */
  readonly argv?: readonly string[];
  /** Added to the image's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asked inside the machine, again and again until there is an answer; then the program is ended. */
  readonly http?: { readonly port: number; readonly path: string };
  /** 60 seconds unless said otherwise, from the start of the machine. */
  readonly timeoutMs?: number;
  readonly config?: StartConfig;
  /** What the runtime starts in place of what the image of a layout says. */
  readonly start?: StartConfig;
  /** Another machine than the platform's usual one. */
  readonly machine?: MachineModel;
  /** Where the emulated machine's kernel is kept; `.cache/oracle` of this repository unless said otherwise. */
  readonly cache?: string;
}

/** What the kernel and the program said. */
export interface RunResult {
  /** Exit status; 128 + n for a signal; undefined where the program did not end in time. */
  readonly status: number | undefined;
  /** Why the kernel did not start the program, `ENOEXEC` for a wrong CPU; undefined where it did. */
  readonly errno: string | undefined;
  /** Standard output and error together, as a terminal gets them. */
  readonly output: string;
  /** The answer to `http`; undefined where there was none. */
  readonly http: { readonly status: number; readonly headers: string; readonly body: Buffer } | undefined;
  readonly timedOut: boolean;
  /** Wall time of the machine, boot included. */
  readonly elapsedMs: number;
}

/** Linux errno values that an execve can give (execve(2)). */
const ERRNO: Readonly<Record<string, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  5: 'EIO',
  7: 'E2BIG',
  8: 'ENOEXEC',
  12: 'ENOMEM',
  13: 'EACCES',
  20: 'ENOTDIR',
  21: 'EISDIR',
  22: 'EINVAL',
  36: 'ENAMETOOLONG',
  40: 'ELOOP',
  80: 'ELIBBAD',
};

/**
 * Runs an image for real: linux/amd64 on this kernel in namespaces of its own, linux/arm64 on a whole emulated machine
 * with an arm64 kernel, so that nothing of the host's CPU can help. Needs root and an x86-64 Linux.
 */
export async function runImage(request: RunRequest): Promise<RunResult> {
  const work = await mkdtemp(join(await roomyDirectory(), 'rightarch-oracle-'));
  try {
    const isLayout = existsSync(join(request.layout, 'oci-layout'));
    const root = join(work, 'root');
    await mkdir(root);
    const own = isLayout ? await unpackImage(request, join(root, 'image')) : (request.config ?? {});
    const config = { ...own, ...request.start };
    if (!isLayout) await copyTree(request.layout, join(root, 'image'));
    const machine = await openMachine(request.platform, request.cache, request.machine);
    const mark = `@@${randomBytes(8).toString('hex')}`;
    await writeFile(join(root, 'busybox'), machine.busybox, { mode: 0o755 });
    await writeFile(join(root, 'launch'), machine.launch, { mode: 0o755 });
    await writeFile(join(root, 'init'), await initScript(request, config, root, mark, machine));
    await chmod(join(root, 'init'), 0o755);
    return await watch(await machine.command(root, work), mark, request.timeoutMs ?? 60_000);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Memory where programs may be executed from it and two images fit, else the usual place: 5 times as fast to unpack to. */
async function roomyDirectory(): Promise<string> {
  const memory = '/dev/shm';
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const flags = mounts.find(([, path]) => path === memory)?.[3]?.split(',');
  if (flags === undefined || flags.includes('noexec') || flags.includes('nosuid')) return tmpdir();
  const { bavail, bsize } = await statfs(memory);
  return bavail * bsize > 3 * 2 ** 30 ? memory : tmpdir();
}

async function copyTree(from: string, to: string): Promise<void> {
  const copy = spawn('cp', ['-a', '--reflink=auto', from, to], { stdio: ['ignore', 'ignore', 'inherit'] });
  const status = await new Promise<number | null>((done) => copy.on('close', done));
  if (status !== 0) throw new Error(`cp -a ${from} failed`);
}

/** The first program of the machine: prepares what a runtime prepares, starts the image's program, asks it, and reports. */
async function initScript(
  { argv, env, http }: RunRequest,
  config: StartConfig,
  root: string,
  mark: string,
  machine: Machine,
): Promise<string> {
  const user = await resolveUser(config.User ?? '', join(root, 'image'));
  const variables = new Map(
    (config.Env ?? []).map((entry) => [entry.split('=')[0]!, entry.slice(entry.indexOf('=') + 1)]),
  );
  for (const [key, value] of Object.entries(env ?? {})) variables.set(key, value);
  if (!variables.has('HOME')) variables.set('HOME', user.home);
  const command = argv ?? [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])];
  if (command.length === 0) throw new Error('the image has neither entrypoint nor cmd, and no argv was given');
  const environment = [...variables].map(([key, value]) => quote(`${key}=${value}`)).join(' ');
  const directory = config.WorkingDir === undefined || config.WorkingDir === '' ? '/' : config.WorkingDir;
  const launch = ['/launch', mark, '/image', directory, String(user.uid), String(user.gid), ...command]
    .map(quote)
    .join(' ');
  const ask =
    http === undefined
      ? ''
      : `
# Ask until there is an answer or the program has ended.
while ! $b wget -q -S -O /answer ${quote(`http://127.0.0.1:${http.port}${http.path}`)} 2>/headers; do
  $b grep -q HTTP/ /headers && break
  $b kill -0 $program 2>/dev/null || break
  $b sleep 0.2
done
echo; echo "${mark} headers"; $b cat /headers
echo; echo "${mark} body"; [ -f /answer ] && $b base64 /answer
echo "${mark} answered"
$b kill -TERM $program 2>/dev/null`;
  return `#!/busybox sh
b=/busybox
$b mkdir -p /proc /dev /image/proc /image/sys /image/dev
${machine.prepare}
$b ifconfig lo 127.0.0.1 up
echo "${mark} begin"
# Through a pipe, as under a container runtime without a terminal.
$b mkfifo /output
$b cat /output &
reader=$!
$b env -i ${environment} ${launch} </dev/null >/output 2>&1 &
program=$!
${ask}
wait $program
status=$?
# A process that the program left behind may hold the pipe for ever.
for i in 1 2 3 4 5 6 7 8 9 10; do $b kill -0 $reader 2>/dev/null || break; $b sleep 0.1; done
echo; echo "${mark} exit $status"
${machine.end}
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `User` of an image configuration as runc reads it: names by the image's own passwd and group, HOME by passwd, else `/`. */
async function resolveUser(
  user: string,
  image: string,
): Promise<{ readonly uid: number; readonly gid: number; readonly home: string }> {
  const rows = async (name: string) =>
    (await readFile(join(image, 'etc', name), 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  const [name = '', group] = user === '' ? ['0'] : user.split(':');
  const entry = (await rows('passwd')).find((row) => row[0] === name || row[2] === name);
  if (entry === undefined && !/^\d+$/.test(name)) throw new Error(`the image has no user ${name}`);
  const uid = Number(entry?.[2] ?? name);
  const home = entry?.[5] === undefined || entry[5] === '' ? '/' : entry[5];
  if (group === undefined) return { uid, gid: Number(entry?.[3] ?? 0), home };
  const row = (await rows('group')).find((fields) => fields[0] === group || fields[2] === group);
  if (row === undefined && !/^\d+$/.test(group)) throw new Error(`the image has no group ${group}`);
  return { uid, gid: Number(row?.[2] ?? group), home };
}

async function watch(command: readonly string[], mark: string, timeoutMs: number): Promise<RunResult> {
  const start = performance.now();
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  try {
    await new Promise<void>((resolve, reject) => child.on('error', reject).on('close', () => resolve()));
  } finally {
    clearTimeout(timer);
  }
  return { ...parseConsole(Buffer.concat(chunks), mark), timedOut, elapsedMs: Math.round(performance.now() - start) };
}

/** Takes a machine's console apart at the marks of its init. */
export function parseConsole(raw: Buffer, mark: string): Omit<RunResult, 'timedOut' | 'elapsedMs'> {
  const console = raw.toString('utf8').replaceAll('\r', '');
  const begin = `${mark} begin\n`;
  const at = console.indexOf(begin);
  if (at < 0) throw new Error(`the machine did not start:\n${console.slice(-4000)}`);
  const all = console.slice(at + begin.length);
  const text = all.split(new RegExp(`(?<=${mark} exit \\d+\n)`))[0]!;
  const between = (from: string, to: string) => text.split(`${mark} ${from}\n`)[1]?.split(`${mark} ${to}\n`)[0];
  const step = new RegExp(`${mark} (chroot|chdir|setgroups|setgid|setuid|errno) (\\d+)\\n`).exec(text);
  const status = new RegExp(`${mark} exit (\\d+)\\n`).exec(text)?.[1];
  const headers = between('headers', 'body') ?? '';
  const code = /HTTP\/\S+ (\d+)/.exec(headers)?.[1];
  const output = text.split(`\n${mark} headers\n`)[0]! + (text.split(`${mark} answered\n`)[1] ?? '');
  return {
    status: status === undefined ? undefined : Number(status),
    errno: step === null ? undefined : (ERRNO[step[2]!] ?? `errno ${step[2]}`),
    output: output.replace(new RegExp(`\\n?${mark} .*\\n`, 'g'), ''),
    http:
      code === undefined
        ? undefined
        : { status: Number(code), headers, body: Buffer.from(between('body', 'answered') ?? '', 'base64') },
  };
}
