import { satisfies } from '../../core/index.ts';

/** A package whose install script may be left out, for every platform. */
export interface ScriptNotNeeded {
  readonly package: string;
  readonly range: string;
  readonly reason: string;
  /** The script would do something where this is installed in the image. */
  readonly notWith?: 'libvips';
  readonly checked: `20${number}-${string}-${string}`;
}

/**
 * Install scripts that do nothing once the package for the platform is there. Read in the published
 * tarballs of the first and last minor release of the range on the day named; outside the range it is refused.
 */
export const scriptsNotNeeded: readonly ScriptNotNeeded[] = [
  {
    package: 'sharp',
    range: '>=0.33.0 <0.35.0',
    reason:
      'install/check.js builds from source only where a global libvips was found or asked for; the code is in @img/sharp-*',
    notWith: 'libvips',
    checked: '2026-11-22',
  },
  {
    package: 'esbuild',
    range: '>=0.16.0 <0.29.0',
    reason:
      'install.js replaces bin/esbuild by the native program to save a process; without it the JavaScript launcher starts @esbuild/*',
    checked: '2026-11-22',
  },
  {
    package: '@parcel/watcher',
    range: '>=2.5.1 <2.6.0',
    reason: 'scripts/build-from-source.js does something only with npm_config_build_from_source',
    checked: '2026-11-22',
  },
  {
    package: '@swc/core',
    range: '>=1.3.100 <1.16.0',
    reason: 'postinstall.js only falls back to the wasm build where no @swc/core-* fits, which is an error here',
    checked: '2026-11-22',
  },
];

/** Why a package's script may be left out; undefined where nothing says so. `has` tells what the image has installed. */
export function reasonNotNeeded(
  name: string,
  version: string,
  options: {
    readonly byUser: readonly { readonly package: string; readonly reason: string }[];
    readonly has: ReadonlySet<'libvips'>;
  },
): string | undefined {
  const user = options.byUser.find((entry) => entry.package === name);
  if (user !== undefined) return user.reason;
  const row = scriptsNotNeeded.find(
    (entry) => entry.package === name && satisfies(version, entry.range, { includePrerelease: false }) === true,
  );
  return row?.notWith !== undefined && options.has.has(row.notWith) ? undefined : row?.reason;
}
