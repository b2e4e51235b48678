import type { TestFile } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import { forMusl } from './truth-python-cases.ts';
import type { TruthWorld } from './truth-world.ts';

const MODULE = 'app/node_modules/a/build/Release/a.node';
const FAILS = 'proof/module-not-loadable';

/** What the real Node makes of native modules whose libraries are right, missing, too old or of another libc. */
export async function moduleCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const shared = ['-shared', '-fPIC'];
  // The one symbol by which Node knows a module of Node-API; no header is needed for it.
  const own = 'void *napi_register_module_v1(void *env, void *exports){ return exports; }';
  const plain = await world.compile(`#include <stdio.h>\nint h(void){ return puts(""); }\n${own}`, ...shared);
  const library = await world.compile('int f(void){ return 0; }', ...shared, '-Wl,-soname,libf.so.1');
  if (plain === undefined || library === undefined) return [];
  const linked = (name: string, ...flags: readonly string[]) =>
    world.compile(
      { source: `int f(void); int h(void){ return f(); }\n${own}`, files: { [name]: library } },
      ...shared,
      '-L.',
      `-l:${name}`,
      ...flags,
    );
  const needy = (await linked('libf.so.1'))!;
  const beside = (await linked('libf.so.1', '-Wl,--enable-new-dtags,-rpath,$ORIGIN/../../../f/lib'))!;
  const lib = `usr/lib/${world.triplet}`;
  const names = ['libdl.so.2', 'libstdc++.so.6', 'libm.so.6', 'libgcc_s.so.1', 'libpthread.so.0'];
  const node = await world.takeFrom(
    'node:22-slim',
    'usr/local/bin/node',
    ...names.map((name) => `${lib}/${name}`),
    `${lib}/libstdc++.so.6.0.30`,
  );
  const cases: TruthCase[] = [];
  const add = (name: string, files: readonly TestFile[], verdict: TruthCase['verdict'], code?: string) =>
    cases.push({
      name,
      layers: [{ files: [...world.debian, ...node, ...files] }],
      config: { Cmd: ['/usr/local/bin/node', '-e', `require("/${MODULE}")`], WorkingDir: '/app' },
      verdict,
      code,
    });
  const module = (content: Buffer, path = MODULE): TestFile => ({ path, mode: 0o755, content });
  add('a native module', [module(plain)], 'proven');
  add('a native module without its library', [module(needy)], 'refuted', FAILS);
  add(
    'a native module with its library beside it',
    [module(beside), { path: 'app/node_modules/f/lib/libf.so.1', content: library }],
    'proven',
  );
  add(
    'a native module with its library where nothing looks',
    [module(needy), { path: 'app/node_modules/f/lib/libf.so.1', content: library }],
    'undecided',
    'proof/module-undecided',
  );
  add('a native module that needs a newer glibc', [module(newer(plain))], 'refuted', FAILS);
  add(
    'a native module whose library needs a newer glibc',
    [module(beside), { path: 'app/node_modules/f/lib/libf.so.1', content: newer(await puts(world)) }],
    'refuted',
    FAILS,
  );
  add('a native module for musl in Node for glibc', [module(await forMusl(world, own))], 'refuted', FAILS);
  return cases;
}

/** The same with the name of one version of glibc written over by one that is not yet made. */
function newer(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const name = /\0(GLIBC_2\.\d+(\.\d+)?)\0/.exec(text);
  if (name === null) throw new Error('no version of glibc to rename');
  const changed = Buffer.from(bytes);
  changed.write(`GLIBC_${'9'.repeat(name[1]!.length - 6)}`, name.index + 1, 'latin1');
  return changed;
}

async function puts(world: TruthWorld): Promise<Buffer> {
  const source = '#include <stdio.h>\nint f(void){ return puts(""); }';
  return (await world.compile(source, '-shared', '-fPIC', '-Wl,-soname,libf.so.1'))!;
}
