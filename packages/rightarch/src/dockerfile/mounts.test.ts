import { expect, test } from 'vitest';
import { mountsOf, secretOf } from './mounts.ts';
import { parseDockerfile } from './parse.ts';

/** The secret of a mount, with what BuildKit takes where nothing is said left out. */
function read(fields: string) {
  const { instructions } = parseDockerfile(`FROM a\nRUN --mount=type=secret,${fields} true\n`, { file: 'Dockerfile' });
  const run = instructions.find((one) => one.keyword === 'RUN')!;
  const found = secretOf(mountsOf(run)[0]!);
  if (found === undefined) return undefined;
  const usual = { required: false, mode: 0o400, uid: 0, gid: 0 };
  return Object.fromEntries(
    Object.entries(found).filter(([key, value]) => (usual as Record<string, unknown>)[key] !== value),
  );
}

test.each([
  ['id=a', { id: 'a', target: '/run/secrets/a' }],
  ['src=a/b', { id: 'a/b', target: '/run/secrets/b' }],
  ['target=/root/.npmrc', { id: '.npmrc', target: '/root/.npmrc' }],
  ['id=a,dst=b', { id: 'a', target: 'b' }],
  ['ID=a,Destination=/b', { id: 'a', target: '/b' }],
  ['id=a,target=/b,target=/c', { id: 'a', target: '/c' }],
  ['id=a,env=A', { id: 'a', env: 'A' }],
  ['id=a,env=A,target=/b', { id: 'a', env: 'A', target: '/b' }],
  ['id=a,required', { id: 'a', target: '/run/secrets/a', required: true }],
  ['id=a,required=1', { id: 'a', target: '/run/secrets/a', required: true }],
  ['id=a,required=False', { id: 'a', target: '/run/secrets/a' }],
  ['id=a,mode=0644,uid=1000,gid=8', { id: 'a', target: '/run/secrets/a', mode: 0o644, uid: 1000, gid: 8 }],
  ['id=a,mode=4755', { id: 'a', target: '/run/secrets/a', mode: 0o755 }],
  ['required', undefined],
  ['env=A', undefined],
  ['id=a,source=b', undefined],
  ['id=a,required=yes', undefined],
  ['id=a,mode=0o400', undefined],
  ['id=a,mode=800', undefined],
  ['id=a,uid=-1', undefined],
  ['id=a,uid=4294967296', undefined],
  ['id=a,from=b', undefined],
  ['id=a,sharing=locked', undefined],
  ['id=a,colour=red', undefined],
])('type=secret,%s', (fields, expected) => {
  expect(read(fields)).toEqual(expected);
});
