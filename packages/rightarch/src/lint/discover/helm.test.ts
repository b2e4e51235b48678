import { expect, test } from 'vitest';
import { amd64, Dockerfile, found, runtimesOf } from '../test-found.ts';

const values = (text: string, path = 'chart/values.yaml') => ({
  ...amd64,
  'chart/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
  [path]: text,
});
const image = 'image:\n  registry: r.io\n  repository: api\n  tag: ""\n';
const arm = 'nodeSelector:\n  kubernetes.io/arch: arm64\n';

test('values of a chart are a hint: what they choose is undecided, and silent where it is what is built', () => {
  expect(runtimesOf(values(image + arm))).toEqual(['kubernetes chart open - chart/values.yaml:6']);
  expect(found(values(image + arm))).toEqual(['cpu-open chart/values.yaml:6 ?']);
  expect(found(values(image + arm.replace('arm64', 'amd64')))).toEqual([]);
  expect(found(values(`web:\n  image: r.io/api:1\n  nodeSelector: { kubernetes.io/arch: arm64 }\n`))).toEqual([
    'cpu-open chart/values.yaml:3 ?',
  ]);
  expect(
    found(values(`${image}web:\n  nodeSelector: { kubernetes.io/arch: arm64 }\n`, 'chart/values-prod.yaml')),
  ).toEqual(['cpu-open chart/values-prod.yaml:6 ?']);
});

test('a required affinity is one as well, where it leaves one CPU', () => {
  const affinity = (cpus: string, kind = 'required'): string =>
    `affinity:\n  nodeAffinity:\n    ${kind}DuringSchedulingIgnoredDuringExecution:\n      nodeSelectorTerms:\n        - matchExpressions: [{ key: kubernetes.io/arch, operator: In, values: [${cpus}] }]\n`;
  expect(found(values(image + affinity('arm64')))).toEqual(['cpu-open chart/values.yaml:8 ?']);
  expect(found(values(image + affinity('amd64')))).toEqual([]);
  expect(found(values(image + affinity('amd64, arm64')))).toEqual([]);
  expect(found(values(image + affinity('arm64', 'preferred')))).toEqual([]);
});

test.each([
  ['nothing chosen', values(`${image}nodeSelector: {}\n`)],
  ['no image', values(arm)],
  ['another image', values(`web:\n  image: docker.io/library/redis:8\n  ${arm.replace('\n  ', '\n    ')}`)],
  ['a value that is put in', values(`${image}nodeSelector:\n  kubernetes.io/arch: "{{ .Values.cpu }}"\n`)],
  ['no chart', { ...amd64, 'values.yaml': image + arm }],
  [
    'both built',
    { ...values(image + arm), 'build.sh': 'docker build --platform linux/amd64,linux/arm64 -t r.io/api .\n' },
  ],
  ['not built here', { ...values(image + arm), Dockerfile, 'build.sh': '' }],
])('%s: silent', (_name, files) => expect(found(files)).toEqual([]));
