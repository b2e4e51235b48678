import type { BuildPlan } from '../../build/index.ts';
import { renderPlan } from '../../report/index.ts';
import { engineFor, rememberPlan } from '../building.ts';
import { type ExitStatus, worstExit } from '../exit.ts';
import { jobsOf } from '../jobs.ts';
import { nameJobs } from '../naming.ts';
import { withOptional } from '../optional.ts';
import { loadProject } from '../project.ts';
import type { Session } from '../session.ts';
import type { Flags } from '../specs.ts';

const isSlow = ({ platforms }: BuildPlan): boolean =>
  platforms.some(({ stages }) => stages.some(({ faster }) => faster !== undefined));

/** `plan`: what would be built and why, without a layer being read. What no engine here can do is a finding. */
export async function plan(session: Session, words: readonly string[], flags: Flags): Promise<ExitStatus> {
  const project = await loadProject(session, flags, words);
  const statuses: ExitStatus[] = [];
  const values: unknown[] = [];
  const jobs = await jobsOf(session, words, flags, project);
  await nameJobs(session, jobs, project);
  if (flags.rewrite === true || flags.write === true) {
    const { rewriteJob } = await import('../rewriting.ts');
    for (const job of jobs) {
      const { status, value } = await rewriteJob(session, job, flags, project);
      statuses.push(status);
      values.push(value);
    }
    session.answer(values.length === 1 ? values[0] : values);
    return worstExit(statuses);
  }
  for (const job of jobs) {
    const engine = await engineFor(session, job, flags, project);
    const { value, leftOut } = await withOptional(session, job, 'plan', ({ request }) =>
      engine.plan(request, { signal: session.shell.signal }),
    );
    const told = { ...value, diagnostics: [...value.diagnostics, ...leftOut] };
    const planned = isSlow(told) ? await (await import('../rewritable.ts')).withRewrites(job, told) : told;
    statuses.push(planned.diagnostics.some(({ severity }) => severity === 'error') ? 1 : 0);
    if (flags.locked !== true) await rememberPlan(job, planned);
    const { engine: name } = planned;
    // Whoever reads it asks about a platform.
    const platforms = planned.platforms.map((one) => ({ ...one, engine: one.engine ?? name }));
    values.push({ ...planned, platforms, diagnostics: session.findingsJson(planned.diagnostics) });
    if (!session.json) {
      session.print(`${renderPlan(session.page, planned)}\n`);
      session.printFindings(planned.diagnostics);
    }
  }
  session.answer(values.length === 1 ? values[0] : values);
  return worstExit(statuses);
}
