import type { RuntimeConfig } from '../../packages/rightarch/src/oci/index.ts';
import { type TestFile, zipBytes } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import { here, nodeFiles, type Told, teller, text } from './truth-program-cases.ts';
import type { TruthWorld } from './truth-world.ts';

/** What options and variables have interpreters load before their program. */
export async function beforeCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const cases: TruthCase[] = [];
  const told = teller(cases);
  const node = await nodeFiles(world);
  const server = text('app/server.js');
  const trace = text('app/trace.js');
  const Env = (...lines: readonly string[]) => ({ Env: ['PATH=/usr/local/bin:/usr/bin:/bin', ...lines] });
  const start = ['node', 'server.js'];
  told('Node behind a module', node, [server, trace], ['node', '-r', './trace', 'server.js'], 'proven');
  told('Node behind a module that is missing', node, [server], ['node', '-r', './trace', 'server.js'], 'refuted');
  told(
    'Node behind a module to import that is missing',
    node,
    [server],
    ['node', '--import=./trace.mjs', 'server.js'],
    'refuted',
  );
  const options = Env('NODE_OPTIONS=--enable-source-maps --require /app/trace.js');
  told('Node behind a module of a variable', node, [server, trace], start, 'proven', options);
  told('Node behind a module of a variable, missing', node, [server], start, 'refuted', options);
  const unread: TestFile = { path: 'app/trace.js', mode: 0o600, content: '' };
  const user = { ...options, User: '1000' };
  told('Node behind a module of root', node, [server, unread], start, 'refuted', user, 'proof/not-readable');
  const dd = Env('NODE_OPTIONS=--require dd-trace/init');
  const tracer = text('app/node_modules/dd-trace/init.js');
  told('Node behind a package', node, [server, tracer], start, 'proven', dd);
  told('Node behind a package that is missing', node, [server], start, 'refuted', dd);
  const variables = ['node', '--env-file=.env', 'server.js'];
  told('Node with a file of variables', node, [server, text('app/.env', 'A=1\n')], variables, 'proven');
  told('Node with a file of variables that is missing', node, [server], variables, 'refuted');

  const jvm = (await world.install('openjdk-17-jre-headless')).filter(
    ({ path }) =>
      /^(usr\/lib|lib|etc\/(java-17|ld\.so))/.test(path) && !/\/(legal|perl|gconv|jni)\/|\/man\//.test(path),
  );
  const java = `/usr/lib/jvm/java-17-openjdk-${world.own}/bin/java`;
  const main = ['-Xint', '-cp', '/usr/share/java/jna.jar', 'com.sun.jna.Native'];
  const jna = (await world.packageOf(world.own, 'libjna-java')).filter(({ path }) => path.endsWith('.jar'));
  const native = (await world.packageOf(world.own, 'libjna-jni')).filter(({ path }) => path.endsWith('.so'));
  const base = [...jvm, ...jna, ...native];
  const lib = native[0]!.path;
  const away = { Env: ['PATH=/usr/bin', `JAVA_TOOL_OPTIONS=-Djna.boot.library.path=/${lib.replace(/\/[^/]*$/, '')}`] };
  const agent = (path: string) => ({ Env: ['PATH=/usr/bin', `${away.Env[1]!} -javaagent:${path}`] });
  told('a JVM by itself', base, [here], [java, ...main], 'proven', away);
  told('a JVM behind an agent of a variable, missing', base, [here], [java, ...main], 'refuted', agent('/otel.jar'));
  told('a JVM behind an agent, missing', base, [here], [java, '-javaagent:otel.jar=a', ...main], 'refuted', away);
  told('a JVM behind a library, missing', base, [here], [java, '-agentpath:/o/x.so', ...main], 'refuted', away);

  const release = text(`${java.slice(1).replace('bin/java', 'release')}`, 'MODULES="java.base java.sql"\n');
  const added = (module: string) => [java, '--add-modules', module, ...main];
  told('a JVM with a module of its own', base, [here, release], added('java.sql'), 'proven', away);
  told('a JVM without a module', base, [here, release], added('org.acme.shop'), 'refuted', away);
  const empty = text('app/otel.jar');
  told('a JVM behind an agent that is empty', base, [empty], [java, '-javaagent:otel.jar', ...main], 'refuted', away);

  const jar = (manifest: string): TestFile => {
    const content = Buffer.from(`Manifest-Version: 1.0\r\n${manifest}\r\n`);
    return {
      path: 'app/app.jar',
      mode: 0o644,
      content: zipBytes({ members: [{ name: 'META-INF/MANIFEST.MF', content }] }),
    };
  };
  const startJar = [java, '-Xint', '-jar', 'app.jar'];
  const linked = jar('Class-Path: lib/a.jar /usr/share/java/jna.jar\r\nMain-Class: com.sun.jna.Native\r\n');
  told('a jar whose class is on its class path', base, [linked], startJar, 'proven', away);
  const alone = jar('Class-Path: lib/a.jar lib/b.jar\r\nMain-Class: org.acme.Main\r\n');
  const plain = { Env: ['PATH=/usr/bin'] };
  told('a jar whose class path stayed behind', base, [alone], startJar, 'refuted', plain);
  told('a jar that names no class', base, [jar('Created-By: 17\r\n')], startJar, 'refuted', plain);
  await languageCases(world, told, Env);
  return cases;
}

/** Variables of Python, Perl and Ruby. */
async function languageCases(world: TruthWorld, told: Told, Env: (...lines: readonly string[]) => RuntimeConfig) {
  const python = (await world.install('python3.11-minimal', 'libpython3.11-stdlib')).filter(
    ({ path }) => !/\/(pydoc_data|idlelib|lib2to3|tkinter|distutils|wsgiref|unittest|test)\//.test(path),
  );
  const py = ['python3.11', 'a.py'];
  const script = text('app/a.py');
  told('Python with its own PYTHONHOME', python, [script], py, 'proven', Env('PYTHONHOME=/usr'));
  told('Python with a PYTHONHOME that has no library', python, [script], py, 'refuted', Env('PYTHONHOME=/opt/py'));
  told(
    'Python that looks at no PYTHONHOME',
    python,
    [script],
    ['python3.11', '-E', 'a.py'],
    'proven',
    Env('PYTHONHOME=/o'),
  );
  told('Python that tells its version', python, [here], ['python3.11', '--version'], 'proven', Env('PYTHONHOME=/o'));
  told('Python with another PYTHONPLATLIBDIR', python, [script], py, 'refuted', Env('PYTHONPLATLIBDIR=lib64'));

  const perl = await world.install('perl-base');
  const pl = ['perl', 'a.pl'];
  const program = text('app/a.pl', '1;\n');
  const own = text('opt/A/B.pm', 'package A::B; 1;\n');
  const opt = 'PERL5OPT=-w -MA::B';
  told('Perl behind a module of PERL5OPT', perl, [program, own], pl, 'proven', Env(opt, 'PERL5LIB=/opt'));
  told('Perl behind a module of PERL5OPT, missing', perl, [program], pl, 'refuted', Env(opt));
  told('Perl that looks at no PERL5OPT', perl, [program], ['perl', '-T', 'a.pl'], 'proven', Env(opt));
  told('Perl behind a module of an option, missing', perl, [program], ['perl', '-MA::B', 'a.pl'], 'refuted');

  const ruby = [
    ...world.debian,
    ...(await world.install('ruby-bundler')).filter(({ path }) => !/\/(rdoc|ri|rbs)/.test(path)),
  ];
  const rb = ['ruby3.1', 'a.rb'];
  const file = text('app/a.rb');
  told('Ruby behind a library of RUBYOPT', ruby, [file], rb, 'proven', Env('RUBYOPT=-W0 -rset'));
  told('Ruby behind what it has in itself', ruby, [file], rb, 'proven', Env('RUBYOPT=-rthread -rmonitor'));
  told('Ruby behind a library of RUBYOPT, missing', ruby, [file], rb, 'refuted', Env('RUBYOPT=-W0 -rdd/init'));
  told('Ruby behind a file of RUBYOPT, missing', ruby, [file], rb, 'refuted', Env('RUBYOPT=-r./x'));
  const gemfile = Env('RUBYOPT=-rbundler/setup', 'BUNDLE_GEMFILE=/app/Gemfile');
  told('Ruby behind its Gemfile', ruby, [file, text('app/Gemfile')], rb, 'proven', gemfile);
  told('Ruby behind a Gemfile that is missing', ruby, [file], rb, 'refuted', gemfile);
}
