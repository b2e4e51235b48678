import { expect, test } from 'vitest';
import { formatReference, parsePlatform } from '../core/index.ts';
import { parseDockerfile } from '../dockerfile/index.ts';
import { atInput, failure } from '../messages/index.ts';
import { executed } from './engines/buildkit/engine.ts';
import { planBuild } from './plan.ts';
import { Bases } from './stage/bases.ts';
import { requestFor } from './test-request.ts';

const platform = parsePlatform('linux/amd64')!;
test('all images of a file are asked for at once, only those that are needed, and the first fault in it is told', async () => {
  const file = parseDockerfile(
    `FROM first.example/a AS one
FROM second.example/b AS two
FROM unused.example/c AS three
FROM scratch
COPY --from=two /x /
COPY --from=one /x /
COPY --from=third.example/d /x /
`,
    { file: '/src/Dockerfile' },
  );
  const asked: string[] = [];
  let all = (): void => {};
  const everything = new Promise<void>((resolve) => {
    all = resolve;
  });
  const bases = new Bases({
    contexts: {},
    async open(reference) {
      const name = formatReference(reference);
      asked.push(name);
      if (asked.length === 3) all();
      // Nobody is answered before all have asked: one after the other they would wait for ever. The last is answered first.
      await everything;
      await new Promise((resolve) => setTimeout(resolve, (3 - asked.indexOf(name)) * 10));
      throw failure('plan/base-unlocked', { reference: name }, atInput(name), 'request');
    },
  });
  const planner = { engine: 'buildx', buildPlatform: platform, bases, anyBase: true, judge: executed } as const;
  const planned = planBuild(file, requestFor('linux/amd64'), planner);
  await expect(planned).rejects.toMatchObject({
    diagnostic: { code: 'plan/base-unlocked', args: { reference: 'second.example/b:latest' } },
  });
  expect(asked.sort()).toEqual(['first.example/a:latest', 'second.example/b:latest', 'third.example/d:latest']);
}, 10_000);
