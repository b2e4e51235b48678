import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunProgram } from '../../packages/rightarch/src/build/index.ts';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { type BuildKitDaemon, buildKitDaemon, buildkitdPrograms } from '../support/buildkit-daemon.ts';
import { buildxAlone } from '../support/buildx-alone.ts';
import { typeLine } from '../support/command-line.ts';

// Ctrl-C while BuildKit fetches a base from an OCI layout: it keeps the part, and could not go on with it.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-half-'));
const work = join(directory, 'work');
let bin: string;
let daemon: BuildKitDaemon;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  needBases();
  bin = await buildkitdPrograms(join(REPOSITORY, '.cache', 'buildkitd'));
  mkdirSync(work);
  env = await buildxAlone(directory);
  env['PATH'] = `${bin}:${env['PATH']}`;
  daemon = buildKitDaemon(bin, join(directory, 'buildkitd'));
  await daemon.start();
  execFileSync('docker', ['buildx', 'create', '--name', 'far', '--driver', 'remote', daemon.address], { env });
}, 900_000);
afterAll(async () => {
  await daemon?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The parts of layers that BuildKit has: manifests, which are fetched the same way, are smaller. */
function parts(): readonly string[] {
  const ingest = join(directory, 'buildkitd', 'root', 'runc-overlayfs', 'content', 'ingest');
  if (!existsSync(ingest)) return [];
  return readdirSync(ingest).filter((name) => {
    const file = join(ingest, name, 'data');
    return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1 << 16;
  });
}

const buildctl = (...words: readonly string[]): string =>
  execFileSync(join(bin, 'buildctl'), ['--addr', daemon.address, ...words], { env, encoding: 'utf8', stdio: 'pipe' });

function type(builder: string, seen: string[] = [], signal?: AbortSignal) {
  const app = 'images:\n  app:\n    platforms: [linux/amd64]\n';
  writeFileSync(join(work, 'rightarch.yaml'), `${app}builders:\n  linux/amd64: "${builder}"\n`);
  writeFileSync(join(work, 'Dockerfile'), 'FROM python:3.11-slim\nRUN uname -m | rev | rev > /cpu\n');
  const run = programRunner(env);
  const runProgram: RunProgram = (command, args, options) => {
    const word = args.find((one) => one === 'build' || one === 'prune');
    if (word !== undefined) seen.push(word);
    return run(command, args, options);
  };
  return typeLine(work, ['build', '--mirror', `docker.io=oci:${BASES}`], {
    env: { RIGHTARCH_CACHE: join(directory, 'cache') },
    runProgram,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Stops a build as soon as BuildKit has a part of a layer. */
async function stopHalfWay(builder: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    buildctl('prune', '--all');
    const stop = new AbortController();
    const watch = setInterval(() => {
      if (parts().length > 0) stop.abort(new Error('interrupted'));
    }, 2);
    const stopped = await type(builder, [], stop.signal);
    clearInterval(watch);
    if (stop.signal.aborted) expect(stopped.err).toContain('error[cli/interrupted]');
    if (parts().length > 0) return;
  }
  throw new Error('each fetch was done before it could be stopped');
}

/**
 * What a build asks of BuildKit after one that was stopped half-way. Where BuildKit took its part away by itself after all,
 * there was nothing to mend: then once more.
 */
async function builtOverPart(builder: string): Promise<readonly string[]> {
  for (let attempt = 0; attempt < 5; attempt++) {
    await stopHalfWay(builder);
    const seen: string[] = [];
    const built = await type(builder, seen);
    expect(built.status, built.all).toBe(0);
    if (seen.length > 1) return seen;
  }
  throw new Error('each part was gone before it could be met');
}

describe('a base whose fetch was stopped', () => {
  test.each(['buildctl', 'buildx'])('is fetched by the next build, with %s', { timeout: 180_000 }, async (client) => {
    const builder = client === 'buildx' ? 'far' : daemon.address;
    const seen = await builtOverPart(builder);
    // It failed once, and the cache of the builder lost nothing by what mended it.
    expect(seen).toEqual(['build', 'prune', 'build']);
    expect(parts()).toEqual([]);
    const again: string[] = [];
    expect((await type(builder, again)).status).toBe(0);
    expect(again).toEqual(['build']);
  });

  test('is fetched while another build goes on there', { timeout: 180_000 }, async () => {
    const other = join(directory, 'other');
    mkdirSync(other);
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    writeFileSync(join(other, 'Dockerfile'), `FROM scratch\nADD http://127.0.0.1:${port}/x /x\n`);
    const local = ['--local', `context=${other}`, '--local', `dockerfile=${other}`];
    const stop = new AbortController();
    const words = ['--addr', daemon.address, 'build', '--frontend', 'dockerfile.v0', ...local];
    const waiting = programRunner(env)('buildctl', words, { signal: stop.signal }).catch(() => undefined);
    await once(silent, 'request');
    const seen = await builtOverPart(daemon.address);
    stop.abort(new Error('enough'));
    await waiting;
    silent.closeAllConnections();
    silent.close();
    expect(seen).toEqual(['build', 'prune', 'build']);
  });
});
