import { expect, test } from 'vitest';
import { atInput } from '../messages/index.ts';
import { findTarget, judgeTarget, resolveAsk } from './index.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;

test.each([
  ['', undefined, 'container has runAsNonRoot and image will run as root'],
  ['0:0', undefined, 'container has runAsNonRoot and image will run as root'],
  [
    'node',
    undefined,
    'container has runAsNonRoot and image has non-numeric user (node), cannot verify user is non-root',
  ],
  ['1000:1000', undefined, undefined],
  ['', '1000', undefined],
  ['1000', '0', "container's runAsUser breaks non-root policy"],
])('runAsNonRoot, the user of the image %j, of the pod %j', (user, own, says) => {
  const platform = { os: 'linux', architecture: 'amd64' };
  const target = findTarget('kubernetes')!;
  const ask = resolveAsk({
    name: 'api',
    target,
    declared: [platform],
    at: atInput('x'),
    nonRoot: true,
    ...(own === undefined ? {} : { user: own }),
  });
  if (!ask.ok) throw new Error(ask.why.code);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const entry = { digest, platform, mediaType, layerMediaTypes: [], verdict: 'proven', user } as const;
  const { verdict, diagnostics, entries } = judgeTarget(ask.value, {
    name: 'r/x',
    form: 'manifest',
    mediaType,
    entries: [entry],
    attestations: 0,
  });
  expect(verdict).toBe(says === undefined ? 'proven' : 'refuted');
  expect(diagnostics.filter(({ code }) => code === 'target/root-not-allowed').map(({ args }) => args['says'])).toEqual(
    says === undefined ? [] : [says],
  );
  expect(entries[0]?.stage).toBe(says === undefined ? undefined : 'create');
});

test.each([
  ['', 'undecided', ['proof/start-open']],
  ['1000', 'proven', []],
])('runAsNonRoot of somebody else, the user of the image %j', (user, expected, codes) => {
  const platform = { os: 'linux', architecture: 'amd64' };
  const ask = resolveAsk({
    name: 'api',
    target: findTarget('kubernetes')!,
    declared: [platform],
    at: atInput('x'),
    open: [{ field: 'nonRoot', text: '{{ x }}', line: 1, column: 1 }],
  });
  if (!ask.ok) throw new Error(ask.why.code);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const entry = { digest, platform, mediaType, layerMediaTypes: [], verdict: 'proven', user } as const;
  const image = { name: 'r/x', form: 'manifest', mediaType, entries: [entry], attestations: 0 } as const;
  const { verdict, diagnostics } = judgeTarget(ask.value, image);
  expect([verdict, diagnostics.map((one) => one.code)]).toEqual([expected, codes]);
});
