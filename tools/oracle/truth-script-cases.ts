import { APACHE_START, GRADLE_START, NGINX_START } from '../../packages/rightarch/src/proof/test-scripts.ts';
import { elfBytes, type TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import { here, link, type Told, teller, text } from './truth-program-cases.ts';
import type { TruthWorld } from './truth-world.ts';

const script = (path: string, content: string): TestFile => ({ path, mode: 0o755, content });

/** As mix writes it, to where it leaves for the emulator. */
const RELEASE = `#!/bin/sh
set -e
RELEASE_ROOT="$(cd "$(dirname "$0")/.." && pwd -P)"
ROOTDIR="$RELEASE_ROOT"
BINDIR="$RELEASE_ROOT/erts-$(cut -d' ' -f1 "$RELEASE_ROOT/releases/start_erl.data")/bin"
EMU=beam PROGNAME=erl
export ROOTDIR BINDIR EMU PROGNAME
exec "$BINDIR/erlexec" +V
`;
const SERVER = '#!/bin/sh\nset -eu\n\ncd -P -- "$(dirname -- "$0")"\nPHX_SERVER=true exec ./shop start\n';

/** What the scripts of build tools and servers start, and lines of a shell with variables of the image. */
export async function scriptCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { own, other } = world;
  const cases: TruthCase[] = [];
  const told = teller(cases);
  const tools: readonly TestFile[] = [
    { path: 'usr/bin/busybox', mode: 0o755, content: world.busybox },
    ...['dirname', 'basename', 'uname', 'cut', 'expr', 'ls', 'tty', 'which'].map((name) =>
      link(`usr/bin/${name}`, 'busybox'),
    ),
  ];
  const jvm = (await world.install('openjdk-17-jre-headless')).filter(
    ({ path }) =>
      /^(usr\/lib|lib|etc\/(java-17|ld\.so))/.test(path) && !/\/(legal|perl|gconv|jni)\/|\/man\//.test(path),
  );
  const base = [...world.debian, ...tools, ...jvm];
  const home = (cpu: string) => `JAVA_HOME=/usr/lib/jvm/java-17-openjdk-${cpu}`;
  const env = (...Env: readonly string[]) => ({ Env: ['PATH=/usr/bin:/bin', ...Env] });
  const gradle = script('app/bin/shop', GRADLE_START);
  const missing = 'proof/command-missing';
  told("Gradle's script", base, [gradle], ['bin/shop'], 'proven', env(home(own)));
  told("Gradle's script of another CPU's java", base, [gradle], ['bin/shop'], 'refuted', env(home(other)), missing);
  const notFound = 'proof/command-not-found';
  told("Gradle's script without java", base, [gradle], ['bin/shop'], 'refuted', env(), notFound);
  const agent = env(home(own), 'JAVA_OPTS=-javaagent:/otel.jar');
  told("Gradle's script with an agent that is missing", base, [gradle], ['bin/shop'], 'refuted', agent);
  const tomcat = await world.packageOf(own, 'tomcat10-common');
  const catalina = ['/usr/share/tomcat10/bin/catalina.sh', 'run'];
  told("Tomcat's script of another CPU's java", base, tomcat, catalina, 'refuted', env(home(other)), missing);
  const sh = (line: string) => ['/bin/sh', '-c', line];
  const line = sh('exec $JAVA_HOME/bin/java -Xint $JAVA_OPTS --version');
  told('java of a variable', base, [here], line, 'proven', env(home(own)));
  told("java of a variable, another CPU's", base, [here], line, 'refuted', env(home(other)), missing);
  const jar = sh('"${JAVA_HOME}/bin/java" -Xint $JAVA_OPTS -jar $JAR');
  told('a jar of a variable', base, [here], jar, 'refuted', env(home(own), 'JAR=/srv/app.jar'));

  const init = script('init', '#!/bin/sh -e\nPATH="/command:$PATH"\nexport PATH\nexec s6-overlay-suexec "$@"\n');
  const helper = (machine: typeof own): TestFile => ({
    path: 'command/s6-overlay-suexec',
    mode: 0o755,
    content: elfBytes({ machine }),
  });
  const overlay = ['/init', 'true'];
  told('s6-overlay', world.debian, [init, helper(own)], overlay, 'proven');
  told(
    's6-overlay for another CPU',
    world.debian,
    [init, helper(other)],
    overlay,
    'refuted',
    {},
    'proof/start-wrong-cpu',
  );
  told('s6-overlay without what is for a CPU', world.debian, [init, here], overlay, 'refuted', {}, missing);

  await nginxCases(world, told);
  await apacheCases(world, told);

  const ruby = [
    ...world.debian,
    ...(await world.install('ruby-bundler')).filter(({ path }) => !/\/(rdoc|ri|rbs)/.test(path)),
  ];
  const gemfile = text('app/Gemfile', 'source "https://rubygems.org"\ngem "puma"\n');
  const exec = ['bundle', 'exec', 'puma', '-p', '80'];
  told('bundle exec without a Gemfile', ruby, [here], exec, 'refuted');
  told('bundle exec without its gems', ruby, [gemfile], exec, 'refuted');
  const locked = text(
    'app/Gemfile.lock',
    'GEM\n  remote: https://rubygems.org/\n  specs:\n    nio4r (2.7.3)\n    puma (6.4.2)\n      nio4r (~> 2.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  puma\n',
  );
  told('bundle exec without the gems of its lock', ruby, [gemfile, locked], exec, 'refuted');
  told('bundle exec of Ruby itself', ruby, [text('app/Gemfile', '')], ['bundle', 'exec', 'true'], 'proven');

  const version = '13.1.5';
  const emulator = async (cpu: typeof own): Promise<readonly TestFile[]> =>
    (await world.packageOf(cpu, 'erlang-base')).flatMap((file) =>
      /\/erts-[^/]+\/bin\/(erlexec|beam\.smp)$/.test(file.path)
        ? [{ ...file, path: `app/erts-${version}/bin/${file.path.split('/').at(-1)!}` }]
        : [],
    );
  const libraries = (await world.install('libtinfo6', 'libstdc++6', 'zlib1g')).filter(({ path }) =>
    /\.so[.\d]*$/.test(path),
  );
  const release = [
    script('app/bin/shop', RELEASE),
    script('app/bin/server', SERVER),
    text('app/releases/start_erl.data', `${version} 0.1.0`),
  ];
  const whole = [...world.debian, ...tools, ...libraries];
  const without = whole.filter(({ path }) => !/libtinfo/.test(path) || /bash/.test(path));
  const start = ['bin/shop', 'start'];
  told('a release of Elixir', whole, [...release, ...(await emulator(own))], start, 'proven');
  told(
    'a release of Elixir as Phoenix starts it',
    whole,
    [...release, ...(await emulator(own))],
    ['bin/server'],
    'proven',
  );
  const lost = 'proof/library-missing';
  told(
    'a release of Elixir without libtinfo',
    without,
    [...release, ...(await emulator(own))],
    ['bin/server'],
    'refuted',
    {},
    lost,
  );
  const wrong = 'proof/start-wrong-cpu';
  told(
    'a release of Elixir for another CPU',
    whole,
    [...release, ...(await emulator(other))],
    start,
    'refuted',
    {},
    wrong,
  );
  return cases;
}

/** nginx with modules that it is told to load, alone and behind the script of its images. */
async function nginxCases(world: TruthWorld, told: Told): Promise<void> {
  const packages = await world.install('nginx', 'libnginx-mod-http-echo', 'findutils', 'coreutils');
  const nginx = [...world.debian, ...packages.filter(({ path }) => !/^(usr\/share\/(?!nginx)|var\/)/.test(path))];
  const logs = text('var/log/nginx/here.txt');
  const lib = text('var/lib/nginx/here.txt');
  const own = [here, logs, lib, text('run/here.txt')];
  const ECHO = 'ngx_http_echo_module.so';
  const enabled = (line: string) => text('etc/nginx/modules-enabled/50-own.conf', `${line}\n`);
  const Env = { Env: ['PATH=/usr/sbin:/usr/bin:/bin'] };
  const test = ['nginx', '-t'];
  const code = 'proof/plugin-missing';
  told('nginx with its own module', nginx, [...own, enabled(`load_module modules/${ECHO};`)], test, 'proven', Env);
  const gone = enabled('load_module modules/ngx_http_geoip2_module.so;');
  told('nginx without a module', nginx, [...own, gone], test, 'refuted', Env, code);
  told('nginx without a module, served', nginx, [...own, gone], ['nginx', '-g', 'daemon off;'], 'refuted', Env, code);
  const path = enabled('load_module "/opt/x.so"; # no more');
  told('nginx without a module by its path', nginx, [...own, path], test, 'refuted', Env, code);
  const conf = text('srv/nginx/own.conf', `load_module modules/gone.so;\nevents {}\n`);
  told(
    'nginx with a configuration of its own',
    nginx,
    [...own, conf],
    [...test, '-c', `/${conf.path}`],
    'refuted',
    Env,
    code,
  );
  const main = text('etc/nginx/nginx.conf', '# load_module a.so; {\ninclude more/*.conf;\nevents {}\n');
  told('nginx that includes nothing', nginx, [...own, main], test, 'proven', Env);
  const entry: TestFile = { path: 'docker-entrypoint.sh', mode: 0o755, content: NGINX_START };
  const envsubst = { ...text('docker-entrypoint.d/20-envsubst-on-templates.sh', '#!/bin/sh\n'), mode: 0o755 };
  const image = [...own, entry, envsubst];
  const behind = { ...Env, Entrypoint: ['/docker-entrypoint.sh'] };
  told('nginx behind its script', nginx, image, test, 'proven', behind);
  told('nginx behind its script, without a module', nginx, [...image, gone], test, 'refuted', behind, code);
}

/** Debian's Apache, under the name that it has in the official image and behind the script of that. */
async function apacheCases(world: TruthWorld, told: Told): Promise<void> {
  const packages = await world.install('apache2-bin', 'coreutils');
  const apache = [...world.debian, ...packages, link('usr/local/bin/httpd', '/usr/sbin/apache2')];
  const modules = '/usr/lib/apache2/modules';
  const conf = (...lines: readonly string[]) =>
    text(
      'etc/apache2/apache2.conf',
      [
        'ServerName x\nPidFile /app/p\nErrorLog /app/e\nDefaultRuntimeDir /app\nListen 8080',
        `LoadModule mpm_event_module ${modules}/mod_mpm_event.so`,
        `LoadModule authz_core_module ${modules}/mod_authz_core.so`,
        ...lines,
        '',
      ].join('\n'),
    );
  const test = ['/usr/sbin/apache2', '-t'];
  const code = 'proof/plugin-missing';
  told('Apache with its modules', apache, [here, conf()], test, 'proven');
  const gone = conf('LoadModule jk_module modules/mod_jk.so');
  told('Apache without a module', apache, [here, gone], test, 'refuted', {}, code);
  const script: TestFile = { path: 'usr/local/bin/httpd-foreground', mode: 0o755, content: APACHE_START };
  told(
    'Apache without a module, behind its script',
    apache,
    [here, gone, script],
    ['httpd-foreground'],
    'refuted',
    {},
    code,
  );
  const twice = conf('LoadModule authz_core_module /opt/x.so');
  told('Apache with a module that it has already', apache, [here, twice], test, 'proven');
  const section = conf('<IfModule x.c>', 'LoadModule jk_module modules/mod_jk.so', '</IfModule>');
  told('Apache with a module that it need not load', apache, [here, section], test, 'proven');
  const lines = conf('loadmodule jk_module \\', ' "/opt/x.so"');
  told('Apache without a module by its path', apache, [here, lines], test, 'refuted', {}, code);
}
