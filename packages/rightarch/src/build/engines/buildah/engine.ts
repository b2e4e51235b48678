import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Location } from '../../../core/index.ts';
import type { Dockerfile, Span } from '../../../dockerfile/index.ts';
import { atFile, atInput, failure } from '../../../messages/index.ts';
import { type CallOptions, makeDirectory } from '../../../oci/index.ts';
import { ownName, removeAbandoned } from '../../../oci/own-name.ts';
import { canceled } from '../../canceled.ts';
import { refuseForeign } from '../../open-output.ts';
import { planBuild } from '../../plan.ts';
import { Bases } from '../../stage/bases.ts';
import { dockerCommand } from '../../stage/docker-command.ts';
import { otherFrontend } from '../../stage/frontend.ts';
import { type PreparedPlatform, placeIn, readDockerfile } from '../../stage/prepare.ts';
import type { BasePin, BuildRequest, Engine } from '../../types.ts';
import { type BuildKitOptions, executed, type Told } from '../buildkit/engine.ts';
import { flagsUnused } from '../embedded/not-done.ts';
import { buildInStore } from '../store/build-in-store.ts';
import { buildahStore, isBuildKits } from './store.ts';
import { type BuildahTool, findBuildah, noBuildah } from './tool.ts';

export interface BuildahOptions extends Pick<BuildKitOptions, 'run' | 'cacheDirectory' | 'openBase' | 'locked'> {
  /** Milliseconds since 1970. Without it no base stays in the store: nobody would know when to take it away. */
  readonly now?: (() => number) | undefined;
}

/** buildah or podman, which need no daemon. */
export interface BuildahEngine extends Engine {
  /** The program that would do it; undefined where there is none, or where it could not. Changes nothing. */
  told(request: BuildRequest, options?: CallOptions): Promise<Told | undefined>;
}

/**
 * Makes the engine that hands a build to buildah, or to the one in podman. Bases are resolved here, once for all platforms,
 * and put into its store; what it built comes out of there and is taken away. What it does otherwise than BuildKit is in
 * docs/engines.md.
 */
export function createBuildahEngine(options: BuildahOptions): BuildahEngine {
  let asked: Promise<BuildahTool | undefined> | undefined;
  const available = (signal?: AbortSignal) => {
    asked ??= findBuildah(options.run, signal);
    return asked;
  };
  const tool = async (signal?: AbortSignal): Promise<BuildahTool> => {
    const found = await available(signal);
    if (found === undefined) throw noBuildah();
    return found;
  };
  const prepare = async (
    request: BuildRequest,
    found: BuildahTool,
    pins: readonly BasePin[] | undefined,
    call: CallOptions,
  ) => {
    const bases = new Bases({ open: options.openBase, contexts: request.contexts, locked: options.locked, pins });
    try {
      const dockerfile = await readDockerfile(request, { ...call, anyFrontend: true });
      refuseNewer(dockerfile, request, found);
      const { platform: buildPlatform } = found;
      const planner = { engine: 'buildah', buildPlatform, bases, mounts: true, judge: executed } as const;
      const { plan, prepared } = await planBuild(dockerfile, request, planner, call);
      refuseOperations(prepared, request, found);
      const unused = (request.dockerFlags ?? []).filter(([flag]) => isBuildKits(flag));
      const diagnostics = [...plan.diagnostics, ...flagsUnused({ dockerFlags: unused }, 'buildah')];
      return { plan: { ...plan, diagnostics }, prepared, bases };
    } catch (cause) {
      await bases.close();
      throw cause;
    }
  };
  return {
    id: 'buildah',

    async told({ attests = [] }, { signal } = {}) {
      const found = attests.length > 0 ? undefined : await available(signal);
      return found && { engine: found.command, builder: `${found.command} ${found.version}` };
    },

    async plan(request, call = {}) {
      return canceled(request, call, async () => {
        const { plan, bases } = await prepare(request, await tool(call.signal), undefined, call);
        await bases.close();
        return plan;
      });
    },

    async build(request, plan, output, call = {}) {
      return canceled(request, call, async () => {
        const found = await tool(call.signal);
        await refuseForeign(output.directory);
        const parent = join(options.cacheDirectory, 'buildah');
        await makeDirectory(parent);
        await removeAbandoned(parent);
        const scratch = join(parent, ownName());
        const { prepared, bases } = await prepare(request, found, plan.bases, call);
        try {
          await mkdir(scratch);
          const store = buildahStore(options.run, found);
          const kept = options.now && { directory: join(parent, 'bases'), now: options.now };
          return await buildInStore({ store, scratch, kept, request, plan, prepared, output }, call);
        } finally {
          await bases.close();
          await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
        }
      });
    },
  };
}

/**
 * What it ends with an error at, or reads in another way. A variable of several lines (`--build-arg KEY="$(cat id_rsa)"`): no
 * ENV says one, and what is behind the first would be read. `--link`: a plain COPY leaves the same only where its directories
 * are as it would make them, and is no link. `--exclude`: BuildKit's patterns count from each source, buildah's from the
 * context, and what was to be left out is in the image (1.39 and 1.43 seen 2026-11-30; later ones:
 * https://github.com/containers/buildah/pull/6729).
 */
function refuseOperations(prepared: readonly PreparedPlatform[], request: BuildRequest, tool: BuildahTool): void {
  const program = `${tool.command} ${tool.version}`;
  const refused = (instruction: string, what: string, at: Location) =>
    failure('plan/not-buildah', { instruction, what, program, docker: dockerCommand(request) }, at, 'request');
  for (const operation of prepared.flatMap(({ stages }) => stages.flatMap(({ operations }) => operations))) {
    if (operation.kind === 'copy') {
      const keyword = operation.add ? 'ADD' : 'COPY';
      if (operation.link && !isSince(tool, LINK)) throw refused(keyword, '--link', operation.at);
      if (operation.excludes.length > 0) throw refused(keyword, '--exclude', operation.at);
      const repository = operation.add ? operation.sources.find((one) => REPOSITORY.test(one)) : undefined;
      if (repository !== undefined) throw refused(keyword, repository, operation.at);
    }
    if (operation.kind !== 'run') continue;
    const strange = operation.mounts
      .flatMap(({ fields }) => [...fields])
      .find(([, value = '']) => NO_FIELD.test(value));
    if (strange !== undefined) throw refused('RUN', `--mount=…${strange.join('=')}`, operation.at);
    const found = Object.entries({ ...operation.env, ...operation.proxies }).find(([, value]) => /[\r\n]/.test(value));
    if (found !== undefined) throw refused('RUN', `${found[0]}=…\\n…`, operation.at);
  }
}

/**
 * https://github.com/containers/buildah/issues/4325 (read 2026-11-30). With 1.43 it is a COPY in a layer of its own: what BuildKit
 * would make anew, directories and links that are there, stays (seen 2026-11-30).
 */
const LINK = { buildah: [1, 41], podman: [5, 6] } as const;
/**
 * A source that is a Git repository to BuildKit (util/gitutil/git_ref.go, ParseGitRef; read 2026-11-30). Instead of it buildah
 * 1.28 adds what its address answers with, and 1.39 the whole build context, and both say that all is well (seen 2026-11-30).
 */
const REPOSITORY = /^(?:(?:git|ssh):\/\/|[\w.-]+@[\w.-]+:|https?:\/\/[^#?]+\.git(?:[#?]|$))/i;
/** Fields of a mount are parted at each comma, and whether variables are put in differs by version (1.28 tried, 2026-11-30). */
const NO_FIELD = /[,"'$\\\r\n]/;

function isSince({ command, version }: BuildahTool, since: typeof LINK): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [sinceMajor, sinceMinor] = since[command];
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

/** What buildah would make something else of, or nothing. */
function refuseNewer(dockerfile: Dockerfile, request: BuildRequest, tool: BuildahTool): void {
  const { attests = [] } = request;
  if (attests.length > 0) {
    const args = { attests, by: 'buildah', docker: dockerCommand(request) } as const;
    throw failure('plan/attestations-need-buildkit', args, atInput('--attest'), 'request');
  }
  const refuse = (instruction: string, what: string, span: Span | undefined) => {
    const args = {
      instruction,
      what,
      program: `${tool.command} ${tool.version}`,
      docker: dockerCommand(request),
    };
    const at = span === undefined ? atFile(request.dockerfile) : placeIn(dockerfile, span);
    return failure('plan/not-buildah', args, at, 'request');
  };
  const other = otherFrontend(dockerfile, request.args);
  if (other !== undefined) throw refuse(other.instruction, other.what, other.span);
  for (const instruction of dockerfile.instructions) {
    const { keyword, heredocs, span } = instruction;
    // A file that BuildKit writes and executes.
    if (keyword === 'RUN' && heredocs.some(({ body }) => body.startsWith('#!')))
      throw refuse(keyword, heredocs[0]!.body.split('\n', 1)[0]!, span);
  }
}
