import { formatPlatform, type Platform, parsePlatform, samePlatform } from '../../../core/index.ts';
import type { Span } from '../../../dockerfile/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { platformOfWord } from '../../cpu-words.ts';
import { breaksOn, type DockerfileRule, inFile, severityOf } from '../../rule.ts';
import { namesOf } from '../../wanted.ts';

/** `amd64/node`, `arm64v8/python`: the official images for one CPU, below a namespace of its name. */
const NAMESPACES: Readonly<Record<string, string>> = {
  amd64: 'linux/amd64',
  arm64v8: 'linux/arm64',
  arm32v7: 'linux/arm/v7',
  arm32v6: 'linux/arm/v6',
  arm32v5: 'linux/arm/v5',
  ppc64le: 'linux/ppc64le',
  s390x: 'linux/s390x',
  riscv64: 'linux/riscv64',
};

/** `…:3.9-x86_64`, `…:nonroot-arm64`, `…/pause-amd64`. `x64` and `armhf` are no words for it there. */
const SUFFIX = /[-_.](amd64|x86_64|x86-64|arm64v8|arm64|aarch64|arm32v7|armv7|ppc64le|s390x|riscv64)$/;

/** A base, or an image that files are copied from, whose name says for which CPU it is. */
export const baseForOnePlatform: DockerfileRule = function* (view, context) {
  for (const stage of view.stages) {
    // On the builder's CPU, or on a pinned one, other rules look at what comes of it.
    if (stage.follows !== 'target') continue;
    const { node } = stage;
    const named: { readonly reference: string; readonly span: Span }[] = [];
    if (node.base?.kind === 'image' && !node.stage.from.image.text.includes('$'))
      named.push({ reference: node.base.reference, span: node.stage.from.image.span });
    for (const { source, span } of node.uses)
      if (source.kind === 'image') named.push({ reference: source.reference, span });
    for (const { reference, span } of named) {
      const found = platformOfName(reference);
      if (found === undefined) continue;
      const breaks = breaksOn(context, stage, (platform) => samePlatform(platform, found.platform));
      if (breaks.length === 0) continue;
      const args = {
        reference,
        platform: formatPlatform(found.platform),
        instead: found.instead,
        breaks: namesOf(breaks),
      };
      yield {
        diagnostic: diagnostic('dockerfile/base-for-one-platform', args, inFile(view.file, span), {
          severity: severityOf(breaks),
        }),
      };
    }
  }
};

/** The CPU that a reference names, and the same reference without it. */
export function platformOfName(written: string): { platform: Platform; instead: string } | undefined {
  const at = (text: string | undefined): Platform | undefined => (text === undefined ? undefined : parsePlatform(text));
  // What a digest is for, a registry would say; the name beside it says what it was taken for.
  const [reference = ''] = written.split('@');
  const [, namespace = '', rest = ''] = /^(?:docker\.io\/)?([a-z0-9]+)\/([^/]+)$/.exec(reference) ?? [];
  const official = Object.hasOwn(NAMESPACES, namespace) ? at(NAMESPACES[namespace]) : undefined;
  if (official !== undefined) return { platform: official, instead: rest };
  const slash = reference.lastIndexOf('/');
  const colon = reference.indexOf(':', slash + 1);
  const [name, tag] = colon < 0 ? [reference, ''] : [reference.slice(0, colon), reference.slice(colon + 1)];
  const word = SUFFIX.exec(tag)?.[1] ?? SUFFIX.exec(name)?.[1];
  // `dockcross/linux-arm64`, `…:cache-cross-aarch64`: what it compiles for, on another CPU.
  if (word === undefined || /cross/i.test(reference)) return undefined;
  const platform = platformOfWord(word);
  if (platform === undefined) return undefined;
  const instead = SUFFIX.test(tag)
    ? `${name}:${tag.replace(SUFFIX, '')}`
    : reference.replace(name, name.replace(SUFFIX, ''));
  return { platform, instead };
}
