import type { Diagnostic, Location, Platform } from '../core/index.ts';
import type { JudgedImage } from './judge-types.ts';
import type { Known, Stage } from './types.ts';

/** What one question came to: findings, and whether they refute or leave open. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly refuted?: boolean;
  readonly open?: boolean;
  /** Where it refutes: when that shows, and in which words. */
  readonly stage?: Stage | undefined;
  readonly says?: string | undefined;
}

/** The whole image as a place. */
export function atImage(image: JudgedImage, platform?: Platform): Location {
  return { in: 'image', image: image.name, ...(platform !== undefined ? { platform } : {}) };
}

/** A layout, an archive or a local engine: not what a runtime is told to pull. */
export function isLocal(name: string): boolean {
  return /^(oci|archive|docker):/.test(name);
}

/** The name as a runtime would print it: where a local image will stand is known only once it is in a registry. */
export function nameOf({ name }: JudgedImage): Readonly<Record<string, string>> {
  return isLocal(name) ? {} : { image: name };
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
  // What comes first is what is seen first.
  const first = findings.find((one) => one.refuted === true && one.stage !== undefined);
  return {
    diagnostics: findings.flatMap((one) => one.diagnostics),
    refuted: findings.some((one) => one.refuted === true),
    open: findings.some((one) => one.open === true),
    ...(first !== undefined ? { stage: first.stage, says: first.says } : {}),
  };
}
