import { machineFit, machineText, type TreeNode } from '../scan/index.ts';
import { elfOf, type View } from './view.ts';

/** A generated client of Prisma that opens a query engine, in an image that holds none for its platform. */
export interface EnginelessClient {
  readonly path: string;
  readonly node: TreeNode;
  /** An engine that is there, for another platform. */
  readonly foreign?: { readonly path: string; readonly text: string };
  readonly prints: string;
  readonly witness: string;
}

const CLIENT = /\/(?:index|client)\.js$/;
/** What a package shows or tests with, nobody starts. */
const SHOWN = /\/node_modules\/.*\/(?:examples?|tests?|__tests__|fixtures)\//;
const ENGINE = /\/(?:lib)?query[-_]engine-[^/]+$/;
/** What takes the engine from elsewhere, or does without (prisma.io/docs, environment variables reference, read 2026-11-29). */
const ELSEWHERE = /^PRISMA_(?:QUERY_ENGINE_(?:LIBRARY|BINARY)=.|CLIENT_ENGINE_TYPE=client$)/;
const ACCELERATE = /^[^=]+=prisma(?:\+postgres)?:\/\//;

/**
 * Up to its version 6, a client of Prisma opens an engine in Rust that `prisma generate` put beside it, one for each of
 * its binaryTargets; which it was generated for, it says in its own file (`keep.ts`). One that was generated with
 * `--no-engine` or for `engineType = "client"`, and every client of Prisma 7, says nothing there and has none (seen with
 * 4.16.2, 5.22.0, 6.19.0 and 7.8.0). The name that it asks for depends on the OpenSSL it finds: whether the engine that
 * is there loads is for `native-modules.ts`, and one that fits may stand anywhere, because bundlers move it.
 */
export function enginelessClients(view: View, env: readonly string[], node: string): readonly EnginelessClient[] {
  if (env.some((one) => ELSEWHERE.test(one) || ACCELERATE.test(one))) return [];
  const clients: { readonly path: string; readonly node: TreeNode }[] = [];
  let foreign: EnginelessClient['foreign'];
  for (const [path, at] of view.tree.walk()) {
    if (at.entry.type !== 'file') continue;
    if (at.entry.content !== undefined && CLIENT.test(path) && !SHOWN.test(path)) {
      const [first = ''] = Buffer.from(at.entry.content).toString('utf8').split('\n');
      if (ENGINE.test(`/${first}`)) clients.push({ path: path.slice(0, path.lastIndexOf('/')), node: at });
    }
    if (!ENGINE.test(path)) continue;
    const elf = elfOf(at.entry);
    if (elf !== undefined && machineFit(elf, view.declared).fit !== 'mismatch') return [];
    const { program } = at.entry;
    if (elf !== undefined || program?.kind === 'macho' || program?.kind === 'pe')
      foreign ??= { path, text: machineText(program as Parameters<typeof machineText>[0]) };
  }
  return clients.map((client) => ({
    ...client,
    ...(foreign === undefined ? {} : { foreign }),
    prints: 'Prisma Client could not locate the Query Engine for runtime',
    // The engine is looked for at the first use. Uncaught, Node prints a minified line of 100 KB before the message.
    witness: `${node} -e 'new (require(${JSON.stringify(client.path)}).PrismaClient)().$connect().catch((e) => { throw e.message })'`,
  }));
}
