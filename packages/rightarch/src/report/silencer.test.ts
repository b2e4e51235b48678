import { expect, test } from 'vitest';
import { diagnostic } from '../messages/index.ts';
import { silencerOf } from './diagnostics.ts';

test.each([
  ['Dockerfile', '`# rightarch-ignore workflow/load-several: …`'],
  ['docker-bake.hcl', '`# rightarch-ignore workflow/load-several: …`'],
  // Where a `#` would break the file.
  ['infra/lib/stack.ts', '`// rightarch-ignore workflow/load-several: …`'],
  ['Jenkinsfile', '`// rightarch-ignore workflow/load-several: …`'],
  ['main.bicep', '`// rightarch-ignore workflow/load-several: …`'],
  ['ecs/task.json', '`ignore: [{ code: workflow/load-several, paths: "ecs/task.json", reason: … }]`'],
])('what silences a finding in %s is a line of its language', (file, expected) => {
  const at = { in: 'file', file, start: { line: 1, column: 1 }, end: { line: 1, column: 2 } } as const;
  expect(silencerOf(diagnostic('workflow/load-several', { platforms: [], isFlag: true }, at))).toBe(expected);
});
