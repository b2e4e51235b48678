import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../../packages/rightarch/src/testing/index.ts';
import { buildKitDaemon } from '../support/buildkit-daemon.ts';
import { freePort } from '../support/free-port.ts';
import { listImage } from '../support/image-listing.ts';
import { TWO, TwoBuilders } from '../support/two-builders.ts';

// What goes on around a build by several builders: a registry that dies, full disks, two builds at once. Each is one
// diagnostic, nothing half-done is left, and the same again goes on. What befalls a builder itself is in
// builders.live.test.ts and builder-faults.live.test.ts.

const here = new TwoBuilders('around');
beforeAll(() => here.start(), 900_000);
afterAll(() => here.close());
beforeEach(() => here.begin());

const made = async (cpu: string, name = 'app') =>
  (await listImage({ layout: join(here.work, '.rightarch', name) }, cpu)).files.get('/made');
const timeout = 90_000;

/** What stands on the screen: one diagnostic, and nothing is left or published. */
function onlyOne({ status, all, err }: { status: number; all: string; err: string }, code: string): void {
  expect(status, all).toBe(3);
  expect(err.match(/^error\[.*?\]/gm), all).toEqual([`error[${code}]`]);
  expect(here.leftovers()).toEqual([]);
  expect(existsSync(join(here.work, '.rightarch', 'app'))).toBe(false);
}

describe('a registry that dies', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await startRegistry();
  });
  const closing = async (work: () => Promise<void>): Promise<void> => work().finally(() => registry.close());

  test('while both builders fetch a base from it', { timeout }, () =>
    closing(async () => {
      const base = `${registry.host}/own/base:1`;
      here.write('Dockerfile', 'FROM debian:bookworm-slim', `LABEL of="${registry.host}"`, 'COPY Dockerfile /own');
      const shipped = await here.type(['ship', '-t', base, '--platform', TWO.join(','), '--yes', '.']);
      expect(shipped.status, shipped.all).toBe(0);
      here.configure();
      here.across(0, base);
      const { program } = here.watched();
      let isDead = false;
      const dying: typeof program = (command, args, options) => {
        // Resolved it was; what the builders ask for is not there any more.
        if (args.includes('build') && !isDead) {
          isDead = true;
          registry.inject({ path: /./, fault: { kind: 'reset' } });
        }
        return program(command, args, options);
      };
      onlyOne(await here.type(['build'], { program: dying }), 'engine/build-failed');
      registry.calm();
      const again = await here.type(['build']);
      expect(again.status, again.all).toBe(0);
      for (const cpu of ['amd64', 'arm64']) expect(await made(cpu)).toContain(`for ${cpu}`);
    }),
  );

  test('while what they built is published: no tag moves', { timeout }, () =>
    closing(async () => {
      here.configure();
      here.across(0);
      registry.inject({ method: 'PUT', path: /./, fault: { kind: 'reset' } });
      const reference = `${registry.host}/team/app:1`;
      const shipped = await here.type(['ship', '-t', reference, '--yes', 'app']);
      expect(shipped.status, shipped.all).toBe(3);
      expect(shipped.err.match(/^error\[/gm), shipped.all).toHaveLength(1);
      expect(registry.repository('team/app').tags.size).toBe(0);
      registry.calm();
      const again = await here.type(['ship', '-t', reference, '--yes', 'app']);
      expect(again.status, again.all).toBe(0);
      expect(registry.incompleteTags()).toEqual([]);
      expect(registry.repository('team/app').tags.size).toBe(1);
    }),
  );
});

describe('a full disk', () => {
  const small = async (size: string, work: (place: string) => Promise<void>): Promise<void> => {
    const place = join(here.directory, `small-${size}`);
    mkdirSync(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place]);
    await work(place).finally(() => execFileSync('umount', ['--lazy', place]));
  };

  test('here, where they hand over what they built', { timeout }, async () => {
    here.configure();
    here.across(0);
    await small('3m', async (cache) => {
      onlyOne(await here.type(['build'], { env: { RIGHTARCH_CACHE: cache } }), 'engine/build-failed');
      expect(here.leftovers(cache)).toEqual([]);
    });
    const again = await here.type(['build']);
    expect(again.status, again.all).toBe(0);
  });

  test('of one builder: which one is said, and the others stop', { timeout }, async () => {
    await small('16m', async (place) => {
      const full = buildKitDaemon(here.bin, join(place, 'builder'), `tcp://127.0.0.1:${await freePort()}`);
      await full.start();
      try {
        here.configure({ [TWO[0]]: here.first.address, [TWO[1]]: full.address });
        here.across('30.1');
        const built = await here.type(['build']);
        onlyOne(built, 'engine/build-failed');
        expect(built.err).toContain('no space left on device');
        expect(built.err.slice(built.err.indexOf('error['))).toContain(full.address);
      } finally {
        await full.close();
      }
    });
    here.configure();
    here.across(0);
    const again = await here.type(['build']);
    expect(again.status, again.all).toBe(0);
  });
});

test('two builds at once, on the same builders, are two builds', { timeout }, async () => {
  here.write(
    'rightarch.yaml',
    'builders:',
    `  ${TWO[0]}: "${here.first.address}"`,
    `  ${TWO[1]}: "${here.second.address}"`,
  );
  here.write(
    'Dockerfile',
    'FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS make',
    'ARG TARGETARCH',
    'ARG WHO',
    'RUN sleep 1; echo "for $TARGETARCH by $WHO" | rev | rev > /made',
    'FROM scratch',
    'COPY --from=make /made /made',
  );
  const names = ['one', 'two'];
  const build = (name: string) =>
    here.type(['build', '-t', name, '--platform', TWO.join(','), '--build-arg', `WHO=${name}`, '.']);
  for (const { status, all } of await Promise.all(names.map(build))) expect([0, 1], all).toContain(status);
  for (const name of names)
    for (const cpu of ['amd64', 'arm64']) expect(await made(cpu, name)).toContain(`for ${cpu} by ${name}`);
  expect(here.leftovers()).toEqual([]);
});
