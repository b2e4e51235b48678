import { describe, expect, test } from 'vitest';
import { parsePlatform } from '../../../core/index.ts';
import type { RunProgram } from '../../types.ts';
import { Steps } from './carry-out.ts';
import { findBuildah, parseInfo } from './tool.ts';

// What buildah 1.28 and podman 4.3 say, 2026-11-30; podman's by its source (libpod/define/info.go).
const BUILDAH =
  '{\n    "host": {\n        "CgroupVersion": "v1",\n        "arch": "amd64",\n        "os": "linux"\n    }\n}\n';
const PODMAN = 'host:\n  arch: arm64\n  buildahVersion: 1.28.2\n  cgroupVersion: v2\n  os: linux\nstore: {}\n';

describe('parseInfo', () => {
  test('reads the CPU, and the buildah that is in podman', () => {
    expect(parseInfo(BUILDAH)).toEqual({ platform: parsePlatform('linux/amd64') });
    expect(parseInfo(PODMAN)).toEqual({ platform: parsePlatform('linux/arm64'), version: '1.28.2' });
  });

  test.each(['', '{}', 'host: {}\n'])('knows nothing from %j', (text) => expect(parseInfo(text)).toBeUndefined());
});

describe('findBuildah', () => {
  const machine =
    (programs: Readonly<Record<string, string>>): RunProgram =>
    async (command, words) => {
      const out = programs[`${command} ${words.join(' ')}`];
      return { status: out === undefined ? undefined : 0, out: out ?? '', err: '' };
    };

  test('takes buildah, else podman, else nobody', async () => {
    const buildah = { 'buildah info': BUILDAH, 'buildah --version': 'buildah version 1.33.7 (image-spec 1.1)\n' };
    const podman = { 'podman info': PODMAN };
    expect(await findBuildah(machine({ ...podman, ...buildah }))).toMatchObject({
      command: 'buildah',
      version: [1, 33],
    });
    expect(await findBuildah(machine(podman))).toMatchObject({ command: 'podman', version: [1, 28] });
    expect(await findBuildah(machine({ 'podman info': 'Cannot connect to Podman' }))).toBeUndefined();
    expect(await findBuildah(machine({}))).toBeUndefined();
  });
});

describe('Steps', () => {
  test('tells steps as they come, in whatever pieces, and keeps what the last one said', () => {
    const text =
      '[1/2] STEP 1/2: FROM a\n[1/2] STEP 2/2: RUN echo STEP 9/9: no\nhello\n[2/2] STEP 1/1: FROM b\nlast\nError: x\n';
    for (const size of [1, 7, text.length]) {
      const told: string[] = [];
      const steps = new Steps(({ stage, step }) => told.push(`${stage} ${step}`));
      for (let at = 0; at < text.length; at += size) steps.write(text.slice(at, at + size));
      expect(told).toEqual(['1 1', '1 2', '2 1']);
      expect(steps.lines).toEqual(['last', 'Error: x']);
    }
  });

  test('holds no more than a few lines', () => {
    const steps = new Steps(() => {});
    steps.write('a line\n'.repeat(10_000));
    expect(steps.lines.length).toBeLessThan(100);
  });
});
