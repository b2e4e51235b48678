import { expect, it } from 'vitest';
import type { TestFile } from '../testing/index.ts';
import { NGINX_START } from './test-scripts.ts';
import { link, NODE, program, starting, text } from './test-start.ts';

const script: TestFile = { path: 'docker-entrypoint.sh', mode: 0o755, content: NGINX_START };
const prove = starting([...NODE, link('bin', 'usr/bin'), program('usr/sbin/nginx'), script], {
  Env: ['PATH=/usr/sbin:/usr/bin'],
});
const start = ['nginx', '-g', 'daemon off;'];
const MAIN = 'etc/nginx/nginx.conf';
const conf = (...lines: readonly string[]): TestFile => text(MAIN, `${lines.join('\n')}\nevents {\n}\n`);
const GEOIP = 'modules/ngx_http_geoip2_module.so';
const loads = `load_module ${GEOIP};`;
const refused = (plugin: string, config = `/${MAIN}`) => ({
  verdict: 'refuted',
  code: 'proof/plugin-missing',
  args: { program: '/usr/sbin/nginx', plugin, config },
});

it.each<readonly [string, readonly TestFile[], plugin: string, config: string]>([
  ['by a name', [conf('user nginx;', loads)], GEOIP, `/${MAIN}`],
  ['in quotes, behind a comment', [conf('# load_module no.so; {', `load_module "${GEOIP}";`)], GEOIP, `/${MAIN}`],
  ['by its path', [conf('load_module /usr/lib/nginx/modules/x.so;')], '/usr/lib/nginx/modules/x.so', `/${MAIN}`],
  [
    'in a file that is included',
    [
      conf('include /etc/nginx/modules-enabled/*.conf;'),
      link('etc/nginx/modules-enabled/50-mod.conf', '/usr/share/nginx/modules-available/mod.conf'),
      text('usr/share/nginx/modules-available/mod.conf', loads),
    ],
    GEOIP,
    '/etc/nginx/modules-enabled/50-mod.conf',
  ],
  [
    'in a file beside it',
    [conf('include modules.conf;'), text('etc/nginx/modules.conf', loads)],
    GEOIP,
    '/etc/nginx/modules.conf',
  ],
])('a module of nginx, told %s, is missing, and then there', async (_, files, plugin, config) => {
  expect(await prove(files, start)).toMatchObject(refused(plugin, config));
  const at = plugin.startsWith('/') ? plugin.slice(1) : `usr/lib/nginx/${plugin}`;
  const there = [...files, program(at)];
  expect((await prove(there, start)).verdict).toBe('proven');
});

it('a configuration that nginx is told to read', async () => {
  const own = text('srv/web/nginx/own.conf', `${loads}\nevents {}\n`);
  const argv = ['nginx', '-c', '/srv/web/nginx/own.conf', '-g', 'daemon off;'];
  expect(await prove([own], argv)).toMatchObject(refused(GEOIP, '/srv/web/nginx/own.conf'));
  // That one is read instead of this.
  expect((await prove([conf(loads), text(own.path, 'events {}')], argv)).verdict).toBe('proven');
});

it('behind the script of its images, where that runs nothing else', async () => {
  const more = { Entrypoint: ['/docker-entrypoint.sh'] };
  const usual = text('docker-entrypoint.d/20-envsubst-on-templates.sh');
  expect(await prove([conf(loads), usual], start, more)).toMatchObject(refused(GEOIP));
  expect((await prove([conf(), usual], start, more)).verdict).toBe('proven');
  // Another script may write another configuration, and so may templates.
  const own = text('docker-entrypoint.d/40-own.sh');
  expect((await prove([conf(loads), own], start, more)).verdict).toBe('proven');
  const Env = ['PATH=/usr/sbin:/usr/bin', 'NGINX_ENVSUBST_OUTPUT_DIR=/etc/nginx'];
  expect((await prove([conf(loads), usual], start, { ...more, Env })).verdict).toBe('proven');
  const other = { ...script, content: NGINX_START.replace('set -e', 'set -e\nrm /etc/nginx/nginx.conf') };
  expect((await prove([conf(loads), other], start, more)).verdict).toBe('proven');
});

it.each<readonly [string, readonly TestFile[], readonly string[]]>([
  ['no configuration: it is mounted', [], start],
  ['files that are not there', [conf('include modules.conf;', 'include /etc/nginx/more/*.conf;')], start],
  ['what stands in a block', [text(MAIN, `events {}\nhttp { ${loads} }`)], start],
  ['a file that includes itself', [conf('include nginx.conf;')], start],
  ['options that only have it say something', [conf(loads)], ['nginx', '-V']],
  ['another prefix', [conf(loads)], ['nginx', '-p', '/srv']],
  ['one that was built for elsewhere', [conf(loads), program('opt/nginx/sbin/nginx')], ['/opt/nginx/sbin/nginx']],
])('nothing is said of nginx with %s', async (_, files, argv) => {
  expect((await prove(files, argv)).verdict).toBe('proven');
});

it('files that fit a pattern of many stars are found at once, and of those that begin with a dot none', async () => {
  const stars = `${'*a'.repeat(60)}b`;
  const files = [
    conf(`include ${stars}; include *.conf;`),
    text(`etc/nginx/${'a'.repeat(200)}`),
    text('etc/nginx/.off.conf', loads),
  ];
  expect((await prove(files, start)).verdict).toBe('proven');
  expect((await prove([...files, text('etc/nginx/on.conf', loads)], start)).code).toBe('proof/plugin-missing');
}, 10_000);
