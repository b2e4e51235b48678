import { diagnostic } from '../messages/index.ts';
import { type ElfFacts, machineFit, type TreeNode } from '../scan/index.ts';
import type { LoadAnswer } from './libraries.ts';
import { choiceOf, fateOf, isForOtherLibc } from './module-choice.ts';
import {
  hasOtherForm,
  isForeignRuntime,
  type ModuleLanguage,
  nodeModule,
  pythonExtension,
  worksWithout,
} from './module-rules.ts';
import { isOptional, packageOf } from './node-packages.ts';
import { type RuntimeProcess, runtimeOf, startRuntime } from './runtime-process.ts';
import type { PartProof } from './structure.ts';
import type { Obligation, Start } from './types.ts';
import { elfOf, instructionOf, placeOf, type View } from './view.ts';

export interface ModulesProof extends PartProof {
  readonly witness?: string;
}

/** One native module that a runtime of the image would open, and what comes of it. */
interface Opened {
  readonly path: string;
  readonly node: TreeNode;
  readonly facts: ElfFacts;
  readonly language: ModuleLanguage;
  readonly runtime: RuntimeProcess;
  readonly answer: LoadAnswer;
}

/** More of one kind than this is told as a number. */
const SHOWN = 10;
/** Modules that are listed one by one; a scientific Python has thousands. */
const LISTED = 100;

/**
 * The libraries of every native module that fits the CPU, in the process that would load it: `.node` files of
 * packages in Node, extension modules on the path of Python. `skip` are packages that were refuted already.
 */
export function proveModules(
  view: View,
  { start, skip }: { readonly start: Pick<Start, 'env' | 'cwd' | 'user'>; readonly skip: ReadonlySet<string> },
): ModulesProof {
  const opened = openAll(view, start);
  const loading: Opened[] = [];
  const loads = new Set<string>();
  for (const one of opened) {
    if (one.answer.outcome.kind !== 'loaded' || isForOtherLibc(one, one.runtime.process.libc)) continue;
    const choice = choiceOf(one, view);
    if (choice === undefined) continue;
    loads.add(choice);
    loading.push(one);
  }
  const found: Found[] = [];
  let chosen = 0;
  for (const one of opened) {
    if (one.answer.outcome.kind === 'loaded' || skip.has(packageOf(one.path)?.name ?? '')) continue;
    // A package that brings one for each libc or ABI needs one that loads.
    const choice = choiceOf(one, view);
    const fate = choice === undefined || loads.has(choice) ? 'unopened' : fateOf(one, loading);
    if (fate === 'unopened') {
      chosen++;
      continue;
    }
    const judged = judge(view, one, fate);
    if (judged !== undefined) found.push(judged);
  }
  return conclude(view, { opened, found, chosen });
}

function openAll(view: View, start: Pick<Start, 'env' | 'cwd' | 'user'>): readonly Opened[] {
  const modules: Omit<Opened, 'runtime' | 'answer'>[] = [];
  const runtimes: string[] = [];
  for (const [path, node] of view.tree.walk()) {
    const facts = elfOf(node.entry);
    if (facts === undefined) continue;
    if (/\/(node|nodejs|bun|python[\d.]+)$/.test(path)) runtimes.push(path);
    const language = nodeModule(path) ? 'node' : pythonExtension(path) ? 'python' : undefined;
    if (language === undefined || facts.type !== 3 || facts.damaged || facts.partial) continue;
    if (machineFit(facts, view.declared).fit === 'match') modules.push({ path, node, facts, language });
  }
  if (modules.length === 0) return [];
  const started = new Map<string, RuntimeProcess | undefined>();
  const startOnce = (names: RegExp): RuntimeProcess | undefined => {
    const path = runtimeOf(view, start, names, runtimes);
    if (path === undefined) return undefined;
    if (!started.has(path)) started.set(path, startRuntime(view, path, start));
    return started.get(path);
  };
  const opened: Opened[] = [];
  for (const module of modules) {
    const names = module.language === 'node' ? /^(node|nodejs|bun)$/ : pythonNames(module.path);
    const runtime = startOnce(names);
    if (runtime === undefined || isForeignRuntime(module.path, runtime.process.libc)) continue;
    opened.push({ ...module, runtime, answer: runtime.process.open(module) });
  }
  return opened;
}

/** The interpreter of a module's own directory or tag; any where neither names one. */
function pythonNames(path: string): RegExp {
  const tag = /\.cpython-(\d)(\d+)t?-[^/]*\.so$/.exec(path);
  const directory = /\/python(\d)\.(\d+)t?\//.exec(path);
  const match = tag ?? directory;
  return match === null ? /^python[\d.]+$/ : new RegExp(`^python${match[1]}\\.${match[2]}t?$`);
}

interface Found {
  readonly refutes: boolean;
  readonly module: Opened;
  readonly seen: string;
  readonly diagnostic: ReturnType<typeof diagnostic>;
}

function judge(view: View, module: Opened, fate: 'opened' | 'unknown'): Found | undefined {
  const { path, node, facts, language, runtime, answer } = module;
  const { outcome } = answer;
  const musl = runtime.process.libc === 'musl';
  const owner = language === 'node' ? (packageOf(path)?.name ?? path) : pythonPackage(path);
  const tell = (cause: Cause, library: string, prints: string): Found | undefined => {
    if (worksWithout(path, library) || hasOtherForm(view.tree, path)) return undefined;
    const needs = fate === 'unknown' ? 'chosen' : openQuestion(view, module, library);
    const args = { path, owner, runtime: runtime.path, language, cause, library, prints };
    const made = instructionOf(view, node);
    return {
      refutes: needs === undefined,
      module,
      seen: prints,
      diagnostic:
        needs === undefined
          ? diagnostic('proof/module-not-loadable', { ...args, files: 1, ...made }, placeOf(view, path, node))
          : diagnostic('proof/module-undecided', { ...args, needs, files: 1 }, placeOf(view, path, node)),
    };
  };
  if (outcome.kind === 'missing') {
    const { name, neededBy } = outcome;
    const prints = musl
      ? `Error loading shared library ${name}: No such file or directory (needed by ${neededBy})`
      : `${name}: cannot open shared object file: No such file or directory`;
    const other = musl ? /^ld-linux|^ld64\.so/.test(name) : /^libc\.musl-|^ld-musl-/.test(name);
    return tell(other ? (musl ? 'glibc-module' : 'musl-module') : 'library', name, prints);
  }
  if (outcome.kind === 'too-old') {
    const [{ version, library, neededBy }] = outcome.missing;
    return tell('version', version, `${library}: version \`${version}' not found (required by ${neededBy.path})`);
  }
  if (outcome.kind === 'unusable') {
    return tell('unusable', outcome.path, musl ? `Error loading shared library ${outcome.says}` : outcome.says);
  }
  if (outcome.kind !== 'undecided') return undefined;
  const args = { path, owner, runtime: runtime.path, language, cause: 'library' as const, library: outcome.path };
  const at = placeOf(view, path, node);
  return {
    refutes: false,
    module: { ...module, facts },
    seen: outcome.needs,
    diagnostic: diagnostic('proof/module-undecided', { ...args, prints: '', needs: outcome.needs, files: 1 }, at),
  };
}

type Cause = 'library' | 'version' | 'unusable' | 'musl-module' | 'glibc-module';

/** The one fact that keeps a module that does not load from refuting its image; undefined where there is none. */
function openQuestion(view: View, { path, language }: Opened, library: string): string | undefined {
  const own = packageOf(path);
  if (language === 'node' && own !== undefined && isOptional(view.tree, own)) return 'required';
  // A package may open a library by its path first, and the loader then has it by its name.
  if (!library.includes('/') && isSomewhere(view, library)) return 'preloaded';
  // Of a Python package only what stands at its top is imported with it for certain.
  if (language === 'python' && depthOf(path) > 2) return 'imported';
  return undefined;
}

function depthOf(path: string): number {
  return path.slice(path.search(/\/(site|dist)-packages\//)).split('/').length - 2;
}

function pythonPackage(path: string): string {
  const name = /\/(?:site|dist)-packages\/([^/]+)/.exec(path)?.[1] ?? path;
  return name.replace(/\..*$/, '');
}

const located = new WeakMap<View['tree'], ReadonlySet<string>>();

function isSomewhere(view: View, name: string): boolean {
  let names = located.get(view.tree);
  if (names === undefined) {
    const all = new Set<string>();
    for (const [path, node] of view.tree.walk()) {
      const facts = elfOf(node.entry);
      if (facts === undefined || machineFit(facts, view.declared).fit !== 'match') continue;
      all.add(path.slice(path.lastIndexOf('/') + 1));
      if (facts.soname !== undefined) all.add(facts.soname);
    }
    names = all;
    located.set(view.tree, names);
  }
  return names.has(name);
}

function conclude(
  view: View,
  {
    opened,
    found,
    chosen,
  }: { readonly opened: readonly Opened[]; readonly found: readonly Found[]; readonly chosen: number },
): ModulesProof {
  if (opened.length === 0) return { verdict: 'proven', obligations: [], diagnostics: [] };
  const loaded = opened.filter(({ answer }) => answer.outcome.kind === 'loaded');
  const refuted = found.find(({ refutes }) => refutes);
  const open = found.find(({ refutes }) => !refutes);
  const runtimes = [...new Set(opened.map(({ runtime }) => `${runtime.path} (${runtime.process.libc})`))];
  const twins = chosen > 0 ? `, ${chosen} for another libc or ABI beside them` : '';
  const obligations: Obligation[] = [
    {
      step: 'module',
      holds: refuted !== undefined ? false : open !== undefined ? 'unknown' : true,
      subject: runtimes.join(', '),
      evidence: `${loaded.length} of ${opened.length} native modules load${twins}`,
    },
  ];
  const list = (one: Opened, holds: Obligation['holds'], evidence: string) => {
    const { layer } = one.node;
    obligations.push({ step: 'module', holds, subject: one.path, evidence, ...(layer > 0 ? { layer } : {}) });
  };
  for (const { refutes, module, seen } of found.slice(0, LISTED)) list(module, refutes ? false : 'unknown', seen);
  for (const one of loaded.slice(0, LISTED)) {
    const own = one.answer.libraries.map(({ path }) => path);
    list(one, true, own.length === 0 ? 'libraries of the process' : own.join(', '));
  }
  const diagnostics = group(found);
  const shown = diagnostics.slice(0, SHOWN);
  if (diagnostics.length > SHOWN) {
    const args = { code: 'proof/module-not-loadable', count: diagnostics.length - SHOWN };
    shown.push(diagnostic('proof/more-files', args, placeOf(view)));
  }
  return {
    verdict: refuted !== undefined ? 'refuted' : open !== undefined ? 'undecided' : 'proven',
    obligations,
    diagnostics: shown,
    ...(refuted !== undefined ? { witness: witnessOf(refuted.module) } : {}),
    ...(refuted === undefined && open !== undefined
      ? { needs: `${open.diagnostic.args['needs']} ${open.module.path}` }
      : {}),
  };
}

/** One finding for each package and cause. */
function group(found: readonly Found[]) {
  const groups = new Map<string, Found['diagnostic']>();
  for (const { diagnostic: one, refutes } of [...found].sort((a, b) => Number(b.refutes) - Number(a.refutes))) {
    const key = `${refutes} ${one.args['owner']} ${one.args['cause']} ${one.args['library']}`;
    const first = groups.get(key);
    groups.set(
      key,
      first === undefined ? one : { ...first, args: { ...first.args, files: Number(first.args['files']) + 1 } },
    );
  }
  return [...groups.values()];
}

function witnessOf({ path, language, runtime }: Opened): string {
  const text = JSON.stringify(path).replaceAll("'", `'\\''`);
  return language === 'node'
    ? `${runtime.path} -e 'require(${text})'`
    : `${runtime.path} -c 'import ctypes; ctypes.CDLL(${text})'`;
}
