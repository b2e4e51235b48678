import { posix } from 'node:path';
import { machineFit, machineText, type TreeNode } from '../scan/index.ts';
import { prismaTarget } from './prisma-target.ts';
import { elfOf, type View, variable } from './view.ts';

/** A generated client of Prisma that opens a query engine, and finds none where it looks, as far as is known. */
export interface EnginelessClient {
  readonly path: string;
  readonly node: TreeNode;
  /** The binaryTarget that it asks for, where an engine of its CPU is there for another one. */
  readonly target?: string;
  /** An engine that is there, for another platform or in another place. */
  readonly foreign?: { readonly path: string; readonly text: string };
  /** What is not known here, and decides. */
  readonly open?: OpenBy;
  readonly prints: string;
  readonly witness: string;
}

/** Where the engine stands, which one is asked for, what a variable names, whether Node is started at all. */
export type OpenBy = 'place' | 'target' | 'environment' | 'start';

const CLIENT = /\/(?:index|client)\.[cm]?js$/;
/** What a package shows or tests with, nobody starts. */
const SHOWN = /\/node_modules\/.*\/(?:examples?|tests?|__tests__|fixtures)\//;
const LIBRARY = /^libquery_engine-(.+)\.so\.node$/;
const PROGRAM = /^query-engine-([^.]+(?:\.\d)*(?:\.x)?)$/;
const ENGINE = /\/(?:lib)?query[-_]engine-[^/]+$/;
/** Where the tools of Prisma keep theirs, and no client looks. */
const OF_TOOLS = /\/(?:node_modules\/(?:@prisma\/(?:engines|fetch-engine)|prisma)|\.cache\/prisma)\//;
const ACCELERATE = /^[^=]+=prisma(?:\+postgres)?:\/\//;

interface Client {
  readonly path: string;
  readonly node: TreeNode;
  readonly names: readonly string[];
  readonly said: ReadonlyMap<string, string>;
}

/** One for the CPU of the image. */
interface Engine {
  readonly path: string;
  readonly directory: string;
  readonly library: boolean;
  readonly target: string;
}

/**
 * Up to its version 6, a client of Prisma opens an engine in Rust that `prisma generate` put beside it, one for each of
 * its binaryTargets; which it was generated for, it says in its own file (`keep.ts`). One that was generated with
 * `--no-engine` or for `engineType = "client"`, and every client of Prisma 7, says nothing there and has none (seen with
 * 4.16.2, 5.22.0, 6.19.0 and 7.8.0). Whether the engine that it finds loads is for `native-modules.ts`.
 */
export function enginelessClients(
  view: View,
  start: { readonly env: readonly string[]; readonly cwd: string; readonly program?: string | undefined },
  node: string,
): readonly EnginelessClient[] {
  const { env, cwd } = start;
  if (variable(env, 'PRISMA_CLIENT_ENGINE_TYPE') === 'client') return [];
  const { clients, engines, foreign, ssl } = find(view);
  const own = new Set(clients.map(({ path }) => path));
  return clients.flatMap((client): EnginelessClient[] => {
    // With such a URL version 5 and later go to a server (ClientEngine, getEngineInstance); before, only a client that was generated for it.
    const version = client.said.get('version');
    if (env.some((one) => ACCELERATE.test(one)) && !(Number.parseInt(version ?? '', 10) < 5)) return [];
    const library = client.names.some((name) => name.startsWith('lib'));
    const named = variable(env, library ? 'PRISMA_QUERY_ENGINE_LIBRARY' : 'PRISMA_QUERY_ENGINE_BINARY') ?? '';
    const given = named === '' ? undefined : view.tree.resolve(posix.resolve(cwd, named));
    if (given?.found && isEngine(view, given.node, library)) return [];
    const fitting = engines.filter((one) => one.library === library);
    const places = searched(view, client, cwd);
    const near = fitting.filter(({ directory }) => places.has(directory));
    const target = prismaTarget(view, version, ssl);
    const right = near.some((one) => target === undefined || one.target === target);
    const elsewhere = fitting.find(
      (one) =>
        !places.has(one.directory) &&
        !OF_TOOLS.test(one.path) &&
        !own.has(one.directory) &&
        (target === undefined || one.target === target),
    );
    let open: OpenBy | undefined;
    if (right && target !== undefined && given === undefined) return [];
    if (right) open = given === undefined ? 'target' : 'environment';
    else if (elsewhere !== undefined) open = 'place';
    else if (isStatic(view, start.program)) open = 'start';
    const other = right ? near[0] : (elsewhere ?? near[0]);
    const shown = other === undefined ? foreign : { path: other.path, text: other.target };
    return [
      {
        path: client.path,
        node: client.node,
        ...(near.length > 0 && !right && target !== undefined ? { target } : {}),
        ...(shown === undefined ? {} : { foreign: shown }),
        ...(open === undefined ? {} : { open }),
        prints: 'Prisma Client could not locate the Query Engine for runtime',
        // The engine is looked for at the first use. Uncaught, Node prints a minified line of 100 KB before the message.
        witness: `${node} -e 'new (require(${JSON.stringify(client.path)}).PrismaClient)().$connect().catch((e) => { throw e.message })'`,
      },
    ];
  });
}

function find(view: View) {
  const clients: Client[] = [];
  const engines: Engine[] = [];
  let foreign: EnginelessClient['foreign'];
  const ssl = { libraries: 0, program: false };
  for (const [path, at] of view.tree.walk()) {
    if (/\/libssl\.so\.[1-9][^/]*$/.test(path)) ssl.libraries++;
    else if (path.endsWith('/openssl') && at.entry.type !== 'directory') ssl.program = true;
    if (at.entry.type !== 'file') continue;
    const directory = posix.dirname(path);
    if (at.entry.content !== undefined && CLIENT.test(path) && !SHOWN.test(path)) {
      const lines = Buffer.from(at.entry.content).toString('utf8').split('\n');
      const names = lines.filter((line) => ENGINE.test(`/${line}`));
      const said = new Map(lines.map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)] as const));
      // Generated as a program and as a module, it is one client.
      const known = clients.some((one) => one.path === directory);
      if (names.length > 0 && !known) clients.push({ path: directory, node: at, names, said });
    }
    if (!ENGINE.test(path)) continue;
    const name = posix.basename(path);
    const library = LIBRARY.exec(name)?.[1];
    const target = library ?? PROGRAM.exec(name)?.[1];
    const elf = elfOf(at.entry);
    const { program } = at.entry;
    const fits = elf !== undefined && machineFit(elf, view.declared).fit !== 'mismatch';
    if (fits && target !== undefined) {
      engines.push({ path, directory, library: library !== undefined, target });
    } else if (elf !== undefined || program?.kind === 'macho' || program?.kind === 'pe') {
      foreign ??= { path, text: machineText(program as Parameters<typeof machineText>[0]) };
    }
  }
  return { clients, engines, foreign, ssl };
}

/**
 * Where its runtime looks (packages/client/src/runtime/core/engines/common/resolveEnginePath.ts, and runtime/library.js of
 * 4.16.2, 5.22.0 and 6.19.0, read 2026-11-29): its own folder, that of its runtime, the output of the generator, the
 * folder of the schema. Nowhere else.
 */
function searched({ tree }: View, { path, said }: Client, cwd: string): ReadonlySet<string> {
  const found = new Set<string>(['/tmp/prisma-engines']);
  const add = (one: string): void => {
    const at = tree.resolve(one);
    found.add(at.found ? at.path : one);
  };
  const hasSchema = tree.resolve(`${path}/schema.prisma`).found;
  const dirname =
    hasSchema || /\/node_modules\/\.prisma\/client$/.test(path) ? path : `${cwd}/node_modules/.prisma/client`;
  add(dirname);
  const output = said.get('output');
  const relative = said.get('relative');
  if (output !== undefined) add(output);
  if (relative !== undefined) add(posix.resolve(dirname, relative));
  const runtimes = [`${path}/runtime`];
  for (let at = path; at !== '/' && at !== '.'; at = posix.dirname(at)) {
    runtimes.push(
      posix.join(at, posix.basename(at) === 'node_modules' ? '' : 'node_modules', '@prisma/client/runtime'),
    );
  }
  const runtime = runtimes.map((one) => tree.resolve(one)).find((one) => one.found)?.path;
  if (runtime !== undefined) {
    add(posix.dirname(runtime));
    if (output === undefined) add(runtime);
    add(posix.resolve(runtime, '../../../.prisma/client'));
  }
  return found;
}

/** A file that a variable names is opened unseen: for this CPU, and of the kind that the client opens. */
function isEngine({ declared }: View, { entry }: TreeNode, library: boolean): boolean {
  const elf = elfOf(entry);
  if (elf === undefined || machineFit(elf, declared).fit === 'mismatch') return false;
  return !library || elf.type === 3;
}

/** What is started is a whole program of its own: whether it starts Node later is not known. */
function isStatic({ tree }: View, program: string | undefined): boolean {
  const found = program === undefined ? undefined : tree.resolve(program);
  const elf = found?.found ? elfOf(found.node.entry) : undefined;
  return elf !== undefined && elf.interpreter === undefined && !/\/(?:node|nodejs|bun)$/.test(program ?? '');
}
