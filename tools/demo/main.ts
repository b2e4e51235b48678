/**
 * `npm run demo`: the main job on a real application, with Node and npm alone. Builds examples/hono-app for two CPUs,
 * proves it, publishes it to a registry that it starts itself, asks three runtimes; then the failure it exists for.
 */
import { execFile, type SpawnSyncReturns, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRegistry } from '../../packages/rightarch/src/testing/registry.ts';
import { missedByGood, missedByWrong, type Said } from './claims.ts';
import { swapWrongFile } from './wrong-file.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const example = join(root, 'examples/hono-app');
const bases = join(root, '.cache/bases');
const PORT = 5055;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs a command in the foreground and gives its status. */
function run(command: string, args: readonly string[], directory: string): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: directory, stdio: 'inherit' });
    child.on('error', fail);
    child.on('close', (status: SpawnSyncReturns<string>['status']) => done(status ?? 1));
  });
}

/** Shows the command as a person types it, then runs it. */
async function rightarch(...args: string[]): Promise<number> {
  const shown = args.filter((word) => !word.startsWith('docker.io=') && word !== '--mirror');
  say(`\n$ npx rightarch ${shown.join(' ')}\n`);
  return run(process.execPath, [join(root, 'packages/rightarch/bin/rightarch.js'), ...args], example);
}

/** The same question once more, for the demo's own eyes: what `verify` says as JSON, whatever its status. */
function asked(...args: string[]): Promise<Said> {
  const command = [join(root, 'packages/rightarch/bin/rightarch.js'), 'verify', ...args, '--json'];
  return new Promise((done, fail) => {
    execFile(process.execPath, command, { cwd: example, maxBuffer: 1 << 26 }, (error, out) => {
      if (out === '') fail(error ?? new Error('verify said nothing'));
      else done(JSON.parse(out) as Said);
    });
  });
}

/** True where everything that was told holds; else the demo is broken, and says at what. */
function holds(missed: readonly string[]): boolean {
  for (const claim of missed) say(`\nThis is not what the demo expects. It does not hold that ${claim}.`);
  return missed.length === 0;
}

/** Whether Docker Hub answers from here, within three seconds. */
function hubAnswers(): Promise<boolean> {
  return new Promise((done) => {
    const asked = request('https://registry-1.docker.io/v2/', { method: 'GET', timeout: 3000 }, (answer) => {
      answer.resume();
      done(answer.statusCode === 401 || answer.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => done(false));
    asked.end();
  });
}

/** Where node:22-slim comes from: Docker Hub, or bases made of Debian's and npm's packages where apt is. */
async function mirrorFlags(): Promise<readonly string[] | undefined> {
  if (await hubAnswers()) return [];
  if (!existsSync(join(bases, 'oci-layout'))) {
    say(
      'Docker Hub cannot be reached from here: node:22-slim is assembled from Debian and npm packages instead (once)',
    );
    if ((await run('npm', ['run', '--silent', 'bases'], root)) !== 0) return undefined;
  } else say('Docker Hub cannot be reached from here: node:22-slim is the one that `npm run bases` assembled');
  return ['--mirror', `docker.io=oci:${bases}`];
}

async function main(): Promise<number> {
  const begin = performance.now();
  say('rightarch: one image tag, the right CPU everywhere, proven before it is deployed');
  say('examples/hono-app: a Hono server with the native module sharp, FROM node:22-slim, RUN npm ci\n');
  const mirror = await mirrorFlags();
  if (mirror === undefined) {
    say('\nThe demo needs node:22-slim: let this machine reach Docker Hub, or run it where apt-get is');
    return 3;
  }
  const registry = await startRegistry({ port: PORT }).catch((error: NodeJS.ErrnoException) => {
    say(`\nThe demo's registry needs port ${PORT} of 127.0.0.1: ${error.message}`);
    return undefined;
  });
  if (registry === undefined) return 3;
  try {
    const shipped = await rightarch('ship', ...mirror);
    const tags = [...registry.repository('hono-app').tags.keys()].sort();
    if (shipped !== 1 || tags.join(' ') !== '1.0.0 latest') {
      say(
        `\nThis is not what the demo expects: ship ended with ${shipped}, and the registry has: ${tags.join(', ') || 'no tag'}`,
      );
      return 1;
    }
    if (!holds(missedByGood(await asked()))) return 1;
    say(
      '\nThe tags are there, and both platforms under them are proven. Lambda alone refuses it, and the demo expects that.',
    );
    const wrong = join(example, '.rightarch/hono-app-wrong');
    rmSync(wrong, { recursive: true, force: true });
    await swapWrongFile(join(example, '.rightarch/hono-app'), wrong);
    say(
      '\nNow the failure that this exists for: the same image, with one file of sharp for the wrong CPU in its arm64 half.',
    );
    say('Labels, digests and sizes are all true. On an amd64 machine, and on a Mac with Rosetta, nobody would notice.');
    const question = ['oci:.rightarch/hono-app-wrong', '--for', 'fargate:arm64'];
    const refuted = await rightarch('verify', ...question);
    const told = holds(missedByWrong(await asked(...question)));
    say(
      `\n${((performance.now() - begin) / 1000).toFixed(1)} s for everything. Left in examples/hono-app/.rightarch: hono-app (proven), hono-app-wrong (refuted).`,
    );
    // Status 1 twice: Lambda refuses the good image, the proof refuses the bad one. Anything else is not the demo.
    return refuted === 1 && told ? 0 : 1;
  } finally {
    await registry.close();
  }
}

process.exitCode = await main();
