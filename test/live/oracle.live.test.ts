import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMachine } from '../../tools/oracle/machine.ts';
import { runImage } from '../../tools/oracle/run-image.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
const OTHER = { 'linux/amd64': 'linux/arm64', 'linux/arm64': 'linux/amd64' } as const;
const directory = mkdtempSync(join(tmpdir(), 'rightarch-oracle-test-'));

/** A root with one static program for one CPU under two names, a script for it, and a user. */
async function makeRoot(platform: (typeof PLATFORMS)[number]): Promise<string> {
  const root = join(directory, platform.replace('/', '-'));
  for (const path of ['bin', 'etc', 'work']) mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'bin', 'busybox'), (await openMachine(platform)).busybox, { mode: 0o755 });
  cpSync(join(root, 'bin', 'busybox'), join(root, 'bin', 'sh'));
  writeFileSync(join(root, 'bin', 'plain'), 'echo no interpreter is named\n', { mode: 0o755 });
  writeFileSync(join(root, 'bin', 'script'), '#!/bin/sh\necho "script $*"\nexit 3\n', { mode: 0o755 });
  writeFileSync(join(root, 'bin', 'lost'), '#!/bin/bash\n', { mode: 0o755 });
  writeFileSync(join(root, 'bin', 'not-executable'), '#!/bin/sh\n', { mode: 0o644 });
  writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0::/root:/bin/sh\napp:x:1234:1235::/work:/bin/sh\n');
  return root;
}

const roots = new Map<string, string>();
beforeAll(async () => {
  for (const platform of PLATFORMS) roots.set(platform, await makeRoot(platform));
}, 300_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(PLATFORMS)('a machine for %s', (platform) => {
  const run = (argv: readonly string[], of: string = platform) =>
    runImage({ layout: roots.get(of)!, platform, argv, timeoutMs: 60_000 });

  it.concurrent("refuses the other CPU's program with ENOEXEC", async () => {
    expect(await run(['/bin/busybox', 'true'], OTHER[platform])).toMatchObject({ errno: 'ENOEXEC', status: 127 });
  });

  it.concurrent.each([
    ['runs a script through its interpreter', ['script', 'a b', "it's"], { status: 3, output: "script a b it's\n" }],
    ['does not try a shell where no interpreter is named', ['plain'], { errno: 'ENOEXEC' }],
    ['says that the interpreter is not there', ['/bin/lost'], { errno: 'ENOENT' }],
    ['says that the program is not there', ['nowhere'], { errno: 'ENOENT' }],
    ['says that a file may not be executed', ['not-executable'], { errno: 'EACCES' }],
    ['tells a signal from a status', ['sh', '-c', 'kill -9 $$'], { status: 137 }],
  ])('%s', async (_, argv, expected) => {
    expect(await run(argv)).toMatchObject(expected);
  });

  it.concurrent('takes user, home, environment and working directory from the image', async () => {
    const config = { User: 'app', Env: ['PATH=/bin', 'GREETING=a = b'], WorkingDir: '/work', Cmd: ['sh', '-c'] };
    const script = 'busybox id -u; busybox id -g; pwd; echo $HOME; echo $GREETING';
    const result = await runImage({
      layout: roots.get(platform)!,
      platform,
      config,
      argv: [...config.Cmd, script],
    });
    expect(result).toMatchObject({ status: 0, output: '1234\n1235\n/work\n/work\na = b\n' });
  });

  it.concurrent('asks a server, and says what it answered', async () => {
    const serve = 'mkdir -p /www; echo "hello" > /www/index.html; exec busybox httpd -f -p 8080 -h /www';
    const result = await runImage({
      layout: roots.get(platform)!,
      platform,
      argv: ['sh', '-c', `busybox ${serve}`],
      http: { port: 8080, path: '/index.html' },
    });
    expect(result.http?.status).toBe(200);
    expect(result.http?.body.toString()).toBe('hello\n');
  });

  it('gives up in time', async () => {
    const result = await runImage({
      layout: roots.get(platform)!,
      platform,
      argv: ['busybox', 'sleep', '1000'],
      // Longer than the machine takes to start: one is namespaces, the other boots a kernel.
      timeoutMs: platform === 'linux/amd64' ? 5_000 : 15_000,
    });
    expect(result).toMatchObject({ status: undefined, timedOut: true });
  });
});
