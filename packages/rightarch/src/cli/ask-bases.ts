import { setMaxListeners } from 'node:events';
import { Failure, type ImageReference, parseReference, withDefaultTag } from '../core/index.ts';
import type { BaseAnswer, KnownBases } from '../lint/index.ts';
import { type OpenOptions, offeredPlatforms, openSource } from '../oci/index.ts';
import { openOptions } from './access.ts';
import type { Session } from './session.ts';

/** A monorepo has some dozens; what is beyond stays unasked and is said to be. */
const MAX_IMAGES = 500;
const AT_ONCE = 8;
/** Also a registry that is slow or silent ends; what it did not say stays undecided. */
const ALL_MS = 60_000;
/** A command that a person waits for gives up sooner than a push. */
const PATIENCE = { attempts: 2, connectTimeoutMs: 10_000, headersTimeoutMs: 15_000, idleTimeoutMs: 15_000 } as const;

type Why = Extract<BaseAnswer, { form: 'unknown' }>['why'];

/**
 * What registries say of these images, each asked once, as `inspect` asks them: with the credentials, mirrors and proxy
 * of the person. A registry that fails or wants fewer requests is asked nothing more.
 */
export async function askBases(session: Session, references: readonly string[]): Promise<KnownBases> {
  const signal = AbortSignal.any([session.shell.signal, AbortSignal.timeout(ALL_MS)]);
  // Each request under way listens to it.
  setMaxListeners(0, signal);
  const given = await openOptions(session);
  const options = { ...given, signal, registry: { ...given.registry, ...PATIENCE } };
  const known = new Map<string, BaseAnswer>();
  const silent = new Map<string, Why>();
  const open = references.entries();
  const worker = async (): Promise<void> => {
    for (const [i, text] of open) {
      const parsed = parseReference(text);
      if (!parsed.ok) continue;
      const host = parsed.value.registry;
      const before = silent.get(host) ?? (i >= MAX_IMAGES || signal.aborted ? 'no-answer' : undefined);
      const answer = before ?? (await ask(withDefaultTag(parsed.value), options));
      if (answer === 'busy' || answer === 'no-answer') silent.set(host, answer);
      known.set(text, typeof answer === 'string' ? { form: 'unknown', host, why: answer } : answer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  session.shell.signal.throwIfAborted();
  // As they were asked, not as they answered.
  return new Map(references.flatMap((text) => (known.has(text) ? [[text, known.get(text)!] as const] : [])));
}

async function ask(reference: ImageReference, options: OpenOptions): Promise<BaseAnswer | Why> {
  const { source, name } = await openSource({ kind: 'registry', reference }, options);
  try {
    const root = await source.resolve(name, options);
    const { form, platforms } = await offeredPlatforms(source, root, options);
    const answer = { form, platforms, digest: root.digest };
    if (form === 'index' || reference.digest === undefined || reference.tag === undefined) return answer;
    const index = await source
      .resolve(reference.tag, options)
      .then(async (tagged) => ({ tagged, offered: await offeredPlatforms(source, tagged, options) }))
      // What the tag stands for only says how to mend it.
      .catch(() => undefined);
    if (index?.offered.form !== 'index' || index.offered.platforms === undefined) return answer;
    const holds = index.offered.entries.some(({ digest }) => digest === root.digest);
    return { ...answer, index: { digest: index.tagged.digest, platforms: index.offered.platforms, holds } };
  } catch (error) {
    return whyOf(error);
  } finally {
    await source.close();
  }
}

/** Docker Hub refuses what is not there as it refuses what is private, so that nobody can tell them apart. */
function whyOf(error: unknown): Why {
  if (!(error instanceof Failure)) throw error;
  switch (error.diagnostic.code) {
    case 'registry/not-found':
    case 'registry/unauthorized':
    case 'registry/forbidden':
      return 'absent';
    case 'registry/rate-limited':
      return 'busy';
    case 'registry/unreachable':
    case 'registry/unavailable':
    case 'registry/cut-short':
    case 'registry/interrupted':
      return 'no-answer';
    default:
      return 'malformed';
  }
}
