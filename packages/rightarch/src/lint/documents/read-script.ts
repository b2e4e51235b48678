import { parse, type Statement } from 'unbash';

const MAX_TEXT = 50_000;

/** A script that may be followed for several platforms. */
export interface ReadScript {
  readonly text: string;
  readonly statements: readonly Statement[];
}

/** Undefined where a part of it is not understood. */
export function readScript(text: string): ReadScript | undefined {
  if (text.length > MAX_TEXT) return undefined;
  try {
    const { commands, errors } = parse(text);
    return (errors?.length ?? 0) > 0 ? undefined : { text, statements: commands };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
