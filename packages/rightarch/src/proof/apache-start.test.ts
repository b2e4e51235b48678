import { expect, it } from 'vitest';
import type { TestFile } from '../testing/index.ts';
import { APACHE_START } from './test-scripts.ts';
import { link, NODE, program, starting, text } from './test-start.ts';

const HTTPD = 'usr/local/apache2/bin/httpd';
const script: TestFile = { path: 'usr/local/bin/httpd-foreground', mode: 0o755, content: APACHE_START };
const base = [
  ...NODE,
  link('bin', 'usr/bin'),
  program('usr/bin/rm'),
  program(HTTPD),
  program('usr/sbin/apache2'),
  script,
];
const prove = starting(base, { Env: ['PATH=/usr/local/apache2/bin:/usr/local/bin:/usr/sbin:/usr/bin'] });
const MAIN = 'usr/local/apache2/conf/httpd.conf';
const conf = (...lines: readonly string[]): TestFile => text(MAIN, `ServerName x\n${lines.join('\n')}\nListen 80\n`);
const refused = (plugin: string, runtime = `/${HTTPD}`, config = `/${MAIN}`) => ({
  verdict: 'refuted',
  code: 'proof/plugin-missing',
  args: { program: runtime, plugin, config },
});
const load = 'LoadModule jk_module modules/mod_jk.so';

it.each<readonly [string, readonly string[], plugin: string]>([
  ['by a name', [load], 'modules/mod_jk.so'],
  ['in other letters, quotes and lines', ['loadmodule jk_module \\', '  "modules/mod_jk.so"'], 'modules/mod_jk.so'],
  ['by its path', ['LoadModule jk_module /opt/mod_jk.so'], '/opt/mod_jk.so'],
])('a module of Apache, told %s, is missing, and then there', async (_, lines, plugin) => {
  for (const argv of [['httpd-foreground'], ['httpd', '-D', 'FOREGROUND'], ['httpd', '-t']])
    expect(await prove([conf(...lines)], argv)).toMatchObject(refused(plugin));
  const at = plugin.startsWith('/') ? plugin.slice(1) : `usr/local/apache2/${plugin}`;
  expect((await prove([conf(...lines), program(at)], ['httpd-foreground'])).verdict).toBe('proven');
});

it('the configuration that Debian and an option name', async () => {
  const own = text('etc/apache2/apache2.conf', `${load}\n`);
  const config = '/etc/apache2/apache2.conf';
  const apache = '/usr/sbin/apache2';
  expect(await prove([own], ['apache2', '-X'])).toMatchObject(refused('modules/mod_jk.so', apache, config));
  expect(await prove([own], ['httpd', '-f', config])).toMatchObject(refused('modules/mod_jk.so', `/${HTTPD}`, config));
  expect((await prove([own], ['httpd-foreground'])).verdict).toBe('proven');
});

it.each<readonly [string, readonly TestFile[], readonly string[]]>([
  ['no configuration: it is mounted', [], ['httpd-foreground']],
  ['what stands in a section', [conf('<IfModule x.c>', load, '</IfModule>')], ['httpd-foreground']],
  ['what may be loaded by another file before', [conf('Include conf/extra/*.conf', load)], ['httpd-foreground']],
  ['what is loaded already', [conf(load.replace('mod_jk', 'x'), load), program('opt/x.so')], ['httpd-foreground']],
  ['a variable', [conf('LoadModule jk_module ${ROOT}/mod_jk.so')], ['httpd-foreground']],
  ['a comment', [conf(`# ${load}`)], ['httpd-foreground']],
  ['options that only have it say something', [conf(load)], ['httpd', '-V']],
  ['another root', [conf(load)], ['httpd', '-d', '/srv']],
  [
    'one of busybox',
    [program('usr/bin/busybox'), link('usr/sbin/httpd', '/usr/bin/busybox')],
    ['/usr/sbin/httpd', '-f'],
  ],
])('nothing is said of Apache with %s', async (_, files, argv) => {
  expect((await prove(files, argv)).verdict).toBe('proven');
});
