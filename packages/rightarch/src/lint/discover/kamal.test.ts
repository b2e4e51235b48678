import { expect, test } from 'vitest';
import { found } from '../test-found.ts';

const FILE = 'config/deploy.yml';
const kamal = (builder: string, base = 'FROM --platform=linux/amd64 ruby:3.4\nRUN ruby -v\n') => ({
  Dockerfile: base,
  [FILE]: `service: shop\nimage: acme/shop\nservers: [10.0.0.1]\nbuilder:\n${builder}`,
});
const TARGETS = ['kubernetes.io/arch: arm64', 'kubernetes.io/arch: amd64'].map(
  (selector) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: shop }\nspec:\n  nodeSelector: { ${selector} }\n  containers: [{ name: shop, image: acme/shop }]\n`,
);

test.each([
  ['  arch: arm64\n', ['platform-pinned Dockerfile:1']],
  ['  arch: [amd64, arm64]\n', ['platform-pinned Dockerfile:1']],
  ['  arch: amd64\n', []],
])('what Kamal builds for is wanted: %j', (builder, expected) => {
  expect(found(kamal(builder))).toEqual(expected);
});

test.each([
  ['  arch: amd64\n', ['cpu-differs config/deploy.yml:5']],
  ['  arch: arm64\n', []],
  ['  arch:\n    - amd64\n    - arm64\n', []],
  ['  arch: <%= ENV["ARCH"] %>\n', []],
])('and held against what runs it: %j', (builder, expected) => {
  expect(found({ ...kamal(builder, 'FROM ruby:3.4\nRUN ruby -v\n'), 'pod.yaml': TARGETS[0]! })).toEqual(expected);
});
