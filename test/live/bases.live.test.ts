import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunResult, runImage } from '../../tools/oracle/run-image.ts';
import { isFull, sampled } from '../support/sampled.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const BASES = join(REPOSITORY, '.cache', 'bases');
const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
const NODE_CPU = { 'linux/amd64': 'x64', 'linux/arm64': 'arm64' };
const PYTHON_CPU = { 'linux/amd64': 'x86_64', 'linux/arm64': 'aarch64' };

type Platform = (typeof PLATFORMS)[number];

function makeBases(...args: string[]): void {
  execFileSync('npm', ['run', 'bases', '--', ...args], { cwd: REPOSITORY, stdio: 'inherit' });
}

/** Runs a script with the base's own shell; fails with what the base said. */
async function sh(base: string, platform: Platform, script: string): Promise<string> {
  const result = await start(base, platform, ['sh', '-ec', script]);
  expect(result, result.output).toMatchObject({ status: 0, errno: undefined, timedOut: false });
  return result.output;
}

function start(base: string, platform: Platform, argv?: readonly string[]): Promise<RunResult> {
  const name = `docker.io/library/${base}`;
  return runImage({ layout: BASES, name, platform, timeoutMs: 180_000, ...(argv !== undefined && { argv }) });
}

/** Every file of the accounts, and what the loader's cache says, as the base has it and as the real programs make it. */
const CONFIGURED_FOR_REAL = `
ldconfig -p | grep -v '^Cache generated' > /tmp/ours
ldconfig
ldconfig -p | grep -v '^Cache generated' > /tmp/real
cmp /tmp/ours /tmp/real
grep -c '=>' /tmp/real
dpkg --audit
`;

beforeAll(() => makeBases(), 600_000);

describe.each(PLATFORMS)('the bases on %s', (platform) => {
  it('node:22-slim runs Node, npm and corepack, and knows its user', async () => {
    const output = await sh(
      'node:22-slim',
      platform,
      `node -p process.arch; npm --version; corepack --version; getent passwd node; su node -c 'id -un; pwd; echo ~'
       stat -c '%a %u %n' /tmp /root /home/node; readlink /bin /lib /sbin /usr/bin/awk; . /etc/os-release; echo $ID $VERSION_ID
       ${CONFIGURED_FOR_REAL}`,
    );
    const [libraries, ...lines] = output.trim().split('\n').reverse();
    expect(Number(libraries)).toBeGreaterThan(60);
    expect(lines.reverse()).toEqual([
      NODE_CPU[platform],
      '10.9.9',
      '0.36.0',
      'node:x:1000:1000::/home/node:/bin/bash',
      'node',
      '/',
      '/home/node',
      '1777 0 /tmp',
      '700 0 /root',
      '755 1000 /home/node',
      'usr/bin',
      'usr/lib',
      'usr/sbin',
      '/etc/alternatives/awk',
      'debian 12',
    ]);
  });

  if (isFull || platform === 'linux/amd64')
    it('python:3.11-slim runs Python with TLS and certificates, and pip', async () => {
      const output = await sh(
        'python:3.11-slim',
        platform,
        `python3 -c 'import platform, ssl, sqlite3
print(platform.machine(), platform.python_version_tuple()[:2])
print(len(ssl.create_default_context().get_ca_certs()) > 100)'
       python -m pip --version
       ${CONFIGURED_FOR_REAL}`,
      );
      const lines = output.trim().split('\n');
      expect(lines.slice(0, 2)).toEqual([`${PYTHON_CPU[platform]} ('3', '11')`, 'True']);
      expect(lines[2]).toMatch(/^pip \d+.*\(python 3\.11\)$/);
    });

  // The accounts are the same file on both; the emulated machine takes four times as long.
  if (isFull || platform === 'linux/amd64')
    it('debian:bookworm-slim has the accounts that useradd would leave in node:22-slim', async () => {
      const files = 'passwd group shadow gshadow subuid subgid passwd- group- shadow- gshadow-';
      // useradd writes today's day into shadow.
      const print = `cd /etc; for file in ${files}; do echo "== $file $(stat -c '%a %u %g' $file)"; sed 's/^\\(node:!\\):[0-9]*:/\\1:DAY:/' $file; done`;
      const print2 = `${print}; cd /home/node; ls -lan | sed -n 's/  */ /g;2,$p' | cut -d' ' -f1,3,4,5,9 | grep -v ' \\.\\.$'`;
      const real = await sh(
        'debian:bookworm-slim',
        platform,
        `groupadd --gid 1000 node; useradd --uid 1000 --gid node --shell /bin/bash --create-home node; ${print2}`,
      );
      expect(await sh('node:22-slim', platform, print2)).toBe(real);
    });
});

describe('docker-entrypoint.sh, as the official image has it', () => {
  const commands: readonly (readonly [args: readonly string[], status: number, output: unknown])[] = [
    [['-p', '6*7'], 0, '42\n'],
    [['sh', '-c', 'echo a command'], 0, 'a command\n'],
    [['node', '--version'], 0, 'v22.23.3\n'],
    [['/etc/hostname-that-is-not-there'], 1, expect.stringContaining('MODULE_NOT_FOUND')],
    [['/usr/local/lib/node_modules/npm/package.json'], 0, ''],
  ];
  it.each(sampled(commands, 2))('%j', async (args, status, output) => {
    const result = await start('node:22-slim', 'linux/amd64', ['docker-entrypoint.sh', ...args]);
    expect(result).toMatchObject({ status, output });
  });
});

it('makes the same bytes again', () => {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-bases-'));
  try {
    makeBases('-o', join(directory, 'again'));
    const index = (path: string) => readFileSync(join(path, 'index.json'), 'utf8');
    expect(index(join(directory, 'again'))).toBe(index(BASES));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
