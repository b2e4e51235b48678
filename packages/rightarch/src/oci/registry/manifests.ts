import { createHash } from 'node:crypto';
import { type Digest, digestOf, isDigest, splitDigest } from '../../core/index.ts';
import { type Descriptor, mediaTypes } from '../types.ts';
import { looksLikeHtml, member, parseJson, readUpTo } from './answers.ts';
import type { Scope } from './authorizer.ts';
import { outside, type Subject } from './problems.ts';
import type { Session } from './session.ts';
import type { Answer } from './transport.ts';

/** distribution-spec: registries should refuse manifests above 4 MiB; a reader that is a little more generous hurts nobody. */
export const MANIFEST_LIMIT = 8 * 1024 * 1024;

const MANIFEST_TYPES: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
];

/** Everything that we can read, because a registry may convert or refuse what is not asked for. */
export const ACCEPT = MANIFEST_TYPES.join(', ');

/** True for what lives under `/manifests/` and not under `/blobs/`. */
export function isManifestType(mediaType: string): boolean {
  return (
    MANIFEST_TYPES.includes(mediaType) || /^application\/vnd\.docker\.distribution\.manifest\.v1\+/.test(mediaType)
  );
}

/** A manifest whose bytes were hashed here. */
export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly raw: Uint8Array;
}

/** Fetches a manifest by tag or digest and verifies it. `expected` is what else is known about it. */
export async function fetchManifest(
  session: Session,
  name: string,
  options: {
    readonly scopes: readonly Scope[];
    readonly signal?: AbortSignal | undefined;
    readonly expected?: Descriptor;
    readonly subject?: Subject;
  },
): Promise<FetchedManifest> {
  const { image } = session;
  const byDigest = isDigest(name);
  const subject = options.subject ?? ({ kind: byDigest ? 'manifest' : 'tag', name } as const);
  const answer = await session.send({
    method: 'GET',
    at: `/manifests/${name}`,
    headers: { accept: options.expected === undefined ? ACCEPT : `${options.expected.mediaType}, ${ACCEPT}` },
    scopes: options.scopes,
    subject,
    accept: [200],
    signal: options.signal,
  });
  const { host } = session.about(subject, answer.url);
  const raw = await readManifest(answer, session, subject);
  const claimed = answer.headers['docker-content-digest'];
  const expected = options.expected?.digest ?? (byDigest ? name : undefined);
  const digest = expected !== undefined ? sameAlgorithm(expected, raw) : digestOf(raw);
  if (expected !== undefined && digest !== expected) {
    throw outside('registry/wrong-digest', { host, name: expected, found: digest, bytes: raw.length }, image);
  }
  // For a tag only the header can disagree; a cache that mixes up two answers shows itself here.
  if (claimed !== undefined && isDigest(claimed) && sameAlgorithm(claimed, raw) !== claimed) {
    throw outside('registry/wrong-digest', { host, name: claimed, found: digest, bytes: raw.length }, image);
  }
  const mediaType = mediaTypeOf(answer, raw, session, subject);
  return { descriptor: { mediaType, digest, size: raw.length }, raw };
}

async function readManifest(answer: Answer, session: Session, subject: Subject): Promise<Uint8Array> {
  const { host } = session.about(subject, answer.url);
  let bytes: Uint8Array;
  let whole: boolean;
  try {
    ({ bytes, whole } = await readUpTo(answer, MANIFEST_LIMIT));
  } catch (error) {
    const wanted = Number(answer.headers['content-length'] ?? Number.NaN);
    throw outside(
      'registry/cut-short',
      { host, name: subject.name, ...(Number.isFinite(wanted) ? { expected: wanted } : {}) },
      session.image,
      { because: [error instanceof Error ? error.message : String(error)], cause: error },
    );
  }
  if (!whole) throw outside('registry/too-large', { host, name: subject.name, limit: MANIFEST_LIMIT }, session.image);
  return bytes;
}

/**
 * The media type that the manifest gives itself, else the header's, else what its members show. Two that contradict
 * each other are refused: which one is believed would decide what the bytes mean (CVE-2021-41190).
 */
function mediaTypeOf(answer: Answer, raw: Uint8Array, session: Session, subject: Subject): string {
  const { host } = session.about(subject, answer.url);
  const text = Buffer.from(raw).toString('utf8');
  if (looksLikeHtml(answer, text)) {
    throw outside('registry/not-a-registry', { host, status: answer.status }, session.image);
  }
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null) {
    throw outside('registry/malformed-answer', { host, part: 'manifest', problem: 'json' }, session.image);
  }
  const written = member(json, 'mediaType');
  const header = answer.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (typeof written === 'string' && written !== '') {
    if (isManifestType(header) && isManifestType(written) && header !== written) {
      throw outside(
        'registry/malformed-answer',
        { host, part: 'Content-Type', problem: `${header} / ${written}` },
        session.image,
      );
    }
    return written;
  }
  if (isManifestType(header)) return header;
  if (Array.isArray(member(json, 'manifests'))) return mediaTypes.ociIndex;
  if (Array.isArray(member(json, 'layers'))) return mediaTypes.ociManifest;
  // Not a manifest by any sign. The reader says so with the header's word.
  return header === '' ? 'application/octet-stream' : header;
}

function sameAlgorithm(digest: Digest, bytes: Uint8Array): Digest {
  const [algorithm] = splitDigest(digest);
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}
