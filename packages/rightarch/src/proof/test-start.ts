import type { RuntimeConfig } from '../oci/index.ts';
import { elfBytes, type TestFile, testImage, zipBytes } from '../testing/index.ts';
import { verifyTree } from './verify.ts';

/** A program for arm64 that glibc's loader starts. */
export const program = (path: string, parts: Parameters<typeof elfBytes>[0] = {}): TestFile => ({
  path,
  mode: 0o755,
  content: elfBytes({ machine: 'arm64', interpreter: '/lib/ld-linux-aarch64.so.1', type: 3, ...parts }),
});
export const text = (path: string, content = 'x'): TestFile => ({ path, mode: 0o644, content });
/** An archive in which nobody finds anything. */
export const archive = (path: string): TestFile => ({
  path,
  mode: 0o644,
  content: zipBytes({ members: [{ name: 'a.txt', content: Buffer.from('x') }] }),
});
export const link = (path: string, target: string): TestFile => ({ path, type: 'symlink', link: target });

/** A file of the kind that its name says. */
export const there = (path: string): TestFile =>
  path.endsWith('.so') ? program(path) : path.endsWith('.jar') ? archive(path) : text(path);

/** The loader, a Node as distributions link it, and what scripts begin with. */
export const NODE: readonly TestFile[] = [
  program('lib/ld-linux-aarch64.so.1', { soname: 'ld-linux-aarch64.so.1' }),
  program('usr/lib/libnode.so.108', { soname: 'libnode.so.108' }),
  program('usr/bin/node', { needed: ['libnode.so.108'], runpath: '/usr/lib' }),
  program('usr/bin/sh'),
  program('usr/bin/env'),
];

/** What the proof says first of an image for arm64 that starts with a command in /app. */
export const starting =
  (base: readonly TestFile[], always: RuntimeConfig = {}) =>
  async (files: readonly TestFile[], Cmd: readonly string[], more: RuntimeConfig = {}) => {
    const config = { WorkingDir: '/app', ...always, Cmd, ...more };
    const image = testImage({ platform: 'linux/arm64', files: [...base, ...files], config });
    const one = (await verifyTree(await image.tree())).platforms[0]!;
    const found = one.diagnostics[0];
    const args = found?.args ?? {};
    return { verdict: one.verdict, code: found?.code, args, prints: args['prints'], looked: args['looked'] };
  };
