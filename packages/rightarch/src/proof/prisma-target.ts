import type { View } from './view.ts';

/** Of what Prisma runs by itself when it looks for OpenSSL: who has none has no answer. */
export interface OpenSsl {
  /** Files named libssl.so.N, wherever they are. */
  readonly libraries: number;
  /** A program named openssl. */
  readonly program: boolean;
}

/**
 * The binaryTarget that a client of Prisma asks for in this image, as its getPlatform and getSSLVersion decide it
 * (packages/get-platform/src/getPlatform.ts; the same in runtime/library.js of 4.16.2, 5.22.0 and 6.19.0 but for where
 * Alpine has libssl, read 2026-11-29). Undefined where it goes by what is not read here: ldconfig, the output of openssl,
 * another version.
 */
export function prismaTarget({ tree, declared }: View, version: string | undefined, ssl: OpenSsl): string | undefined {
  // The generator that says none of its version came with 6.6.
  const [major = 0, minor = 0] = (version ?? '6.6').split('.').map(Number);
  if (major < 4 || major > 6 || (major === 4 && minor < 16)) return undefined;
  const arch = ({ amd64: 'x86_64', arm64: 'aarch64' } as Readonly<Record<string, string>>)[declared.architecture];
  if (arch === undefined) return undefined;
  const file = tree.resolve('/etc/os-release');
  const content = file.found ? file.node.entry.content : new Uint8Array();
  if (content === undefined) return undefined;
  const distro = distroOf(Buffer.from(content).toString('utf8'));
  if (distro === 'nixos' || distro === 'arm') return undefined;
  const own = {
    debian: [`/usr/lib/${arch}-linux-gnu`, `/lib/${arch}-linux-gnu`],
    rhel: ['/lib64', '/usr/lib64'],
    // Up to 5.22 by the fallback, for musl's ldconfig lists nothing; from which version on as in 6.19 is not known here.
    musl: major === 6 && minor >= 19 ? ['/lib', '/usr/lib'] : ['/lib64', '/usr/lib64', '/lib'],
    other: [],
  }[distro];
  const found = own.map((path) => versionsIn(tree, path)).find((one) => one.size > 0) ?? new Set();
  if (found.size > 1 || found.has(undefined)) return undefined;
  const [libssl] = found;
  // Where there is none at all, none is found by any other way.
  if (libssl === undefined && (ssl.libraries > 0 || ssl.program)) return undefined;
  const openssl = `openssl-${libssl ?? '1.1.x'}`;
  if (arch === 'aarch64') return `${distro === 'musl' ? 'linux-musl-arm64' : 'linux-arm64'}-${openssl}`;
  if (distro === 'musl') return libssl?.startsWith('3') ? `linux-musl-${openssl}` : 'linux-musl';
  return `${distro === 'rhel' ? 'rhel' : 'debian'}-${openssl}`;
}

function distroOf(text: string): 'debian' | 'rhel' | 'musl' | 'arm' | 'nixos' | 'other' {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'im').exec(text)?.[1]?.toLowerCase() ?? '';
  const [id, like] = [field('ID'), field('ID_LIKE')];
  if (id === 'alpine') return 'musl';
  if (id === 'raspbian') return 'arm';
  if (id === 'nixos') return 'nixos';
  if (id === 'debian' || id === 'ubuntu') return 'debian';
  if (id === 'rhel' || id === 'centos' || id === 'fedora') return 'rhel';
  if (/debian|ubuntu/.test(like)) return 'debian';
  if (id === 'arch' || like.includes('arch')) return 'other';
  return /centos|fedora|rhel|suse/.test(like) ? 'rhel' : 'other';
}

/** Of the files libssl.so.N in a directory the versions, as parseLibSSLVersion names them: undefined is one it does not know. */
function versionsIn(tree: View['tree'], path: string): ReadonlySet<string | undefined> {
  const found = tree.resolve(path);
  const names = found.found ? [...(found.node.children?.keys() ?? [])] : [];
  return new Set(
    names
      .filter((name) => name.startsWith('libssl.so.') && !name.startsWith('libssl.so.0'))
      .map((name) => {
        const [, major, minor = '.0'] = /libssl\.so\.(\d)(\.\d)?/.exec(name) ?? [];
        const version = major === '1' ? `1${minor}.x` : `${major}.0.x`;
        return ['1.0.x', '1.1.x', '3.0.x'].includes(version) ? version : undefined;
      }),
  );
}
