import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { isObject } from '../../core/index.ts';
import type { TreeNode } from '../../scan/tree.ts';
import { Refusal, refuse } from '../run/refusal.ts';
import type { Outcome } from '../run/types.ts';
import type { FetchOptions } from './fetch-tarball.ts';
import type { Install } from './install.ts';
import { textOf } from './node-in-image.ts';
import { packageFilesOf } from './npm-program.ts';
import { type Manifest, parseManifest } from './read-project.ts';
import { openRelay } from './registry-relay.ts';
import { runNpm } from './run-npm.ts';

/** The lockfile that npm makes, or how npm failed to make one. */
export type Resolved = { readonly text: string } | { readonly failed: Outcome };

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** More manifests than any repository has, fewer than a disk. */
const MANIFEST_LIMIT = 20_000;

/**
 * What the image's own npm would write into package-lock.json on this day, from the manifests of the project alone.
 * The same release of npm is run on the host, in a directory of its own: it resolves by its version and by that of
 * Node, which is why no other release will do. Its lockfile does not depend on the CPU: it was compared for npm 10
 * and 11, real `npm install` for another CPU against this, byte for byte. One answer serves all platforms of a build.
 */
export async function resolveWithoutLock(project: Manifest, job: Install, options: FetchOptions): Promise<Resolved> {
  const { call, context, config, machine } = job;
  const name = posix.basename(call.cwd);
  // Without a name of its own a project has that of its directory, and / has none.
  if (name === '') return refuse('run/not-computable', { what: 'npm install (/)' });
  const manifests = await manifestsOf(project, job);
  for (const manifest of manifests.values()) refuseSources(manifest);
  const { registry, scopes, engineStrict, legacyPeerDeps, strictPeerDeps, authorization } = config;
  const inputs = JSON.stringify([
    [name, machine.npm, machine.node, machine.libc],
    [...manifests].map(([path, { text }]) => [path, text]),
    [registry, [...scopes], [...config.omit].sort(), engineStrict, legacyPeerDeps, strictPeerDeps, [...authorization]],
  ]);
  const key = createHash('sha256').update(inputs).digest('hex');
  const resolved = context.resolved ?? new Map<string, Promise<Resolved>>();
  const make = (): Promise<Resolved> => resolve(manifests, name, job, options);
  const others = resolved.get(key);
  if (others !== undefined) {
    const found = await others;
    // What does not fit one CPU may fit the other.
    return 'text' in found ? found : make();
  }
  const own = make();
  resolved.set(key, own);
  return own;
}

async function resolve(
  manifests: ReadonlyMap<string, Manifest>,
  name: string,
  job: Install,
  options: FetchOptions,
): Promise<Resolved> {
  const { context, config, machine } = job;
  const program = await packageFilesOf(machine.npm, job, options);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const relay = await openRelay(config, context.packages, { ...options, signal, onProblem: () => stop.abort() });
  try {
    const ended = await runNpm({
      program,
      machine,
      config,
      name,
      manifests: new Map([...manifests].map(([path, { text }]) => [path, text])),
      npmrc: relay.npmrc,
      cacheDirectory: context.cacheDirectory,
      signal,
    });
    options.signal?.throwIfAborted();
    const problem = relay.problem();
    if (problem !== undefined) throw problem;
    if (ended.lock !== undefined) return { text: relay.restored(ended.lock) };
    return { failed: verdictOf(ended.said, relay.restored, machine.npm) };
  } catch (thrown) {
    // A stop shows as an abort of the child: the caller's reason, or else what the relay met, says why.
    options.signal?.throwIfAborted();
    throw relay.problem() ?? thrown;
  } finally {
    await relay.close();
  }
}

/** npm's own no, which it would say in the image as well. */
const VERDICTS = new Set([
  'E401',
  'E403',
  'E404',
  'EBADDEVENGINES',
  'EBADENGINE',
  'EBADPLATFORM',
  'EDUPLICATEWORKSPACE',
  'EINVALIDPACKAGENAME',
  'EINVALIDTAGNAME',
  'EINVALIDVERSION',
  'ENOVERSIONS',
  'EOVERRIDE',
  'ERESOLVE',
  'ETARGET',
  'EUNSUPPORTEDPROTOCOL',
]);

function verdictOf(said: string, restored: (text: string) => string, npm: string): Outcome {
  const lines = restored(said)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/A complete log of this run|Log files were not|_logs/.test(line));
  const code = lines
    .map((line) => /^npm (?:error|ERR!) code (\S+)/.exec(line)?.[1])
    .find((found) => found !== undefined);
  if (code !== undefined && VERDICTS.has(code))
    return { status: 1, out: '', err: `${lines.join('\n')}\n`, unknownOut: true };
  // Among them what is shut off: a dependency of a dependency from Git, which npm may not start.
  const because = code === 'ERR_ACCESS_DENIED' ? [`npm error code ${code}`] : lines.slice(-20);
  throw new Refusal('npm/resolve-failed', { npm }, { because });
}

/** package.json of the project and, where it has workspaces, of every directory below: npm finds its own among them. */
async function manifestsOf(project: Manifest, { call }: Install): Promise<Map<string, Manifest>> {
  const found = new Map([['package.json', project]]);
  if (project.fields['workspaces'] === undefined) return found;
  const root = call.kernel.files.tree.resolve(call.cwd);
  const visit = async (node: TreeNode, path: string): Promise<void> => {
    for (const [name, child] of node.children ?? []) {
      const below = path === '' ? name : `${path}/${name}`;
      if (name === 'node_modules' || name === '.git') continue;
      if (child.children !== undefined) await visit(child, below);
      // Where it leads to a directory, npm may take it for a workspace.
      else if (child.entry.type === 'symlink' && call.kernel.stat(posix.join(call.cwd, below))?.type === 'directory')
        refuse('run/not-computable', { what: posix.join(call.cwd, below) });
      else if (name === 'package.json' && path !== '') {
        const file = posix.join(call.cwd, below);
        const text = (await textOf(call.kernel, file)) ?? '';
        if (found.size >= MANIFEST_LIMIT) refuse('run/not-computable', { what: `> ${MANIFEST_LIMIT} package.json` });
        found.set(below, { file, text, fields: looseFields(text) });
      }
    }
  };
  if (root.found) await visit(root.node, '');
  return found;
}

/** A package.json that is none may be a test's: only npm knows whether it is a workspace's. */
function looseFields(text: string): Readonly<Record<string, unknown>> {
  try {
    return parseManifest(text, 'package.json');
  } catch {
    return {};
  }
}

/** A dependency on anything but a registry's package: Git runs what it fetches, a path leads to this machine's files. */
function refuseSources({ fields }: Manifest): void {
  const check = (name: string, spec: unknown): void => {
    if (isObject(spec)) {
      for (const [inner, value] of Object.entries(spec)) check(inner, value);
      return;
    }
    if (typeof spec !== 'string' || spec.startsWith('$')) return;
    const plain = spec.trim().replace(/^npm:(?:@[^/]+\/)?/, '');
    if (
      /[/\\:]/.test(plain) ||
      /\.(?:tgz|tar|tar\.gz)$/i.test(plain) ||
      /^[.~]/.test(plain.replace(/^~\s*[\dvxX*=]/, ''))
    )
      refuse('npm/source-refused', { package: name, source: withoutUser(spec) });
  };
  for (const kind of [...KINDS, 'overrides']) check(kind, fields[kind] ?? {});
}

function withoutUser(source: string): string {
  return source.replace(/\/\/[^/@]*@/, '//');
}
