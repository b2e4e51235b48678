import { targetAskCodes } from './target-ask.ts';
import { targetFactCodes } from './target-facts.ts';
import { targetImageCodes } from './target-image.ts';

export const targetCodes = { ...targetAskCodes, ...targetImageCodes, ...targetFactCodes } as const;
