export const contextCodes = {} as const;
