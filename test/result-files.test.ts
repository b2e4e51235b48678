import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { elfBytes, startRegistry } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-result-'));
  for (const name of ['api', 'web']) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
  }
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const metadata = (): Record<string, unknown> => JSON.parse(readFileSync(join(directory, 'meta.json'), 'utf8'));

test('--metadata-file has the keys of docker buildx, with every name whole', async () => {
  const line = 'build -t app:1 -t ghcr.io/team/app --metadata-file meta.json --iidfile id api'.split(' ');
  expect((await typeLine(directory, line)).all).toContain('built app');
  const found = metadata();
  expect(found['image.name']).toBe('docker.io/library/app:1,ghcr.io/team/app:latest');
  expect(found['containerimage.descriptor']).toMatchObject({ digest: found['containerimage.digest'] });
  expect(readFileSync(join(directory, 'id'), 'utf8')).toBe(found['containerimage.digest']);
});

test('without a name there is none in it', async () => {
  await typeLine(directory, ['build', '--metadata-file', 'meta.json', 'api']);
  expect(Object.keys(metadata())).toEqual(['containerimage.descriptor', 'containerimage.digest', 'rightarch']);
});

test('a publish writes them too', async () => {
  writeFileSync(join(directory, 'api', 'app'), elfBytes({ machine: 'amd64' }));
  chmodSync(join(directory, 'api', 'app'), 0o755);
  writeFileSync(join(directory, 'api', 'Dockerfile'), 'FROM scratch\nCOPY app /\nENTRYPOINT ["/app"]\n');
  const registry = await startRegistry();
  try {
    const name = `${registry.host}/team/api:1`;
    const line = ['build', '--push', '-t', name, '--metadata-file', 'meta.json', '--iidfile', 'id', 'api'];
    const { status, all } = await typeLine(directory, line);
    expect(status, all).toBe(0);
    expect(metadata()).toMatchObject({ 'image.name': name });
    expect(readFileSync(join(directory, 'id'), 'utf8')).toBe(metadata()['containerimage.digest']);
  } finally {
    await registry.close();
  }
});

test('of several images each has an object, as docker buildx bake writes it', async () => {
  writeFileSync(
    join(directory, 'rightarch.yaml'),
    'defaults: { repository: "ghcr.io/team/{image}", tags: ["1"] }\nimages: { api: { context: api }, web: { context: web } }\n',
  );
  await typeLine(directory, ['build', '--metadata-file', 'meta.json']);
  expect(metadata()).toMatchObject({
    api: { 'image.name': 'ghcr.io/team/api:1' },
    web: { 'image.name': 'ghcr.io/team/web:1' },
  });
});
