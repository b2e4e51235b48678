import { expect, test } from 'vitest';
import { testIndex } from '../../../testing/index.ts';
import { build, debianLike, filesIn, refusal, workspace } from './test-workspace.ts';

// What one RUN leaves to the next, and to another stage: files, and nothing of its shell.

const runnable = {
  'base:latest': testIndex({ images: ['linux/amd64', 'linux/arm64'].map((platform) => debianLike(platform)) }),
};
const made = async (dockerfile: string) =>
  (await filesIn(await workspace({ Dockerfile: `FROM base\n${dockerfile}` }), runnable)).filter(
    (line) => !line.includes('/usr/bin/'),
  );

test('cd, export, umask and set end with their RUN', async () => {
  expect(await made('RUN cd /etc && export A=x && umask 077 && set -eu && mkdir /one\nRUN mkdir "two$A"\n')).toEqual([
    '700 0:0 /one/',
    '755 0:0 /two/',
  ]);
});

test('SHELL of a stage is that of every stage that stands on it', async () => {
  const Dockerfile = 'FROM base AS one\nSHELL ["/bin/bash", "-c"]\nFROM one\nRUN mkdir /x\n';
  const found = await refusal(build(await workspace({ Dockerfile }), {}, runnable));
  // There is no bash in this base: /bin/sh would have made the directory.
  expect(found).toMatchObject({ code: 'run/shell-unknown', args: { shell: '/bin/bash', found: 'missing' } });
});

test.each([
  ['<<E python3\nmkdir("/x")\nE', 'python3'],
  ['python3 <<E\nmkdir /x\nE', 'python3'],
  ['node <<E\nmkdir /x\nE', 'node'],
])('the body of a heredoc is for the program it is given to: RUN %s', async (run, command) => {
  const Dockerfile = `FROM base\nRUN ${run}\n`;
  const found = await refusal(build(await workspace({ Dockerfile }), {}, runnable));
  expect(found).toMatchObject({ code: 'run/command-unknown', args: { command } });
});

test('a token that a RUN writes ends in no image, whatever an earlier build kept of that RUN', async () => {
  const Dockerfile = `FROM base AS deps
RUN echo '//r.example/:_authToken=abc' > /root/.npmrc
FROM base
COPY --from=deps /etc/passwd /p
`;
  const directory = await workspace({ Dockerfile });
  // Others copy from the stage: no image has its layer.
  await build(directory, {}, runnable);
  expect(await refusal(build(directory, { stage: 'deps' }, runnable))).toMatchObject({
    code: 'npm/token-in-layer',
    args: { file: '/root/.npmrc', key: '//r.example/:_authToken' },
    at: { start: { line: 2 } },
  });
});
