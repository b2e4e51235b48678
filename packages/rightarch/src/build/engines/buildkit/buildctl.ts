import { basename, dirname } from 'node:path';
import { familiarReference, parseReference } from '../../../core/index.ts';
import { atInput, failure } from '../../../messages/index.ts';
import { type CallOptions, openLayout } from '../../../oci/index.ts';
import { csvFields, csvRow } from '../../docker-flags.ts';
import { localCache, platformsOf, secretFlags } from '../../stage/docker-command.ts';
import type { BuildRequest } from '../../types.ts';
import { absolute, argsOf, type HandedOver, outputFields } from './hand-over.ts';
import type { BuildctlNode } from './node.ts';

/**
 * The same request in the words of `buildctl`: what `docker buildx build` makes of its flags (buildx, build/opt.go and
 * commands/build.go; moby/buildkit, frontend/dockerui/config.go; read 2026-11-29).
 */
export async function buildctlWords(
  { request, dockerfile }: HandedOver,
  { node, layout }: { readonly node: BuildctlNode; readonly layout: string },
  call: CallOptions,
): Promise<readonly string[]> {
  const path = absolute(request);
  const { stage, labels, network, pull, noCache } = request;
  const contexts = await namedContexts(request, path, call);
  const options = [
    `platform=${platformsOf(request)}`,
    `filename=${basename(dockerfile)}`,
    ...(stage === undefined ? [] : [`target=${stage}`]),
    ...argsOf(request).map((arg) => `build-arg:${arg}`),
    ...Object.entries(labels).map(([name, value]) => `label:${name}=${value}`),
    ...contexts.options,
    ...(network === undefined || network === 'default' ? [] : [`force-network-mode=${network}`]),
    ...(pull ? ['image-resolve-mode=pull'] : []),
    ...valuesOf(request),
    ...attestsOf(request),
  ];
  const allowed = network === 'host' ? ['network.host'] : [];
  return [
    ...[...node.reach, 'build', '--progress', 'rawjson', '--frontend', 'dockerfile.v0'],
    ...['--local', `context=${request.context}`, '--local', `dockerfile=${dirname(dockerfile)}`],
    ...contexts.words,
    ...options.flatMap((option) => ['--opt', option]),
    ...[...allowed, ...flag(request, 'allow')].flatMap((one) => ['--allow', one]),
    ...secretFlags(request, path),
    ...flag(request, 'cache-from').flatMap((one) => ['--import-cache', cache(one, path)]),
    ...flag(request, 'cache-to').flatMap((one) => ['--export-cache', cache(one, path)]),
    ...(noCache ? ['--no-cache'] : []),
    ...['--output', csvRow([...outputFields(request, layout), ...annotationFields(request)])],
  ];
}

const flag = ({ dockerFlags = [] }: BuildRequest, name: string): readonly string[] =>
  dockerFlags.flatMap(([one, value]) => (one === name ? [value] : []));

/** What names no type is a reference. */
const cache = (text: string, path: (path: string) => string): string =>
  text.includes('type=') ? localCache(text, path) : `type=registry,ref=${text}`;

/** Each has one option for all of its values. */
function valuesOf(request: BuildRequest): readonly string[] {
  const hosts = flag(request, 'add-host').map((text) => {
    const [, host = text, ip = ''] = /^([^:=]+)[:=](.*)$/s.exec(text) ?? [];
    return `${host}=${ip.replace(/^\[(.*)\]$/, '$1')}`;
  });
  const limits = flag(request, 'ulimit');
  const size = flag(request, 'shm-size').at(-1);
  return [
    ...(hosts.length === 0 ? [] : [`add-hosts=${csvRow(hosts)}`]),
    ...(limits.length === 0 ? [] : [`ulimit=${csvRow(limits)}`]),
    ...(size === undefined ? [] : [`shm-size=${bytesOf(size)}`]),
  ];
}

/** `type=provenance,mode=max` is `attest:provenance=mode=max` (moby/buildkit, docs/attestations, read 2026-11-30). */
function attestsOf({ attests = [] }: BuildRequest): readonly string[] {
  return attests.map((text) => {
    const fields = csvFields(text);
    const type = fields.find((field) => field.startsWith('type='))?.slice('type='.length) ?? '';
    return `attest:${type}=${csvRow(fields.filter((field) => !/^(?:type|disabled)=/.test(field)))}`;
  });
}

/** `64m` as docker/go-units reads it (RAMInBytes): by 1024, whatever stands behind the letter. */
export function bytesOf(text: string): string {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text) ?? [];
  // BuildKit says what is wrong with it.
  if (number === undefined) return text;
  return String(Math.trunc(Number(number) * 1024 ** ' kmgtp'.indexOf(unit.toLowerCase() || ' ')));
}

/** Directories, layouts by their digests, images; under the names that the frontend looks for. */
async function namedContexts(
  { contexts }: BuildRequest,
  path: (path: string) => string,
  call: CallOptions,
): Promise<{ readonly words: readonly string[]; readonly options: readonly string[] }> {
  const words: string[] = [];
  const options: string[] = [];
  for (const [index, [given, value]] of Object.entries(contexts).entries()) {
    const name = contextName(given);
    const layout = /^(?:oci:|oci-layout:\/\/)(.*)$/s.exec(value)?.[1];
    if (layout !== undefined) {
      const { directory, digest } = await inLayout(layout, path, call);
      words.push('--oci-layout', `layout${index}=${directory}`);
      options.push(`context:${name}=oci-layout://layout${index}@${digest}`);
    } else if (value.startsWith('docker-image://')) options.push(`context:${name}=${value}`);
    else {
      words.push('--local', `named${index}=${path(value)}`);
      options.push(`context:${name}=local:named${index}`);
    }
  }
  // A frontend that knows no named contexts would build on whatever a tag points at: it says so then.
  if (options.length > 0) options.push('frontend.caps=moby.buildkit.frontend.contexts+forward');
  return { words, options };
}

/** As the frontend shortens what stands in FROM before it looks (dockerui/config.go, NamedContext). */
function contextName(given: string): string {
  const parsed = parseReference(given);
  return parsed.ok ? familiarReference(parsed.value).replace(/:latest$/, '') : given;
}

async function inLayout(text: string, path: (path: string) => string, { signal }: CallOptions) {
  const [, directory = text, digest] = /^(.*)@(sha256:[0-9a-f]{64})$/s.exec(text) ?? [];
  if (digest !== undefined) return { directory: path(directory), digest };
  const colon = text.lastIndexOf(':');
  const hasName = colon > text.lastIndexOf('/') && colon > 1;
  const place = path(hasName ? text.slice(0, colon) : text);
  const source = openLayout(place);
  try {
    const root = await source.resolve(hasName ? text.slice(colon + 1) : undefined, { signal });
    return { directory: place, digest: root.digest };
  } finally {
    await source.close();
  }
}

/** `buildctl` writes the names of its fields in small letters (cmd/buildctl/build/output.go, read 2026-11-29). */
function annotationFields({ annotations }: BuildRequest): readonly string[] {
  return Object.entries(annotations).flatMap(([key, value]) => {
    const [, levels = 'manifest', name = key] = /^((?:index|manifest)(?:,(?:index|manifest))*):(.*)$/s.exec(key) ?? [];
    if (name !== name.toLowerCase()) {
      const args = { option: '--annotation', value: key, accepted: [key.toLowerCase()] };
      throw failure('cli/bad-value', args, atInput('--annotation'), 'request');
    }
    return levels.split(',').map((level) => `annotation-${level}.${name}=${value}`);
  });
}
