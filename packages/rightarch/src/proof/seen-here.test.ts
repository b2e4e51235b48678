import { expect, test } from 'vitest';
import { orThrow, parsePlatform } from '../core/index.ts';
import { parseTargetAsk } from '../target/index.ts';
import { elfBytes, testImage, testIndex } from '../testing/index.ts';
import { type Host, platformSeen, seenOn, targetSeen } from './seen-here.ts';
import { verifyTree } from './verify.ts';

const mac: Host = { system: 'darwin', platform: parsePlatform('linux/arm64')! };
const intelMac: Host = { system: 'darwin', platform: parsePlatform('linux/amd64')! };
const windows: Host = { system: 'win32', platform: parsePlatform('linux/amd64')! };
const linux: Host = { system: 'linux', platform: parsePlatform('linux/amd64')! };
const graviton: Host = { system: 'linux', platform: parsePlatform('linux/arm64')! };
const hosts = { mac, intelMac, windows, linux, graviton };

/** `hidden by rosetta`, `shown`, for every host. */
function everywhere(declared: string, code: string, runsAs: readonly string[] = [], stage: 'start' | 'load' = 'start') {
  const refuted = {
    declared: parsePlatform(declared)!,
    failure: { code, stage },
    runsAs: runsAs.map((text) => parsePlatform(text)!),
  };
  return Object.fromEntries(
    Object.entries(hosts).map(([name, host]) => {
      const seen = seenOn(host, refuted);
      return [name, seen === undefined ? '' : [seen.sight, ...(seen.by ? [seen.by] : [])].join(' by ')];
    }),
  );
}

test('a program of another CPU is hidden wherever that CPU runs', () => {
  expect(everywhere('linux/arm64', 'proof/start-wrong-cpu', ['linux/amd64'])).toEqual({
    mac: 'hidden by rosetta',
    intelMac: 'hidden',
    windows: 'hidden',
    linux: 'hidden',
    graviton: 'depends',
  });
  expect(everywhere('linux/amd64', 'proof/start-wrong-cpu', ['linux/arm64'])).toEqual({
    mac: 'hidden',
    intelMac: 'hidden by qemu',
    windows: 'hidden by qemu',
    linux: 'depends',
    graviton: 'hidden',
  });
});

test('a command of another CPU needs what calls it to run as well', () => {
  expect(everywhere('linux/arm64', 'proof/wrong-cpu-command', ['linux/amd64'])).toEqual({
    mac: 'hidden by rosetta',
    intelMac: 'hidden by qemu',
    windows: 'hidden by qemu',
    linux: 'depends',
    graviton: 'depends',
  });
});

test('what is loaded into a process fails wherever that process runs', () => {
  expect(everywhere('linux/arm64', 'proof/wrong-cpu-module', [], 'load')).toEqual({
    mac: 'shown',
    intelMac: 'shown by qemu',
    windows: 'shown by qemu',
    linux: 'depends',
    graviton: 'shown',
  });
});

test('an emulator has words of its own for a loader that is not there', () => {
  expect(everywhere('linux/amd64', 'proof/loader-missing')).toEqual({
    mac: 'differs by rosetta',
    intelMac: 'shown',
    windows: 'shown',
    linux: 'shown',
    graviton: 'depends',
  });
});

test('what no start compares is in no sight, and what every pull meets is', () => {
  expect(Object.values(everywhere('linux/amd64', 'image/entry-config-differ'))).toEqual(['', '', '', '', '']);
  expect(new Set(Object.values(everywhere('linux/amd64', 'image/digest-wrong')))).toEqual(new Set(['shown']));
});

test('of a runtime: a machine takes its own entry, and refuses nothing that only the runtime refuses', async () => {
  const app = (machine: 'amd64' | 'arm64', platform: string) =>
    testImage({
      platform,
      layers: [{ files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine }) }] }],
      config: { Entrypoint: ['/app'] },
    });
  const seen = async (images: ReturnType<typeof app>[], ask: string, host: Host) => {
    const targets = [orThrow(parseTargetAsk(ask), 'request')];
    const proof = await verifyTree(await testIndex({ images }).tree(), { targets });
    const [target] = proof.targets;
    const entry = targetSeen(host, proof, target!, target!.entries[0]!);
    return { platforms: proof.platforms.map((one) => platformSeen(host, one)?.sight), entry };
  };
  // Right images, and Fargate on arm64 has nothing to take: an Intel machine takes its own.
  expect(await seen([app('amd64', 'linux/amd64')], 'fargate:arm64', linux)).toEqual({
    platforms: [undefined],
    entry: { sight: 'hidden', why: 'takes-own', platforms: ['linux/amd64'] },
  });
  expect((await seen([app('amd64', 'linux/amd64')], 'fargate:arm64', graviton)).entry?.sight).toBe('shown');
  // An index for Lambda.
  expect((await seen([app('amd64', 'linux/amd64')], 'lambda:amd64', mac)).entry).toEqual({
    sight: 'hidden',
    why: 'runtime-only',
  });
  // The amd64 program under an arm64 label, as atmos shipped it for years: no Mac shows it, Fargate does.
  const wrong = await seen([app('amd64', 'linux/arm64')], 'fargate:arm64', mac);
  expect(wrong.platforms).toEqual(['hidden']);
  expect(wrong.entry).toEqual({ sight: 'hidden', why: 'runs-them', by: 'rosetta', platforms: ['linux/amd64'] });
});

test('of pages that are too large: x86 has the smallest, and an arm64 kernel is asked itself', async () => {
  const content = elfBytes({ machine: 'arm64', pages: 4096 });
  const image = testImage({
    platform: 'linux/arm64',
    layers: [{ files: [{ path: 'app', mode: 0o755, content }] }],
    config: { Entrypoint: ['/app'] },
  });
  const targets = [orThrow(parseTargetAsk('ec2:arm64-64k'), 'request')];
  const proof = await verifyTree(await testIndex({ images: [image] }).tree(), { targets });
  const [target] = proof.targets;
  const seen = (host: Host) => targetSeen(host, proof, target!, target!.entries[0]!);
  expect([intelMac, windows, linux].map(seen)).toEqual(Array(3).fill({ sight: 'hidden', why: 'page-size' }));
  expect([mac, graviton].map(seen)).toEqual(Array(2).fill({ sight: 'depends', why: 'kernel-pages' }));
});
