import { satisfies } from '../../core/index.ts';
import { refuse } from '../run/refusal.ts';
import { isBefore, type Machine } from './graph.ts';
import { isObject } from './lockfile.ts';

interface Current {
  readonly name: string | undefined;
  readonly version?: string | undefined;
}

const ON_FAIL = ['ignore', 'warn', 'error', 'download'];

/**
 * What npm says of `devEngines` in package.json before it installs anything, undefined where it goes on: 10.9.0 is the
 * first release that looks (npm-install-checks, dev-engines.js and current-env.js; npm, base-cmd.js; 10.8.3, 10.9.0 and
 * 11.19.1 compared on 2026-11-28).
 */
export function devEnginesProblem(
  fields: Readonly<Record<string, unknown>>,
  machine: Machine,
): readonly string[] | undefined {
  const wanted = fields['devEngines'];
  if (wanted === undefined || isBefore(machine.npm, '10.9.0')) return undefined;
  if (!isObject(wanted)) return ['Invalid non-object value for "devEngines"'];
  const current: Readonly<Record<string, Current>> = {
    packageManager: { name: 'npm', version: machine.npm },
    runtime: { name: 'node', version: machine.node },
    cpu: { name: machine.cpu },
    libc: { name: machine.libc },
    os: { name: machine.os },
  };
  let problem: readonly string[] | undefined;
  for (const [engine, authored] of Object.entries(wanted)) {
    if (!Object.hasOwn(current, engine)) return [`Invalid property "devEngines.${engine}"`];
    const all = [authored].flat();
    const found = all.map((one) => checkOne(one, engine, current[engine]!));
    const broken = found.find((one) => one?.always === true);
    if (broken !== undefined) return [broken.said];
    if (all.length === 0 || found.includes(undefined)) continue;
    // The last of a list says what a failure means; `download` is for other package managers.
    const onFail = (all.at(-1) as Readonly<Record<string, unknown>>)['onFail'] || 'error';
    if (onFail === 'error' || onFail === 'download')
      problem ??= [
        'npm error code EBADDEVENGINES',
        ...[`Invalid devEngines.${engine}`, ...found.map((one) => one!.said)].map(
          (line) => `npm error EBADDEVENGINES ${line}`,
        ),
      ];
  }
  return problem;
}

/** `always`: npm cannot read the wish, whatever its `onFail` says. */
function checkOne(
  wanted: unknown,
  engine: string,
  current: Current,
): { readonly said: string; readonly always: boolean } | undefined {
  const bad = (said: string) => ({ said, always: true });
  const unmet = (said: string) => ({ said, always: false });
  if (!isObject(wanted)) return bad(`Invalid non-object value for "${engine}"`);
  const { name, version, onFail } = wanted;
  const strange = Object.keys(wanted).find((key) => !['name', 'version', 'onFail'].includes(key));
  if (strange !== undefined) return bad(`Invalid property "${strange}" for "${engine}"`);
  if (typeof name !== 'string') return bad(`Missing "name" property for "${engine}"`);
  if (onFail !== undefined && !(typeof onFail === 'string' && ON_FAIL.includes(onFail)))
    return bad(`Invalid onFail value for "${engine}"`);
  // The releases tell the libc by other means where neither its program nor its loader says it.
  if (current.name === undefined) return refuse('run/not-computable', { what: `devEngines.${engine}` });
  if (name !== current.name) return unmet(`Invalid name "${name}" does not match "${current.name}" for "${engine}"`);
  if (version === undefined) return undefined;
  if (typeof version !== 'string') return bad(`Invalid non-string value for "version" within "${engine}"`);
  if (current.version === undefined) {
    // Of the system it is the kernel of whoever builds.
    if (engine === 'os') return refuse('run/not-computable', { what: 'devEngines.os.version' });
    return bad(`Unable to determine "version" for "${engine}" "${name}"`);
  }
  const fits = satisfies(current.version, version, { includePrerelease: false });
  if (fits === undefined) return refuse('run/not-computable', { what: `devEngines.${engine}.version=${version}` });
  return fits ? undefined : unmet(`Invalid version "${version}" does not match "${current.version}" for "${engine}"`);
}
