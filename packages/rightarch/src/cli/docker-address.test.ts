import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerAddress } from './docker-address.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'docker-address-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function addContext(name: string, meta: unknown, current = name): void {
  const directory = join(home, '.docker', 'contexts', 'meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'meta.json'), typeof meta === 'string' ? meta : JSON.stringify(meta));
  writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: current }));
}
const colima = { Name: 'colima', Endpoints: { docker: { Host: 'unix:///home/u/.colima/docker.sock' } } };
const ask = (env: Readonly<Record<string, string>> = {}, system: NodeJS.Platform = 'linux') =>
  dockerAddress({ env: { XDG_RUNTIME_DIR: join(home, 'run'), ...env }, home, system });

describe('the engine that docker would ask', () => {
  it.each([
    ['unix:///run/d.sock', { socketPath: '/run/d.sock' }],
    ['npipe:////./pipe/docker_engine', { socketPath: '\\\\.\\pipe\\docker_engine' }],
    ['tcp://10.0.0.1:2376', { elsewhere: 'tcp://10.0.0.1:2376' }],
    ['ssh://me@build', { elsewhere: 'ssh://me@build' }],
  ])('DOCKER_HOST=%s', (host, address) => {
    addContext('colima', colima);
    expect(ask({ DOCKER_HOST: host })).toEqual(address);
  });

  it('is that of the current context, and DOCKER_CONTEXT goes before it', () => {
    addContext('remote', { Endpoints: { docker: { Host: 'ssh://me@build' } } });
    addContext('colima', colima);
    expect(ask()).toEqual({ socketPath: '/home/u/.colima/docker.sock' });
    expect(ask({ DOCKER_CONTEXT: 'remote' })).toEqual({ elsewhere: 'ssh://me@build' });
  });

  it.each([
    ['is not there', undefined],
    ['is malformed', '{'],
    ['names no endpoint', { Endpoints: {} }],
    ['is null', 'null'],
  ])('no socket stands in for a context that %s', (_, meta) => {
    addContext('colima', colima, 'gone');
    if (meta !== undefined) addContext('gone', meta);
    expect(ask()).toEqual({ elsewhere: 'context gone' });
  });

  it.each([
    [['/var/run/docker.sock', '~/.docker/run/docker.sock'], '/var/run/docker.sock'],
    [['~/.docker/run/docker.sock', '~/run/podman/podman.sock'], '~/.docker/run/docker.sock'],
    [['~/run/podman/podman.sock'], '~/run/podman/podman.sock'],
    [[], undefined],
  ])('of the usual sockets %j it is %s', (sockets, expected) => {
    const inHome = (path: string): string => path.replace('~', home);
    const there = sockets.map(inHome);
    const env = { XDG_RUNTIME_DIR: join(home, 'run') };
    const found = dockerAddress({ env, home, system: 'linux' }, (path) => there.includes(path));
    expect(found).toEqual(expected === undefined ? undefined : { socketPath: inHome(expected) });
  });

  it('is a socket and no file, and the pipe on Windows', async () => {
    const path = join(home, '.docker', 'run', 'docker.sock');
    mkdirSync(join(home, '.docker', 'run'), { recursive: true });
    const elsewhere = ask();
    writeFileSync(path, '');
    expect(ask()).toEqual(elsewhere);
    rmSync(path);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const found = ask();
    await new Promise((resolve) => server.close(resolve));
    // Where this machine has an engine of its own, that one is found first.
    expect(found).toEqual(
      JSON.stringify(elsewhere)?.includes('/var/run/docker.sock') ? elsewhere : { socketPath: path },
    );
    expect(ask({}, 'win32')).toEqual({ socketPath: '\\\\.\\pipe\\docker_engine' });
  });
});
