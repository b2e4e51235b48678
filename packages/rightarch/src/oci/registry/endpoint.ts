import type { ImageReference } from '../../core/index.ts';

/** Where one repository is reached: the registry that people name may be another host, or a mirror with a prefix. */
export interface Endpoint {
  /** As people write it, for messages and credentials: `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  /** The origin that requests go to: `https://registry-1.docker.io`. */
  readonly origin: string;
  /** The repository there. */
  readonly repository: string;
}

/** True for names and addresses that never leave this machine. */
export function isLoopback(host: string): boolean {
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || /^127(?:\.\d{1,3}){3}$/.test(name) || name === '::1';
}

/** True where plain HTTP may be spoken: loopback, and what was allowed by name, with its port or for all ports. */
export function mayBePlain(host: string, insecureHosts: readonly string[]): boolean {
  const written = host.toLowerCase();
  return isLoopback(written) || insecureHosts.includes(written) || insecureHosts.includes(written.replace(/:\d+$/, ''));
}

/** The endpoint of a reference. Docker Hub's registry has another host than its name (distribution, registry config). */
export function endpointOf(reference: ImageReference, insecureHosts: readonly string[]): Endpoint {
  const { registry, repository } = reference;
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  return { registry, origin: `${mayBePlain(host, insecureHosts) ? 'http' : 'https'}://${host}`, repository };
}

/**
 * Where a redirect or an upload location leads; undefined where following it would carry bytes in the clear that
 * were asked for over TLS, to a host that plain HTTP is not allowed for, or from far away to this machine, whose own
 * services trust whoever is on it. A name and password in it are not ours to send.
 */
export function nextUrl(from: URL, location: string, insecureHosts: readonly string[]): URL | undefined {
  let to: URL;
  try {
    to = new URL(location, from);
  } catch {
    return undefined;
  }
  to.username = '';
  to.password = '';
  if (isLoopback(to.host) && !isLoopback(from.host)) return undefined;
  if (to.protocol === 'https:') return to;
  if (to.protocol !== 'http:') return undefined;
  if (from.protocol === 'https:') {
    // A registry behind a TLS proxy that does not know it writes `http://` and its own name.
    if (to.hostname === from.hostname && (to.port === '' || to.port === from.port)) {
      const mended = new URL(to);
      mended.protocol = 'https:';
      mended.port = from.port;
      return mended;
    }
    return undefined;
  }
  return to.host === from.host || mayBePlain(to.host, insecureHosts) ? to : undefined;
}

/** A location as it may be shown: without a name and password, and without its query, where signatures stand. */
export function shownLocation(location: string): string {
  return location
    .split(/[?#]/, 1)[0]!
    .replace(/^([A-Za-z][A-Za-z0-9+.-]*:)?\/\/[^/]*@/, '$1//')
    .slice(0, 200);
}
