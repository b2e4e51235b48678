import { devEnginesAnswer } from '../../core/index.ts';
import { refuse } from '../run/refusal.ts';
import type { Machine } from './graph.ts';

/** What npm says of `devEngines` in package.json before it installs anything, undefined where it goes on. */
export function devEnginesProblem(
  fields: Readonly<Record<string, unknown>>,
  machine: Machine,
): readonly string[] | undefined {
  const { problem, unknown } = devEnginesAnswer(fields['devEngines'], machine.npm, {
    packageManager: { name: 'npm', version: machine.npm },
    runtime: { name: 'node', version: machine.node },
    cpu: { name: machine.cpu },
    libc: { name: machine.libc },
    os: { name: machine.os },
  });
  if (unknown !== undefined) return refuse('run/not-computable', { what: unknown });
  if (problem?.engine === undefined) return problem?.said;
  return [
    'npm error code EBADDEVENGINES',
    ...[`Invalid devEngines.${problem.engine}`, ...problem.said].map((line) => `npm error EBADDEVENGINES ${line}`),
  ];
}
