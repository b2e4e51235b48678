export const publishCodes = {} as const;
