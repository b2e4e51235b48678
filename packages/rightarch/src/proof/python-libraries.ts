import type { Diagnostic } from '../core/index.ts';
import { diagnostic, type Remark } from '../messages/index.ts';
import { machineFit } from '../scan/index.ts';
import { loadFault } from './load-fault.ts';
import { worksWithout } from './module-rules.ts';
import { isSomewhere } from './names-in-image.ts';
import type { Distribution } from './python-distributions.ts';
import { startRuntime } from './runtime-process.ts';
import type { Start } from './types.ts';
import { elfOf, placeOf, type View } from './view.ts';

/** One thing that is wrong with the Python packages of an image, or not known. */
export interface PythonFinding {
  readonly refutes: boolean;
  readonly path: string;
  readonly seen: string | Remark;
  readonly witness: string;
  readonly diagnostic: Diagnostic;
}

/**
 * Libraries of wheels that are for a platform and for no ABI of Python (`py3-none-manylinux…`): their packages open them
 * with ctypes, as lightgbm does with lib_lightgbm.so, which asks for the libgomp.so.1 that slim images have not. Which
 * of them is opened is known to the package alone.
 */
export function unloadableLibraries(
  view: View,
  dists: readonly Distribution[],
  start: Pick<Start, 'env' | 'cwd' | 'user' | 'ownUser'>,
): readonly PythonFinding[] {
  return dists.flatMap((dist) => {
    const { tags, natives = [], site, python } = dist;
    if (tags.length === 0 || !tags.every((tag) => /^[^-]+-none-(?:many|musl)?linux/.test(tag))) return [];
    const found = natives.flatMap((path) => {
      const parts = path.startsWith(`${site.path}/`) ? path.slice(site.path.length + 1).split('/') : [];
      // Deeper ones are plugins of something, and what lies in no package is for others to link.
      if (parts.length < 2 || parts.length > 3 || !path.endsWith('.so')) return [];
      if (!view.tree.resolve(`${site.path}/${parts[0]}/__init__.py`).found) return [];
      const at = view.tree.resolve(path);
      const facts = at.found ? elfOf(at.node.entry) : undefined;
      const fits = facts?.type === 3 && !facts.damaged && machineFit(facts, view.declared).fit === 'match';
      return at.found && facts !== undefined && fits ? [{ path: at.path, node: at.node, facts }] : [];
    });
    const runtime = found.length === 0 ? undefined : startRuntime(view, python.path, start);
    if (runtime === undefined) return [];
    return found.flatMap((library): PythonFinding[] => {
      const { path, node } = library;
      const fault = loadFault(runtime.process.open(library).outcome, runtime.process.libc);
      if (fault === undefined || worksWithout(path, fault.library) || isSomewhere(view, fault.library)) return [];
      const args = { path, owner: dist.name, runtime: python.path, language: 'python' as const, ...fault };
      const at = placeOf(view, path, node);
      return [
        {
          refutes: false,
          path,
          seen: fault.prints,
          witness: `${python.path} -c 'import ctypes; ctypes.CDLL(${JSON.stringify(path).replaceAll("'", `'\\''`)})'`,
          diagnostic: diagnostic('proof/module-undecided', { ...args, needs: 'opened', files: 1 }, at),
        },
      ];
    });
  });
}
