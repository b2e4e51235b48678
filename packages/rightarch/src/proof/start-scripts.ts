import { posix } from 'node:path';
import type { FileTree } from '../scan/index.ts';
import { capitalOf } from './errno.ts';
import type { Launch, Words } from './launchers.ts';
import { searchPath, variable } from './view.ts';

/** A script that a shell was started with, as it was called. */
interface Called {
  readonly argv: readonly string[];
  readonly script: { readonly index: number; readonly content: Uint8Array | undefined };
  readonly env: readonly string[];
  readonly cwd: string;
}

/**
 * What a script starts that a build tool or a server wrote: it is kept as what it is, since all of a kind are alike. The
 * program may fail for more reasons than the script before it, and never for fewer: what it comes to is certain.
 */
export function startScript(tree: FileTree, called: Called): Launch | undefined {
  const { argv, script, env, cwd } = called;
  const kept = script.content === undefined ? undefined : Buffer.from(script.content).toString('utf8');
  const [, kind = '', more = ''] = /^start of (\w+)(?: (.*))?$/.exec(kept ?? '') ?? [];
  const found = tree.resolve(argv[script.index] ?? '', { cwd });
  // bash reads a file of its own before a script (bash(1), BASH_ENV).
  if (!found.found || (variable(env, 'BASH_ENV') ?? '') !== '') return undefined;
  const directory = posix.dirname(found.path);
  const passed = argv.slice(script.index + 1);
  if (kind === 'phoenix') return launch([posix.join(directory, more), 'start']);
  if (kind === 'release') return releaseLaunch(tree, posix.dirname(directory), passed);
  if (kind === 's6') return overlayLaunch(tree, env, cwd);
  if (kind === 'gradle') return gradleLaunch(tree, env);
  return kind === 'tomcat' ? tomcatLaunch(tree, { env, passed, home: posix.dirname(directory) }) : undefined;
}

const launch = (argv: readonly string[], says?: Words): Launch => ({
  argv,
  by: 'shell',
  certain: true,
  ...(says === undefined ? {} : { says }),
});

/**
 * `/init` of s6-overlay 3 (layout/rootfs-overlay/init): it puts /command before PATH and executes a program of the archive
 * that is for one CPU; the script is of the one that is for all.
 */
function overlayLaunch(tree: FileTree, env: readonly string[], cwd: string): Launch {
  const name = 's6-overlay-suexec';
  const own = ['/command', '/usr/bin', '/bin'];
  const places = [...own, ...searchPath(env, cwd)].map((directory) => `${directory}/${name}`);
  const found = places.find((path) => tree.resolve(path).found);
  return launch([found ?? places[0]!], (_, errno) =>
    errno === 'ENOENT' ? `exec: ${name}: not found` : `exec: ${name}: ${capitalOf(errno)}`,
  );
}

/**
 * A release of Elixir with a runtime of its own (hexdocs.pm/mix, Mix.Tasks.Release): its
 * scripts end in `erlexec` of that runtime, which executes the emulator beside it.
 */
function releaseLaunch(tree: FileTree, root: string, [command = '']: readonly string[]): Launch | undefined {
  if (!/^(start|start_iex|daemon|daemon_iex|eval|foreground|console)$/.test(command)) return undefined;
  const data = tree.resolve(`${root}/releases/start_erl.data`);
  const content = data.found ? data.node.entry.content : undefined;
  const [, version, own = ''] = /^([\d.]+) (\S+)/.exec(Buffer.from(content ?? '').toString('utf8')) ?? [];
  const runtime = `${root}/erts-${version}`;
  const settings = tree.resolve(`${root}/releases/${own}/env.sh`);
  // What it says of the loader is not followed.
  if (settings.found && /^(?!\s*#).*\bLD_/m.test(Buffer.from(settings.node.entry.content ?? '').toString('utf8')))
    return undefined;
  // Without one of its own it takes that of the image.
  return version === undefined || !tree.resolve(runtime).found ? undefined : launch([`${runtime}/bin/erlexec`]);
}

/** erts/etc/common/erlexec.c; its words seen with 25.2, 2026-11-30. */
export function erlexecLaunch({ argv }: { readonly argv: readonly string[] }): Launch | undefined {
  if (argv[0]?.startsWith('/') !== true) return undefined;
  const numbers = { ENOENT: 2, ENOEXEC: 8, EACCES: 13, ELOOP: 40 } as const;
  return {
    argv: [posix.join(posix.dirname(argv[0]), 'beam.smp')],
    by: 'execvp',
    certain: true,
    libc: () => 'other',
    says: (called, errno) =>
      errno === 'ENOENT'
        ? "erlexec: The emulator 'smp' does not exist."
        : `erlexec: Error ${numbers[errno as keyof typeof numbers]} executing '${called}'.`,
  };
}

/** What a script says where it looks for `java` and there is none that may be executed; a shell says the rest. */
const unless =
  (says: string): Words =>
  (called, errno) =>
    errno === 'ENOENT' || errno === 'EACCES' ? says : `${called}: Exec format error`;

/** Options of variables, where no shell could read them otherwise. */
const optionsOf = (env: readonly string[], names: readonly string[]): readonly string[] =>
  names.flatMap((name) => {
    const value = variable(env, name) ?? '';
    return /^[\w\s./+@%:,=-]*$/.test(value) ? value.split(/\s+/).filter((word) => word.startsWith('-')) : [];
  });

/** Gradle's `startScripts` (platforms/jvm/plugins-application, unixStartScript.txt, 2026-11-30). */
function gradleLaunch(tree: FileTree, env: readonly string[]): Launch | undefined {
  const home = variable(env, 'JAVA_HOME') ?? '';
  const options = optionsOf(env, ['JAVA_OPTS']);
  if (home === '')
    return launch(
      ['java', ...options],
      unless("ERROR: JAVA_HOME is not set and no 'java' command could be found in your PATH."),
    );
  if (!home.startsWith('/') || tree.resolve(`${home}/jre/sh/java`).found) return undefined;
  return launch([`${home}/bin/java`, ...options], unless(`ERROR: JAVA_HOME is set to an invalid directory: ${home}`));
}

/** `catalina.sh run` (bin/catalina.sh and setclasspath.sh of Tomcat 9 to 11, 2026-11-30), where no `setenv.sh` sets more. */
function tomcatLaunch(
  tree: FileTree,
  { env, passed, home }: { readonly env: readonly string[]; readonly passed: readonly string[]; readonly home: string },
): Launch | undefined {
  if (!/^(run|start)$/.test(passed[0] ?? '')) return undefined;
  const homes = [home, ...['CATALINA_HOME', 'CATALINA_BASE'].flatMap((name) => variable(env, name) ?? [])];
  if (homes.some((one) => tree.resolve(`${one}/bin/setenv.sh`).found) || variable(env, '_RUNJAVA')) return undefined;
  const name = ['JRE_HOME', 'JAVA_HOME'].find((one) => (variable(env, one) ?? '') !== '');
  const java = name === undefined ? '' : variable(env, name)!;
  if (!java.startsWith('/')) return undefined;
  return launch(
    [`${java}/bin/java`, ...optionsOf(env, ['JAVA_OPTS', 'CATALINA_OPTS'])],
    unless(`The ${name} environment variable is not defined correctly`),
  );
}
