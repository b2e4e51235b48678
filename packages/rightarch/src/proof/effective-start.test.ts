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
});
