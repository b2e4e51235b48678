import type { Diagnostic, Location, Platform } from '../core/index.ts';
import type { JudgedImage } from './judge-types.ts';
import type { Known } from './types.ts';

/** What one question came to: findings, and whether they refute or leave open. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly refuted?: boolean;
  readonly open?: boolean;
}

/** The whole image as a place. */
export function atImage(image: JudgedImage, platform?: Platform): Location {
  return { in: 'image', image: image.name, ...(platform !== undefined ? { platform } : {}) };
}

/** The runtime's own words with what is known put in; what is not known stays as a placeholder. */
export function says(known: Known<string>, values: Readonly<Record<string, string>>): string | undefined {
  if (known === 'unknown') return undefined;
  return known.value.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : `<${name}>`,
  );
}

/** Several answers as one: any refutation refutes, any open question leaves open. */
export function merge(findings: readonly Findings[]): Findings {
  return {
    diagnostics: findings.flatMap((one) => one.diagnostics),
    refuted: findings.some((one) => one.refuted === true),
    open: findings.some((one) => one.open === true),
  };
}
