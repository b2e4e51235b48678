import type { Diagnostic, Location } from '../../../core/index.ts';
import type { Dockerfile } from '../../../dockerfile/index.ts';
import { atInput, diagnostic } from '../../../messages/index.ts';
import { dockerCheckCommand, dockerCommand } from '../../stage/docker-command.ts';
import type { BuildRequest } from '../../types.ts';

/**
 * `# check=error=true`, or the build argument that says the same and wins over it, makes BuildKit fail where one of its
 * build checks finds something (docs.docker.com/build/checks, read 2026-11-28). Those checks are not run here, and
 * whoever asked for them is told.
 */
export function checksNotRun(dockerfile: Dockerfile, request: BuildRequest): readonly Diagnostic[] {
  const given = Object.hasOwn(request.args, 'BUILDKIT_DOCKERFILE_CHECK')
    ? request.args['BUILDKIT_DOCKERFILE_CHECK']
    : undefined;
  const directive = dockerfile.directives.find(({ name }) => name === 'check');
  const value = given ?? directive?.value ?? '';
  if (!value.split(';').some((part) => /^\s*error\s*=\s*(?:1|t|true)\s*$/i.test(part))) return [];
  const what = given === undefined ? `# check=${value}` : `--build-arg BUILDKIT_DOCKERFILE_CHECK=${value}`;
  const at: Location =
    given === undefined && directive !== undefined
      ? { in: 'file', file: dockerfile.file, ...directive.span }
      : atInput('--build-arg');
  return [diagnostic('dockerfile/checks-not-run', { what, docker: dockerCheckCommand(request) }, at)];
}

/** What has a use only where a program runs, or where BuildKit's cache is. A host for an install is refused (`judge`). */
export function flagsUnused(
  { dockerFlags = [] }: Pick<BuildRequest, 'dockerFlags'>,
  by: 'embedded' | 'buildah' = 'embedded',
): readonly Diagnostic[] {
  if (dockerFlags.length === 0) return [];
  const flags = dockerFlags.map(([flag, value]) => `--${flag} ${value}`);
  const hasCache = dockerFlags.some(([flag]) => flag.startsWith('cache-'));
  return [diagnostic('plan/flag-unused', { flags, hasCache, by }, atInput(flags[0]!.split(' ', 1)[0]!))];
}

/** What the embedded engine does is written into no statement: nobody who reads one would know who made it. */
export function attestationsRefused(request: BuildRequest): readonly Diagnostic[] {
  const { attests = [] } = request;
  if (attests.length === 0) return [];
  const args = { attests, by: 'embedded', docker: dockerCommand(request) } as const;
  return [diagnostic('plan/attestations-need-buildkit', args, atInput('--attest'))];
}

/** A RUN that asks for an agent is refused; where none does, `--ssh` changes nothing, and that is said. */
export function agentNotAsked(request: BuildRequest): readonly Diagnostic[] {
  const { ssh, sshAt } = request;
  if (ssh.length === 0) return [];
  return [diagnostic('plan/ssh-not-yet', { agents: ssh, docker: dockerCommand(request) }, sshAt ?? atInput('--ssh'))];
}
