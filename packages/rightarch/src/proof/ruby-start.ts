import { posix } from 'node:path';
import { upwards } from './package-meeting.ts';
import type { Interpreting, MissingProgram } from './program-file.ts';
import { searchPath, type View, variable } from './view.ts';

/**
 * `bundle exec NAME` without a Gemfile, or where no file of the whole image has that name: the gems stayed in the stage that
 * installed them (bundler/cli/exec.rb, shared_helpers.rb; seen with 2.3, 2026-11-30). Settings of its own may say
 * where its Gemfile is, and have it install what is missing.
 */
export function missingForBundle({ tree }: View, by: Interpreting, at: number): MissingProgram | undefined {
  const { argv, env, cwd } = by;
  const [command = '', word, name = ''] = argv.slice(at);
  if (!/^bundler?[\d.]*$/.test(posix.basename(command)) || word !== 'exec' || !/^[\w-]+$/.test(name)) return undefined;
  if (name.startsWith('-') || isSet(by, tree)) return undefined;
  const asked = `bundle exec ${name}`;
  const own = variable(env, 'BUNDLE_GEMFILE') ?? '';
  const places =
    own === ''
      ? upwards(cwd).flatMap((directory) => ['Gemfile', 'gems.rb'].map((file) => posix.join(directory, file)))
      : [posix.resolve(cwd, own)];
  if (!places.some((place) => tree.resolve(place).found))
    return { asked, looked: places, prints: own === '' ? 'Could not locate Gemfile' : `${own} not found` };
  for (const [path, { children }] of tree.walk())
    if (children === undefined && path.endsWith(`/${name}`)) return undefined;
  if (searchPath(env, cwd).some((directory) => tree.resolve(`${directory}/${name}`).found)) return undefined;
  return { asked, looked: [`gems/*/exe/${name}`, `gems/*/bin/${name}`], prints: `bundler: command not found: ${name}` };
}

/** Whether it has settings: in a file below the application, where a variable says, and at home; or in a variable. */
function isSet({ env, cwd }: Interpreting, tree: View['tree']): boolean {
  const places = [
    ...upwards(cwd).map((directory) => posix.join(directory, '.bundle')),
    ...['BUNDLE_APP_CONFIG', 'BUNDLE_USER_HOME', 'BUNDLE_USER_CONFIG'].flatMap((name) => variable(env, name) ?? []),
    ...['/root/.bundle', `${variable(env, 'HOME') ?? ''}/.bundle`],
  ];
  return (
    variable(env, 'BUNDLE_AUTO_INSTALL') !== undefined ||
    variable(env, 'RUBYOPT') !== undefined ||
    places.some((place) => tree.resolve(posix.join(place, 'config')).found)
  );
}
