import { join } from 'node:path';
import { expect, test } from 'vitest';
import { relativePath } from './relative-path.ts';

test('a path has the slashes of a Dockerfile on every system', () => {
  const directory = join('/', 'work');
  expect(relativePath(directory, join(directory, 'api', 'Dockerfile'))).toBe('api/Dockerfile');
  expect(relativePath(directory, join('/', 'other', 'Dockerfile'))).toBe('../other/Dockerfile');
  expect(relativePath(directory, directory)).toBe('');
});

test.skipIf(process.platform === 'win32')('a backslash in a name stays', () => {
  expect(relativePath('/srv', '/srv/a\\b')).toBe('a\\b');
});
