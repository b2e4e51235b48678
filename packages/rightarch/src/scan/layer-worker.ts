/** What a worker thread of `layer-pool.ts` runs: it reads one layer after the other, from the chunks that it is given. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { keepRules } from './keep.ts';
import type { FromWorker, ToWorker } from './layer-pool.ts';
import { readLayer } from './read-layer.ts';

/** Facts of so many files go back in one message: few messages, and none that keeps the other side for long. */
const FILES_AT_ONCE = 512;

async function serve(port: MessagePort): Promise<void> {
  const tell = (message: FromWorker): void => port.postMessage(message);
  const inbox: ToWorker[] = [];
  let wake: (() => void) | undefined;
  port.on('message', (message: ToWorker) => {
    inbox.push(message);
    wake?.();
  });
  const next = async (): Promise<ToWorker> => {
    for (;;) {
      const message = inbox.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const message = await next();
      if (message.say === 'end') return;
      if (message.say !== 'chunk') throw new Error(`a worker was told ${message.say} in the middle of a layer`);
      const { length } = message.bytes;
      yield message.bytes;
      tell({ say: 'took', count: length });
    }
  }
  for (;;) {
    const message = await next();
    if (message.say !== 'begin') throw new Error(`a worker was told ${message.say} between two layers`);
    const keep = keepRules.get(message.keep);
    if (keep === undefined) throw new Error(`a worker knows no rule ${message.keep}`);
    const { files, ...rest } = await readLayer(chunks(), { keep, limits: message.limits, owned: true });
    for (let at = 0; at < files.length; at += FILES_AT_ONCE) {
      tell({ say: 'files', files: files.slice(at, at + FILES_AT_ONCE) });
    }
    tell({ say: 'done', reading: rest });
    // What is still under way belongs to no layer, so this thread is not asked for another.
    if (rest.stopped !== undefined) return;
  }
}

if (parentPort !== null) await serve(parentPort);
