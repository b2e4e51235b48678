import { expect, test } from 'vitest';
import { readDefinition } from './index.ts';
import { starts, workloads } from './shown.testdata.ts';

const service = (functions: string, provider = '') =>
  `service: s\nprovider:\n  name: aws\n${provider}functions:\n${functions}`;

test.each([
  ['  f: { image: "app:1", architecture: arm64 }', '', ['lambda lambda f linux/arm64']],
  ['  f: { image: "app:1" }', '  architecture: arm64\n', ['lambda lambda f linux/arm64']],
  ['  f: { image: "app:1", architecture: "${opt:cpu}" }', '', ['lambda lambda f ${opt:cpu}']],
  ['  f: { handler: a.b }', '', []],
])('%s', (functions, provider, expected) =>
  expect(workloads(readDefinition(service(functions, provider)))).toEqual(expected),
);

test('an image by its name among those of the provider, by its address, or built', () => {
  const provider =
    '  ecr:\n    images:\n      api: { path: ./api }\n      job: { uri: "r.io/job:1" }\n      log: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/log:1\n      web: ./web\n';
  const functions =
    '  a: { image: api }\n  b: { image: { name: job } }\n  c: { image: log }\n  d: { image: { uri: "r.io/d@sha256:0" } }\n  e: { image: web }';
  const found = readDefinition(service(functions, provider)).workloads.map(
    ({ containers }) => containers[0]?.image?.text,
  );
  expect(found).toEqual([
    undefined,
    'r.io/job:1',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com/log:1',
    'r.io/d@sha256:0',
    undefined,
  ]);
});

test.each([
  [
    '{ image: { uri: a, command: [app.handler], workingDirectory: /srv } }',
    '',
    { command: ['app.handler'], workdir: '/srv' },
  ],
  ['{ image: { uri: a, entryPoint: [/e] } }', '', { entrypoint: ['/e'], open: ['command ImageConfig.Command'] }],
  ['{ image: { uri: a, command: ["a", "${self:custom.x}"] } }', '', { open: ['command ${self:custom.x}'] }],
  // Null takes away what the provider sets.
  [
    '{ image: a, environment: { A: null, B: "${env:B}", C: 3 } }',
    '  environment: { A: 1, D: d }\n',
    { env: { D: 'd', C: '3' }, open: ['env B ${env:B}'] },
  ],
  ['{ image: a, environment: "${file(env.yml)}" }', '', { open: ['env Variables'] }],
  ['{ image: a, fileSystemConfig: { arn: x, localMountPath: /mnt/x } }', '', { mounts: ['/mnt/x'] }],
])('%s', (one, provider, expected) => expect(starts(service(`  f: ${one}`, provider))).toEqual([expected]));
