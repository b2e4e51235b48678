import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { startRegistry } from '../../packages/rightarch/src/testing/index.ts';
import { buildKitDaemon } from '../support/buildkit-daemon.ts';
import { freePort } from '../support/free-port.ts';
import { listImage } from '../support/image-listing.ts';
import { TWO, TwoBuilders } from '../support/two-builders.ts';

// `builders:` and `--engine buildkit` with two real BuildKit daemons. The kernel has no emulator, so the second platform is
// built across.

const here = new TwoBuilders('builders');

beforeAll(() => here.start(), 900_000);
afterAll(() => here.close());
beforeEach(() => here.begin());

const made = async (cpu: string) =>
  (await listImage({ layout: join(here.work, '.rightarch', 'app') }, cpu)).files.get('/made');

test('two platforms on two builders, at the same time, are one proven image', { timeout: 60_000 }, async () => {
  here.configure();
  here.across(2);
  const planned = await here.type(['plan', '--json']);
  expect(JSON.parse(planned.out), planned.all).toMatchObject({
    engine: 'buildkit',
    platforms: [
      { platform: 'linux/amd64', how: 'native', engine: 'buildkit', node: here.first.address },
      { platform: 'linux/arm64', how: 'cross', engine: 'buildkit', node: here.second.address },
    ],
  });
  const { program, seen } = here.watched();
  const built = await here.type(['build', '--progress', 'plain'], { program });
  expect(built.status, built.all).toBe(0);
  expect(seen).toEqual(['begin', 'begin', 'end', 'end']);
  for (const platform of TWO) expect(built.err).toMatch(new RegExp(`^\\[${platform} .*RUN sleep 2.* done`, 'm'));
  const proof = await here.type(['verify', '--json']);
  expect(JSON.parse(proof.out)).toMatchObject({
    verdict: 'proven',
    platforms: TWO.map((platform) => ({ platform })),
  });
  for (const cpu of ['amd64', 'arm64']) expect(await made(cpu)).toContain(`for ${cpu}`);
  expect(here.leftovers()).toEqual([]);
});

test('doctor asks each of them, and names the one that does not answer', { timeout: 60_000 }, async () => {
  const dead = `tcp://127.0.0.1:${await freePort()}`;
  here.configure({ 'linux/amd64': here.first.address, 'linux/arm64': dead });
  const told = await here.type(['doctor', '--json', '--platform', 'linux/amd64'], {
    env: { BUILDKIT_HOST: here.second.address },
  });
  const { builders, diagnostics } = JSON.parse(told.out) as { builders: object[]; diagnostics: object[] };
  expect(builders, told.all).toMatchObject([
    {
      engine: 'buildkit',
      name: here.first.address,
      for: ['linux/amd64'],
      platforms: expect.arrayContaining(TWO.slice(0, 1)),
    },
    { engine: 'buildkit', name: dead, for: ['linux/arm64'], platforms: null },
    { engine: 'buildkit', name: here.second.address, for: [], platforms: expect.arrayContaining(TWO.slice(0, 1)) },
  ]);
  expect(diagnostics).toContainEqual(
    expect.objectContaining({ code: 'engine/builder-down', because: [expect.stringContaining('connection refused')] }),
  );
  const shown = await here.type(['doctor', '--platform', 'linux/amd64']);
  expect(shown.out).toMatch(new RegExp(`linux/arm64 +buildkit +${dead} +does not answer`));
});

test('what each states of its image stands beside it in the one index', { timeout: 60_000 }, async () => {
  here.configure();
  here.across(2);
  const built = await here.type(['build', '--provenance', 'mode=max', '--json']);
  expect(built.status, built.all).toBe(0);
  await here.expectStatements('oci:.rightarch/app');
  const proof = await here.type(['verify', '--json']);
  expect(JSON.parse(proof.out), proof.all).toMatchObject({ verdict: 'proven' });
});

test('a base is resolved once: a tag that moves between two builders changes nothing', {
  timeout: 60_000,
}, async () => {
  const registry = await startRegistry();
  try {
    const base = `${registry.host}/own/base:1`;
    const publish = async (text: string) => {
      writeFileSync(join(here.work, 'Dockerfile'), 'FROM debian:bookworm-slim\nCOPY which /which\n');
      writeFileSync(join(here.work, 'which'), text);
      const shipped = await here.type([
        'ship',
        '-t',
        base,
        '--platform',
        TWO.join(','),
        '--yes',
        '-f',
        'Dockerfile',
        '.',
      ]);
      expect(shipped.status, shipped.all).toBe(0);
    };
    await publish('the first');
    here.configure();
    let moving: Promise<void> | undefined;
    const program: RunProgram = async (command, args, options) => {
      // Before either begins, the tag points elsewhere.
      if (args.includes('build')) moving ??= publish('the second').then(() => here.across(0, base));
      await moving;
      return here.run(command, args, options);
    };
    here.across(0, base);
    const built = await here.type(['build'], { program });
    expect(built.status, built.all).toBe(0);
    for (const cpu of ['amd64', 'arm64']) {
      const { files } = await listImage({ layout: join(here.work, '.rightarch', 'app') }, cpu);
      expect(files.get('/which')).toContain('the first');
    }
  } finally {
    await registry.close();
  }
});

describe('a builder that does not answer', () => {
  let dead: string;
  beforeEach(async () => {
    dead = `tcp://127.0.0.1:${await freePort()}`;
    here.configure({ 'linux/amd64': here.first.address, 'linux/arm64': dead });
  });

  test('is named, and nothing is begun; with --fallback emulate another goes on, and says so', {
    timeout: 60_000,
  }, async () => {
    here.across(0);
    const { program, seen } = here.watched();
    const built = await here.type(['build', '--json'], { program });
    expect(built.status).toBe(3);
    expect(JSON.parse(built.out).diagnostics).toMatchObject([
      {
        code: 'engine/builder-down',
        args: { builder: dead, platforms: ['linux/arm64'], during: false },
        at: { file: 'rightarch.yaml', start: { line: 6 } },
        because: [expect.stringContaining('connection refused')],
      },
    ]);
    expect(seen).toEqual([]);
    expect(existsSync(join(here.work, '.rightarch', 'app'))).toBe(false);
    const instead = await here.type(['build', '--fallback', 'emulate']);
    expect(instead.status, instead.all).toBe(0);
    expect(instead.err).toContain('warning[plan/builder-replaced]');
    expect(instead.err).toContain(dead);
    for (const cpu of ['amd64', 'arm64']) expect(await made(cpu)).toContain(`for ${cpu}`);
  });

  test('is not replaced by one that could not run its programs', { timeout: 30_000 }, async () => {
    writeFileSync(join(here.work, 'Dockerfile'), 'FROM debian:bookworm-slim\nRUN uname -m | rev > /cpu\n');
    const built = await here.type(['build', '--fallback', 'emulate']);
    expect(built.status, built.all).toBe(3);
    expect(built.err).toContain('error[engine/builder-down]');
  });
});

describe('a builder that goes away in the midst', () => {
  test('ends the build: nothing is kept or tagged, and the same again goes on', { timeout: 90_000 }, async () => {
    const registry = await startRegistry();
    try {
      here.configure();
      here.across('4.1');
      const { program, seen } = here.watched(() => setTimeout(() => void here.second.kill(), 1500));
      const reference = `${registry.host}/team/app:1`;
      const shipped = await here.type(['ship', '-t', reference, '--yes', 'app'], { program });
      expect(shipped.status, shipped.all).toBe(3);
      expect(shipped.err).toContain('error[engine/builder-down]');
      expect(shipped.err).toContain(here.second.address);
      expect(seen.filter((one) => one === 'end')).toHaveLength(2);
      expect(registry.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
      expect(existsSync(join(here.work, '.rightarch', 'app'))).toBe(false);
      expect(here.leftovers()).toEqual([]);
      await here.second.start();
      const again = await here.type(['ship', '-t', reference, '--yes', 'app']);
      expect(again.status, again.all).toBe(0);
    } finally {
      await registry.close();
    }
  });

  test('with --fallback emulate the others finish, and one of them does its part', { timeout: 90_000 }, async () => {
    here.configure();
    here.across('3.2');
    const { program, seen } = here.watched(() => setTimeout(() => void here.second.kill(), 1500));
    const built = await here.type(['build', '--fallback', 'emulate'], { program });
    await here.second.start();
    expect(built.status, built.all).toBe(0);
    expect(built.err).toContain('warning[plan/builder-replaced]');
    expect(seen).toEqual(['begin', 'begin', 'end', 'end', 'begin', 'end']);
    for (const cpu of ['amd64', 'arm64']) expect(await made(cpu)).toContain(`for ${cpu}`);
    expect(here.leftovers()).toEqual([]);
  });
});

test('Ctrl-C stops all of them', { timeout: 60_000 }, async () => {
  here.configure();
  here.across(50);
  const stop = new AbortController();
  const { program, seen } = here.watched(() => setTimeout(() => stop.abort(new Error('interrupted')), 2000));
  const built = await here.type(['build'], { program, signal: stop.signal });
  expect(built.status).toBe(3);
  expect(built.err).toContain('error[cli/interrupted]');
  expect(seen).toEqual(['begin', 'begin', 'end', 'end']);
  expect(here.leftovers()).toEqual([]);
  expect(existsSync(join(here.work, '.rightarch', 'app'))).toBe(false);
});

test('an address that wants to know who asks gets the files of TLS', { timeout: 60_000 }, async () => {
  const tls = join(here.directory, 'tls');
  mkdirSync(tls);
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { cwd: tls, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca', '-days', '2');
  for (const name of ['builder', 'client']) {
    writeFileSync(join(tls, `${name}.cnf`), `subjectAltName=DNS:${name}\n`);
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.cnf`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
  }
  const file = (name: string): string => join(tls, name);
  const address = `tcp://127.0.0.1:${await freePort()}`;
  const flags = ['--tlscacert', file('ca.pem'), '--tlscert', file('builder.pem'), '--tlskey', file('builder.key')];
  const guarded = buildKitDaemon(here.bin, join(here.directory, 'guarded'), address, flags);
  await guarded.start();
  try {
    writeFileSync(join(here.work, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /d\n');
    const configured = (files: string): void =>
      writeFileSync(join(here.work, 'rightarch.yaml'), `builders:\n  linux/amd64: { address: "${address}"${files} }\n`);
    const build = () => here.type(['build', '--engine', 'buildkit', '-t', 'app', '.']);
    configured(
      `, ca: ${file('ca.pem')}, cert: ${file('client.pem')}, key: ${file('client.key')}, server-name: builder`,
    );
    const built = await build();
    expect(built.status, built.all).toBe(0);
    configured(`, ca: ${file('ca.pem')}, server-name: builder`);
    const stranger = await build();
    expect(stranger.status).toBe(3);
    expect(stranger.err).toContain('error[engine/builder-down]');
    expect(stranger.err).toContain('tls');
  } finally {
    await guarded.close();
  }
});

describe('one BuildKit by its address', () => {
  const env = () => ({ BUILDKIT_HOST: here.first.address });

  test('is who auto turns to, and gets all that a build is given', { timeout: 60_000 }, async () => {
    mkdirSync(join(here.work, 'more'));
    writeFileSync(join(here.work, 'more', 'one'), 'from the context');
    writeFileSync(join(here.work, 'token'), 's3cret');
    const dockerfile = [
      'FROM debian:bookworm-slim AS wanted',
      'ARG NAME',
      'RUN --mount=type=secret,id=token echo "$NAME $(wc -c < /run/secrets/token)" | rev | rev > /told',
      'RUN (ls /sys/class/net; cat /etc/hosts; df -k /dev/shm; ulimit -n) > /seen',
      'COPY --from=more one /one',
      'FROM scratch',
      '',
    ];
    writeFileSync(join(here.work, 'Dockerfile'), dockerfile.join('\n'));
    const given = ['--build-arg', 'NAME=Kim, "the" first', '--label', 'a=b,c', '--target', 'wanted'];
    const more = ['--build-context', 'more=more', '--secret', 'id=token,src=token', '--annotation', 'x.y=z, w'];
    const docker = ['--network', 'none', '--add-host', 'a.b:1.2.3.4', '--shm-size', '1m', '--ulimit', 'nofile=99:99'];
    const caches = ['--cache-to', 'type=local,dest=my cache'];
    const built = await here.type(['build', '-t', 'app', ...given, ...more, ...docker, ...caches, '.'], { env: env() });
    expect(built.status, built.all).toBe(0);
    expect(built.err).toContain('note[plan/engine-chosen]: `buildctl`');
    const { files, config } = await listImage({ layout: join(here.work, '.rightarch', 'app') });
    expect(files.get('/told')).toContain('Kim, \\"the\\" first 6');
    expect(files.get('/one')).toContain('from the context');
    expect(files.get('/seen')).toMatch(/"lo.n127.*1\.2\.3\.4.ta\.b.n.* 1024 .*.n99.n"/);
    expect([...config].join('\n')).toContain('"a":"b,c"');
    expect(built.all).not.toContain('s3cret');
    expect(existsSync(join(here.work, 'my cache', 'index.json'))).toBe(true);
    const raw = await here.type(['inspect', '--raw', 'oci:.rightarch/app']);
    expect(raw.out).toContain('"x.y": "z, w"');
  });

  test('tells a step that fails with its line and its words', { timeout: 30_000 }, async () => {
    writeFileSync(
      join(here.work, 'Dockerfile'),
      'FROM debian:bookworm-slim\n\nRUN echo so far so good | rev && exit 7\n',
    );
    const built = await here.type(['build', '--engine', 'buildkit', '-t', 'app', '.', '--json'], { env: env() });
    expect(built.status, built.all).toBe(2);
    expect(JSON.parse(built.out).diagnostics).toMatchObject([
      { code: 'engine/build-failed', at: { start: { line: 3 } }, because: ['doog os raf os'] },
    ]);
  });

  test('and a step for a CPU that it can neither run nor emulate', { timeout: 30_000 }, async () => {
    writeFileSync(join(here.work, 'Dockerfile'), 'FROM debian:bookworm-slim\nRUN uname -m | rev > /cpu\n');
    const words = ['build', '--engine', 'buildkit', '--platform', 'linux/arm64', '-t', 'app', '.'];
    const built = await here.type(words, { env: env() });
    expect(built.status, built.all).toBe(3);
    expect(built.err).toContain('error[engine/no-emulation]');
  });
});
