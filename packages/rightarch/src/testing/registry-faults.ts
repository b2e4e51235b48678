import type { IncomingMessage, ServerResponse } from 'node:http';

/** What goes wrong with one request. */
export type RegistryFault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  /** A page for people with status 200. */
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: number }
  /** The socket dies: before the answer, or after that many bytes of its body. */
  | { readonly kind: 'reset'; readonly afterBytes?: number }
  /** The request is carried out, and the socket dies before the answer. */
  | { readonly kind: 'lost-answer' }
  /** The body ends that many bytes early, and Content-Length knows nothing of it. */
  | { readonly kind: 'short'; readonly by: number; readonly honest?: boolean }
  /** One bit of the body is another. */
  | { readonly kind: 'wrong-bytes' }
  /** The body never ends. */
  | { readonly kind: 'endless' }
  | { readonly kind: 'extra'; readonly bytes: number }
  | { readonly kind: 'slow'; readonly ms: number }
  /** Nothing comes, ever. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'without'; readonly headers: readonly string[] }
  | { readonly kind: 'with'; readonly headers: Readonly<Record<string, string>> }
  /** Of a chunk only that many bytes are kept; the answer says so. */
  | { readonly kind: 'chunk-lost'; readonly keep: number };

/** A fault and the requests that meet it. */
export interface FaultRule {
  readonly method?: string;
  /** Matched against path and query. */
  readonly path?: RegExp;
  /** Matching requests that pass first. */
  readonly after?: number;
  /** How many requests it hits; all of them unless told. */
  readonly times?: number;
  readonly fault: RegistryFault;
}

/** Decides which fault a request meets. Rules are asked in order, the first that is due wins. */
export class FaultPlan {
  readonly #rules: { rule: FaultRule; seen: number; hit: number }[] = [];

  add(rule: FaultRule): void {
    this.#rules.push({ rule, seen: 0, hit: 0 });
  }

  clear(): void {
    this.#rules.length = 0;
  }

  next(method: string, path: string): RegistryFault | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (rule.path !== undefined && !rule.path.test(path)) continue;
      entry.seen++;
      if (entry.seen <= (rule.after ?? 0) || entry.hit >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
      entry.hit++;
      return rule.fault;
    }
    return undefined;
  }
}

/** An answer before it is sent, so that faults can spoil it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends an answer, spoiled by the fault where there is one. */
export async function sendReply(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  fault: RegistryFault | undefined,
): Promise<void> {
  const headers: Record<string, string> = { ...reply.headers };
  let body = request.method === 'HEAD' ? new Uint8Array() : reply.body;
  if (headers['content-length'] === undefined && reply.status !== 204)
    headers['content-length'] = String(reply.body.length);
  if (fault?.kind === 'without') for (const name of fault.headers) delete headers[name.toLowerCase()];
  if (fault?.kind === 'with') Object.assign(headers, fault.headers);
  if (fault?.kind === 'lost-answer') return void response.socket?.destroy();
  if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
  if (fault?.kind === 'wrong-bytes' && body.length > 0) {
    body = Uint8Array.from(body);
    body[body.length >> 1]! ^= 1;
  }
  if (fault?.kind === 'extra') {
    body = Buffer.concat([body, Buffer.alloc(fault.bytes, 32)]);
    headers['content-length'] = String(body.length);
  }
  if (fault?.kind === 'short') {
    body = body.subarray(0, Math.max(0, body.length - fault.by));
    if (fault.honest) headers['content-length'] = String(body.length);
  }
  if (fault?.kind === 'endless') {
    delete headers['content-length'];
    response.writeHead(reply.status, headers);
    const block = Buffer.alloc(64 * 1024, 32);
    const more = (): void => {
      while (!response.destroyed && response.write(block));
      if (!response.destroyed) response.once('drain', more);
    };
    response.write(body);
    return more();
  }
  response.writeHead(reply.status, headers);
  const cut =
    fault?.kind === 'reset' ? fault.afterBytes : fault?.kind === 'short' && !fault.honest ? body.length : undefined;
  if (cut !== undefined) {
    response.write(body.subarray(0, cut), () => response.socket?.destroy());
    if (cut === 0) response.flushHeaders();
    return;
  }
  response.end(body);
}
