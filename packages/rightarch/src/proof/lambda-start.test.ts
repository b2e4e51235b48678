import { expect, it } from 'vitest';
import type { RuntimeConfig } from '../oci/index.ts';
import { parseTargetAsk } from '../target/index.ts';
import { elfBytes, type TestFile, testImage } from '../testing/index.ts';
import { LAMBDA_START } from './test-scripts.ts';
import { verifyTree } from './verify.ts';

const program = (path: string, machine: 'amd64' | 'arm64' = 'amd64', mode = 0o755): TestFile => ({
  path,
  mode,
  content: elfBytes({ machine }),
});
const runtime = 'var/runtime/bootstrap';
const base = [program('bin/sh'), program('usr/local/bin/aws-lambda-rie')];

async function started(files: readonly TestFile[], more: RuntimeConfig = {}, entry = LAMBDA_START) {
  const ask = parseTargetAsk('lambda:amd64');
  if (!ask.ok) throw new Error('no such runtime');
  const script = { path: 'lambda-entrypoint.sh', mode: 0o755, content: entry };
  const config = { Entrypoint: ['/lambda-entrypoint.sh'], Cmd: ['app.handler'], ...more };
  const tree = await testImage({ platform: 'linux/amd64', files: [...files, script], config }).tree();
  const { platforms, targets } = await verifyTree(tree, { targets: [ask.value] });
  const found = targets[0]!.diagnostics.find(({ severity }) => severity === 'error');
  return { own: platforms[0]!.verdict, verdict: targets[0]!.verdict, code: found?.code, prints: found?.args['prints'] };
}

it.each<readonly [string, readonly TestFile[], code: string, prints: string]>([
  ['is not there', [], 'proof/command-missing', '/bin/sh: /var/runtime/bootstrap: not found'],
  [
    'lies where archives of functions have it',
    [program('var/task/bootstrap')],
    'proof/command-missing',
    '/bin/sh: /var/runtime/bootstrap: not found',
  ],
  [
    'may not be executed',
    [program(runtime, 'amd64', 0o644)],
    'proof/not-executable',
    '/bin/sh: /var/runtime/bootstrap: Permission denied',
  ],
])('a runtime of Lambda that %s is not started there', async (_, files, code, prints) => {
  expect(await started([...base, ...files])).toEqual({ own: 'proven', verdict: 'refuted', code, prints });
});

it('a runtime of Lambda for another CPU is not started there', async () => {
  expect(await started([...base, program(runtime, 'arm64')])).toMatchObject({ verdict: 'refuted' });
});

it('a runtime of Lambda that is there is started, behind the emulator or without any', async () => {
  const there = { own: 'proven', verdict: 'proven', code: undefined, prints: undefined };
  expect(await started([...base, program(runtime)])).toEqual(there);
  expect(await started([base[0]!, program(runtime)])).toEqual(there);
  const own = LAMBDA_START.replace('/var/runtime/bootstrap', '/var/task/bootstrap').replace('/usr/local', '/usr');
  expect(await started([base[0]!, program('var/task/bootstrap')], {}, own)).toEqual(there);
});

it('nothing is said of another script, or of more or fewer handlers', async () => {
  expect((await started(base, {}, LAMBDA_START.replace('exec $', '. /etc/profile; exec $'))).verdict).toBe('proven');
  expect((await started(base, { Cmd: [] })).verdict).toBe('proven');
  expect((await started(base, { Cmd: ['a', 'b'] })).verdict).toBe('proven');
});
