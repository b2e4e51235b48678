import { formatPlatform } from '../../../core/index.ts';
import { openArchive } from '../../../oci/index.ts';
import { buildFlags } from '../../stage/docker-command.ts';
import type { RunProgram } from '../../types.ts';
import { carryOut } from '../buildkit/carry-out.ts';
import { absolute, argsOf } from '../buildkit/hand-over.ts';
import type { BuildxNode } from '../buildkit/node.ts';
import { type ImageStore, must } from '../store/build-in-store.ts';
import { unattested } from './command.ts';

/** Docker's older image store. Seen with Docker 20.10 and 26.1, 2026-11-29. */
export function dockerStore(run: RunProgram, node: BuildxNode): ImageStore {
  return {
    pulls: true,
    spellsOut: false,
    load: async (archive, call) => void (await must(run, ['docker', 'load', '--quiet', '--input', archive], call)),
    async build({ platform, name, idFile, dockerfile, request }, call) {
      const words = [
        ...(node.classic === 'docker build'
          ? ['build', '--progress', 'plain']
          : ['buildx', 'build', '--builder', node.name, '--progress', 'rawjson', '--output', 'type=docker']),
        ...(node.classic === 'docker build' ? [] : unattested(request)),
        ...['--platform', formatPlatform(platform), '--tag', name, '--iidfile', idFile, '--file', dockerfile],
        ...buildFlags(request, argsOf(request), absolute(request)),
        request.context,
      ];
      await carryOut(run, words, { request, node }, call);
    },
    async save(name, { directory }, call) {
      const file = `${directory}.tar`;
      await must(run, ['docker', 'save', '--output', file, name], call);
      return openArchive(file, call);
    },
    async tags(repository, { signal }) {
      return (await run('docker', ['image', 'ls', '--format', '{{.Tag}}', repository], { signal })).out.split('\n');
    },
    remove: async (names) => void (await run('docker', ['image', 'rm', ...names])),
  };
}
