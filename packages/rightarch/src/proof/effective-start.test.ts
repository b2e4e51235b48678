import { expect, it } from 'vitest';
import type { Image } from '../oci/index.ts';
import { effectiveStart } from './effective-start.ts';

const image = {
  config: {
    config: { Entrypoint: ['/entry'], Cmd: ['serve'], Env: ['PATH=/bin', 'A=1'], WorkingDir: '/app', User: 'node' },
  },
} as unknown as Image;

it('is the start of the image, unless a target sets something over it', () => {
  expect(effectiveStart(image)).toEqual({
    argv: ['/entry', 'serve'],
    env: ['PATH=/bin', 'A=1'],
    cwd: '/app',
    user: 'node',
    from: 'image',
  });
  expect(effectiveStart(image, { env: { PATH: '/opt', B: '' }, user: '1000', workdir: 'srv' })).toEqual({
    argv: ['/entry', 'serve'],
    env: ['A=1', 'PATH=/opt', 'B='],
    cwd: '/srv',
    user: '1000',
    from: 'target',
  });
  expect(effectiveStart(image, { command: ['work'] })?.argv).toEqual(['/entry', 'work']);
  expect(effectiveStart(image, { entrypoint: ['/other'] })?.argv).toEqual(['/other']);
  expect(effectiveStart(image, { entrypoint: [] })?.argv).toEqual(['serve']);
  expect(effectiveStart(image, { group: '5' })?.user).toBe('node:5');
});

it('has no program of an entrypoint that is one empty word', () => {
  const cleared = { config: { config: { Entrypoint: [''], Cmd: ['/app'] } } } as unknown as Image;
  expect(effectiveStart(cleared)?.argv).toEqual(['/app']);
  expect(effectiveStart(image, { entrypoint: [''], command: ['/app'] })?.argv).toEqual(['/app']);
  expect(effectiveStart(image, { entrypoint: [''] })).toBeUndefined();
});

it('is known to be none only where nothing is open', () => {
  const bare = { config: {} } as unknown as Image;
  expect(effectiveStart(bare)).toBeUndefined();
  const open = [{ field: 'command', text: 'Ref: Command', line: 1, column: 1 }] as const;
  expect(effectiveStart(bare, { open })).toMatchObject({ argv: [], open, from: 'target' });
});
