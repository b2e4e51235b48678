import type { Diagnostic } from '../core/index.ts';
import { diagnostic, type Remark, remark } from '../messages/index.ts';
import {
  type ElfFacts,
  isDeviceCode,
  machineFit,
  machineText,
  otherSystem,
  type TreeNode,
  type ZipFacts,
} from '../scan/index.ts';
import { wordsIn } from './cpu-words.ts';
import { type LoadFault, loadFault } from './load-fault.ts';
import { doesWithout } from './module-rules.ts';
import { isSomewhere } from './names-in-image.ts';
import { type RuntimeProcess, runtimeOf, startRuntime } from './runtime-process.ts';
import type { Obligation, Start, Verdict } from './types.ts';
import { declaredText, elfOf, placeOf, type View } from './view.ts';

/** What the archives that a JVM or Python reads came to. */
export interface ArchivesProof {
  readonly verdict: Verdict;
  readonly obligations: readonly Obligation[];
  readonly diagnostics: readonly Diagnostic[];
  readonly needs?: string | Remark;
}

interface Archive {
  readonly path: string;
  readonly node: TreeNode;
  readonly zip: ZipFacts;
}

/** One library of an archive for all its CPUs. */
interface Library {
  readonly archive: Archive;
  readonly member: string;
  readonly found: Map<string, ElfFacts>;
  /** Those for the declared CPU: one for each libc, where there are several. */
  readonly fitting: Member[];
}

interface Member {
  readonly archive: Archive;
  readonly path: string;
  readonly facts: ElfFacts;
}

const JAVA = /\.(jar|war|ear)$/i;
const PYTHON = /\.(pex|pyz|egg)$/i;
/** ELF files of other systems that set no EI_OSABI: jars keep them in directories of their own. */
const OTHER_SYSTEMS =
  /(^|[^a-z])(android|arm64-v8a|armeabi(-v7a)?|freebsd|openbsd|netbsd|dragonfly(bsd)?|solaris|sunos|illumos|aix|hpux)([^a-z]|$)/i;
/** CPUs that no container platform has a name for: jna, snappy-java and zstd-jni bring code for some. */
const OTHER_CPUS =
  /(?<![a-z0-9])(ppc|powerpc(64)?|mips(64)?(r6)?(el)?|sparc(v9|64)?|ia64|alpha|hppa|sh4|m68k)(?![a-z0-9])/g;
const NOISE = /linux|musl|glibc|gnueabihf|gnueabi|gnu|clang|gcc|manylinux|sysv/g;

/**
 * Native libraries inside the jars of an image with a JVM and the zipped programs of one with Python. A library that
 * is there for other CPUs and not for the declared one is undecided, and so is one that the JVM's loader would refuse for
 * what it is linked with: whether the application loads it, or does without it as many do, is not in the bytes. So is an
 * archive that could not be read to its end.
 */
export function proveArchives(view: View, start: Pick<Start, 'env' | 'cwd' | 'user'> & Partial<Start>): ArchivesProof {
  const archives: Archive[] = [];
  const runtimes = { java: false, python: false };
  const javas: string[] = [];
  for (const [path, node] of view.tree.walk()) {
    if (node.entry.type !== 'file') continue;
    const { program } = node.entry;
    const zip = program?.kind === 'zip' ? program : program?.kind === 'script' ? program.zip : undefined;
    if (zip !== undefined) archives.push({ path, node, zip });
    else if (elfOf(node.entry) !== undefined) {
      if (/\/(java|libjvm\.so)$/.test(path)) runtimes.java = true;
      if (path.endsWith('/java')) javas.push(path);
      if (/\/(python|pypy)[\d.]*$/.test(path)) runtimes.python = true;
    }
  }
  // Without what reads it an archive is data. A script with an archive behind it is started by its name.
  const isRead = ({ path, node }: Archive) =>
    (runtimes.java && JAVA.test(path)) ||
    (runtimes.python && (PYTHON.test(path) || (node.entry.program?.kind === 'script' && !JAVA.test(path))));
  const read = archives.filter(isRead);
  const declared = declaredText(view);
  const diagnostics: Diagnostic[] = [];
  const obligations: Obligation[] = [];
  const open = (needs: Remark, { path, node }: Archive, evidence: string, found: Diagnostic) => {
    first ??= needs;
    obligations.push({ step: 'machine-code', holds: 'unknown', subject: path, evidence, layer: node.layer });
    diagnostics.push(found);
  };
  let first: Remark | undefined;
  const libraries = librariesOf(read, view);
  const java = read.length === 0 ? undefined : startJava(view, start, javas);
  const isBundled = bundledIn(read);
  for (const library of libraries) {
    const { archive, member } = library;
    if (library.fitting.length > 0) {
      const refused =
        java && JAVA.test(archive.path) && !doesWithout(member)
          ? refusedBy(java, library, (name) => isBundled(name) || isSomewhere(view, name))
          : undefined;
      if (java === undefined || refused === undefined) continue;
      const { by, fault } = refused;
      const args = {
        path: by.path,
        owner: by.archive.path,
        runtime: java.path,
        language: 'java' as const,
        ...fault,
        needs: 'application',
        files: 1,
      };
      const place = placeOf(view, by.archive.path, by.archive.node);
      open(
        remark('loaded', { member: by.path }),
        by.archive,
        fault.prints,
        diagnostic('proof/module-undecided', args, place),
      );
      continue;
    }
    const found = [...library.found.keys()].join(', ');
    const args = { path: archive.path, member, declared, found };
    const place = placeOf(view, archive.path, archive.node);
    open(remark('loaded', { member }), archive, found, diagnostic('proof/archive-wrong-cpu', args, place));
  }
  for (const archive of read) {
    const { unread } = archive.zip;
    if (unread === undefined) continue;
    const args = { path: archive.path, why: unread };
    const place = placeOf(view, archive.path, archive.node);
    open(remark('contents', { path: archive.path }), archive, unread, diagnostic('proof/archive-unread', args, place));
  }
  return {
    verdict: obligations.length === 0 ? 'proven' : 'undecided',
    obligations,
    diagnostics,
    ...(first !== undefined ? { needs: first } : {}),
  };
}

/** The JVM, started. */
function startJava(
  view: View,
  start: Parameters<typeof startRuntime>[2],
  seen: readonly string[],
): RuntimeProcess | undefined {
  const path = runtimeOf(view, start, /^java$/, seen);
  return path === undefined ? undefined : startRuntime(view, path, start);
}

/**
 * Why a library does not load into the JVM, whichever of its members is taken: the one that was built for its libc tells
 * most. Undefined where one of them loads, or that is open. What stands in the archives or elsewhere in the image under a
 * name that is missing may have been loaded first: Java unpacks such libraries where it likes, one after the other.
 */
function refusedBy(
  { process }: RuntimeProcess,
  { fitting }: Library,
  isThere: (name: string) => boolean,
): { readonly by: Member; readonly fault: LoadFault } | undefined {
  const refused: { readonly by: Member; readonly fault: LoadFault }[] = [];
  for (const by of fitting) {
    const { facts, archive, path } = by;
    if (facts.partial || facts.type !== 3) return undefined;
    // Unpacked under a name that nobody knows before.
    const at = `/tmp/…/${path.slice(path.lastIndexOf('/') + 1)}`;
    const fault = loadFault(process.open({ path: at, node: archive.node, facts }).outcome, process.libc);
    if (fault === undefined || (fault.cause === 'library' && isThere(fault.library))) return undefined;
    refused.push({ by, fault });
  }
  return refused.find(({ fault }) => !fault.cause.endsWith('-module')) ?? refused[0];
}

/** The names of all libraries in some archives. */
function bundledIn(archives: readonly Archive[]): (name: string) => boolean {
  const names = new Set<string>();
  for (const { path, program } of archives.flatMap(({ zip }) => zip.natives)) {
    names.add(path.slice(path.lastIndexOf('/') + 1));
    if (program.kind === 'elf' && program.soname !== undefined) names.add(program.soname);
  }
  return (name) => names.has(name);
}

/** Libraries by their place and their name without any CPU: `linux/amd64/libx.so` and `linux/aarch64/libx.so` are one. */
function librariesOf(archives: readonly Archive[], view: View): readonly Library[] {
  const libraries = new Map<string, Library>();
  for (const archive of archives) {
    // Jars of one directory are one class path: netty has a jar for each CPU.
    const directory = archive.path.slice(0, archive.path.lastIndexOf('/'));
    for (const { path, program } of archive.zip.natives) {
      if (program.kind !== 'elf' || OTHER_SYSTEMS.test(innermost(path)) || otherSystem(program) !== undefined) continue;
      if (isDeviceCode(program) || (program.type !== 2 && program.type !== 3)) continue;
      const key = `${directory}\n${nameWithoutCpu(path)}`;
      const library: Library = libraries.get(key) ?? { archive, member: path, found: new Map(), fitting: [] };
      libraries.set(key, library);
      library.found.set(machineText(program), program);
      // The header says nothing of a level, so what matches matches.
      if (machineFit(program, view.declared).fit === 'match') library.fitting.push({ archive, path, facts: program });
    }
  }
  return [...libraries.values()];
}

/** The path within the innermost archive. */
function innermost(path: string): string {
  return path.slice(path.lastIndexOf('!/') + 1);
}

function nameWithoutCpu(path: string): string {
  // Only within the innermost archive: the jars of netty and javacpp carry the CPU in their own names.
  let name = innermost(path).toLowerCase().replaceAll('aarch_64', 'aarch64');
  for (const word of wordsIn(name)) name = name.replace(word, '');
  return name
    .replace(OTHER_CPUS, '')
    .replace(NOISE, '')
    .replace(/[^a-z]/g, '');
}
