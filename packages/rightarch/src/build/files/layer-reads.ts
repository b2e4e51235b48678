import type { KeepRule } from '../../scan/index.ts';
import { proofKeep } from '../../scan/index.ts';

/** The programs of a base that a RUN looks into before it does their work: shells, coreutils, shadow. */
const PROGRAM = new RegExp(
  `^(?:usr/(?:local/)?)?s?bin/(?:${[
    'sh ash dash bash busybox',
    'basename cat chgrp chmod chown cp dirname echo env false id install ln ls mkdir mv printf pwd rm rmdir tee test touch true uname',
    'addgroup adduser groupadd groupmod passwd useradd usermod ldd',
  ]
    .join(' ')
    .replaceAll(' ', '|')})$`,
);
/** Two of them come in one large file. */
const LARGE_SHELL = /(?:^|\/)(?:busybox|bash)$/;
const SETTING = /^etc\//;
/** What says which npm, node and libvips an image has. */
const VERSION = /\/npm\/package\.json$|\/node_version\.h$|\/pkgconfig\/[^/]+\.pc$/;

const SMALL = 256 << 10;
const LARGE = 2 << 20;
/** Of one layer, in memory while it is read. */
const TOTAL = 16 << 20;

/** A content that was met while a layer was read. */
export interface SeenContent {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Whether a simulated RUN is likely to ask for the content of a file of a base: accounts, shells, the programs that it
 * names, versions of tools. All else is unpacked when it is asked for, with the whole layer.
 */
export function isLikelyRead(path: string, size: number): boolean {
  if (PROGRAM.test(path)) return size <= (LARGE_SHELL.test(path) ? LARGE : SMALL);
  return size <= SMALL && (SETTING.test(path) || VERSION.test(path));
}

/**
 * The proof's rule, and beside it a look at what a build is likely to read. What stays in the facts is what the proof
 * alone would have kept, so that they are its facts.
 */
export function watchContents(): { readonly keep: KeepRule; readonly seen: readonly SeenContent[] } {
  const seen: SeenContent[] = [];
  let room = TOTAL;
  const keep: KeepRule = {
    id: proofKeep.id,
    wants: (path, size) => proofKeep.wants(path, size) || (size <= room && isLikelyRead(path, size)),
    retains: (path, bytes) => {
      if (bytes.byteLength <= room && isLikelyRead(path, bytes.byteLength)) {
        seen.push({ path, bytes });
        room -= bytes.byteLength;
      }
      return proofKeep.wants(path, bytes.byteLength) && proofKeep.retains?.(path, bytes) !== false;
    },
  };
  return { keep, seen };
}
