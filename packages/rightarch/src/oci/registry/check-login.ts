import type { CallOptions } from '../types.ts';
import { endpointOf } from './endpoint.ts';
import type { RegistryOptions } from './options.ts';
import { openSession } from './session.ts';

/**
 * Shows the credentials of `options` to a registry, by the request that `docker login` makes (distribution-spec, `GET /v2/`).
 * Throws the failure that says why they are not accepted. A registry that asks nobody who he is accepts any.
 */
export async function checkLogin(registry: string, options: RegistryOptions, { signal }: CallOptions): Promise<void> {
  const hosts = (options.insecureHosts ?? []).map((host) => host.toLowerCase());
  const session = openSession(endpointOf({ registry, repository: '' }, hosts), registry, options);
  try {
    const subject = { kind: 'token', name: '' } as const;
    const answer = await session.send({ method: 'GET', at: '', scopes: [], subject, accept: [200], signal });
    await answer.drop();
  } finally {
    await session.close();
  }
}
