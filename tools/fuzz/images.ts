import { digestOf, Failure } from '../../packages/rightarch/src/core/index.ts';
import { openTree } from '../../packages/rightarch/src/oci/index.ts';
import { verifyTree } from '../../packages/rightarch/src/proof/index.ts';
import { elfBytes, testImage, testIndex, testSource } from '../../packages/rightarch/src/testing/index.ts';
import { oneOf, type Random } from './damage.ts';

const STRANGE = [
  null,
  0,
  -1,
  1e308,
  '',
  'linux',
  '../../etc',
  '\u0000',
  [],
  {},
  [[]],
  true,
  'sha256:',
  '9'.repeat(500),
];

/** The same document with one or two values taken out, put twice, or replaced by something strange. */
function bent(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random(4) === 0) return oneOf(STRANGE, random);
  if (Array.isArray(value)) {
    if (value.length === 0) return [oneOf(STRANGE, random)];
    const at = random(value.length);
    const how = random(3);
    if (how === 0) return value.toSpliced(at, 1);
    return how === 1 ? [...value, value[at]] : value.with(at, bent(value[at], random));
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return oneOf(STRANGE, random);
  const key = oneOf(keys, random);
  const { [key]: old, ...rest } = value as Record<string, unknown>;
  return random(4) === 0 ? rest : { ...rest, [key]: bent(old, random) };
}

/**
 * Bent documents, each under a digest that is right for it, so that what reads them gets that far. The outcome is a
 * proof or one of our own failures; a platform whose program is for another CPU is never proven.
 */
export async function tryImage(random: Random): Promise<{ bytes: number; problem?: string }> {
  const right = random(2) === 0;
  const machine = right ? 'amd64' : 'arm64';
  const made = testImage({
    platform: 'linux/amd64',
    files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine }) }],
    config: { Entrypoint: ['/app'], Cmd: ['a'], Env: ['PATH=/'], WorkingDir: '/', User: 'root', Labels: { a: 'b' } },
    document: { created: '2026-01-01T00:00:00Z', author: 'a', variant: 'v1' },
    annotations: { a: 'b' },
  });
  const index = testIndex({ images: [made], attestations: random(2) === 0 });
  const blobs = new Map(index.blobs);
  // From the bottom up: whoever names what was bent has to name it anew.
  const documents = [...made.manifests, index.descriptor].filter((one, i, all) => all.indexOf(one) === i);
  const bend = random(documents.length + 1);
  const times = 1 + random(3);
  const bendOften = (json: unknown) => Array.from({ length: times }).reduce((one) => bent(one, random), json);
  let root = index.descriptor;
  const renamed = new Map<string, { digest: string; size: number }>();
  const replace = (digest: string, change: (json: unknown) => unknown) => {
    const json = JSON.parse(Buffer.from(blobs.get(digest as never)!).toString());
    const text = JSON.stringify(change(json), (_, value) =>
      value !== null && typeof value === 'object' && renamed.has(value.digest)
        ? { ...value, ...renamed.get(value.digest) }
        : value,
    );
    const bytes = Buffer.from(text ?? 'null');
    const fresh = digestOf(bytes);
    blobs.set(fresh, bytes);
    renamed.set(digest, { digest: fresh, size: bytes.length });
    return { digest: fresh, size: bytes.length };
  };
  const [manifest] = made.manifests;
  const config = JSON.parse(Buffer.from(blobs.get(manifest!.digest)!).toString()).config.digest as string;
  replace(config, (json) => (bend === documents.length ? bendOften(json) : json));
  for (const [i, one] of documents.entries()) {
    const fresh = replace(one.digest, (json) => (bend === i ? bendOften(json) : json));
    if (one === index.descriptor) root = { ...root, ...fresh } as typeof root;
  }
  const bytes = [...blobs.values()].reduce((sum, { length }) => sum + length, 0);
  try {
    const proof = await verifyTree(await openTree(testSource({ root, blobs, name: 'fuzz' }), root));
    const proven = proof.platforms.some(
      ({ verdict, platform }) => verdict === 'proven' && JSON.stringify(platform).includes('amd64'),
    );
    if (proven && !right) return { bytes, problem: 'an arm64 program was proven for amd64' };
  } catch (error) {
    if (!(error instanceof Failure)) return { bytes, problem: `image: ${(error as Error).stack}` };
  }
  return { bytes };
}
