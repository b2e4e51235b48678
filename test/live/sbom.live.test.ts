import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../../packages/rightarch/src/testing/index.ts';
import { TWO, TwoBuilders } from '../support/two-builders.ts';

// `--sbom` with real BuildKits, which run a real scanner over what they built: docker's own cannot be pulled everywhere, so
// this one is made here, by its protocol (moby/buildkit, docs/attestations/sbom-protocol.md, read 2026-11-30).

const here = new TwoBuilders('sbom');
let registry: TestRegistry;

beforeAll(async () => {
  await here.start();
  registry = await startRegistry();
}, 900_000);
afterAll(async () => {
  await registry?.close();
  await here.close();
});
beforeEach(() => here.begin());

/** In a registry that the builders reach: its name. */
async function makeScanner(): Promise<string> {
  const name = `${registry.host}/tools/scanner:1`;
  const statement = {
    ...{ _type: 'https://in-toto.io/Statement/v0.1', predicateType: 'https://spdx.dev/Document' },
    predicate: { spdxVersion: 'SPDX-2.3', name: 'FILES' },
  };
  here.write(
    'scan',
    'set -e',
    'files=$(cd "$BUILDKIT_SCAN_SOURCE" && ls | tr "\\n" " ")',
    `echo '${JSON.stringify(statement)}' | sed "s/FILES/$files/" > "$BUILDKIT_SCAN_DESTINATION/sbom.spdx.json"`,
  );
  here.write('Dockerfile', 'FROM debian:bookworm-slim', 'COPY scan /scan', 'ENTRYPOINT ["/bin/sh", "/scan"]');
  // Each of them runs programs of this machine's CPU alone.
  const shipped = await here.type(['ship', '-t', name, '--platform', TWO.join(','), '--yes', '.']);
  expect(shipped.status, shipped.all).toBe(0);
  return name;
}

test('what a scanner found stands beside each image, in the layout and in the registry', {
  timeout: 180_000,
}, async () => {
  const scanner = await makeScanner();
  here.configure();
  here.across(0);
  const reference = `${registry.host}/team/app:1`;
  const shipped = await here.type(['ship', '-t', reference, '--yes', '--sbom', `generator=${scanner}`, 'app']);
  expect(shipped.status, shipped.all).toBe(0);
  for (const place of ['oci:.rightarch/app', reference]) await here.expectStatements(place);
  const { blobs } = registry.repository('team/app');
  const found = [...blobs.values()].map((bytes) => Buffer.from(bytes).toString('latin1'));
  const sboms = found.filter((text) => text.startsWith('{') && text.includes('https://spdx.dev/Document'));
  expect(sboms.filter((text) => text.includes('made') && text.includes('etc'))).toHaveLength(2);
});
