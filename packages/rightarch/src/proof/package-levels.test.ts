import { expect, test } from 'vitest';
import { parseTargetAsk } from '../target/index.ts';
import { elfBytes, testImage } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

const stanza = (name: string, variant?: string) =>
  [
    `Package: ${name}`,
    'Status: install ok installed',
    'Architecture: amd64',
    ...(variant ? [`Architecture-Variant: ${variant}`] : []),
    'Version: 1',
  ].join('\n');

async function prove(
  status: string,
  options: { readonly path?: string; readonly platform?: string; readonly runs?: string } = {},
) {
  const { path = 'var/lib/dpkg/status', platform = 'linux/amd64', runs } = options;
  const machine = platform.includes('arm64') ? 'arm64' : 'amd64';
  const files = [
    { path: 'app', mode: 0o755, content: elfBytes({ machine }) },
    { path, content: status },
  ] as const;
  const ask = runs === undefined ? undefined : parseTargetAsk(runs);
  const targets = ask?.ok === true ? [ask.value] : [];
  const proof = await verifyTree(await testImage({ platform, files, config: { Cmd: ['/app'] } }).tree(), { targets });
  const [one] = proof.platforms;
  return [
    one!.verdict,
    ...one!.diagnostics.map(({ code, args }) => `${code} ${args['found']} ${args['needs']}`),
    ...proof.targets.map(({ verdict }) => verdict),
  ];
}
const V3 = [stanza('apt'), stanza('libc6', 'amd64v3'), stanza('zlib1g', 'amd64v3')].join('\n\n');
const OPEN = ['undecided', 'proof/needs-cpu libc6 (amd64v3) + 1 x86-64-v3'];

test.each([
  ['packages for x86-64-v3', V3, {}, OPEN],
  [
    'one that was removed, and its configuration left',
    stanza('libc6', 'amd64v3').replace('install ok installed', 'deinstall ok config-files'),
    {},
    ['proven'],
  ],
  ['the same behind two million stanzas', `${'a\n\n'.repeat(2_000_000)}${V3}`, {}, OPEN],
  [
    'one of them, where there is no dpkg',
    stanza('libc6', 'amd64v3'),
    { path: 'var/lib/dpkg/status.d/libc6' },
    ['undecided', 'proof/needs-cpu libc6 (amd64v3) x86-64-v3'],
  ],
  [
    'one that pacman lists',
    '%NAME%\nzlib-ng\n\n%ARCH%\nx86_64_v3\n',
    { path: 'var/lib/pacman/local/zlib-ng-2.2.5-1/desc' },
    ['undecided', 'proof/needs-cpu zlib-ng (x86_64_v3) x86-64-v3'],
  ],
  [
    'one of pacman for any x86-64',
    '%NAME%\nzlib\n\n%ARCH%\nx86_64\n',
    { path: 'var/lib/pacman/local/zlib-1.3.1-2/desc' },
    ['proven'],
  ],
  ['none of them', stanza('libc6'), {}, ['proven']],
  ['a variant without a level', stanza('libc6', 'amd64lse'), {}, ['proven']],
  ['another CPU', V3, { platform: 'linux/arm64' }, ['proven']],
])('%s', async (_, status, options, expected) => {
  expect(await prove(status, options)).toEqual(expected);
});

test('an image that says the level itself promises it', async () => {
  expect((await prove(V3, { platform: 'linux/amd64/v3' })).join()).not.toContain('needs-cpu');
  expect((await prove(V3, { platform: 'linux/amd64/v2' })).join()).toContain('needs-cpu');
});

test('a machine that has the level decides it', async () => {
  expect(await prove(V3, { runs: 'ec2:m7i.large' })).toEqual([...OPEN, 'proven']);
});
