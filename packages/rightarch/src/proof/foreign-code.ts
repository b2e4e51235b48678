import { type ArgsOf, type CodeId, diagnostic, remark } from '../messages/index.ts';
import { type ElfFacts, machineFit, machinePlatform, machineText, type TreeNode } from '../scan/index.ts';
import { parsePlatformPackage, swapCpuWord, wordsIn } from './cpu-words.ts';
import { dotnetOf, ridLibrary } from './dotnet.ts';
import { INTERPRETERS, interpreterExtension, witnessFor } from './interpreter-extensions.ts';
import type { Judgement } from './judgement.ts';
import { isOptional, packageOf } from './node-packages.ts';
import { siteOf } from './python-modules.ts';
import { runtimeOf } from './runtime-process.ts';
import { declaredText, elfOf, instructionOf, placeOf, type View } from './view.ts';
import { saidWhenLoaded } from './when-loaded.ts';

/** A program of the merged tree. */
export interface Found {
  readonly path: string;
  readonly node: TreeNode;
  readonly facts: ElfFacts;
}

/** What can start or load a program of the image. */
export interface Surroundings {
  readonly commands: ReadonlyMap<string, string>;
  readonly linked: ReadonlySet<string>;
  readonly runtimes: {
    readonly node: string | undefined;
    readonly python: string | undefined;
    /** Ruby and PHP. */
    readonly others: readonly string[];
  };
  /** Directories that hold a `.dist-info`. */
  readonly wheels: ReadonlySet<string>;
  readonly env: readonly string[];
}

/** The line of runc where the kernel refuses a program: what whoever calls it sees in its own words. */
export const refusedBy = (path: string): string => `exec ${path}: exec format error`;

/** The loader of a program: it opens a library as `dlopen` does, and says what it makes of it. */
function loaderOf(view: View, program: string): string {
  const found = view.tree.resolve(program);
  return (found.found ? elfOf(found.node.entry)?.interpreter : undefined) ?? 'ldd';
}

/** What a program that does not fit, and that nothing explains, does to the image. */
export function judgeForeign(
  view: View,
  found: Found,
  { commands, linked, runtimes, wheels, env }: Surroundings,
): Judgement {
  const { path, node, facts } = found;
  const declared = declaredText(view);
  const text = machineText(facts);
  const open = { verdict: 'undecided', path, node, evidence: text } as const;
  const refuted = { ...open, verdict: 'refuted' } as const;
  const tell = <Id extends CodeId>(id: Id, args: ArgsOf<Id>) => diagnostic(id, args, placeOf(view, path, node));
  const fit = machineFit(facts, view.declared);
  if (fit.fit === 'match' || facts.damaged) {
    return {
      ...open,
      diagnostic: tell('proof/damaged-program', { path, found: text }),
      needs: remark('whole', { path }),
    };
  }
  const command = commands.get(path);
  if (fit.fit === 'depends') {
    return {
      ...open,
      diagnostic: tell('proof/needs-cpu', { path, declared, found: text, needs: fit.needs, files: 1 }),
      needs: fit.level === undefined ? fit.needs : `x86-64-${fit.level}`,
    };
  }
  const made = instructionOf(view, node);
  if (command !== undefined) {
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-command', {
        path,
        command,
        declared,
        found: text,
        prints: refusedBy(path),
        ...made,
      }),
      witness: command,
    };
  }
  const owner = packageOf(path);
  const loadable = /\.node$|\.so(\.\d+)*$/.test(path) || linked.has(path);
  if (owner !== undefined && loadable && runtimes.node !== undefined) {
    if (isOptional(view.tree, owner)) {
      return {
        ...open,
        diagnostic: tell('proof/optional-module', { path, owner: owner.name, declared, found: text }),
        needs: remark('required', { name: owner.name }),
      };
    }
    const wanted = wantedPackage(view, owner.name, facts);
    const language = 'node' as const;
    // What npm links into .bin is executed, everything else is opened as a library.
    const prints =
      linked.has(path) && !path.endsWith('.node')
        ? refusedBy(path)
        : saidWhenLoaded(view, { path, node, language, runtime: runtimes.node });
    const args = { path, owner: owner.name, declared, found: text, files: 1, language, prints, ...made };
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', { ...args, ...(wanted !== undefined ? { wanted } : {}) }),
      witness: path.endsWith('.node') ? nodeWitness(path) : linked.has(path) ? path : nodeWitness(owner.path),
    };
  }
  const module = pythonModule(path, wheels);
  if (module !== undefined && runtimes.python !== undefined) {
    const language = 'python' as const;
    const prints = saidWhenLoaded(view, { path, node, language, runtime: runtimes.python });
    const args = { path, owner: module, declared, found: text, files: 1, language, prints, ...made };
    const name = module.replace(/\.(dist-info|libs)$/, '').replace(/\..*$/, '');
    // A name that this Python does not look for is not found; any other is opened, whatever is imported before it.
    const unseen = /No module named '([\w.]+)'/.exec(prints)?.[1];
    const opens = `${runtimes.python} -c 'import ctypes; ctypes.CDLL("${path.replaceAll('"', '\\"')}")' # import ${name}`;
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', args),
      witness: unseen === undefined ? opens : `${runtimes.python} -c 'import ${unseen}'`,
    };
  }
  const extension = interpreterExtension(view.tree, path);
  const interpreter =
    extension && runtimeOf(view, { env, cwd: '/' }, INTERPRETERS[extension.language], runtimes.others);
  if (extension !== undefined && interpreter !== undefined) {
    const { owner, language } = extension;
    const prints = saidWhenLoaded(view, { path, node, language, runtime: interpreter });
    const args = { path, owner, declared, found: text, files: 1, language, prints, ...made };
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', args),
      witness: witnessFor(extension, interpreter, path),
    };
  }
  const library = ridLibrary(path);
  const dotnet = library && dotnetOf(view, library, env);
  if (library !== undefined && dotnet !== undefined) {
    const args = { path, owner: library.name, declared, found: text, files: 1, language: 'dotnet' as const, ...made };
    return {
      ...refuted,
      diagnostic: tell('proof/wrong-cpu-module', args),
      witness: `${loaderOf(view, dotnet)} ${path}`,
    };
  }
  return {
    ...open,
    diagnostic: tell('proof/unexplained-machine-code', { path, declared, found: text, files: 1, ...made }),
    needs: remark('executed', { path }),
  };
}

export function nodeWitness(path: string): string {
  return `node -e 'require(${JSON.stringify(path).replaceAll("'", `'\\''`)})'`;
}

function wantedPackage(view: View, name: string, facts: ElfFacts): string | undefined {
  const found = machinePlatform(facts);
  if (parsePlatformPackage(name) === undefined || found === undefined) return undefined;
  const architecture = view.declared.architecture;
  return swapCpuWord(name, found, view.declared).find((other) => {
    const parsed = parsePlatformPackage(other);
    // Node's own words, since these are names of npm packages.
    return (
      parsed?.architecture === architecture &&
      /(^|[-_/])(x64|arm64|arm|ia32|riscv64|ppc64|s390x|loong64)([-_]|$)/.test(other)
    );
  });
}

/** The top-level package of a file that Python's import or the loader behind it opens; undefined for other files. */
export function pythonModule(path: string, wheels: ReadonlySet<string>): string | undefined {
  if (!/\.so(\.\d+)*$/.test(path)) return undefined;
  const site = siteOf(path, wheels)?.path;
  if (site === undefined) return undefined;
  const [top = ''] = path.slice(site.length + 1).split('/');
  const name = path.slice(path.lastIndexOf('/') + 1);
  const tagged = /\.(cpython-[^.]+|abi3|pypy[^.]+)\.so$/.test(name);
  // What only lies beside wheels may be a cache of them, or a library of the application's own.
  if (!/\/(?:site|dist)-packages$/.test(site) && (site.includes('/.cache/') || !(tagged || top.endsWith('.libs')))) {
    return undefined;
  }
  // A name that carries a CPU of its own is chosen by its package, not by import.
  return !tagged && wordsIn(name).length > 0 ? undefined : top;
}
