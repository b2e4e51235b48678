/** The first `length` bytes of a stream, which is closed then; undefined where it ends before. */
export async function takeBytes(stream: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let have = 0;
  if (length === 0) return new Uint8Array(0);
  for await (const chunk of stream) {
    chunks.push(chunk.subarray(0, length - have));
    have += chunk.length;
    if (have >= length) return Buffer.concat(chunks, length);
  }
  return undefined;
}
