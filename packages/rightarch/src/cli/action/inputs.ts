/** `with:` of the step, as the runner hands it over: `INPUT_FAIL-ON` for `fail-on`. Empty is not given. */
export type Inputs = (name: InputName) => string;

/** The inputs of action.yml, in its order; a test holds the two together. */
export const inputNames = [
  'mode',
  'working-directory',
  'path',
  'baseline',
  'image',
  'definition',
  'container',
  'source',
  'tags',
  'for',
  'fail-on',
  'lang',
  'env',
  'context',
  'file',
  'platforms',
  'target',
  'build-args',
  'build-contexts',
  'labels',
  'annotations',
  'secrets',
  'secret-envs',
  'secret-files',
  'no-cache',
  'pull',
  'push',
  'load',
  'cache-from',
  'cache-to',
  'provenance',
  'sbom',
  'attests',
] as const;

export type InputName = (typeof inputNames)[number];

/** As `@actions/core` reads them (packages/core/src/core.ts, getInput). */
export function readInputs(env: Readonly<Record<string, string | undefined>>): Inputs {
  return (name) => (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();
}

/** One value a line; `tags`, `platforms` and the like also with commas, as build-push-action splits them. */
export const linesOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

export const listOf = (text: string): readonly string[] => linesOf(text.replaceAll(',', '\n'));

/** `true`, as YAML's core schema writes it. */
export const isTrue = (text: string): boolean => /^(?:true|True|TRUE)$/.test(text);
export const isFalse = (text: string): boolean => /^(?:false|False|FALSE)$/.test(text);
