import { expect, it } from 'vitest';
import type { RuntimeConfig } from '../oci/index.ts';
import type { TestFile } from '../testing/index.ts';
import { archive, NODE, program, starting, text, there } from './test-start.ts';

const base: readonly TestFile[] = [
  ...NODE,
  program('usr/lib/jvm/bin/java'),
  text('usr/lib/jvm/lib/modules'),
  text('app/server.js'),
  archive('app/app.jar'),
  text('srv/x.js'),
];
const prove = starting(base);
const java = '/usr/lib/jvm/bin/java';
const env = (...Env: readonly string[]): RuntimeConfig => ({ Env: ['PATH=/usr/bin', ...Env] });

it.each<readonly [string, readonly string[], RuntimeConfig, prints: string, path: string]>([
  ['an option', ['node', '-r', './trace', 'server.js'], {}, "Cannot find module './trace'", 'app/trace.js'],
  ['its long form', ['node', '--require=/o/x.js', '-e', '1'], {}, "Cannot find module '/o/x.js'", 'o/x.js'],
  ['an import', ['node', '--import', './t.mjs', 'server.js'], {}, "Cannot find module '/app/t.mjs'", 'app/t.mjs'],
  [
    'a variable',
    ['sh', '-c', 'exec node server.js'],
    env('NODE_OPTIONS=--max-old-space-size=512 --require /otel/register.js'),
    "Cannot find module '/otel/register.js'",
    'otel/register.js',
  ],
  [
    'a package',
    ['node', 'server.js'],
    env('NODE_OPTIONS=--require dd-trace/init'),
    "Cannot find module 'dd-trace/init'",
    'node_modules/dd-trace/init.js',
  ],
  [
    'a package to import',
    ['node', '--import=@opentelemetry/auto/register', 'server.js'],
    {},
    "Cannot find package '@opentelemetry/auto'",
    'app/node_modules/@opentelemetry/auto/package.json',
  ],
  ['a file of variables', ['node', '--env-file=.env', 'server.js'], {}, '.env: not found', 'app/.env'],
  ['it as two words', ['node', '--env-file', 'a.env', 'server.js'], {}, 'a.env: not found', 'app/a.env'],
  [
    'an agent',
    [java, '-Xmx1g', '-javaagent:/otel.jar=a=b', '-jar', 'app.jar'],
    {},
    'Error opening zip file or JAR manifest missing : /otel.jar',
    'otel.jar',
  ],
  [
    'an agent of a variable',
    [java, '-jar', 'app.jar'],
    env('JAVA_TOOL_OPTIONS=-Xmx1g -javaagent:dd.jar'),
    'Error opening zip file or JAR manifest missing : dd.jar',
    'app/dd.jar',
  ],
  [
    'a library of a variable',
    [java, '-jar', 'app.jar'],
    env('JDK_JAVA_OPTIONS=-agentpath:/o/x.so=y'),
    'Could not find agent library /o/x.so in absolute path',
    'o/x.so',
  ],
])('what %s has loaded before is missing, and then there', async (_, argv, more, prints, path) => {
  expect(await prove([], argv, more)).toMatchObject({ verdict: 'refuted', code: 'proof/program-missing', prints });
  expect((await prove([there(path)], argv, more)).verdict).toBe('proven');
});

it.each<readonly [string, readonly string[], RuntimeConfig]>([
  ['a loader of its own', ['node', '--loader', './l.mjs', '--import', 'ts-node/x', 'server.js'], {}],
  ['a package that may be its own', ['node', '-r', 'shop/trace', 'server.js'], {}],
  ['directories of its own', ['node', '-r', 'dotenv/config', 'server.js'], env('NODE_PATH=/opt')],
  ['a file that may be absent', ['node', '--env-file-if-exists=.env', 'server.js'], {}],
  ['a secret', ['node', '--env-file=/run/secrets/env', 'server.js'], {}],
  [
    'what stands where a shell goes first',
    ['sh', '-c', 'cd /srv && exec node server.js'],
    env('NODE_OPTIONS=-r ./x.js'),
  ],
  ['quotes', ['node', 'server.js'], env('NODE_OPTIONS=--require "/a b.js"')],
  ['words of the program', ['node', 'server.js', '--require', './gone.js'], {}],
  ['words of a main class', [java, '-jar', 'app.jar', '-javaagent:/gone.jar'], {}],
  ['a variable of another runtime', [java, '-jar', 'app.jar'], env('NODE_OPTIONS=--require /gone.js')],
])('nothing is said of %s', async (_, argv, more) => {
  expect((await prove([], argv, more)).verdict).toBe('proven');
});

it('a module that a runtime was not linked with is not added', async () => {
  const argv = [java, '--add-modules', 'java.base,java.sql', '-jar', 'app.jar'];
  const release = (modules: string) => text('usr/lib/jvm/release', `JAVA_VERSION="17"\nMODULES="${modules}"\n`);
  const refuted = { verdict: 'refuted', code: 'proof/program-missing', prints: 'Module java.sql not found' };
  expect(await prove([release('java.base')], argv)).toMatchObject(refuted);
  const inOne = [java, '--add-modules=java.sql', '-jar', 'app.jar'];
  expect(await prove([release('java.base')], inOne)).toMatchObject(refuted);
  expect((await prove([release('java.base java.sql')], argv)).verdict).toBe('proven');
  expect((await prove([], argv)).verdict).toBe('proven');
  const elsewhere = [java, '-p', 'mods', ...argv.slice(1)];
  expect((await prove([release('java.base')], elsewhere)).verdict).toBe('proven');
  const all = [java, '--add-modules', 'ALL-SYSTEM', '-jar', 'app.jar'];
  expect((await prove([release('java.base')], all)).verdict).toBe('proven');
});

it('an agent that is no archive is not loaded', async () => {
  const argv = [java, '-javaagent:dd.jar', '-jar', 'app.jar'];
  const prints = 'Error opening zip file or JAR manifest missing : dd.jar';
  const looked = ['/app/dd.jar!/META-INF/MANIFEST.MF'];
  expect(await prove([text('app/dd.jar', '')], argv)).toMatchObject({ verdict: 'refuted', prints, looked });
});

it('what the first teaches Node to find may be what the second names', async () => {
  const argv = ['node', '-r', './hook.js', '-r', './trace.js', 'server.js'];
  const hook = text('app/hook.js');
  expect((await prove([hook, text('app/trace.ts')], argv)).verdict).toBe('proven');
  expect(await prove([hook], argv)).toMatchObject({ verdict: 'refuted', prints: "Cannot find module './trace.js'" });
});

it('what its user may not read is not loaded', async () => {
  const closed = { ...text('app/trace.js'), mode: 0o600 };
  const found = await prove([closed], ['node', '-r', './trace.js', 'server.js'], { User: '1000' });
  expect(found).toMatchObject({ verdict: 'refuted', code: 'proof/not-readable' });
});
