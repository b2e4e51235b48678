import { expect, test } from 'vitest';
import { missedByGood, missedByWrong, type Said } from '../tools/demo/claims.ts';

const platforms = (amd64: string, arm64: string) => [
  { platform: 'linux/amd64', verdict: amd64 },
  { platform: 'linux/arm64', verdict: arm64 },
];
const error = (code: string): Said['diagnostics'][number] => ({ code, severity: 'error', fix: 'x', at: {} });

const good: Said = {
  verdict: 'proven',
  platforms: platforms('proven', 'proven'),
  targets: [
    { id: 'api', verdict: 'proven' },
    { id: 'web', verdict: 'proven' },
    { id: 'fn', verdict: 'refuted' },
  ],
  diagnostics: [error('target/lambda-runtime-missing'), error('target/index-rejected')],
};

const file: Said['diagnostics'][number] = {
  code: 'proof/wrong-cpu-module',
  severity: 'error',
  fix: 'put the other one there',
  at: {
    path: '/app/node_modules/@img/sharp-linux-arm64/lib/sharp-linux-arm64.node',
    platform: 'linux/arm64',
    layerIndex: [8, 8],
  },
};
const wrong: Said = {
  verdict: 'refuted',
  platforms: platforms('proven', 'refuted'),
  targets: [{ id: 'fargate:arm64', verdict: 'refuted' }],
  diagnostics: [file],
};

test('what the demo shows bears its claims out', () => {
  expect(missedByGood(good)).toEqual([]);
  expect(missedByWrong(wrong)).toEqual([]);
});

test.each<[string, Partial<Said>]>([
  ['both platforms', { verdict: 'undecided' }],
  ['both platforms', { platforms: [] }],
  ['both platforms', { platforms: platforms('proven', 'proven').slice(1) }],
  ['both platforms', { platforms: platforms('proven', 'undecided') }],
  ['both platforms', { platforms: [...good.platforms, { platform: 'linux/s390x', verdict: 'proven' }] }],
  ['Fargate', { targets: [] }],
  ['Fargate', { targets: good.targets.map(({ id }) => ({ id, verdict: 'proven' })) }],
  ['Fargate', { targets: [...good.targets].reverse() }],
  ['all that is wrong', { diagnostics: [] }],
  ['all that is wrong', { diagnostics: [...good.diagnostics, error('proof/x')] }],
])('of the good image: %s %#', (claim, change) => {
  expect(missedByGood({ ...good, ...change })).toEqual([expect.stringContaining(claim)]);
});

const at = (change: Partial<Said['diagnostics'][number]['at']>): Partial<Said> => ({
  diagnostics: [{ ...file, at: { ...file.at, ...change } }],
});

test.each<[string, Partial<Said>]>([
  ['the image is refuted', { verdict: 'proven' }],
  ['of its platforms', { platforms: [] }],
  ['of its platforms', { platforms: platforms('proven', 'refuted').slice(1) }],
  ['of its platforms', { platforms: platforms('refuted', 'refuted') }],
  ['of its platforms', { platforms: platforms('proven', 'proven') }],
  ['Fargate on Arm', { targets: [] }],
  ['Fargate on Arm', { targets: [{ id: 'fargate:arm64', verdict: 'proven' }] }],
  ['the file of sharp', at({ path: '/app/other.node' })],
  ['so is the last layer', at({ layerIndex: [7, 8] })],
  ['so is the last layer', at({ platform: 'linux/amd64' })],
  ['what to do', { diagnostics: [{ ...file, fix: '' }] }],
])('of the wrong image: %s %#', (claim, change) => {
  expect(missedByWrong({ ...wrong, ...change })).toEqual([expect.stringContaining(claim)]);
});

test('without the finding nothing is said of its file, its layer and what to do', () => {
  expect(missedByWrong({ ...wrong, diagnostics: [] })).toHaveLength(3);
});
