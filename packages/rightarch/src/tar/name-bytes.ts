import { isAscii, isUtf8 } from 'node:buffer';

/** What stands for a byte that is no UTF-8: no text that is has a surrogate alone, so no two names become one. */
const ESCAPED = 0xdc00;
const LONE = /[\udc80-\udcff]/u;
const HIGH = /[\u0080-\u00ff]/g;

/**
 * The text of a name. Linux names are bytes: of a part that is no UTF-8, each byte beyond ASCII becomes the lone
 * surrogate U+DC80 to U+DCFF, as Python does (PEP 383), so that `encodeName` gives the same bytes again. Part by part, so
 * that a directory has one name whatever lies in it.
 */
export function decodeName(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const parts = bytes.toString('latin1').split('/');
  return parts.map((part) => (isUtf8(Buffer.from(part, 'latin1')) ? utf8(part) : escaped(part))).join('/');
}

const utf8 = (part: string): string => Buffer.from(part, 'latin1').toString('utf8');

const escaped = (part: string): string =>
  part.replace(HIGH, (byte) => String.fromCharCode(ESCAPED + byte.charCodeAt(0)));

/** The bytes of a name, as a kernel has them. */
export function encodeName(text: string): Buffer {
  if (!LONE.test(text)) return Buffer.from(text);
  return Buffer.concat(
    [...text].map((sign) => (LONE.test(sign) ? Buffer.from([sign.charCodeAt(0) - ESCAPED]) : Buffer.from(sign))),
  );
}
