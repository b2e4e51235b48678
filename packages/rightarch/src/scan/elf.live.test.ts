import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ElfReader } from './elf.ts';
import { machinePlatform } from './machine.ts';
import type { ElfFacts } from './types.ts';

// binutils' readelf is the oracle: it has the whole file before it, we read it once from front to back.
const BATCH = 40;
const PIECE = 256 << 10;

/** Debian's C library of other CPUs (`libc6-*-cross`), by the directory that it lies in. */
const FOREIGN: Readonly<Record<string, string>> = {
  'aarch64-linux-gnu': 'linux/arm64',
  'arm-linux-gnueabi': 'linux/arm',
  'arm-linux-gnueabihf': 'linux/arm',
  'i686-linux-gnu': 'linux/386',
  'mips64el-linux-gnuabi64': 'linux/mips64le',
  'powerpc64le-linux-gnu': 'linux/ppc64le',
  'riscv64-linux-gnu': 'linux/riscv64',
  's390x-linux-gnu': 'linux/s390x',
};

function elfFilesBelow(...roots: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && head(path).toString('latin1') === '\x7fELF') found.push(path);
    }
  };
  for (const root of roots) visit(root);
  return found.sort();
}

function head(path: string): Buffer {
  const bytes = Buffer.alloc(4);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, 4, 0);
  closeSync(file);
  return bytes;
}

function factsOf(path: string): ElfFacts {
  const reader = new ElfReader(statSync(path).size);
  const file = openSync(path, 'r');
  const piece = Buffer.alloc(PIECE);
  for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
    // A reader may keep what it is given only until the next piece.
    reader.write(Buffer.from(piece.subarray(0, read)));
  }
  closeSync(file);
  reader.end(true);
  return reader.facts();
}

type Shown = Readonly<Record<string, unknown>>;

/** Our facts in the words of the oracle. */
function ours(facts: ElfFacts): Shown {
  const versions = (facts.needs ?? []).flatMap(({ file, versions, weak = [] }) => [
    ...versions.map((version) => `${file} ${version}`),
    ...weak.map((version) => `${file} ${version} weak`),
  ]);
  return {
    class: `ELF${facts.bits}`,
    data: facts.endian,
    type: facts.type,
    flags: facts.flags,
    interpreter: facts.interpreter,
    needed: facts.needed,
    soname: facts.soname,
    rpath: facts.rpath,
    runpath: facts.runpath,
    pages: facts.pages,
    needs: versions.sort(),
    defines: [...(facts.defines ?? [])].sort(),
    notRead: facts.damaged ?? facts.partial ?? facts.unread ?? facts.versionsUnread ?? false,
  };
}

const TYPES: Readonly<Record<string, number>> = { REL: 1, EXEC: 2, DYN: 3, CORE: 4 };

/** What readelf says of one file. */
function theirs(text: string): Shown {
  const one = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
  const all = (pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!);
  const loads = [...text.matchAll(/^ {2}LOAD +0x([0-9a-f]+) 0x([0-9a-f]+) /gm)].map(
    ([, offset, address]) => [Number.parseInt(offset!, 16), Number.parseInt(address!, 16)] as const,
  );
  const page = [65_536, 32_768, 16_384, 8192, 4096, 2048].find((size) =>
    loads.every(([offset, address]) => offset % size === address % size),
  );
  const needs: string[] = [];
  let file = '';
  for (const line of text.slice(text.search(/^Version needs section/m)).split('\n')) {
    file = /Version: 1 {2}File: (\S+)/.exec(line)?.[1] ?? file;
    const need = /Name: (\S+) {2}Flags: (.*?) {2}Version:/.exec(line);
    if (need !== null) needs.push(`${file} ${need[1]}${need[2]!.includes('WEAK') ? ' weak' : ''}`);
  }
  const dynamic = /^Dynamic section at/m.test(text);
  return {
    class: one(/Class: +(ELF\d+)/),
    data: one(/Data: .*(little|big) endian/),
    type: TYPES[one(/^ +Type: +(\w+)/m) ?? ''],
    flags: Number.parseInt(one(/Flags: +0x([0-9a-f]+)/) ?? '', 16),
    interpreter: one(/\[Requesting program interpreter: (.*)\]/),
    needed: dynamic ? all(/\(NEEDED\) +Shared library: \[(.*)\]/g) : undefined,
    soname: one(/\(SONAME\) +Library soname: \[(.*)\]/),
    rpath: one(/\(RPATH\) +Library rpath: \[(.*)\]/),
    runpath: one(/\(RUNPATH\) +Library runpath: \[(.*)\]/),
    pages: page === 65_536 ? undefined : page,
    needs: /^Version needs section/m.test(text) ? needs.sort() : [],
    defines: all(/Rev: 1 {2}Flags: .* {2}Name: (\S+)/g).sort(),
    notRead: false,
  };
}

function readelf(files: readonly string[]): Map<string, string> {
  const text = execFileSync('readelf', ['--wide', '-h', '-l', '-d', '-V', ...files], {
    encoding: 'latin1',
    maxBuffer: 1 << 30,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const parts = text.split(/^File: (.*)$/m).slice(1);
  return new Map(files.map((file) => [file, parts[parts.indexOf(file) + 1]!]));
}

/** The files of which the two do not say the same, with what each says. */
function disagreements(files: readonly string[]): unknown[] {
  const found: unknown[] = [];
  for (let at = 0; at < files.length; at += BATCH) {
    const batch = files.slice(at, at + BATCH);
    const said = readelf(batch);
    for (const file of batch) {
      const [mine, other] = [ours(factsOf(file)), theirs(said.get(file)!)];
      const keys = Object.keys(other).filter((key) => JSON.stringify(mine[key]) !== JSON.stringify(other[key]));
      if (keys.length > 0)
        found.push({ file, differs: keys.map((key) => ({ key, ours: mine[key], theirs: other[key] })) });
    }
  }
  return found;
}

describe('readelf says the same', () => {
  test.each(Object.entries(FOREIGN))('of every file for %s', (directory, platform) => {
    const files = elfFilesBelow(`/usr/${directory}`);
    expect(files.length).toBeGreaterThan(5);
    expect(disagreements(files)).toEqual([]);
    for (const file of files) {
      const found = machinePlatform(factsOf(file))!;
      expect(`${found.os}/${found.architecture}`).toBe(platform);
    }
  });

  test('of the programs and libraries of this machine', () => {
    const files = elfFilesBelow('/usr/bin', '/usr/sbin', '/usr/lib/x86_64-linux-gnu', '/usr/libexec');
    expect(files.length).toBeGreaterThan(500);
    expect(disagreements(files)).toEqual([]);
  });
});
