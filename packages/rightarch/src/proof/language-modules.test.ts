import { expect, it } from 'vitest';
import { link, NODE, program, starting, text } from './test-start.ts';

const prove = starting([
  ...NODE,
  program('usr/bin/perl'),
  program('usr/bin/ruby3.1'),
  link('usr/bin/ruby', 'ruby3.1'),
  text('app/a.pl'),
  text('app/a.rb'),
]);
const env = (...Env: readonly string[]) => ({ Env: ['PATH=/usr/bin', ...Env] });
const perl = ['perl', '-w', 'a.pl'];
const ruby = ['ruby', 'a.rb'];

it.each<readonly [string, readonly string[], string, asked: string, looked: string, prints: string]>([
  ['a module of PERL5OPT', perl, 'PERL5OPT=-MA::B=c', '-MA::B=c', 'A/B.pm', "Can't locate A/B.pm in @INC"],
  ['it without its sign', perl, 'PERL5OPT=-w MA', '-MA', 'A.pm', "Can't locate A.pm in @INC"],
  ['a debugger', perl, 'PERL5OPT=-d:Cover', '-d:Cover', 'Devel/Cover.pm', "Can't locate Devel/Cover.pm in @INC"],
  ['a module of an option', ['perl', '-mA', 'a.pl'], 'A=1', '-mA', 'A.pm', "Can't locate A.pm in @INC"],
  [
    'a library of RUBYOPT',
    ruby,
    'RUBYOPT=-W0 -rdd/init',
    '-rdd/init',
    'dd/init.rb',
    'cannot load such file -- dd/init',
  ],
  ['it as two words', ruby, 'RUBYOPT=-w -r dd', '-rdd', 'dd.rb', 'cannot load such file -- dd (LoadError)'],
  ['a file of RUBYOPT', ruby, 'RUBYOPT=-wr./x', '-r./x', '/app/x.rb', 'cannot load such file -- ./x (LoadError)'],
  [
    'a library of an option',
    ['ruby', '-r', '/x.rb', 'a.rb'],
    'A=1',
    '-r/x.rb',
    '/x.rb',
    'cannot load such file -- /x.rb',
  ],
])('%s is missing, and then there', async (_, argv, line, asked, looked, prints) => {
  const found = await prove([], argv, env(line));
  expect(found).toMatchObject({ verdict: 'refuted', code: 'proof/program-missing', args: { asked, looked: [looked] } });
  expect(found.prints).toContain(prints);
  const path = looked.startsWith('/') ? looked.slice(1) : `opt/lib/${looked}`;
  expect((await prove([text(path)], argv, env(line))).verdict).toBe('proven');
});

it('a part of its name is not the module, and a link may lead to it', async () => {
  const more = env('PERL5OPT=-MA::B');
  expect((await prove([text('opt/B.pm'), text('opt/A/C.pm')], perl, more)).verdict).toBe('refuted');
  expect((await prove([text('opt/A-1.2/B.pm'), link('opt/A', 'A-1.2')], perl, more)).verdict).toBe('proven');
});

it('bundler/setup asks for the Gemfile that a variable names', async () => {
  const files = [text('usr/lib/ruby/bundler/setup.rb')];
  const more = env('RUBYOPT=-rbundler/setup', 'BUNDLE_GEMFILE=/srv/Gemfile');
  const prints = '/srv/Gemfile not found (Bundler::GemfileNotFound)';
  expect(await prove(files, ruby, more)).toMatchObject({ verdict: 'refuted', prints, looked: ['/srv/Gemfile'] });
  expect((await prove([...files, text('srv/Gemfile')], ruby, more)).verdict).toBe('proven');
  // Without it nobody asks.
  expect((await prove(files, ruby, env('BUNDLE_GEMFILE=/srv/Gemfile'))).verdict).toBe('proven');
  expect((await prove(files, ruby, env('RUBYOPT=-rbundler/setup'))).verdict).toBe('proven');
});

it.each<readonly [string, readonly string[], string]>([
  ['a Perl that does not look', ['perl', '-T', 'a.pl'], 'PERL5OPT=-MA'],
  ['a Perl that only tells its version', ['perl', '-v'], 'PERL5OPT=-MA'],
  ['what Perl is told to do without', perl, 'PERL5OPT=-M-warnings'],
  ['a version of Perl', perl, 'PERL5OPT=-Mv5.36'],
  ['directories of Perl', perl, 'PERL5LIB=/gone'],
  ['a module that may find another', ['perl', '-MOwn', '-MA', 'a.pl'], 'A=1'],
  ['a Ruby that does not look', ['ruby', '--disable=rubyopt', 'a.rb'], 'RUBYOPT=-rdd'],
  ['a Ruby that only tells its version', ['ruby', '--version'], 'RUBYOPT=-rdd'],
  ['what Ruby has in itself', ruby, 'RUBYOPT=-rthread'],
  ['a file of a home', ruby, 'RUBYOPT=-r~/x'],
  ['directories of Ruby', ruby, 'RUBYLIB=/gone'],
  ['other options of Ruby', ruby, 'RUBYOPT=--yjit -W:no-deprecated'],
])('nothing is said of %s', async (_, argv, line) => {
  expect((await prove([text('opt/Own.pm')], argv, env(line))).verdict).toBe('proven');
});
