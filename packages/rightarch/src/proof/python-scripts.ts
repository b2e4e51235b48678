import { posix } from 'node:path';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { absentModule, isSafe, type ModuleSearch } from './python-main.ts';
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
  /** Options that it also takes by one letter. */
  readonly short: Readonly<Record<string, string>>;
  /** An application without a name in its module is this one. */
  readonly usual?: string;
  prints(name: string, whole: string): string;
}

const notFound = (whole: string): string => `ModuleNotFoundError: No module named '${whole}'`;

const SERVERS: readonly Server[] = [
  {
    // gunicorn/config.py, app/base.py and util.py of 20.1 to 27.0: it reads its file of settings where it is called, puts the
    // working directory before all, then --chdir before that, and imports, first what works for it. With --reload it goes on
    // without.
    module: /^gunicorn(\.app\.wsgiapp)?$/,
    valued:
      /^(-[bwktnc]|--(config|bind|workers|worker-class|threads|timeout|graceful-timeout|keep-alive|max-requests|max-requests-jitter|worker-connections|worker-tmp-dir|backlog|name|log-level|access-logfile|error-logfile|log-file|access-logformat|forwarded-allow-ips|limit-request-(line|fields|field_size)))$/,
    flags: /^--(preload|check-config|capture-output|no-sendfile|reuse-port|enable-stdio-inheritance)$/,
    directory: '--chdir',
    both: true,
    variable: /^GUNICORN_CMD_ARGS=./,
    settings: 'gunicorn.conf.py',
    short: { '-c': '--config', '-k': '--worker-class' },
    usual: 'application',
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
    short: {},
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
  const given = new Map<string, string>();
  let asked: string | undefined;
  for (let i = at; i < by.argv.length; i++) {
    const [option = '', value] = /^(--[^=]+)=(.*)$/.exec(by.argv[i]!)?.slice(1) ?? [by.argv[i]!];
    if (option === own.directory || own.valued.test(option))
      given.set(own.short[option] ?? option, value ?? by.argv[++i] ?? '');
    else if (!option.startsWith('-') && asked === undefined) asked = option;
    else if (value !== undefined || !own.flags.test(option)) return undefined;
    else given.set(option, '');
  }
  const config = given.get('--config');
  if (config !== undefined) return missingSettings(view, by, config);
  const directory = posix.resolve(by.cwd, given.get(own.directory) ?? '');
  const place = view.tree.resolve(directory);
  if (!place.found || place.node.children === undefined) return undefined;
  if (own.settings !== undefined && view.tree.resolve(own.settings, { cwd: by.cwd }).found) return undefined;
  const search = { flags, first: own.both ? [directory, by.cwd] : [directory], needsMain: false };
  const worker = given.has('--check-config') ? undefined : missingWorker(view, by, given.get('--worker-class'), search);
  if (worker !== undefined) return worker;
  const [, name, attribute] = /^([A-Za-z_][\w.]*?)(?::([A-Za-z_][\w.]*(?:\(\))?))?$/.exec(asked ?? '') ?? [];
  if (asked === undefined || name === undefined || (attribute ?? own.usual) === undefined) return undefined;
  const absent = absentModule(view, by, { name, ...search });
  return absent && { asked, looked: absent.looked, prints: own.prints(name, absent.whole) };
}

/** The file behind `gunicorn -c`; what it sets, where it is there, nobody sees. */
function missingSettings({ tree }: View, { cwd }: Interpreting, config: string): MissingProgram | undefined {
  const file = config.replace(/^file:/, '');
  if (!/^[\w./-]+$/.test(file) || tree.resolve(file, { cwd }).found) return undefined;
  return { asked: `-c ${config}`, looked: [posix.resolve(cwd, file)], prints: `Error: '${file}' doesn't exist` };
}

/** Workers of gunicorn that are for a package of another, and what it says without that (gunicorn/workers, 23.0). */
const WORKERS: Readonly<Record<string, readonly [name: string, prints: string]>> = {
  gevent: ['gevent', 'gevent worker requires gevent'],
  gevent_wsgi: ['gevent', 'gevent worker requires gevent'],
  gevent_pywsgi: ['gevent', 'gevent worker requires gevent'],
  eventlet: ['eventlet', 'eventlet worker requires eventlet'],
  tornado: ['tornado', 'You need tornado installed to use this worker.'],
};

/** `-k gevent`, and a class by its whole name: it is loaded before any application, unless the settings are only checked. */
function missingWorker(
  view: View,
  by: Interpreting,
  worker: string | undefined,
  search: Omit<ModuleSearch, 'name'>,
): MissingProgram | undefined {
  const module = worker === undefined ? undefined : /^(\w+(?:\.\w+)*)\.\w+$/.exec(worker)?.[1];
  const [name, prints] = WORKERS[worker ?? ''] ?? [module];
  const absent = name === undefined ? undefined : absentModule(view, by, { name, ...search });
  return absent && { asked: `-k ${worker}`, looked: absent.looked, prints: prints ?? notFound(absent.whole) };
}
