import { diagnostic, type Remark, remark } from '../messages/index.ts';
import { witnessFor } from './interpreter-extensions.ts';
import { type LoadFault, loadFault } from './load-fault.ts';
import { choiceOf, fateOf, isForOtherLibc } from './module-choice.ts';
import { hasOtherForm, worksWithout } from './module-rules.ts';
import { isSomewhere } from './names-in-image.ts';
import type { NodeAbi } from './node-abi.ts';
import { isOptional, packageOf } from './node-packages.ts';
import { type Candidate, type Opened, openModules, type Unseen } from './open-modules.ts';
import { moduleName } from './python-modules.ts';
import type { PartProof } from './structure.ts';
import type { Obligation, Start } from './types.ts';
import { instructionOf, placeOf, type View } from './view.ts';

export interface ModulesProof extends PartProof {
  readonly witness?: string;
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
  {
    start,
    skip,
  }: { readonly start: Pick<Start, 'env' | 'cwd' | 'user'> & Partial<Start>; readonly skip: ReadonlySet<string> },
): ModulesProof {
  const { opened, unseen } = openModules(view, start);
  const loading: Opened[] = [];
  const loads = new Set<string>();
  for (const one of opened) {
    if (!isLoaded(one) || isForOtherLibc(one, one.runtime.process.libc)) continue;
    const choice = choiceOf(one, view);
    if (choice === undefined) continue;
    loads.add(choice);
    loads.add(anyAbi(choice));
    loading.push(one);
  }
  const found: Found[] = [];
  let chosen = 0;
  for (const one of opened) {
    if (isLoaded(one) || skip.has(packageOf(one.path)?.name ?? '')) continue;
    // A package that brings one for each libc or ABI needs one that loads.
    const choice = choiceOf(one, view);
    const key = one.abi === undefined || choice === undefined ? choice : anyAbi(choice);
    const fate = key === undefined || loads.has(key) ? 'unopened' : fateOf(one, loading);
    if (fate === 'unopened') {
      chosen++;
      continue;
    }
    const judged = judge(view, one, fate);
    if (judged !== undefined) found.push(judged);
  }
  for (const one of unseen) found.push(judgeUnseen(view, one));
  return conclude(view, { opened, found, chosen });
}

function isLoaded({ answer, abi }: Opened): boolean {
  return answer.outcome.kind === 'loaded' && abi === undefined;
}

/** Packages that bring one for each Node name it by its version or its ABI: `linux-x64-node-22`, `glibc-127.node`. */
function anyAbi(choice: string): string {
  return choice.replace(/(?<=[-_/v])\d+(?:\.\d+)*(?=[-_/.]|$)/g, '#');
}

interface Found {
  readonly refutes: boolean;
  readonly module: Candidate;
  readonly witness: string;
  readonly seen: string | Remark;
  readonly diagnostic: ReturnType<typeof diagnostic>;
}

function judge(view: View, module: Opened, fate: 'opened' | 'unknown'): Found | undefined {
  const { path, node, language, runtime, answer } = module;
  const { outcome } = answer;
  const owner =
    language === 'node' ? (packageOf(path)?.name ?? path) : (module.extension?.owner ?? pythonPackage(module));
  const tell = (cause: LoadFault['cause'], library: string, prints: string): Found | undefined => {
    if (worksWithout(path, library) || hasOtherForm(view.tree, path)) return undefined;
    const needs = fate === 'unknown' ? 'chosen' : openQuestion(view, module, library);
    const args = { path, owner, runtime: runtime.path, language, cause, library, prints };
    const made = instructionOf(view, node);
    return {
      refutes: needs === undefined,
      module,
      witness: witnessOf(module),
      seen: prints,
      diagnostic:
        needs === undefined
          ? diagnostic('proof/module-not-loadable', { ...args, files: 1, ...made }, placeOf(view, path, node))
          : diagnostic('proof/module-undecided', { ...args, needs, files: 1 }, placeOf(view, path, node)),
    };
  };
  if (module.abi !== undefined) return judgeAbi(view, module, module.abi, fate);
  const fault = loadFault(outcome, runtime.process.libc);
  if (fault !== undefined) return tell(fault.cause, fault.library, fault.prints);
  if (outcome.kind !== 'undecided') return undefined;
  const args = { path, owner, runtime: runtime.path, language, cause: 'library' as const, library: outcome.path };
  const at = placeOf(view, path, node);
  return {
    refutes: false,
    module,
    witness: witnessOf(module),
    seen: remark('word', { word: outcome.needs }),
    diagnostic: diagnostic('proof/module-undecided', { ...args, prints: '', needs: outcome.needs, files: 1 }, at),
  };
}

/** A module of another NODE_MODULE_VERSION: Node opens it, and throws (node_binding.cc, DLOpen; seen with Node 22, 2026-11-28). */
function judgeAbi(
  view: View,
  module: Opened,
  { built, wanted, elsewhere }: NodeAbi,
  fate: 'opened' | 'unknown',
): Found {
  const { path, node, runtime } = module;
  const own = packageOf(path);
  const needs =
    fate === 'unknown'
      ? 'chosen'
      : own !== undefined && isOptional(view.tree, own)
        ? 'required'
        : built === 'unread'
          ? 'module-abi'
          : wanted === undefined
            ? 'node-abi'
            : elsewhere
              ? 'other-node'
              : undefined;
  const prints =
    wanted === undefined || built === 'unread'
      ? ''
      : `was compiled against a different Node.js version using NODE_MODULE_VERSION ${built}. This version of Node.js requires NODE_MODULE_VERSION ${wanted}.`;
  const args = {
    path,
    owner: own?.name ?? path,
    runtime: runtime.path,
    language: 'node' as const,
    cause: 'other-node' as const,
    library: `${built}`,
    prints,
    files: 1,
  };
  const at = placeOf(view, path, node);
  return {
    refutes: needs === undefined,
    module,
    witness: witnessOf(module),
    seen: `NODE_MODULE_VERSION ${built}, ${runtime.path} has ${wanted ?? 'an unknown one'}`,
    diagnostic:
      needs === undefined
        ? diagnostic('proof/module-not-loadable', { ...args, ...instructionOf(view, node) }, at)
        : diagnostic('proof/module-undecided', { ...args, needs }, at),
  };
}

/** Python looks for a module by names that end as it was built; this one ends otherwise, and no other is there. */
function judgeUnseen(view: View, module: Unseen): Found {
  const { path, node, site, python, astray } = module;
  const name = moduleName(site, path);
  const prints = `ModuleNotFoundError: No module named '${name}'`;
  const needs = astray ? 'site' : depthOf(module) > 2 ? 'imported' : undefined;
  const owner = pythonPackage(module);
  const cause = 'other-python' as const;
  const args = {
    path,
    owner,
    runtime: python.path,
    language: 'python' as const,
    cause,
    library: python.suffix,
    prints,
  };
  const at = placeOf(view, path, node);
  return {
    refutes: needs === undefined,
    module,
    witness: `${python.path} -c 'import ${name}'`,
    seen: prints,
    diagnostic:
      needs === undefined
        ? diagnostic('proof/module-not-loadable', { ...args, files: 1, ...instructionOf(view, node) }, at)
        : diagnostic('proof/module-undecided', { ...args, needs, files: 1 }, at),
  };
}

/** The one fact that keeps a module that does not load from refuting its image; undefined where there is none. */
function openQuestion(view: View, module: Opened, library: string): string | undefined {
  const { path, language } = module;
  const own = packageOf(path);
  if (language === 'node' && own !== undefined && isOptional(view.tree, own)) return 'required';
  // A package may open a library by its path first, and the loader then has it by its name.
  if (!library.includes('/') && isSomewhere(view, library)) return 'preloaded';
  // Of a Python package only what stands at its top is imported with it for certain.
  if (language === 'python' && depthOf(module) > 2) return 'imported';
  return undefined;
}

function depthOf({ path, site }: Candidate): number {
  return path.slice(site?.path.length ?? 0).split('/').length - 1;
}

function pythonPackage({ path, site }: Candidate): string {
  const [name = path] = path.slice((site?.path.length ?? 0) + 1).split('/');
  return name.replace(/\..*$/, '');
}

function conclude(
  view: View,
  {
    opened,
    found,
    chosen,
  }: { readonly opened: readonly Opened[]; readonly found: readonly Found[]; readonly chosen: number },
): ModulesProof {
  if (opened.length === 0 && found.length === 0) return { verdict: 'proven', obligations: [], diagnostics: [] };
  const loaded = opened.filter(isLoaded);
  const refuted = found.find(({ refutes }) => refutes);
  const open = found.find(({ refutes }) => !refutes);
  const started = opened.map(({ runtime }) => `${runtime.path} (${runtime.process.libc})`);
  const runtimes = new Set(started.length > 0 ? started : found.map((one) => String(one.diagnostic.args['runtime'])));
  const all = opened.length + found.filter(({ module }) => !opened.includes(module as Opened)).length;
  const obligations: Obligation[] = [
    {
      step: 'module',
      holds: refuted !== undefined ? false : open !== undefined ? 'unknown' : true,
      subject: [...runtimes].join(', '),
      evidence: remark('modules-load', { loaded: loaded.length, all, twins: chosen }),
    },
  ];
  const list = (one: Candidate, holds: Obligation['holds'], evidence: string | Remark) => {
    const { layer } = one.node;
    obligations.push({ step: 'module', holds, subject: one.path, evidence, ...(layer > 0 ? { layer } : {}) });
  };
  for (const { refutes, module, seen } of found.slice(0, LISTED)) list(module, refutes ? false : 'unknown', seen);
  for (const one of loaded.slice(0, LISTED)) {
    const own = one.answer.libraries.map(({ path }) => path);
    list(one, true, own.length === 0 ? remark('process-libraries') : own.join(', '));
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
    ...(refuted !== undefined ? { witness: refuted.witness } : {}),
    ...(refuted === undefined && open !== undefined
      ? { needs: remark('module', { word: String(open.diagnostic.args['needs']), path: open.module.path }) }
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

function witnessOf({ path, language, runtime, extension }: Opened): string {
  if (extension !== undefined) return witnessFor(extension, runtime.path, path);
  const text = JSON.stringify(path).replaceAll("'", `'\\''`);
  return language === 'node'
    ? `${runtime.path} -e 'require(${text})'`
    : `${runtime.path} -c 'import ctypes; ctypes.CDLL(${text})'`;
}
