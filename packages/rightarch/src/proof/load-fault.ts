import type { LoadAnswer } from './libraries.ts';

/** Why a library does not load into a process, and what its loader prints then. */
export interface LoadFault {
  readonly cause: 'library' | 'version' | 'unusable' | 'musl-module' | 'glibc-module';
  /** The library that is missing or unusable, or the version that an older one lacks. */
  readonly library: string;
  readonly prints: string;
}

/** What a loader's answer comes to where it is no; undefined where it is yes, or open. */
export function loadFault(outcome: LoadAnswer['outcome'], libc: 'glibc' | 'musl'): LoadFault | undefined {
  const musl = libc === 'musl';
  if (outcome.kind === 'missing') {
    const { name, neededBy } = outcome;
    const prints = musl
      ? `Error loading shared library ${name}: No such file or directory (needed by ${neededBy})`
      : `${name}: cannot open shared object file: No such file or directory`;
    // musl's own library is called libc.so where it was not packaged by Alpine; glibc has a text of that name at most.
    const other = musl ? /^ld-linux|^ld64\.so/ : /^libc\.musl-|^ld-musl-|^libc\.so$/;
    return { cause: other.test(name) ? (musl ? 'glibc-module' : 'musl-module') : 'library', library: name, prints };
  }
  if (outcome.kind === 'too-old') {
    const [{ version, library, neededBy }] = outcome.missing;
    const prints = `${library}: version \`${version}' not found (required by ${neededBy.path})`;
    return { cause: 'version', library: version, prints };
  }
  if (outcome.kind === 'unusable') return { cause: 'unusable', library: outcome.path, prints: outcome.says };
  return undefined;
}
