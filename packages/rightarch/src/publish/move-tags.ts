import { type Digest, Failure } from '../core/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { currentTag } from '../oci/registry/index.ts';
import type { TagChange, Wanted } from './tag-change.ts';
import type { Destination, PublishOptions, TagReceipt } from './types.ts';

/** One name of one repository, and what it is to point at. */
export interface Move {
  readonly destination: Destination;
  readonly tag: string;
  readonly wanted: Wanted;
  readonly platform?: string;
}

/** How long an answer is waited for after Ctrl-C, so that it can be said whether the name has moved. */
const GRACE_MS = 5_000;

/**
 * Moves names one after the other. A request that moves one is never cut off half-way: what Ctrl-C stops is the next.
 * Throws `publish/tag-unanswered` where nobody can say whether a name has moved, and `publish/tags-partly-moved` where
 * some have.
 */
export async function moveTags(
  moves: readonly Move[],
  changes: readonly TagChange[],
  { onEvent, signal, graceMs = GRACE_MS }: Pick<PublishOptions, 'onEvent' | 'signal' | 'graceMs'>,
): Promise<Map<Destination, TagReceipt[]>> {
  const receipts = new Map<Destination, TagReceipt[]>();
  const moved: string[] = [];
  for (const [i, move] of moves.entries()) {
    const { destination, tag, wanted, platform } = move;
    const { repository } = destination;
    const before = changes[i]?.before?.digest ?? null;
    const { digest } = wanted.descriptor;
    if (before !== digest) {
      try {
        await moveOne(move, before, signal, graceMs);
      } catch (error) {
        if (moved.length === 0) throw error;
        const isUnanswered = isCode(error, 'publish/tag-unanswered');
        const unanswered = isUnanswered ? [referenceOf(move)] : [];
        const left = moves.slice(isUnanswered ? i + 1 : i).map(referenceOf);
        // Also where somebody pressed Ctrl-C: which names have moved by then is what they need to know.
        const said = error instanceof Failure ? error.diagnostic : undefined;
        const blame = error instanceof Failure ? error.blame : 'outside';
        throw failure(
          'publish/tags-partly-moved',
          { moved, left, unanswered },
          said?.at ?? atInput(repository.name),
          blame,
          {
            because: said === undefined ? [String(error)] : [said.code, ...(said.because ?? [])],
            cause: error,
          },
        );
      }
      moved.push(referenceOf(move));
    }
    onEvent?.({ kind: 'tagged', repository: repository.name, tag, moved: before !== digest });
    const receipt = { tag, digest, before, moved: before !== digest, ...(platform === undefined ? {} : { platform }) };
    receipts.set(destination, [...(receipts.get(destination) ?? []), receipt]);
  }
  return receipts;
}

function referenceOf({ destination, tag }: Move): string {
  return `${destination.repository.name}:${tag}`;
}

async function moveOne(
  move: Move,
  before: Digest | null,
  signal: AbortSignal | undefined,
  graceMs: number,
): Promise<void> {
  const { destination, tag, wanted } = move;
  const at = { in: 'image', image: referenceOf(move) } as const;
  if (signal?.aborted) throw failure('registry/interrupted', {}, at, 'outside', { cause: signal.reason });
  const grace = graceAfter(signal, graceMs);
  try {
    await destination.repository.tag(tag, wanted.descriptor, { signal: grace.signal });
  } catch (error) {
    const isAnswered = !isWithoutAnswer(error);
    if (isAnswered && !isCode(error, 'registry/unavailable')) throw immutable(error, move, before);
    // What was sent may have been done, whatever came back.
    if ((await pointsAt(move, graceMs)) === wanted.descriptor.digest) return;
    if (isAnswered) throw error;
    const args = { reference: referenceOf(move), wanted: wanted.descriptor.digest };
    const { code, because = [] } = error.diagnostic;
    throw failure('publish/tag-unanswered', args, at, 'outside', {
      because: [code, ...because],
      cause: error,
    });
  } finally {
    grace.end();
  }
}

/** A signal that follows another one only after a while. */
function graceAfter(signal: AbortSignal | undefined, ms: number): { readonly signal: AbortSignal; end(): void } {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const follow = (): void => {
    timer = setTimeout(() => late.abort(signal?.reason), ms);
  };
  signal?.addEventListener('abort', follow, { once: true });
  return {
    signal: late.signal,
    end() {
      signal?.removeEventListener('abort', follow);
      clearTimeout(timer);
    },
  };
}

/** What a name points at now; undefined where it points at nothing, or nobody answers in time. */
async function pointsAt({ destination, tag }: Move, ms: number): Promise<Digest | undefined> {
  const call = { signal: AbortSignal.timeout(ms) };
  const { repository } = destination;
  const found = await currentTag((name, options) => repository.resolve(name, options), tag, call).catch(
    () => undefined,
  );
  return found?.digest;
}

function isCode(error: unknown, code: string): error is Failure {
  return error instanceof Failure && error.diagnostic.code === code;
}

function isWithoutAnswer(error: unknown): error is Failure {
  return isCode(error, 'registry/unreachable') || isCode(error, 'registry/interrupted');
}

/**
 * ECR says TAG_INVALID, Harbor PRECONDITION, others DENIED, each with its own status; all of them say "immutable" in
 * their words, and nobody else does.
 */
function immutable(error: unknown, move: Move, before: Digest | null): unknown {
  if (!(error instanceof Failure) || before === null) return error;
  const { code, because = [] } = error.diagnostic;
  if (!code.startsWith('registry/') || !because.some((line) => /immutable/i.test(line))) return error;
  const reference = referenceOf(move);
  const args = { reference, there: before, wanted: move.wanted.descriptor.digest };
  return failure('publish/tag-immutable', args, { in: 'image', image: reference }, 'outside', {
    because,
    cause: error,
  });
}
