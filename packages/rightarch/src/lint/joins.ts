import { child, entriesOf, scalarText } from '../definition/index.ts';
import type { WorkflowView } from './documents/workflow.ts';

/** What joins images that were pushed by digest, in a step, a script, a Makefile. */
export const JOINS =
  /imagetools\s+create|manifest\s+(?:create|push)|manifest-tool|regctl\s+index|crane\s+index|oras\s+manifest\s+index|create-manifest|docker-manifest|rightarch\s+merge/i;

/** Whether commands put a name over digests that were written down: those stay what they are, whoever has a tag meanwhile. */
export const joinsDigests = (commands: string): boolean => JOINS.test(commands) && /@sha256:|digest/i.test(commands);

/** What gives that which was pushed a second name, under which it stays when the first is taken from it. */
export const RENAMES =
  /\b(?:crane|gcrane)\s+(?:copy|cp|tag)\b|\bskopeo\s+(?:[\w-]+\s+)?copy\b|\bregctl\s+image\s+copy\b|\boras\s+(?:copy|cp|tag)\b|\bdocker\s+pull\b|imagetools\s+create/;

/** A registry on the machine that pushes, for a test: nobody else sees its names. */
export const OF_MACHINE =
  /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|registry|kind-registry|host\.docker\.internal)(?::|\/)/;

/** Whether a workflow that others call may give them the digests of what it pushed: what they do with these is not seen. */
export function handsOnDigests({ trees }: WorkflowView, isWritten: boolean): boolean {
  const call = child(child(trees?.roots[0], 'on'), 'workflow_call');
  const given = entriesOf(child(call, 'outputs')).map(
    ([name, one]) => `${name} ${scalarText(child(one, 'value')) ?? ''}`,
  );
  return (call !== undefined && isWritten) || given.some((one) => /digest/i.test(one));
}
