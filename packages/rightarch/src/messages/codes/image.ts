export const imageCodes = {} as const;
