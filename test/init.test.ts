import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { typeLine } from './support/command-line.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-init-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** `init` on a terminal where each question gets its answer; what was asked, and the file. */
async function answer(files: Readonly<Record<string, string>>, answers: readonly string[]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const left = [...answers];
  const asked: string[] = [];
  const { status, all: said } = await typeLine(directory, ['init'], {
    interactive: true,
    ask: async (question) => {
      asked.push(question.trim());
      return left.shift() ?? '';
    },
  });
  const file = status === 0 ? readFileSync(join(directory, 'rightarch.yaml'), 'utf8') : '';
  return { status, asked, said, file };
}

const PUSHED = { Dockerfile: 'FROM scratch\n', 'push.sh': 'docker push ghcr.io/team/shop:stable\n' };

test('every question has what was found as its default, and Enter keeps it with its evidence', async () => {
  const { asked, file } = await answer({ ...PUSHED, 'ship.sh': 'gcloud run deploy shop\n' }, []);
  expect(asked.map((question) => /\[(.*)\]/.exec(question)?.[1])).toEqual(['cloud-run', 'ghcr.io/team/shop', 'stable']);
  expect(file).toContain('repository: ghcr.io/team/shop  # push.sh:1\n    tags: [stable]  # push.sh:1\n');
});

test('what is typed wins, and has no evidence', async () => {
  const { file } = await answer(PUSHED, ['lambda:arm64', 'a.io/{image}, b.io/x', '1.0']);
  expect(file).toBe('');
  const second = await answer(PUSHED, ['lambda', 'a.io/{image}, b.io/x', '1.0']);
  expect(second.file).toContain('repository: ["a.io/{image}", b.io/x]\n    tags: ["1.0"]\n');
  expect(second.file).not.toContain('push.sh');
});

test('without a commit no tag of one is proposed', async () => {
  const { asked, file } = await answer({ Dockerfile: 'FROM scratch\n' }, ['', 'ghcr.io/team/shop']);
  expect(asked[2]).toContain('[latest]');
  expect(file).toContain('tags: [latest]\n');
});

test.each(['Ghcr.io/Team/Shop', 'ghcr.io/team/shop:1'])('%s is refused where it is typed', async (typed) => {
  const { status, said } = await answer(PUSHED, ['', typed]);
  expect(status).toBe(2);
  expect(said).toContain(typed);
});
