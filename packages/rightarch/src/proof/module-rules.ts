import type { FileTree } from '../scan/index.ts';
import { parsePlatformPackage } from './cpu-words.ts';
import { packageOf } from './node-packages.ts';

export type ModuleLanguage = 'node' | 'python' | 'ruby' | 'php';

/** A native module of a package that Node's `require` can reach. */
export function nodeModule(path: string): boolean {
  if (!path.endsWith('.node') || packageOf(path) === undefined) return false;
  // What node-gyp leaves on its way to build/Release.
  return !path.includes('/obj.target/') && !path.includes('/build/Debug/');
}

/**
 * Libraries that the machine's driver brings into the container when it starts: they are in no image
 * (github.com/NVIDIA/libnvidia-container, nvc_info.c).
 */
const MOUNTED = /^lib(cuda|nvidia-[\w-]+|nvcuvid|cudadebugger|GLX_nvidia|EGL_nvidia)\.so(\.\d+)*$/;

/**
 * Modules whose packages ask for them in a `try` and do without. Looked up 2026-11-22: numba's threading layers
 * (numba.readthedocs.io, Threading Layers: tbb and omp need their library, workqueue is always there).
 */
const WITHOUT = [/\/site-packages\/numba\/np\/ufunc\/(tbbpool|omppool)\./];

/** True where a module that lacks this library harms nobody, or the library is not an image's to bring. */
export function worksWithout(path: string, library: string): boolean {
  return MOUNTED.test(library) || WITHOUT.some((pattern) => pattern.test(path));
}

/**
 * Libraries in jars whose owners have the same in Java and take that where one does not load. Netty's TLS and transports
 * (netty.io/wiki/forked-tomcat-native.html, native-transports.html: the JDK's are the default), lz4-java
 * (LZ4Factory.fastestInstance; github.com/lz4/lz4-java, README). Looked up 2026-11-29.
 */
const WITHOUT_IN_JAR = /(?:^|\/)META-INF\/native\/libnetty_|(?:^|\/)net\/jpountz\/util\//;

/** True where a library of a jar harms nobody by not loading. */
export function doesWithout(member: string): boolean {
  return WITHOUT_IN_JAR.test(member);
}

/** What is needed to build and not to serve, as in `node-packages.ts` (nextjs.org/docs, output: standalone). */
const BUILD_ONLY = /^@next\/swc-/;

/** True for a member of a family of per-platform packages that is not needed, or has a portable member beside it. */
export function hasOtherForm(tree: FileTree, path: string): boolean {
  const own = packageOf(path);
  const family = own === undefined ? undefined : parsePlatformPackage(own.name)?.family;
  if (own === undefined || family === undefined) return false;
  if (BUILD_ONLY.test(own.name)) return true;
  const beside = tree.resolve(own.path.slice(0, own.path.lastIndexOf('/')));
  const stem = family.slice(family.lastIndexOf('/') + 1);
  const names = beside.found ? [...(beside.node.children?.keys() ?? [])] : [];
  return names.some((name) => name.startsWith(stem) && name.includes('wasm'));
}
