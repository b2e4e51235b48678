/**
 * Records which manifest of an index containerd, before and since it heeds os.features, and containers/image (CRI-O,
 * podman, skopeo) take, by their own code: `npx tsx tools/selection/record.ts` with a Go of go.mod's version. The answers
 * are held against ours by packages/rightarch/src/proof/selection.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Digest } from '../../packages/rightarch/src/core/index.ts';
import { documentsOf, makeShapes, writtenPlatform } from './shapes.ts';

const here = new URL('.', import.meta.url);
const seed = Number(process.env['SEED'] ?? 1);
const count = Number(process.env['COUNT'] ?? 600);
const shapes = [...makeShapes(seed, count), ...makeShapes(seed, count / 2, 'os.features')];
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
const OF = /github\.com\/(containerd\/containerd\/v2|containerd\/platforms|containers\/image\/v5) v\S+/g;

function ask(modules: string): { readonly by: readonly string[]; readonly answers: readonly Record<string, Digest>[] } {
  const args = ['run', `-modfile=${modules}`, '-tags', 'containers_image_openpgp', '.'];
  const output = execFileSync('go', args, { cwd: here, env, input: questions.join('\n'), maxBuffer: 1 << 28 });
  const lines = output.toString().trim().split('\n');
  return {
    by: readFileSync(new URL(modules, here), 'utf8').match(OF) ?? [],
    answers: lines.map((line) => JSON.parse(line) as Record<string, Digest>),
  };
}

const now = ask('go.mod');
const before = ask('containerd-2.2.mod');
const by = [...new Set([...now.by, ...before.by])];
const answers = now.answers.map((answer, i) => ({
  containerd: answer['containerd']!,
  'containerd-2.2': before.answers[i]!['containerd']!,
  'cri-o': answer['cri-o']!,
}));
const cases = shapes.map((shape, i) => ({
  ...shape,
  takes: Object.fromEntries(
    Object.entries(answers[i]!).map(([who, digest]) => [who, documents[i]!.digests.indexOf(digest)]),
  ),
}));
const file = new URL('../../packages/rightarch/testdata/selection/recorded.json', here);
writeFileSync(
  process.argv[2] ?? file,
  `{ "by": ${JSON.stringify(by)},\n  "cases": [\n    ${cases.map((one) => JSON.stringify(one)).join(',\n    ')}\n] }\n`,
);
