/** Installers and builders that have an issue of their own: named, so that the refusal can say more than "unknown". */
export const toolsNotYet: ReadonlySet<string> = new Set([
  'pnpm',
  'pnpx',
  'yarn',
  'yarnpkg',
  'bun',
  'bunx',
  'corepack',
  'pip',
  'pip3',
  'uv',
  'poetry',
  'pipenv',
  'go',
]);
