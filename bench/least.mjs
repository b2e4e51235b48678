/**
 * What any reader of a layer must do at least, in a thread with a heap of its own: what the library has on its heap
 * would make these slower, and us look faster than we are. Plain JavaScript, because a thread of Node 20 reads no other.
 */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';

const CHUNK = 256 * 1024;

/** Node's own inflate, in the chunks that suit it best. */
async function inflate(file) {
  const engine = createGunzip({ chunkSize: CHUNK });
  createReadStream(file, { highWaterMark: CHUNK }).pipe(engine);
  for await (const _ of engine);
}

/** And sha256 of the bytes that come out, through one buffer. */
function hash(file) {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  const sum = createHash('sha256');
  const handle = openSync(file, 'r');
  for (let count = 1; count > 0; ) {
    count = readSync(handle, buffer, 0, CHUNK, null);
    sum.update(buffer.subarray(0, count));
  }
  sum.digest();
  closeSync(handle);
}

parentPort.on('message', async ({ what, file }) => {
  await (what === 'inflate' ? inflate(file) : hash(file));
  parentPort.postMessage('done');
});
