import { createHash } from 'node:crypto';
import type { Digest } from '../core/index.ts';
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
import { BudgetShare, openBudget, type ScanBudget } from './budget.ts';
import { EMPTY, fileFacts } from './file-facts.ts';
import type { KeepRule } from './keep.ts';
import { mayHaveNodeAbi, NodeAbiSearch } from './node-abi.ts';
import { ProgramReader } from './program.ts';
import type { FileFacts } from './types.ts';
import { emptyScratch } from './window.ts';

export interface ScanLimits extends TarLimits {
  /** Bytes that one layer may unpack to. */
  readonly unpacked: number;
  /** Bytes of content that are kept of one layer. */
  readonly kept: number;
  /** Shared by all layers of a run; a layer without one has its own. */
  readonly budget: ScanBudget;
}

const KEPT_LIMIT = 64 << 20;
/** Large, because each is a trip between two threads. */
const INFLATED_CHUNK = 2 << 20;
/** 64 GiB: larger than any layer that is pulled in earnest, small enough that a bomb ends in minutes. */
const UNPACKED_LIMIT = 2 ** 36;

export interface ReadLayerOptions {
  readonly keep: KeepRule;
  readonly limits?: Partial<ScanLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `bytes` come in buffers of their own that nobody else looks at (`ImageSource.ownChunks`). */
  readonly owned?: boolean | undefined;
}

/** What reading the bytes of one layer found, before it is held to its image and put into words. */
export interface LayerReading {
  /** Digest of what was unpacked; of the whole only where nothing `stopped`. */
  readonly unpacked: Digest;
  /** Bytes read before and after decompression. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly FileFacts[];
  /** Why decompression ended early. */
  readonly stopped?: Pick<DecompressProblem, 'kind' | 'compression' | 'message'>;
  readonly summary: TarSummary;
}

/**
 * Reads one layer once: what each file is, and what the unpacked bytes hash to. Here is all the work and none of the
 * words, so that a worker thread can do it without loading them. Errors of `bytes` are thrown on.
 */
export async function readLayer(bytes: AsyncIterable<Uint8Array>, options: ReadLayerOptions): Promise<LayerReading> {
  const collector = new Collector(options.keep, options.limits?.kept ?? KEPT_LIMIT, options.limits?.budget);
  const reader = createTarReader({
    onEntry: (entry) => collector.take(entry),
    ...(options.limits !== undefined ? { limits: options.limits } : {}),
  });
  const unpacked = createHash('sha256');
  let size = 0;
  let unpackedSize = 0;
  let stopped: DecompressProblem | undefined;
  let summary: TarSummary;
  try {
    const { head, stream } = await withHead(counted());
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
    stopped = error;
  } finally {
    summary = reader.end();
  }
  return {
    unpacked: `sha256:${unpacked.digest('hex')}`,
    size,
    unpackedSize,
    files: collector.files,
    ...(stopped !== undefined
      ? { stopped: { kind: stopped.kind, compression: stopped.compression, message: stopped.message } }
      : {}),
    summary,
  };

  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      size += chunk.length;
      yield chunk;
    }
  }
}

/** The first four bytes, and a stream that still has them. The source is closed where the reader leaves early. */
export async function withHead(
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

interface ContentSink extends EntrySink {
  /** Instead of `end`, where only the beginning was asked for. */
  cut(): void;
}

/** What one entry after another is, in their order. */
export class Collector {
  readonly files: FileFacts[] = [];
  readonly #keep: KeepRule;
  readonly #names = new Map<string, string>();
  readonly #scratch = emptyScratch();
  readonly #share: BudgetShare;
  #room: number;

  constructor(keep: KeepRule, room: number, budget: ScanBudget = openBudget()) {
    this.#share = new BudgetShare(budget);
    this.#keep = keep;
    this.#room = room;
  }

  take(entry: TarEntry): ContentSink | undefined {
    // Counted before anything of it is kept.
    this.#share.take(entry, this.#lengthIfNew(entry.uname) + this.#lengthIfNew(entry.gname));
    const named = { ...entry, uname: this.#once(entry.uname), gname: this.#once(entry.gname) };
    if (entry.type !== 'file' || entry.size === 0) {
      this.files.push(fileFacts(named, entry.type === 'file' ? { program: EMPTY } : {}));
      return undefined;
    }
    const at = this.files.push(named) - 1;
    const program = new ProgramReader(entry.size, this.#scratch);
    const abi = mayHaveNodeAbi(entry.path) ? new NodeAbiSearch(entry.path, entry.size) : undefined;
    const kept =
      entry.size <= this.#room && this.#keep.wants(entry.path, entry.size) ? ([] as Uint8Array[]) : undefined;
    const learned = (complete: boolean): void => {
      const content = complete && kept !== undefined ? Buffer.concat(kept) : undefined;
      const answer = content === undefined ? false : (this.#keep.retains?.(entry.path, content) ?? true);
      const stays = answer === true ? content : answer === false ? undefined : answer;
      if (stays !== undefined) this.#room -= stays.length;
      const facts = program.facts();
      const nodeAbi = facts.kind === 'elf' ? abi?.version : undefined;
      const known = facts.kind === 'elf' && nodeAbi !== undefined ? { ...facts, nodeAbi } : facts;
      this.files[at] = fileFacts(named, { program: known, content: stays });
    };
    return {
      write: (chunk) => {
        program.write(chunk);
        abi?.write(chunk);
        // The chunk is a view that the reader reuses.
        kept?.push(Uint8Array.from(chunk));
      },
      end: (complete) => {
        program.end(complete);
        learned(complete);
      },
      cut: () => {
        program.cut();
        learned(false);
      },
    };
  }

  #lengthIfNew(name: string): number {
    return this.#names.has(name) ? 0 : name.length;
  }

  #once(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    this.#names.set(name, name);
    return name;
  }
}
