/** How long a builder may say nothing until it is asked whether it is there, and how often it may leave that unanswered. */
export interface Patience {
  readonly quietMs: number;
  readonly tries: number;
}

/** A step that prints nothing is quiet for as long as it takes, so that quiet alone says nothing. */
const PATIENCE: Patience = { quietMs: 20_000, tries: 5 };

/**
 * Listens while a builder works. Neither `buildctl` nor `docker buildx` ever gives up on a BuildKit that is stopped, and
 * neither ends at the first SIGINT then (seen with BuildKit 0.13, SIGSTOP, 2026-11-30): a connection that nobody has closed
 * is all that they see. So who is quiet is asked anew, over a connection of its own.
 */
export async function whileHeard<T>(
  parts: {
    readonly patience?: Patience | undefined;
    /** Whether it answers; takes its time, but comes to an end. */
    readonly ask: (signal: AbortSignal) => Promise<boolean>;
    /** It did not answer, for the first time since it was last heard. */
    readonly onSilent: (seconds: number) => void;
    /** What to throw where it is given up. */
    readonly lost: (seconds: number) => Error;
    readonly signal?: AbortSignal | undefined;
  },
  work: (call: {
    readonly signal: AbortSignal;
    /** Aborted where the program is to be ended at once: nobody would answer to it. */
    readonly kill: AbortSignal;
    readonly heard: () => void;
  }) => Promise<T>,
): Promise<T> {
  const { patience = PATIENCE, ask, onSilent, lost } = parts;
  const [gone, kill, done] = [new AbortController(), new AbortController(), new AbortController()];
  const signal = parts.signal === undefined ? gone.signal : AbortSignal.any([parts.signal, gone.signal]);
  let last = performance.now();
  let missed = 0;
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    last = performance.now();
    missed = 0;
  };
  const seconds = (): number => Math.round((performance.now() - last) / 1000);
  const listen = (): void => {
    timer = setTimeout(check, patience.quietMs);
  };
  const check = async (): Promise<void> => {
    const before = last;
    const isQuiet = performance.now() - last >= patience.quietMs;
    // A question that cannot be put says nothing about the builder.
    const answers = !isQuiet || (await ask(done.signal).catch(() => true));
    if (done.signal.aborted) return;
    if (answers || before !== last) missed = 0;
    else if (++missed === 1) onSilent(seconds());
    if (missed >= patience.tries) {
      kill.abort();
      gone.abort(lost(seconds()));
    } else listen();
  };
  const interrupted = (): void => {
    if (missed > 0) kill.abort();
  };
  parts.signal?.addEventListener('abort', interrupted, { once: true });
  listen();
  try {
    return await work({ signal, kill: kill.signal, heard });
  } finally {
    done.abort();
    clearTimeout(timer);
    parts.signal?.removeEventListener('abort', interrupted);
  }
}
