import { digestOf } from '../../core/index.ts';
import type { Content } from '../stage-files.ts';

/** A content that is in memory. */
export function contentFrom(bytes: Uint8Array | string): Content {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return {
    size: data.byteLength,
    digest: digestOf(data),
    async *open() {
      if (data.byteLength > 0) yield data;
    },
  };
}

/** The whole of a content. The caller has looked at its size. */
export async function readContent(content: Content): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.open()) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}
