export const npmCodes = {} as const;
