import type { TreeNode } from '../scan/index.ts';
import { INTERPRETERS } from './interpreter-extensions.ts';
import { runtimeOf } from './runtime-process.ts';
import type { View } from './view.ts';

/** A gem that RubyGems passes over: its extensions were not built for this platform. */
export interface UnbuiltGem {
  /** With its version: `pg-1.5.9`. */
  readonly name: string;
  readonly path: string;
  /** Its specification. */
  readonly node: TreeNode;
  /** A platform for which they were built. */
  readonly builtFor: string | undefined;
  readonly prints: string;
  readonly witness: string;
}

/** `Gem::Platform.local` begins with it. */
const CPUS: Readonly<Record<string, RegExp>> = {
  amd64: /^x86_64-/,
  arm64: /^(?:aarch64|arm64)-/,
  '386': /^(?:x86|i\d86)-/,
  arm: /^arm/,
  ppc64le: /^(?:powerpc64le|ppc64le)-/,
  riscv64: /^riscv64-/,
  s390x: /^s390x-/,
};

/**
 * Gem::BasicSpecification#missing_extensions? of RubyGems: a gem whose specification lists extensions is ignored where
 * `extensions/<platform>/<api version>/<gem>/gem.build_complete` is not there. Distributions lay out their own differently.
 */
export function unbuiltGems(view: View, env: readonly string[]): readonly UnbuiltGem[] {
  const cpu = CPUS[view.declared.architecture];
  const rubies: string[] = [];
  const specifications: { readonly path: string; readonly node: TreeNode }[] = [];
  for (const [path, node] of view.tree.walk()) {
    if (INTERPRETERS.ruby.test(path.slice(path.lastIndexOf('/') + 1)) && node.entry.program?.kind === 'elf')
      rubies.push(path);
    // What was kept of specifications lists extensions.
    if (/\/specifications\/[^/]+\.gemspec$/.test(path) && node.entry.content !== undefined)
      specifications.push({ path, node });
  }
  const ruby = runtimeOf(view, { env, cwd: '/' }, INTERPRETERS.ruby, rubies);
  if (ruby === undefined || cpu === undefined) return [];
  const names = (path: string): readonly string[] => {
    const found = view.tree.resolve(path);
    return found.found ? [...(found.node.children?.keys() ?? [])] : [];
  };
  const unbuilt = specifications.flatMap(({ path, node }): UnbuiltGem[] => {
    const [, home = '', full = ''] = /^(.*)\/specifications\/([^/]+)\.gemspec$/.exec(path) ?? [];
    const directory = `${home}/gems/${full}`;
    if (/^\/usr\/(?:lib|share)/.test(home) || !view.tree.resolve(directory).found) return [];
    const built = names(`${home}/extensions`).filter((platform) =>
      names(`${home}/extensions/${platform}`).some(
        (api) => view.tree.resolve(`${home}/extensions/${platform}/${api}/${full}/gem.build_complete`).found,
      ),
    );
    if (built.some((platform) => cpu.test(platform))) return [];
    const [, name = full, version = ''] = /^(.+)-(\d[^-]*)(?:-.*)?$/.exec(full) ?? [];
    return [
      {
        name: full,
        path: directory,
        node,
        builtFor: built[0],
        prints: `Ignoring ${full} because its extensions are not built. Try: gem pristine ${name} --version ${version}`,
        // It is asked for a file first: that is when RubyGems says that it passes the gem over.
        witness: `${ruby} -e 'gem = Gem::Specification.find_by_name("${name}", "${version}"); gem.contains_requirable_file?("${name}"); exit gem.missing_extensions? ? 1 : 0'`,
      },
    ];
  });
  // RubyGems takes another version that is whole, and Ruby brings some gems itself.
  const isUnbuilt = new Set(unbuilt.map(({ path }) => path));
  return unbuilt.filter(({ name, path }) => {
    const gem = name.replace(/-\d[^-]*(?:-.*)?$/, '');
    const home = path.slice(0, -`/gems/${name}`.length);
    const isOfIt = (other: string) => new RegExp(`^${gem.replace(/[^\w-]/g, '\\$&')}-\\d`).test(other);
    const others = names(`${home}/gems`).filter((other) => isOfIt(other) && !isUnbuilt.has(`${home}/gems/${other}`));
    return others.length === 0 && !names(`${home}/specifications/default`).some(isOfIt);
  });
}
