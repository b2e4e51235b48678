import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** Debian's docker-registry (distribution 2.8) on loopback, with its storage in a directory that is thrown away. */
export interface LiveRegistry {
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts one below a directory; `auth` and `tls` are lines and members of its configuration. */
export async function serveRegistry(
  directory: string,
  { name, auth = [], tls = '' }: { readonly name: string; readonly auth?: readonly string[]; readonly tls?: string },
): Promise<LiveRegistry> {
  const port = await freePort();
  const config = join(directory, `${name}.yml`);
  await writeFile(
    config,
    [
      'version: 0.1',
      'log: { level: error }',
      `storage: { filesystem: { rootdirectory: ${join(directory, name)} }, delete: { enabled: true } }`,
      `http: { addr: "127.0.0.1:${port}"${tls} }`,
      ...auth,
      '',
    ].join('\n'),
  );
  const child: ChildProcess = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (part: Buffer) => {
    said += part.toString('utf8').slice(0, 4000);
  });
  // Not skipped: a live run without the registry is a failure.
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`docker-registry does not start: ${error.message}`));
    child.once('exit', (status) => resolve(`docker-registry ended with status ${status}: ${said}`));
  });
  const registry = {
    host: `127.0.0.1:${port}`,
    async stop() {
      if (child.exitCode === null && child.pid !== undefined) child.kill('SIGTERM');
      await ended;
    },
  };
  for (let tries = 0; ; tries++) {
    const up = await fetch(`http://${registry.host}/v2/`).then(
      ({ status }) => status,
      () => 0,
    );
    if (up === 200 || up === 401 || (up === 400 && tls !== '')) break;
    const why = await Promise.race([ended, new Promise<undefined>((resolve) => setTimeout(resolve, 50, undefined))]);
    if (why !== undefined || tries > 200) throw new Error(why ?? 'docker-registry does not answer');
  }
  return registry;
}
