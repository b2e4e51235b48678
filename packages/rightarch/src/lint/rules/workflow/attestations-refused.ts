import { diagnostic } from '../../../messages/index.ts';
import { targets } from '../../../target/index.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';
import { isAttested } from '../../workflow-builds.ts';

/**
 * One platform, pushed with the provenance that buildx attaches by default: that makes an index of it, and this runtime
 * refuses any index. Judged where the repository has one image and one runtime that is so.
 */
export const attestationsRefused: WorkflowRule = function* (view, { repository, builds }) {
  if (repository.images.length !== 1) return;
  const refusing = repository.runtimes.find(({ runtime }) => {
    const { index } = targets[runtime];
    return index !== 'unknown' && index.standing === 'confirmed' && index.value === 'rejected';
  });
  if (refusing === undefined) return;
  const told = new Set<unknown>();
  for (const build of builds) {
    const { step, platforms, pushes } = build;
    if (!pushes || told.has(step) || platforms === undefined || platforms.length > 1 || !isAttested(build)) continue;
    told.add(step);
    const { title, mismatch } = targets[refusing.runtime];
    const message = mismatch.index === 'unknown' ? undefined : mismatch.index.value.replace(/\{\w+\}/g, '…');
    const args = { runtime: title, name: refusing.name, message };
    yield { diagnostic: diagnostic('workflow/attestations-refused', args, inFile(view.file, step.span)) };
  }
};
