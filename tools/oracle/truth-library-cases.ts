import { elfBytes, type TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { TruthWorld } from './truth-world.ts';

/** What loaders make of symbol versions, preloads and libraries of several kinds. */
export async function libraryCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { debian, platform, triplet } = world;
  const own = platform === 'linux/arm64' ? 'arm64' : 'amd64';
  const other = own === 'arm64' ? 'amd64' : 'arm64';
  const bash = { Cmd: ['bash', '-c', 'exit 0'] };
  const cases: TruthCase[] = [];
  const add = (
    name: string,
    files: readonly TestFile[],
    config: TruthCase['config'],
    verdict: TruthCase['verdict'],
    code?: string,
  ) => cases.push({ name, layers: [{ files }], config, verdict, code });
  /** Debian's files with one of them changed. */
  const changed = (path: string, change: (bytes: Buffer) => Buffer) =>
    debian.map((file) => (file.path === path ? { ...file, content: change(Buffer.from(file.content ?? '')) } : file));
  const libtinfo = `usr/lib/${triplet}/libtinfo.so.6.4`;
  const missing = 'proof/symbol-version-missing';

  const newest = 'GLIBC_2.36';
  add(
    'a program that needs a newer glibc',
    changed('usr/bin/bash', (bytes) => renameVersion(bytes, newest, 'GLIBC_2.98')),
    bash,
    'refuted',
    missing,
  );
  add(
    'a library that needs a newer glibc',
    changed(libtinfo, (bytes) => renameVersion(bytes, 'GLIBC_2.33', 'GLIBC_2.98')),
    bash,
    'refuted',
    missing,
  );
  add(
    'a program that needs a newer library of its own',
    changed('usr/bin/bash', (bytes) =>
      renameVersion(bytes, 'NCURSES6_TINFO_5.0.19991023', 'NCURSES6_TINFO_9.0.19991023'),
    ),
    bash,
    'refuted',
    missing,
  );
  const preload = (value: string, files: readonly TestFile[] = []) =>
    [[...debian, ...files], { ...bash, Env: [`LD_PRELOAD=${value}`, 'PATH=/usr/bin'] }] as const;
  const foreign: TestFile = { path: 'opt/p.so', mode: 0o755, content: elfBytes({ machine: other, type: 3 }) };
  const warned = 'proof/preload-ignored';
  add('a preload that is not there', ...preload('/opt/p.so'), 'proven', warned);
  add('a preload for another CPU', ...preload('/opt/p.so', [foreign]), null, warned);
  add('a preload that is a text', ...preload('/opt/p.so', [{ ...foreign, content: 'x'.repeat(99) }]), 'proven', warned);
  add('a preload by its name alone', ...preload('libtinfo.so.6'), 'proven');
  add(
    'a preload in ld.so.preload that is not there',
    [...debian, { path: 'etc/ld.so.preload', content: '/opt/gone.so # why\n' }],
    bash,
    'proven',
    warned,
  );
  add(
    'a preload without a library of its own',
    ...preload('/opt/p.so', [
      { ...foreign, content: elfBytes({ machine: own, type: 3, needed: ['libgone.so.1'], soname: 'p.so' }) },
    ]),
    'refuted',
    'proof/library-missing',
  );
  const made = await versioned(world);
  if (made === undefined) return cases;
  const app = (content: Buffer): TestFile => ({ path: 'opt/app', mode: 0o755, content });
  const lib = (content: Buffer): TestFile => ({ path: 'usr/lib/libf.so.1', mode: 0o644, content });
  const start = { Cmd: ['/opt/app'] };
  add('a library with the version', [...debian, app(made.strong), lib(made.second)], start, 'proven');
  add('a library without the version', [...debian, app(made.strong), lib(made.first)], start, 'refuted', missing);
  add('a version that is only wished for', [...debian, app(made.weak), lib(made.first)], start, 'proven');
  add('a library without definitions of versions', [...debian, app(made.strong), lib(made.bare)], start, 'proven');
  add('a library without any table of versions', [...debian, app(made.strong), lib(made.none)], start, 'undecided');
  // Nothing starts it here: it is there to be called.
  const command: TestFile = { path: 'usr/bin/tool', mode: 0o755, content: made.strong };
  add('a command on PATH with its library', [...debian, command, lib(made.second)], bash, 'proven');
  add('a command on PATH without its library', [...debian, command], bash, 'refuted', 'proof/library-missing');
  add('a command on PATH whose library is too old', [...debian, command, lib(made.first)], bash, 'refuted', missing);
  return cases;
}

/** Writes another name of the same length over a version; its hash stays, which is wrong either way for the loader. */
function renameVersion(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(`\0${from}\0`, 0, 'latin1');
  if (at < 0 || from.length !== to.length) throw new Error(`no ${from} to rename`);
  bytes.write(to, at + 1, 'latin1');
  return bytes;
}

/** A library in two versions and without any, and programs that need the second, firmly and weakly. */
async function versioned(world: TruthWorld) {
  const shared = ['-shared', '-fPIC', '-Wl,-soname,libf.so.1'];
  const plain = 'int f(void){ return 0; } int g(void){ return 0; }';
  const make = (map: string, source = plain) =>
    world.compile({ source, files: { map } }, ...shared, ...(map === '' ? [] : ['-Wl,--version-script=map']));
  const second = await make('F_1 { global: g; local: *; };\nF_2 { global: f; } F_1;\n');
  const first = await make('F_1 { global: g; f; local: *; };\n');
  // What it needs of libc gives it a table of versions, though it defines none.
  const bare = await make('', `int puts(const char *); int h(void){ return puts(""); } ${plain}`);
  const none = await make('');
  if (second === undefined || first === undefined || bare === undefined || none === undefined) return undefined;
  const program = (source: string) =>
    world.compile({ source, files: { 'libf.so.1': second } }, '-L.', '-l:libf.so.1', '-Wl,--no-as-needed');
  const strong = await program('int f(void); int main(void){ return f(); }');
  const weak = await program(
    'int g(void); int f(void) __attribute__((weak)); int main(void){ return g() + (f ? 1 : 0); }',
  );
  if (strong === undefined || weak === undefined) return undefined;
  return { strong, weak: weaken(weak, 'F_2'), first, second, bare, none };
}

/** Marks the need of a version as weak: the flags stand behind its hash (Elf64_Vernaux), which is System V's. */
function weaken(bytes: Buffer, version: string): Buffer {
  let hash = 0;
  // Short names never reach the high bits that the full algorithm folds back.
  for (const byte of Buffer.from(version)) hash = hash * 16 + byte;
  const needle = Buffer.alloc(6);
  needle.writeUInt32LE(hash);
  const at = bytes.indexOf(needle);
  if (at < 0) throw new Error(`no need of ${version}`);
  bytes.writeUInt16LE(2, at + 4);
  return bytes;
}
