import { isObject } from './is-object.ts';
import { satisfies } from './semver.ts';

interface Current {
  readonly name: string | undefined;
  /** Of Node with the `v` that it has in process.version. */
  readonly version?: string | undefined;
}

/** What `devEngines` are held against; a name or a version is undefined where nobody here can tell it. */
export type CurrentEngines = Readonly<Record<'packageManager' | 'runtime' | 'cpu' | 'libc' | 'os', Current>>;

/** How npm ends on them: what it prints, and the engine that is not the one that is wanted. */
export interface DevEnginesProblem {
  readonly said: readonly string[];
  readonly engine?: string;
}

/** What npm's check of `devEngines` comes to: `unknown` is what could not be compared. Neither: it goes on. */
export interface DevEnginesAnswer {
  readonly problem?: DevEnginesProblem;
  readonly unknown?: string;
}

const ON_FAIL = ['ignore', 'warn', 'error', 'download'];

/**
 * npm-install-checks, dev-engines.js and current-env.js; npm, base-cmd.js: before an install, a script or an `npm exec`.
 * 10.9.0 is the first release that looks (10.8.3, 10.9.0 and 11.19.1 compared on 2026-11-28, 10.9.4 on 2026-11-30).
 */
export function devEnginesAnswer(wanted: unknown, npm: string, current: CurrentEngines): DevEnginesAnswer {
  if (wanted === undefined || satisfies(npm, '<10.9.0', { includePrerelease: true }) !== false) return {};
  if (!isObject(wanted)) return { problem: { said: ['Invalid non-object value for "devEngines"'] } };
  let problem: DevEnginesProblem | undefined;
  let unknown: string | undefined;
  for (const [engine, authored] of Object.entries(wanted)) {
    if (!Object.hasOwn(current, engine)) return { problem: { said: [`Invalid property "devEngines.${engine}"`] } };
    const all = [authored].flat();
    const found = all.map((one) => checkOne(one, engine, current[engine as keyof CurrentEngines]));
    const broken = found.find((one) => one?.is === 'broken');
    if (broken !== undefined) return { problem: { said: [broken.said] } };
    if (all.length === 0 || found.includes(undefined)) continue;
    // The last of a list says what a failure means; `download` is for other package managers.
    const onFail = (all.at(-1) as Readonly<Record<string, unknown>>)['onFail'] || 'error';
    if (onFail !== 'error' && onFail !== 'download') continue;
    const open = found.find((one) => one?.is === 'unknown');
    if (open !== undefined) unknown ??= open.said;
    else problem ??= { engine, said: found.map((one) => one!.said) };
  }
  return { ...(problem !== undefined ? { problem } : {}), ...(unknown !== undefined ? { unknown } : {}) };
}

/** `broken`: npm cannot read the wish, whatever its `onFail` says. Undefined where it is met. */
function checkOne(
  wanted: unknown,
  engine: string,
  current: Current,
): { readonly said: string; readonly is: 'broken' | 'unmet' | 'unknown' } | undefined {
  const broken = (said: string) => ({ said, is: 'broken' }) as const;
  const unmet = (said: string) => ({ said, is: 'unmet' }) as const;
  const unknown = (what: string) => ({ said: `devEngines.${engine}${what}`, is: 'unknown' }) as const;
  if (!isObject(wanted)) return broken(`Invalid non-object value for "${engine}"`);
  const { name, version, onFail } = wanted;
  const strange = Object.keys(wanted).find((key) => !['name', 'version', 'onFail'].includes(key));
  if (strange !== undefined) return broken(`Invalid property "${strange}" for "${engine}"`);
  if (typeof name !== 'string') return broken(`Missing "name" property for "${engine}"`);
  if (onFail !== undefined && !(typeof onFail === 'string' && ON_FAIL.includes(onFail)))
    return broken(`Invalid onFail value for "${engine}"`);
  // The releases tell the libc by other means where neither its program nor its loader says it.
  if (current.name === undefined) return unknown('');
  if (name !== current.name) return unmet(`Invalid name "${name}" does not match "${current.name}" for "${engine}"`);
  if (version === undefined) return undefined;
  if (typeof version !== 'string') return broken(`Invalid non-string value for "version" within "${engine}"`);
  if (current.version === undefined) {
    // Of the system it is the kernel of whoever runs it; a CPU and a libc have none.
    if (engine !== 'cpu' && engine !== 'libc') return unknown('.version');
    return broken(`Unable to determine "version" for "${engine}" "${name}"`);
  }
  const fits = satisfies(current.version, version, { includePrerelease: false });
  if (fits === undefined) return unknown(`.version=${version}`);
  return fits
    ? undefined
    : unmet(`Invalid semver version "${version}" does not match "${current.version}" for "${engine}"`);
}
