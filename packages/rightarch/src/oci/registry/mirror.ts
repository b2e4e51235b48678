import {
  type Diagnostic,
  Failure,
  type ImageReference,
  isDigest,
  isRegistryHost,
  ok,
  type Result,
} from '../../core/index.ts';
import { atInput, refusal } from '../../messages/index.ts';
import type { Descriptor, ImageSource } from '../types.ts';
import { openRepository, type RegistryRepository } from './open-registry.ts';
import type { RegistryOptions } from './options.ts';

/** A place to ask before a registry: an OCI layout, or another registry, with a path prefix where there is one. */
export interface MirrorRule {
  /** The registry it answers for: `docker.io`. */
  readonly registry: string;
  readonly to:
    | { readonly kind: 'layout'; readonly directory: string }
    | { readonly kind: 'registry'; readonly origin: string; readonly prefix: string };
  /** The right side as it was written, for messages: `oci:bases`. */
  readonly text: string;
}

/** Reads `docker.io=oci:DIR` or `docker.io=http(s)://HOST[:PORT][/PREFIX]`. */
export function parseMirror(text: string): Result<MirrorRule> {
  const malformed = () => refusal('registry/mirror-malformed', { text: withoutUserinfo(text) }, atInput('--mirror'));
  const equals = text.indexOf('=');
  const registry = text.slice(0, Math.max(0, equals)).toLowerCase();
  const to = text.slice(equals + 1);
  if (!isRegistryHost(registry)) return malformed();
  const named = registry === 'index.docker.io' || registry === 'registry-1.docker.io' ? 'docker.io' : registry;
  if (to.startsWith('oci:')) {
    const directory = to.slice('oci:'.length);
    return directory === '' ? malformed() : ok({ registry: named, to: { kind: 'layout', directory }, text: to });
  }
  if (!/^https?:\/\//.test(to) || !URL.canParse(to)) return malformed();
  const url = new URL(to);
  // A password in a command line ends in the history and in every report: credentials come from files.
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return malformed();
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  return ok({ registry: named, to: { kind: 'registry', origin: url.origin, prefix }, text: to });
}

function withoutUserinfo(text: string): string {
  return text.replace(/:\/\/[^@/]*@/, '://');
}

/** The repository of a reference as a mirror registry has it; plain HTTP is allowed, for the rule names it. */
export function openMirrorRegistry(
  reference: ImageReference,
  rule: MirrorRule & { readonly to: { readonly kind: 'registry' } },
  options: RegistryOptions = {},
): RegistryRepository {
  const { origin, prefix } = rule.to;
  const repository = prefix === '' ? reference.repository : `${prefix}/${reference.repository}`;
  const { host } = new URL(origin);
  return openRepository(
    reference,
    { registry: host, origin, repository },
    `${reference.registry}/${reference.repository} (mirror ${rule.text})`,
    { ...options, insecureHosts: [...(options.insecureHosts ?? []), ...(origin.startsWith('http:') ? [host] : [])] },
  );
}

/** A layout that names images by their full reference (`docker.io/library/node:22-slim`), as the repository of one. */
export function layoutAsMirror(layout: ImageSource, reference: ImageReference, rule: MirrorRule): ImageSource {
  const place = `${reference.registry}/${reference.repository}`;
  return {
    name: `${place} (mirror ${rule.text})`,
    kind: layout.kind,
    place: layout.place,
    resolve(name = reference.digest ?? reference.tag ?? 'latest', call) {
      return layout.resolve(isDigest(name) ? name : `${place}:${name}`, call);
    },
    blob: (descriptor, call) => layout.blob(descriptor, call),
    ...(layout.part === undefined ? {} : { part: layout.part.bind(layout) }),
    ...(layout.referrers === undefined ? {} : { referrers: layout.referrers.bind(layout) }),
    close: () => layout.close(),
  };
}

/**
 * Asks each source in turn: mirrors first, the registry itself last. The first that resolves a name answers for it
 * and gives this source its name, so that a report can say who did. A mirror that lacks something, cannot be
 * reached, or will not let us in is passed over; what it said is kept for the failure of the last.
 */
export function firstThatHas(sources: readonly [ImageSource, ...ImageSource[]]): ImageSource {
  let answering: ImageSource | undefined;
  const inOrder = () =>
    answering === undefined ? sources : [answering, ...sources.filter((source) => source !== answering)];
  return {
    get name() {
      return (answering ?? sources.at(-1)!).name;
    },
    get kind() {
      return (answering ?? sources.at(-1)!).kind;
    },
    get place() {
      return (answering ?? sources.at(-1)!).place;
    },
    async resolve(name, call) {
      const passed: Diagnostic[] = [];
      for (const source of sources) {
        try {
          const descriptor = await source.resolve(name, call);
          answering = source;
          return descriptor;
        } catch (error) {
          if (call?.signal?.aborted || source === sources.at(-1)) throw withPassed(error, passed);
          passed.push(saidBy(source, error));
        }
      }
      throw new Error('unreachable: the last source answers or throws');
    },
    async *blob(descriptor: Descriptor, call) {
      const passed: Diagnostic[] = [];
      const order = inOrder();
      for (const source of order) {
        let started = false;
        try {
          for await (const bytes of source.blob(descriptor, call)) {
            started = true;
            yield bytes;
          }
          return;
        } catch (error) {
          // Once bytes are out, another source could only repeat them.
          if (started || call?.signal?.aborted || source === order.at(-1)) throw withPassed(error, passed);
          passed.push(saidBy(source, error));
        }
      }
    },
    async part(descriptor, range, call) {
      return (answering ?? sources.at(-1)!).part?.(descriptor, range, call);
    },
    async referrers(subject, call) {
      const source = answering ?? sources.at(-1)!;
      return (await source.referrers?.(subject, call)) ?? [];
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

/** What a source that was passed over failed with, at the name of that source. What is no failure is a bug, and thrown. */
function saidBy(source: ImageSource, error: unknown): Diagnostic {
  if (!(error instanceof Failure)) throw error;
  return { ...error.diagnostic, at: { in: 'image', image: source.name } };
}

function withPassed(error: unknown, passed: readonly Diagnostic[]): unknown {
  if (!(error instanceof Failure) || passed.length === 0) return error;
  const causes = [...(error.diagnostic.causes ?? []), ...passed];
  return new Failure({ ...error.diagnostic, causes }, error.blame, { cause: error });
}
