import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { isLoopback } from './endpoint.ts';
import type { Settings } from './options.ts';
import { NetworkProblem } from './problems.ts';

/** The ways out of this machine: direct, or through its proxy, trusting what it trusts. */
export interface Connections {
  /** The way to an address. As Go and curl have it, loopback is direct: a proxy could only reach its own. */
  to(url: URL): Promise<Dispatcher>;
  close(): Promise<void>;
}

/** Opens nothing yet. undici is loaded at the first request, because loading it takes longer than `--version`. */
export function openConnections(settings: Pick<Settings, 'ca' | 'proxy' | 'connectTimeoutMs'>): Connections {
  const loaded = new Map<'direct' | 'proxied', Promise<Dispatcher>>();
  return {
    to(url) {
      const way = settings.proxy === undefined || isLoopback(url.host) ? 'direct' : 'proxied';
      const open = loaded.get(way) ?? load(settings, way);
      loaded.set(way, open);
      return open;
    },
    async close() {
      const open = [...loaded.values()];
      loaded.clear();
      // destroy, not close: close waits for bodies that an abandoned reader never finishes.
      // What could not be opened has nothing to let go of.
      for (const one of open) await one.then((dispatcher) => dispatcher.destroy()).catch(() => {});
    },
  };
}

async function load(
  { ca, proxy, connectTimeoutMs }: Pick<Settings, 'ca' | 'proxy' | 'connectTimeoutMs'>,
  way: 'direct' | 'proxied',
): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  // Node replaces its roots by `ca`; a private CA is trusted beside them.
  const trust = ca.length > 0 ? { ca: [...rootCertificates, ...ca] } : {};
  const options = { connect: { timeout: connectTimeoutMs, ...trust }, connectTimeout: connectTimeoutMs };
  if (way === 'direct') return new Agent(options);
  for (const address of [proxy?.http, proxy?.https]) {
    // undici's own error carries the address, and with it a password.
    if (address && !URL.canParse(address))
      throw new NetworkProblem('name', 'the address of the proxy is no URL', undefined);
  }
  // Empty strings, because undefined would make undici read the environment itself.
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: proxy?.http ?? '',
    httpsProxy: proxy?.https ?? '',
    noProxy: proxy?.no ?? '',
    requestTls: trust,
    proxyTls: trust,
  });
}
