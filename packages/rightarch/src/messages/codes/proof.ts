export const proofCodes = {} as const;
