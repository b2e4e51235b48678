import { describe, expect, it } from 'vitest';
import { normalizePlatform } from '../core/index.ts';
import { canRefuse, isStale } from './fact.ts';
import { findTarget, targets } from './targets.ts';
import { type Fact, targetIds } from './types.ts';

/** Every fact of a runtime, wherever it stands in it. */
function factsOf(value: unknown): readonly Fact<unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('standing' in value) return [value as Fact<unknown>];
  return Object.values(value).flatMap(factsOf);
}

describe('the data set', () => {
  it.each(targetIds)('%s is whole', (id) => {
    const target = targets[id];
    expect(target.id).toBe(id);
    expect(target.platforms.value.length).toBeGreaterThan(0);
    expect(target.platforms.value.map(normalizePlatform)).toEqual(target.platforms.value);
    const facts = factsOf(target);
    expect(facts.length).toBeGreaterThan(1);
    for (const fact of facts) {
      expect(() => new URL(fact.source)).not.toThrow();
      expect(fact.source).toMatch(/^https:\/\//);
      expect(fact.checked).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
      expect(Number.isNaN(Date.parse(fact.checked))).toBe(false);
      expect(['confirmed', 'partial']).toContain(fact.standing);
    }
  });

  it('has a default that the runtime offers', () => {
    for (const target of Object.values(targets)) {
      const chosen = target.fallback;
      if (chosen === 'unknown' || chosen.value === 'node' || chosen.value === 'required') continue;
      expect(target.platforms.value.map((one) => one.architecture)).toContain(chosen.value);
    }
  });

  it('gives every name to one runtime', () => {
    const names = Object.values(targets).flatMap((target) => [target.id as string, ...target.aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9.-]+$/);
  });

  // facts/targets.md section 10: what is unconfirmed there is unknown here.
  it('does not know what nobody confirmed', () => {
    const unknown = Object.fromEntries(
      Object.values(targets).map((target) => [
        target.id,
        (['index', 'attestations', 'oci', 'zstd'] as const).filter((name) => target[name] === 'unknown').join(' '),
      ]),
    );
    expect(Object.fromEntries(Object.entries(unknown).filter(([, names]) => names !== ''))).toEqual({
      lambda: 'zstd',
      apprunner: 'index attestations oci zstd',
      codebuild: 'attestations zstd',
      sagemaker: 'zstd',
      'azure-container-apps': 'zstd',
      'azure-aci': 'index attestations oci zstd',
      'azure-app-service': 'index attestations oci zstd',
      fly: 'attestations zstd',
      heroku: 'zstd',
      render: 'index attestations oci zstd',
      railway: 'index attestations oci zstd',
      'digitalocean-app-platform': 'index attestations oci zstd',
    });
  });

  it('says who runs amd64 only', () => {
    const only = Object.values(targets).filter(({ platforms }) =>
      platforms.value.every((p) => p.architecture === 'amd64'),
    );
    expect(only.map((target) => target.id)).toEqual([
      'ecs-express',
      'apprunner',
      'eks-fargate',
      'cloud-run',
      'azure-container-apps',
      'azure-aci',
      'azure-app-service',
      'fly',
      'heroku',
      'render',
      'railway',
      'digitalocean-app-platform',
    ]);
  });
});

it.each([
  ['fargate', 'ecs-fargate'],
  ['cloudrun', 'cloud-run'],
  ['Cloud Run', 'cloud-run'],
  ['app-runner', 'apprunner'],
  ['aca', 'azure-container-apps'],
  ['AWS_LAMBDA', 'lambda'],
  ['k8s', 'kubernetes'],
  ['eks', 'eks'],
])('%s is %s', (text, id) => expect(findTarget(text)?.id).toBe(id));

it.each(['', 'lambdas', '__proto__', 'constructor', 'toString'])('%j is no runtime', (text) => {
  expect(findTarget(text)).toBeUndefined();
});

describe('the age of a fact', () => {
  const fact: Fact<string> = {
    value: 'x',
    source: 'https://example.com',
    checked: '2026-01-01',
    standing: 'confirmed',
  };
  it.each([
    ['2026-01-01', false],
    ['2026-06-30', false],
    ['2026-07-01', true],
    ['no date', true],
  ])('on %s: stale %s', (today, stale) => {
    expect(isStale(fact, today)).toBe(stale);
    expect(canRefuse(fact, today)).toBe(!stale);
  });
  it('only a confirmed one refuses', () => {
    expect(canRefuse({ ...fact, standing: 'partial' }, '2026-01-02')).toBe(false);
    expect(canRefuse(fact, undefined)).toBe(true);
  });
});
