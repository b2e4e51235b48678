import type { Diagnostic } from '../core/index.ts';
import { diagnostic, nearest } from '../messages/index.ts';
import type { Flag, Span } from './types.ts';

type FlagKind = 'boolean' | 'text' | 'several' | readonly string[];

const KNOWN: Readonly<Record<string, Readonly<Record<string, FlagKind>>>> = {
  FROM: { platform: 'text' },
  COPY: { from: 'text', chown: 'text', chmod: 'text', link: 'boolean', parents: 'boolean', exclude: 'several' },
  ADD: {
    chown: 'text',
    chmod: 'text',
    link: 'boolean',
    'keep-git-dir': 'boolean',
    checksum: 'text',
    unpack: 'boolean',
    exclude: 'several',
  },
  RUN: {
    mount: 'several',
    network: ['default', 'none', 'host'],
    security: ['sandbox', 'insecure'],
    device: 'several',
  },
  HEALTHCHECK: {
    interval: 'text',
    timeout: 'text',
    'start-period': 'text',
    'start-interval': 'text',
    retries: 'text',
  },
};

/** BuildKit reads no flags here, and takes any (instructions/parse.go, parseArg and parseStopSignal). */
const UNCHECKED: readonly string[] = ['ARG', 'STOPSIGNAL'];

/** What is wrong with an instruction's flags (BFlags.Parse in BuildKit's instructions/bflag.go). */
export function* checkFlags(keyword: string, flags: readonly Flag[], file: string): Generator<Diagnostic> {
  if (UNCHECKED.includes(keyword)) return;
  const known = KNOWN[keyword] ?? {};
  const names = Object.keys(known);
  const seen = new Set<string>();
  for (const flag of flags) {
    const at = { in: 'file', file, ...flag.span } as const;
    const kind = Object.hasOwn(known, flag.name) ? known[flag.name] : undefined;
    if (kind === undefined) {
      const near = nearest(flag.name.slice(0, 64), names);
      yield diagnostic(
        'dockerfile/unknown-flag',
        {
          instruction: keyword,
          flag: `--${flag.name}`,
          known: names.map((name) => `--${name}`),
          nearest: near && `--${near}`,
        },
        at,
      );
      continue;
    }
    const wrong = (problem: 'duplicate' | 'missing' | 'boolean' | 'choice', accepted: readonly string[] = []) =>
      diagnostic(
        'dockerfile/flag-value',
        { instruction: keyword, flag: `--${flag.name}`, value: flag.value.text, problem, accepted },
        at,
      );
    if (seen.has(flag.name) && kind !== 'several') yield wrong('duplicate');
    seen.add(flag.name);
    if (kind === 'boolean') {
      const value = flag.value.text.toLowerCase();
      if (flag.assigned && value === '') yield wrong('missing');
      else if (!['', 'true', 'false'].includes(value)) yield wrong('boolean', ['true', 'false']);
    } else if (!flag.assigned) yield wrong('missing');
    else if (typeof kind !== 'string' && !kind.includes(flag.value.text)) yield wrong('choice', kind);
  }
}

/** The value of a text flag; undefined where it is not given. */
export function flagText(flags: readonly Flag[], name: string): string | undefined {
  return flags.find((flag) => flag.name === name)?.value.text;
}

/** The values of a flag that may be given several times. */
export function flagTexts(flags: readonly Flag[], name: string): readonly string[] {
  return flags.filter((flag) => flag.name === name).map((flag) => flag.value.text);
}

/** True for `--link` and `--link=true`. */
export function flagOn(flags: readonly Flag[], name: string): boolean {
  const flag = flags.find((each) => each.name === name);
  return flag !== undefined && flag.value.text.toLowerCase() !== 'false';
}

/** The place of a flag's value, for a message about it. */
export function flagSpan(flags: readonly Flag[], name: string): Span | undefined {
  return flags.find((flag) => flag.name === name)?.value.span;
}
