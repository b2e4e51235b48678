import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { needTools } from './workspace.ts';

/** Debian's docker-registry on loopback, its storage in a directory that goes with it. */
export interface LocalRegistry {
  readonly host: string;
  close(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Starts one, empty, and waits until it answers. */
export async function startDockerRegistry(directory: string): Promise<LocalRegistry> {
  await needTools({ 'docker-registry': 'docker-registry' });
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(directory, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${join(directory, 'data')} } }\nhttp: { addr: "${host}" }\n`,
  );
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  for (let tries = 0; tries < 100; tries++) {
    const up = await fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) {
      return {
        host,
        async close() {
          child.kill('SIGTERM');
          await ended;
          rmSync(directory, { recursive: true, force: true });
        },
      };
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  child.kill('SIGKILL');
  throw new Error('docker-registry does not answer');
}
