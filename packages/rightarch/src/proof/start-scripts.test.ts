import { expect, it } from 'vitest';
import type { RuntimeConfig } from '../oci/index.ts';
import { elfBytes, type TestFile } from '../testing/index.ts';
import { GRADLE_START } from './test-scripts.ts';
import { link, NODE, program, starting, text } from './test-start.ts';

const JVM = 'usr/lib/jvm/java-17-openjdk';
const base: readonly TestFile[] = [
  ...NODE,
  link('bin', 'usr/bin'),
  program(`${JVM}-arm64/bin/java`),
  text(`${JVM}-arm64/lib/modules`),
];
/** glibc's, with the directories that it has inside. */
const loader: TestFile = {
  path: 'lib/ld-linux-aarch64.so.1',
  mode: 0o755,
  content: Buffer.concat([
    elfBytes({ machine: 'arm64', type: 3, soname: 'ld.so' }),
    Buffer.from('\0/lib/aarch64-linux-gnu/\0/usr/lib/aarch64-linux-gnu/\0/lib/\0/usr/lib/\0\0'),
  ]),
};
const prove = starting([...base.filter(({ path }) => path !== loader.path), loader]);
const script = (path: string, content: string): TestFile => ({ path, mode: 0o755, content });
const env = (...Env: readonly string[]): RuntimeConfig => ({ Env: ['PATH=/usr/bin', ...Env] });

const gradle = script('app/bin/shop', GRADLE_START);
const tomcat = script(
  'opt/tomcat/bin/catalina.sh',
  `#!/bin/sh
if [ -r "$CATALINA_BASE/bin/setenv.sh" ]; then
  . "$CATALINA_BASE/bin/setenv.sh"
fi
  if [ -r "$CATALINA_HOME"/bin/setclasspath.sh ]; then
    . "$CATALINA_HOME"/bin/setclasspath.sh
  fi
`,
);
const run = ['/opt/tomcat/bin/catalina.sh', 'run'];

it.each<readonly [string, TestFile, readonly string[], string, string]>([
  ["Gradle's script", gradle, ['bin/shop'], 'JAVA_HOME', 'ERROR: JAVA_HOME is set to an invalid directory: '],
  ["Tomcat's script", tomcat, run, 'JAVA_HOME', 'The JAVA_HOME environment variable is not defined correctly'],
  ["Tomcat's script", tomcat, run, 'JRE_HOME', 'The JRE_HOME environment variable is not defined correctly'],
])('%s takes java where its variable says', async (_, file, argv, name, prints) => {
  const wrong = await prove([file], argv, env(`${name}=/${JVM}-amd64`));
  expect(wrong).toMatchObject({ verdict: 'refuted', code: 'proof/command-missing' });
  expect(wrong.prints).toMatch(new RegExp(`^${prints}`));
  expect((await prove([file], argv, env(`${name}=/${JVM}-arm64`))).verdict).toBe('proven');
  const foreign = program('opt/jdk/bin/java', { machine: 'amd64', interpreter: '/lib64/ld-linux-x86-64.so.2' });
  expect(await prove([file, foreign], argv, env(`${name}=/opt/jdk`))).toMatchObject({
    verdict: 'refuted',
    code: 'proof/start-wrong-cpu',
  });
  const agent = env(`${name}=/${JVM}-arm64`, 'JAVA_OPTS=-Xmx1g -javaagent:/otel.jar');
  expect((await prove([file], argv, agent)).args['asked']).toBe('-javaagent:/otel.jar');
});

it("Gradle's script takes java of PATH where its variable is empty", async () => {
  const prints = "ERROR: JAVA_HOME is not set and no 'java' command could be found in your PATH.";
  expect(await prove([gradle], ['bin/shop'])).toMatchObject({ verdict: 'refuted', prints });
  const path = { Env: [`PATH=/usr/bin:/${JVM}-arm64/bin`] };
  expect((await prove([gradle], ['bin/shop'], path)).verdict).toBe('proven');
});

it.each<readonly [string, readonly TestFile[], readonly string[], RuntimeConfig]>([
  ['Tomcat with settings of its own', [tomcat, text('opt/tomcat/bin/setenv.sh')], run, env('JAVA_HOME=/gone')],
  [
    'a script of Gradle that says itself where java is',
    [{ ...gradle, content: `${gradle.content}`.replace('\n', '\nJAVA_HOME=/opt/java\n') }],
    ['bin/shop'],
    env('JAVA_HOME=/gone'),
  ],
  ['another command of Tomcat', [tomcat], [run[0]!, 'version'], env('JAVA_HOME=/gone')],
  ['Tomcat without a variable', [tomcat], run, {}],
  ['another script', [script('app/bin/x', '#!/bin/sh\necho "$JAVA_HOME"\n')], ['bin/x'], env('JAVA_HOME=/gone')],
])('nothing is said of %s', async (_, files, argv, more) => {
  expect((await prove(files, argv, more)).verdict).toBe('proven');
});

const mix = script(
  'app/bin/shop',
  `#!/bin/sh
set -e
RELEASE_VSN="\${RELEASE_VSN:-"$(cut -d' ' -f2 "$RELEASE_ROOT/releases/start_erl.data")"}"
`,
);
const server = script(
  'app/bin/server',
  '#!/bin/sh\nset -eu\n\ncd -P -- "$(dirname -- "$0")"\nPHX_SERVER=true exec ./shop start\n',
);
const data = text('app/releases/start_erl.data', '13.2 0.1.0');
const erl = 'app/erts-13.2/bin';

it.each([[['bin/shop', 'start']], [['/app/bin/server']], [['sh', '-c', '/app/bin/server && true']]])(
  'a release of Elixir by %j needs what its emulator is linked with',
  async (argv) => {
    const release = [mix, server, data, program(`${erl}/erlexec`)];
    const emulator = program(`${erl}/beam.smp`, { needed: ['libtinfo.so.6'] });
    const right = [...release, emulator, program('usr/lib/libtinfo.so.6', { soname: 'libtinfo.so.6' })];
    const more = {};
    expect((await prove(right, argv, more)).verdict).toBe('proven');
    expect(await prove([...release, emulator], argv, more)).toMatchObject({
      verdict: 'refuted',
      code: 'proof/library-missing',
    });
    const prints = "erlexec: The emulator 'smp' does not exist.";
    expect(await prove(release, argv, more)).toMatchObject({ verdict: 'refuted', prints });
    const foreign = program(`${erl}/erlexec`, { machine: 'amd64', interpreter: '/lib64/ld-linux-x86-64.so.2' });
    const wrong = await prove([mix, server, data, foreign, emulator], argv, more);
    expect(wrong).toMatchObject({ verdict: 'refuted', code: 'proof/start-wrong-cpu' });
    const musl = program(`${erl}/erlexec`, { interpreter: '/lib/ld-musl-aarch64.so.1' });
    expect((await prove([mix, server, data, musl, emulator], argv, more)).code).toBe('proof/loader-missing');
  },
);

it('a release of Elixir without a runtime of its own takes another, and other commands start none', async () => {
  expect((await prove([mix, data], ['bin/shop', 'start'])).verdict).toBe('proven');
  expect((await prove([mix, data, text(`${erl}/x`)], ['bin/shop', 'version'])).verdict).toBe('proven');
});

const home = `JAVA_HOME=/${JVM}-arm64`;
it.each<readonly [string, RuntimeConfig, object]>([
  ['exec $JAVA_HOME/bin/java -version', env('JAVA_HOME=/gone'), { code: 'proof/command-missing' }],
  ['"${JAVA_HOME}/bin/java" -version', env('JAVA_HOME=/gone'), { code: 'proof/command-missing' }],
  ['$JAVA_HOME/bin/java $JAVA_OPTS -jar app.jar', env(home), { code: 'proof/program-missing' }],
  [
    '$JAVA_HOME/bin/java $JAVA_OPTS -jar "$JAR"',
    env(home, 'JAR=/srv/a.jar', 'JAVA_OPTS=-Xmx1g -Da=b'),
    {
      args: { asked: '-jar /srv/a.jar' },
    },
  ],
  ['exec node $NODE_ARGS ${DIST}/server.js', env('DIST=dist'), { args: { asked: 'dist/server.js' } }],
])('the line %s has the variables of the image', async (line, more, found) => {
  expect(await prove([], ['sh', '-c', line], more)).toMatchObject({ verdict: 'refuted', ...found });
});

it.each<readonly [string, RuntimeConfig]>([
  ['$JAVA_HOME/bin/java -jar app.jar', {}],
  ['$JAVA_HOME/bin/java -jar $JAR', env(home)],
  ["$JAVA_HOME/bin/java -jar '$JAR'", env(home, 'JAR=/gone')],
  ['$JAVA_HOME/bin/java -jar "a $JAR"', env(home, 'JAR=/gone')],
  ['$JAVA_HOME/bin/java -jar $JAR', env(home, 'JAR=/*.jar')],
  ['node $1 gone.js', {}],
  ['node ${A:-gone.js}', {}],
])('nothing is said of the line %s', async (line, more) => {
  expect((await prove([], ['sh', '-c', line], more)).verdict).toBe('proven');
});

it('s6-overlay needs the archive of its CPU', async () => {
  const init = script('init', '#!/bin/sh -e\naddpath /command\nexport PATH\nexec s6-overlay-suexec \\\n  "$@"\n');
  const at = 'package/admin/s6-overlay-helpers/command/s6-overlay-suexec';
  const linked = link('command/s6-overlay-suexec', `/${at}`);
  const own = { path: at, mode: 0o755, content: elfBytes({ machine: 'arm64' }) };
  expect((await prove([init, linked, own], ['/init', 'node'])).verdict).toBe('proven');
  const foreign = { ...own, content: elfBytes({ machine: 'amd64' }) };
  expect(await prove([init, linked, foreign], ['/init'])).toMatchObject({
    verdict: 'refuted',
    code: 'proof/start-wrong-cpu',
    prints: 'exec: s6-overlay-suexec: Exec format error',
  });
  const none = { verdict: 'refuted', code: 'proof/command-missing', prints: 'exec: s6-overlay-suexec: not found' };
  expect(await prove([init], ['/init'])).toMatchObject(none);
  expect((await prove([script('init', '#!/bin/sh\nexec "$@"\n')], ['/init'])).verdict).toBe('proven');
});

it('a release that sets where its libraries are is not followed', async () => {
  const release = [mix, data, program(`${erl}/erlexec`), program(`${erl}/beam.smp`, { needed: ['libtinfo.so.6'] })];
  const settings = text('app/releases/0.1.0/env.sh', '#!/bin/sh\nexport LD_LIBRARY_PATH=/app/dynlibs\n');
  expect((await prove([...release, settings], ['bin/shop', 'start'])).verdict).toBe('proven');
  const own = { ...mix, content: `${mix.content}export LD_LIBRARY_PATH="$ROOT/dynlibs"\n` };
  expect((await prove([own, ...release.slice(1)], ['bin/shop', 'start'])).verdict).toBe('proven');
});
