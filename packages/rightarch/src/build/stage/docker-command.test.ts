import { expect, test } from 'vitest';
import { request } from '../engines/embedded/test-workspace.ts';
import { dockerCommand } from './docker-command.ts';

test.each([
  ['My App', 'my-app'],
  ['.hidden_', 'hidden'],
  ['サービス', 'app'],
  ['api_v1.2', 'api_v1.2'],
])('a folder %j gives a name that an image can have', (name, image) => {
  expect(dockerCommand(request('/w', { name }))).toContain(` -t ${image} `);
});

test('a variable of the shell in --ssh is not put in quotes', () => {
  const line = dockerCommand(request('/w', { ssh: ['default=$SSH_AUTH_SOCK', 'id=/w/key'] }));
  expect(line).toContain(' --ssh default --ssh id=/w/key ');
});
