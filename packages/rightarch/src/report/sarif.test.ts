import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { expect, test } from 'vitest';
import { hostileNames, reportedImages } from '../../../../test/support/hostile-report.ts';
import { remark } from '../messages/index.ts';
import type { ImageProof } from '../proof/index.ts';
import { sarifLog } from './sarif.ts';

const require = createRequire(import.meta.url);
const read = (name: string): object => JSON.parse(readFileSync(require.resolve(name), 'utf8')) as object;

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
    readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function logOf(proofs: readonly ImageProof[]) {
  const log = sarifLog(proofs, { language: 'en', version: '0.1.0', wanted: ({ severity }) => severity !== 'note' });
  const [run] = log['runs'] as [
    { readonly tool: { readonly driver: { readonly rules: readonly { id: string }[] } }; readonly results: Result[] },
  ];
  return { log, rules: run.tool.driver.rules, results: run.results };
}

const proofs = async (): Promise<readonly ImageProof[]> => (await reportedImages()).map(({ proof }) => proof);

test('the log is what OASIS calls SARIF 2.1.0, whatever files are called', async () => {
  // The schema as Microsoft publishes it, in JSON Schema draft 4, which its own `$id` is older than.
  const ajv = new Ajv({ schemaId: 'auto', meta: false, unknownFormats: 'ignore' });
  ajv.addMetaSchema(read('ajv/lib/refs/json-schema-draft-04.json'));
  const isSarif = ajv.compile(read('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
  const { log } = logOf(await proofs());
  expect([isSarif(log), isSarif.errors]).toEqual([true, null]);
  expect(isSarif({ ...log, runs: [{ results: [{ level: 'bad' }] }] })).toBe(false);
});

test('every result has what code scanning wants: rule, level, an artifact, a fingerprint of its own', async () => {
  const { rules, results } = logOf(await proofs());
  expect(results.length).toBeGreaterThan(hostileNames.length);
  for (const { ruleId, ruleIndex, level, locations, partialFingerprints } of results) {
    expect(rules[ruleIndex]?.id).toBe(ruleId);
    expect(['error', 'warning', 'note']).toContain(level);
    const { artifactLocation, region } = locations[0]!.physicalLocation;
    expect(artifactLocation.uri).toBe('ghcr.io/team/app%3A1.2');
    expect(region).toEqual({ startLine: 1 });
    expect(partialFingerprints['rightarch/v1']).toMatch(/^[0-9a-f]{32}$/);
  }
  expect(new Set(results.map((one) => one.partialFingerprints['rightarch/v1'])).size).toBe(results.length);
  expect(results[0]!.locations[0]!.logicalLocations[0]!.fullyQualifiedName).not.toMatch(/[\u0000-\u001f\u202e]/);
});

test('a finding is the same one after another build, and stands at its line where that is known', async () => {
  const [proof] = (await proofs()) as [ImageProof];
  const prints = (one: ImageProof) => logOf([one]).results.map(({ partialFingerprints }) => partialFingerprints);
  const again: ImageProof = { ...proof, image: 'ghcr.io/team/app:1.3', digest: `sha256:${'0'.repeat(64)}` };
  expect(prints(again)).toEqual(prints(proof));
  const at = {
    in: 'file',
    file: 'api/Dockerfile',
    start: { line: 7, column: 1 },
    end: { line: 7, column: 20 },
  } as const;
  const [first, ...rest] = proof.platforms[1]!.diagnostics;
  const blamed = {
    ...first!,
    related: [{ at, note: remark('origin-line', { instruction: 'COPY a b', by: 'history' }) }],
  };
  const platforms = [proof.platforms[0]!, { ...proof.platforms[1]!, diagnostics: [blamed, ...rest] }];
  const found = logOf([{ ...proof, platforms }]).results.find(({ ruleId }) => ruleId === blamed.code)!;
  expect(found.locations[0]!.physicalLocation).toEqual({
    artifactLocation: { uri: 'api/Dockerfile', uriBaseId: '%SRCROOT%' },
    region: { startLine: 7, startColumn: 1, endLine: 7, endColumn: 20 },
  });
});
