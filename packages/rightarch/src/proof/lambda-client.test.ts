import { expect, it } from 'vitest';
import { parseTargetAsk } from '../target/index.ts';
import { elfBytes, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

it.each([
  ['../opt/tool/run', '/opt/tool/run'],
  ['../nowhere', undefined],
])('an entrypoint that is a link to %s is told with the program at its end', async (link, expected) => {
  const files = [
    { path: 'opt/tool/app', mode: 0o755, content: elfBytes({ machine: 'amd64' }) },
    { path: 'opt/tool/run', type: 'file', mode: 0o755, content: elfBytes({ machine: 'amd64' }) },
    { path: 'usr/start', type: 'symlink', link },
  ] as const;
  const ask = parseTargetAsk('lambda:amd64');
  if (!ask.ok) throw new Error('no such runtime');
  const tree = await testImage({ platform: 'linux/amd64', files, config: { Entrypoint: ['/usr/start'] } }).tree();
  const { targets } = await verifyTree(tree, { targets: [ask.value] });
  const told = targets[0]!.diagnostics.find(({ code }) => code === 'target/lambda-entrypoint');
  expect(told?.args['link']).toBe(expected);
  // One that leads nowhere is told as what it is: nothing is started.
  if (expected === undefined) expect(targets[0]!.verdict).toBe('refuted');
});
