import { proofArchivesCodes } from './proof-archives.ts';
import { proofInterpreterCodes } from './proof-interpreter.ts';
import { proofLayerCodes } from './proof-layer.ts';
import { proofLibrariesCodes } from './proof-libraries.ts';
import { proofMachineCodes } from './proof-machine.ts';
import { proofOpenCodes } from './proof-open.ts';
import { proofStartCodes } from './proof-start.ts';

/** Findings about an image, by what was looked at. */
export const proofCodes = {
  ...proofArchivesCodes,
  ...proofLayerCodes,
  ...proofLibrariesCodes,
  ...proofMachineCodes,
  ...proofOpenCodes,
  ...proofStartCodes,
  ...proofInterpreterCodes,
} as const;
