import { says } from './findings.ts';
import type { JudgedFailure } from './judge-types.ts';
import type { Target } from './types.ts';

/** What is known of a runtime's own words for an image that does not start there. */
interface Words {
  /** Undefined where nobody has told how this runtime puts it. */
  readonly says: string | undefined;
  /** Whether the words are those of the runtime, or of what runs inside it and ends in its log as it is. */
  readonly own: boolean;
}

const NOT_FOUND = 'executable file not found in $PATH';

/**
 * What a runtime prints where the proof has found that something fails. `exec PATH: …` is runc's line for an execve
 * that failed, `exec: "NAME": …` its line for a program that it would not even try; anything else is printed by a
 * program of the image, and no runtime changes it.
 */
export function inRuntimeWords({ mismatch }: Target, failure: Pick<JudgedFailure, 'stage' | 'prints'>): Words {
  const { prints, stage } = failure;
  if (prints === undefined) return { says: undefined, own: false };
  if (stage === 'load') return { says: prints, own: false };
  const executed = /^exec ([^"].*?): ([^:]+)$/.exec(prints);
  if (executed !== null) return { says: ofExec(mismatch, executed[1]!, executed[2]!), own: true };
  if (stage !== 'create') return { says: prints, own: false };
  const bare = /^exec: "(.*)": /.exec(prints)?.[1];
  if (bare !== undefined && prints.endsWith(NOT_FOUND) && mismatch.notOnPath !== undefined) {
    return { says: says(mismatch.notOnPath, { command: bare }), own: true };
  }
  if (mismatch.create !== undefined) return { says: says(mismatch.create, { error: prints }), own: true };
  // Lambda's words for a path that leads nowhere are those of any other execve that failed.
  const missing = /^exec: "(.*)": (?:stat \1: )?(.+)$/.exec(prints);
  return { says: missing === null ? undefined : ofExec(mismatch, missing[1]!, missing[2]!), own: true };
}

/** The line about a wrong CPU, with the error that it is: Go writes every failed execve alike (os.PathError). */
function ofExec({ single }: Target['mismatch'], path: string, error: string): string | undefined {
  if (single === 'unknown' || !single.value.includes('exec format error')) return undefined;
  const said = says(single, { path });
  if (error === 'exec format error') return said;
  return /exec \{path\}: exec format error$/.test(single.value)
    ? said?.replace(/exec format error$/, () => error)
    : undefined;
}
