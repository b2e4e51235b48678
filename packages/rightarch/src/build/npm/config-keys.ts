/** Keys that change nothing of what is placed. */
export const NEUTRAL = new Set([
  'audit',
  'audit-level',
  'fund',
  'loglevel',
  'progress',
  'update-notifier',
  'color',
  'unicode',
  'timing',
  'cache',
  'prefer-offline',
  'prefer-online',
  'fetch-retries',
  'fetch-retry-factor',
  'fetch-retry-mintimeout',
  'fetch-retry-maxtimeout',
  'fetch-timeout',
  'maxsockets',
  'save',
  'save-exact',
  'save-prefix',
  'package-lock',
  'yes',
  'logs-dir',
  'logs-max',
  'heading',
  'silent',
  'foreground-scripts',
  'engine-strict',
  'legacy-peer-deps',
  'registry',
  'omit',
  'include',
  'production',
  'only',
  'ignore-scripts',
  'replace-registry-host',
  'bin-links',
  'strict-peer-deps',
  'always-auth',
  'user-agent',
  'noproxy',
  'quiet',
  'save-dev',
  'save-optional',
  'init-module',
  'init-author-name',
  'init-author-email',
  'init-license',
  'email',
  'strict-ssl',
  'depth',
  'link',
]);

/** Who asks, and with which proof. */
export const SECRET = /(?:^|:)(_authToken|_auth|_password|username|email|certfile|keyfile)$/;

/**
 * Of no registry: npm ends with ERR_INVALID_AUTH at these in a file (seen with 11.19.1, 2026-11-29), and before npm 9
 * it sent them to the registry.
 */
export const UNSCOPED: ReadonlySet<string> = new Set(['_authToken', '_auth', '_password', 'username']);

/** In the user's own file, which was written for another machine: the way out, and the place of global packages. */
export const OF_A_MACHINE: ReadonlySet<string> = new Set(['proxy', 'https-proxy', 'http-proxy', 'prefix']);

/** Of the keys that are taken, those that decide what the files are. */
export const DECISIVE: ReadonlySet<string> = new Set([
  'omit',
  'include',
  'production',
  'only',
  'ignore-scripts',
  'engine-strict',
  'legacy-peer-deps',
  'strict-peer-deps',
  'bin-links',
  'package-lock',
  'save',
  'replace-registry-host',
]);

/** Keys of npm that are named where they are refused in a secret. What is no key of npm may be the secret itself. */
export const NAMED: ReadonlySet<string> = new Set([
  ...OF_A_MACHINE,
  'before',
  'ca',
  'cafile',
  'cert',
  'force',
  'git',
  'global',
  'globalconfig',
  'install-links',
  'install-strategy',
  'key',
  'local-address',
  'min-release-age',
  'node-options',
  'otp',
  'prefer-dedupe',
  'script-shell',
  'shell',
  'tag',
  'userconfig',
  'workspace',
  'workspaces',
]);
