import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { elfBytes } from '../../packages/rightarch/src/testing/index.ts';
import { type AwsHere, startAws } from '../support/aws-here.ts';
import { type LiveRegistry, serveRegistry } from '../support/docker-registry.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';
import { isFull } from '../support/sampled.ts';
import { repositoryRoot } from '../support/transcript.ts';

// `rightarch-docker` in the place of docker, with a Docker Engine and without one: the real cdk-assets publishes through
// it, and seed 3's Makefile builds and pushes with it. Both see a docker and nothing of us.

const directory = mkdtempSync(join(tmpdir(), 'rightarch-stand-in-'));
const cdkAssets = createRequire(import.meta.url).resolve('cdk-assets/bin/cdk-assets');
const LOGIN = 'me:correct-horse';
const HASH = 'c0ffee00'.repeat(8);
let docker: ReferenceBuilder;
let registry: LiveRegistry;
let aws: AwsHere;

/** PATH with what the tests need and no docker, unless there is one. */
let bin: string;

beforeAll(async () => {
  docker = await startBuildKit(join(directory, 'engine'), join(repositoryRoot, '.cache', 'buildkit'));
  // bcrypt of "correct-horse", cost 5.
  const htpasswd = join(directory, 'htpasswd');
  writeFileSync(htpasswd, 'me:$2b$05$aHU1LFusWmODk1chjDY8iup2h7nPUQ2bCRcJxsKi4h3XzpbbZ3h.q\n');
  registry = await serveRegistry(directory, {
    name: 'registry',
    auth: [`auth: { htpasswd: { realm: test, path: ${htpasswd} } }`],
  });
  aws = await startAws({ host: registry.host, login: LOGIN });
  bin = join(directory, 'bin');
  mkdirSync(bin);
  for (const name of ['sh', 'bash', 'env', 'make', 'dirname'])
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(bin, name));
  symlinkSync(process.execPath, join(bin, 'node'));
  symlinkSync(join(repositoryRoot, 'packages/rightarch/bin/rightarch-docker.js'), join(bin, 'rightarch-docker'));
}, 300_000);

afterAll(async () => {
  await docker?.close();
  await registry?.stop();
  await aws?.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

interface Place {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A user of the machine, who has the Docker Engine or none. */
function place(name: string, withDocker: boolean): Place {
  const home = join(directory, name);
  mkdirSync(home, { recursive: true });
  const own = { HOME: home, LANG: 'en', RIGHTARCH_CACHE: join(home, 'cache'), npm_config_cache: join(home, 'npm') };
  if (!withDocker) return { home, env: { ...own, PATH: bin } };
  const { PATH, DOCKER_HOST } = docker.env;
  const config = join(home, 'docker-config');
  cpSync(String(docker.env['DOCKER_CONFIG']), config, { recursive: true });
  return { home, env: { ...own, PATH: `${bin}:${PATH}`, DOCKER_HOST, DOCKER_CONFIG: config } };
}

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly all: string;
}

/** Beside this process, which answers for AWS meanwhile. */
function run(
  at: Place,
  cwd: string,
  [command = '', ...args]: readonly string[],
  more: NodeJS.ProcessEnv = {},
  input = '',
) {
  return new Promise<Ended>((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...at.env, ...more }, timeout: 60_000 });
    let [out, all] = ['', ''];
    child.stdout.on('data', (part: Buffer) => {
      out += String(part);
      all += String(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      all += String(part);
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, out, all }));
    child.stdin.end(input);
  });
}

/** An app with one function of an asset without a platform, as `cdk synth` leaves it. */
function synthesize(at: Place, architecture: string): string {
  const assembly = join(at.home, 'app', 'cdk.out');
  const asset = join(assembly, `asset.${HASH}`);
  mkdirSync(asset, { recursive: true });
  for (const cpu of ['amd64', 'arm64'] as const) {
    writeFileSync(join(asset, `app-${cpu}`), elfBytes({ machine: cpu }));
    chmodSync(join(asset, `app-${cpu}`), 0o755);
  }
  writeFileSync(join(asset, 'Dockerfile'), 'FROM scratch\nARG TARGETARCH\nCOPY app-$TARGETARCH /app\n');
  const destination = { repositoryName: 'cdk-assets', imageTag: HASH, region: 'eu-west-1' };
  const image = { source: { directory: `asset.${HASH}` }, destinations: { current: destination } };
  writeFileSync(
    join(assembly, 'App.assets.json'),
    JSON.stringify({ version: '36.0.0', files: {}, dockerImages: { [HASH]: image } }),
  );
  const uri = { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/cdk-assets:${HASH}` };
  // What is started stands in the template alone, as in seed 1.
  const config = { EntryPoint: ['/app'], Command: ['main.func1'] };
  const code = { ImageUri: uri };
  const properties = { PackageType: 'Image', Code: code, ImageConfig: config, Architectures: [architecture] };
  writeFileSync(
    join(assembly, 'App.template.json'),
    JSON.stringify({ Resources: { Func1: { Type: 'AWS::Lambda::Function', Properties: properties } } }),
  );
  return assembly;
}

const publish = (at: Place, assembly: string) => {
  const line = [process.execPath, cdkAssets, '-v', '-p', join(assembly, 'App.assets.json'), 'publish'];
  return run(at, join(assembly, '..'), line, { ...aws.env, CDK_DOCKER: 'rightarch-docker' });
};

/** The CPU that the registry has under a name. */
async function published(name: string, tag: string): Promise<string | undefined> {
  const headers = {
    authorization: `Basic ${Buffer.from(LOGIN).toString('base64')}`,
    accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
  };
  const answer = await fetch(`http://${registry.host}/v2/${name}/manifests/${tag}`, { headers });
  if (answer.status !== 200) return undefined;
  const { config } = (await answer.json()) as { readonly config: { readonly digest: string } };
  const blob = await fetch(`http://${registry.host}/v2/${name}/blobs/${config.digest}`, { headers });
  return ((await blob.json()) as { readonly architecture: string }).architecture;
}

async function forget(name: string, tag: string): Promise<void> {
  const headers = {
    authorization: `Basic ${Buffer.from(LOGIN).toString('base64')}`,
    accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
  };
  const at = `http://${registry.host}/v2/${name}/manifests/`;
  const digest = (await fetch(at + tag, { headers })).headers.get('docker-content-digest');
  expect((await fetch(at + digest, { method: 'DELETE', headers })).status).toBe(202);
}

describe.each([
  ['without Docker', false],
  ['with Docker', true],
] as const)('%s', (name, withDocker) => {
  test('the real cdk-assets publishes for the CPU that the template says, and anew when it says another', async () => {
    const at = place(`cdk-${name.replace(' ', '-')}`, withDocker);
    const assembly = synthesize(at, 'arm64');
    const first = await publish(at, assembly);
    expect(first.status, first.all).toBe(0);
    expect(first.all).toContain('rightarch: built for linux/arm64: run by Func1 (AWS Lambda)');
    expect(await published('cdk-assets', HASH)).toBe('arm64');
    if (withDocker) {
      const format = ['image', 'inspect', '--format', '{{.Architecture}}', `cdkasset-${HASH}`];
      expect(execFileSync('docker', format, { env: docker.env, encoding: 'utf8' })).toBe('arm64\n');
    } else {
      const config = readFileSync(join(at.home, '.docker', 'config.json'), 'utf8');
      expect(JSON.parse(config)).toEqual({
        auths: { [registry.host]: { auth: Buffer.from(LOGIN).toString('base64') } },
      });
      expect(first.all).not.toContain('correct-horse');
    }
    // It is there, and nothing is asked of docker.
    expect((await publish(at, assembly)).all).toContain('Found');
    await forget('cdk-assets', HASH);
    expect((await publish(at, assembly)).all).toContain(`Cached cdkasset-${HASH}`);
    expect(await published('cdk-assets', HASH)).toBe('arm64');
    await forget('cdk-assets', HASH);
    const other = await publish(at, synthesize(at, 'x86_64'));
    expect(other.all).toContain('rightarch: built for linux/amd64: run by Func1 (AWS Lambda)');
    expect(await published('cdk-assets', HASH)).toBe('amd64');
    await forget('cdk-assets', HASH);
    expect(existsSync(join(assembly, `asset.${HASH}`, '.rightarch'))).toBe(false);
  });

  if (isFull || !withDocker)
    test("seed 3's Makefile builds and pushes where only DOCKER says another program", async () => {
      const at = place(`make-${name.replace(' ', '-')}`, withDocker);
      const work = join(at.home, 'work');
      cpSync(join(repositoryRoot, 'test/seeds/3'), work, { recursive: true });
      // As a Makefile has it whose docker can be chosen; the images are named after the registry of this test.
      for (const file of ['Makefile', 'scripts/docker-push.sh']) {
        const docker_ = file === 'Makefile' ? '$(DOCKER)' : '$DOCKER';
        const text = readFileSync(join(work, file), 'utf8').replaceAll(/\bdocker (build|push) /g, `${docker_} $1 `);
        const own = text.replaceAll('app:$1', `${registry.host}/app:$1`);
        writeFileSync(join(work, file), file === 'Makefile' ? `export DOCKER ?= docker\n${own}` : own);
      }
      const lambda = join(work, 'backend', 'Dockerfile.lambda');
      // A base that is nowhere but here, with a program of the CPU that is asked for.
      writeFileSync(
        lambda,
        'FROM scratch\nARG TARGETARCH\nARG SERVICE_FOLDER=api\nCOPY ${SERVICE_FOLDER}/app-$TARGETARCH /app\nENTRYPOINT ["/app"]\n',
      );
      mkdirSync(join(work, 'backend', 'api'));
      for (const cpu of ['amd64', 'arm64'] as const) {
        writeFileSync(join(work, 'backend', 'api', `app-${cpu}`), elfBytes({ machine: cpu }));
        chmodSync(join(work, 'backend', 'api', `app-${cpu}`), 0o755);
      }
      chmodSync(join(work, 'scripts', 'docker-push.sh'), 0o755);
      const make = (...args: string[]) => run(at, work, ['make', 'DOCKER=rightarch-docker', ...args]);
      for (const [goal, cpu] of [
        ['docker-build', 'arm64'],
        ['docker-build-amd64', 'amd64'],
      ] as const) {
        const built = await make(goal);
        expect(built.status, built.all).toBe(0);
        const inspected = await run(at, work, ['rightarch-docker', 'inspect', `myapp:${cpu}-latest`]);
        expect((JSON.parse(inspected.out) as [{ Architecture: string }])[0].Architecture).toBe(cpu);
      }
      const refused = await make('docker-push-dev');
      expect(refused.all).toContain('[registry/unauthorized]');
      expect(refused.status).toBe(2);
      expect(await published('app', 'dev-latest')).toBeUndefined();
      const login = await run(
        at,
        work,
        ['rightarch-docker', 'login', '-u', 'me', '--password-stdin', registry.host],
        {},
        'correct-horse\n',
      );
      expect(login.out, login.all).toContain('Login Succeeded');
      const pushed = await make('docker-push-dev');
      expect(pushed.status, pushed.all).toBe(0);
      expect(pushed.out).toMatch(/^dev-latest: digest: sha256:[0-9a-f]{64} size: \d+$/m);
      expect(await published('app', 'dev-latest')).toBe('arm64');
      await forget('app', 'dev-latest');
    });
});

test('what Docker alone has is proven before Docker pushes it, and what does not start is not pushed', async () => {
  const at = place('docker-alone', true);
  for (const [name, mode] of [
    ['starts', '755'],
    ['broken', '644'],
  ] as const) {
    const context = join(at.home, name);
    mkdirSync(context);
    writeFileSync(join(context, 'app'), elfBytes({ machine: 'amd64' }));
    writeFileSync(join(context, 'Dockerfile'), `FROM scratch\nCOPY --chmod=${mode} app /app\nENTRYPOINT ["/app"]\n`);
    const image = `${registry.host}/alone:${name}`;
    // First here, then by Docker alone: the name means the later one.
    const here = await run(at, context, ['rightarch-docker', 'build', '-t', image, '.']);
    expect(here.status, here.all).toBe(0);
    const arguments_ = ['docker', 'build', '--label', 'by=docker', '--provenance=false', '-t', image, '.'];
    const built = await run(at, context, arguments_);
    expect(built.status, built.all).toBe(0);
  }
  const login = ['rightarch-docker', 'login', '-u', 'me', '--password-stdin', registry.host];
  expect((await run(at, at.home, login, {}, 'correct-horse')).status).toBe(0);
  const pushed = await run(at, at.home, ['rightarch-docker', 'push', `${registry.host}/alone:starts`]);
  expect(pushed.status, pushed.all).toBe(0);
  expect(pushed.all).toContain('1 of 1 platform proven');
  expect(pushed.out).toContain('starts: digest: sha256:');
  expect(await published('alone', 'starts')).toBe('amd64');
  const refused = await run(at, at.home, ['rightarch-docker', 'push', `${registry.host}/alone:broken`]);
  expect([refused.status, refused.out]).toEqual([1, '']);
  expect(refused.all).toContain('[proof/not-executable]');
  expect(await published('alone', 'broken')).toBeUndefined();
  // One that is known here alone, and the two of Docker: in their order, until one is not proven.
  await forget('alone', 'starts');
  const first = await run(at, join(at.home, 'starts'), [
    'rightarch-docker',
    'build',
    '-t',
    `${registry.host}/alone:a`,
    '.',
  ]);
  expect(first.status, first.all).toBe(0);
  const all = await run(at, at.home, ['rightarch-docker', 'push', '--all-tags', `${registry.host}/alone`]);
  expect(all.status, all.all).toBe(1);
  expect(await published('alone', 'a')).toBe('amd64');
  expect([await published('alone', 'broken'), await published('alone', 'starts')]).toEqual([undefined, undefined]);
  const mended = ['rightarch-docker', 'build', '-t', `${registry.host}/alone:broken`, '.'];
  expect((await run(at, join(at.home, 'starts'), mended)).status).toBe(0);
  const rest = await run(at, at.home, ['rightarch-docker', 'push', '-a', `${registry.host}/alone`]);
  expect(rest.status, rest.all).toBe(0);
  expect([await published('alone', 'a'), await published('alone', 'starts')]).toEqual(['amd64', 'amd64']);
  const tagged = await run(at, at.home, ['rightarch-docker', 'push', '-a', `${registry.host}/alone:a`]);
  expect([tagged.status, tagged.all.includes('[cli/bad-value]')], tagged.all).toEqual([1, true]);
});

test('a build that is published goes up by digest, is proven, and the tag moves last', async () => {
  const at = place('publishing', false);
  const context = join(at.home, 'context');
  mkdirSync(context);
  writeFileSync(join(context, 'app-amd64'), elfBytes({ machine: 'amd64' }));
  writeFileSync(join(context, 'app-arm64'), elfBytes({ machine: 'amd64' }));
  const dockerfile = 'FROM scratch\nARG TARGETARCH\nCOPY --chmod=755 app-$TARGETARCH /app\nENTRYPOINT ["/app"]\n';
  writeFileSync(join(context, 'Dockerfile'), dockerfile);
  const image = `${registry.host}/published:1`;
  const login = ['rightarch-docker', '--config', 'own', 'login', '-u', 'me', '--password-stdin', registry.host];
  expect((await run(at, at.home, login, {}, 'correct-horse')).status).toBe(0);
  expect(existsSync(join(at.home, 'own', 'config.json'))).toBe(true);
  const wrong = await run(at, at.home, [...login.slice(0, -1), registry.host], {}, 'wrong-horse');
  expect([wrong.status, wrong.out]).toEqual([1, '']);
  expect(wrong.all).not.toContain('wrong-horse');
  const line = ['rightarch-docker', '--config', 'own', 'buildx', 'build', '--push', '-t', image, '--platform'];
  // The bytes for arm64 are those of another CPU: nothing is under the name afterwards, not even what is right.
  const both = await run(at, at.home, [...line, 'linux/amd64,linux/arm64', 'context']);
  expect(both.status, both.all).toBe(1);
  expect(await published('published', '1')).toBeUndefined();
  const one = await run(at, at.home, [...line, 'linux/amd64', 'context']);
  expect(one.status, one.all).toBe(0);
  expect(await published('published', '1')).toBe('amd64');
});
