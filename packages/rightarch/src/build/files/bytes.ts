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

/** A content whose bytes are no longer what they were when they were looked at. */
export class ContentChanged extends Error {
  readonly path: string;
  constructor(path: string) {
    super(`${path} changed while it was read`);
    this.name = 'ContentChanged';
    this.path = path;
  }
}

/** The whole of a content, held to its digest. The caller has looked at its size; `path` is for the message. */
export async function readContent(content: Content, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.open()) chunks.push(chunk);
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (digestOf(bytes) !== content.digest) throw new ContentChanged(path);
  return bytes;
}
