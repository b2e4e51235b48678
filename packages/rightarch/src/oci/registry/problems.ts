import { Failure, type Location } from '../../core/index.ts';
import { type ArgsOf, type CodeId, failure } from '../../messages/index.ts';

/** What a request was about, for the sentence that says it went wrong. */
export interface Subject {
  readonly kind: 'tag' | 'manifest' | 'blob' | 'upload' | 'tags' | 'referrers' | 'token';
  /** The tag or digest. */
  readonly name: string;
}

/** The circumstances of one request. */
export interface Circumstances {
  /** The host that answered, which a redirect may have changed. */
  readonly host: string;
  /** The image as people write it. */
  readonly image: string;
  readonly subject: Subject;
  readonly credentials: 'sent' | 'none';
}

/** The image as the place of a diagnostic. */
export function atImage(image: string): Location {
  return { in: 'image', image };
}

/** A failure of the registry's making: the reader can do something, but the request itself was not wrong. */
export function outside<Id extends CodeId>(
  id: Id,
  args: ArgsOf<Id>,
  image: string,
  more: { readonly because?: readonly string[]; readonly cause?: unknown } = {},
): Failure {
  return failure(id, args, atImage(image), 'outside', more);
}

/** How a connection can fail, from the codes of Node, OpenSSL and undici. */
export type NetworkFault = 'name' | 'refused' | 'timeout' | 'certificate' | 'tls' | 'reset' | 'protocol';

/** An exchange that ended before it had an answer, or in the middle of one. Never leaves this room. */
export class NetworkProblem extends Error {
  readonly fault: NetworkFault;
  readonly detail: string;

  constructor(fault: NetworkFault, detail: string, cause: unknown) {
    super(`${fault}: ${detail}`, { cause });
    this.name = 'NetworkProblem';
    this.fault = fault;
    this.detail = detail;
  }

  /** A name that does not exist or a certificate that is not trusted will not be better in a second. */
  get passing(): boolean {
    return this.fault !== 'name' && this.fault !== 'certificate' && this.fault !== 'tls';
  }
}

const FAULTS: Readonly<Record<string, NetworkFault>> = {
  ENOTFOUND: 'name',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  EPROTO: 'tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls',
  HPE_INVALID_CONSTANT: 'protocol',
  HPE_INVALID_HEADER_TOKEN: 'protocol',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
};

/** Sorts an error of Node or undici. Errors of our own stay what they are. */
export function asNetworkProblem(error: unknown): NetworkProblem {
  if (error instanceof NetworkProblem) return error;
  const chain: { code?: unknown; message?: unknown }[] = [];
  for (let at: unknown = error; at instanceof Error && chain.length < 8; at = at.cause) {
    chain.push(at as { code?: unknown; message: string });
    if (at instanceof AggregateError) for (const inner of at.errors.slice(0, 4)) chain.push(inner);
  }
  const codes = chain.map(({ code }) => (typeof code === 'string' ? code : ''));
  const detail = chain.map(({ message }) => String(message ?? '')).find((text) => text !== '') ?? String(error);
  const known = codes.find((code) => Object.hasOwn(FAULTS, code));
  if (known !== undefined) return new NetworkProblem(FAULTS[known]!, detail, error);
  const certificate = codes.some((code) => /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT)/.test(code));
  if (certificate) return new NetworkProblem('certificate', detail, error);
  if (codes.some((code) => code.startsWith('ERR_SSL_'))) return new NetworkProblem('tls', detail, error);
  if (codes.some((code) => code.startsWith('HPE_'))) return new NetworkProblem('protocol', detail, error);
  return new NetworkProblem('reset', detail, error);
}

/** The failure for a network problem that outlived its retries. */
export function unreachable(problem: NetworkProblem, about: Circumstances): Failure {
  const { host, image } = about;
  return outside('registry/unreachable', { host, fault: problem.fault }, image, {
    because: [problem.detail],
    cause: problem,
  });
}

/** True for the failure that says the thing is not there: what a mirror may lack and a tag may not be yet. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Failure && error.diagnostic.code === 'registry/not-found';
}

/** The failure for an answer that is not the one we came for. */
export function refused(
  status: number,
  about: Circumstances,
  more: { readonly because: readonly string[]; readonly attempts: number; readonly retryAfterSeconds?: number },
): Failure {
  const { host, image, subject, credentials } = about;
  const { because } = more;
  if (status === 401) return outside('registry/unauthorized', { host, image, credentials }, image, { because });
  if (status === 403) return outside('registry/forbidden', { host, image, credentials }, image, { because });
  if (status === 404) {
    return outside('registry/not-found', { host, kind: subject.kind, name: subject.name, credentials }, image, {
      because,
    });
  }
  if (status === 429) {
    const seconds = more.retryAfterSeconds;
    return outside(
      'registry/rate-limited',
      { host, credentials, ...(seconds === undefined ? {} : { seconds }) },
      image,
      {
        because,
      },
    );
  }
  if (status >= 500) {
    return outside('registry/unavailable', { host, status, attempts: more.attempts }, image, { because });
  }
  return outside('registry/refused', { host, status, kind: subject.kind, name: subject.name }, image, { because });
}
