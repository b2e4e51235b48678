import { expect, it } from 'vitest';
import type { RuntimeConfig } from '../oci/index.ts';
import { type TestFile, zipBytes } from '../testing/index.ts';
import { archive, link, program, starting, text, there } from './test-start.ts';

const base: readonly TestFile[] = [
  program('lib/ld-linux-aarch64.so.1'),
  program('usr/bin/bun'),
  program('usr/bin/deno'),
  program('usr/bin/sh'),
  program('usr/bin/env'),
  program('usr/lib/jvm/bin/java'),
  text('usr/lib/jvm/lib/modules'),
];

const prove = starting(base, { Env: ['PATH=/usr/bin:/usr/share/dotnet:/usr/lib/jvm/bin'] });

type Row = readonly [what: string, files: readonly TestFile[], argv: readonly string[], more?: RuntimeConfig];
const rows = (all: readonly Row[]) => all.map(([what, files, argv, more = {}]) => ({ what, files, argv, more }));

const MISSING = 'proof/program-missing';
const refused = (args: object) => ({ verdict: 'refuted', code: MISSING, args });

/** .NET as Microsoft's images lay it out. */
const dotnet = (version: string, ...more: readonly string[]): readonly TestFile[] => [
  program('usr/share/dotnet/dotnet'),
  text(`usr/share/dotnet/host/fxr/${version}/libhostfxr.so`),
  text(`usr/share/dotnet/shared/Microsoft.NETCore.App/${version}/System.Private.CoreLib.dll`),
  ...more.map((path) => text(`usr/share/dotnet/${path}`)),
];
const needs = (version: string, { framework = 'Microsoft.NETCore.App', ...more }: Record<string, unknown> = {}) =>
  text(
    'app/app.runtimeconfig.json',
    JSON.stringify({ runtimeOptions: { framework: { name: framework, version }, ...more } }),
  );
const app = text('app/app.dll');

it.each<readonly [string, readonly TestFile[], readonly string[], object]>([
  [
    'an application',
    dotnet('8.0.4'),
    ['dotnet', 'app.dll'],
    { asked: 'app.dll', looked: ['/app/app.dll'], prints: "The application 'app.dll' does not exist." },
  ],
  [
    'an application, with an SDK',
    dotnet('8.0.4', 'sdk/8.0.204/dotnet.dll'),
    ['dotnet', '--roll-forward', 'Major', 'bin/app.dll', '--urls', 'x'],
    { asked: 'bin/app.dll', prints: 'Could not execute because the specified command or file was not found.' },
  ],
  [
    'an application, told to execute it',
    dotnet('3.1.23'),
    ['dotnet', 'exec', 'app.dll'],
    { prints: "The application to execute does not exist: 'app.dll'" },
  ],
  [
    'an SDK',
    dotnet('8.0.4'),
    ['dotnet', 'run', '--project', 'x'],
    { asked: 'run', looked: ['/usr/share/dotnet/sdk'], prints: "The application 'run' does not exist." },
  ],
  [
    'an SDK, which options of exec are taken for',
    [...dotnet('8.0.4'), app, needs('8.0.0')],
    ['dotnet', '--depsfile', 'app.deps.json', 'app.dll'],
    { asked: '--depsfile', looked: ['/usr/share/dotnet/sdk'] },
  ],
  [
    'the file that names its framework',
    [...dotnet('8.0.4'), app],
    ['dotnet', 'app.dll'],
    { asked: 'app.dll', looked: ['/app/app.runtimeconfig.json'] },
  ],
])('dotnet that has not %s', async (_, files, argv, args) => {
  expect(await prove([...files], argv)).toMatchObject(refused(args));
});

const web = { framework: 'Microsoft.AspNetCore.App' };

it.each<readonly [string, string, string, Record<string, unknown>, readonly string[]]>([
  ['a framework that is nowhere', '8.0.4', '8.0.0', web, []],
  ['a later major version', '8.0.4', '9.0.0', {}, ['8.0.4']],
  ['an earlier major version', '9.0.1', '8.0.0', {}, ['9.0.1']],
  ['a later patch', '8.0.4', '8.0.5', {}, ['8.0.4']],
  ['that minor version alone', '3.1.23', '3.0.0', { rollForward: 'LatestPatch' }, ['3.1.23']],
  ['that version alone', '8.0.4', '8.0.0', { rollForward: 'Disable' }, ['8.0.4']],
])('an application of .NET that needs %s', async (_, there, wanted, more, has) => {
  const found = await prove([...dotnet(there), app, needs(wanted, more)], ['dotnet', 'app.dll']);
  const framework = more['framework'] ?? 'Microsoft.NETCore.App';
  const prints = `'${String(framework)}', version '${wanted}'`;
  expect(found).toMatchObject({
    verdict: 'refuted',
    code: 'proof/framework-missing',
    args: { framework, has, prints },
  });
});

it.each(
  rows([
    ['its framework', [...dotnet('8.0.4'), app, needs('8.0.0')], ['dotnet', 'app.dll']],
    ['a later minor version', [...dotnet('3.1.23'), app, needs('3.0.0')], ['dotnet', 'app.dll']],
    [
      'a later one and leave for it',
      [...dotnet('9.0.1'), app, needs('8.0.0', { rollForward: 'Major' })],
      ['dotnet', 'app.dll'],
    ],
    ['a preview', [...dotnet('9.0.0-rc.1'), app, needs('9.0.0')], ['dotnet', 'app.dll']],
    [
      'a version on the command line',
      [...dotnet('8.0.4'), app, needs('9.0.0')],
      ['dotnet', '--fx-version', '8.0.4', 'app.dll'],
    ],
    [
      'leave in its environment',
      [...dotnet('9.0.1'), app, needs('8.0.0')],
      ['dotnet', 'app.dll'],
      { Env: ['PATH=/usr/share/dotnet', 'DOTNET_ROLL_FORWARD=Major'] },
    ],
    ['its runtime beside it', [...dotnet('8.0.4'), app, text('app/libhostpolicy.so')], ['dotnet', 'app.dll']],
    [
      'comments',
      [...dotnet('8.0.4'), app, text('app/app.runtimeconfig.json', '// "runtimeOptions"')],
      ['dotnet', 'app.dll'],
    ],
    [
      'settings of a machine that develops',
      [...dotnet('8.0.4'), app, needs('9.0.0'), text('app/app.runtimeconfig.dev.json')],
      ['dotnet', 'app.dll'],
    ],
    ['an SDK for a command', dotnet('8.0.4', 'sdk/8.0.204/dotnet.dll'), ['dotnet', 'run']],
    ['another place for its SDK', [...dotnet('10.0.0'), text('app/global.json')], ['dotnet', 'run']],
    ['nothing but a question', dotnet('8.0.4'), ['dotnet', '--info']],
    ['another program of that name', [program('usr/bin/dotnet')], ['dotnet', 'app.dll']],
  ]),
)('nothing is said of .NET with $what', async ({ files, argv, more }) => {
  expect((await prove(files, argv, more)).verdict).toBe('proven');
});

const own = (version: string, more: Record<string, unknown> = {}) => [program('app/app'), app, needs(version, more)];
const elsewhere = (files: readonly TestFile[], root: string) =>
  files.map((file) => ({ ...file, path: file.path.replace('usr/share/dotnet', root) }));
const INSTALL = 'You must install .NET to run this application.';

it('what is told to be loaded before an application of .NET has to be there', async () => {
  const files = [...dotnet('8.0.4'), app, needs('8.0.0')];
  const hooks = (value: string) => ({ Env: ['PATH=/usr/share/dotnet', `DOTNET_STARTUP_HOOKS=${value}`] });
  const found = await prove(files, ['dotnet', 'app.dll'], hooks('/otel/hook.dll'));
  const prints = "Startup hook assembly '/otel/hook.dll' failed to load.";
  expect(found).toMatchObject(refused({ looked: ['/otel/hook.dll'], prints }));
  const host = [...files, program('app/app')];
  expect(await prove(host, ['/app/app'], hooks(':/otel/hook.dll'))).toMatchObject(refused({ prints }));
  const there = [...host, text('otel/hook.dll')];
  for (const argv of [['dotnet', 'app.dll'], ['/app/app']])
    expect((await prove(there, argv, hooks('/otel/hook.dll'))).verdict).toBe('proven');
  // A name is looked for as an assembly, and an application may be published without any of it.
  expect((await prove(files, ['dotnet', 'app.dll'], hooks('Hook'))).verdict).toBe('proven');
  const off = needs('8.0.0', { configProperties: { 'System.StartupHookProvider.IsSupported': false } });
  const without = [...dotnet('8.0.4'), app, off];
  expect((await prove(without, ['dotnet', 'app.dll'], hooks('/otel/hook.dll'))).verdict).toBe('proven');
});

it.each<readonly [string, readonly TestFile[], RuntimeConfig, object]>([
  [
    'nowhere',
    own('8.0.0'),
    {},
    { has: [], prints: INSTALL, directory: '/usr/share/dotnet/shared/Microsoft.NETCore.App' },
  ],
  ['nowhere, with older words', own('3.1.0'), {}, { prints: 'libhostfxr.so could not be found.' }],
  [
    'only in an earlier version',
    [...dotnet('8.0.4'), ...own('9.0.0')],
    {},
    { has: ['8.0.4'], prints: "'Microsoft.NETCore.App', version '9.0.0'" },
  ],
  [
    'where only PATH leads',
    [...elsewhere(dotnet('8.0.4'), 'opt/dotnet'), ...own('8.0.0')],
    {},
    { has: [], prints: INSTALL },
  ],
  [
    'not where its variable says',
    [...dotnet('8.0.4'), text('opt/dotnet/host/a'), ...own('8.0.0')],
    { Env: ['DOTNET_ROOT=/opt/dotnet'] },
    { directory: '/opt/dotnet/shared/Microsoft.NETCore.App', prints: INSTALL },
  ],
])('an executable of .NET whose runtime is %s', async (_, files, more, args) => {
  for (const start of [['./app'], ['sh', '-c', 'exec /app/app --urls x']])
    expect(await prove(files, start, more)).toMatchObject({
      verdict: 'refuted',
      code: 'proof/framework-missing',
      args,
    });
});

it.each<readonly [string, readonly TestFile[], RuntimeConfig]>([
  ['in the usual place', dotnet('8.0.4'), {}],
  ['where its variable says', elsewhere(dotnet('8.0.4'), 'opt/dotnet'), { Env: ['DOTNET_ROOT=/opt/dotnet'] }],
  ['where that of its CPU says', elsewhere(dotnet('8.0.4'), 'opt/dotnet'), { Env: ['DOTNET_ROOT_ARM64=/opt/dotnet'] }],
  ['in the usual place, its variable at none', dotnet('8.0.4'), { Env: ['DOTNET_ROOT=/gone'] }],
  ['registered', [...elsewhere(dotnet('8.0.4'), 'usr/lib64/dotnet'), text('etc/dotnet/install_location')], {}],
  ['beside it', elsewhere(dotnet('8.0.4'), 'app/dotnet'), {}],
  ['its own', [text('app/libhostfxr.so')], {}],
  ['chosen otherwise', dotnet('9.0.4'), { Env: ['DOTNET_ROLL_FORWARD=Major'] }],
])('nothing is said of an executable of .NET whose runtime is %s', async (_, files, more) => {
  expect((await prove([...files, ...own('8.0.0')], ['./app'], more)).verdict).toBe('proven');
});

it('a program beside other files is none of .NET, nor one that brings its frameworks', async () => {
  expect((await prove([program('app/app'), app], ['./app'])).verdict).toBe('proven');
  expect((await prove([program('app/app'), needs('8.0.0')], ['./app'])).verdict).toBe('proven');
  const runtimeOptions = { includedFrameworks: [{ name: 'Microsoft.NETCore.App', version: '8.0.4' }] };
  const config = text('app/app.runtimeconfig.json', JSON.stringify({ runtimeOptions }));
  expect((await prove([program('app/app'), app, config], ['./app'])).verdict).toBe('proven');
});

it('an application of .NET that its user may not read', async () => {
  const files = [...dotnet('8.0.4'), { ...app, mode: 0o600 }, needs('8.0.0')];
  const found = await prove(files, ['dotnet', 'app.dll'], { User: '1000' });
  const prints = "Could not load file or assembly '/app/app.dll'";
  expect(found).toMatchObject({ verdict: 'refuted', code: 'proof/not-readable', args: { prints } });
});

it.each([
  [['bun', 'src/index.ts'], 'Module not found "src/index.ts"'],
  [['bun', '--smol', 'run', '--hot', './server.js'], 'Module not found "./server.js"'],
  [['deno', 'run', '-A', '--allow-net=:80', 'main.ts'], 'Module not found "file:///app/main.ts"'],
  [['deno', 'serve', '-NR', '/srv/main.tsx'], 'Module not found "file:///srv/main.tsx"'],
  [['deno', 'main.ts'], 'Module not found "file:///app/main.ts"'],
])('%j without its file', async (argv, prints) => {
  expect(await prove([], argv)).toMatchObject(refused({ prints }));
  const word = argv.find((one) => /\.[jt]sx?$/.test(one))!;
  const file = text(word.startsWith('/') ? word.slice(1) : `app/${word.replace('./', '')}`);
  expect((await prove([file], argv)).verdict).toBe('proven');
});

it.each([
  [['bun', 'run', 'start'], 'bun run start', 'Script not found "start"'],
  [['bun', '--smol', 'run', '--hot', 'serve:x'], 'bun run serve:x', 'Script not found "serve:x"'],
  [['bun', 'start'], 'bun start', 'Script not found "start"'],
  [['deno', 'task', 'start'], 'deno task start', 'Task not found: start'],
  [['deno', 'task', '-q', 'build:x'], 'deno task build:x', 'Task not found: build:x'],
])('%j without its script', async (argv, asked, prints) => {
  const other = text('app/package.json', '{"scripts":{"build":"true","prestart":"true"}}');
  expect(await prove([other], argv)).toMatchObject(refused({ asked, prints }));
  const none = argv[0] === 'deno' ? "deno task couldn't find deno.json(c)" : prints;
  expect(await prove([], argv)).toMatchObject(refused({ asked, prints: none }));
});

it.each<readonly [readonly string[], readonly TestFile[]]>([
  [['bun', 'run', 'start'], [text('app/package.json', '{"scripts":{"start":"true"}}')]],
  [['bun', 'start'], [text('package.json', '{"scripts":{"start":"true"}}')]],
  [['bun', 'run', 'start'], [text('app/start.ts')]],
  [['bun', 'run', 'start'], [text('app/start/index.ts')]],
  [['bun', 'run', 'tool'], [text('node_modules/.bin/tool')]],
  [['bun', 'run', 'sh'], []],
  [['bun', 'run', 'node', 'index.js'], []],
  [['bun', 'run', 'tool'], [text('app/node_modules/tool/index.js')]],
  [['bun', 'start'], [text('app/bunfig.toml')]],
  [['bun', 'x'], []],
  [['bun', 'run', 'server.ts'], [text('app/package.json', '{"scripts":{"server.ts":"true"}}')]],
  [['bun', 'run', 'tool.js'], [text('app/node_modules/.bin/tool.js')]],
  [['bun', 'run', '--filter=x', 'a.ts'], []],
  [['bun', 'install'], []],
  [['bun', 'index.js'], [text('app/index.ts')]],
  [['bun', 'index.js'], [text('app/bunfig.toml')]],
  [['deno', 'run', 'npm:cowsay'], []],
  [['deno', 'run', 'https://example.org/a.ts'], []],
  [['deno', 'run', '--import-map', 'a.json', 'main.ts'], []],
  [['deno', 'run', '--unstable-sloppy-imports', 'main.ts'], []],
  [['deno', 'run', '-A', '@app/main.ts'], [text('app/deno.json')]],
  [['deno', 'run', 'main.ts'], [text('deno.jsonc')]],
  [['deno', 'task', 'start'], [text('app/package.json', '{"scripts":{"start":"true"}}')]],
  [['deno', 'task', 'start'], [text('deno.json')]],
  [['deno', 'task', '--cwd', 'x', 'start'], []],
  [['deno', 'task'], []],
  [['deno', 'eval', '1'], []],
])('nothing is said of %j', async (argv, files) => {
  expect((await prove(files, argv)).verdict).toBe('proven');
});

it.each<readonly [string, readonly TestFile[], readonly string[], readonly string[], RuntimeConfig]>([
  ['of the working directory', [], ['java', 'com.acme.Main'], ['/app/com/acme/Main.class'], {}],
  [
    'of a directory and of jars',
    [text('app/classes/a.txt'), text('app/lib/a.txt')],
    ['java', '-Xmx1g', '-cp', 'classes:lib/*:gone.jar', 'com.acme.Main', '-x'],
    ['/app/classes/com/acme/Main.class', '/app/lib/*.jar', '/app/gone.jar'],
    {},
  ],
  ['of CLASSPATH', [], ['java', 'Main'], ['/srv/Main.class'], { Env: ['PATH=/usr/lib/jvm/bin', 'CLASSPATH=/srv'] }],
])('java without its main class, %s', async (_, files, argv, looked, more) => {
  const word = argv.find((one) => /Main$/.test(one))!;
  const prints = `Error: Could not find or load main class ${word}`;
  expect(await prove(files, argv, more)).toMatchObject(refused({ looked, prints }));
});

it.each<readonly [string, TestFile, prints: string]>([
  ['nothing', text('app/app.jar', ''), 'Error: Invalid or corrupt jarfile app.jar'],
  [
    'a pointer of Git LFS',
    text('app/app.jar', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
    'Error: Invalid or corrupt jarfile app.jar',
  ],
])('an archive that holds %s', async (_, file, prints) => {
  const looked = ['/app/app.jar!/META-INF/MANIFEST.MF'];
  expect(await prove([file], ['java', '-jar', 'app.jar'])).toMatchObject(refused({ looked, prints }));
  const ofClass = refused({ looked: ['/app/app.jar!/com/acme/Main.class', '/app/lib/*.jar'] });
  const inPath = ['java', '-cp', 'app.jar:lib/*', 'com.acme.Main'];
  expect(await prove([file], inPath)).toMatchObject(ofClass);
  expect((await prove([archive('app/app.jar')], ['java', '-jar', 'app.jar'])).verdict).toBe('proven');
  // Whoever may not read it does not come that far.
  const closed = { ...file, mode: 0o600 };
  const unread = await prove([closed], ['java', '-jar', 'app.jar'], { User: '1000' });
  expect(unread.code).toBe('proof/not-readable');
  // What begins with text may go on as an archive, and end as one.
  const long = text('app/app.jar', 'x'.repeat(257));
  expect(await prove([long], ['java', '-jar', 'app.jar'])).toMatchObject({
    verdict: 'undecided',
    code: 'proof/start-undecided',
    args: { path: '/app/app.jar', needs: 'archive-end' },
  });
  expect((await prove([long], inPath)).code).not.toBe('proof/program-missing');
  const launched = { ...long, content: '#!/bin/sh\nexec java -jar "$0"\n' };
  expect((await prove([launched], ['java', '-jar', 'app.jar'])).verdict).toBe('proven');
});

it.each([
  [['${JAVA_OPTS}', '-jar', 'app.jar'], '${JAVA_OPTS}'],
  [['-Xmx1g', '$JAVA_OPTS', '-jar', 'app.jar'], '$JAVA_OPTS'],
  [['${JAVA_OPTS:-}', '-cp', 'app.jar', 'Main'], '${JAVA_OPTS:-}'],
])('java %j takes a variable for its main class', async (argv, word) => {
  const prints = `Error: Could not find or load main class ${word}`;
  expect(await prove([archive('app/app.jar')], ['java', ...argv])).toMatchObject(refused({ asked: word, prints }));
  // A shell expands it.
  const line = ['sh', '-c', `java ${argv.join(' ')}`];
  expect((await prove([archive('app/app.jar')], line)).verdict).toBe('proven');
  const rest = argv.filter((one) => one !== word);
  expect((await prove([archive('app/app.jar')], ['java', ...rest])).verdict).toBe('proven');
});

it.each(
  rows([
    ['a class with $ in its name', [text('app/Main$Inner.class')], ['java', 'Main$Inner']],
    ['a value that its platform fills in', [archive('app/app.jar')], ['java', '$(JAVA_OPTS)', '-jar', 'app.jar']],
    ['the class', [text('app/com/acme/Main.class')], ['java', 'com.acme.Main']],
    ['an archive that may hold it', [archive('app/a.jar')], ['java', '-cp', 'a.jar', 'com.acme.Main']],
    ['a directory of archives', [archive('app/lib/a.jar')], ['java', '-cp', 'lib/*', 'com.acme.Main']],
    ['a class of its own', [], ['java', 'com.sun.tools.javac.Main']],
    ['a source', [], ['java', 'Main.java']],
    ['a module', [], ['java', '-m', 'a/b.Main']],
    ['an agent', [archive('app/a.jar')], ['java', '-javaagent:a.jar', 'Main']],
    ['words of a file', [], ['java', '@args', 'Main']],
    ["Jib's file of the class path", [], ['java', '-cp', '@/app/jib-classpath-file', 'com.acme.Main']],
    ['the name of its archive in a file', [], ['java', '-jar', '@args']],
    ['directories of extensions', [], ['java', '-Djava.ext.dirs=lib', 'Main']],
    ['a runtime that has them', [text('usr/lib/jvm/lib/rt.jar')], ['java', 'Main']],
    ['options elsewhere', [], ['java', 'Main'], { Env: ['PATH=/usr/lib/jvm/bin', 'JDK_JAVA_OPTIONS=-cp /srv'] }],
  ]),
)('nothing is said of java with $what', async ({ files, argv, more }) => {
  expect((await prove(files, argv, more)).verdict).toBe('proven');
});

const entry = (path: string, content: string): TestFile => ({ path, mode: 0o755, content });
const OF_BUN = entry(
  'usr/local/bin/docker-entrypoint.sh',
  `#!/bin/sh
set -e

if [ "\${1#-}" != "\${1}" ] || [ -z "$(command -v "\${1}")" ] || { [ -f "\${1}" ] && ! [ -x "\${1}" ]; }; then
  set -- /usr/local/bin/bun "$@"
fi

exec "$@"
`,
);
const denoEntry = (commands: string, options = '') =>
  entry(
    'usr/local/bin/docker-entrypoint.sh',
    `#!/bin/sh
set -e
${options}
case "$1" in
    ${commands} )
    # if the first argument is a known deno command
    exec deno "$@";;
esac

exec "$@"
`,
  );
const OF_DENO = denoEntry(
  'add | bench | eval | run | serve | task',
  `
if [ "$1" != "\${1#-}" ]; then
    # if the first argument is an option like \`--help\` or \`-h\`
    exec deno "$@"
fi
`,
);
const OF_OLD_DENO = denoEntry('bundle | cache | run | test');
const temurin = (head: string, tail: string) =>
  entry(
    '__cacert_entrypoint.sh',
    `#!/usr/bin/env sh
# Comments.
set -e
${head}
# Opt-in is only activated if the environment variable is set
if [ -n "$USE_SYSTEM_CA_CERTS" ]; then

    if [ ! -w "$TMPDIR" ]; then
        echo "Cannot create truststore."
        exit 1
    fi
    for i in /certificates/*crt; do
        if [ ! -f "$i" ]; then
            continue
        fi
    done
    if [ "$(id -u)" -eq 0 ]; then
        if which update-ca-trust >/dev/null; then
            update-ca-trust
        fi
    else
        true
    fi
fi
${tail}
exec "$@"
`,
  );
const STORE = '$JAVA_HOME/lib/security/cacerts';
const OF_JAVA = temurin(`TMPDIR=\${TMPDIR:-/tmp}\nJRE_CACERTS_PATH=${STORE}`, 'export JRE_CACERTS_PATH');
const OF_OLD_JAVA = temurin(
  `CACERT=${STORE}
if [ -f "$JAVA_HOME/jre/lib/security/cacerts" ]; then
    CACERT=$JAVA_HOME/jre/lib/security/cacerts
fi`,
  'export CACERT',
);

it.each<readonly [string, TestFile, readonly string[], string, string]>([
  ['Bun', OF_BUN, ['bun', 'run', 'src/index.ts'], 'src/index.ts', 'Module not found "src/index.ts"'],
  ['Bun, before a file', OF_BUN, ['./index.ts'], 'index.ts', 'Module not found "./index.ts"'],
  ['Bun, before an option', OF_BUN, ['--smol', './index.ts'], 'index.ts', 'Module not found "./index.ts"'],
  ['Deno', OF_DENO, ['run', '-A', 'main.ts'], 'main.ts', 'Module not found "file:///app/main.ts"'],
  ['Deno, before an option', OF_DENO, ['-A', 'main.ts'], 'main.ts', 'Module not found "file:///app/main.ts"'],
  ['Deno, before itself', OF_DENO, ['deno', 'main.ts'], 'main.ts', 'Module not found "file:///app/main.ts"'],
  ['an older Deno', OF_OLD_DENO, ['run', 'main.ts'], 'main.ts', 'Module not found "file:///app/main.ts"'],
  ['Java', OF_JAVA, ['java', '-jar', 'app.jar'], 'app.jar', 'Error: Unable to access jarfile app.jar'],
  ['an older Java', OF_OLD_JAVA, ['java', '-jar', 'app.jar'], 'app.jar', 'Error: Unable to access jarfile app.jar'],
  ['the first Java', temurin('', ''), ['java', '-jar', 'app.jar'], 'app.jar', 'Unable to access jarfile app.jar'],
])('what stands before the program in images of %s is followed', async (_, script, argv, path, prints) => {
  const files = [script, program('usr/local/bin/bun'), link('bin', 'usr/bin')];
  const more = { Entrypoint: [`/${script.path}`] };
  const found = await prove(files, argv, more);
  expect(found).toMatchObject({ verdict: 'refuted', code: MISSING });
  expect(found.prints).toContain(prints);
  expect((await prove([...files, there(`app/${path}`)], argv, more)).verdict).toBe('proven');
});

it.each<readonly [string, TestFile, readonly string[], RuntimeConfig]>([
  ['of certificates that are asked for', OF_JAVA, ['java', '-jar', 'a.jar'], { Env: ['USE_SYSTEM_CA_CERTS=1'] }],
  ['with more in it', temurin('', 'set -- "$@" -x'), ['java', '-jar', 'a.jar'], {}],
  ['that has another block', temurin('if true; then\nexit\nfi', ''), ['java', '-jar', 'a.jar'], {}],
  ['before an option of exec', OF_OLD_DENO, ['-A', 'main.ts'], {}],
  ['of an older Deno, before a command of a later one', OF_OLD_DENO, ['deno', 'eval', '1'], {}],
])('a script %s is followed as far as it is known', async (_, script, argv, { Env = [], ...more }) => {
  const config = { Entrypoint: [`/${script.path}`], Env: ['PATH=/usr/bin:/usr/lib/jvm/bin', ...Env], ...more };
  expect((await prove([script, link('bin', 'usr/bin')], argv, config)).verdict).toBe('proven');
});

it('nothing is said of Bun whose options are set elsewhere', async () => {
  const more = { Env: ['PATH=/usr/bin', 'BUN_OPTIONS=--cwd=/srv'] };
  expect((await prove([], ['bun', 'a.ts'], more)).verdict).toBe('proven');
});

const jarOf = (path: string, manifest: string, ...names: readonly string[]): TestFile => ({
  path,
  mode: 0o644,
  content: zipBytes({
    members: [
      { name: 'META-INF/MANIFEST.MF', content: Buffer.from(`Manifest-Version: 1.0\r\n${manifest}\r\n`) },
      ...names.map((name) => ({ name, content: Buffer.from('x') })),
    ],
  }),
});
const quarkus = 'Class-Path: lib/boot/a.jar lib/main/b.jar\r\nMain-Class: io.quarkus.Entry\r\n';
const startJar = ['java', '-Xmx1g', '-jar', 'app.jar'];

it.each<readonly [string, TestFile, TestFile, object]>([
  [
    'that names no class to start',
    jarOf('app/app.jar', 'Created-By: 17\r\n', 'Main.class'),
    jarOf('app/app.jar', 'Main-Class: Main\r\n', 'Main.class'),
    { looked: ['/app/app.jar!/META-INF/MANIFEST.MF#Main-Class'], prints: 'no main manifest attribute, in app.jar' },
  ],
  [
    'whose class is nowhere',
    jarOf('app/app.jar', quarkus),
    jarOf('app/app.jar', quarkus, 'io/quarkus/Entry.class'),
    {
      looked: ['/app/app.jar!/io/quarkus/Entry.class', '/app/lib/boot/a.jar', '/app/lib/main/b.jar'],
      prints: 'Error: Could not find or load main class io.quarkus.Entry',
    },
  ],
])('a jar %s', async (_, wrong, right, args) => {
  expect(await prove([wrong], startJar)).toMatchObject(refused(args));
  expect((await prove([right], startJar)).verdict).toBe('proven');
});

it('the class of a jar may be in what stands on its class path, or come with an agent', async () => {
  const jar = jarOf('app/app.jar', quarkus);
  expect((await prove([jar, archive('app/lib/main/b.jar')], startJar)).verdict).toBe('proven');
  const linked = [{ ...jar, path: 'srv/app.jar' }, archive('srv/lib/main/b.jar'), link('app/app.jar', '/srv/app.jar')];
  expect((await prove(linked, startJar)).verdict).toBe('proven');
  const agent = ['java', '-javaagent:a.jar', '-jar', 'app.jar'];
  expect((await prove([jar, archive('app/a.jar')], agent)).verdict).toBe('proven');
});
