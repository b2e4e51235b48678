import type { Digest } from '../core/index.ts';
import type { Descriptor, ImageSink } from '../oci/index.ts';
import type { RepositoryReceipt } from './types.ts';

/** A sink that writes only what is missing, and counts. */
export interface CountingSink {
  readonly sink: ImageSink;
  readonly counts: () => Pick<RepositoryReceipt, 'blobs' | 'manifests' | 'bytes'>;
}

/** Wraps a sink. `onBlob` hears of bytes as they leave. */
export function countingSink(inner: ImageSink, onBlob: (digest: Digest, bytes: number) => void): CountingSink {
  const blobs = { present: 0, mounted: 0, uploaded: 0 };
  const manifests = { present: 0, written: 0 };
  let bytes = 0;
  const sink: ImageSink = {
    name: inner.name,
    kind: inner.kind,
    async has(descriptor: Descriptor, call) {
      const there = await inner.has(descriptor, call);
      if (there) blobs.present++;
      return there;
    },
    async writeBlob(descriptor, open, call = {}) {
      let opened = false;
      await inner.writeBlob(
        descriptor,
        () => {
          opened = true;
          return open();
        },
        {
          ...call,
          onBytes(count) {
            bytes += count;
            onBlob(descriptor.digest, count);
            call.onBytes?.(count);
          },
        },
      );
      // Nobody asked for the bytes: the registry took them from another repository.
      if (opened) blobs.uploaded++;
      else blobs.mounted++;
    },
    async writeManifest(descriptor, raw, call) {
      if (await inner.has(descriptor, call)) {
        manifests.present++;
        return;
      }
      await inner.writeManifest(descriptor, raw, call);
      manifests.written++;
    },
    tag: (name, descriptor, call) => inner.tag(name, descriptor, call),
    close: () => inner.close(),
  };
  return { sink, counts: () => ({ blobs: { ...blobs }, manifests: { ...manifests }, bytes }) };
}
