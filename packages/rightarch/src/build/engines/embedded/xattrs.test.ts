import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createTarReader, type NewTarEntry, type TarEntry, writeTar } from '../../../tar/index.ts';
import { testImage } from '../../../testing/index.ts';
import { amd64, build, workspace } from './test-workspace.ts';

// Attributes are read as bytes and written as the PAX records that containerd and BuildKit read: SCHILY.xattr.*.

/** cap_net_raw+ep as the kernel stores it (linux/capability.h, vfs_cap_data): not text, and with a NUL. */
const NET_RAW = '\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00';

const entries: readonly NewTarEntry[] = [
  { path: 'bin', type: 'directory', mode: 0o755 },
  { path: 'bin/ping', type: 'file', mode: 0o755, size: 0, xattrs: { 'security.capability': NET_RAW } },
  { path: 'data', type: 'directory', mode: 0o2770, uid: 7, gid: 8, xattrs: { 'user.note': 'é\n', 'user.a': '' } },
].map((entry) => ({ size: 0, uid: 0, gid: 0, mtime: 0, ...entry }) as NewTarEntry);

async function base() {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar(entries.map((entry) => ({ entry, open: () => [] })))) chunks.push(chunk);
  return testImage({ platform: 'linux/amd64', layers: [{ files: [], tar: Buffer.concat(chunks) }] });
}

/** The entries of every layer behind the base's, and their bytes. */
async function layersOf(dockerfile: string) {
  const directory = await workspace({ Dockerfile: dockerfile, a: 'a' });
  const { tree } = await build(
    directory,
    { platforms: [{ platform: amd64, because: { kind: 'flag' } }] },
    { 'base:latest': await base() },
  );
  return tree.images[0]!.manifest.layers.slice(1).map(({ digest }) => {
    const bytes = gunzipSync(readFileSync(join(directory, 'out/blobs/sha256', digest.slice('sha256:'.length))));
    const found = new Map<string, TarEntry>();
    const reader = createTarReader({ onEntry: (entry) => void found.set(entry.path.replace(/\/$/, ''), entry) });
    reader.write(bytes);
    return { found, bytes };
  });
}

test('COPY --from takes security.capability along, byte for byte, also to another owner', async () => {
  const [copied, owned] = await layersOf(
    'FROM base AS tools\nFROM base\nCOPY --from=tools /bin/ping /opt/ping\nCOPY --from=tools --chown=5:6 /bin/ping /opt/other\n',
  );
  expect(copied!.found.get('opt/ping')).toMatchObject({ mode: 0o755, xattrs: { 'security.capability': NET_RAW } });
  expect(copied!.bytes.includes(Buffer.from(`SCHILY.xattr.security.capability=${NET_RAW}\n`, 'latin1'))).toBe(true);
  // fsutil copy.go sets the attributes behind the owner, so that the kernel does not drop them.
  expect(owned!.found.get('opt/other')).toMatchObject({ uid: 5, gid: 6, xattrs: { 'security.capability': NET_RAW } });
});

test('a parent that did not change stands in the layer with the base’s mode, owner and attributes', async () => {
  const [copied] = await layersOf('FROM base\nCOPY a /data/a\n');
  expect([...copied!.found.keys()]).toEqual(['data', 'data/a']);
  expect(copied!.found.get('data')).toMatchObject({
    mode: 0o2770,
    uid: 7,
    gid: 8,
    xattrs: { 'user.note': 'é\n', 'user.a': '' },
  });
  expect(copied!.found.get('data/a')!.xattrs).toBeUndefined();
});

test('a copied file or directory has no other attributes: in BuildKit none of them comes into a layer', async () => {
  const [copied] = await layersOf('FROM base AS tools\nFROM base\nCOPY --from=tools / /all/\n');
  expect(copied!.found.get('all')!.xattrs).toBeUndefined();
  expect(copied!.found.get('all/data')).toMatchObject({ mode: 0o2770 });
  expect(copied!.found.get('all/data')!.xattrs).toBeUndefined();
});
