import { type Diagnostic, Failure } from '../../core/index.ts';
import { diagnostic } from '../../messages/index.ts';
import type { CallOptions } from '../../oci/index.ts';
import type { BuildPlan, BuildRequest, Engine } from '../types.ts';
import type { BuildahEngine } from './buildah/engine.ts';
import type { BuildKitEngine } from './buildkit/engine.ts';

interface Other {
  readonly engine: Engine;
  /** Why it is not the embedded one. */
  readonly note: Diagnostic;
}

/**
 * `--engine auto`: the embedded engine where it can, and where one instruction is beyond it, BuildKit, if that is there.
 * Which instruction decided is a note of the plan. Where there is none, the refusal stands.
 */
export function createAutoEngine(embedded: Engine, buildkit: BuildKitEngine, buildah: BuildahEngine): Engine {
  /** BuildKit, and where there is none buildah, which does some things otherwise. */
  const other = async (decided: Diagnostic, request: BuildRequest, call: CallOptions): Promise<Other | undefined> => {
    for (const engine of [buildkit, buildah]) {
      const found = await engine.told(request, call);
      if (found === undefined) continue;
      const args = { ...found, reason: decided.code };
      return { engine, note: { ...diagnostic('plan/engine-chosen', args, decided.at), causes: [decided] } };
    }
    return undefined;
  };
  /** Nobody is there who would: what could be installed goes with the refusal, unless that says it itself. */
  const alone = (decided: Diagnostic): Diagnostic => {
    if (decided.code === 'plan/attestations-need-buildkit') return decided;
    const none = diagnostic('engine/unavailable', { engine: 'auto', lack: 'all' }, decided.at);
    const { causes = [] } = decided;
    return causes.some(({ code }) => code === none.code) ? decided : { ...decided, causes: [...causes, none] };
  };
  const withNote = (plan: BuildPlan, note: Diagnostic): BuildPlan => ({
    ...plan,
    diagnostics: [note, ...plan.diagnostics],
  });
  return {
    id: embedded.id,

    async plan(request, call = {}) {
      let plan: BuildPlan | undefined;
      let decided: Diagnostic | undefined;
      try {
        plan = await embedded.plan(request, call);
        decided = plan.diagnostics.find(isBeyond);
      } catch (error) {
        if (!(error instanceof Failure) || !isBeyond(error.diagnostic)) throw error;
        decided = error.diagnostic;
        const found = await other(decided, request, call);
        if (found === undefined) throw new Failure(alone(decided), error.blame, { cause: error });
        return withNote(await found.engine.plan(request, call), found.note);
      }
      if (decided === undefined) return plan;
      const found = await other(decided, request, call);
      if (found !== undefined) return withNote(await found.engine.plan(request, call), found.note);
      return { ...plan, diagnostics: plan.diagnostics.map((one) => (one === decided ? alone(one) : one)) };
    },

    async build(request, plan, output, call = {}) {
      if (plan.engine === buildah.id) return buildah.build(request, plan, output, call);
      if (plan.engine !== embedded.id) return buildkit.build(request, plan, output, call);
      try {
        return await embedded.build(request, plan, output, call);
      } catch (error) {
        // Only the files of an image tell some things: another implementation of a command, a script that must run.
        if (!(error instanceof Failure) || !isBeyond(error.diagnostic) || call.signal?.aborted === true) throw error;
        const found = await other(error.diagnostic, request, call);
        if (found === undefined) throw new Failure(alone(error.diagnostic), error.blame, { cause: error });
        const { engine, note } = found;
        call.onEvent?.({ kind: 'diagnostic', diagnostic: note });
        const second = withNote(await engine.plan(request, call), note);
        return { plan: second, ...(await engine.build(request, second, output, call)) };
      }
    },
  };
}

/** What the embedded engine refuses and BuildKit does. What would fail there as well is told by us, in better words. */
const BEYOND: ReadonlySet<string> = new Set([
  'engine/needs-directory',
  'plan/attestations-need-buildkit',
  'plan/not-embedded',
  'run/command-unknown',
  'run/implementation-unknown',
  'run/not-computable',
  'run/option-unknown',
  'run/path-mounted',
  'run/secret-used',
  'run/shell-unknown',
  'run/syntax',
  'run/tool-not-yet',
  'npm/config-refused',
  'npm/lockfile-old',
  'npm/resolver-unknown',
  'npm/script-needed',
  'npm/source-refused',
  'npm/version-unknown',
]);

const isBeyond = ({ code }: Diagnostic): boolean => BEYOND.has(code);
