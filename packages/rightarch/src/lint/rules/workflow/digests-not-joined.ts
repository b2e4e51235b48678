import { diagnostic } from '../../../messages/index.ts';
import { JOINS } from '../../joins.ts';
import type { SourceFile } from '../../repository.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';

/** Whether anything here puts a name over digests. */
export const isJoined = (files: readonly SourceFile[]): boolean =>
  files.some(({ path, text }) => /\.(?:ya?ml|sh|mk|json|ts|js)$|Makefile|Taskfile/i.test(path) && JOINS.test(text));

/** Legs that push by digest, and nothing in the repository that puts a name over them: nobody can pull them by one. */
export const digestsNotJoined: WorkflowRule = function* (view, { files, builds }) {
  const [build] = builds.filter(({ byDigest }) => byDigest);
  if (build === undefined) return;
  if (isJoined(files) || view.jobs.some(({ isCall }) => isCall)) return;
  const span = build.step.inputs.get('outputs')?.span ?? build.step.span;
  yield { diagnostic: diagnostic('workflow/digests-not-joined', { job: build.job.name }, inFile(view.file, span)) };
};
