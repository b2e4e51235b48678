import { posix } from 'node:path';
import { groupBy } from '../core/index.ts';
import type { FileTree } from '../scan/index.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { type View, variable } from './view.ts';

/**
 * Modules that PERL5OPT and `-M` have Perl load before its program (perlrun(1); perl.c, S_parse_body; seen with 5.36,
 * 2026-11-30): it ends where no file of the image has the name of any. One that is there may find the others elsewhere.
 */
export function beforePerl(
  { tree }: View,
  { env }: Interpreting,
  options: readonly string[],
): MissingProgram | undefined {
  // With -T it does not look at the variable.
  const own = options.some((one) => /^-[wWuU]*[tT]/.test(one)) ? [] : wordsOf(variable(env, 'PERL5OPT'));
  const loads = [...own.map((word) => word.replace(/^(?!-)/, '-')), ...options].flatMap((asked) => {
    const [, kind, name] = /^-([mM]|d:)((?!v\d)[A-Za-z_]\w*(?:::\w+)*)(?:=.*)?$/.exec(asked) ?? [];
    return name === undefined
      ? []
      : [{ asked, file: `${kind === 'd:' ? 'Devel/' : ''}${name.replaceAll('::', '/')}.pm` }];
  });
  const [first] = loads;
  const names = loads.map(({ file }) => file.slice(0, -'.pm'.length));
  if (first === undefined || isAnyNamed(tree, names)) return undefined;
  return { asked: first.asked, looked: [first.file], prints: `Can't locate ${first.file} in @INC` };
}

/** Libraries that Ruby has without a file of their own (`ruby -e 'puts $LOADED_FEATURES'`). */
const OF_RUBY = /^(thread|enumerator|rational|complex|fiber|monitor|ruby2_keywords)(\.rb|\.so)?$/;

/**
 * Libraries that RUBYOPT and `-r` have Ruby load before its program, in the same way (ruby.c, process_options; seen with
 * 3.1, 2026-11-30); and `bundler/setup`, which ends where BUNDLE_GEMFILE leads nowhere (bundler/definition.rb, build).
 */
export function beforeRuby(
  { tree }: View,
  { env, cwd }: Interpreting,
  options: readonly string[],
): MissingProgram | undefined {
  if (options.some((one) => one.startsWith('--disable'))) return undefined;
  const loads = requiredBy([...wordsOf(variable(env, 'RUBYOPT')), ...options]);
  const gemfile = variable(env, 'BUNDLE_GEMFILE') ?? '';
  if (loads.includes('bundler/setup') && gemfile !== '' && !tree.resolve(gemfile, { cwd }).found) {
    const path = posix.resolve(cwd, gemfile);
    return {
      asked: `BUNDLE_GEMFILE=${gemfile}`,
      looked: [path],
      prints: `${path} not found (Bundler::GemfileNotFound)`,
    };
  }
  const [first] = loads;
  const isPath = (name: string) => /^\.{0,2}\//.test(name);
  const isThere = (name: string) =>
    isPath(name)
      ? ['', '.rb', '.so'].some((end) => tree.resolve(`${name}${end}`, { cwd }).found)
      : name.startsWith('~') || OF_RUBY.test(name);
  const names = loads.filter((name) => !isPath(name)).map((name) => name.replace(/\.(rb|so)$/, ''));
  if (first === undefined || loads.some(isThere) || isAnyNamed(tree, names)) return undefined;
  const looked = isPath(first) ? posix.resolve(cwd, first) : first;
  return {
    asked: `-r${first}`,
    looked: [/\.(rb|so)$/.test(looked) ? looked : `${looked}.rb`],
    prints: `cannot load such file -- ${first} (LoadError)`,
  };
}

function requiredBy(words: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const own = /^-[wvd]*r(.*)$/.exec(words[i]!)?.[1];
    const name = own === '' ? words[++i] : own;
    if (name !== undefined) names.push(name);
  }
  return names;
}

const wordsOf = (value = ''): readonly string[] => value.split(/\s+/).filter((word) => word !== '');

/** Of more than anybody has loaded nothing is said: each would be looked for in all of the image. */
const MOST_NAMES = 100;

/** Whether something of one of these names (`A/B`), with any extension, is anywhere in the image; below a link it may be. */
function isAnyNamed(tree: FileTree, names: readonly string[]): boolean {
  if (names.length === 0) return false;
  if (names.length > MOST_NAMES) return true;
  const byLast = groupBy(names, (name) => stemOf(posix.basename(name)));
  const above = new Set(names.flatMap((name) => name.split('/').slice(0, -1)));
  for (const [path, { entry }] of tree.walk()) {
    const last = posix.basename(path);
    if (entry.type === 'symlink' && above.has(last)) return true;
    const isNamed = (name: string): boolean => {
      const base = posix.basename(name);
      const isBase = last === base || last.startsWith(`${base}.`);
      return isBase && path.slice(0, -last.length).endsWith(`/${name.slice(0, -base.length)}`);
    };
    if (byLast.get(stemOf(last))?.some(isNamed) === true) return true;
  }
  return false;
}

const stemOf = (name: string): string => name.split('.', 1)[0]!;
