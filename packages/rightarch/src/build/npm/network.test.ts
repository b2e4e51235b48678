import { mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PATH, textIn } from '../run/test-image.ts';
import { npmAccessOf } from './host-registry.ts';
import { cache, codeOf, type Entries, project, ran, registry, tool, useRegistry, withTool } from './test-project.ts';
import { nodeImage } from './test-registry.ts';

useRegistry();

describe('the network and the store', () => {
  const address = '/tool/-/tool-1.0.0.tgz';
  const fresh = (): string => mkdtempSync(join(cache, 'store-'));

  test('bytes that are not what the lockfile says are never placed', async () => {
    registry.faults.set(address, { body: readFileSync(new URL(import.meta.url)), times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: fresh() }))).toBe(
      'npm/integrity-mismatch tool',
    );
    const wrong: Entries = { 'node_modules/tool': { version: '1.0.0', integrity: registry.integrity('dev', '1.0.0') } };
    expect(await codeOf(ran(nodeImage(project(withTool, wrong)), 'npm ci', { cacheDirectory: fresh() }))).toBe(
      'npm/integrity-mismatch tool',
    );
  });

  test('a body that is cut short is one diagnostic and leaves no half package', async () => {
    const store = fresh();
    registry.faults.set(address, { cut: 100, times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store }))).toMatch(
      /^npm\/(fetch-failed|package-malformed)/,
    );
    expect(readdirSync(join(store, 'npm'))).toEqual(['tmp']);
    expect(readdirSync(join(store, 'npm', 'tmp'))).toEqual([]);
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store }))).toBe('done');
  });

  test('a status that may pass is tried again, one that will not is not', async () => {
    registry.faults.set(address, { status: 503, times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: fresh() }))).toBe('done');
    const before = registry.asked.length;
    registry.faults.set(address, { status: 403, times: 1 });
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: fresh() }))).toBe(
      'npm/fetch-failed',
    );
    expect(registry.asked.length - before).toBe(1);
  });

  test('a second build asks for nothing, also beside the first', async () => {
    const store = fresh();
    const before = registry.asked.length;
    await Promise.all([1, 2].map(() => ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store })));
    await ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store });
    expect(registry.asked.length - before).toBe(1);
  });

  test('Ctrl-C in the middle of a package ends at once and leaves no half of it', async () => {
    const store = fresh();
    registry.faults.set(address, { hang: true, times: 1 });
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const onBytes = (): void => stop.abort(reason);
    const more = { cacheDirectory: store, signal: stop.signal, onBytes };
    await expect(ran(nodeImage(project(withTool, tool)), 'npm ci', more)).rejects.toBe(reason);
    expect(readdirSync(join(store, 'npm'))).toEqual(['tmp']);
    expect(readdirSync(join(store, 'npm', 'tmp'))).toEqual([]);
    expect(await codeOf(ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store }))).toBe('done');
  });

  test('a damaged store is noticed and fetched anew', async () => {
    const store = fresh();
    await ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store });
    const [file] = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tar'));
    const path = join(store, file!);
    truncateSync(path, 600);
    await ran(nodeImage(project(withTool, tool)), 'npm ci', { cacheDirectory: store });
    const { size } = statSync(path);
    writeFileSync(path, Buffer.alloc(size, 1));
    const files = await ran(nodeImage(project(withTool, tool)), 'npm ci --no-bin-links', { cacheDirectory: store });
    expect(await codeOf(textIn(files, '/app/node_modules/tool/lib/a.js'))).toBe('npm/integrity-mismatch lib/a.js');
  });

  test('a mirror of the person who builds stands in for the public registry, with its own token', async () => {
    const { '.npmrc': _, ...app } = project(withTool, tool);
    const { host } = new URL(registry.url);
    const { npm, caFile } = npmAccessOf(`registry=${registry.url}\n//${host}/:_authToken=mine\ncafile=/ca.pem\n`, {});
    const mirrored = { cacheDirectory: mkdtempSync(join(cache, 'mirror-')), packages: { npm } };
    registry.asked.length = 0;
    await ran(nodeImage(app), 'npm ci', mirrored);
    expect(registry.asked).toEqual([{ path: '/tool/-/tool-1.0.0.tgz', authorization: 'Bearer mine' }]);
    expect(caFile).toBe('/ca.pem');
    expect(npmAccessOf('', { npm_config_registry: 'https://registry.npmjs.org/' }).npm).toBeUndefined();
    expect(npmAccessOf('registry=file:///etc', {}).npm).toBeUndefined();
  });

  test('a mirror is asked for nothing that the lockfile has no hash of, and its bytes are held to it', async () => {
    const { '.npmrc': _, ...app } = project(withTool, tool);
    const { npm } = npmAccessOf(`registry=${registry.url}`, {});
    const closed = {
      to: () => Promise.reject(new Error('the public registry was asked')),
    };
    const packages = { npm, connect: (url: URL) => (url.host === new URL(registry.url).host ? direct : closed.to()) };
    const direct = import('undici').then(({ Agent }) => new Agent());
    const fresh = () => ({ cacheDirectory: mkdtempSync(join(cache, 'mirror-')), packages });
    const unhashed = app['package-lock.json']!.replace(/,\s*"integrity": "[^"]*"/, '');
    expect(await codeOf(ran(nodeImage({ ...app, 'package-lock.json': unhashed }), 'npm ci', fresh()))).toContain(
      'npm/fetch-failed',
    );
    registry.faults.set('/tool/-/tool-1.0.0.tgz', { body: Buffer.from('other') });
    expect(await codeOf(ran(nodeImage(app), 'npm ci', fresh()))).toMatch(/npm\/(integrity-mismatch|package-malformed)/);
    registry.faults.clear();
    await ran(nodeImage(app), 'npm ci', fresh());
  });

  test('a token goes to its own registry and nowhere else', async () => {
    const { host } = new URL(registry.url);
    const npmrc = (at: string) => ({ '.npmrc': `registry=${registry.url}\n//${at}/:_authToken=\${TOKEN}\n` });
    const env = { PATH, TOKEN: 's3cret' };
    await ran(nodeImage(project(withTool, tool, npmrc(host))), 'npm ci', { cacheDirectory: fresh(), env });
    expect(registry.asked.at(-1)?.authorization).toBe('Bearer s3cret');
    await ran(nodeImage(project(withTool, tool, npmrc('other.example'))), 'npm ci', { cacheDirectory: fresh(), env });
    expect(registry.asked.at(-1)?.authorization).toBeUndefined();
  });
});
