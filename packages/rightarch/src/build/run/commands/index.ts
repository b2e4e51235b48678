import { chmod, chown, touch } from './attributes.ts';
import type { Program } from './command.ts';
import { cp, install, mv } from './copy.ts';
import { mkdir, rmdir } from './directories.ts';
import { ln } from './link.ts';
import { cat, id, namePart, tee, uname } from './look.ts';
import { rm } from './remove.ts';

/** Programs of coreutils and busybox that are carried out on the image's files. */
export const filePrograms: Readonly<Record<string, Program>> = {
  basename: namePart,
  cat,
  chgrp: chown,
  chmod,
  chown,
  cp,
  dirname: namePart,
  id,
  install,
  ln,
  mkdir,
  mv,
  rm,
  rmdir,
  tee,
  touch,
  uname,
};
