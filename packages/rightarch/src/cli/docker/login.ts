import { join } from 'node:path';
import { atInput, failure } from '../../messages/index.ts';
import { fixedCredential, secret } from '../../oci/credentials.ts';
import { checkLogin } from '../../oci/registry/index.ts';
import { storeCredential } from '../../oci/store-credential.ts';
import { registryOptions } from '../access.ts';
import { writeFailed } from '../write-whole.ts';
import { dockerFlags, isOn, notDoneHere } from './flags.ts';
import type { Standing } from './stand-in.ts';

/** `docker login`: Docker's own, and without Docker the same request and the same file. */
export async function login({ session, words, label, handOn, out }: Standing): Promise<number> {
  const status = await handOn();
  if (status !== undefined) return status;
  const { shell } = session;
  const given = dockerFlags(words.rest, ['u,username=', 'p,password=', 'password-stdin']);
  const [server, ...more] = given.words;
  if (given.unknown !== undefined) throw notDoneHere(label, given.unknown);
  if (more.length > 0)
    throw failure('cli/usage', { command: label, kind: 'too-many', detail: more.join(' ') }, atInput(label), 'request');
  const registry = registryNamed(server);
  const username = given.values.get('username')?.at(-1);
  const typed = given.values.get('password')?.at(-1);
  if (username === undefined)
    throw failure('docker/login-incomplete', { lack: 'username', registry }, atInput(label), 'request');
  // docker takes the line end of `echo` off, and nothing else (docker/cli, cli/command/registry/login.go, read 2026-11-29).
  const password = isOn(given, 'password-stdin') ? (await shell.input()).replace(/\r?\n$/, '') : typed;
  if (password === undefined || password === '')
    throw failure('docker/login-incomplete', { lack: 'password', registry }, atInput(label), 'request');
  if (typed !== undefined) shell.err('WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
  const held = secret(password);
  const credentials = fixedCredential(registry, { kind: 'password', username, secret: held, from: label });
  await checkLogin(registry, { ...(await registryOptions(session)), credentials }, { signal: shell.signal });
  const directory = shell.env['DOCKER_CONFIG'] ?? join(shell.home, '.docker');
  const places = { directory, helperEnvironment: shell.env };
  const kept = await storeCredential({ registry, username, secret: held }, places, { signal: shell.signal }).catch(
    (error: NodeJS.ErrnoException) => {
      throw error.syscall === undefined ? error : writeFailed(join(directory, 'config.json'), error);
    },
  );
  if ('file' in kept) shell.err(`WARNING! Your password will be stored unencrypted in ${kept.file}.\n`);
  out('Login Succeeded\n');
  return 0;
}

/** A host, whatever is written around it; Docker Hub under all its names, and where none is given. */
function registryNamed(server = ''): string {
  const host = server
    .replace(/^https?:\/\//, '')
    .split('/', 1)[0]!
    .toLowerCase();
  return ['', 'docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host;
}
