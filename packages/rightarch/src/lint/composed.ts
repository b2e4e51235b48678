import { posix } from 'node:path';
import { type Platform, parsePlatform } from '../core/index.ts';
import { child, entriesOf, itemsOf, readTrees, scalarText, type Tree } from '../definition/index.ts';
import { type ShellCommand, UNSEEN } from './documents/shell.ts';

/**
 * What compose reads where nobody names a file: the first of these that is there, and what overrides it (github.com/compose-spec/
 * compose-go, cli/options.go, read 2026-11-30).
 */
const DEFAULT_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
  ...['compose.override.yml', 'compose.override.yaml'],
  ...['docker-compose.override.yml', 'docker-compose.override.yaml'],
];

/** Flags before the command with a value behind them; those of `build` with one, and those without (docs.docker.com, docker compose build, read 2026-11-30). */
const GLOBAL = /^(?:-f|-p|--(?:file|project-name|project-directory|env-file|profile|ansi|progress|parallel))$/;
const VALUED = /^(?:-m|--(?:build-arg|progress|memory|ssh|provenance|sbom))$/;
const ALONE =
  /^(?:-q|--(?:push|pull|no-cache|quiet|with-dependencies|provenance=.*|sbom=.*|progress=.*|build-arg=.*))$/;

/** Whether a command is `docker compose build`: of `up` and `run` each builds the platform that it runs alone (cmd/compose/options.go, applyPlatforms). */
export const isComposeBuild = ({ words }: ShellCommand): boolean => callOf(words.map(({ text }) => text)) !== undefined;

interface ComposeCall {
  readonly files: readonly string[];
  readonly services: readonly string[];
}

function callOf(words: readonly string[]): ComposeCall | undefined {
  const isPlugin = words[0] === 'docker' && words[1] === 'compose';
  if (!isPlugin && words[0] !== 'docker-compose') return undefined;
  const rest = words.slice(isPlugin ? 2 : 1);
  const files: string[] = [];
  let i = 0;
  for (; i < rest.length && rest[i]!.startsWith('-'); i++) {
    const [, flag = '', inline] = /^(-[^=]*)(?:=(.*))?$/s.exec(rest[i]!) ?? [];
    if (!GLOBAL.test(flag)) return undefined;
    const value = inline ?? rest[++i] ?? '';
    if (/^(?:-f|--file)$/.test(flag)) files.push(value);
    else if (flag === '--project-directory') return undefined;
  }
  if (rest[i] !== 'build') return undefined;
  const services: string[] = [];
  for (i++; i < rest.length; i++) {
    if (!rest[i]!.startsWith('-')) services.push(rest[i]!);
    else if (VALUED.test(rest[i]!)) i++;
    else if (!ALONE.test(rest[i]!)) return undefined;
  }
  return [...files, ...services].some((one) => one.includes(UNSEEN) || one === '-') ? undefined : { files, services };
}

/**
 * The platforms of the first service that `docker compose build` makes for several, as it asks the builder for all of them at once
 * (github.com/docker/compose, pkg/compose/build_bake.go, bakeOutputs, read 2026-11-30); undefined where none is seen.
 */
export function composedForSeveral(
  { words, assigned }: ShellCommand,
  { directory, read }: { readonly directory: string; readonly read: (path: string) => string | undefined },
): readonly Platform[] | undefined {
  const call = callOf(words.map(({ text }) => text));
  if (call === undefined || assigned.has('COMPOSE_FILE')) return undefined;
  const inFolder = (names: readonly string[]): readonly string[] =>
    names.map((name) => posix.join(directory, name)).filter((path) => read(path) !== undefined);
  const paths =
    call.files.length > 0 ? inFolder(call.files) : [...inFolder(DEFAULT_FILES).slice(0, 1), ...inFolder(OVERRIDES)];
  const texts = paths.flatMap((path) => read(path) ?? []);
  // How several files are one, is not followed.
  if (texts.length === 0 || texts.slice(1).some((text) => /platforms|!reset|!override/.test(text))) return undefined;
  for (const [name, service] of servicesIn(texts[0]!)) {
    const isAsked =
      call.services.length === 0 ? child(service, 'profiles') === undefined : call.services.includes(name);
    const platforms = itemsOf(child(child(service, 'build'), 'platforms')).map((one) =>
      parsePlatform(scalarText(one) ?? ''),
    );
    if (isAsked && platforms.length > 1 && !platforms.includes(undefined)) return platforms as readonly Platform[];
  }
  return undefined;
}

const servicesIn = (text: string): readonly (readonly [string, Tree])[] =>
  readTrees(text).roots.flatMap((root) => entriesOf(child(root, 'services')));
