import type { Platform } from '../core/index.ts';
import { type ElfFacts, loaderAbi, machineFit, machineText, type TreeNode } from '../scan/index.ts';
import { builtInDirectories, cachedPath, muslDirectories, type Preload, preloads } from './loader-files.ts';
import { compareVersions, type MissingVersion } from './symbol-versions.ts';
import { type Identity, permits } from './user.ts';
import { elfOf, programText, type View, variable } from './view.ts';

/** A program that was found to be executable, and what its loader goes by. */
export interface LoadQuestion {
  readonly view: View;
  readonly program: { readonly path: string; readonly node: TreeNode; readonly facts: ElfFacts };
  readonly loader: { readonly path: string; readonly node: TreeNode };
  readonly env: readonly string[];
  readonly cwd: string;
  readonly identity: Identity;
}

export interface Library {
  readonly path: string;
  readonly node: TreeNode;
  readonly evidence: string;
}

/** What a loader makes of a program's DT_NEEDED. `skipped` are files of another CPU that it passes over. */
export interface LoadAnswer {
  readonly libraries: readonly Library[];
  readonly skipped: readonly string[];
  /** Preloads that could not be loaded: the loader goes on without them, glibc's with a message. */
  readonly ignored: readonly (Preload & { readonly says: string })[];
  readonly outcome:
    | { readonly kind: 'loaded' }
    | { readonly kind: 'missing'; readonly name: string; readonly neededBy: string }
    | {
        readonly kind: 'unusable';
        readonly path: string;
        readonly node: TreeNode;
        readonly found: string;
        readonly says: string;
        /** The loader has it in its list when it fails: that ends a start, whoever asked for it. */
        readonly isListed?: true;
      }
    /** All are there, and one is too old. The program itself has no path here: its loader calls it by argv[0]. */
    | { readonly kind: 'too-old'; readonly missing: readonly [MissingVersion, ...MissingVersion[]] }
    | { readonly kind: 'undecided'; readonly path: string; readonly node?: TreeNode; readonly needs: string }
    /** A loader whose rules are not known here: nothing is claimed about libraries. */
    | { readonly kind: 'not-judged' };
}

export type Libc = 'glibc' | 'musl' | 'static' | 'other';

/** Whose loader a program asks for. */
export function libcOf({ interpreter }: Pick<ElfFacts, 'interpreter'>): Libc {
  if (interpreter === undefined) return 'static';
  const name = interpreter.slice(interpreter.lastIndexOf('/') + 1);
  if (name.startsWith('ld-musl-')) return 'musl';
  return /^(ld-linux[^/]*\.so\.\d+|ld64\.so\.\d+|ld\.so\.1)$/.test(name) ? 'glibc' : 'other';
}

/**
 * Segments whose offset and address differ within the smallest page of any Linux that runs containers: the kernel ends
 * such a program before its first instruction (seen on x86-64 with 6.18, 2026-11-28), and no loader maps such a library.
 */
export function isUnaligned({ pages }: ElfFacts): boolean {
  return pages !== undefined && pages < 4096;
}

/** An object in the order in which it was loaded, with who asked for it first: RPATH is inherited along that chain. */
interface Loaded {
  readonly path: string;
  /** For `$ORIGIN`. */
  readonly origin: string;
  readonly facts: ElfFacts;
  readonly parent: Loaded | undefined;
}

/** A closure larger than any program's; ends what a hostile image could make of it. */
const MAX_LIBRARIES = 2000;
const MAX_DIRECTORIES = 256;
const EM_ARM = 40;
const ELFOSABI_ARM_AEABI = 64;
const NOT_FOUND = 'cannot open shared object file';

/**
 * A static ldd: every DT_NEEDED of a program and of its libraries, found by the rules of its loader (glibc's
 * elf/dl-load.c, musl's ldso/dynlink.c) with the libraries, the cache and the directories of the image. Breadth first,
 * as they do, so that the first library that is missing is the one that they name. Symbol versions are compared where
 * the loader compares them, symbols are not.
 */
export function findLibraries(question: LoadQuestion): LoadAnswer {
  return openProcess(question)?.start() ?? { libraries: [], skipped: [], ignored: [], outcome: { kind: 'not-judged' } };
}

/** A program with its libraries, into which modules are loaded. */
export interface Process {
  readonly libc: 'glibc' | 'musl';
  /** What the loader does before the program runs. Ask first. */
  start(): LoadAnswer;
  /** What dlopen of one file comes to in the process as it is after its start; each is asked for by itself. */
  open(module: { readonly path: string; readonly node: TreeNode; readonly facts: ElfFacts }): LoadAnswer;
}

/** Undefined for a program whose loader's rules are not known here. */
export function openProcess(question: LoadQuestion): Process | undefined {
  const libc = libcOf(question.program.facts);
  return libc === 'glibc' || libc === 'musl' ? new Loader(question, libc) : undefined;
}

class Loader implements Process {
  readonly #question: LoadQuestion;
  readonly libc: 'glibc' | 'musl';
  readonly #declared: Platform;
  /** What the loader was built for, else what the program states. */
  readonly #abi: string | undefined;
  #libraries: Library[] = [];
  #skipped: string[] = [];
  readonly #ignored: (Preload & { readonly says: string })[] = [];
  readonly #preloads: readonly Preload[] | undefined;
  /** Names that are there already, what was asked for and what the libraries call themselves, with what they stand for. */
  #names = new Map<string, Loaded | undefined>();
  #nodes = new Map<TreeNode, Loaded | undefined>();
  /** What modules are loaded by: RPATH of the program holds for them. */
  readonly #main: Loaded;
  readonly #environment: readonly string[];
  readonly #system: readonly string[] | undefined;
  /** Where something could not be followed, a missing library is not certain. */
  #doubt: string | undefined;
  #aside = false;

  constructor(question: LoadQuestion, libc: 'glibc' | 'musl') {
    const { view, env, loader, program, identity } = question;
    this.#question = question;
    this.libc = libc;
    this.#declared = view.declared;
    this.#abi = loaderAbi(elfOf(loader.node.entry) ?? program.facts) ?? loaderAbi(program.facts);
    const { mode, uid, gid, xattrs } = program.node.entry;
    // AT_SECURE: the loader does not look at the environment of a program that gains rights (ld.so(8)).
    const secure =
      ((mode & 0o4000) !== 0 && uid !== identity.uid) ||
      ((mode & 0o2000) !== 0 && gid !== identity.gids[0]) ||
      (identity.uid !== 0 && xattrs !== undefined && Object.hasOwn(xattrs, 'security.capability'));
    const path = secure ? '' : (variable(env, 'LD_LIBRARY_PATH') ?? '');
    this.#preloads = preloads(view.tree, libc, secure ? '' : (variable(env, 'LD_PRELOAD') ?? ''));
    this.#environment = path === '' ? [] : path.split(libc === 'glibc' ? /[:;]/ : /[:\n]/);
    this.#system =
      libc === 'musl' ? muslDirectories(view.tree, program.facts.interpreter!) : builtInDirectories(loader.node);
    const own = elfOf(loader.node.entry);
    const interpreter = program.facts.interpreter!;
    const itself =
      own === undefined
        ? undefined
        : { path: interpreter, origin: directoryOf(interpreter), facts: own, parent: undefined };
    for (const name of [baseName(interpreter), own?.soname]) if (name !== undefined) this.#names.set(name, itself);
    this.#nodes.set(loader.node, itself);
    this.#main = { path: program.path, origin: directoryOf(program.path), facts: program.facts, parent: undefined };
  }

  start(): LoadAnswer {
    const objects = [this.#main];
    if (this.#preloads === undefined) {
      return this.#answer({ kind: 'undecided', path: '/etc/ld.so.preload', needs: 'preloads' });
    }
    for (const preload of this.#preloads) {
      const found = this.#need(preload.name, this.#main);
      if (found === undefined) continue;
      if (!('kind' in found)) objects.push(found);
      else if (found.kind === 'undecided' || (found.kind === 'unusable' && found.isListed)) return this.#answer(found);
      else {
        // It may still be needed by somebody, and then it must be there.
        this.#names.delete(preload.name);
        this.#ignored.push({ ...preload, says: 'says' in found ? found.says : NOT_FOUND });
      }
    }
    return this.#close(objects);
  }

  open({ path, node, facts }: Parameters<Process['open']>[0]): LoadAnswer {
    return this.#apart(() => {
      this.#doubt = undefined;
      const module = { path, origin: directoryOf(path), facts, parent: this.#main };
      if (facts.soname !== undefined) this.#names.set(facts.soname, module);
      this.#nodes.set(node, module);
      return this.#close([module]);
    });
  }

  /** Everything that some objects bring with them, in their order. */
  #close(first: readonly Loaded[]): LoadAnswer {
    const { program } = this.#question;
    const queue: Loaded[] = [...first];
    const objects: Loaded[] = [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      objects.push(next);
      if (next.facts.unread === true) return this.#answer({ kind: 'undecided', path: next.path, needs: 'partial' });
      for (const name of next.facts.needed ?? []) {
        const found = this.#need(name, next);
        if (found === undefined) continue;
        if ('kind' in found) return this.#answer(found);
        queue.push(found);
        if (this.#libraries.length > MAX_LIBRARIES) {
          return this.#answer({ kind: 'undecided', path: program.path, needs: 'partial' });
        }
      }
    }
    if (this.libc === 'musl') return this.#answer({ kind: 'loaded' });
    const versions = compareVersions(objects, (name) => this.#names.get(name));
    if (versions.kind === 'missing') return this.#answer({ kind: 'too-old', missing: versions.missing });
    if (versions.kind === 'undecided') {
      return this.#answer({ kind: 'undecided', path: versions.path, needs: 'symbol-versions' });
    }
    return this.#answer({ kind: 'loaded' });
  }

  #answer(outcome: LoadAnswer['outcome']): LoadAnswer {
    return { libraries: this.#libraries, skipped: this.#skipped, ignored: this.#ignored, outcome };
  }

  /** One DT_NEEDED: undefined where it is there already. */
  #need(name: string, by: Loaded): Loaded | LoadAnswer['outcome'] | undefined {
    if (this.#names.has(name) || name === '') return undefined;
    // musl answers for these itself (dynlink.c, load_library: "lib" and one of c pthread rt m dl util xnet).
    if (this.libc === 'musl' && /^lib(c|pthread|rt|m|dl|util|xnet)\./.test(name)) return undefined;
    this.#names.set(name, undefined);
    let level: string | undefined;
    for (const candidate of name.includes('/') ? [this.#expand(name, by)] : this.#candidates(name, by)) {
      if (candidate === undefined) continue;
      const copies = typeof candidate === 'string' ? this.#levelCopies(candidate) : [this.#copyAt(candidate.better)];
      for (const copy of copies) {
        if (copy === undefined) continue;
        level ??= copy.level;
        const outcome = this.#judgeCopy(copy, by);
        if (outcome !== undefined) return outcome;
      }
      if (typeof candidate !== 'string') continue;
      const tried = this.#try(candidate, by);
      if (tried === undefined) continue;
      if (tried === 'loaded') {
        const there = this.#question.view.tree.resolve(candidate);
        if (there.found) this.#names.set(name, this.#nodes.get(there.node));
        return undefined;
      }
      if (!('kind' in tried)) this.#names.set(name, tried);
      return tried;
    }
    if (level !== undefined) return { kind: 'undecided', path: name, needs: level };
    if (this.#doubt !== undefined) return { kind: 'undecided', path: name, needs: this.#doubt };
    return { kind: 'missing', name, neededBy: by.path };
  }

  /** Every path at which the loader looks for a name, in its order. */
  *#candidates(name: string, by: Loaded): Generator<string | { readonly better: string } | undefined> {
    const { view } = this.#question;
    const inAll = function* (directories: readonly (string | undefined)[]) {
      for (const directory of directories.slice(0, MAX_DIRECTORIES)) {
        if (directory !== undefined) yield `${directory}/${name}`;
      }
    };
    const environment = this.#environment.map((directory) => this.#expand(directory === '' ? '.' : directory, by));
    if (this.libc === 'musl') {
      yield* inAll(environment);
      for (let at: Loaded | undefined = by; at !== undefined; at = at.parent) yield* inAll(this.#path(at, 'both'));
      yield* inAll(this.#system ?? []);
      return;
    }
    if (by.facts.runpath === undefined) {
      for (let at: Loaded | undefined = by; at !== undefined; at = at.parent) yield* inAll(this.#path(at, 'rpath'));
    }
    yield* inAll(environment);
    yield* inAll(this.#path(by, 'runpath'));
    const cached = cachedPath(view.tree, name, { declared: view.declared, abi: this.#abi });
    if (this.#system === undefined) this.#doubt ??= 'loader-directories';
    const system = this.#system ?? [];
    // DF_1_NODEFLIB: nothing out of the loader's own directories, by the cache neither (elf/dl-load.c, _dl_map_object).
    const isAllowed = (path: string) =>
      by.facts.noDefaults !== true || !system.some((directory) => path.startsWith(`${directory}/`));
    if (cached.ok === false) this.#doubt = 'loader-cache';
    else {
      if (cached.better !== undefined && isAllowed(cached.better)) yield { better: cached.better };
      if (cached.path !== undefined && isAllowed(cached.path)) yield cached.path;
    }
    if (by.facts.noDefaults !== true) yield* inAll(system);
  }

  /** The directories of RPATH or RUNPATH. glibc leaves RPATH alone where there is a RUNPATH; musl has one list. */
  #path(at: Loaded, which: 'rpath' | 'runpath' | 'both'): readonly (string | undefined)[] {
    const { rpath, runpath } = at.facts;
    const text = which === 'runpath' || runpath !== undefined ? (which === 'rpath' ? undefined : runpath) : rpath;
    return text === undefined || text === ''
      ? []
      : text.split(':').map((directory) => this.#expand(directory === '' ? '.' : directory, at));
  }

  /** `$ORIGIN` filled in; undefined, and a doubt, for what depends on the CPU or the loader's own build. */
  #expand(path: string, at: Loaded): string | undefined {
    const filled = path.replace(/\$(?:ORIGIN\b|\{ORIGIN\})/g, at.origin);
    if (/\$(?:LIB|PLATFORM|\{(?:LIB|PLATFORM)\})/.test(filled)) {
      this.#doubt = 'loader-tokens';
      return undefined;
    }
    return filled.startsWith('/') ? filled : `${this.#question.cwd}/${filled}`;
  }

  /** One file: undefined where the loader goes on looking. */
  #try(path: string, by: Loaded): Loaded | 'loaded' | LoadAnswer['outcome'] | undefined {
    const { view, identity, program } = this.#question;
    const found = view.tree.resolve(path);
    if (!found.found) return undefined;
    const { node } = found;
    if (this.#nodes.has(node)) return 'loaded';
    const may = [permits(node, identity, 'r'), ...found.searched.map((one) => permits(one, identity, 'x'))];
    if (may.includes(false)) return undefined;
    const open = may.find((one) => typeof one === 'string');
    if (open !== undefined) return { kind: 'undecided', path: found.path, node, needs: open };
    const text = programText(node.entry);
    const unusable = (says: string): LoadAnswer['outcome'] => ({
      kind: 'unusable',
      path: found.path,
      node,
      found: text,
      says: this.libc === 'glibc' ? `${path}: ${says}` : `Error loading shared library ${path}: Exec format error`,
    });
    const facts = elfOf(node.entry);
    if (facts === undefined) {
      return unusable(node.entry.type === 'file' && node.entry.size < 64 ? 'file too short' : 'invalid ELF header');
    }
    const own = program.facts;
    if (this.libc === 'glibc') {
      if (facts.bits !== own.bits) return this.#skip(found.path);
      if (facts.endian !== own.endian) {
        return unusable(`ELF file data encoding not ${own.endian === 'little' ? 'little' : 'big'}-endian`);
      }
      // Only System V and GNU/Linux (elf/dl-load.c, VALID_ELF_OSABI), and on ARM its own number.
      const isArms = facts.osAbi === ELFOSABI_ARM_AEABI && own.machine === EM_ARM;
      if (facts.osAbi !== 0 && facts.osAbi !== 3 && !isArms) return unusable('ELF file OS ABI invalid');
      if (facts.machine !== own.machine) return this.#skip(found.path);
      const [abi, ownAbi] = [loaderAbi(facts), this.#abi];
      if (abi !== undefined && ownAbi !== undefined && abi !== ownAbi) return this.#skip(found.path);
    } else if (facts.bits !== own.bits) {
      return unusable('Exec format error');
    } else if (facts.machine !== own.machine) {
      // It looks at no machine number and stops at the first relocation (ldso/dynlink.c; seen with 1.2.3, 2026-11-28).
      const says = `Error relocating ${path}: …`;
      return { kind: 'unusable', path: found.path, node, found: text, says, isListed: true };
    }
    const fit = machineFit(facts, this.#declared);
    if (fit.fit !== 'match') {
      const needs = fit.fit === 'depends' ? (fit.level === undefined ? fit.needs : `x86-64-${fit.level}`) : 'damaged';
      return { kind: 'undecided', path: found.path, node, needs };
    }
    if (facts.damaged || facts.partial) {
      if (node.entry.size < 64) return unusable('file too short');
      return { kind: 'undecided', path: found.path, node, needs: 'damaged' };
    }
    if (isUnaligned(facts)) return { kind: 'undecided', path: found.path, node, needs: 'unaligned' };
    if (facts.type !== 2 && facts.type !== 3) return unusable('only ET_DYN and ET_EXEC can be loaded');
    if (facts.type === 2) return unusable('cannot dynamically load executable');
    const loaded: Loaded = { path, origin: directoryOf(path), facts, parent: by };
    this.#nodes.set(node, loaded);
    if (facts.soname !== undefined) this.#names.set(facts.soname, loaded);
    this.#libraries.push({ path: found.path, node, evidence: [...found.through, machineText(facts)].join(', ') });
    return loaded;
  }

  #skip(path: string): undefined {
    this.#skipped.push(path);
    return undefined;
  }

  /** Copies under glibc-hwcaps that a CPU better than the platform's baseline would take instead. */
  #levelCopies(path: string): readonly (LevelCopy | undefined)[] {
    if (this.libc !== 'glibc') return [];
    const levels = this.#question.view.tree.resolve(`${directoryOf(path)}/glibc-hwcaps`);
    if (!levels.found) return [];
    return [...(levels.node.children?.keys() ?? [])].map((level) =>
      this.#copyAt(`${levels.path}/${level}/${baseName(path)}`),
    );
  }

  /** Undefined where nothing is there, or no CPU of the platform has such a level. */
  #copyAt(path: string): LevelCopy | undefined {
    const { view } = this.#question;
    const level = /\/glibc-hwcaps\/([^/]+)\/[^/]+$/.exec(path)?.[1];
    if (level === undefined || !LEVELS[view.declared.architecture]?.test(level)) return undefined;
    const found = view.tree.resolve(path);
    return found.found ? { level, path, node: found.node } : undefined;
  }

  /** Where the copy is not sound, or brings libraries that are not there, the CPU decides. */
  #judgeCopy({ level, path, node }: LevelCopy, by: Loaded): LoadAnswer['outcome'] | undefined {
    const undecided = { kind: 'undecided', path, node, needs: level } as const;
    const facts = elfOf(node.entry);
    if (facts === undefined || facts.damaged || facts.type !== 3) return undecided;
    // What stands behind a copy is asked without copies of its own: each is met by itself where it is needed.
    if (this.#aside) return undefined;
    this.#aside = true;
    try {
      const { outcome } = this.#apart(() => this.#close([{ path, origin: directoryOf(path), facts, parent: by }]));
      return outcome.kind === 'loaded' ? undefined : undecided;
    } finally {
      this.#aside = false;
    }
  }

  /** Runs something that loads, and forgets what it loaded. */
  #apart<T>(work: () => T): T {
    const before = [this.#names, this.#nodes, this.#libraries, this.#skipped, this.#doubt] as const;
    this.#names = new Map(this.#names);
    this.#nodes = new Map(this.#nodes);
    this.#libraries = [];
    this.#skipped = [];
    try {
      return work();
    } finally {
      [this.#names, this.#nodes, this.#libraries, this.#skipped, this.#doubt] = before;
    }
  }
}

interface LevelCopy {
  readonly level: string;
  readonly path: string;
  readonly node: TreeNode;
}

/** The names of glibc-hwcaps by architecture (sysdeps/<cpu>/dl-hwcaps-subdirs.c); the others have none. */
const LEVELS: Readonly<Record<string, RegExp>> = {
  amd64: /^x86-64-v[234]$/,
  ppc64le: /^power(9|10|11)$/,
  s390x: /^z1[3-9]$/,
};

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
