import { formatPlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';
import { type BuildStep, madeBy } from '../../workflow-builds.ts';

/** Legs of a matrix that push different platforms under one name: the last one to end is what people get. */
export const tagOverwritten: WorkflowRule = function* (view, { builds }) {
  // A step that a condition skips in some legs may push in one alone.
  const all = builds.filter(({ pushes, step }) => pushes && !/matrix/.test(step.condition ?? ''));
  for (const each of new Set(all.map(({ step }) => step))) {
    const pushing = all.filter(({ step }) => step === each);
    const first = pushing.find((one) => pushing.some((other) => overwrites(one, other)));
    const other = pushing.find((one) => first !== undefined && overwrites(first, one));
    if (first === undefined || other === undefined) continue;
    const platforms = [first, other].flatMap((one) => madeBy(one) ?? []).map(formatPlatform);
    const [tag = ''] = first.tags ?? [];
    const span = first.step.inputs.get('tags')?.span ?? first.step.span;
    yield {
      diagnostic: diagnostic(
        'workflow/tag-overwritten',
        { job: first.job.name, platforms, tag },
        inFile(view.file, span),
      ),
    };
  }
};

function overwrites(one: BuildStep, other: BuildStep): boolean {
  const [made, others] = [madeBy(one), madeBy(other)];
  if (one === other || made === undefined || others === undefined || one.tags === undefined || other.tags === undefined)
    return false;
  const names = (list: readonly (typeof made)[number][]): string => list.map(formatPlatform).join();
  return one.tags.length > 0 && one.tags.join('\n') === other.tags.join('\n') && names(made) !== names(others);
}
