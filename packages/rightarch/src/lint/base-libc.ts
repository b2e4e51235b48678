import type { DockerfileView, StageView } from './documents/dockerfile.ts';

export type BaseLibc = 'glibc' | 'musl';

/** Distributions with glibc that have no other (their pages on Docker Hub, read 2026-11-29). */
const GLIBC = /^(?:debian|ubuntu|fedora|rockylinux|almalinux|amazonlinux|oraclelinux|buildpack-deps|gcc)$/;

/**
 * Official images that are Debian's or Ubuntu's, or Alpine's where their tag says `alpine`; a tag that names neither is the
 * former (https://github.com/docker-library/official-images, library/node and the others, read 2026-11-29).
 */
const EITHER = /^(?:node|python|golang|rust|ruby|php|perl|nginx|httpd|redis|postgres|eclipse-temurin)$/;

/** The same for a tag of which an ARG makes a part: the part that is written must say it. */
const OF_DEBIAN = /-(?:slim|trixie|bookworm|bullseye|buster|noble|jammy|focal)\b/;

/** The image that a stage stands on, through the stages below it, as it is written. */
export function imageBelow({ graph }: DockerfileView, { node }: StageView): string | undefined {
  let below = node;
  while (below.base?.kind === 'stage') below = graph.stages[below.base.index]!;
  return below.base?.kind === 'image' ? below.stage.from.image.text : undefined;
}

/** The libc of an image where its name leaves no doubt: an official image, whatever else an ARG puts into its tag. */
export function certainLibc(image: string | undefined): BaseLibc | undefined {
  const [, name = '', written] =
    /^(?:docker\.io\/(?:library\/)?|library\/|public\.ecr\.aws\/docker\/library\/)?([a-z][a-z0-9-]*)(?::([^@/]+))?(?:@sha256:[0-9a-f]+)?$/.exec(
      image ?? '',
    ) ?? [];
  const tag = written?.replace(/\$\{[^}]*\}|\$\w+/g, '$');
  // A digest alone says nothing of which image it is.
  if (tag === undefined && image?.includes('@') === true) return undefined;
  if (name === 'alpine') return 'musl';
  if (GLIBC.test(name)) return 'glibc';
  if (!EITHER.test(name) || /windowsservercore|nanoserver/.test(tag ?? '')) return undefined;
  if (/(?:^|-)alpine(?:3\.\d+)?(?:-|$)/.test(tag ?? '')) return 'musl';
  return tag === undefined || !tag.includes('$') || OF_DEBIAN.test(tag) ? 'glibc' : undefined;
}
