import { Worker } from 'node:worker_threads';
import { fileFacts } from './file-facts.ts';
import { type KeepRule, keepRules } from './keep.ts';
import type { LayerReading, ReadLayerOptions, ScanLimits } from './read-layer.ts';
import type { FileFacts } from './types.ts';

/** What a worker is told: one layer at a time, from `begin` to `end`. */
export type ToWorker =
  | { readonly say: 'begin'; readonly keep: string; readonly limits: Partial<ScanLimits> | undefined }
  | { readonly say: 'chunk'; readonly bytes: Uint8Array }
  | { readonly say: 'end' };

/** What it answers: chunks that it has read, facts in parts, and at last the rest of the reading. */
export type FromWorker =
  | { readonly say: 'took'; readonly count: number }
  | { readonly say: 'files'; readonly files: readonly FileFacts[] }
  | { readonly say: 'done'; readonly reading: Omit<LayerReading, 'files'> };

/** Threads that read layers. Made when first needed; none is left once `close` has returned. */
export interface LayerPool {
  readonly size: number;
  /** Whether a worker knows this rule: a function does not travel. */
  takes(keep: KeepRule): boolean;
  /** As `readLayer`, in a thread; waits until one is free before it asks for the first byte. */
  read(bytes: AsyncIterable<Uint8Array>, options: ReadLayerOptions): Promise<LayerReading>;
  close(): Promise<void>;
}

/** Compressed bytes that may be on their way to a worker. */
const ON_THE_WAY = 2 << 20;

/** The bundle has its worker at a fixed place beside its chunks; sources bring a loader with them. */
const ownProgram = import.meta.url.endsWith('.ts')
  ? new URL('./layer-worker-of-sources.mjs', import.meta.url)
  : new URL('./scan/layer-worker.js', import.meta.url);

/**
 * A pool of up to `size` threads. Inflate itself runs in Node's own pool, four at a time unless its user says more.
 * `program` is what a thread runs, for tests of threads that fail.
 */
export function openLayerPool(size: number, program: URL = ownProgram): LayerPool {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: ((worker: Worker | undefined) => void)[] = [];
  let closed = false;

  const start = (): Worker => {
    // What this process was started with is not for a thread: `--input-type`, as `node -e` has it, would end it.
    const worker = new Worker(program, { execArgv: [] });
    all.add(worker);
    // Whoever waits for an answer listens too; one that fails between two layers is no longer there for the next.
    worker.on('error', () => {});
    worker.once('exit', () => {
      all.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    });
    return worker;
  };
  const take = async (): Promise<Worker> => {
    if (closed) throw new Error('the pool of workers is closed');
    const ready = idle.pop() ?? (all.size < size ? start() : undefined);
    const worker = ready ?? (await new Promise<Worker | undefined>((resolve) => waiting.push(resolve)));
    if (worker === undefined) throw new Error('the pool of workers is closed');
    return worker;
  };
  const release = (worker: Worker): void => {
    const next = waiting.shift();
    if (next !== undefined) next(worker);
    else idle.push(worker);
  };
  /** A worker whose layer was not finished is in a state that nobody knows. */
  const discard = async (worker: Worker): Promise<void> => {
    all.delete(worker);
    await worker.terminate();
    if (!closed && waiting.length > 0) waiting.shift()!(start());
  };

  return {
    size,
    takes: (keep) => keepRules.get(keep.id) === keep,
    async read(bytes, options) {
      const worker = await take();
      let isFree = false;
      try {
        const reading = await readIn(worker, bytes, options);
        isFree = reading.stopped === undefined && !closed;
        return reading;
      } finally {
        if (isFree) release(worker);
        else await discard(worker);
      }
    },
    async close() {
      closed = true;
      for (const resolve of waiting.splice(0)) resolve(undefined);
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

async function readIn(
  worker: Worker,
  bytes: AsyncIterable<Uint8Array>,
  { keep, limits, signal, owned }: ReadLayerOptions,
): Promise<LayerReading> {
  const files: FileFacts[] = [];
  let onTheWay = 0;
  let isOver = false;
  let wake: (() => void) | undefined;
  const move = (): void => {
    wake?.();
    wake = undefined;
  };
  const tell = (message: ToWorker, transfer: ArrayBuffer[] = []): void => worker.postMessage(message, transfer);
  const cleanUp: (() => void)[] = [];
  const answer = new Promise<LayerReading>((resolve, reject) => {
    const events: NodeJS.EventEmitter = worker;
    const on = <Value>(event: string, listener: (value: Value) => void): void => {
      events.on(event, listener);
      cleanUp.push(() => events.off(event, listener));
    };
    on('message', (message: FromWorker) => {
      if (message.say === 'took') onTheWay -= message.count;
      else if (message.say === 'files') for (const file of message.files) files.push(asRead(file));
      else resolve({ ...message.reading, files });
      move();
    });
    on('error', reject);
    on('messageerror', reject);
    on('exit', (code: number) => reject(new Error(`the thread that read a layer ended with ${code}`)));
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    cleanUp.push(() => signal?.removeEventListener('abort', abort));
  });
  const over = answer.then(
    () => undefined,
    () => undefined,
  );
  void over.then(() => {
    isOver = true;
    move();
  });
  try {
    signal?.throwIfAborted();
    tell({ say: 'begin', keep: keep.id, limits });
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      if (isOver) break;
      // A view of somebody else's memory is copied; what is ours goes over as it is.
      const whole = owned === true && chunk.byteLength === chunk.buffer.byteLength;
      const own = whole ? chunk : Uint8Array.from(chunk);
      onTheWay += own.length;
      tell({ say: 'chunk', bytes: own }, [own.buffer as ArrayBuffer]);
      while (onTheWay > ON_THE_WAY && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    tell({ say: 'end' });
    return await answer;
  } finally {
    for (const undo of cleanUp) undo();
  }
}

/** A `Buffer` arrives as the plain bytes that it is made of. */
function asRead(file: FileFacts): FileFacts {
  const { program, content } = file;
  const bytes = content && Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return fileFacts(file, { program, content: bytes });
}
