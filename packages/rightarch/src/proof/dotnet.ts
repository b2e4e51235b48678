import { wordsIn } from './cpu-words.ts';
import { elfOf, searchPath, type View } from './view.ts';

/**
 * Architectures in .NET's runtime identifiers (learn.microsoft.com/dotnet/core/rid-catalog; the host's graph,
 * runtime.json of Microsoft.NETCore.Platforms). `armel` and `armv6` are other ABIs than `arm`.
 */
const RID =
  /^(?:linux|linux-musl|linux-bionic|alpine|unix|debian|ubuntu|rhel|centos|fedora|android|tizen)(?:\.[\d.]+)?-(x64|x86|arm64|armel|armv6|arm|s390x|ppc64le|mips64|riscv64|loongarch64)$/;
const OF_PLATFORM: Readonly<Record<string, string>> = {
  amd64: 'x64',
  arm64: 'arm64',
  '386': 'x86',
  arm: 'arm',
  s390x: 's390x',
  ppc64le: 'ppc64le',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
};

/** A native library as NuGet packages lay it out for each runtime identifier: `runtimes/linux-x64/native/libx.so`. */
export interface RidLibrary {
  /** The directory of the application, which holds `runtimes`. */
  readonly application: string;
  readonly name: string;
  readonly architecture: string;
}

export function ridLibrary(path: string): RidLibrary | undefined {
  const match = /^(.*)\/runtimes\/([^/]+)\/native\/(?:[^/]+\/)*([^/]+)$/.exec(path);
  const architecture = match === null ? undefined : RID.exec(match[2]!)?.[1];
  return match === null || architecture === undefined
    ? undefined
    : { application: match[1]!, name: match[3]!, architecture };
}

/** The runtime identifiers of an application that are for an architecture, as names of directories. */
export function ridsFor(names: readonly string[], architecture: string): readonly string[] {
  const wanted = OF_PLATFORM[architecture];
  return names.filter((name) => wanted !== undefined && RID.exec(name)?.[1] === wanted);
}

export function isForArchitecture(library: RidLibrary, architecture: string): boolean {
  return library.architecture === OF_PLATFORM[architecture];
}

/**
 * True where two names are of one library: packages put the CPU in (`libgrpc_csharp_ext.x64.so`), or the system of a
 * second build before it (`centos6-librdkafka.so`).
 */
export function isSameLibrary(name: string, other: string): boolean {
  const plain = (one: string) => wordsIn(one).reduce((text, word) => text.replace(word, ''), one.toLowerCase());
  return plain(name) === plain(other) || name.endsWith(`-${other}`);
}

/** The program that would load a library of an application: .NET of the image, where the application is a published one. */
export function dotnetOf(view: View, { application }: RidLibrary, env: readonly string[]): string | undefined {
  const directory = view.tree.resolve(application);
  const names = directory.found ? [...(directory.node.children?.keys() ?? [])] : [];
  if (!names.some((name) => name.endsWith('.deps.json'))) return undefined;
  const places = [...searchPath(env, '/'), '/usr/share/dotnet', '/usr/lib/dotnet', '/usr/local/dotnet', '/opt/dotnet'];
  for (const place of places) {
    const found = view.tree.resolve(`${place}/dotnet`);
    if (found.found && elfOf(found.node.entry) !== undefined) return found.path;
  }
  // An application that starts by itself stands beside its own description.
  const host = names.find((name) => name.endsWith('.deps.json'))!.slice(0, -'.deps.json'.length);
  const found = view.tree.resolve(`${application}/${host}`);
  return found.found && elfOf(found.node.entry) !== undefined ? found.path : undefined;
}
