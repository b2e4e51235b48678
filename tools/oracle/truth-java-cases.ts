import { type TestFile, zipBytes } from '../../packages/rightarch/src/testing/index.ts';
import type { TruthCase } from './truth.ts';
import type { Cpu, TruthWorld } from './truth-world.ts';

/** How JNA names the directories of a jar that it looks for its library in (com.sun.jna.Platform). */
const PLACES = { amd64: 'linux-x86-64', arm64: 'linux-aarch64' } as const satisfies Record<Cpu, string>;

/**
 * A real JVM, and the library that Debian builds of JNA in a jar on its class path: JNA unpacks and loads it when its own
 * class is started, and prints the version that the library says. Whether a program would do without is not in the bytes.
 */
export async function javaCases(world: TruthWorld): Promise<readonly TruthCase[]> {
  const { own, other } = world;
  const jvm = (await world.install('openjdk-17-jre-headless')).filter(
    ({ path }) =>
      /^(usr\/lib|lib|etc\/(java-17|ld\.so))/.test(path) && !/\/(legal|perl|gconv|jni)\/|\/man\//.test(path),
  );
  const jna = (await world.packageOf(own, 'libjna-java')).filter(({ path }) => path.endsWith('.jar'));
  const library = async (cpu: Cpu): Promise<Uint8Array> => {
    const files = await world.packageOf(cpu, 'libjna-jni');
    return files.find(({ path }) => path.endsWith('/libjnidispatch.system.so'))!.content as Uint8Array;
  };
  const jar = async (...members: readonly (readonly [place: Cpu, of: Cpu])[]): Promise<TestFile> => {
    const parts = await Promise.all(
      members.map(async ([place, of]) => ({
        name: `com/sun/jna/${PLACES[place]}/libjnidispatch.so`,
        content: await library(of),
      })),
    );
    return { path: 'app/natives.jar', content: zipBytes({ members: parts }) };
  };
  const java = `/usr/lib/jvm/java-17-openjdk-${own}/bin/java`;
  const Cmd = [java, '-Xint', '-cp', '/usr/share/java/jna.jar:/app/natives.jar', 'com.sun.jna.Native'];
  const add = (name: string, archive: TestFile, verdict: TruthCase['verdict'], code?: string): TruthCase => ({
    name,
    layers: [{ files: [...jvm, ...jna] }, { files: [archive] }],
    config: { Cmd, Env: ['PATH=/usr/bin'] },
    verdict,
    code,
  });
  const WRONG = 'proof/archive-wrong-cpu';
  return [
    add('a jar with its library', await jar([own, own]), 'proven'),
    add('a jar with its library for both CPUs', await jar([own, own], [other, other]), 'proven'),
    add('a jar with its library for the other CPU only', await jar([other, other]), 'undecided', WRONG),
    add("the other CPU's bytes under the right name in a jar", await jar([own, other]), 'undecided', WRONG),
  ];
}
