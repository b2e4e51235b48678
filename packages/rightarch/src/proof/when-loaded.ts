import type { Platform } from '../core/index.ts';
import type { ElfFacts, ProgramFacts, TreeNode } from '../scan/index.ts';
import { libcOf } from './libraries.ts';
import type { ModuleLanguage } from './module-rules.ts';
import { elfOf, type View } from './view.ts';

/** A file that a running program opens as a library, and that is not made for it. */
export interface WrongFile {
  readonly path: string;
  readonly node: TreeNode;
  readonly language: ModuleLanguage;
  /** The program that opens it. */
  readonly runtime: string;
}

/**
 * What a program prints that opens a library for another CPU or system, measured on 2026-11-28 with Node 20.20, CPython
 * 3.11, glibc 2.36 and musl 1.2.3 (an arm64 extension of PyYAML; the same file with other headers). glibc skips a
 * library of another machine and then says of a file that plainly exists that it does not; musl looks at no machine
 * number and stops at the first relocation.
 */
export function saidWhenLoaded(view: View, { path, node, language, runtime }: WrongFile): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (language === 'python' && isUnseen(name, view.declared)) {
    return `ModuleNotFoundError: No module named '${dottedName(path)}'`;
  }
  const error = ERRORS[language];
  // What other libraries ask for is looked for by its name; a module is opened by its path.
  const asked = isModule(name, path) ? path : name;
  const elf = elfOf(node.entry);
  if (libcAt(view, runtime) === 'musl') {
    return elf === undefined
      ? `${error}: Error loading shared library ${asked}: Exec format error`
      : `${error}: Error relocating ${path}: …`;
  }
  return `${error}: ${asked}: ${loaderWords(elf, view.declared)}`;
}

/** How each begins the line; PHP goes on with a warning (seen with Ruby 3.1 and PHP 8.2 of Debian, 2026-11-28). */
const ERRORS: Readonly<Record<ModuleLanguage, string>> = {
  node: 'Error',
  python: 'ImportError',
  ruby: 'LoadError',
  php: 'Unable to load dynamic library',
};

/** What glibc says of a file that is opened by its path and is not for this CPU (elf/dl-load.c, open_verify). */
export function loaderWords(program: Pick<ProgramFacts, 'kind'> | undefined, declared: Platform): string {
  if (program?.kind !== 'elf') return 'invalid ELF header';
  const elf = program as ElfFacts;
  const bits = WIDTH_32.has(declared.architecture) ? 32 : 64;
  if (elf.bits !== bits) return `wrong ELF class: ELFCLASS${elf.bits}`;
  const big = BIG_ENDIAN.has(declared.architecture);
  if ((elf.endian === 'big') !== big) return `ELF file data encoding not ${big ? 'big' : 'little'}-endian`;
  return 'cannot open shared object file: No such file or directory';
}

const WIDTH_32 = new Set(['386', 'arm', 'mips', 'mipsle']);
const BIG_ENDIAN = new Set(['s390x', 'ppc64', 'mips', 'mips64']);

function libcAt(view: View, path: string): string | undefined {
  const found = view.tree.resolve(path);
  const facts = found.found ? elfOf(found.node.entry) : undefined;
  return facts === undefined ? undefined : libcOf(facts);
}

function isModule(name: string, path: string): boolean {
  return name.endsWith('.node') || (name.endsWith('.so') && !/\.libs\//.test(path) && !/^lib[^.]*\.so$/.test(name));
}

/** The first word of Python's own names for a platform (`sysconfig`, MULTIARCH). */
const TRIPLETS: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  '386': 'i386',
  arm: 'arm',
  ppc64le: 'powerpc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
};

/** A name that carries another platform is none that this Python looks for (`importlib.machinery.EXTENSION_SUFFIXES`). */
function isUnseen(name: string, declared: Platform): boolean {
  const triplet = /\.cpython-\d+t?-(.+)\.so$/.exec(name)?.[1];
  if (triplet === undefined) return false;
  return triplet.split('-')[0] !== TRIPLETS[declared.architecture] || /darwin/.test(triplet);
}

/** `yaml._yaml` for `…/site-packages/yaml/_yaml.cpython-311-aarch64-linux-gnu.so`. */
function dottedName(path: string): string {
  const inside = path.replace(/^.*\/(?:site|dist)-packages\//, '').replace(/^\//, '');
  const parts = inside.split('/');
  const last = parts.pop()!.replace(/\..*$/, '');
  return [...parts, last].join('.');
}
