import { type ElfFacts, machineFit, type TreeNode } from '../scan/index.ts';
import { INTERPRETERS, type InterpreterExtension, interpreterExtension } from './interpreter-extensions.ts';
import type { LoadAnswer } from './libraries.ts';
import { type ModuleLanguage, nodeModule } from './module-rules.ts';
import { isSomewhere } from './names-in-image.ts';
import { type NodeAbi, otherAbi } from './node-abi.ts';
import { isUsed, virtualEnvironment } from './python-environments.ts';
import {
  hasOtherModule,
  interpretersOf,
  isExtension,
  type Python,
  pythonAt,
  type Site,
  siteOf,
} from './python-modules.ts';
import { type RuntimeProcess, runtimeOf, startRuntime } from './runtime-process.ts';
import type { Start } from './types.ts';
import { elfOf, type View } from './view.ts';

/** A native module that fits the CPU. */
export interface Candidate {
  readonly path: string;
  readonly node: TreeNode;
  readonly facts: ElfFacts;
  /** Of Python: the directory on its path that the module belongs to. */
  readonly site?: Site;
  /** Of Ruby or PHP. */
  readonly extension?: InterpreterExtension;
}

/** One native module that a runtime of the image would open, and what comes of it. */
export interface Opened extends Candidate {
  readonly language: ModuleLanguage;
  readonly runtime: RuntimeProcess;
  readonly answer: LoadAnswer;
  /** The module was built for another NODE_MODULE_VERSION than the runtime has. */
  readonly abi?: NodeAbi;
}

/** An extension module that no Python of the image looks at, and the one that should. */
export interface Unseen extends Candidate {
  readonly site: Site;
  readonly python: Python;
  /** The Python is one of another version in the same place: nobody may want the directory. */
  readonly astray: boolean;
}

export interface Modules {
  readonly opened: readonly Opened[];
  readonly unseen: readonly Unseen[];
}

/**
 * Every native module of the image in the process that would load it: `.node` files of packages in Node, extension
 * modules of Python's sites in the Python that has the site on its path.
 */
export function openModules(view: View, start: Pick<Start, 'env' | 'cwd' | 'user'> & Partial<Start>): Modules {
  const { candidates, runtimes } = findModules(view);
  const opened: Opened[] = [];
  const unseen: Unseen[] = [];
  const started = new Map<string, RuntimeProcess | undefined>();
  const startOnce = (names: RegExp, below?: string): RuntimeProcess | undefined => {
    const seen = below === undefined ? runtimes : runtimes.filter((path) => path.startsWith(`${below}/bin/`));
    const path =
      below === undefined ? runtimeOf(view, start, names, seen) : seen.find((one) => names.test(nameOf(one)));
    return path === undefined ? undefined : startAt(path);
  };
  const startAt = (path: string): RuntimeProcess | undefined => {
    if (!started.has(path)) started.set(path, startRuntime(view, path, start));
    return started.get(path);
  };
  for (const module of candidates) {
    const { site, extension } = module;
    if (extension !== undefined) {
      const { language } = extension;
      const runtime = startOnce(INTERPRETERS[language]);
      if (runtime !== undefined) opened.push({ ...module, language, runtime, answer: runtime.process.open(module) });
      continue;
    }
    if (site === undefined) {
      const runtime = startOnce(/^(node|nodejs|bun)$/);
      if (runtime === undefined) continue;
      const answer = runtime.process.open(module);
      const abi = answer.outcome.kind === 'loaded' ? otherAbi(view, module.facts, runtime, runtimes) : undefined;
      opened.push({ ...module, language: 'node', runtime, answer, ...(abi !== undefined ? { abi } : {}) });
      continue;
    }
    const venv = virtualEnvironment(view, site);
    if (venv !== undefined && venv.version !== site.version) {
      const runtime = startAt(venv.python);
      if (runtime === undefined) continue;
      const python = pythonAt(view, runtime.path, runtime.process.libc);
      // Its Python looks in lib of its own version: nothing in here is found, whatever it is for.
      unseen.push({ ...module, site, python, astray: !isUsed(view, start, venv.prefix) });
      continue;
    }
    const own = startOnce(interpretersOf(site, start.env));
    const runtime = own ?? strangerOf(view, site, startOnce);
    if (runtime === undefined) continue;
    const python = pythonAt(view, runtime.path, runtime.process.libc);
    if (own !== undefined && python.accepts(nameOf(module.path)))
      opened.push({ ...module, language: 'python', runtime, answer: runtime.process.open(module) });
    // Debian's directory for all its Pythons is not on the path of another one.
    else if (site.version === undefined && site.path.startsWith('/usr/lib/python3/') && python.prefix !== '/usr')
      continue;
    else if (own === undefined || !hasOtherModule(view.tree, module.path, python))
      unseen.push({ ...module, site, python, astray: own === undefined });
  }
  return { opened, unseen };
}

/** Native modules that fit the CPU, and the runtimes that were seen. */
function findModules(view: View) {
  const found: Candidate[] = [];
  const runtimes: string[] = [];
  const wheels = new Set<string>();
  for (const [path, node] of view.tree.walk()) {
    if (node.children !== undefined && path.endsWith('.dist-info')) wheels.add(path.slice(0, path.lastIndexOf('/')));
    const facts = elfOf(node.entry);
    if (facts === undefined) continue;
    if (/\/(node|nodejs|bun|python[\d.]*t?|ruby[\d.]*|php(?:-fpm|-cgi)?[\d.]*)$/.test(path)) runtimes.push(path);
    if (facts.type !== 3 || facts.damaged || facts.partial || !/\.(?:node|so)$/.test(path)) continue;
    if (machineFit(facts, view.declared).fit === 'match') found.push({ path, node, facts });
  }
  const candidates = found.flatMap((module): Candidate[] => {
    if (nodeModule(module.path)) return [module];
    const extension = interpreterExtension(view.tree, module.path);
    if (extension !== undefined) return [{ ...module, extension }];
    const site = module.path.endsWith('.so') ? siteOf(module.path, wheels) : undefined;
    return site !== undefined && isExtension(site, module.path) ? [{ ...module, site }] : [];
  });
  return { candidates, runtimes };
}

/** Where a site's own version is nowhere, not even as a library that a program embeds: another Python of that prefix. */
function strangerOf(
  view: View,
  site: Site,
  startOnce: (names: RegExp, below: string) => RuntimeProcess | undefined,
): RuntimeProcess | undefined {
  const prefix = /^(.*)\/lib(?:64)?\/python[^/]+\//.exec(`${site.path}/`)?.[1];
  if (prefix === undefined || site.version === undefined) return undefined;
  if (isSomewhere(view, `libpython${site.version}.so.1.0`)) return undefined;
  return startOnce(/^python\d\.\d+t?$/, prefix);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
