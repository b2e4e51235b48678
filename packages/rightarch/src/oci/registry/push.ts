import { type Digest, digestOf, isDigest } from '../../core/index.ts';
import { type CallOptions, type Descriptor, type ImageSink, mediaTypes } from '../types.ts';
import { verifyBytes } from '../verified.ts';
import { member, parseJson } from './answers.ts';
import type { Scope } from './authorizer.ts';
import { fetchManifest, isManifestType } from './manifests.ts';
import { atImage, isNotFound, outside } from './problems.ts';
import { referrersTag } from './pull.ts';
import type { Session } from './session.ts';
import type { Answer } from './transport.ts';
import { uploadBlob } from './upload.ts';

/** The writing half of a repository. */
export type Pusher = Pick<ImageSink, 'has' | 'writeBlob' | 'writeManifest' | 'tag'>;

export function openPusher(session: Session, scopes: readonly Scope[]): Pusher {
  const { image } = session;
  const present = new Set<Digest>();
  const going = new Map<Digest, Promise<void>>();
  /** What was put by digest: tagging sends the same bytes again, for that is how a registry tags. */
  const manifests = new Map<Digest, Uint8Array>();

  async function has(descriptor: Descriptor, { signal }: CallOptions = {}): Promise<boolean> {
    const { digest, mediaType } = descriptor;
    if (present.has(digest)) return true;
    const manifest = isManifestType(mediaType);
    const ask = {
      at: `/${manifest ? 'manifests' : 'blobs'}/${digest}`,
      headers: manifest ? { accept: mediaType } : {},
      scopes,
      subject: { kind: manifest ? 'manifest' : 'blob', name: digest },
      signal,
    } as const;
    let answer = await session.send({ ...ask, method: 'HEAD', accept: [200, 404, 405, 501] });
    if (answer.status === 405 || answer.status === 501) {
      // Some proxies let no HEAD through. A GET is asked for one byte only.
      answer = await session.send({
        ...ask,
        headers: { ...ask.headers, ...(manifest ? {} : { range: 'bytes=0-0' }) },
        method: 'GET',
        accept: [200, 206, 404, 416],
      });
    }
    await answer.drop();
    const there = answer.status !== 404;
    if (there) present.add(digest);
    return there;
  }

  async function put(name: string, descriptor: Descriptor, bytes: Uint8Array, signal?: AbortSignal): Promise<Answer> {
    const subject = { kind: name === descriptor.digest ? 'manifest' : 'tag', name } as const;
    const answer = await session.send({
      method: 'PUT',
      at: `/manifests/${name}`,
      headers: { 'content-type': descriptor.mediaType },
      body: bytes,
      scopes,
      subject,
      accept: [200, 201, 202, 204],
      signal,
    });
    await answer.drop();
    const stored = answer.headers['docker-content-digest'];
    if (stored !== undefined && stored !== descriptor.digest) {
      const { host } = session.about(subject);
      throw outside('registry/stored-otherwise', { host, name, expected: descriptor.digest, found: stored }, image);
    }
    if (stored === undefined && subject.kind === 'tag') {
      const now = await fetchManifest(session, name, { scopes, signal });
      if (now.descriptor.digest !== descriptor.digest) {
        const { host } = session.about(subject);
        const found = now.descriptor.digest;
        throw outside('registry/stored-otherwise', { host, name, expected: descriptor.digest, found }, image);
      }
    }
    return answer;
  }

  /**
   * distribution-spec, "Pushing Manifests with Subject": a registry that does not answer with OCI-Subject keeps no
   * list of referrers, and the client keeps it under a tag. Two clients at once can lose an entry: the specification
   * has no remedy for that.
   */
  async function addReferrer(subject: Digest, descriptor: Descriptor, manifest: unknown, signal?: AbortSignal) {
    const tag = referrersTag(subject);
    let entries: readonly unknown[] = [];
    try {
      const old = await fetchManifest(session, tag, { scopes, signal });
      const listed = member(parseJson(Buffer.from(old.raw).toString('utf8')), 'manifests');
      if (Array.isArray(listed)) entries = listed;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (entries.some((entry) => member(entry, 'digest') === descriptor.digest)) return;
    const artifactType = member(manifest, 'artifactType') ?? member(member(manifest, 'config'), 'mediaType');
    const { mediaType, digest, size } = descriptor;
    const entry = { mediaType, digest, size, artifactType, annotations: member(manifest, 'annotations') };
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...entries, entry] };
    const bytes = Buffer.from(JSON.stringify(index));
    await put(tag, { mediaType: mediaTypes.ociIndex, digest: digestOf(bytes), size: bytes.length }, bytes, signal);
  }

  return {
    has,
    async writeBlob(descriptor, bytes, options = {}) {
      const { digest } = descriptor;
      if (present.has(digest)) return;
      const same = going.get(digest);
      if (same !== undefined) return same;
      const mine = (async () => {
        if (await has(descriptor, options)) return;
        await uploadBlob(session, scopes, descriptor, bytes, options);
        present.add(digest);
      })().finally(() => going.delete(digest));
      going.set(digest, mine);
      return mine;
    },
    async writeManifest(descriptor, bytes, { signal } = {}) {
      // A registry checks the digest in the path, but these bytes are kept for the tag as well.
      for await (const _ of verifyBytes(once(bytes), descriptor, atImage(image)));
      const answer = await put(descriptor.digest, descriptor, bytes, signal);
      present.add(descriptor.digest);
      manifests.set(descriptor.digest, bytes);
      const manifest = parseJson(Buffer.from(bytes).toString('utf8'));
      const subject = member(member(manifest, 'subject'), 'digest');
      if (isDigest(subject) && answer.headers['oci-subject'] === undefined) {
        await addReferrer(subject, descriptor, manifest, signal);
      }
    },
    async tag(name, descriptor, { signal } = {}) {
      const bytes =
        manifests.get(descriptor.digest) ??
        (await fetchManifest(session, descriptor.digest, { scopes, signal, expected: descriptor })).raw;
      await put(name, descriptor, bytes, signal);
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The digest that a tag points at now, or undefined where there is no such tag or repository yet. */
export async function currentTag(
  resolve: (name: string, options?: CallOptions) => Promise<Descriptor>,
  name: string,
  options?: CallOptions,
): Promise<Descriptor | undefined> {
  try {
    return await resolve(name, options);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
