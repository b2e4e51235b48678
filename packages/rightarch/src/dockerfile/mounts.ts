import type { Run, Span } from './types.ts';

/** The fields of one `--mount`: names in lower case, a field without `=` has no value. */
export interface Mount {
  readonly fields: ReadonlyMap<string, string | undefined>;
  /** `bind` where the flag has no `type`. */
  readonly type: string;
  readonly span: Span;
}

/** The mounts of a RUN, in their order. Variables are filled in where the RUN has gone through a scope. */
export function mountsOf(run: Run): readonly Mount[] {
  return run.flags
    .filter(({ name }) => name === 'mount')
    .map(({ value }) => {
      const fields = new Map<string, string | undefined>();
      for (const field of csvFields(value.text)) {
        const equals = field.indexOf('=');
        const name = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
        fields.set(name, equals < 0 ? undefined : field.slice(equals + 1));
      }
      return { fields, type: (fields.get('type') ?? 'bind').toLowerCase(), span: value.span };
    });
}

/** The stages and images that the mounts of a RUN name. */
export function mountSources(run: Run): readonly { readonly from: string; readonly span: Span }[] {
  return mountsOf(run).flatMap(({ fields, span }) => {
    const from = fields.get('from');
    return from === undefined || from === '' ? [] : [{ from, span }];
  });
}

/** A secret that a RUN asks for, as BuildKit reads it (instructions/commands_runmount.go, dockerfile2llb/convert_secrets.go). */
export interface SecretMount {
  readonly id: string;
  /** Where it is a file, as written; a relative one counts from WORKDIR. */
  readonly target?: string;
  /** The variable that holds it. */
  readonly env?: string;
  /** Without it, the secret is left out where nobody gives it. */
  readonly required: boolean;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'id',
  'source',
  'src',
  'target',
  'dst',
  'destination',
  'required',
  'mode',
  'uid',
  'gid',
  'env',
]);

/** The secret of a mount with variables in; undefined for one that BuildKit would not take. */
export function secretOf({ type, fields }: Mount): SecretMount | undefined {
  if (type !== 'secret' || [...fields.keys()].some((name) => !SECRET_FIELDS.has(name))) return undefined;
  // Of two names for one thing the later counts.
  const value = (...names: readonly string[]): string | undefined =>
    [...fields].filter(([name, text]) => names.includes(name) && text !== undefined).at(-1)?.[1];
  const source = value('source', 'src') ?? '';
  const named = value('id') ?? '';
  const target = value('target', 'dst', 'destination') ?? '';
  const env = value('env');
  const id = source || named || target.replace(/\/+$/, '').replace(/^.*\//, '');
  const required = fields.has('required') ? truth(fields.get('required') ?? 'true') : false;
  const mode = number(value('mode') ?? '400', 8);
  const uid = number(value('uid') ?? '0', 10);
  const gid = number(value('gid') ?? '0', 10);
  if (id === '' || (source !== '' && named !== '') || env === '') return undefined;
  if (required === undefined || mode === undefined || uid === undefined || gid === undefined) return undefined;
  return {
    id,
    ...(target !== '' ? { target } : env === undefined ? { target: `/run/secrets/${id.replace(/^.*\//, '')}` } : {}),
    ...(env === undefined ? {} : { env }),
    required,
    mode: mode & 0o777,
    uid,
    gid,
  };
}

/** Go's strconv.ParseBool. */
function truth(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

function number(text: string, base: 8 | 10): number | undefined {
  const found = (base === 8 ? /^[0-7]{1,11}$/ : /^[0-9]{1,10}$/).test(text) ? Number.parseInt(text, base) : Number.NaN;
  return found < 2 ** 32 ? found : undefined;
}

/** Comma-separated fields, a field in double quotes may have commas, two double quotes are one. */
function csvFields(text: string): readonly string[] {
  const fields: string[] = [];
  for (let at = 0; at <= text.length; ) {
    if (text[at] !== '"') {
      const comma = text.indexOf(',', at);
      const end = comma < 0 ? text.length : comma;
      fields.push(text.slice(at, end));
      at = end + 1;
      continue;
    }
    let field = '';
    for (at++; at < text.length; at++) {
      if (text[at] !== '"') field += text[at];
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else break;
    }
    const comma = text.indexOf(',', at);
    fields.push(field);
    at = (comma < 0 ? text.length : comma) + 1;
  }
  return fields;
}
