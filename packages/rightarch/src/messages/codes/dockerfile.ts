export const dockerfileCodes = {} as const;
