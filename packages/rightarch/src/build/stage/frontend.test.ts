import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIgnoreRule } from '../context/ignore-rule.ts';
import { filesIn, refusal, request, workspace } from '../engines/embedded/test-workspace.ts';
import { readDockerfile } from './prepare.ts';

const scratch = 'FROM scratch\nCOPY Dockerfile /a\n';

describe('the frontend that a file asks for', () => {
  it.each([
    '# syntax=docker/dockerfile:1\n',
    '# syntax=docker.io/docker/dockerfile\n',
    '# syntax=docker/dockerfile:1.4\n',
    '# syntax=docker/dockerfile-upstream:master-labs\n',
    '',
  ])('is understood: %j', async (line) => {
    const directory = await workspace({ Dockerfile: line + scratch });
    expect(await filesIn(directory, {})).toEqual(['644 0:0 /a']);
  });

  it.each([
    ['another frontend', `# syntax=acme/frontend:1\n${scratch}`, 'acme/frontend:1'],
    ['one of a registry of its own', `# syntax=ghcr.io/docker/dockerfile:1\n${scratch}`, 'ghcr.io/docker/dockerfile:1'],
    ['an old one that blanks a variable', `# syntax=docker/dockerfile:1.4\nARG TARGETARCH\n${scratch}`, 'TARGETARCH'],
    ['an old one without heredocs', '# syntax=docker/dockerfile:1.2\nFROM scratch\nCOPY <<E /a\nx\nE\n', '<<E'],
    ['an old one without --link', '# syntax=docker/dockerfile:1.2\nFROM scratch\nCOPY --link a /\n', '--link'],
  ])('is refused: %s', async (_, text, what) => {
    const directory = await workspace({ Dockerfile: text });
    const { code, args } = await refusal(readDockerfile(request(directory)));
    expect(code).toBe('plan/not-embedded');
    expect(args['what']).toContain(what);
  });

  it('is what the build argument says', async () => {
    const directory = await workspace({ Dockerfile: `# syntax=docker/dockerfile:1\n${scratch}` });
    const found = await refusal(readDockerfile(request(directory, { args: { BUILDKIT_SYNTAX: 'acme/x:1' } })));
    expect(found).toMatchObject({ code: 'plan/not-embedded', args: { what: 'acme/x:1' } });
  });
});

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  it('is no Dockerfile and no ignore file, and nobody waits for it', async () => {
    const directory = await workspace({ Dockerfile: scratch });
    const { context, dockerfile } = request(directory);
    execFileSync('mkfifo', [join(context, '.dockerignore')]);
    expect((await refusal(readIgnoreRule(context, dockerfile))).args['detail']).toBe('not a regular file');
    rmSync(dockerfile);
    execFileSync('mkfifo', [dockerfile]);
    expect(await refusal(readDockerfile(request(directory)))).toMatchObject({
      code: 'plan/dockerfile-unreadable',
      args: { detail: 'not a regular file' },
    });
  });
});
