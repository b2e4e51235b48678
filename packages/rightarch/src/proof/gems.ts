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
  const homes = new Map<string, GemHome>();
  const homeOf = (path: string): GemHome => {
    const known = homes.get(path) ?? readHome(view, path);
    homes.set(path, known);
    return known;
  };
  const unbuilt = specifications.flatMap(({ path, node }): UnbuiltGem[] => {
    const [, home = '', full = ''] = /^(.*)\/specifications\/([^/]+)\.gemspec$/.exec(path) ?? [];
    const directory = `${home}/gems/${full}`;
    if (/^\/usr\/(?:lib|share)/.test(home) || !view.tree.resolve(directory).found) return [];
    const { built } = homeOf(home);
    const platforms = built.get(full) ?? [];
    if (platforms.some((platform) => cpu.test(platform))) return [];
    const { name, version } = partsOf(full);
    return [
      {
        name: full,
        path: directory,
        node,
        builtFor: platforms[0],
        prints: `Ignoring ${full} because its extensions are not built. Try: gem pristine ${name} --version ${version}`,
        // It is asked for a file first: that is when RubyGems says that it passes the gem over.
        witness: `${ruby} -e 'gem = Gem::Specification.find_by_name("${name}", "${version}"); gem.contains_requirable_file?("${name}"); exit gem.missing_extensions? ? 1 : 0'`,
      },
    ];
  });
  // RubyGems takes another version that is whole, and Ruby brings some gems itself.
  const homeAndName = ({ name, path }: UnbuiltGem) =>
    [path.slice(0, -`/gems/${name}`.length), partsOf(name).name] as const;
  const lost = new Map<string, number>();
  for (const gem of unbuilt) {
    const key = homeAndName(gem).join('\n');
    lost.set(key, (lost.get(key) ?? 0) + 1);
  }
  return unbuilt.filter((gem) => {
    const [home, name] = homeAndName(gem);
    return (homeOf(home).versions.get(name) ?? 0) <= lost.get(`${home}\n${name}`)!;
  });
}

/** One directory that gems are installed into, read once: there may be thousands of them in it. */
interface GemHome {
  /** The platforms that the extensions of a gem were built for, by its name with the version. */
  readonly built: ReadonlyMap<string, readonly string[]>;
  /** How many versions of a gem are there, Ruby's own among them. */
  readonly versions: ReadonlyMap<string, number>;
}

function readHome(view: View, home: string): GemHome {
  const names = (path: string): readonly string[] => {
    const found = view.tree.resolve(path);
    return found.found ? [...(found.node.children?.keys() ?? [])] : [];
  };
  const built = new Map<string, string[]>();
  for (const platform of names(`${home}/extensions`)) {
    for (const api of names(`${home}/extensions/${platform}`)) {
      const directory = `${home}/extensions/${platform}/${api}`;
      for (const full of names(directory)) {
        if (!view.tree.resolve(`${directory}/${full}/gem.build_complete`).found) continue;
        const platforms = built.get(full) ?? [];
        if (platforms.at(-1) !== platform) platforms.push(platform);
        built.set(full, platforms);
      }
    }
  }
  const versions = new Map<string, number>();
  for (const full of [...names(`${home}/gems`), ...names(`${home}/specifications/default`)]) {
    const { name } = partsOf(full.replace(/\.gemspec$/, ''));
    versions.set(name, (versions.get(name) ?? 0) + 1);
  }
  return { built, versions };
}

/** `nokogiri` and `1.16.0` of `nokogiri-1.16.0-x86_64-linux`: a version begins with a digit, a platform with a letter. */
function partsOf(full: string): { readonly name: string; readonly version: string } {
  const [, name = full, version = ''] = /^(.+)-(\d[^-]*)(?:-[a-z].*)?$/i.exec(full) ?? [];
  return { name, version };
}
