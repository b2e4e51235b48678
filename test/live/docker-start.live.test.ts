import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveStart } from '../../packages/rightarch/src/proof/effective-start.ts';
import { type ReferenceBuilder, startBuildKit } from '../support/reference-builders.ts';

const directory = mkdtempSync(join(tmpdir(), 'rightarch-docker-start-'));
const socket = join(directory, 'docker.sock');
let docker: ReferenceBuilder;

beforeAll(async () => {
  docker = await startBuildKit(directory, join(import.meta.dirname, '..', '..', '.cache', 'buildkit'));
  mkdirSync(join(directory, 'files'));
  writeFileSync(join(directory, 'files', 'a'), '');
  execFileSync('tar', ['cf', join(directory, 'files.tar'), '-C', join(directory, 'files'), 'a']);
}, 300_000);
afterAll(async () => {
  await docker?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Docker's API, which Compose and the agent of ECS talk to. */
function ask(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const call = request({ socketPath: socket, method, path, headers }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += String(chunk);
      resolve(text === '' ? {} : JSON.parse(text));
    });
    call.on('error', reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const own = [undefined, ['/e'], ['']].flatMap((entrypoint) =>
  [undefined, ['c']].map((command) => ({ entrypoint, command })),
);

describe.each(own)('over an image with $entrypoint and $command', ({ entrypoint, command }) => {
  test('what Docker starts is what is proved', { timeout: 120_000 }, async () => {
    const changes = [
      ...(entrypoint === undefined ? [] : ['--change', `ENTRYPOINT ${JSON.stringify(entrypoint)}`]),
      ...(command === undefined ? [] : ['--change', `CMD ${JSON.stringify(command)}`]),
    ];
    const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(directory, 'config') };
    const imported = execFileSync('docker', ['import', ...changes, join(directory, 'files.tar')], { env });
    for (const Entrypoint of [undefined, [], [''], ['/x']])
      for (const Cmd of [undefined, [], ['y'], ['']]) {
        const made = await ask('POST', '/containers/create', { Image: String(imported).trim(), Entrypoint, Cmd });
        const { Path, Args } = await ask('GET', `/containers/${String(made['Id'])}/json`);
        const image = { config: { config: { Entrypoint: entrypoint, Cmd: command } } };
        const start = effectiveStart(image as unknown as Parameters<typeof effectiveStart>[0], {
          ...(Entrypoint === undefined ? {} : { entrypoint: Entrypoint }),
          // An empty command is none to Docker: no reader of a definition sets it.
          ...(Cmd === undefined || Cmd.length === 0 ? {} : { command: Cmd }),
        });
        const started = made['Id'] === undefined ? undefined : [Path, ...(Args as string[])];
        expect(start?.argv, JSON.stringify({ Entrypoint, Cmd, ...made })).toEqual(started);
      }
  });
});
