import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { elfBytes, startRegistry, type TestRegistry } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

let directory: string;
let registry: TestRegistry;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-definition-'));
  registry = await startRegistry();
  for (const [name, cpu] of [
    ['app', 'arm64'],
    ['job', 'amd64'],
  ] as const) {
    writeFileSync(join(directory, name), elfBytes({ machine: cpu }));
    chmodSync(join(directory, name), 0o755);
  }
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY app job /\nENTRYPOINT ["/app"]\n');
  writeFileSync(
    join(directory, 'rightarch.yaml'),
    `targets: { api: { runtime: ecs-fargate, definition: task.json } }
images: { api: { foreign: [{ path: /job, reason: another task }], repository: ${registry.host}/api, tags: [latest] } }
`,
  );
});
afterEach(async () => {
  await registry.close();
  rmSync(directory, { recursive: true, force: true });
});

function writeTask(container: object): void {
  const task = {
    family: 'api',
    requiresCompatibilities: ['FARGATE'],
    runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
    containerDefinitions: [{ name: 'api', image: `${registry.host}/api:latest`, ...container }],
  };
  writeFileSync(join(directory, 'task.json'), JSON.stringify(task, undefined, 2));
}

const ship = async () => {
  const { status, out, all } = await typeLine(directory, ['ship', '--json']);
  const value = JSON.parse(out) as { readonly published?: { readonly digest?: string } | null };
  return { status, all, published: value.published !== null && value.published !== undefined };
};

test('ship publishes what starts as the definition says', async () => {
  writeTask({ user: '1000' });
  const shipped = await ship();
  expect(shipped, shipped.all).toMatchObject({ status: 0, published: true });
});

test.each([
  ['is of another CPU', { entryPoint: ['/job'] }, 'proof/start-wrong-cpu'],
  ['is not there', { entryPoint: ['/gone'] }, 'proof/command-missing'],
  ['stands elsewhere', { entryPoint: { Ref: 'Start' } }, 'proof/start-open'],
])(
  'a start by the definition that %s ends ship and verify without a name with status 1',
  async (_, container, code) => {
    writeTask(container);
    const shipped = await ship();
    // The image itself is proven and published; that target must not get it.
    expect(shipped, shipped.all).toMatchObject({ status: 1, published: true });
    expect(shipped.all).toContain(code);
    const verified = await typeLine(directory, ['verify']);
    expect(verified.status, verified.all).toBe(1);
    expect(verified.all).toContain(code);
  },
);

test('a definition that is not there ends ship before anything is built', async () => {
  const { status, all } = await typeLine(directory, ['ship']);
  expect(status, all).toBe(2);
  expect(all).toContain('task.json');
  expect(all).not.toContain('built api');
});
