import { formatReference, type ImageReference } from '../../core/index.ts';
import type { CallOptions, ImageSink, ImageSource } from '../types.ts';
import type { Scope } from './authorizer.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import type { RegistryOptions } from './options.ts';
import { openPuller } from './pull.ts';
import { openPusher } from './push.ts';
import { openSession } from './session.ts';

/** One repository of one registry, to read from and to write to. */
export interface RegistryRepository extends ImageSource, ImageSink {
  readonly kind: 'registry';
  readonly reference: ImageReference;
  /** Every tag, page by page. */
  tags(options?: CallOptions): AsyncIterable<string>;
}

/**
 * Opens the repository of a reference; the first request goes out with the first question. `resolve()` without a
 * name resolves the reference's own digest, else its tag, else `latest`. Manifests that come out are verified here;
 * blobs are verified by whoever reads them (`verified.ts`), and on the way in by `writeBlob`.
 */
export function openRegistry(reference: ImageReference, options: RegistryOptions = {}): RegistryRepository {
  const endpoint = endpointOf(
    reference,
    (options.insecureHosts ?? []).map((host) => host.toLowerCase()),
  );
  return openRepository(reference, endpoint, `${reference.registry}/${reference.repository}`, options);
}

/** A repository at an endpoint that need not be where the reference says: a mirror. */
export function openRepository(
  reference: ImageReference,
  endpoint: Endpoint,
  name: string,
  options: RegistryOptions,
): RegistryRepository {
  const session = openSession(endpoint, formatReference(reference), options);
  const pull: readonly Scope[] = [`repository:${endpoint.repository}:pull`];
  const push: readonly Scope[] = [`repository:${endpoint.repository}:pull,push`];
  const puller = openPuller(session, pull);
  const pusher = openPusher(session, push);
  return {
    name,
    kind: 'registry',
    place: `docker-image://${endpoint.registry}/${endpoint.repository}`,
    reference,
    resolve: (wanted, call) => puller.resolve(wanted ?? reference.digest ?? reference.tag ?? 'latest', call),
    blob: (descriptor, call) => puller.blob(descriptor, call),
    part: (descriptor, range, call) => puller.part(descriptor, range, call),
    referrers: (subject, call) => puller.referrers(subject, call),
    tags: (call) => puller.tags(call),
    has: (descriptor, call) => pusher.has(descriptor, call),
    writeBlob: (descriptor, bytes, call) => pusher.writeBlob(descriptor, bytes, call),
    writeManifest: (descriptor, bytes, call) => pusher.writeManifest(descriptor, bytes, call),
    tag: (tag, descriptor, call) => pusher.tag(tag, descriptor, call),
    close: () => session.close(),
  };
}
