import { createHash } from 'node:crypto';
import type { Diagnostic, Digest, Location } from '../core/index.ts';
import { diagnostic } from '../messages/index.ts';
import type { Layer } from '../oci/types.ts';
import {
  createTarReader,
  DecompressProblem,
  decompress,
  type EntrySink,
  sniffCompression,
  type TarEntry,
  type TarLimits,
  type TarSummary,
} from '../tar/index.ts';
import { type KeepRule, proofKeep } from './keep.ts';
import { ProgramReader } from './program.ts';
import type { FileFacts, LayerFacts, ProgramFacts } from './types.ts';
import { emptyScratch } from './window.ts';

export interface ScanLayerOptions {
  readonly signal?: AbortSignal | undefined;
  /** Compressed bytes, as they are read. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /** How the image is called in diagnostics. */
  readonly image: string;
  readonly keep?: KeepRule | undefined;
  readonly limits?: Partial<ScanLimits> | undefined;
  /** `bytes` come in buffers of their own that nobody else looks at (`ImageSource.ownChunks`). */
  readonly owned?: boolean | undefined;
}

export interface ScanLimits extends TarLimits {
  /** Bytes that one layer may unpack to. */
  readonly unpacked: number;
  /** Bytes of content that are kept of one layer. */
  readonly kept: number;
}

const KEPT_LIMIT = 64 << 20;
const INFLATED_CHUNK = 1 << 20;
/** 64 GiB: larger than any layer that is pulled in earnest, small enough that a bomb ends in minutes. */
const UNPACKED_LIMIT = 2 ** 36;

/**
 * Reads one layer once: what each file is, and whether the unpacked bytes are those that the config names. `bytes`
 * are the compressed ones, verified by the caller (`streamVerified`), whose errors are thrown on; everything else
 * that is wrong is a problem in the facts, and `complete` is false where not all of it was read.
 */
export async function scanLayer(
  layer: Layer,
  bytes: AsyncIterable<Uint8Array>,
  options: ScanLayerOptions,
): Promise<LayerFacts> {
  const at: Location = {
    in: 'image',
    image: options.image,
    layer: layer.descriptor.digest,
    layerIndex: layer.position,
  };
  const problems: Diagnostic[] = [];
  const collector = new Collector(options.keep ?? proofKeep, options.limits?.kept ?? KEPT_LIMIT);
  const reader = createTarReader({
    onEntry: (entry) => collector.take(entry),
    ...(options.limits !== undefined ? { limits: options.limits } : {}),
  });
  const unpacked = createHash('sha256');
  let size = 0;
  let unpackedSize = 0;
  let complete = true;
  let summary: TarSummary;
  try {
    const source = withHead(counted(bytes));
    const { head, stream } = await source;
    const limit = options.limits?.unpacked ?? UNPACKED_LIMIT;
    const how = { limit, chunk: INFLATED_CHUNK, transient: true, owned: options.owned === true };
    for await (const chunk of decompress(stream, sniffCompression(head), how)) {
      options.signal?.throwIfAborted();
      unpacked.update(chunk);
      unpackedSize += chunk.length;
      reader.write(chunk);
    }
  } catch (error) {
    if (!(error instanceof DecompressProblem)) throw error;
    complete = false;
    problems.push(
      diagnostic(
        'proof/layer-damaged',
        { what: whatStopped(error.kind, error.compression), offset: unpackedSize, detail: error.message },
        at,
      ),
    );
  } finally {
    summary = reader.end();
  }

  const found: Digest = `sha256:${unpacked.digest('hex')}`;
  if (complete) problems.push(...compareDiffId(layer.diffId, found, at));
  if (complete && summary.damage !== undefined) {
    const { kind, offset, detail } = summary.damage;
    problems.push(diagnostic('proof/layer-damaged', { what: whatStopped(kind, 'tar'), offset, detail }, at));
  }
  if (summary.damage !== undefined) complete = false;
  if (summary.trailing > 0) {
    problems.push(diagnostic('proof/data-after-end', { bytes: summary.trailing }, at));
  }
  for (const file of collector.files) {
    if (file.sparse !== 'gnu') continue;
    problems.push(diagnostic('proof/sparse-gnu', { path: `/${file.path}` }, { ...at, path: `/${file.path}` }));
    break;
  }
  return {
    digest: layer.descriptor.digest,
    diffId: found,
    size,
    unpackedSize,
    files: collector.files,
    problems,
    complete,
  };

  async function* counted(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      size += chunk.length;
      options.onBytes?.(chunk.length);
      yield chunk;
    }
  }
}

/** `limit` and `trailing` are ours to doubt; what remains stops every unpacker. */
function whatStopped(kind: string, format: string): string {
  return kind === 'limit' || kind === 'trailing' ? kind : format;
}

function compareDiffId(named: Digest | undefined, found: Digest, at: Location): Diagnostic[] {
  if (named === undefined) return [diagnostic('proof/diff-id-missing', { found }, at)];
  if (named.startsWith('sha512:')) return [diagnostic('proof/diff-id-unsupported', { named }, at)];
  return named === found ? [] : [diagnostic('proof/diff-id-mismatch', { named, found }, at)];
}

/** The first four bytes, and a stream that still has them. The source is closed where the reader leaves early. */
async function withHead(
  stream: AsyncGenerator<Uint8Array>,
): Promise<{ head: Buffer; stream: AsyncIterable<Uint8Array> }> {
  const first: Uint8Array[] = [];
  let have = 0;
  while (have < 4) {
    const { value, done } = await stream.next();
    if (done === true) break;
    first.push(value);
    have += value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      yield* stream;
    } finally {
      await stream.return(undefined);
    }
  }
  return { head: Buffer.concat(first.map((chunk) => chunk.subarray(0, 4))).subarray(0, 4), stream: whole() };
}

/** Facts that thousands of files have in common are one object. */
const TEXT: ProgramFacts = { kind: 'other', text: true };
const BINARY: ProgramFacts = { kind: 'other' };
const EMPTY: ProgramFacts = { kind: 'empty' };

function shared(program: ProgramFacts): ProgramFacts {
  if (program.kind === 'empty') return EMPTY;
  if (program.kind !== 'other' || program.bom) return program;
  return program.text ? TEXT : BINARY;
}

class Collector {
  readonly files: FileFacts[] = [];
  readonly #keep: KeepRule;
  readonly #names = new Map<string, string>();
  readonly #scratch = emptyScratch();
  #room: number;

  constructor(keep: KeepRule, room: number) {
    this.#keep = keep;
    this.#room = room;
  }

  take(entry: TarEntry): EntrySink | undefined {
    const named = { ...entry, uname: this.#share(entry.uname), gname: this.#share(entry.gname) };
    if (entry.type !== 'file') {
      this.files.push(named);
      return undefined;
    }
    if (entry.size === 0) {
      this.files.push({ ...named, program: EMPTY });
      return undefined;
    }
    const at = this.files.push(named) - 1;
    const program = new ProgramReader(entry.size, this.#scratch);
    const kept =
      entry.size <= this.#room && this.#keep.wants(entry.path, entry.size) ? ([] as Uint8Array[]) : undefined;
    return {
      write: (chunk) => {
        program.write(chunk);
        // The chunk is a view that the reader reuses.
        kept?.push(Uint8Array.from(chunk));
      },
      end: (complete) => {
        program.end(complete);
        const content = complete && kept !== undefined ? Buffer.concat(kept) : undefined;
        const stays = content !== undefined && this.#keep.retains?.(entry.path, content) !== false;
        if (stays) this.#room -= content.length;
        this.files[at] = { ...named, program: shared(program.facts()), ...(stays ? { content } : {}) };
      },
    };
  }

  #share(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#names.set(name, name);
    return name;
  }
}
