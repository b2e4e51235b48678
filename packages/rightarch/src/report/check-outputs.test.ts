import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { expect, test } from 'vitest';
import { checkRepository } from '../lint/index.ts';
import { diagnosticJson } from '../messages/index.ts';
import { renderAnnotations } from './annotations.ts';
import { renderCheck } from './check-text.ts';
import { junitOfCheck } from './junit.ts';
import { sarifOfCheck } from './sarif.ts';

const require = createRequire(import.meta.url);
const read = (name: string): object => JSON.parse(readFileSync(require.resolve(name), 'utf8')) as object;

/** Names and words of a file that a reader of XML, of a log or of a URI could take for its own. */
const HOSTILE = 'a,b:c%\u202e/"><failure>&\u0007 ::error::/Dockerfile';

const result = checkRepository(
  [
    {
      path: HOSTILE,
      text: 'FROM --platform=$BUILDPLATFORM a\nADD https://x/%0A::error::&<amd64> /x\nRUN echo $TARGETARCH\n',
    },
    { path: 'good/Dockerfile', text: 'FROM node\n' },
    {
      path: 'told/Dockerfile',
      text: '# rightarch-ignore dockerfile/platform-pinned: no <other>\nFROM --platform=linux/amd64 a\n# rightarch-ignore-file dockerfile/base-for-one-platform\n',
    },
    {
      path: 'unseen/Dockerfile',
      text: 'FROM --platform=$BUILDPLATFORM node AS d\nWORKDIR /a\nRUN npm ci\nFROM node\nCOPY --from=d /a/node_modules /a/node_modules\n',
    },
  ],
  { platforms: [], inlineIgnore: true, today: '2026-11-29' },
);

test('the log is what OASIS calls SARIF 2.1.0, with places, fingerprints of their own and what is silenced', () => {
  const ajv = new Ajv({ schemaId: 'auto', meta: false, unknownFormats: 'ignore' });
  ajv.addMetaSchema(read('ajv/lib/refs/json-schema-draft-04.json'));
  const isSarif = ajv.compile(read('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
  const log = sarifOfCheck(result, { language: 'en', version: '0.1.0', wanted: () => true });
  expect([isSarif(log), isSarif.errors]).toEqual([true, null]);
  const [run] = log['runs'] as [
    {
      readonly results: readonly {
        readonly ruleId: string;
        readonly locations: readonly {
          readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
        }[];
        readonly partialFingerprints: Readonly<Record<string, string>>;
        readonly suppressions?: readonly object[];
      }[];
    },
  ];
  expect(run.results.length).toBe(result.diagnostics.length + result.undecided.length + 1);
  expect(new Set(run.results.map((one) => one.partialFingerprints['rightarch/v1'])).size).toBe(run.results.length);
  for (const one of run.results)
    expect(() => new URL(one.locations[0]!.physicalLocation.artifactLocation.uri, 'file:///root/')).not.toThrow();
  expect(run.results.filter((one) => one.suppressions).map((one) => [one.ruleId, one.suppressions])).toEqual([
    ['dockerfile/platform-pinned', [{ kind: 'inSource', justification: 'no <other>' }]],
  ]);
});

test('no name and no word of a file makes an annotation of its own', () => {
  const lines = renderAnnotations(
    [...result.diagnostics, ...result.undecided].map((one) => diagnosticJson(one, 'en')),
  ).split('\n');
  expect(lines).toHaveLength(result.diagnostics.length + result.undecided.length);
  for (const line of lines) {
    expect(line).toMatch(/^::(?:error|warning|notice) file=[^:]*,line=\d+,col=\d+,endLine=\d+,title=[a-z/-]+::/);
    expect(line).not.toMatch(/[\u202e\u0007]/);
  }
});

test('JUnit lists each file: failed, skipped, or passed', () => {
  const xml = junitOfCheck(result, 'en');
  expect(xml).toContain('<testsuite name="good/Dockerfile" tests="1" failures="0" skipped="0">');
  expect(xml).toContain('<testsuite name="unseen/Dockerfile" tests="1" failures="0" skipped="1">');
  // Tags are ours alone, and each is closed.
  const tags = [...xml.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)];
  const open: string[] = [];
  for (const [, closes, name, empty] of tags) {
    if (closes === '/') expect(open.pop()).toBe(name);
    else if (empty !== '/') open.push(name!);
  }
  expect(open).toEqual([]);
  expect(new Set(tags.map(([, , name]) => name))).toEqual(
    new Set(['testsuites', 'testsuite', 'testcase', 'failure', 'skipped']),
  );
  expect(xml).not.toMatch(/[\u202e\u0007]/);
});

test('a CPU that the deployment fills in is not called a place that nobody names', () => {
  const task =
    'resource "aws_ecs_task_definition" "t" {\n  requires_compatibilities = ["FARGATE"]\n  runtime_platform {\n    cpu_architecture = var.cpu\n  }\n}\n';
  const files = [
    { path: 'Dockerfile', text: 'FROM node\n' },
    { path: 'main.tf', text: task },
  ];
  const open = checkRepository(files, { platforms: [], inlineIgnore: true, today: '2026-11-29' });
  const text = renderCheck({ language: 'en', color: false, width: 80 }, open, () => undefined);
  expect(text).toContain('linux/arm64 (Amazon ECS on AWS Fargate, main.tf:4: filled in when it is deployed)');
});
