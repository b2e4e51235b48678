/** One hash of a tarball. */
export interface Integrity {
  readonly algorithm: 'sha512' | 'sha384' | 'sha256' | 'sha1';
  readonly hex: string;
}

const STRONGEST = ['sha512', 'sha384', 'sha256', 'sha1'] as const;
const BYTES = { sha512: 64, sha384: 48, sha256: 32, sha1: 20 } as const;

/** The strongest hash of a subresource-integrity text, as ssri picks it; undefined where there is none that can be read. */
export function parseIntegrity(text: string | undefined): Integrity | undefined {
  const found = (text ?? '').split(/\s+/).flatMap((word) => {
    const match = /^(sha512|sha384|sha256|sha1)-([A-Za-z0-9+/]+=*)(?:\?.*)?$/.exec(word);
    if (match === null) return [];
    const algorithm = match[1] as Integrity['algorithm'];
    const bytes = Buffer.from(match[2]!, 'base64');
    return bytes.length === BYTES[algorithm] ? [{ algorithm, hex: bytes.toString('hex') }] : [];
  });
  for (const algorithm of STRONGEST) {
    const best = found.find((hash) => hash.algorithm === algorithm);
    if (best !== undefined) return best;
  }
  return undefined;
}

/** The same as lockfiles write it. */
export function integrityText({ algorithm, hex }: Integrity): string {
  return `${algorithm}-${Buffer.from(hex, 'hex').toString('base64')}`;
}
