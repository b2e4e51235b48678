export type Errno = 'ENOENT' | 'ENOEXEC' | 'EACCES' | 'ELIBBAD' | 'ELOOP';

/** strerror, as Go's syscall package writes it; programs in C begin with a capital. */
export const TEXTS: Readonly<Record<Errno, string>> = {
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  EACCES: 'permission denied',
  ELIBBAD: 'accessing a corrupted shared library',
  ELOOP: 'too many levels of symbolic links',
};

/** strerror as programs in C print it. */
export function capitalOf(errno: Errno): string {
  return TEXTS[errno].charAt(0).toUpperCase() + TEXTS[errno].slice(1);
}
