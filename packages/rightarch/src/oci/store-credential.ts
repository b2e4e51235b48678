import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atFile, failure } from '../messages/index.ts';
import { HUB_KEY, helperNamed, runHelper, type Secret, withoutTokens } from './credentials.ts';
import { makeDirectory } from './make-directory.ts';
import type { CallOptions } from './types.ts';
import { writeWholeFile } from './whole-file.ts';

/** A password that a registry accepted. */
export interface Login {
  /** `docker.io`, `127.0.0.1:5000`. */
  readonly registry: string;
  readonly username: string;
  readonly secret: Secret;
}

/**
 * Keeps a login where `docker login` would: with the helper that the configuration names for the registry or for all, else
 * in the file itself, which is for its user alone then. All else in the file stays (docker/cli, cli/config, read 2026-11-29).
 */
export async function storeCredential(
  { registry, username, secret }: Login,
  {
    directory,
    helperEnvironment,
  }: { readonly directory: string; readonly helperEnvironment: Readonly<Record<string, string | undefined>> },
  { signal }: CallOptions = {},
): Promise<{ readonly helper: string } | { readonly file: string }> {
  const file = join(directory, 'config.json');
  const config = await readConfig(file);
  const key = registry === 'docker.io' ? HUB_KEY : registry;
  const { credHelpers, credsStore, auths } = config;
  const own = record(credHelpers)[key];
  const helper = typeof own === 'string' && own !== '' ? own : credsStore;
  const save = async (entry: object): Promise<void> => {
    const text = `${JSON.stringify({ ...config, auths: { ...record(auths), [key]: entry } }, undefined, '\t')}\n`;
    await makeDirectory(directory);
    await writeWholeFile(file, one(text), 0o600);
  };
  if (typeof helper !== 'string' || helper === '') {
    await save({ auth: Buffer.from(`${username}:${secret.reveal()}`).toString('base64') });
    return { file };
  }
  const named = helperNamed(helper);
  const asked = JSON.stringify({ ServerURL: key, Username: username, Secret: secret.reveal() });
  const { status, stdout, stderr } = await runHelper(named, 'store', asked, { helperEnvironment }, signal);
  // What it says may repeat what it was given.
  if (status !== 0) {
    const said = withoutTokens((stderr || stdout).replaceAll(secret.reveal(), '[secret]').trim().split('\n', 1)[0]!);
    throw named.broken('status', said === '' ? [] : [said.slice(0, 300)]);
  }
  await save({});
  return { helper: named.program };
}

/** A file that is not read whole is not written: logins of others stand in it. */
async function readConfig(file: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // As below.
  }
  throw failure('registry/credentials-unreadable', { file, why: 'json' }, atFile(file), 'request');
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

async function* one(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
