import { describe, expect, it } from 'vitest';
import type { Platform } from '../core/index.ts';
import { parseDockerfile } from './parse.ts';
import { stageGraph } from './stages.ts';

const amd64: Platform = { os: 'linux', architecture: 'amd64' };
const arm64: Platform = { os: 'linux', architecture: 'arm64' };

function graph(text: string, more: Partial<Parameters<typeof stageGraph>[1]> = {}) {
  const file = parseDockerfile(text, { file: 'Dockerfile' });
  return stageGraph(file, { args: {}, platform: arm64, buildPlatform: amd64, ...more });
}

describe('the graph of stages', () => {
  it('knows what the target needs, by FROM, COPY --from and mounts', () => {
    const text = [
      'ARG BASE=node:22',
      'FROM --platform=$BUILDPLATFORM $BASE AS Build',
      'FROM alpine AS unused',
      'FROM scratch AS files',
      'FROM debian',
      'COPY --from=build /a /a',
      'COPY --from=2 /a /b',
      'COPY --from=nginx:1 /c /c',
      'RUN --mount=type=bind,from=files,target=/x ls',
    ].join('\n');
    const { stages, target, problems } = graph(text);
    expect(problems).toEqual([]);
    expect(target).toBe(3);
    expect(stages.map(({ needed }) => needed)).toEqual([true, false, true, true]);
    expect(stages.map(({ base }) => base)).toEqual([
      { kind: 'image', reference: 'node:22' },
      { kind: 'image', reference: 'alpine' },
      { kind: 'scratch' },
      { kind: 'image', reference: 'debian' },
    ]);
    expect(stages.map(({ platform }) => platform?.architecture)).toEqual(['amd64', 'arm64', 'arm64', 'arm64']);
    expect(stages[3]!.uses.map(({ by, source }) => [by, source])).toEqual([
      ['copy', { kind: 'stage', index: 0 }],
      ['copy', { kind: 'stage', index: 2 }],
      ['copy', { kind: 'image', reference: 'nginx:1' }],
      ['mount', { kind: 'stage', index: 2 }],
    ]);
  });

  it('gives a stage the platform of the stage that it is built from, whatever its flag says', () => {
    const { stages } = graph('FROM --platform=$BUILDPLATFORM a AS b\nFROM --platform=linux/s390x b\n');
    expect(stages[1]!.platform?.architecture).toBe('amd64');
    expect(stages[1]!.platformFrom).toEqual({ stage: 0 });
  });

  it('takes the target by name in any case, never by number, and lists the stages otherwise', () => {
    const text = 'FROM a AS One\nFROM b AS two\n';
    expect(graph(text, { target: 'ONE' }).target).toBe(0);
    expect(graph(text, { target: '1' }).target).toBeUndefined();
    const missing = graph(text, { target: 'tow' });
    expect(missing.target).toBeUndefined();
    expect(missing.problems).toMatchObject([
      { code: 'dockerfile/stage-unknown', args: { stages: ['one', 'two'], nearest: 'two' } },
    ]);
  });

  it.each([
    ['FROM a AS x\nCOPY --from=y /a /a\nFROM b AS y\nCOPY --from=x /a /a', 'dockerfile/stage-cycle'],
    ['FROM a AS x\nCOPY --from=x /a /a', 'dockerfile/stage-cycle'],
    ['FROM a AS x\nCOPY --from=7 /a /a', 'dockerfile/stage-index'],
    ['FROM a\nCOPY --from=$X /a /a', 'dockerfile/from-variable'],
    ['FROM $NOTHING', 'dockerfile/base-blank'],
    ['FROM --platform=$NOTHING a', 'dockerfile/platform-invalid'],
    ['FROM --platform=linux a', 'dockerfile/platform-invalid'],
    ['FROM ${A', 'dockerfile/expansion-failed'],
  ])('%j is %s', (text, code) => {
    expect(graph(text).problems.map((problem) => problem.code)).toContain(code);
  });

  it('refuses a stage that is used above its definition, only where it is needed', () => {
    const text = 'FROM a AS x\nCOPY --from=y /a /a\nFROM b AS y\n';
    expect(graph(text).problems).toEqual([]);
    expect(graph(text, { target: 'x' }).problems.map(({ code }) => code)).toEqual(['dockerfile/stage-later']);
  });

  it('carries ONBUILD to the stage built from it, and no further', () => {
    const { stages } = graph(
      'FROM a AS tools\nFROM b AS one\nONBUILD COPY --from=tools /x /x\nFROM one AS two\nFROM two\n',
    );
    expect(stages.map(({ triggers }) => triggers.length)).toEqual([0, 0, 1, 0]);
    expect(stages.map(({ needed }) => needed)).toEqual([true, true, true, true]);
  });

  it('puts build contexts in the place of stages and images', () => {
    const text = 'FROM a AS one\nFROM docker.io/library/alpine:latest\nCOPY --from=one /x /x\n';
    const { stages } = graph(text, { contexts: ['alpine', 'one'] });
    expect(stages.map(({ base }) => base?.kind)).toEqual(['context', 'context']);
    expect(stages[1]!.uses[0]!.source).toEqual({ kind: 'stage', index: 0 });
  });

  it('reads a name with capitals behind FROM as an image, as BuildKit does', () => {
    expect(graph('FROM a AS Build\nFROM Build').stages[1]!.base).toEqual({ kind: 'image', reference: 'Build' });
  });

  it('survives many stages', () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `FROM ${i === 0 ? 'a' : `s${i - 1}`} AS s${i}`).join('\n');
    expect(graph(text).stages.filter(({ needed }) => needed).length).toBe(20_000);
  });
});
