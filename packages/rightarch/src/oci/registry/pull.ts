import { type Digest, isDigest } from '../../core/index.ts';
import { takeBytes } from '../part.ts';
import type { CallOptions, Descriptor } from '../types.ts';
import { looksLikeHtml, member, parseJson, readUpTo } from './answers.ts';
import type { Scope } from './authorizer.ts';
import { fetchManifest, isManifestType, MANIFEST_LIMIT } from './manifests.ts';
import { asNetworkProblem, isNotFound, type NetworkProblem, outside } from './problems.ts';
import { type Ask, abortedOr, type Session } from './session.ts';
import type { Answer } from './transport.ts';

/** More cuts than this of one blob, and the registry or the way to it is broken. */
const RESUMES = 8;
const PAGES = 1000;
/** Referrers of one image that are kept; each is some hundred bytes of somebody else's choice. */
const REFERRERS = 10_000;

/** The reading half of a repository. */
export interface Puller {
  resolve(name: string, options?: CallOptions): Promise<Descriptor>;
  /** The verified bytes of a manifest. */
  manifest(descriptor: Descriptor, options?: CallOptions): Promise<Uint8Array>;
  blob(descriptor: Descriptor, options?: CallOptions & { readonly offset?: number }): AsyncIterable<Uint8Array>;
  /** Some bytes of a blob; undefined where the registry gives other than the range that was asked for. */
  part(
    descriptor: Descriptor,
    range: { readonly offset: number; readonly length: number },
    options?: CallOptions,
  ): Promise<Uint8Array | undefined>;
  tags(options?: CallOptions): AsyncIterable<string>;
  referrers(subject: Digest, options?: CallOptions): Promise<readonly Descriptor[]>;
}

export function openPuller(session: Session, scopes: readonly Scope[]): Puller {
  const { image } = session;
  /** Manifests are small, and resolving one is nearly always followed by reading it. */
  const recent = new Map<Digest, Uint8Array>();
  const remember = (digest: Digest, raw: Uint8Array) => {
    recent.delete(digest);
    recent.set(digest, raw);
    for (const oldest of recent.keys()) {
      if (recent.size <= 32) break;
      recent.delete(oldest);
    }
  };

  async function manifest(descriptor: Descriptor, { signal }: CallOptions = {}): Promise<Uint8Array> {
    const known = recent.get(descriptor.digest);
    if (known !== undefined) return known;
    const { raw } = await fetchManifest(session, descriptor.digest, { scopes, signal, expected: descriptor });
    remember(descriptor.digest, raw);
    return raw;
  }

  async function openBlob(descriptor: Descriptor, offset: number, signal: AbortSignal | undefined): Promise<Answer> {
    return session.send({
      method: 'GET',
      at: `/blobs/${descriptor.digest}`,
      headers: { accept: '*/*', ...(offset > 0 ? { range: `bytes=${offset}-` } : {}) },
      scopes,
      subject: { kind: 'blob', name: descriptor.digest },
      accept: [200, 206],
      signal,
    });
  }

  /** How many bytes of this answer lie before the offset that was asked for. */
  function toSkip(answer: Answer, offset: number, host: string): number {
    if (answer.status === 200) return offset;
    const start = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1];
    if (start === undefined || Number(start) > offset) {
      throw outside('registry/malformed-answer', { host, part: 'Content-Range', problem: 'range' }, image);
    }
    return offset - Number(start);
  }

  async function* blob(
    descriptor: Descriptor,
    { signal, offset = 0 }: CallOptions & { readonly offset?: number } = {},
  ): AsyncGenerator<Uint8Array> {
    if (isManifestType(descriptor.mediaType)) {
      yield (await manifest(descriptor, { signal })).subarray(offset);
      return;
    }
    const { digest, size } = descriptor;
    let at = offset;
    for (let resumes = 0; at < size || (size === 0 && resumes === 0); resumes++) {
      const answer = await openBlob(descriptor, at, signal);
      const { host } = session.about({ kind: 'blob', name: digest }, answer.url);
      let skip = toSkip(answer, at, host);
      let cut: NetworkProblem | undefined;
      try {
        for await (const part of answer.body) {
          const bytes = skip > 0 ? part.subarray(Math.min(skip, part.length)) : part;
          skip -= part.length - bytes.length;
          if (bytes.length === 0) continue;
          if (at + bytes.length > size) throw outside('registry/too-large', { host, name: digest, limit: size }, image);
          at += bytes.length;
          yield bytes;
        }
      } catch (error) {
        const reason = abortedOr(error, signal, image);
        if (signal?.aborted || !(reason instanceof Error && reason.name === 'NetworkProblem')) throw reason;
        cut = asNetworkProblem(reason);
      }
      if (at >= size) return;
      if (resumes >= RESUMES || !(await session.pause(Math.min(resumes + 1, session.settings.attempts - 1), signal))) {
        throw outside('registry/cut-short', { host, name: digest, expected: size, received: at }, image, {
          because: cut === undefined ? [] : [cut.detail],
          cause: cut,
        });
      }
    }
  }

  async function part(
    { digest }: Descriptor,
    { offset, length }: { readonly offset: number; readonly length: number },
    { signal }: CallOptions = {},
  ): Promise<Uint8Array | undefined> {
    const answer = await session.send({
      method: 'GET',
      at: `/blobs/${digest}`,
      headers: { accept: '*/*', range: `bytes=${offset}-${offset + length - 1}` },
      scopes,
      subject: { kind: 'blob', name: digest },
      accept: [200, 206, 416],
      signal,
    });
    const range = /^bytes (\d+)-(\d+)(?:\/|$)/.exec(answer.headers['content-range'] ?? '');
    // A registry may ignore the header and send everything (RFC 9110, 14.2): the blob is then read as a whole, once.
    const isRange =
      answer.status === 206 && Number(range?.[1]) === offset && Number(range?.[2]) === offset + length - 1;
    if (!isRange) {
      await answer.drop();
      return undefined;
    }
    try {
      return await takeBytes(answer.body, length);
    } catch (error) {
      const reason = abortedOr(error, signal, image);
      // A cut: reading the blob as a whole goes on where it was cut, and says what stands in the way.
      if (!signal?.aborted && reason instanceof Error && reason.name === 'NetworkProblem') return undefined;
      throw reason;
    }
  }

  /** A JSON answer, bounded, with what stands in the way of one as a diagnostic. */
  async function readJson(answer: Answer, part: string): Promise<unknown> {
    const { host } = session.about({ kind: 'tags', name: '' }, answer.url);
    let text: string;
    try {
      const { bytes, whole } = await readUpTo(answer, MANIFEST_LIMIT);
      if (!whole) throw outside('registry/too-large', { host, name: part, limit: MANIFEST_LIMIT }, image);
      text = Buffer.from(bytes).toString('utf8');
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NetworkProblem')) throw error;
      throw outside('registry/cut-short', { host, name: part }, image, { because: [error.message], cause: error });
    }
    if (looksLikeHtml(answer, text)) throw outside('registry/not-a-registry', { host, status: answer.status }, image);
    const json = parseJson(text);
    if (json === undefined) throw outside('registry/malformed-answer', { host, part, problem: 'json' }, image);
    return json;
  }

  /** Pages one after another, until there is none. One that was there before, or too many, is an endless list. */
  async function* pagesOf(
    first: string,
    ask: Omit<Ask, 'at' | 'method'>,
    part: string,
  ): AsyncGenerator<Answer, void, undefined> {
    const seen = new Set<string>();
    for (let at: string | URL | undefined = first; at !== undefined; ) {
      const answer: Answer = await session.send({ ...ask, method: 'GET', at });
      const { host } = session.about(ask.subject, answer.url);
      seen.add(answer.url.href);
      yield answer;
      at = answer.status === 200 ? nextPage(answer) : undefined;
      if (at !== undefined && (seen.has(at.href) || seen.size >= PAGES)) {
        throw outside('registry/malformed-answer', { host, part, problem: 'endless' }, image);
      }
    }
  }

  /** The next page by the Link header (distribution-spec, RFC 5988), only on the registry's own origin. */
  function nextPage(answer: Answer): URL | undefined {
    const target = /<([^>]*)>\s*;[^,]*rel="?next"?/i.exec(answer.headers['link'] ?? '')?.[1];
    if (target === undefined || !URL.canParse(target, answer.url.href)) return undefined;
    const next = new URL(target, answer.url.href);
    return next.origin === answer.url.origin ? next : undefined;
  }

  async function* tags({ signal }: CallOptions = {}): AsyncGenerator<string> {
    const ask = {
      headers: { accept: 'application/json' },
      scopes,
      subject: { kind: 'tags', name: image },
      accept: [200],
      signal,
    } as const;
    for await (const answer of pagesOf('/tags/list', ask, 'tags/list')) {
      const names = member(await readJson(answer, 'tags/list'), 'tags');
      // Registries write null for a repository without tags.
      for (const name of Array.isArray(names) ? names : []) if (typeof name === 'string') yield name;
    }
  }

  async function referrers(subject: Digest, { signal }: CallOptions = {}): Promise<readonly Descriptor[]> {
    const found: Descriptor[] = [];
    const ask = {
      headers: { accept: 'application/vnd.oci.image.index.v1+json' },
      scopes,
      subject: { kind: 'referrers', name: subject },
      accept: [200, 400, 404, 405],
      signal,
    } as const;
    for await (const answer of pagesOf(`/referrers/${subject}`, ask, 'referrers')) {
      if (answer.status !== 200) {
        await answer.drop();
        return referrersByTag(subject, signal);
      }
      for (const one of descriptorsOf(await readJson(answer, 'referrers'))) found.push(one);
      if (found.length > REFERRERS) {
        const args = { what: subject, count: found.length, limit: REFERRERS };
        throw outside('image/too-many-entries', args, image);
      }
    }
    return found;
  }

  /** distribution-spec, "Unavailable Referrers API": an index under the tag `sha256-…`. */
  async function referrersByTag(subject: Digest, signal: AbortSignal | undefined): Promise<readonly Descriptor[]> {
    try {
      const { raw } = await fetchManifest(session, referrersTag(subject), { scopes, signal });
      return descriptorsOf(parseJson(Buffer.from(raw).toString('utf8')));
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }

  return {
    async resolve(name, { signal } = {}) {
      const { descriptor, raw } = await fetchManifest(session, name, { scopes, signal });
      remember(descriptor.digest, raw);
      return descriptor;
    },
    manifest,
    blob,
    part,
    tags,
    referrers,
  };
}

/** The tag that stands in for the referrers of a digest. */
export function referrersTag(subject: Digest): string {
  return subject.replace(':', '-').slice(0, 128);
}

function descriptorsOf(index: unknown): Descriptor[] {
  const entries = member(index, 'manifests');
  return (Array.isArray(entries) ? entries : []).filter(
    (entry): entry is Descriptor =>
      isDigest(member(entry, 'digest')) &&
      typeof member(entry, 'mediaType') === 'string' &&
      Number.isSafeInteger(member(entry, 'size')),
  );
}
