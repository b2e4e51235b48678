import { posix } from 'node:path';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { absentModule, isSafe } from './python-main.ts';
import type { View } from './view.ts';

/** Where the arguments of what Python runs begin, and Python's own options before that. */
interface Behind {
  readonly at: number;
  readonly flags: string;
}

/**
 * A command that an installer of Python made (`bin/gunicorn`): the module that it imports, and the application that the
 * server is told to serve. Undefined where they are there, or nobody can tell.
 */
export function missingForCommand(view: View, by: Interpreting, { at, flags }: Behind): MissingProgram | undefined {
  const { tree } = view;
  const found = tree.resolve(by.argv[at] ?? '', { cwd: by.cwd });
  const { content } = found.found ? found.node.entry : {};
  const module = content === undefined ? undefined : /^command of (\S+)$/.exec(Buffer.from(content).toString())?.[1];
  if (!found.found || module === undefined) return undefined;
  const first = isSafe(by, flags) ? [] : [posix.dirname(found.path)];
  const absent = absentModule(view, by, { name: module, flags, first, needsMain: false });
  if (absent === undefined) return missingForServer(view, by, { server: module, at: at + 1, flags });
  const { whole, looked } = absent;
  return { asked: module, looked, prints: `ModuleNotFoundError: No module named '${whole}'` };
}

/** Options of a server: those with a value, those without, and how its directory is called. What is not known leaves it open. */
interface Server {
  readonly module: RegExp;
  readonly valued: RegExp;
  readonly flags: RegExp;
  readonly directory: string;
  /** The working directory is asked as well. */
  readonly both: boolean;
  /** Variables that hold options. */
  readonly variable: RegExp;
  /** A file of the working directory that holds options. */
  readonly settings?: string;
  prints(name: string, whole: string): string;
}

const notFound = (whole: string): string => `ModuleNotFoundError: No module named '${whole}'`;

const SERVERS: readonly Server[] = [
  {
    // gunicorn/config.py and app/base.py of 20.1 to 23.0: it puts the working directory before all, then --chdir before
    // that, and imports. With --reload it goes on without.
    module: /^gunicorn(\.app\.wsgiapp)?$/,
    valued:
      /^(-[bwktn]|--(bind|workers|worker-class|threads|timeout|graceful-timeout|keep-alive|max-requests|max-requests-jitter|worker-connections|worker-tmp-dir|backlog|name|log-level|access-logfile|error-logfile|log-file|access-logformat|forwarded-allow-ips|limit-request-(line|fields|field_size)))$/,
    flags: /^--(preload|check-config|capture-output|no-sendfile|reuse-port|enable-stdio-inheritance)$/,
    directory: '--chdir',
    both: true,
    variable: /^GUNICORN_CMD_ARGS=./,
    settings: 'gunicorn.conf.py',
    prints: (_, whole) => notFound(whole),
  },
  {
    // uvicorn/main.py and importer.py of 0.17 to 0.34: --app-dir, empty unless told, goes before all. With several workers
    // it starts others for those that end, for ever.
    module: /^uvicorn(\.main)?$/,
    valued:
      /^--(host|port|loop|http|ws|lifespan|interface|log-level|root-path|forwarded-allow-ips|limit-concurrency|limit-max-requests|backlog|timeout-keep-alive|timeout-graceful-shutdown|ws-max-size|ws-ping-interval|ws-ping-timeout|h11-max-incomplete-event-size)$/,
    flags:
      /^--(proxy-headers|no-proxy-headers|no-access-log|access-log|factory|no-use-colors|use-colors|no-server-header|no-date-header)$/,
    directory: '--app-dir',
    both: false,
    variable: /^(UVICORN_\w+|WEB_CONCURRENCY)=/,
    prints: (name, whole) =>
      name === whole ? `Error loading ASGI app. Could not import module "${name}".` : notFound(whole),
  },
];

/** The application of `gunicorn app:app` and `uvicorn main:app`, by a command or by `python -m`. */
export function missingForServer(
  view: View,
  by: Interpreting,
  { server, at, flags }: Behind & { readonly server: string },
): MissingProgram | undefined {
  const own = SERVERS.find(({ module }) => module.test(server));
  if (own === undefined || by.env.some((line) => own.variable.test(line))) return undefined;
  let directory = by.cwd;
  let asked: string | undefined;
  for (let i = at; i < by.argv.length; i++) {
    const [option = '', value] = /^(--[^=]+)=(.*)$/.exec(by.argv[i]!)?.slice(1) ?? [by.argv[i]!];
    if (option === own.directory) directory = posix.resolve(by.cwd, value ?? by.argv[++i] ?? '');
    else if (own.valued.test(option)) i += value === undefined ? 1 : 0;
    else if (!option.startsWith('-') && asked === undefined) asked = option;
    else if (value !== undefined || !own.flags.test(option)) return undefined;
  }
  const name = /^([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(\(\))?$/.exec(asked ?? '')?.[1];
  if (asked === undefined || name === undefined) return undefined;
  const place = view.tree.resolve(directory);
  if (!place.found || place.node.children === undefined) return undefined;
  if (own.settings !== undefined && view.tree.resolve(own.settings, { cwd: by.cwd }).found) return undefined;
  const first = own.both ? [directory, by.cwd] : [directory];
  const absent = absentModule(view, by, { name, flags, first, needsMain: false });
  return absent && { asked, looked: absent.looked, prints: own.prints(name, absent.whole) };
}
