import { viewDockerfile } from './documents/dockerfile.ts';

/** Whether a Dockerfile runs a command in a stage for the target, so that the builder must be able to run its programs. */
export const runsOnTarget = (path: string, text: string): boolean =>
  viewDockerfile({ path, text }, []).stages.some(
    ({ follows, steps }) => follows === 'target' && steps.some(({ written }) => written.keyword === 'RUN'),
  );
