import { statSync } from 'node:fs';
import { atInput, failure } from '../../messages/index.ts';
import { type InputName, type Inputs, inputNames, isFalse, isTrue, linesOf, listOf } from './inputs.ts';

export const modes = ['check', 'verify', 'push', 'merge', 'ship'] as const;
export type Mode = (typeof modes)[number];

/** What a step asks for, as command lines one after another; the next only where the one before ends with 0. */
export interface ActionLines {
  readonly mode: Mode;
  readonly lines: readonly (readonly string[])[];
  /** Values of `secrets:`, by the variables that the command line names: they are in no argument. */
  readonly env: Readonly<Record<string, string>>;
}

/** The inputs of build-push-action with their meaning there, as flags of ours. */
export function commandLines(inputs: Inputs, path: (text: string) => string): ActionLines {
  const mode = modeOf(inputs);
  refuseOthers(mode, inputs);
  const each = (name: InputName, flag: string, split = linesOf): readonly string[] =>
    split(inputs(name)).flatMap((value) => [flag, value]);
  const one = (name: InputName, flag: string): readonly string[] => (inputs(name) === '' ? [] : [flag, inputs(name)]);
  const asked = [...each('for', '--for', listOf), ...one('fail-on', '--fail-on'), ...one('lang', '--lang')];
  const none = { env: {} };
  switch (mode) {
    case 'check': {
      const line = ['check', ...asked, ...each('platforms', '--platform', listOf), ...one('baseline', '--baseline')];
      return { mode, lines: [[...line, ...afterFlags([inputs('path') || '.'])]], ...none };
    }
    case 'verify': {
      const definition = [...one('definition', '--definition'), ...one('container', '--container')];
      const line = [
        'verify',
        ...asked,
        ...definition,
        ...each('platforms', '--platform', listOf),
        ...one('env', '--env'),
      ];
      return { mode, lines: [[...line, ...afterFlags(listOf(inputs('image')))]], ...none };
    }
    case 'push': {
      // What was built last goes by its own names.
      if (inputs('source') === '' && inputs('tags') !== '') throw needed('push', 'source');
      const words = [...(inputs('source') === '' ? [] : [sourceOf(inputs('source'), path)]), ...listOf(inputs('tags'))];
      const line = ['push', ...asked, ...each('platforms', '--platform', listOf), ...one('env', '--env'), '--yes'];
      return { mode, lines: [[...line, ...afterFlags(words)]], ...none };
    }
    case 'merge': {
      for (const name of ['source', 'tags'] as const) if (inputs(name) === '') throw needed('merge', name);
      const words = listOf(inputs('source')).map((source) => sourceOf(source, path));
      const flags = [
        ...each('tags', '--tag', listOf),
        ...each('platforms', '--require', listOf),
        ...each('annotations', '--annotation'),
        ...one('env', '--env'),
      ];
      return { mode, lines: [['merge', ...asked, ...flags, '--yes', ...afterFlags(words)]], ...none };
    }
    case 'ship':
      return shipLines(inputs, { each, one, asked });
  }
}

interface Flagging {
  readonly each: (name: InputName, flag: string, split?: typeof linesOf) => readonly string[];
  readonly one: (name: InputName, flag: string) => readonly string[];
  readonly asked: readonly string[];
}

function shipLines(inputs: Inputs, { each, one, asked }: Flagging): ActionLines {
  const secrets = secretsOf(inputs);
  const flags = [
    ...each('tags', '--tag', listOf),
    ...one('file', '--file'),
    ...each('platforms', '--platform', listOf),
    ...one('target', '--target'),
    ...each('build-args', '--build-arg'),
    ...each('build-contexts', '--build-context'),
    ...each('labels', '--label'),
    ...each('annotations', '--annotation'),
    ...secrets.flags,
    ...each('cache-from', '--cache-from'),
    ...each('cache-to', '--cache-to'),
    ...one('provenance', '--provenance'),
    ...one('sbom', '--sbom'),
    ...each('attests', '--attest'),
    ...(isTrue(inputs('no-cache')) ? ['--no-cache'] : []),
    ...(isTrue(inputs('pull')) ? ['--pull'] : []),
    ...(isTrue(inputs('load')) ? ['--load'] : []),
    ...one('env', '--env'),
  ];
  const context = inputs('context') === '' ? [] : afterFlags([inputs('context')]);
  const about = { mode: 'ship', env: secrets.env } as const;
  if (!isFalse(inputs('push'))) return { ...about, lines: [['ship', ...asked, ...flags, '--yes', ...context]] };
  const lang = one('lang', '--lang');
  const targets = each('for', '--for', listOf);
  // A pull request: built and proven, and nothing is sent.
  return {
    ...about,
    lines: [
      ['build', ...targets, ...lang, ...flags, ...context],
      ['verify', ...asked, ...one('env', '--env')],
    ],
  };
}

function modeOf(inputs: Inputs): Mode {
  const value = inputs('mode') || 'check';
  const mode = modes.find((one) => one === value);
  if (mode === undefined)
    throw failure('cli/bad-value', { option: 'mode', value, accepted: modes }, atInput('mode'), 'request');
  return mode;
}

/** Of every mode; `mode` alone decides the rest. */
const EVERYWHERE = ['mode', 'working-directory', 'for', 'fail-on', 'lang', 'platforms'] as const;

/** `ship` takes all that no other mode has alone. */
const TAKEN: Readonly<Record<Exclude<Mode, 'ship'>, readonly InputName[]>> = {
  check: ['path', 'baseline'],
  verify: ['image', 'definition', 'container', 'env'],
  push: ['source', 'tags', 'env'],
  merge: ['source', 'tags', 'annotations', 'env'],
};
const NOT_OF_SHIP: readonly InputName[] = ['path', 'baseline', 'image', 'definition', 'container', 'source'];

/** `image:` without `mode: verify` would check the sources, end well, and have proven nothing. */
function refuseOthers(mode: Mode, inputs: Inputs): void {
  const takes = (name: InputName): boolean =>
    EVERYWHERE.some((one) => one === name) ||
    (mode === 'ship' ? !NOT_OF_SHIP.includes(name) : TAKEN[mode].includes(name));
  const others = inputNames.filter((name) => inputs(name) !== '' && !takes(name));
  const args = { command: `rightarch ${mode}`, kind: 'too-many', detail: others.join(', ') } as const;
  if (others.length > 0) throw failure('cli/usage', args, atInput(others[0]!), 'request');
  for (const name of SWITCHES) {
    const value = inputs(name);
    // `push: no` would push.
    if (value !== '' && !isTrue(value) && !isFalse(value))
      throw failure('cli/bad-value', { option: name, value, accepted: ['true', 'false'] }, atInput(name), 'request');
  }
}

const SWITCHES = ['no-cache', 'pull', 'push', 'load'] as const;

const needed = (mode: Mode, name: InputName): Error =>
  failure('cli/usage', { command: `rightarch ${mode}`, kind: 'no-value', detail: name }, atInput(name), 'request');

/** `secrets: NAME=value` as build-push-action takes it; the value goes through a variable that only we see. */
function secretsOf(inputs: Inputs): {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const env: Record<string, string> = {};
  const flags: string[] = [];
  for (const line of secretLines(inputs('secrets'))) {
    const at = line.indexOf('=');
    // A build would go on without it. The line is not shown: it may be one of a key that stands in no quotes.
    if (at < 1) throw needed('ship', 'secrets');
    const variable = `RIGHTARCH_ACTION_SECRET_${Object.keys(env).length}`;
    env[variable] = line.slice(at + 1);
    flags.push('--secret', `id=${line.slice(0, at)},env=${variable}`);
  }
  for (const line of linesOf(inputs('secret-envs'))) {
    const [id = '', variable = ''] = line.split('=');
    flags.push('--secret', `id=${id},env=${variable}`);
  }
  for (const line of linesOf(inputs('secret-files'))) {
    const at = line.indexOf('=');
    flags.push('--secret', `id=${line.slice(0, at)},src=${line.slice(at + 1)}`);
  }
  return { flags, env };
}

/** A value of several lines stands in quotes, as in `"NAME=first⏎second"` (build-push-action, its CSV of secrets). */
function secretLines(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"|([^\r\n]+)/g)]
    .map(([, quoted, plain]) => (quoted === undefined ? plain!.trim() : quoted.replaceAll('""', '"')))
    .filter((line) => line !== '');
}

/** A layout or an archive by its path, as `outputs: type=oci,dest=…` leaves it; other words stay as they are. */
function sourceOf(source: string, path: (text: string) => string): string {
  if (/^(?:oci|archive|docker|registry):/.test(source)) return source;
  const found = statSync(path(source), { throwIfNoEntry: false });
  // One that is not there is still a file, and no image of that name in a registry.
  if (found === undefined)
    return /^(?:\.{0,2}\/|[A-Za-z]:)|\.(?:tar|tgz|tar\.\w+)$/.test(source) ? `archive:${source}` : source;
  return found.isDirectory() ? `oci:${source}` : `archive:${source}`;
}

/** Words of a workflow are words here, whatever they begin with. */
const afterFlags = (words: readonly string[]): readonly string[] => (words.length === 0 ? [] : ['--', ...words]);
