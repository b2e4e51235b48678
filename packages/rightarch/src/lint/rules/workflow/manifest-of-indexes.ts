import { diagnostic } from '../../../messages/index.ts';
import { readShell } from '../../documents/shell.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';
import { isAttested } from '../../workflow-builds.ts';

/** `docker manifest create` over what buildx pushed with provenance: each of those is an index, and it takes none. */
export const manifestOfIndexes: WorkflowRule = function* (view, { builds }) {
  const pushed = builds.filter(({ pushes }) => pushes);
  if (pushed.length === 0 || !pushed.every(isAttested)) return;
  for (const job of view.jobs) {
    for (const step of job.steps) {
      const commands =
        step.run === undefined ? [] : readShell(step.run.replace(/\$\{\{.*?\}\}/gs, 'x'), () => undefined).commands;
      const creates = commands.some(
        ({ words }) =>
          words
            .slice(0, 3)
            .map(({ text }) => text)
            .join(' ') === 'docker manifest create',
      );
      if (creates) yield { diagnostic: diagnostic('workflow/manifest-of-indexes', {}, inFile(view.file, step.span)) };
    }
  }
};
