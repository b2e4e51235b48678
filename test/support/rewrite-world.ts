import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bringCertificates, CERTIFICATES } from './certificates.ts';
import { typeLine } from './command-line.ts';

const run = promisify(execFile);

const BOTH = ['amd64', 'arm64'] as const;
/** https://go.dev/dl: as modules of Go's own proxy, which serves toolchains too (golang.org/toolchain). */
const GO = 'v0.0.1-go1.22.12';
const UV = '0.9.13';
const TRUST = [
  `ENV SSL_CERT_FILE=${CERTIFICATES} NODE_EXTRA_CA_CERTS=${CERTIFICATES} PIP_CERT=${CERTIFICATES}`,
  'ENV npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false',
];

/**
 * A layout with equivalents of node, python (with uv) and golang for two CPUs, out of `npm run bases`, npm's and Go's
 * own packages, by the embedded engine: nothing is executed. It stands in for docker.io. Without `packages` only what needs
 * no registry while it is built.
 */
export async function makeRewriteBases(
  bases: string,
  directory: string,
  { packages }: { readonly packages: boolean },
): Promise<string> {
  const out = join(directory, 'layout');
  if (existsSync(join(out, 'index.json'))) return out;
  const context = join(directory, 'context');
  mkdirSync(context, { recursive: true });
  const certificates = bringCertificates(context);
  for (const cpu of BOTH) {
    await fetchGo(cpu, join(context, `go-${cpu}`));
    await compileStandard(join(context, 'go-amd64'), cpu, join(context, 'go-cache'));
    if (packages) await fetchUv(cpu, join(context, `uv-${cpu}`), join(directory, 'wheels'));
  }
  if (packages) await fetchVenv(join(context, 'venv'), join(directory, 'debs'));
  const withPackages = {
    'node:22-bookworm-slim': ['FROM node:22-slim'],
    'python:3.11-slim-bookworm': [
      'FROM python:3.11-slim',
      'ARG TARGETARCH',
      'COPY uv-$TARGETARCH /usr/local/bin/uv',
      'COPY venv /',
    ],
  };
  const images = {
    ...(packages ? withPackages : {}),
    'golang:1.22-bookworm': [
      'FROM debian:bookworm-slim',
      'ARG TARGETARCH',
      'COPY go-$TARGETARCH /usr/local/go',
      'ENV GOTOOLCHAIN=local GOPATH=/go PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'WORKDIR /go',
    ],
    // The same with what the smallest program needs compiled for both: an emulated compiler takes minutes for it.
    'golang:1.22-warm': ['FROM golang:1.22-bookworm', 'COPY go-cache /root/.cache/go-build'],
    'debian:bookworm-slim': ['FROM debian:bookworm-slim'],
  };
  for (const [name, lines] of Object.entries(images)) {
    writeFileSync(join(context, 'Dockerfile'), [...lines, ...TRUST, certificates, ''].join('\n'));
    const built = await typeLine(
      context,
      [
        ...[
          'build',
          '--engine',
          'embedded',
          '--mirror',
          `docker.io=oci:${name.endsWith('-warm') ? out : bases}`,
          '-t',
          name,
        ],
        ...['--platform', BOTH.map((cpu) => `linux/${cpu}`).join(','), '-o', `oci:${out}`, '.'],
      ],
      { env: { RIGHTARCH_CACHE: join(directory, 'cache') } },
    );
    if (built.status !== 0) throw new Error(built.all);
  }
  rmSync(context, { recursive: true, force: true });
  rmSync(join(directory, 'cache'), { recursive: true, force: true });
  return out;
}

/** The toolchain without what builds no program: its own sources, tests, and tools that are not called. */
async function fetchGo(cpu: string, to: string): Promise<void> {
  const { stdout } = await run('go', ['mod', 'download', '-json', `golang.org/toolchain@${GO}.linux-${cpu}`]);
  const { Dir: from } = JSON.parse(stdout) as { Dir: string };
  cpSync(from, to, {
    recursive: true,
    filter: (path) => {
      const inside = path.slice(from.length + 1);
      if (/^(?:api|doc|misc|test|src\/cmd\/.+|src\/cmd)$/.test(inside) || /(?:^|\/)testdata$|_test\.go$/.test(inside))
        return false;
      const tool = /^pkg\/tool\/[^/]+\/(.+)$/.exec(inside)?.[1];
      return tool === undefined || /^(?:asm|compile|link|buildid)$/.test(tool);
    },
  });
  await run('chmod', ['-R', 'u+w', to]);
  await run('chmod', ['-R', 'a+rX', to]);
  for (const program of [
    'bin/go',
    ...readdirSync(join(to, `pkg/tool/linux_${cpu}`)).map((one) => `pkg/tool/linux_${cpu}/${one}`),
  ])
    await run('chmod', ['755', join(to, program)]);
}

export const SMALLEST_GO = 'package main\n\nfunc main() { println("up") }\n';

/** With -trimpath what is compiled does not depend on where or on which CPU (cmd/go, action IDs). */
async function compileStandard(root: string, cpu: string, cache: string): Promise<void> {
  const source = join(cache, '..', 'smallest');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'go.mod'), 'module example.com/server\n\ngo 1.22\n');
  writeFileSync(join(source, 'main.go'), SMALLEST_GO);
  const own = {
    GOROOT: root,
    GOCACHE: cache,
    GOARCH: cpu,
    GOOS: 'linux',
    CGO_ENABLED: '0',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '',
  };
  await run(join(root, 'bin/go'), ['build', '-trimpath', '-o', join(source, 'server'), '.'], {
    cwd: source,
    env: { ...process.env, ...own },
  });
}

/** One file, as ghcr.io/astral-sh/uv has it, out of its wheel. */
async function fetchUv(cpu: 'amd64' | 'arm64', to: string, wheels: string): Promise<void> {
  const machine = { amd64: 'x86_64', arm64: 'aarch64' }[cpu];
  const place = join(wheels, cpu);
  const flags = [
    '--no-deps',
    '--only-binary=:all:',
    '--platform',
    `manylinux2014_${machine}`,
    '--platform',
    `manylinux_2_17_${machine}`,
    '--platform',
    `manylinux_2_28_${machine}`,
    '-d',
    place,
  ];
  await run('pip3', ['download', '--quiet', ...flags, `uv==${UV}`]);
  const [wheel] = readdirSync(place);
  const script =
    'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);n=[x for x in z.namelist() if x.endswith("/uv")][0];open(sys.argv[2],"wb").write(z.read(n))';
  await run('python3', ['-c', script, join(place, wheel!), to]);
  await run('chmod', ['755', to]);
}

/** What `python3 -m venv` needs, which Python's own image has and Debian's `python3` has not: no machine code. */
async function fetchVenv(to: string, debs: string): Promise<void> {
  mkdirSync(debs, { recursive: true });
  mkdirSync(to, { recursive: true });
  // As whoever apt would rather be, it may not write here.
  const asRoot = ['-o', 'APT::Sandbox::User=root'];
  const wanted = ['python3.11-venv', 'python3-pip-whl', 'python3-setuptools-whl'];
  await run('apt-get', ['-qq', ...asRoot, 'download', ...wanted], { cwd: debs });
  for (const deb of readdirSync(debs)) await run('dpkg', ['-x', join(debs, deb), to]);
}
