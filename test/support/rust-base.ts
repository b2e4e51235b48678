import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openApt } from '../../tools/bases/apt.ts';
import { bringCertificates, CERTIFICATES } from './certificates.ts';
import { typeLine } from './command-line.ts';

const run = promisify(execFile);

const RUST = '1.95.0';
const CPUS = { amd64: 'x86_64', arm64: 'aarch64' } as const;

/**
 * A layout with an equivalent of `rust:slim-bookworm` for two CPUs: Debian's gcc, and the toolchains that rustup has on this
 * machine or fetches. On amd64 the compiler for arm64 is there already, so that a RUN which looks for it has not to install it.
 */
export async function makeRustBase(bases: string, directory: string): Promise<string> {
  const out = join(directory, 'layout');
  if (existsSync(join(out, 'index.json'))) return out;
  const context = join(directory, 'context');
  mkdirSync(context, { recursive: true });
  const certificates = bringCertificates(context);
  for (const [cpu, machine] of Object.entries(CPUS)) {
    const to = join(context, `root-${cpu}`);
    await unpackGcc(cpu, to, join(directory, 'apt'));
    // An alternative of Debian's, which only installing sets.
    symlinkSync('gcc', join(to, 'usr/bin/cc'));
    await copyToolchain(machine, join(directory, 'rustup'), join(to, 'usr/local'));
  }
  const lines = [
    'FROM debian:bookworm-slim',
    'ARG TARGETARCH',
    'COPY root-$TARGETARCH/ /',
    certificates,
    `ENV SSL_CERT_FILE=${CERTIFICATES} RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  ];
  const images = { 'rust:1-slim-bookworm': lines, 'debian:bookworm-slim': ['FROM debian:bookworm-slim'] };
  for (const [name, text] of Object.entries(images)) {
    writeFileSync(join(context, 'Dockerfile'), `${text.join('\n')}\n`);
    const platforms = Object.keys(CPUS).map((cpu) => `linux/${cpu}`);
    const words = ['build', '--engine', 'embedded', '--mirror', `docker.io=oci:${bases}`, '-t', name];
    const built = await typeLine(context, [...words, '--platform', platforms.join(','), '-o', `oci:${out}`, '.'], {
      env: { RIGHTARCH_CACHE: join(directory, 'cache') },
    });
    if (built.status !== 0) throw new Error(built.all);
  }
  for (const name of ['context', 'cache', 'apt', 'rustup'])
    rmSync(join(directory, name), { recursive: true, force: true });
  return out;
}

/** A compiler and what it links with; nothing of what the base has. */
async function unpackGcc(cpu: string, to: string, cache: string): Promise<void> {
  const apt = await openApt(cpu, cache);
  const cross = cpu === 'amd64' ? ['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'] : [];
  const has = new Set(await apt.closure(['libc6', 'libgcc-s1', 'zlib1g', 'libzstd1', 'perl-base', 'libcrypt1']));
  for (const file of await apt.closure(['gcc', 'libc6-dev', ...cross])) {
    if (has.has(file)) continue;
    const one = `${to}-one`;
    await run('dpkg', ['-x', file, one]);
    // In the base these are links into /usr.
    for (const name of ['lib', 'bin', 'sbin', 'lib64'])
      if (existsSync(join(one, name)))
        cpSync(join(one, name), join(one, 'usr', name), { recursive: true, verbatimSymlinks: true });
    cpSync(join(one, 'usr'), join(to, 'usr'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\/share\//.test(path),
    });
    rmSync(one, { recursive: true });
  }
}

/** What compiles, and what `rustup target add` reads; documents and other targets stay. */
async function copyToolchain(machine: string, home: string, to: string): Promise<void> {
  const triple = `${machine}-unknown-linux-gnu`;
  const name = `${RUST}-${triple}`;
  // In a place of its own: what the user has stays as it is.
  const env = { ...process.env, RUSTUP_HOME: home };
  const flags = ['--force-non-host', '--profile', 'minimal', '--no-self-update'];
  await run('rustup', ['toolchain', 'install', name, ...flags], { env, maxBuffer: 1 << 26 });
  const from = join(home, 'toolchains', name);
  const there = join(to, 'rustup', 'toolchains', name);
  const others = /\/lib\/rustlib\/(?:[a-z0-9_]+-[a-z0-9-]+|src|etc)(?:\/|$)/;
  cpSync(from, there, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) =>
      !/\/(?:share|libexec|etc)(?:\/|$)|^\/bin\/(?!rustc$|cargo$)/.test(path.slice(from.length)) &&
      (!others.test(path) || path.includes(`/rustlib/${triple}`)),
  });
  const hasRustup = machine === CPUS.amd64;
  const bin = join(to, 'cargo', 'bin');
  mkdirSync(bin, { recursive: true });
  if (hasRustup) {
    const { stdout } = await run('sh', ['-c', 'command -v rustup']);
    cpSync(stdout.trim(), join(bin, 'rustup'), { dereference: true });
    chmodSync(join(bin, 'rustup'), 0o755);
    writeFileSync(
      join(to, 'rustup', 'settings.toml'),
      `version = "12"\ndefault_toolchain = "${name}"\nprofile = "minimal"\n`,
    );
  }
  for (const program of ['cargo', 'rustc'])
    symlinkSync(hasRustup ? 'rustup' : `/usr/local/rustup/toolchains/${name}/bin/${program}`, join(bin, program));
}
