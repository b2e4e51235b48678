import type { Diagnostic } from '../core/index.ts';
import type { JobView, StepView, WorkflowView } from './documents/workflow.ts';
import type { Fix, TextEdit } from './fixes.ts';

/** What `--fix` may do for a finding of a workflow, under the same promise as for one of a Dockerfile. */
export function workflowFix(diagnostic: Diagnostic, view: WorkflowView, text: string): Fix | undefined {
  const edit = editOf(diagnostic, view, linesOf(text));
  return edit === undefined ? undefined : { diagnostic, edits: [edit] };
}

function editOf({ at, code, args }: Diagnostic, view: WorkflowView, lines: Lines): TextEdit | undefined {
  if (at.in !== 'file') return undefined;
  switch (code) {
    case 'workflow/attestations-refused': {
      const step = view.jobs.flatMap(({ steps }) => steps).find(({ span }) => span.start.line === at.start.line);
      return step === undefined ? undefined : inputBefore(step, 'provenance: false', lines);
    }
    case 'workflow/joined-too-early': {
      const job = view.jobs.find(({ name }) => name === args['job']);
      const other = view.jobs.find(({ name }) => name === args['pushedBy']);
      // One that is skipped would skip those that wait for it.
      if (job === undefined || other === undefined || other.condition !== undefined) return undefined;
      return needing(job, other.name, lines);
    }
    default:
      return undefined;
  }
}

/** Lines of a text: each with its offset, without its end. */
interface Lines {
  readonly at: (line: number) => { readonly from: number; readonly text: string };
  readonly lineOf: (offset: number) => number;
  readonly feed: string;
}

function linesOf(text: string): Lines {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return {
    at: (line) => {
      const from = starts[line - 1] ?? text.length;
      return { from, text: text.slice(from, (starts[line] ?? text.length + 1) - 1).replace(/\r$/, '') };
    },
    lineOf: (offset) => starts.findLastIndex((start) => start <= offset) + 1,
    feed: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

/** A line of its own above another. */
const above = (line: number, written: string, lines: Lines): TextEdit => {
  const { from, text } = lines.at(line);
  const indent = /^[ \t]*/.exec(text)![0];
  return { from, to: from, text: `${indent}${written}${lines.feed}` };
};

/** Above the first input of a step, where each has a line of its own. */
function inputBefore({ inputs }: StepView, written: string, lines: Lines): TextEdit | undefined {
  const [first] = inputs;
  if (first === undefined) return undefined;
  const [name, { span }] = first;
  const { text } = lines.at(span.start.line);
  return new RegExp(`^[ \\t]+${name}:(?:[ \\t]|$)`).test(text) ? above(span.start.line, written, lines) : undefined;
}

/** One more job in `needs`, in whichever form that is written. */
function needing(job: JobView, name: string, lines: Lines): TextEdit | undefined {
  if (job.needsAt === undefined) {
    const line = lines.lineOf(job.from);
    return /^[ \t]+[\w-]+:/.test(lines.at(line).text) ? above(line, `needs: ${name}`, lines) : undefined;
  }
  const { line } = job.needsAt.start;
  const { from, text } = lines.at(line);
  const one = /^([ \t]+needs:[ \t]+)([\w-]+)[ \t]*(?:#.*)?$/.exec(text);
  if (one !== null) {
    const start = from + one[1]!.length;
    return { from: start, to: start + one[2]!.length, text: `[${one[2]}, ${name}]` };
  }
  const list = /^[ \t]+needs:[ \t]+\[[\w-]+(?:,[ \t]*[\w-]+)*(?=[ \t]*\])/.exec(text);
  if (list !== null) return { from: from + list[0].length, to: from + list[0].length, text: `, ${name}` };
  return /^[ \t]+- [\w-]+[ \t]*(?:#.*)?$/.test(text) ? above(line, `- ${name}`, lines) : undefined;
}
