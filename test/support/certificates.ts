import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's bundle, which Node takes beside its own; networks with a private CA have that in there, and RUNs see no other. */
export const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** As `ca.crt` in a build context, empty where this machine has none; and what puts it into an image. */
export function bringCertificates(context: string): string {
  const file = join(context, 'ca.crt');
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, file);
  else writeFileSync(file, '');
  return `COPY ca.crt ${CERTIFICATES}`;
}
