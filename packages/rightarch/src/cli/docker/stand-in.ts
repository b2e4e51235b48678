import { resolve } from 'node:path';
import { Failure } from '../../core/index.ts';
import { atInput, failure, type Language } from '../../messages/index.ts';
import { dockerTexts } from '../../messages/phrases/docker.ts';
import { commandHelp } from '../help.ts';
import { openSession, type Session, tellFailure } from '../session.ts';
import type { Shell } from '../shell.ts';
import { dockerSpec } from '../specs.ts';
import { findRealDocker, type RealDocker } from './real.ts';
import { type DockerWords, dockerWords, globalValue, type StandIn } from './words.ts';

/** One command line of docker's, and the real one beside it. */
export interface Standing {
  /** Its `runProgram` starts the real docker with the flags that stood before the command. */
  readonly session: Session;
  readonly words: DockerWords;
  /** The command as it was typed: `docker image inspect`. */
  readonly label: string;
  /** Whether there is a real docker; its engine may not answer. */
  readonly hasDocker: boolean;
  /** Hands the line to the real docker, after `reason` was said; undefined where there is none. */
  readonly handOn: (
    reason?: string,
    extra?: readonly string[],
    rest?: readonly string[],
  ) => Promise<number | undefined>;
  /** What docker would print on stdout; all that the session says goes to stderr. */
  readonly out: (text: string) => void;
  /** A line of ours beside what docker would say. */
  readonly note: (text: string) => void;
}

/** What docker ends with: 125 for flags that it does not know, 1 for all else (docker/cli, cli/cobra.go, read 2026-11-29). */
const USAGE = 125;
/** A shell's own status for a program that is not there. */
const NO_PROGRAM = 127;
const INTERRUPTED = 130;

/** `rightarch docker …`: its status is docker's. Throws nothing. */
export async function standIn(argv: readonly string[], shell: Shell, language: Language): Promise<number> {
  const words = dockerWords(argv);
  const real = findRealDocker(shell.env, { own: shell.own, system: shell.system });
  const toErrors = { out: shell.err, color: shell.colorOfErrors ?? shell.color };
  const session = openSession({ ...withDocker(shell, words, real), ...toErrors }, language, {});
  if (
    words.command === undefined &&
    (argv.length === 0 || (real === undefined && /^--?h(elp)?$/.test(argv[0] ?? '')))
  ) {
    shell.out(commandHelp(session.page, dockerSpec));
    return 0;
  }
  const label = ['docker', ...words.typed].join(' ');
  const pass = async (line: readonly string[]): Promise<number | undefined> =>
    real === undefined ? undefined : shell.passOn?.(real.program, line, real.env);
  const note = (text: string): void => shell.err(`rightarch: ${text}\n`);
  const standing: Standing = {
    session,
    words,
    label,
    note,
    out: shell.out,
    hasDocker: real !== undefined,
    handOn: async (reason, extra = [], rest = words.rest) => {
      if (real !== undefined && reason !== undefined) note(dockerTexts.handedOn[language]({ what: `\`${reason}\`` }));
      return pass([
        ...words.globals,
        ...words.typed.slice(0, 1),
        ...words.between,
        ...words.typed.slice(1),
        ...extra,
        ...rest,
      ]);
    },
  };
  try {
    if (words.command !== undefined) return await COMMANDS[words.command](standing);
    const status = await pass(argv);
    if (status !== undefined) return status;
    const command = ['docker', ...argv.slice(words.globals.length, words.globals.length + 1)].join(' ');
    tellFailure(session, failure('docker/needed', { command }, atInput(command), 'outside'));
    return NO_PROGRAM;
  } catch (error) {
    const { status } = tellFailure(session, error);
    if (shell.signal.aborted) return INTERRUPTED;
    if (status === 70) return status;
    return error instanceof Failure && error.diagnostic.code === 'docker/not-done-here' ? USAGE : 1;
  }
}

const COMMANDS: Readonly<Record<StandIn, (standing: Standing) => Promise<number>>> = {
  build: async (standing) => (await import('./build.ts')).build(standing),
  push: async (standing) => (await import('./push.ts')).push(standing),
  tag: async (standing) => (await import('./tag.ts')).tag(standing),
  inspect: async (standing) => (await import('./inspect.ts')).inspect(standing),
  'image inspect': async (standing) => (await import('./inspect.ts')).inspect(standing),
  images: async (standing) => (await import('./images.ts')).images(standing),
  rmi: async (standing) => (await import('./rmi.ts')).rmi(standing),
  login: async (standing) => (await import('./login.ts')).login(standing),
};

/** The shell as docker would see it: flags before the command win over variables, and `docker` is the real one. */
function withDocker(shell: Shell, { globals }: DockerWords, real: RealDocker | undefined): Shell {
  const host = globalValue(globals, 'host', 'H');
  const context = globalValue(globals, 'context', 'c');
  const config = globalValue(globals, 'config');
  const { runProgram: run } = shell;
  // Programs that are only asked do not start where the user stands.
  const flags = absolutePaths(globals, shell.cwd);
  return {
    ...shell,
    env: {
      ...shell.env,
      ...(config === undefined ? {} : { DOCKER_CONFIG: resolve(shell.cwd, config) }),
      ...(host === undefined ? {} : { DOCKER_HOST: host }),
      // docker refuses both together; one of them on the command line overrules the other's variable.
      ...(context === undefined ? {} : { DOCKER_CONTEXT: context, DOCKER_HOST: undefined }),
    },
    runProgram: async (command, args, options = {}) => {
      if (run === undefined || (command === 'docker' && real === undefined))
        return { status: undefined, out: '', err: '' };
      if (command !== 'docker') return run(command, args, options);
      return run(real!.program, [...flags, ...args], { ...options, env: { ...options.env, ...real!.env } });
    },
  };
}

const PATH_FLAG = /^(--(?:config|tlscacert|tlscert|tlskey))(?:=(.*))?$/s;

function absolutePaths(globals: readonly string[], cwd: string): readonly string[] {
  return globals.map((word, i) => {
    const [, flag, value] = PATH_FLAG.exec(word) ?? [];
    if (flag !== undefined && value !== undefined) return `${flag}=${resolve(cwd, value)}`;
    return PATH_FLAG.exec(globals[i - 1] ?? '')?.[2] === undefined && PATH_FLAG.test(globals[i - 1] ?? '')
      ? resolve(cwd, word)
      : word;
  });
}

/** The real docker's answer, for those who only ask. */
export async function askDocker(
  { shell }: Session,
  args: readonly string[],
): Promise<{ readonly status: number | undefined; readonly out: string; readonly err: string }> {
  const { runProgram: run } = shell;
  return run === undefined ? { status: undefined, out: '', err: '' } : run('docker', args, { signal: shell.signal });
}

/** What Docker calls the image of a name; undefined where it has none, does not answer or is not there. */
export async function dockerIdOf(session: Session, name: string): Promise<string | undefined> {
  const { status, out } = await askDocker(session, ['image', 'inspect', '--format', '{{.Id}}', name]);
  const id = out.trim();
  return status !== 0 || id === '' ? undefined : id.startsWith('sha256:') ? id : `sha256:${id}`;
}
