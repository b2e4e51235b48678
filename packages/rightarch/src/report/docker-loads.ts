import { proofTexts } from '../messages/phrases/proof.ts';
import type { DockerLoads } from '../oci/index.ts';
import type { Page } from './page.ts';

export function renderDockerLoads({ language }: Page, { classic, all }: DockerLoads): string {
  if (classic === null) return proofTexts.dockerRefuses[language]();
  return proofTexts.dockerLoads[language]({ loaded: classic.join(', '), more: all > classic.length });
}
