import { addCases } from './build-cases/add-cases.ts';
import type { BuildCase } from './build-cases/build-case.ts';
import { configCases } from './build-cases/config-cases.ts';
import { copyCases } from './build-cases/copy-cases.ts';
import { copyLinkCases } from './build-cases/copy-link-cases.ts';
import { runCases } from './build-cases/run-cases.ts';
import { secretCases } from './build-cases/secret-cases.ts';
import { stageCases } from './build-cases/stage-cases.ts';

export const buildCases: readonly BuildCase[] = [
  ...copyCases,
  ...copyLinkCases,
  ...addCases,
  ...stageCases,
  ...configCases,
  ...runCases,
  ...secretCases,
];
