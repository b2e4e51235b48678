import { createHash } from 'node:crypto';

/** The name of exact bytes. Only sha256 and sha512 are registered for content (image-spec, descriptor.md#digests). */
export type Digest = `sha256:${string}` | `sha512:${string}`;

const FORMS: Readonly<Record<string, RegExp>> = { sha256: /^[a-f0-9]{64}$/, sha512: /^[a-f0-9]{128}$/ };

/** True for a digest of a registered algorithm with the right number of lower-case hexadecimal digits. */
export function isDigest(text: unknown): text is Digest {
  if (typeof text !== 'string') return false;
  const colon = text.indexOf(':');
  const algorithm = text.slice(0, Math.max(0, colon));
  return Object.hasOwn(FORMS, algorithm) && FORMS[algorithm]?.test(text.slice(colon + 1)) === true;
}

/** The sha256 digest of whole bytes in memory; for streams hash as you read. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The algorithm and the hexadecimal part: `['sha256', '9f2c…']`. */
export function splitDigest(digest: Digest): readonly ['sha256' | 'sha512', string] {
  const colon = digest.indexOf(':');
  return [digest.slice(0, colon) as 'sha256' | 'sha512', digest.slice(colon + 1)];
}

/** What people compare by eye: `sha256:9f2c41d0a7be`. Never fed back in. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 1 + 12);
}
