import { expect, it } from 'vitest';
import type { RuntimeConfig } from '../oci/index.ts';
import type { TestFile } from '../testing/index.ts';
import { link, NODE, program, starting, text } from './test-start.ts';

const bundle: TestFile = { path: 'usr/bin/bundle', mode: 0o755, content: '#!/usr/bin/ruby3.1\n' };
const prove = starting([...NODE, link('bin', 'usr/bin'), program('usr/bin/ruby3.1'), bundle]);
const start = ['bundle', 'exec', 'puma', '-p', '80'];
const gemfile = text('app/Gemfile');
const puma = text('usr/local/bundle/ruby/3.1.0/gems/puma-6.4.2/bin/puma');

it('bundle exec needs a Gemfile, and a gem that has the command', async () => {
  expect(await prove([puma], start)).toMatchObject({
    verdict: 'refuted',
    code: 'proof/program-missing',
    prints: 'Could not locate Gemfile',
    args: { asked: 'bundle exec puma' },
  });
  expect(await prove([gemfile], start)).toMatchObject({
    verdict: 'refuted',
    code: 'proof/program-missing',
    prints: 'bundler: command not found: puma',
  });
  expect((await prove([gemfile, puma], start)).verdict).toBe('proven');
  expect((await prove([text('gems.rb'), puma], start)).verdict).toBe('proven');
});

it.each<readonly [string, readonly TestFile[], RuntimeConfig]>([
  ['a file of settings', [text('app/.bundle/config')], {}],
  [
    'settings of the official image',
    [text('usr/local/bundle/config')],
    { Env: ['BUNDLE_APP_CONFIG=/usr/local/bundle'] },
  ],
  ['another Gemfile', [text('srv/Gemfile'), puma], { Env: ['BUNDLE_GEMFILE=/srv/Gemfile'] }],
  ['what is installed as it starts', [], { Env: ['BUNDLE_AUTO_INSTALL=true'] }],
])('nothing is said of bundle exec with %s', async (_, files, more) => {
  expect((await prove(files, start, more)).verdict).toBe('proven');
});

it('nothing is said of what is on PATH, or of other commands of Bundler', async () => {
  expect((await prove([gemfile], ['bundle', 'exec', 'node'])).verdict).toBe('proven');
  expect((await prove([], ['bundle', 'install'])).verdict).toBe('proven');
  expect((await prove([], ['ruby3.1', '/usr/bin/bundle', 'exec', './bin/x'])).verdict).toBe('proven');
});
