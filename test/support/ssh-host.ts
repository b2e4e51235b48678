import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A machine that is reached by ssh as `root@NAME`: this one, by Debian's sshd on the loopback and a key of its own. */
export interface SshHost {
  readonly name: string;
  /** Before PATH: `ssh`, which knows the name, the key and nothing of the user's own. */
  readonly bin: string;
  close(): Promise<void>;
}

/** `env` is what programs find that are started there. */
export async function startSshHost(directory: string, env: Readonly<Record<string, string>>): Promise<SshHost> {
  const name = 'builder.test';
  const at = (file: string): string => join(directory, file);
  mkdirSync(at('bin'), { recursive: true });
  // Where sshd wants to shut itself in.
  mkdirSync('/run/sshd', { recursive: true });
  for (const key of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)]);
  copyFileSync(at('user.pub'), at('authorized'));
  const port = await freePort();
  const settings = [
    ...['ListenAddress 127.0.0.1', `Port ${port}`, `HostKey ${at('host')}`, 'PidFile none'],
    ...[`AuthorizedKeysFile ${at('authorized')}`, 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no'],
    ...[
      'PermitRootLogin prohibit-password',
      `SetEnv ${Object.entries(env)
        .map(([key, value]) => `${key}=${value}`)
        .join(' ')}`,
    ],
  ];
  writeFileSync(at('sshd.conf'), `${settings.join('\n')}\n`);
  const client = [`Host ${name}`, 'HostName 127.0.0.1', `Port ${port}`, `IdentityFile ${at('user')}`];
  const quiet = [
    'IdentitiesOnly yes',
    'StrictHostKeyChecking no',
    `UserKnownHostsFile ${at('known')}`,
    'LogLevel ERROR',
  ];
  writeFileSync(at('ssh.conf'), `${[...client, ...quiet].join('\n')}\n`);
  writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('ssh.conf')} "$@"\n`);
  chmodSync(at('bin/ssh'), 0o755);
  // It starts itself anew by its whole path.
  const daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', at('sshd.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  daemon.stderr.on('data', (chunk: Buffer) => {
    log += chunk;
  });
  const until = Date.now() + 10_000;
  while (!log.includes('Server listening')) {
    if (daemon.exitCode !== null || Date.now() > until) throw new Error(`sshd does not answer:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name,
    bin: at('bin'),
    async close() {
      const ended = once(daemon, 'close');
      daemon.kill();
      await ended;
    },
  };
}
