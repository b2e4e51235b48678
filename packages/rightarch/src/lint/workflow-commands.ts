import { formatPlatform } from '../core/index.ts';
import { DEFAULT_PLATFORM } from './documents/script.ts';
import { readShell, type ShellCommand, UNSEEN } from './documents/shell.ts';
import { inLeg, type JobView, type Leg, type StepView } from './documents/workflow.ts';
import { buildOf, namesAfter } from './script-builds.ts';
import { runnerOf } from './workflow-builds.ts';

/** An image that a leg of a job builds and pushes by commands. */
export interface PushedByCommand {
  readonly leg: Leg;
  readonly step: StepView;
  readonly tag: string;
  /** `linux/amd64`, joined by commas. */
  readonly platforms: string;
}

/** What GitHub tells every leg of a run alike (docs.github.com, variables reference, read 2026-11-30). */
const SAME_FOR_ALL =
  /^GITHUB_(?:SHA|REF|REF_NAME|REPOSITORY|REPOSITORY_OWNER|RUN_ID|RUN_NUMBER|RUN_ATTEMPT|ACTOR|EVENT_NAME)$/;

/** What each leg of a job pushes by `docker build` and `docker push`; a name or a platform that is not seen is left out. */
export function pushedByCommands(job: JobView): readonly PushedByCommand[] {
  return (job.legs ?? []).flatMap((leg) => {
    const runner = runnerOf(job.runsOn.map((label) => inLeg(label, leg, new Map())));
    const steps = job.steps.flatMap((step) => {
      // One that a condition skips in some legs may push in one alone.
      const text =
        step.run === undefined || /matrix/.test(step.condition ?? '') ? undefined : inLeg(step.run, leg, step.env);
      return text === undefined ? [] : [{ step, commands: commandsOf(text, step, leg) }];
    });
    const pushed = new Set(
      steps.flatMap(({ commands }) => commands.flatMap((one) => namesAfter(one, 'push').map(({ text }) => text))),
    );
    return steps.flatMap(({ step, commands }) =>
      commands.flatMap((command): readonly PushedByCommand[] => {
        const build = buildOf(command);
        if (build === undefined || build.byDigest !== undefined) return [];
        const made =
          build.platformsAt === undefined
            ? setsPlatform(step, command)
              ? undefined
              : runner && [runner]
            : build.platforms;
        if (made === undefined) return [];
        const platforms = made.map(formatPlatform).join();
        return build.tags
          .filter(({ text }) => !text.includes(UNSEEN) && (build.pushes || pushed.has(text)))
          .map(({ text: tag }) => ({ leg, step, tag, platforms }));
      }),
    );
  });
}

/** The commands of a step that run in any case. An expression that is the same for all legs is a word like any other. */
function commandsOf(text: string, step: StepView, leg: Leg): readonly ShellCommand[] {
  const asWord = (written: string): string =>
    written.replace(/\$\{\{\s*(.*?)\s*\}\}/gs, (_, inner: string) => inner.replace(/\W+/g, '.'));
  const outside = (name: string): string => {
    const own = step.env.get(name);
    const value = own === undefined ? undefined : inLeg(own, leg, step.env);
    if (value !== undefined) return asWord(value);
    return own === undefined && SAME_FOR_ALL.test(name) ? name : UNSEEN;
  };
  return readShell(asWord(text), outside).commands.filter(({ guarded }) => !guarded);
}

/** Which one it builds for is then not followed. */
const setsPlatform = ({ env, run }: StepView, { assigned, variables }: ShellCommand): boolean =>
  [env, assigned, variables].some((one) => one.has(DEFAULT_PLATFORM)) || run?.includes(DEFAULT_PLATFORM) === true;
