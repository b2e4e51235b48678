import { proofTexts } from '../messages/phrases/proof.ts';
import type { Page } from './page.ts';

/** What a Docker with its own image store makes of an archive. */
export interface DockerLoads {
  /** Null where it refuses the archive. */
  readonly classic: readonly string[] | null;
  /** Platforms that the archive has. */
  readonly all: number;
}

export function renderDockerLoads({ language }: Page, { classic, all }: DockerLoads): string {
  if (classic === null) return proofTexts.dockerRefuses[language]();
  return proofTexts.dockerLoads[language]({ loaded: classic.join(', '), more: all > classic.length });
}
