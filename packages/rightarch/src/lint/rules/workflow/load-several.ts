import { formatPlatform } from '../../../core/index.ts';
import { diagnostic } from '../../../messages/index.ts';
import { inFile, type WorkflowRule } from '../../rule.ts';

/** `load: true` for several platforms: the exporter into Docker takes one (buildx, docker-container driver). */
export const loadSeveral: WorkflowRule = function* (view, { builds }) {
  const told = new Set<unknown>();
  for (const { step, platforms = [], before } of builds) {
    const load = step.inputs.get('load');
    const setup = before.find(({ uses }) => uses === 'docker/setup-buildx-action');
    const driver = setup?.inputs.get('driver')?.value ?? 'docker-container';
    if (load?.value !== 'true' || platforms.length < 2 || setup === undefined || driver !== 'docker-container')
      continue;
    if (told.has(step)) continue;
    told.add(step);
    const args = { platforms: platforms.map(formatPlatform) };
    yield { diagnostic: diagnostic('workflow/load-several', args, inFile(view.file, load.span)) };
  }
};
