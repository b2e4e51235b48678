import { printable } from '../../messages/index.ts';
import { asNetworkProblem } from './problems.ts';
import type { Answer } from './transport.ts';

/** More of an error body than this is noise (go-containerregistry reads as much). */
export const ERROR_BODY_LIMIT = 64 * 1024;

/** Up to `limit` bytes of a body, and whether that was all of it. The rest is not read. */
export async function readUpTo(answer: Answer, limit: number): Promise<{ bytes: Uint8Array; whole: boolean }> {
  const parts: Uint8Array[] = [];
  let count = 0;
  for await (const part of answer.body) {
    if (count + part.length > limit) {
      parts.push(part.subarray(0, limit - count));
      return { bytes: Buffer.concat(parts), whole: false };
    }
    parts.push(part);
    count += part.length;
  }
  return { bytes: Buffer.concat(parts), whole: true };
}

/** What the registry itself says is wrong: `CODE: message` of each of its errors, or the first line of its text. */
export async function readReasons(answer: Answer): Promise<readonly string[]> {
  let text: string;
  try {
    text = Buffer.from((await readUpTo(answer, ERROR_BODY_LIMIT)).bytes).toString('utf8');
  } catch (error) {
    return [asNetworkProblem(error).detail];
  }
  if (looksLikeHtml(answer, text)) {
    const title = /<title[^>]*>([^<]{1,200})/i.exec(text)?.[1]?.trim();
    return title ? [printable(title)] : [];
  }
  const errors = member(parseJson(text), 'errors');
  if (Array.isArray(errors)) {
    // distribution-spec, error codes: {"errors":[{"code","message","detail"}]}
    return errors.slice(0, 5).map((one) => reason(member(one, 'code'), member(one, 'message')));
  }
  const line = text.split('\n', 1)[0]!.trim().slice(0, 300);
  return line === '' ? [] : [printable(line)];
}

function reason(code: unknown, message: unknown): string {
  const parts = [code, message].filter((part): part is string => typeof part === 'string' && part !== '');
  return printable(parts.join(': ').slice(0, 500));
}

/** True for a page made for people: a proxy's log-in form, a web server that is not a registry. */
export function looksLikeHtml(answer: Answer, text: string): boolean {
  return /text\/html/i.test(answer.headers['content-type'] ?? '') || /^\s*<(?:!doctype|html|head|body)/i.test(text);
}

/** The value of a JSON text, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A member of what may be no object at all. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Retry-After in seconds; the form with a date needs a clock that we do not ask. */
export function retryAfterSeconds(answer: Answer): number | undefined {
  const text = answer.headers['retry-after'];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
