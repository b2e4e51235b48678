import { inspect } from 'node:util';

/** A password or token. It prints as `[secret]` everywhere: text, JSON, `console.log`, template strings. */
export interface Secret {
  /** The text itself, only for the header or body it belongs in. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

const COVER = '[secret]';

/** Wraps a secret where it enters, so that nothing later can print it by accident. */
export function secret(text: string): Secret {
  const cover = () => COVER;
  return Object.freeze({ reveal: () => text, toString: cover, toJSON: cover, [inspect.custom]: cover });
}

/** The text without any of the secrets, in any of the forms they are sent in. Registries do echo what they were sent. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const one of secrets) {
    // Shorter ones would blank out ordinary words; no registry hands out a token of three letters.
    if (one.length < 4) continue;
    for (const form of [one, encodeURIComponent(one), Buffer.from(one).toString('base64')]) {
      clean = clean.replaceAll(form, COVER);
    }
  }
  return clean;
}
