import { diagnostic } from '../messages/index.ts';
import type { PartProof } from './structure.ts';
import { declaredText, placeOf, type View } from './view.ts';

const DATABASE = '/var/lib/dpkg/status';
const PACMAN = '/var/lib/pacman/local';

/**
 * Packages that dpkg says were built for more than the baseline of x86-64 (`Architecture-Variant: amd64v3`, Ubuntu from
 * 25.10 on; dpkg 1.22.21ubuntu3.1, LP 2128606, read 2026-11-29). Nothing in their files says so: a compiler that was told
 * `-march=x86-64-v3` sets no property. That the field is absent proves nothing, for older dpkg does not write it. pacman
 * says so as `x86_64_v3` (CachyOS, wiki.cachyos.org, Optimized Repositories, read 2026-11-29).
 */
export function provePackageLevels(view: View): PartProof {
  const nothing: PartProof = { verdict: 'proven', obligations: [], diagnostics: [] };
  if (view.declared.architecture !== 'amd64') return nothing;
  const have = levelOf(view.declared.variant ?? 'v1');
  const found: { readonly name: string; readonly variant: string; readonly path: string }[] = [];
  for (const path of [DATABASE, ...statusFiles(view), ...pacmanFiles(view)]) {
    const file = view.tree.resolve(path);
    const content = file.found ? file.node.entry.content : undefined;
    if (content === undefined) continue;
    for (const line of Buffer.from(content).toString('utf8').split('\n')) {
      const [name = '', variant = ''] = line.split(' ');
      if (levelOf(variant) > have) found.push({ name, variant, path });
    }
  }
  const [first] = found.sort((a, b) => levelOf(b.variant) - levelOf(a.variant));
  if (first === undefined) return nothing;
  const { path, name, variant } = first;
  const more = found.length > 1 ? ` + ${found.length - 1}` : '';
  const text = `${name} (${variant})${more}`;
  const file = view.tree.resolve(path);
  const node = file.found ? file.node : undefined;
  const needs = `x86-64-v${levelOf(variant)}`;
  const args = { path, declared: declaredText(view), found: text, needs, files: found.length };
  return {
    verdict: 'undecided',
    needs,
    obligations: [{ step: 'machine-code', holds: 'unknown', subject: path, evidence: text }],
    diagnostics: [diagnostic('proof/needs-cpu', args, placeOf(view, path, node))],
  };
}

/** Images without a package manager have a file for each package (distroless). */
function statusFiles({ tree }: View): readonly string[] {
  const found = tree.resolve(`${DATABASE}.d`);
  return found.found ? [...(found.node.children?.keys() ?? [])].map((name) => `${DATABASE}.d/${name}`) : [];
}

function pacmanFiles({ tree }: View): readonly string[] {
  const found = tree.resolve(PACMAN);
  return found.found ? [...(found.node.children?.keys() ?? [])].map((name) => `${PACMAN}/${name}/desc`) : [];
}

const levelOf = (variant: string): number => Number(/v([1-4])$/.exec(variant)?.[1] ?? 0);
