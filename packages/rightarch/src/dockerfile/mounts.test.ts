import { expect, it } from 'vitest';
import { mountSources, mountsOf } from './mounts.ts';
import { parseDockerfile } from './parse.ts';

it('reads mounts as comma-separated fields, with quotes', () => {
  const text = 'FROM a\nRUN --mount=type=bind,from=b,ro --mount=Target=/x,\\"source=a,b\\" true';
  const run = parseDockerfile(text, { file: 'Dockerfile' }).instructions[1]!;
  if (run.keyword !== 'RUN') throw new Error(run.keyword);
  expect(mountsOf(run).map(({ type, fields }) => [type, ...fields])).toEqual([
    ['bind', ['type', 'bind'], ['from', 'b'], ['ro', undefined]],
    ['bind', ['target', '/x'], ['source', 'a,b']],
  ]);
  expect(mountSources(run).map(({ from }) => from)).toEqual(['b']);
});
