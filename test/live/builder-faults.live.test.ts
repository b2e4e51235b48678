import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BuildEvent, createBuildKitEngine, type RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { Failure, parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { openLayout, openTree } from '../../packages/rightarch/src/oci/index.ts';
import { BASES } from '../support/assembled-bases.ts';
import { isFull } from '../support/sampled.ts';
import { TWO, TwoBuilders } from '../support/two-builders.ts';

// Two real BuildKit daemons, of which one hangs (SIGSTOP) while it builds, takes nobody new, or has not got the CPU that it
// is named for.

const here = new TwoBuilders('faults');
const NAMED = { in: 'input', name: 'builders' } as const;

beforeAll(async () => {
  await here.start();
  // Both have the base: who is stopped is in the midst of a step, and not of a fetch.
  here.begin();
  here.across(0);
  await build(here.run, { onEvent: () => {} });
}, 900_000);
afterAll(() => here.close());
beforeEach(() => {
  here.second.resume();
  here.begin();
});

/** Pauses the second when both are building. */
function pausing(): RunProgram {
  let begun = 0;
  return (command, args, options) => {
    if (args.includes('build') && ++begun === 2) setTimeout(() => here.second.pause(), 1500);
    return here.run(command, args, options);
  };
}

const codes = (events: readonly BuildEvent[]) =>
  events.flatMap((event) => (event.kind === 'diagnostic' ? [event.diagnostic] : []));

/** With less patience than people get. */
async function build(
  run: RunProgram,
  options: { readonly signal?: AbortSignal; readonly onEvent: (event: BuildEvent) => void },
  addresses: readonly string[] = [here.first.address, here.second.address],
) {
  const named = addresses.map((name, index) => ({
    ...({ engine: 'buildkit', name, at: NAMED } as const),
    platform: parsePlatform(TWO[index]!)!,
  }));
  const engine = createBuildKitEngine({
    ...{ run, use: 'any', builders: named, fallback: 'emulate', cacheDirectory: here.cache },
    buildPlatform: parsePlatform('linux/amd64')!,
    patience: { quietMs: 1000, tries: 2 },
    openBase: async () => {
      const source = openLayout(BASES);
      return openTree(source, await source.resolve('docker.io/library/debian:bookworm-slim'));
    },
  });
  const dockerfile = join(here.work, 'Dockerfile');
  const request = {
    ...{ name: 'app', context: here.work, dockerfile, args: {}, labels: {}, annotations: {} },
    ...{ secrets: [], ssh: [], contexts: {}, noCache: false, pull: false, scriptsNotNeeded: [] },
    platforms: TWO.map((text) => ({ platform: parsePlatform(text)!, because: { kind: 'flag' } as const })),
  };
  const output = { directory: join(here.work, 'out'), name: 'app' };
  return engine.build(request, await engine.plan(request), output, options);
}

describe('a builder that hangs', () => {
  test('is told by name, then given up, and another does its part', { timeout: 120_000 }, async () => {
    here.across(3);
    const events: BuildEvent[] = [];
    const { images } = await build(pausing(), { onEvent: (event) => void events.push(event) });
    expect(images).toHaveLength(2);
    expect(codes(events)).toMatchObject([
      { code: 'engine/builder-silent', args: { builder: here.second.address, platforms: ['linux/arm64'] } },
      { code: 'plan/builder-replaced' },
    ]);
    expect(here.leftovers()).toEqual([]);
  });

  if (isFull)
    test('does not hold up Ctrl-C', { timeout: 120_000 }, async () => {
      here.across(40);
      const stop = new AbortController();
      let at = 0;
      const onEvent = (event: BuildEvent): void => {
        if (event.kind !== 'diagnostic') return;
        at = performance.now();
        // The other one is awake, and is ended in an orderly way.
        stop.abort(new Error('interrupted'));
      };
      const failed = await build(pausing(), { signal: stop.signal, onEvent }).catch((error: unknown) => error);
      expect(performance.now() - at).toBeLessThan(8000);
      expect(failed).toBeInstanceOf(Failure);
      expect((failed as Failure).diagnostic.code).toBe('engine/canceled');
      expect(here.leftovers()).toEqual([]);
      expect(existsSync(join(here.work, 'out'))).toBe(false);
    });

  if (isFull)
    test('as somebody who waits sees it', { timeout: 300_000 }, async () => {
      here.across(5);
      here.configure();
      const built = await here.type(['build'], { program: pausing() });
      expect(built.status, built.all).toBe(3);
      expect(built.err).toContain('warning[engine/builder-silent]');
      expect(built.err).toContain('error[engine/builder-down]');
      expect(built.err).toMatch(/because: no word for 1\d\d s, and no answer/);
    });
});

test('a builder that takes nobody new, and goes on with what it has, is not silent', { timeout: 120_000 }, async () => {
  const { hostname, port } = new URL(here.second.address);
  const open = new Set<Socket>();
  const door = createServer((incoming) => {
    const inside = connect(Number(port), hostname);
    for (const socket of [incoming, inside]) open.add(socket.on('error', () => {}));
    incoming.pipe(inside).pipe(incoming);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const { port: own } = door.address() as AddressInfo;
  let begun = 0;
  const closing: RunProgram = (command, args, options) => {
    if (args.includes('build') && ++begun === 2) setTimeout(() => door.close(), 1500);
    return here.run(command, args, options);
  };
  try {
    here.across(7);
    const events: BuildEvent[] = [];
    const addresses = [here.first.address, `tcp://127.0.0.1:${own}`];
    const { images } = await build(closing, { onEvent: (event) => void events.push(event) }, addresses);
    expect(images).toHaveLength(2);
    expect(codes(events)).toEqual([]);
    // It was shut while the step was quiet.
    expect(door.listening).toBe(false);
  } finally {
    door.close();
    for (const socket of open) socket.destroy();
  }
});

test('a builder that lacks the CPU that it is named for is told before it begins, where a program must run', {
  timeout: 60_000,
}, async () => {
  // A CPU for which nobody has an emulator by chance.
  const builder = `  linux/ppc64le: "${here.second.address}"`;
  here.write('rightarch.yaml', 'images:', '  app:', '    platforms: [linux/ppc64le]', 'builders:', builder);
  const plan = (...lines: readonly string[]) => {
    here.write('Dockerfile', 'FROM scratch', 'COPY Dockerfile /x', ...lines);
    return here.type(['plan', '--engine', 'buildkit']);
  };
  const lacking = await plan('RUN ["/x"]');
  expect(lacking.all).toContain('warning[plan/builder-lacks-cpu]');
  expect(lacking.all).toContain(`The builder \`${here.second.address}\` is named for linux/ppc64le`);
  expect(lacking.all).toContain('RUN ["/x"]');
  expect((await plan()).all).not.toContain('plan/builder-lacks-cpu');
});
