import { posix } from 'node:path';
import { formatPlatform, samePlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { inFile, type RuleContext, type WorkflowRule } from '../../rule.ts';
import { runsOnTarget } from '../../runs-on-target.ts';
import { type BuildStep, hasBuilder, hasEmulation } from '../../workflow-builds.ts';

/**
 * A platform of another CPU than the runner's, on Docker's builder as the runner has it: that one emulates nothing until
 * somebody registers an emulator. A builder of setup-buildx-action brings its own, and a Dockerfile that runs nothing on
 * the target needs none.
 */
export const noEmulation: WorkflowRule = function* (view, context) {
  const told = new Set<unknown>();
  for (const build of context.builds) {
    const { step, platforms, runner } = build;
    if (runner === undefined || platforms === undefined || told.has(step) || hasBuilder(build) || hasEmulation(build))
      continue;
    const foreign = platforms.filter((platform) => !samePlatform(platform, runner));
    if (foreign.length === 0 || !runsForeign(build, context)) continue;
    told.add(step);
    const args = { platforms: foreign.map(formatPlatform), runner: formatPlatform(runner) };
    const span = step.inputs.get('platforms')?.span ?? step.span;
    yield { diagnostic: diagnostic('workflow/no-emulation', args, inFile(view.file, span)) };
  }
};

/** False where the Dockerfile is not seen. */
function runsForeign({ step }: BuildStep, { read }: RuleContext): boolean {
  const context = step.inputs.get('context')?.value ?? '.';
  const path = posix.normalize(step.inputs.get('file')?.value ?? posix.join(context, 'Dockerfile'));
  const text = read(path);
  return text !== undefined && runsOnTarget(path, text);
}
