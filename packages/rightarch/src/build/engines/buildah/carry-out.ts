import { type Failure, formatPlatform, samePlatform } from '../../../core/index.ts';
import { atFile, failure } from '../../../messages/index.ts';
import type { CallOptions } from '../../../oci/index.ts';
import type { BuildEvent, BuildRequest, RunProgram } from '../../types.ts';
import { isAround } from '../buildkit/failure.ts';
import type { SpelledOut } from '../store/spell-out.ts';
import { type BuildahTool, noBuildah } from './tool.ts';

/**
 * Nothing that a Dockerfile can mend (buildah 1.28 and podman 4.3, seen 2026-11-30): the disk with $TMPDIR or /var/tmp is full
 * while it commits, the machine that a podman is the client of goes away, somebody emptied the store meanwhile.
 */
const AROUND =
  /^copying layers and metadata .* io: read\/write on closed pipe$|^server probably quit: |: image not known$/s;
/** What its own helper says of a step that ended: the error has the status (1.28, seen 2026-11-30). */
const OF_ITSELF = /^subprocess exited with status \d+$/;
/** Lines of a step's output that are kept for whoever asks why it failed. */
const LINES = 12;

/** What a failure is told with. */
export interface Told {
  readonly request: BuildRequest;
  readonly tool: BuildahTool;
  /** buildah names the lines of the Dockerfile that it was given. */
  readonly stages: SpelledOut['stages'];
}

/** Starts buildah, tells which step it is at, and why it ended where it did not end well. */
export async function carryOut(
  run: RunProgram,
  words: readonly string[],
  told: Told,
  { signal, onEvent = () => {} }: CallOptions & { readonly onEvent?: (event: BuildEvent) => void },
): Promise<void> {
  const { tool, request, stages } = told;
  const [platform] = request.platforms.map((one) => formatPlatform(one.platform));
  const said = new Steps(({ stage, step }) => {
    const of = stages[stage - 1]?.[step - 1]?.of;
    if (of === undefined) return;
    onEvent({ kind: 'told', text: `[${platform} ${of.place}] ${of.operation.instruction}`, state: 'started' });
  });
  const write = (text: string): void => said.write(text);
  const { status } = await run(tool.command, words, { signal, onError: write, onOutput: write });
  if (status === undefined) throw noBuildah();
  if (status !== 0) throw whyFailed(told, said);
}

/** Which of the stages, and which line of it: 1 is the first, as buildah counts. */
interface StepLine {
  readonly stage: number;
  readonly step: number;
}

/** What buildah prints: `STEP 2/3: RUN make`, or `[1/2] STEP 2/3: RUN make`, and what the step says. */
export class Steps {
  readonly #onStep: (step: StepLine) => void;
  #rest = '';
  current: StepLine | undefined;
  lines: string[] = [];

  constructor(onStep: (step: StepLine) => void) {
    this.#onStep = onStep;
  }

  write(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const [, stage = '1', step] = /^(?:\[(\d+)\/\d+\] )?STEP (\d+)\/\d+: /.exec(line) ?? [];
    if (step === undefined) {
      this.lines = [...this.lines, line].slice(-LINES * 4);
      return;
    }
    this.current = { stage: Number(stage), step: Number(step) };
    this.lines = [];
    this.#onStep(this.current);
  }
}

/** What is said of a step, without the step: it may have any words and quotes in it, and so may what is said. */
function detailOf(error: string): string {
  const step = /^(?:error )?building at STEP "/;
  if (!step.test(error)) {
    // The step as buildah holds it, build arguments with it.
    return error.replace(/^committing container for step \{.*\}: /s, '');
  }
  const [, status] = /": (exit status \d+)$/.exec(error) ?? [];
  if (status !== undefined) return status;
  // Where its files lie on this machine is nothing to look at.
  return error.slice(error.indexOf('": ') + 3).replace(/^checking on sources under "[^"]*": /, '');
}

/** `Error: building at STEP "RUN make": exit status 2` comes last. */
function whyFailed({ request, tool, stages }: Told, { current, lines }: Steps): Failure {
  const end = lines.findLastIndex((line) => /^(?:Error|error): /.test(line));
  // The step stands in it as it is, in as many lines as it has.
  const error = (end < 0 ? (lines.at(-1) ?? '') : lines.slice(end).join('\n').trim()).replace(/^error: /i, '');
  const detail = detailOf(error);
  const operation = current && stages[current.stage - 1]?.[current.step - 1]?.of?.operation;
  const instruction = operation?.instruction ?? '';
  const at = operation?.at ?? atFile(request.dockerfile);
  const because = lines
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => line !== '' && !OF_ITSELF.test(line))
    .slice(-LINES);
  const platform = request.platforms[0]!.platform;
  const isForeign = !samePlatform(platform, tool.platform);
  if (isForeign && /exec format error/i.test(`${because.join('\n')}\n${detail}`)) {
    const args = { platform: formatPlatform(platform), architecture: platform.architecture, instruction };
    return failure('engine/no-emulation', args, at, 'outside', { because });
  }
  const blame = isAround(detail) || AROUND.test(detail) ? 'outside' : 'request';
  return failure('engine/build-failed', { engine: tool.command, instruction, detail }, at, blame, { because });
}
