import { describe, expect, it } from 'vitest';
import { parsePlatform } from '../core/index.ts';
import type { Image } from '../oci/index.ts';
import { type FileFacts, FileTree, ProgramReader } from '../scan/index.ts';
import { elfBytes, machOBytes, peBytes, type ZipPart, zipBytes } from '../testing/index.ts';
import { proveArchives } from './archives.ts';

type Cpu = 'amd64' | 'arm64' | '386';
const so = (name: string, machine: Cpu, more = {}): ZipPart => ({
  name,
  content: elfBytes({ machine, type: 3, ...more }),
});

function prove(files: Readonly<Record<string, Uint8Array>>, declared: string) {
  const tree = new FileTree();
  const facts = Object.entries(files).map(([path, bytes]): FileFacts => {
    const reader = new ProgramReader(bytes.length);
    reader.write(bytes);
    reader.end(true);
    const owner = { uid: 0, gid: 0, uname: '', gname: '', mtime: 0, link: '' };
    const kept = path.startsWith('lib/ld-') ? { content: bytes } : {};
    return { path, type: 'file', mode: 0o755, size: bytes.length, ...owner, ...kept, program: reader.facts() };
  });
  tree.apply(facts, 1, 'overlay');
  const image = { layers: [] } as unknown as Image;
  return proveArchives(
    { name: 'x', image, declared: parsePlatform(declared)!, tree },
    { env: ['PATH=/usr/bin'], cwd: '/', user: '' },
  );
}

function judge(files: Readonly<Record<string, Uint8Array>>, declared = 'linux/arm64') {
  const { verdict, diagnostics } = prove(files, declared);
  return {
    verdict,
    codes: diagnostics.map(({ code, args }) => `${code} ${args['member'] ?? args['why'] ?? args['path']}`),
  };
}

const java = { 'usr/bin/java': elfBytes({ machine: 'arm64' }) };
const jar = (...members: readonly ZipPart[]) => zipBytes({ members });
const SILENT = { verdict: 'proven', codes: [] };

describe('jars of an image with a JVM', () => {
  it.each<readonly [string, readonly ZipPart[]]>([
    ['directories by CPU', [so('linux/amd64/libx.so', 'amd64'), so('linux/aarch64/libx.so', 'arm64')]],
    ['the name carries it', [so('librocksdbjni-linux64.so', 'amd64'), so('librocksdbjni-linux-aarch64.so', 'arm64')]],
    [
      'netty writes aarch_64',
      [so('META-INF/native/libn_linux_x86_64.so', 'amd64'), so('META-INF/native/libn_linux_aarch_64.so', 'arm64')],
    ],
    [
      'DuckDB writes it behind',
      [so('libduckdb_java.so_linux_amd64', 'amd64'), so('libduckdb_java.so_linux_arm64', 'arm64')],
    ],
    [
      'CPUs that containers have no name for, as jna and zstd-jni have them',
      [
        so('com/sun/jna/linux-ppc/libj.so', 'amd64'),
        so('com/sun/jna/linux-mips64el/libj.so', 'amd64'),
        so('com/sun/jna/linux-aarch64/libj.so', 'arm64'),
        so('linux/mips64/libz.so', 'amd64'),
        so('linux/aarch64/libz.so', 'arm64'),
      ],
    ],
    [
      'code for other systems only',
      [
        so('freebsd-x86-64/libj.so', 'amd64', { osAbi: 9 }),
        so('android-x86-64/libj.so', 'amd64'),
        { name: 'win/x.dll', content: peBytes() },
        { name: 'mac/x.dylib', content: machOBytes(['x86_64']) },
      ],
    ],
    ['no code at all', [{ name: 'a.class', content: Buffer.from('cafebabe00000034', 'hex') }]],
  ])('silent: %s', (_, members) => {
    expect(judge({ ...java, 'app/x.jar': jar(...members) })).toEqual(SILENT);
  });

  it.each<readonly [string, readonly ZipPart[], string]>([
    ['a system’s name inside another word', [so('com/mosaix/libx.so', 'amd64')], 'com/mosaix/libx.so'],
    ['the right twin removed', [so('linux/amd64/libx.so', 'amd64')], 'linux/amd64/libx.so'],
    [
      'only Android has it',
      [so('linux/amd64/libx.so', 'amd64'), so('android/aarch64/libx.so', 'arm64')],
      'linux/amd64/libx.so',
    ],
    [
      'another library has it',
      [so('linux/amd64/libx.so', 'amd64'), so('linux/aarch64/liby.so', 'arm64')],
      'linux/amd64/libx.so',
    ],
    [
      'two others and not ours',
      [so('linux/x86/libx.so', '386'), so('linux/x86_64/libx.so', 'amd64')],
      'linux/x86/libx.so',
    ],
  ])('undecided: %s', (_, members, member) => {
    expect(judge({ ...java, 'app/x.jar': jar(...members) })).toEqual({
      verdict: 'undecided',
      codes: [`proof/archive-wrong-cpu ${member}`],
    });
  });

  it('jars side by side are one class path, others are not', () => {
    const a = jar(so('META-INF/native/libn_linux_x86_64.so', 'amd64'));
    const b = jar(so('META-INF/native/libn_linux_aarch_64.so', 'arm64'));
    expect(judge({ ...java, 'app/n-x86_64.jar': a, 'app/n-aarch_64.jar': b })).toEqual(SILENT);
    expect(judge({ ...java, 'app/n-x86_64.jar': a, 'other/n-aarch_64.jar': b }).verdict).toBe('undecided');
    const boot = (content: Uint8Array, name: string): ZipPart => ({
      name: `BOOT-INF/lib/${name}.jar`,
      content,
      stored: true,
    });
    expect(judge({ ...java, 'app.jar': jar(boot(a, 'a'), boot(b, 'b')) })).toEqual(SILENT);
    expect(judge({ ...java, 'app.jar': jar(boot(a, 'a')) }).codes).toEqual([
      'proof/archive-wrong-cpu BOOT-INF/lib/a.jar!/META-INF/native/libn_linux_x86_64.so',
    ]);
  });

  it('what could not be read is said; without a JVM a jar is data', () => {
    const cut = jar(so('linux/aarch64/libx.so', 'arm64')).subarray(0, 90);
    expect(judge({ ...java, 'app/x.jar': cut })).toEqual({
      verdict: 'undecided',
      codes: ['proof/archive-unread damaged'],
    });
    expect(judge({ 'app/x.jar': cut, 'app/y.jar': jar(so('linux/amd64/libx.so', 'amd64')) })).toEqual(SILENT);
    expect(judge({ ...java, 'srv/data.zip': cut })).toEqual(SILENT);
  });
});

describe('what a library of a jar is linked with, by the loader of the JVM', () => {
  const loader = (soname: string) =>
    Buffer.concat([
      elfBytes({ machine: 'arm64', type: 3, soname }),
      Buffer.from('\0/lib/aarch64-linux-gnu/\0/lib/\0\0'),
    ]);
  const LIBC = { machine: 'arm64', type: 3, soname: 'libc.so.6', defines: ['libc.so.6', 'GLIBC_2.17'] } as const;
  const glibc = {
    'usr/bin/java': elfBytes({ machine: 'arm64', interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['libc.so.6'] }),
    'lib/ld-linux-aarch64.so.1': loader('ld-linux-aarch64.so.1'),
    'lib/libc.so.6': elfBytes(LIBC),
  };
  const musl = {
    'usr/bin/java': elfBytes({
      machine: 'arm64',
      interpreter: '/lib/ld-musl-aarch64.so.1',
      needed: ['libc.musl-aarch64.so.1'],
    }),
    'lib/ld-musl-aarch64.so.1': loader('libc.musl-aarch64.so.1'),
    'lib/libc.musl-aarch64.so.1': loader('libc.musl-aarch64.so.1'),
  };
  // As sqlite-jdbc 3.46.0.0 and snappy-java 1.1.10.5 have them.
  const other = so('org/x/native/Linux/x86_64/libx.so', 'amd64', { needed: ['libc.so.6'] });
  const forGlibc = so('org/x/native/Linux/aarch64/libx.so', 'arm64', {
    needed: ['libc.so.6', 'ld-linux-aarch64.so.1'],
  });
  const forMusl = so('org/x/native/Linux-Musl/aarch64/libx.so', 'arm64', { needed: ['libc.musl-aarch64.so.1'] });
  const plainMusl = so('org/x/native/Linux-Musl/aarch64/libx.so', 'arm64', { needed: ['libc.so'] });
  const lacks = so('linux-aarch64/liby.so', 'arm64', { needed: ['libgone.so.1', 'libc.so.6'] });

  it.each<readonly [string, Readonly<Record<string, Uint8Array>>, readonly ZipPart[]]>([
    ['one for each libc, on glibc', glibc, [forMusl, forGlibc, other]],
    ['one for each libc, on musl', musl, [forGlibc, forMusl, other]],
    ['one of musl as it names itself, on musl', musl, [forGlibc, plainMusl]],
    [
      'what its owner has in Java as well, on musl',
      musl,
      [
        so('META-INF/native/libnetty_tcnative_linux_aarch_64.so', 'arm64', { needed: ['ld-linux-aarch64.so.1'] }),
        so('net/jpountz/util/linux/aarch64/liblz4-java.so', 'arm64', { needed: ['ld-linux-aarch64.so.1'] }),
      ],
    ],
    ['of Android, on glibc', glibc, [so('lib/arm64-v8a/libx.so', 'arm64', { needed: ['libc.so', 'liblog.so'] })]],
    ['a libc by the name that musl answers to', musl, [so('a/libz.so', 'arm64', { needed: ['libc.so.6'] })]],
    ['what another library of the jar brings', glibc, [lacks, so('linux-aarch64/libgone.so.1', 'arm64')]],
    [
      'what lies elsewhere in the image',
      { ...glibc, 'opt/x/libgone.so.1': elfBytes({ machine: 'arm64', type: 3 }) },
      [lacks],
    ],
    ['a JVM that does not start', { ...glibc, 'usr/bin/java': elfBytes({ machine: 'arm64' }) }, [forMusl]],
    ['what is damaged', glibc, [{ ...lacks, content: lacks.content.subarray(0, -1) }]],
  ])('silent: %s', (_, files, members) => {
    expect(judge({ ...files, 'app/x.jar': jar(...members) })).toEqual(SILENT);
  });

  it.each<readonly [string, Readonly<Record<string, Uint8Array>>, readonly ZipPart[], string]>([
    ['the twin for glibc removed', glibc, [forMusl, other], 'musl-module libc.musl-aarch64.so.1'],
    ['musl as it names itself, on glibc', glibc, [plainMusl], 'musl-module libc.so'],
    ['the twin for musl removed', musl, [forGlibc, other], 'glibc-module ld-linux-aarch64.so.1'],
    ['a library that is nowhere', glibc, [lacks], 'library libgone.so.1'],
    [
      'a libc that is too old',
      glibc,
      [so('a/libz.so', 'arm64', { needed: ['libc.so.6'], needs: { 'libc.so.6': ['GLIBC_2.38'] } })],
      'version GLIBC_2.38',
    ],
    [
      'of its own libc the reason tells more',
      glibc,
      [forMusl, { ...lacks, name: 'org/x/native/Linux/aarch64/libx.so' }],
      'library libgone.so.1',
    ],
  ])('undecided: %s', (_, files, members, why) => {
    const { verdict, diagnostics } = prove({ ...files, 'app/x.jar': jar(...members) }, 'linux/arm64');
    expect(verdict).toBe('undecided');
    expect(diagnostics.map(({ code, args }) => `${code} ${args['cause']} ${args['library']}`)).toEqual([
      `proof/module-undecided ${why}`,
    ]);
  });
});

describe('zipped programs of Python', () => {
  const python = { 'usr/bin/python3.12': elfBytes({ machine: 'arm64' }) };
  const pex = (...members: readonly ZipPart[]) => zipBytes({ members, prefix: '#!/usr/bin/env python3\n' });
  const wheel = (cpu: string) =>
    `.deps/m-1.0-cp312-cp312-manylinux_2_17_${cpu}.whl/m/_m.cpython-312-${cpu}-linux-gnu.so`;
  it('for every CPU: silent; for another one: undecided', () => {
    const both = pex(so(wheel('x86_64'), 'amd64'), so(wheel('aarch64'), 'arm64'));
    expect(judge({ ...python, 'app/run': both })).toEqual(SILENT);
    expect(judge({ ...python, 'app/run': pex(so(wheel('x86_64'), 'amd64')) }).verdict).toBe('undecided');
  });
});
