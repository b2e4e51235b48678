import { configNameCodes } from './config-names.ts';
import { configShapeCodes } from './config-shape.ts';
import { configVariableCodes } from './config-variables.ts';

export const configCodes = { ...configShapeCodes, ...configNameCodes, ...configVariableCodes } as const;
