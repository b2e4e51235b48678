import type { CodeRow } from '../code.ts';
import { cliCodes } from './cli.ts';
import { cliReportCodes } from './cli-reports.ts';
import { configCodes } from './config.ts';
import { contextCodes } from './context.ts';
import { definitionCodes } from './definition.ts';
import { dockerCodes } from './docker.ts';
import { dockerfileCodes } from './dockerfile.ts';
import { dockerfileBaseCodes } from './dockerfile-bases.ts';
import { dockerfileChoiceCodes } from './dockerfile-choice.ts';
import { dockerfileCpuCodes } from './dockerfile-cpu.ts';
import { engineCodes } from './engine.ts';
import { imageCodes } from './image.ts';
import { imageSmellCodes } from './image-smells.ts';
import { lockfileCodes } from './lockfile.ts';
import { machineCodes } from './machine.ts';
import { npmCodes } from './npm.ts';
import { planCodes } from './plan.ts';
import { platformCodes } from './platform.ts';
import { proofCodes } from './proof.ts';
import { publishCodes } from './publish.ts';
import { registryCodes } from './registry.ts';
import { repositoryCodes } from './repository.ts';
import { runCodes } from './run.ts';
import { targetCodes } from './target.ts';
import { workflowCodes } from './workflow.ts';

/** Every code there is, in the order of the areas. The area is the kind of thing judged. */
export const codes = {
  ...cliCodes,
  ...cliReportCodes,
  ...configCodes,
  ...contextCodes,
  ...definitionCodes,
  ...dockerCodes,
  ...dockerfileCodes,
  ...dockerfileBaseCodes,
  ...dockerfileChoiceCodes,
  ...dockerfileCpuCodes,
  ...engineCodes,
  ...imageCodes,
  ...imageSmellCodes,
  ...lockfileCodes,
  ...machineCodes,
  ...npmCodes,
  ...planCodes,
  ...platformCodes,
  ...proofCodes,
  ...publishCodes,
  ...registryCodes,
  ...repositoryCodes,
  ...runCodes,
  ...targetCodes,
  ...workflowCodes,
} as const;

export type CodeId = keyof typeof codes;
export type ArgsOf<Id extends CodeId> = (typeof codes)[Id] extends CodeRow<infer Args> ? Args : never;
