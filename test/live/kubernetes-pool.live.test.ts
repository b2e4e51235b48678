import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programRunner } from '../../packages/rightarch/src/cli/programs.ts';
import { BASES, needBases } from '../support/assembled-bases.ts';
import { buildxAlone } from '../support/buildx-alone.ts';
import { typeLine } from '../support/command-line.ts';

// `builders:` with a pool of pods, as far as it goes without a Kubernetes: the real buildx makes the builder and asks an
// address for its Deployment. Who listens there writes down what is asked of a cluster, and refuses to make anything.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-pool-'));
const instances = join(directory, 'config', 'buildx', 'instances');
let env: NodeJS.ProcessEnv;
const asked: { readonly line: string; readonly body: string }[] = [];

const api = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  asked.push({ line: `${request.method} ${request.url}`, body });
  const isQuestion = request.method === 'GET';
  const refusal = isQuestion
    ? { reason: 'NotFound', code: 404, message: 'not found' }
    : { reason: 'Forbidden', code: 403, message: 'deployments.apps is forbidden: User "me" cannot create it' };
  response.writeHead(refusal.code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...refusal }));
});

beforeAll(async () => {
  needBases();
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const kubeconfig = join(directory, 'kubeconfig');
  const { port } = api.address() as AddressInfo;
  const parts = {
    clusters: [{ name: 'here', cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'me', namespace: 'mine' } }],
    users: [{ name: 'me', user: {} }],
  };
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'here', ...parts }));
  env = { ...(await buildxAlone(directory)), KUBECONFIG: kubeconfig };
  // Somebody's own, which stays.
  execFileSync('docker', ['buildx', 'create', '--name', 'own', '--driver', 'kubernetes'], { env });
});
afterAll(async () => {
  await new Promise((resolve) => api.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

test('a pool is made by its arguments, found again, and named where it cannot start', {
  timeout: 120_000,
}, async () => {
  const work = join(directory, 'work');
  mkdirSync(work);
  const lines = [
    ...['images:', '  app:', '    platforms: [linux/arm64]', 'builders:', '  linux/arm64:', '    kubernetes:'],
    ...['      namespace: builders', '      replicas: 2', '      nodeselector: disk=ssd,zone=a'],
    ...['      requests.cpu: 1.5', '      limits.memory: 4Gi'],
  ];
  writeFileSync(join(work, 'rightarch.yaml'), `${lines.join('\n')}\n`);
  writeFileSync(join(work, 'Dockerfile'), 'FROM debian:bookworm-slim\nRUN uname -m | rev | rev > /cpu\n');
  const type = (words: readonly string[]) =>
    typeLine(work, words, {
      env: { RIGHTARCH_CACHE: join(directory, 'cache'), KUBECONFIG: env['KUBECONFIG']! },
      runProgram: programRunner(env),
    });
  const mirror = ['--mirror', `docker.io=oci:${BASES}`];

  const planned = await type(['plan', '--json', ...mirror]);
  const plan = JSON.parse(planned.out) as { platforms: { node: string }[]; diagnostics: { code: string }[] };
  expect(plan, planned.all).toMatchObject({
    platforms: [{ platform: 'linux/arm64', how: 'native', engine: 'buildx' }],
  });
  const name = plan.platforms[0]!.node;
  expect(name).toMatch(/^rightarch-arm64-[0-9a-f]{8}-[0-9a-f]{4}$/);
  expect(plan.diagnostics.map(({ code }) => code)).toContain('plan/builder-made');
  const doctor = await type(['doctor', '--json']);
  expect(JSON.parse(doctor.out), doctor.all).toMatchObject({
    builders: [{ name, for: ['linux/arm64'], platforms: ['linux/arm64'], isNew: true }],
  });
  // Neither of them has changed anything.
  expect(readdirSync(instances)).toEqual(['own']);

  const built = await type(['build', ...mirror]);
  expect(built.status, built.all).toBe(3);
  expect(built.err).toContain(`note[plan/builder-made]: The builder \`${name}\` for linux/arm64 is not there yet`);
  expect(built.err).toContain(`error[engine/builder-down]: The builder \`${name}\` for linux/arm64 does not answer`);
  expect(built.err).toContain('deployments.apps is forbidden: User "me" cannot create it');

  const instance = join(instances, name);
  const kept = readFileSync(instance, 'utf8');
  const node = name.replace(/-[0-9a-f]{4}$/, '');
  expect(JSON.parse(kept)).toMatchObject({
    Name: name,
    Driver: 'kubernetes',
    Nodes: [
      {
        Name: node,
        Platforms: [{ architecture: 'arm64', os: 'linux' }],
        DriverOpts: {
          namespace: 'builders',
          replicas: '2',
          nodeselector: 'disk=ssd,zone=a,kubernetes.io/arch=arm64',
          'requests.cpu': '1.5',
          'limits.memory': '4Gi',
        },
      },
    ],
  });
  // What a cluster would have been told.
  const made = asked.filter(({ line }) => line === 'POST /apis/apps/v1/namespaces/builders/deployments');
  expect(made).toHaveLength(1);
  // In protobuf, which has these strings as they are, each behind its length.
  const field = (key: string, value: string) => `${key}\u0012${String.fromCharCode(value.length)}${value}`;
  for (const part of [
    field('kubernetes.io/arch', 'arm64'),
    field('disk', 'ssd'),
    field('zone', 'a'),
    node,
    '1500m',
    '4Gi',
  ])
    expect(made[0]!.body).toContain(part);

  const again = await type(['build', ...mirror]);
  expect(again.status, again.all).toBe(3);
  expect(again.err).not.toContain('plan/builder-made');
  expect(readFileSync(instance, 'utf8')).toBe(kept);
  expect(readdirSync(instances).sort()).toEqual(['own', name]);
  // The same Deployment is asked for again.
  const posts = asked.filter(({ line }) => line.startsWith('POST '));
  expect(posts.map(({ body }) => body)).toEqual([made[0]!.body, made[0]!.body]);
});

test('arguments that buildx refuses are told in its words', { timeout: 60_000 }, async () => {
  const work = join(directory, 'refused');
  mkdirSync(work);
  const yaml = 'images: { app: { platforms: [linux/arm64] } }\n';
  const pool = 'builders: { linux/arm64: { kubernetes: { replicas: many } } }\n';
  writeFileSync(join(work, 'rightarch.yaml'), yaml + pool);
  writeFileSync(join(work, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /x\nRUN ["/x"]\n');
  const built = await typeLine(work, ['build'], {
    env: { RIGHTARCH_CACHE: join(directory, 'cache'), KUBECONFIG: env['KUBECONFIG']! },
    runProgram: programRunner(env),
  });
  expect(built.status, built.all).toBe(3);
  expect(built.err).toContain('error[engine/builder-down]');
  expect(built.err).toContain('parsing "many": invalid syntax');
});
