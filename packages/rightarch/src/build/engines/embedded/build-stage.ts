import { type Digest, digestOf, Failure, formatPlatform } from '../../../core/index.ts';
import { compilePatterns } from '../../../dockerfile/index.ts';
import { failure } from '../../../messages/index.ts';
import type { CallOptions, Descriptor, HistoryEntry, RuntimeConfig } from '../../../oci/index.ts';
import { FileTree } from '../../../scan/tree.ts';
import type { IgnoreRule } from '../../context/read-context.ts';
import { type ContextTree, readContext } from '../../context/read-context.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { ContentChanged, contentFrom } from '../../files/bytes.ts';
import { inodeFrom } from '../../files/inode.ts';
import { layerEntries, WhiteoutName } from '../../files/layer-diff.ts';
import { cleanPath, rootPath } from '../../files/root-path.ts';
import { StageTree } from '../../files/stage-tree.ts';
import { StoredLayer } from '../../files/stored-layer.ts';
import type { LayerWriter, WrittenLayer } from '../../files/write-layer.ts';
import { runSimulated } from '../../run/index.ts';
import { refuse } from '../../run/refusal.ts';
import type { BaseImage } from '../../stage/bases.ts';
import type { CopySource, PreparedOperation, PreparedStage } from '../../stage/prepare.ts';
import type { CopyOperation, RunOperation } from '../../stage/resolve-stage.ts';
import { FileProblem, type Ownership, type PackageAccess, type RunContext } from '../../stage-files.ts';
import type { BuildEvent, BuildRequest, Step } from '../../types.ts';
import { copyInto } from './copy.ts';
import { layOver } from './link-layer.ts';
import { makeDirectories } from './made-directories.ts';
import { resolveOwner } from './owner.ts';
import { givenSecrets, mountSecrets, type ReadSecret } from './secret-mounts.ts';
import { tokenIn } from './token-in-layer.ts';
import { unpackArchive } from './unpack.ts';
import { ignorableMount, judge, notHere } from './unsupported.ts';

/** Part of every key of a RUN: what an earlier version made of it is not what this one would. */
export const ENGINE_VERSION = 'embedded/2';

/** One layer of a stage: ready in the store, or to be fetched there. */
export interface StageLayer extends WrittenLayer {
  /** Brings the bytes into the store. */
  ready(): Promise<void>;
}

/** A stage that was built for one platform. */
export interface BuiltStage {
  readonly layers: readonly StageLayer[];
  readonly history: readonly HistoryEntry[];
  readonly config: RuntimeConfig;
  readonly author: string | undefined;
  /** The files; never changed by who asks. Read when first wanted: an image of nothing but metadata needs none. */
  tree(): Promise<FileTree>;
  /** Everything that decides what the files are. */
  readonly key: Digest;
}

interface Parts extends CallOptions {
  readonly request: BuildRequest;
  readonly store: BlobStore;
  readonly writer: LayerWriter;
  readonly cacheDirectory: string;
  readonly ignore: IgnoreRule | undefined;
  readonly system: 'posix' | 'windows';
  /** Seconds of every file that is made. */
  readonly mtime: number;
  /** For history. */
  readonly created: string;
  /** The line that builds the same with Docker. */
  readonly docker: string;
  /** The stages whose layers are in an image that is asked for. */
  readonly kept: ReadonlySet<Digest>;
  readonly version: string;
  readonly packages: PackageAccess | undefined;
  readonly readSecret: ReadSecret;
  readonly onEvent: (event: BuildEvent) => void;
}

/** Builds stages; what is the same on the way to several platforms is built once, each layer's bytes too. */
export class StageBuilder {
  readonly #parts: Parts;
  readonly #built = new Map<Digest, Promise<BuiltStage>>();
  readonly #contexts = new Map<string, Promise<ContextTree>>();
  /** Versions that were chosen without a lockfile: chosen once, for every platform. */
  readonly #resolved: NonNullable<RunContext['resolved']> = new Map();
  readonly #images = new Map<
    Digest,
    { readonly layers: readonly StageLayer[]; readonly tree: () => Promise<FileTree> }
  >();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  build(stage: PreparedStage): Promise<BuiltStage> {
    const known = this.#built.get(stage.identity);
    if (known !== undefined) return known;
    const built = this.#build(stage);
    this.#built.set(stage.identity, built);
    return built;
  }

  async #build(stage: PreparedStage): Promise<BuiltStage> {
    const base = await this.#base(stage);
    const layers = [...base.layers];
    const history = [...base.history];
    let { key } = base;
    let tree: FileTree | undefined;
    for (const operation of stage.operations) {
      this.#parts.signal?.throwIfAborted();
      const { createdBy } = operation;
      const entry = { created: this.#parts.created, created_by: createdBy, comment: 'rightarch' };
      const step = stepOf(stage, operation, this.#parts);
      if (operation.kind === 'metadata') {
        history.push({ ...entry, empty_layer: true });
        continue;
      }
      const started = performance.now();
      const report = (state: 'started' | 'cached' | 'done') =>
        this.#parts.onEvent({
          kind: 'step',
          platform: stage.platform,
          step,
          state,
          ...(state === 'started' ? {} : { ms: Math.round(performance.now() - started) }),
        });
      report('started');
      tree ??= (await base.tree()).clone();
      const made = await this.#carryOut(operation, stage, tree, key);
      key = digestOf(JSON.stringify([key, createdBy, made.layer?.diffId ?? null]));
      if (made.layer === undefined) history.push({ ...entry, empty_layer: true });
      else {
        layers.push({ ...made.layer, ready: async () => {} });
        history.push(entry);
      }
      report(made.cached ? 'cached' : 'done');
    }
    const own = tree;
    const { config, author } = stage.state;
    return { layers, history, config, author, key, tree: own === undefined ? base.tree : async () => own };
  }

  /** What the stage begins with. */
  async #base(stage: PreparedStage): Promise<Pick<BuiltStage, 'layers' | 'history' | 'tree' | 'key'>> {
    const { base } = stage;
    if (base.kind === 'stage') return this.build(base.stage);
    if (base.kind === 'directory') throw new TypeError('a plan of another engine'); // `anyBase` is not set here
    if (base.kind === 'scratch')
      return { layers: [], history: [], key: digestOf('scratch'), tree: async () => new FileTree() };
    return {
      ...this.#image(base, base.reference),
      history: base.image.config.history ?? [],
      key: base.image.descriptor.digest,
    };
  }

  #image({ image, source }: BaseImage, reference: string) {
    const known = this.#images.get(image.descriptor.digest);
    if (known !== undefined) return known;
    const { store, onEvent } = this.#parts;
    // The name that people wrote: a digest says nothing to who waits for it.
    const name = reference.replace(/@.*/, '');
    const what = image.declared === undefined ? name : `${formatPlatform(image.declared)}  ${name}`;
    const layers = image.layers.map(({ descriptor, diffId, position }): StageLayer => {
      if (diffId === undefined) {
        const diffIds = image.layers.filter((layer) => layer.diffId !== undefined).length;
        throw failure(
          'image/layers-differ',
          { layers: image.layers.length, diffIds },
          { in: 'image', image: reference, layerIndex: position },
          'outside',
        );
      }
      const fetch = () => {
        let done = 0;
        return store.fetch(
          descriptor,
          () =>
            counted(source.blob(descriptor, { signal: this.#parts.signal }), (count) => {
              done += count;
              onEvent({ kind: 'bytes', what, done, total: descriptor.size });
            }),
          reference,
        );
      };
      return { descriptor: { ...descriptor, mediaType: layerType(descriptor) }, diffId, ready: fetch };
    });
    let tree: Promise<FileTree> | undefined;
    const made = {
      layers,
      tree: () => {
        tree ??= this.#baseTree(layers, reference);
        return tree;
      },
    };
    this.#images.set(image.descriptor.digest, made);
    return made;
  }

  async #baseTree(layers: readonly StageLayer[], image: string): Promise<FileTree> {
    const { store } = this.#parts;
    const facts = await Promise.all(
      layers.map(async (layer) => {
        await layer.ready();
        return new StoredLayer({ store, descriptor: layer.descriptor, diffId: layer.diffId, image }).facts();
      }),
    );
    const tree = new FileTree();
    for (const [index, files] of facts.entries()) tree.apply(files, index + 1, 'overlay');
    return tree;
  }

  async #carryOut(
    operation: Exclude<PreparedOperation, { kind: 'metadata' }>,
    stage: PreparedStage,
    tree: FileTree,
    key: Digest,
  ): Promise<{ readonly layer: WrittenLayer | undefined; readonly cached: boolean }> {
    const verdict = judge(operation, this.#parts.docker, this.#parts.request);
    if ('refused' in verdict) throw new Failure(verdict.refused, 'request');
    if (operation.kind === 'run') return this.#run(operation, stage, tree, key);
    const before = tree.clone();
    const files = new StageTree(tree, { mtime: this.#parts.mtime });
    await this.#guard(operation, async () => {
      if (operation.kind === 'workdir') await this.#workdir(operation.path, operation.user, files, operation);
      else await this.#copy(operation, operation.source!, files);
    });
    const kept = this.#parts.kept.has(stage.identity);
    return { layer: await this.#layer(before, tree, operation, { kept }), cached: false };
  }

  async #layer(
    before: FileTree,
    after: FileTree,
    operation: PreparedOperation,
    { kept }: { readonly kept: boolean },
  ): Promise<WrittenLayer | undefined> {
    return this.#guard(operation, async () => {
      const entries = layerEntries(before.root, after.root);
      const token = kept ? await tokenIn(entries) : undefined;
      if (token !== undefined) throw failure('npm/token-in-layer', token, operation.at, 'request');
      return entries.length === 0 ? undefined : this.#parts.writer.write(entries, this.#parts);
    });
  }

  async #run(operation: RunOperation, stage: PreparedStage, tree: FileTree, key: Digest) {
    const { request, store, cacheDirectory, mtime, signal, onEvent } = this.#parts;
    const { input } = operation;
    const text =
      input.form === 'json' ? input.argv : [input.text, input.heredocs.map(({ name, body }) => [name, body])];
    const { env, proxies, cwd, user, shell, flags } = operation;
    const cacheKey = digestOf(
      JSON.stringify([
        [ENGINE_VERSION, this.#parts.version],
        key,
        formatPlatform(stage.platform),
        text,
        Object.entries(env).sort(([one], [other]) => (one < other ? -1 : 1)),
        // What no image has may hold a token; what ends in one may not.
        [cwd, user, shell, flags, mtime, this.#parts.kept.has(stage.identity)],
        // Whether a secret is there can be asked by a RUN; what it holds is in no key.
        givenSecrets(operation, request.secrets),
        request.scriptsNotNeeded.map((one) => one.package).sort(),
      ]),
    ).slice('sha256:'.length);
    if (!request.noCache) {
      const kept = await store.recall<{ layer: WrittenLayer | null }>('runs', cacheKey);
      if (kept?.layer === null) return { layer: undefined, cached: true };
      if (kept !== undefined && (await store.has(kept.layer.descriptor.digest, kept.layer.descriptor.size))) {
        const stored = new StoredLayer({ store, ...kept.layer, image: `RUN ${operation.line}` });
        tree.apply(await stored.facts(), 0, 'resolve');
        return { layer: kept.layer, cached: true };
      }
    }
    const before = tree.clone();
    const kept = this.#parts.kept.has(stage.identity);
    const mounts = operation.mounts.flatMap((mount) => ignorableMount(mount) ?? []).map((path) => cleanPath(path, cwd));
    for (const path of mounts) this.#mustBeEmpty(tree, path, operation);
    const mounted = await this.#guard(operation, async () =>
      mountSecrets(operation, tree, {
        given: request.secrets,
        read: this.#parts.readSecret,
        docker: this.#parts.docker,
        mtime,
        refuse: (path, id) => refuse('run/secret-used', { path, id }),
      }),
    );
    const files = new StageTree(tree, { mtime, guard: mounted.guard });
    const { notReproducible, bySecret } = await this.#guard(operation, () =>
      runSimulated(operation.input, {
        platform: stage.platform,
        files,
        env: { ...env, ...proxies },
        cwd,
        user,
        shell,
        cacheDirectory,
        mtime,
        scriptsNotNeeded: request.scriptsNotNeeded,
        docker: this.#parts.docker,
        secrets: mounted.secrets,
        packages: this.#parts.packages,
        resolved: this.#resolved,
        signal,
        onBytes: (what, done, total) =>
          onEvent({ kind: 'bytes', what, done, ...(total === undefined ? {} : { total }) }),
      }),
    );
    mounted.unmount();
    for (const path of mounts) this.#mustBeEmpty(tree, path, operation);
    const layer = await this.#layer(before, tree, operation, { kept });
    for (const one of notReproducible) onEvent({ kind: 'diagnostic', diagnostic: one });
    // BuildKit keeps it whatever a secret said; another secret may say something else.
    if (notReproducible.length === 0 && !bySecret) await store.remember('runs', cacheKey, { layer: layer ?? null });
    return { layer, cached: false };
  }

  /** A mount that is left out here is only left out where nobody can tell. */
  #mustBeEmpty(tree: FileTree, path: string, operation: RunOperation): void {
    const found = tree.resolve(path);
    if (!found.found || (found.node.children !== undefined && found.node.children.size === 0)) return;
    throw notHere(operation, `--mount ${path}`, this.#parts.docker);
  }

  async #workdir(path: string, user: string, files: StageTree, operation: PreparedOperation): Promise<void> {
    const owner = user === '' ? undefined : await resolveOwner(user, files, operation.at);
    makeDirectories(files, rootPath(files.tree, path), { mode: 0o755, owner });
  }

  async #copy(operation: CopyOperation, source: CopySource, files: StageTree): Promise<void> {
    const { docker, mtime } = this.#parts;
    const owner: Ownership | undefined =
      operation.chown === '' ? undefined : await resolveOwner(operation.chown, files, operation.at);
    const { destination } = operation;
    // With `--chmod` BuildKit makes no layer of its own (dockerfile2llb dispatchCopy).
    const alone = operation.link && operation.chmod === '' ? new StageTree(new FileTree(), { mtime }) : undefined;
    const target = alone ?? files;
    const { tree, ignored, from } = await this.#source(source);
    const { matcher, bad } = compilePatterns(operation.excludes.map((pattern) => ({ pattern, line: operation.line })));
    if (bad[0] !== undefined) {
      const args = { instruction: 'COPY --exclude', value: bad[0].pattern, expected: '`*.md`' };
      throw failure('engine/value-invalid', args, operation.at, 'request');
    }
    const options = {
      destination,
      ...(owner !== undefined ? { owner } : {}),
      ...(operation.chmod !== '' ? { mode: Number.parseInt(operation.chmod, 8) } : {}),
      parents: operation.parents,
      ...(operation.excludes.length > 0 ? { excludes: (path: string) => matcher.ignoresInWalk(path) } : {}),
      from,
      ...(ignored !== undefined ? { ignored } : {}),
      at: operation.at,
    };
    const unpack = { store: this.#parts.store, files: target, destination, owner, at: operation.at, docker };
    await copyInto(target, tree, operation.sources, {
      ...options,
      ...(operation.add ? { unpack: (_path, node) => unpackArchive(node, unpack) } : {}),
    });
    for (const { name, data } of operation.inline) {
      const inlined = new StageTree(new FileTree(), { mtime });
      inlined.place(`/${name}`, { type: 'file', mode: 0o644, inode: inodeFrom(contentFrom(data)) });
      await copyInto(target, inlined.tree, [name], { ...options, parents: false });
    }
    if (alone !== undefined) layOver(files, alone.tree, operation.at);
  }

  async #source(source: CopySource): Promise<{ tree: FileTree; from: string; ignored?: (path: string) => boolean }> {
    if (source.kind === 'context') {
      const context = await this.#context(source);
      return { tree: context.tree, ignored: context.ignored, from: source.name ?? source.directory };
    }
    if (source.kind === 'scratch') return { tree: new FileTree(), from: 'scratch' };
    if (source.kind === 'stage') {
      const { stage } = source.stage;
      return { tree: await (await this.build(source.stage)).tree(), from: stage.name ?? String(stage.index) };
    }
    return { tree: await this.#image(source, source.reference).tree(), from: source.reference };
  }

  #context({ name, directory }: Extract<CopySource, { kind: 'context' }>): Promise<ContextTree> {
    const known = this.#contexts.get(directory);
    if (known !== undefined) return known;
    const { ignore, system, mtime, signal } = this.#parts;
    const reading = readContext(directory, {
      system,
      mtime,
      signal,
      ...(name === undefined && ignore !== undefined ? { ignore } : {}),
    });
    this.#contexts.set(directory, reading);
    return reading;
  }

  /** Puts what the files answered into a diagnostic with the line. */
  async #guard<T>(operation: PreparedOperation, work: () => Promise<T>): Promise<T> {
    const { at } = operation;
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof FileProblem) {
        const instruction = operation.kind === 'copy' ? (operation.add ? 'ADD' : 'COPY') : operation.kind.toUpperCase();
        const args = { path: cause.path, errno: cause.errno, instruction };
        throw failure('engine/path-blocked', args, at, 'request', { cause });
      }
      if (cause instanceof WhiteoutName)
        throw failure('engine/whiteout-name', { path: cause.path }, at, 'request', { cause });
      if (cause instanceof ContentChanged)
        throw failure('context/changed', { path: cause.path }, at, 'request', { cause });
      throw this.#parts.store.problem(cause);
    }
  }
}

/** A step of the plan. */
function stepOf(stage: PreparedStage, operation: PreparedOperation, { docker, request }: Parts): Step {
  const verdict = judge(operation, docker, request);
  const { line, instruction } = operation;
  return { stage: stage.stage.index, line, instruction, how: 'refused' in verdict ? 'refused' : verdict.how };
}

/** Docker's layer types have twins in OCI; an image is one or the other. */
function layerType({ mediaType }: Descriptor): string {
  const compression = /[+.](gzip|zstd)$/.exec(mediaType)?.[1];
  return `application/vnd.oci.image.layer.v1.tar${compression === undefined ? '' : `+${compression}`}`;
}

async function* counted(stream: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
  for await (const chunk of stream) {
    count(chunk.byteLength);
    yield chunk;
  }
}
