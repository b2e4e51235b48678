import { isAbsolute, relative } from 'node:path';
import type { Diagnostic, Location } from '../core/index.ts';

/** A path as people see it: relative to where they stand, unless it is elsewhere. `oci:` and `archive:` stay before it. */
export function shownPath(cwd: string, text: string): string {
  const [, scheme = '', path = text] = /^(oci:|archive:)([\s\S]*)$/.exec(text) ?? [];
  if (!isAbsolute(path) || path === cwd) return text;
  const near = relative(cwd, path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? text : scheme + near;
}

/** A diagnostic whose places are named as they were typed, whichever room made them absolute. */
export function shown(cwd: string, diagnostic: Diagnostic): Diagnostic {
  const { at, args, related } = diagnostic;
  return {
    ...diagnostic,
    at: shownLocation(cwd, at),
    args: Object.fromEntries(Object.entries(args).map(([name, value]) => [name, shownValue(cwd, value)])),
    related: related.map((one) => ({ ...one, at: shownLocation(cwd, one.at) })),
  };
}

function shownLocation(cwd: string, at: Location): Location {
  switch (at.in) {
    case 'file':
      return { ...at, file: shownPath(cwd, at.file) };
    case 'image':
      return { ...at, image: shownPath(cwd, at.image) };
    case 'input':
      return { ...at, name: shownPath(cwd, at.name) };
  }
}

function shownValue(cwd: string, value: unknown): unknown {
  if (typeof value === 'string') return shownPath(cwd, value);
  return Array.isArray(value) ? value.map((one) => shownValue(cwd, one)) : value;
}
