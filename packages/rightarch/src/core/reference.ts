import { type Digest, isDigest } from './digest.ts';

/** A name in a registry, by the grammar of distribution/reference. */
export interface ImageReference {
  /** Canonical host, with a port where there is one, never a URL: `docker.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly registry: string;
  /** `library/debian`, `team/app`. */
  readonly repository: string;
  readonly tag?: string;
  /** With both, the digest selects and the tag is for people. */
  readonly digest?: Digest;
}

/** What an IMAGE argument names. Each kind has only the fields that mean something for it. */
export type ImageLocator =
  | { readonly kind: 'registry'; readonly reference: ImageReference }
  | { readonly kind: 'layout'; readonly directory: string; readonly name?: string }
  | { readonly kind: 'archive'; readonly file: string; readonly name?: string }
  | { readonly kind: 'docker'; readonly name: string };

export type ReferenceProblem = 'empty' | 'uppercase' | 'form' | 'tag' | 'digest' | 'length';

// distribution/reference regexp.go: domain-name | IPv4 | [IPv6], optional port; path components; tag; digest.
const HOST =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** True for text that may stand behind the colon: letters, digits, `_ . -`, at most 128, not beginning with `.` or `-`. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** True for a registry host as references write it: a name or address, with a port where there is one. */
export function isRegistryHost(text: string): boolean {
  // The grammar lets pass what no address is: `example.com:99999`, `1.2.3.999`, `[1:2]`.
  return HOST.test(text) && URL.canParse(`https://${text}`);
}

/** A first part that can only be a host: it has a dot or a colon, or is `localhost`. */
export function isHostWord(first: string): boolean {
  return /[.:]/.test(first) || first === 'localhost';
}

/**
 * Reads a reference as Docker does: `debian` is `docker.io/library/debian`. A missing tag stays missing;
 * `withDefaultTag` adds `latest` where that is meant.
 */
export function parseReference(
  text: string,
): { readonly ok: true; readonly value: ImageReference } | { readonly ok: false; readonly problem: ReferenceProblem } {
  if (text === '') return { ok: false, problem: 'empty' };
  // 64 hexadecimal digits alone are an image id and never a name (distribution/reference normalize.go).
  if (/^[a-f0-9]{64}$/.test(text)) return { ok: false, problem: 'form' };
  let rest = text;
  let digest: Digest | undefined;
  const at = rest.indexOf('@');
  if (at >= 0) {
    const written = rest.slice(at + 1);
    if (!isDigest(written)) return { ok: false, problem: 'digest' };
    digest = written;
    rest = rest.slice(0, at);
  }
  let tag: string | undefined;
  const colon = rest.lastIndexOf(':');
  if (colon > rest.lastIndexOf('/')) {
    tag = rest.slice(colon + 1);
    if (!TAG.test(tag)) return { ok: false, problem: 'tag' };
    rest = rest.slice(0, colon);
  }
  const slash = rest.indexOf('/');
  const first = slash < 0 ? '' : rest.slice(0, slash);
  // A first part is a host only if it cannot be a path: it has a dot or a colon, is `localhost`, or has capitals.
  const lowered = first.toLowerCase();
  const named = isHostWord(lowered) || first !== lowered;
  // Host names ignore case; `LOCALDOMAIN` keeps its capitals, because without them it would be a path on Docker Hub.
  let registry = !named ? 'docker.io' : isHostWord(lowered) ? lowered : first;
  let repository = named ? rest.slice(slash + 1) : rest;
  if (named && !isRegistryHost(first)) return { ok: false, problem: 'form' };
  if (registry === 'index.docker.io') registry = 'docker.io';
  if (registry === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`;
  if (!repository.split('/').every((component) => PATH_COMPONENT.test(component))) {
    return { ok: false, problem: repository !== repository.toLowerCase() ? 'uppercase' : 'form' };
  }
  if (repository.length > 255) return { ok: false, problem: 'length' };
  return {
    ok: true,
    value: {
      registry,
      repository,
      ...(tag !== undefined ? { tag } : {}),
      ...(digest !== undefined ? { digest } : {}),
    },
  };
}

/** The canonical text, with the host always written out. `parseReference(formatReference(r))` gives `r`. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag !== undefined ? `:${tag}` : ''}${digest !== undefined ? `@${digest}` : ''}`;
}

/** What people type: `debian:12` for `docker.io/library/debian:12`. */
export function familiarReference(reference: ImageReference): string {
  const full = formatReference(reference);
  if (reference.registry !== 'docker.io') return full;
  const [first = '', ...more] = reference.repository.split('/');
  const short = full.slice('docker.io/'.length);
  // `library/` goes only from official images: `library/foo/bar` is a name of its own.
  if (first === 'library' && more.length === 1) return short.slice('library/'.length);
  return isHostWord(first) ? full : short;
}

/** The same reference with `latest` where it has neither tag nor digest. */
export function withDefaultTag(reference: ImageReference): ImageReference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference;
}
