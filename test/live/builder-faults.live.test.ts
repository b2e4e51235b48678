import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BuildEvent, createBuildKitEngine, type RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { Failure, parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { type BuildKitDaemon, buildKitDaemon, buildkitdPrograms } from '../support/buildkit-daemon.ts';
import { typeLine } from '../support/command-line.ts';
import { isFull } from '../support/sampled.ts';

// Two real BuildKit daemons, of which one hangs (SIGSTOP) while it builds, or has not got the CPU that it is named for.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-faults-'));
const CACHE = join(directory, 'cache');
const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
const SECOND = { in: 'input', name: 'builders' } as const;
let first: BuildKitDaemon;
let second: BuildKitDaemon;
let run: RunProgram;
let work: string;
let count = 0;

beforeAll(async () => {
  needBases();
  const bin = await buildkitdPrograms(join(REPOSITORY, '.cache', 'buildkitd'));
  run = programRunner({ ...process.env, PATH: `${bin}:${process.env['PATH']}` });
  first = buildKitDaemon(bin, join(directory, 'first'));
  second = buildKitDaemon(bin, join(directory, 'second'));
  await first.start();
  await second.start();
}, 900_000);
afterAll(async () => {
  await first?.close();
  await second?.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  second.resume();
  work = join(directory, `work-${count++}`);
  mkdirSync(work);
});

/** Steps that are done on whichever CPU the builder has. */
const across = (seconds: number): void =>
  writeFileSync(
    join(work, 'Dockerfile'),
    [
      'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS make',
      'ARG TARGETARCH',
      `RUN sleep ${seconds}; echo "for $TARGETARCH" | rev | rev > /made`,
      'FROM debian:bookworm-slim',
      'COPY --from=make /made /made',
      '',
    ].join('\n'),
  );
const leftovers = (): readonly string[] =>
  existsSync(join(CACHE, 'buildx')) ? readdirSync(join(CACHE, 'buildx')) : [];

/** Pauses the second when both are building. */
function pausing(): RunProgram {
  let begun = 0;
  return (command, args, options) => {
    if (args.includes('build') && ++begun === 2) setTimeout(() => second.pause(), 1500);
    return run(command, args, options);
  };
}

describe('a builder that hangs', () => {
  const build = async (options: { readonly signal?: AbortSignal; readonly onEvent: (event: BuildEvent) => void }) => {
    const named = [first, second].map(({ address }, index) => ({
      ...({ engine: 'buildkit', name: address, at: SECOND } as const),
      platform: parsePlatform(PLATFORMS[index]!)!,
    }));
    const engine = createBuildKitEngine({
      ...{ run: pausing(), use: 'any', builders: named, fallback: 'emulate', cacheDirectory: CACHE },
      buildPlatform: parsePlatform('linux/amd64')!,
      patience: { quietMs: 1000, tries: 2 },
      openBase: async () => {
        const source = openLayout(BASES);
        return openTree(source, await source.resolve('docker.io/library/debian:bookworm-slim'));
      },
    });
    const request = {
      ...{ name: 'app', context: work, dockerfile: join(work, 'Dockerfile'), args: {}, labels: {}, annotations: {} },
      ...{ secrets: [], ssh: [], contexts: {}, noCache: false, pull: false, scriptsNotNeeded: [] },
      platforms: PLATFORMS.map((text) => ({ platform: parsePlatform(text)!, because: { kind: 'flag' } as const })),
    };
    return engine.build(request, await engine.plan(request), { directory: join(work, 'out'), name: 'app' }, options);
  };
  const codes = (events: readonly BuildEvent[]) =>
    events.flatMap((event) => (event.kind === 'diagnostic' ? [event.diagnostic] : []));

  test('is told by name, then given up, and another does its part', { timeout: 120_000 }, async () => {
    across(3);
    const events: BuildEvent[] = [];
    const { images } = await build({ onEvent: (event) => void events.push(event) });
    expect(images).toHaveLength(2);
    expect(codes(events)).toMatchObject([
      { code: 'engine/builder-silent', args: { builder: second.address, platforms: ['linux/arm64'] } },
      { code: 'plan/builder-replaced' },
    ]);
    expect(leftovers()).toEqual([]);
  });

  test('does not hold up Ctrl-C', { timeout: 120_000 }, async () => {
    across(40);
    const stop = new AbortController();
    let at = 0;
    const onEvent = (event: BuildEvent): void => {
      if (event.kind !== 'diagnostic') return;
      at = performance.now();
      // The other one is awake, and is ended in an orderly way.
      stop.abort(new Error('interrupted'));
    };
    const failed = await build({ signal: stop.signal, onEvent }).catch((error: unknown) => error);
    expect(performance.now() - at).toBeLessThan(8000);
    expect(failed).toBeInstanceOf(Failure);
    expect((failed as Failure).diagnostic.code).toBe('engine/canceled');
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(work, 'out'))).toBe(false);
  });

  if (isFull)
    test('as somebody who waits sees it', { timeout: 300_000 }, async () => {
      across(5);
      const builders = `builders:\n  linux/amd64: "${first.address}"\n  linux/arm64: "${second.address}"\n`;
      writeFileSync(
        join(work, 'rightarch.yaml'),
        `images:\n  app:\n    platforms: [${PLATFORMS.join(', ')}]\n${builders}`,
      );
      const built = await typeLine(work, ['build', '--mirror', `docker.io=oci:${BASES}`], {
        env: { RIGHTARCH_CACHE: CACHE },
        runProgram: pausing(),
      });
      expect(built.status, built.all).toBe(3);
      expect(built.err).toContain('warning[engine/builder-silent]');
      expect(built.err).toContain('error[engine/builder-down]');
      expect(built.err).toMatch(/because: no word for 1\d\d s, and no answer/);
    });
});

test('a builder that lacks the CPU that it is named for is told before it begins, where a program must run', {
  timeout: 60_000,
}, async () => {
  // A CPU for which nobody has an emulator by chance.
  const builders = `builders:\n  linux/ppc64le: "${second.address}"\n`;
  writeFileSync(join(work, 'rightarch.yaml'), `images:\n  app:\n    platforms: [linux/ppc64le]\n${builders}`);
  const plan = (...lines: readonly string[]) => {
    writeFileSync(join(work, 'Dockerfile'), `FROM scratch\nCOPY Dockerfile /x\n${lines.join('\n')}\n`);
    return typeLine(work, ['plan', '--engine', 'buildkit'], { env: { RIGHTARCH_CACHE: CACHE }, runProgram: run });
  };
  const lacking = await plan('RUN ["/x"]');
  expect(lacking.all).toContain('warning[plan/builder-lacks-cpu]');
  expect(lacking.all).toContain(`The builder \`${second.address}\` is named for linux/ppc64le`);
  expect(lacking.all).toContain('RUN ["/x"]');
  expect((await plan()).all).not.toContain('plan/builder-lacks-cpu');
});
