import { posix } from 'node:path';
import { imageBelow } from './base-libc.ts';
import { type DockerfileView, type StageView, type StepView, stepsOf } from './documents/dockerfile.ts';
import type { Output } from './native-output.ts';
import { flagValue, inDirectories, type Placed, shortened } from './placed.ts';

/** What `bundle install` and `gem install` leave: the gems that a command names, or those of a lockfile. */
export interface GemInstall {
  readonly gems: readonly string[] | undefined;
}

/** Gems that compile an extension where they are installed, or come with one for that CPU. Of others nothing is said. */
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

/** The gems of a Gemfile.lock: those of GEM, by the four blanks before each. */
export const lockedGems = (text: string): readonly string[] =>
  [...text.matchAll(/^ {4}([\w.-]+) \(/gm)].map(([, name]) => name!);

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
    const output = (path: string, gems: GemInstall['gems']): Output => {
      const shown = shortened(words);
      const ruby = { gems };
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
    return path === undefined ? [] : [output(path, undefined)];
  });
}

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
  const set = steps.flatMap(({ instruction }) =>
    instruction.keyword === 'ENV'
      ? instruction.pairs.flatMap(({ key, value }) => (key.text === 'BUNDLE_PATH' ? [value.text] : []))
      : [],
  );
  const isDeployed = words.includes('--deployment') || command.assigned.get('BUNDLE_DEPLOYMENT') !== undefined;
  return (
    flagValue(words, '--path') ??
    command.assigned.get('BUNDLE_PATH') ??
    configured.at(-1) ??
    set.at(-1) ??
    (isDeployed ? 'vendor/bundle' : undefined)
  );
}
