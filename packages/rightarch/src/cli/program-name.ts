/**
 * `npx rightarch` where npm started us or the program lies in a project's `node_modules`: there is no `rightarch` on PATH
 * then, and a fix that is pasted has to start the same program. npm names its command in `npm_command`
 * (docs.npmjs.com/cli, scripts, environment; read 2026-11-28). Undefined where `rightarch` is what to type.
 */
export function programName(
  env: Readonly<Record<string, string | undefined>>,
  program: string | undefined,
): 'npx rightarch' | undefined {
  const local = /[\\/]node_modules[\\/]\.bin[\\/]/.test(program ?? '');
  return local || env['npm_command'] === 'exec' || env['npm_command'] === 'run-script' ? 'npx rightarch' : undefined;
}
