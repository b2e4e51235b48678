import { ADDED, withoutScript } from './list-added.ts';
import type { CorpusImage, PackageImage } from './types.ts';

/** One line an image: `package package: command arg`. A line without a command starts /usr/bin/<first package>. */
function debian(lines: string): PackageImage[] {
  return parse(lines).map(({ packages, command }) => ({
    name: `debian-${packages[0]}`,
    from: 'debian',
    packages,
    command: command.length > 0 ? command : [`/usr/bin/${packages[0]}`],
  }));
}

function parse(lines: string): { readonly packages: string[]; readonly command: string[] }[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [packages = '', command = ''] = line.split(': ');
      return { packages: packages.trim().split(' '), command: command.split(' ').filter((word) => word !== '') };
    });
}

const SERVERS = debian(`
nginx-light: /usr/sbin/nginx -g daemon-off
apache2: /usr/sbin/apache2ctl -D FOREGROUND
lighttpd: /usr/sbin/lighttpd -D
haproxy: /usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg
varnish: /usr/sbin/varnishd -F
squid: /usr/sbin/squid -N
redis-server: redis-server
memcached: memcached -u nobody
postgresql-15: /usr/lib/postgresql/15/bin/postgres
mariadb-server: /usr/sbin/mariadbd
rabbitmq-server: /usr/sbin/rabbitmq-server
mosquitto: /usr/sbin/mosquitto
bind9: /usr/sbin/named -g
unbound: /usr/sbin/unbound -d
dnsmasq-base: /usr/sbin/dnsmasq -k
openssh-server: /usr/sbin/sshd -D
exim4-daemon-light: /usr/sbin/exim4 -bd
postfix: /usr/sbin/postfix start-fg
dovecot-core: /usr/sbin/dovecot -F
prosody: prosody
ejabberd: /usr/sbin/ejabberdctl foreground
nats-server: nats-server
etcd-server: etcd
prometheus: prometheus
prometheus-node-exporter: prometheus-node-exporter
caddy: caddy run
docker-registry: docker-registry serve /etc/docker/registry/config.yml
stunnel4: stunnel4
tor: tor
openvpn: /usr/sbin/openvpn
coturn: turnserver
icecast2: icecast2
vsftpd: /usr/sbin/vsftpd
proftpd-core: /usr/sbin/proftpd -n
samba: /usr/sbin/smbd -F
slapd: /usr/sbin/slapd -d 0
freeradius: /usr/sbin/freeradius -f
snmpd: /usr/sbin/snmpd -f
rsyslog: /usr/sbin/rsyslogd -n
cron: /usr/sbin/cron -f
supervisor: supervisord -n
uwsgi-core uwsgi-plugin-python3: uwsgi-core --plugin python3
gunicorn: gunicorn app:app
php8.2-fpm php8.2-mysql php8.2-gd: /usr/sbin/php-fpm8.2 -F
fluidsynth: fluidsynth -s
chrony: /usr/sbin/chronyd -d
ntpsec: /usr/sbin/ntpd -n
collectd-core: /usr/sbin/collectd -f
zabbix-agent: /usr/sbin/zabbix_agentd -f
monit: monit -I
tomcat10: /usr/share/tomcat10/bin/catalina.sh run
zookeeper: /usr/share/zookeeper/bin/zkServer.sh start-foreground
`);

const ALTERNATIVES: Readonly<Record<string, NonNullable<PackageImage['alternatives']>>> = {
  'debian-openjdk-17-jre-headless': { 'usr/bin/java': 'usr/lib/jvm/java-17-openjdk-{cpu}/bin/java' },
};

const LANGUAGES = debian(`
php8.2-cli php8.2-curl php8.2-xml php8.2-intl: php8.2 -v
ruby ruby-nokogiri ruby-pg: ruby -v
perl libdbd-pg-perl libjson-xs-perl: perl -v
python3 python3-numpy python3-lxml python3-psycopg2: python3 -V
nodejs: node -v
openjdk-17-jre-headless: /usr/bin/java -version
golang-go: /usr/lib/go-1.19/bin/go version
rustc cargo: rustc -V
gcc libc6-dev: gcc -v
g++: g++ -v
clang-14: clang-14 -v
guile-3.0: /usr/bin/guile-3.0
erlang-base: erl
elixir: elixir -v
ghc: ghc --version
ocaml-nox: ocaml -version
lua5.4: lua5.4 -v
luajit: luajit -v
tcl: tclsh8.6
r-base-core: R --version
octave: octave-cli
mono-runtime: mono --version
sbcl: sbcl --version
swi-prolog-nox: swipl --version
racket: racket
`).map((image) => ({ ...image, ...(ALTERNATIVES[image.name] && { alternatives: ALTERNATIVES[image.name] }) }));

const PROGRAMS = debian(`
ffmpeg: ffmpeg -version
graphicsmagick: gm version
ghostscript: gs -v
chromium: chromium --headless
git
curl
wget
rsync
openssl
jq
tini: tini -- bash
dumb-init: dumb-init bash
busybox-static: /bin/busybox sh
zsh
fish
tmux
htop
strace
gdb
qemu-user-static: qemu-aarch64-static -version
gcc-aarch64-linux-gnu: bash
gcc-x86-64-linux-gnu: bash
ansible-core: ansible --version
awscli: aws --version
kubernetes-client: kubectl version
podman
buildah
skopeo
containerd
runc: /usr/sbin/runc
tesseract-ocr: tesseract --version
poppler-utils: pdftotext -v
pandoc
graphviz: dot -V
gdal-bin: gdalinfo --version
sox
libvips-tools: vips --version
nmap
tcpdump
iperf3
socat
cryptsetup-bin: /usr/sbin/cryptsetup --version
fail2ban: fail2ban-server -f
sudo
gosu: /usr/sbin/gosu root bash
s6: s6-svscan
runit: runsvdir /etc/service
sqlite3
postgresql-client-15: /usr/lib/postgresql/15/bin/psql
maven: /usr/share/maven/bin/mvn -version
wkhtmltopdf
weasyprint
inkscape
`);

/** An npm application of one dependency, installed without scripts as `npm ci --ignore-scripts` would on that CPU. */
const NPM = `
sharp esbuild @swc/core rollup bcrypt argon2 bufferutil classic-level @node-rs/argon2 lightningcss @parcel/watcher
@tailwindcss/oxide msgpackr lmdb @napi-rs/canvas @resvg/resvg-js snappy zeromq serialport sodium-native ssh2 turbo
oxc-parser vite next nx @libsql/client @duckdb/node-api node-pty typescript express fastify hono @nestjs/core pg
mongodb mysql2 ioredis @biomejs/biome rolldown @rspack/core webpack parcel kafkajs @grpc/grpc-js
@sentry/node @opentelemetry/sdk-node puppeteer-core playwright-core pino undici zod prettier eslint
`
  .trim()
  .split(/\s+/)
  .map(
    (name): PackageImage => ({
      name: `npm-${name.replace('@', '').replace('/', '-')}`,
      from: 'npm',
      packages: [name],
      command: ['node', '-e', '0'],
      ...(name === 'node-pty' && { expected: withoutScript(name, 'node scripts/prebuild.js || node-gyp rebuild') }),
    }),
  );

const PYPI = `
numpy pandas scipy pillow lxml cryptography cffi psycopg2-binary psycopg[binary] grpcio protobuf pydantic orjson uvloop
httptools aiohttp greenlet sqlalchemy pyyaml markupsafe regex tokenizers scikit-learn matplotlib opencv-python-headless
tiktoken polars duckdb pyarrow asyncpg bcrypt argon2-cffi msgpack ujson watchfiles gevent lz4 zstandard ruff uv
debugpy setuptools virtualenv boto3 flask django fastapi uvicorn[standard] playwright selenium jupyterlab celery
gunicorn requests pymongo[srv] redis confluent-kafka shapely
`
  .trim()
  .split(/\s+/)
  .map(
    (name): PackageImage => ({
      name: `pypi-${name.replace(/\[.*/, (extra) => `-${extra.slice(1, -1)}`)}`,
      from: 'pypi',
      packages: [name],
      command: ['python3', '-c', 'pass'],
    }),
  );

/**
 * The images over which `undecided` is counted. Fixed on 2026-11-22, before the proof was tuned on any of them; an
 * image may be added, none is taken out because of what was said about it. All for linux/amd64 and linux/arm64.
 */
export const corpus: readonly CorpusImage[] = [...SERVERS, ...LANGUAGES, ...PROGRAMS, ...NPM, ...PYPI, ...ADDED];
