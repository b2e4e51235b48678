/**
 * Records which manifest of an index containerd and containers/image (CRI-O, podman, skopeo) take, by their own code:
 * `npx tsx tools/selection/record.ts` with a Go of go.mod's version. The answers are held against ours by
 * packages/rightarch/src/proof/selection.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Digest } from '../../packages/rightarch/src/core/index.ts';
import { documentsOf, makeShapes, writtenPlatform } from './shapes.ts';

const here = new URL('.', import.meta.url);
const shapes = makeShapes(Number(process.env['SEED'] ?? 1), Number(process.env['COUNT'] ?? 600));
const documents = shapes.map(documentsOf);
const questions = shapes.map(({ host }, i) => {
  const { index, blobs } = documents[i]!;
  const texts = Object.fromEntries([...blobs].map(([digest, bytes]) => [digest, Buffer.from(bytes).toString()]));
  return JSON.stringify({
    host: writtenPlatform(host),
    index: JSON.parse(Buffer.from(index).toString()),
    blobs: texts,
  });
});
const env = { ...process.env, CGO_ENABLED: '0' };
const answers = execFileSync('go', ['run', '-tags', 'containers_image_openpgp', '.'], {
  cwd: here,
  env,
  input: questions.join('\n'),
  maxBuffer: 1 << 28,
})
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, Digest>);
const versions = readFileSync(new URL('go.mod', here), 'utf8').match(
  /github\.com\/(containerd\/containerd\/v2|containerd\/platforms|containers\/image\/v5) v\S+/g,
);
const cases = shapes.map((shape, i) => ({
  ...shape,
  takes: Object.fromEntries(
    Object.entries(answers[i]!).map(([who, digest]) => [who, documents[i]!.digests.indexOf(digest)]),
  ),
}));
const file = new URL('../../packages/rightarch/testdata/selection/recorded.json', here);
writeFileSync(
  process.argv[2] ?? file,
  `{ "by": ${JSON.stringify(versions)},\n  "cases": [\n    ${cases.map((one) => JSON.stringify(one)).join(',\n    ')}\n] }\n`,
);
