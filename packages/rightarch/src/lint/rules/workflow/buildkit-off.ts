import { readShell } from '../../documents/shell.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';
import { buildWithoutBuildKit } from '../../without-buildkit.ts';

/** A step that builds with `DOCKER_BUILDKIT: 0` what only BuildKit tells its CPU. */
export const buildkitOff: WorkflowRule = function* (view, { read }) {
  for (const { run, env, span } of view.jobs.flatMap(({ steps }) => steps)) {
    if (run === undefined || !/\bdocker\s+build\b/.test(run)) continue;
    const outside = { env: env.get('DOCKER_BUILDKIT'), read, at: inFile(view.file, span) };
    const { commands } = readShell(run.replace(/\$\{\{.*?\}\}/gs, 'x'), () => undefined);
    const [first] = commands.flatMap((command) => buildWithoutBuildKit(command, outside) ?? []);
    if (first !== undefined) yield { diagnostic: first };
  }
};
