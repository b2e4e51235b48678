import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testImage } from '../testing/index.ts';
import { openSource, openTree, parseLocator } from './index.ts';

test.each([
  ['oci:out', { kind: 'layout', directory: 'out' }],
  ['oci:out:app:1.2', { kind: 'layout', directory: 'out', name: 'app:1.2' }],
  ['oci:/a/b:docker.io/x/y:1', { kind: 'layout', directory: '/a/b', name: 'docker.io/x/y:1' }],
  ['oci:C:\\out\\app:latest', { kind: 'layout', directory: 'C:\\out\\app', name: 'latest' }],
  ['oci:D:/out', { kind: 'layout', directory: 'D:/out' }],
  ['archive:app.tar', { kind: 'archive', file: 'app.tar' }],
  ['archive:c:/x/app.tar:app:1', { kind: 'archive', file: 'c:/x/app.tar', name: 'app:1' }],
  ['docker:app', { kind: 'docker', name: 'app' }],
  ['docker:sha256:abcd', { kind: 'docker', name: 'sha256:abcd' }],
  ['registry:app', { kind: 'registry', reference: { registry: 'docker.io', repository: 'library/app' } }],
  [
    '127.0.0.1:5000/a/b:1',
    { kind: 'registry', reference: { registry: '127.0.0.1:5000', repository: 'a/b', tag: '1' } },
  ],
])('%s', (text, value) => {
  expect(parseLocator(text)).toEqual({ ok: true, value });
});

test.each([
  ['https://ghcr.io/a/b:1', 'url', 'ghcr.io/a/b:1'],
  ['', 'empty', undefined],
  ['oci:', 'empty', undefined],
  ['oci:out:', 'empty', undefined],
  ['docker:', 'empty', undefined],
  ['docker://debian', 'form', 'registry:debian'],
  ['Debian', 'uppercase', undefined],
  ['a:b:c', 'form', undefined],
  ['a@sha256:1', 'digest', undefined],
  ['./out', 'path', 'oci:./out'],
  ['C:\\out', 'path', 'oci:C:\\out'],
  ['image.tar', 'path', 'archive:image.tar'],
  ['dist/image.tar.gz', 'path', 'archive:dist/image.tar.gz'],
])('%j is refused', (text, problem, instead) => {
  const parsed = parseLocator(text);
  expect(parsed).toMatchObject({ ok: false, why: { code: 'image/locator-invalid', args: { text, problem } } });
  if (!parsed.ok) expect(parsed.why.args['instead']).toBe(instead);
});

test('no text throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', 'oci:', 'archive:', 'docker:', 'registry:'), (text, prefix) => {
      parseLocator(prefix + text);
    }),
  );
});

test('a layout is opened relative to the directory that is given', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'rightarch-open-'));
  const image = testImage();
  await image.writeLayout(join(cwd, 'out'), 'app');
  const { source, name } = await openSource({ kind: 'layout', directory: 'out', name: 'app' }, { cwd });
  expect(source.name).toBe('oci:out');
  expect((await openTree(source, await source.resolve(name))).root.digest).toBe(image.descriptor.digest);
  rmSync(cwd, { recursive: true });
});
