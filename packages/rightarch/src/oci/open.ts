import { isAbsolute, join } from 'node:path';
import { type ImageLocator, type ImageReference, ok, parseReference, type Result } from '../core/index.ts';
import { atInput, refusal } from '../messages/index.ts';
import { openArchive } from './archive.ts';
import { type DockerAddress, openDocker } from './docker.ts';
import { openLayout } from './layout.ts';
import type { MirrorRule, RegistryOptions } from './registry/index.ts';
import type { CallOptions, ImageSource } from './types.ts';

/**
 * Reads what a person wrote for an image: `oci:DIR[:NAME]`, `archive:FILE[:NAME]`, `docker:NAME`, `registry:NAME`, or
 * a reference. A path may begin with a drive letter; a name may contain colons (`oci:out:app:1.2`).
 */
export function parseLocator(text: string): Result<ImageLocator> {
  const refuse = (problem: string, instead?: string) =>
    refusal(
      'image/locator-invalid',
      { text, problem, ...(instead !== undefined ? { instead } : {}) },
      atInput('IMAGE'),
    );
  const prefix = /^(oci|archive|docker|registry):/.exec(text)?.[1];
  const rest = prefix === undefined ? text : text.slice(prefix.length + 1);
  if (rest === '') return refuse('empty');
  if (prefix === 'oci' || prefix === 'archive') {
    const [path, name] = splitPath(rest);
    if (path === '' || name === '') return refuse('empty');
    const named = name === undefined ? {} : { name };
    return ok(
      prefix === 'oci' ? { kind: 'layout', directory: path, ...named } : { kind: 'archive', file: path, ...named },
    );
  }
  if (prefix === 'docker') {
    if (rest.startsWith('//')) return refuse('form', `registry:${rest.slice(2)}`);
    // An image id is a name to Docker as well, so only what could never be one is refused here.
    if (!/^[\w][\w.:/@-]*$/.test(rest)) return refuse('form');
    return ok({ kind: 'docker', name: rest });
  }
  // People paste what their browser shows. Credentials in it are not repeated.
  const address = /^https?:\/\/(?:[^/@]*@)?(.+?)\/*$/.exec(rest)?.[1];
  if (address !== undefined) return refuse('url', address);
  if (prefix === undefined) {
    const instead = looksLikePath(rest);
    if (instead !== undefined) return refuse('path', instead);
  }
  const parsed = parseReference(rest);
  return parsed.ok ? ok({ kind: 'registry', reference: parsed.value }) : refuse(parsed.problem);
}

function splitPath(text: string): readonly [path: string, name?: string] {
  const drive = /^[A-Za-z]:[\\/]/.test(text) ? 2 : 0;
  const colon = text.indexOf(':', drive);
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
}

function looksLikePath(text: string): string | undefined {
  if (/\.(tar|tgz|tar\.gz|tar\.zst)$/.test(text) && !/^[^/]+[.:][^/]*\//.test(text)) return `archive:${text}`;
  return /^(\.{0,2}[\\/]|~|[A-Za-z]:[\\/])/.test(text) || text === '.' || text === '..' ? `oci:${text}` : undefined;
}

export interface OpenOptions extends CallOptions {
  /** What relative paths are relative to; the process's directory unless told. */
  readonly cwd?: string | undefined;
  readonly temporaryDirectory?: string | undefined;
  readonly docker?: DockerAddress | undefined;
  readonly registry?: RegistryOptions | undefined;
  /** Asked before the registry that they stand in for, in this order. */
  readonly mirrors?: readonly MirrorRule[] | undefined;
}

/** A source, and the name in it that was asked for: what to hand to its `resolve`. */
export interface OpenedSource {
  readonly source: ImageSource;
  readonly name: string | undefined;
}

/** Opens the place that a locator names. Throws `Failure` where it is not there; registries are asked only when read. */
export async function openSource(locator: ImageLocator, options: OpenOptions = {}): Promise<OpenedSource> {
  const at = (path: string) => (options.cwd === undefined || isAbsolute(path) ? path : join(options.cwd, path));
  const { signal, temporaryDirectory } = options;
  switch (locator.kind) {
    case 'layout': {
      const source = openLayout(at(locator.directory), { name: `oci:${locator.directory}` });
      return { source, name: locator.name };
    }
    case 'archive': {
      const name = `archive:${locator.file}`;
      return { source: await openArchive(at(locator.file), { name, signal, temporaryDirectory }), name: locator.name };
    }
    case 'docker': {
      const source = await openDocker(locator.name, { address: options.docker, signal, temporaryDirectory });
      const images = await source.list();
      // Asked for by id, or exported without its tags: there is one image, whatever it is called.
      return { source, name: images.length === 1 ? undefined : locator.name };
    }
    case 'registry': {
      const { reference } = locator;
      const name = reference.digest ?? reference.tag ?? 'latest';
      return { source: await openRegistryOrMirror(reference, at, options), name };
    }
  }
}

async function openRegistryOrMirror(
  reference: ImageReference,
  at: (path: string) => string,
  options: OpenOptions,
): Promise<ImageSource> {
  // Loaded when used: the HTTP client takes longer to load than most commands to run.
  const registry = await import('./registry/index.ts');
  const main = registry.openRegistry(reference, options.registry ?? {});
  const mirrors: ImageSource[] = [];
  for (const rule of options.mirrors ?? []) {
    if (rule.registry !== reference.registry) continue;
    const { to } = rule;
    if (to.kind === 'layout') {
      const layout = openLayout(at(to.directory), { name: rule.text });
      mirrors.push(registry.layoutAsMirror(layout, reference, rule));
    } else mirrors.push(registry.openMirrorRegistry(reference, { ...rule, to }, options.registry ?? {}));
  }
  const [first, ...others] = mirrors;
  return first === undefined ? main : registry.firstThatHas([first, ...others, main]);
}
