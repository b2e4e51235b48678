import { posix } from 'node:path';
import { imageBelow } from './base-libc.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf } from './documents/dockerfile.ts';
import type { Output } from './native-output.ts';
import { flagValue, inDirectories, type Placed, shortened } from './placed.ts';

/** What `bundle install` and `gem install` leave: the gems that a command names, or those of a lockfile. */
export interface GemInstall {
  readonly gems: readonly string[] | undefined;
  /** Groups of the Gemfile are left out; of `default` too, all is open. */
  readonly without?: 'groups' | 'default' | undefined;
}

/**
 * Gems that compile an extension where they are installed, or come with one for that CPU: their specification names
 * `extensions` (https://guides.rubygems.org/specification-reference/#extensions), as rubygems.org has it of their newest
 * release, or releases for a platform each. Of others nothing is said.
 */
const NATIVE = new Set(
  `bcrypt bigdecimal bindex bootsnap byebug charlock_holmes curb debug eventmachine ffi google-protobuf grpc hiredis hiredis-client
  http_parser.rb io-console jaro_winkler json kgio levenshtein-ffi libv8-node llhttp-ffi mini_racer msgpack mysql2 nio4r
  nokogiri oj pg puma racc rbtree redcarpet rmagick rugged sassc snappy sqlite3 stringio strscan thin tiny_tds
  unf_ext unicorn unicode websocket-driver yajl-ruby`
    .split(/\s+/)
    .filter((one) => one !== ''),
);

export const nativeGems = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].filter((name) => NATIVE.has(name)).sort();

/** The gems of a Gemfile.lock, by the four blanks before each, and what they need, by six. */
function readLock(text: string): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, string[]>();
  let last: string[] = [];
  for (const [, blanks, name] of text.matchAll(/^( {4}| {6})([\w.-]+)(?: \(.*)?$/gm)) {
    if (blanks!.length === 6) {
      last.push(name!);
      continue;
    }
    last = needs.get(name!) ?? [];
    needs.set(name!, last);
  }
  return needs;
}

/** The native gems that an install leaves, and those that a group which is left out may be the only one to have. */
export function lockedNativeGems(
  lock: string,
  gemfile: string | undefined,
  without: GemInstall['without'],
): { readonly natives: readonly string[]; readonly unseen: readonly string[] } {
  const needs = readLock(lock);
  const all = nativeGems([...needs.keys()]);
  if (without === undefined) return { natives: all, unseen: [] };
  // The lockfile has no groups. What stands in the Gemfile outside of every block and names none is of `default`.
  const installed = new Set<string>();
  const open = without === 'default' ? [] : [...(gemfile ?? '').matchAll(/^gem\s*\(?\s*['"]([\w.-]+)['"](.*)$/gm)];
  const queue = open.flatMap(([, name, rest]) =>
    /group|platform|install_if|\s(?:if|unless)\s/.test(rest!) ? [] : [name!],
  );
  for (const name of queue) {
    if (installed.has(name)) continue;
    installed.add(name);
    queue.push(...(needs.get(name) ?? []));
  }
  return { natives: all.filter((one) => installed.has(one)), unseen: all.filter((one) => !installed.has(one)) };
}

/** Where bundler and gem put what a stage installs; only where that is seen. */
export function rubyOutputs(view: DockerfileView, stage: StageView): readonly Output[] {
  const steps = stepsOf(view, stage);
  const commands = steps.flatMap(inDirectories);
  // The image of Ruby sets GEM_HOME, which bundler heeds too (docker-library/ruby, Dockerfile.template, read 2026-11-30).
  const base = imageBelow(view, stage) ?? '';
  const isRuby = /(?:^|\/)ruby:/.test(base);
  // Its gems are of Java.
  if (base.includes('jruby')) return [];
  return commands.flatMap((placed): readonly Output[] => {
    const { command, directory, step } = placed;
    const words = command.words.map(({ text }) => text);
    const [name = '', verb = ''] = words;
    if (command.guardedByCpu) return [];
    const output = (path: string, gems: GemInstall['gems'], without?: GemInstall['without']): Output => {
      const shown = shortened(words);
      const ruby = { gems, without };
      return { what: 'ruby', command: shown, path: posix.resolve(directory, path), step, by: command, directory, ruby };
    };
    if (name === 'gem' && verb === 'install') {
      if (!isRuby || words.some((word) => /^(?:--platform|-i$|--install-dir)/.test(word))) return [];
      const gems = words
        .slice(2)
        .filter((word) => !word.startsWith('-'))
        .map((word) => word.replace(/:.*$/, ''));
      return nativeGems(gems).length === 0 ? [] : [output('/usr/local/bundle/gems', gems)];
    }
    if (!/^bundler?$/.test(name) || !(verb === '' || verb === 'install' || verb.startsWith('--'))) return [];
    const path = bundlePath(words, placed, commands, steps) ?? (isRuby ? '/usr/local/bundle/gems' : undefined);
    return path === undefined ? [] : [output(path, undefined, leftOut(words, placed, commands, steps))];
  });
}

/** `--without`, `bundle config set without`, BUNDLE_WITHOUT, and the same of `only` (bundler.io/man/bundle-config.1, read 2026-11-30). */
function leftOut(
  words: readonly string[],
  { command }: Placed,
  commands: readonly Placed[],
  steps: readonly StepView[],
): GemInstall['without'] {
  const lines = commands.map(({ command: { words: own } }) => own.map(({ text }) => text).join(' '));
  const set = [
    ...lines.filter((line) => /^bundler? config (?:set )?(?:--?\w+ )*(?:without|only)\b/.test(line)),
    ...(words.some((word) => /^--(?:without|only)\b/.test(word)) ? [words.join(' ')] : []),
    ...['BUNDLE_WITHOUT', 'BUNDLE_ONLY'].flatMap((name) => {
      const value = command.assigned.get(name) ?? command.variables.get(name) ?? environmentOf(steps, name).at(-1);
      return value === undefined || value === '' ? [] : `${name} ${value}`;
    }),
  ];
  if (set.length === 0) return undefined;
  return set.some((one) => /\bonly\b|ONLY|\bdefault\b/.test(one)) ? 'default' : 'groups';
}

const environmentOf = (steps: readonly StepView[], name: string): readonly string[] =>
  steps.flatMap(({ instruction }) =>
    instruction.keyword === 'ENV'
      ? instruction.pairs.flatMap(({ key, value }) => (key.text === name ? [value.text] : []))
      : [],
  );

/** `--path`, `bundle config set --local path`, BUNDLE_PATH, and `vendor/bundle` of a deployment. */
function bundlePath(
  words: readonly string[],
  { command }: Placed,
  commands: readonly Placed[],
  steps: readonly StepView[],
): string | undefined {
  const configured = commands.flatMap(({ command: { words: own } }) => {
    const line = own.map(({ text }) => text).join(' ');
    const found = /^bundler? config (?:set )?(?:--?\w+ )*(path|deployment) ['"]?([^'"\s]+)/.exec(line);
    return found === null ? [] : [found[1] === 'path' ? found[2]! : found[2] === 'true' ? 'vendor/bundle' : []].flat();
  });
  const isDeployed = words.includes('--deployment') || command.assigned.get('BUNDLE_DEPLOYMENT') !== undefined;
  return (
    flagValue(words, '--path') ??
    command.assigned.get('BUNDLE_PATH') ??
    configured.at(-1) ??
    environmentOf(steps, 'BUNDLE_PATH').at(-1) ??
    (isDeployed ? 'vendor/bundle' : undefined)
  );
}
