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
