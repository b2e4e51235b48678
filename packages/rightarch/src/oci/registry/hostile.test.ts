import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf, Failure } from '../../core/index.ts';
import { inWords } from '../../messages/index.ts';
import { fixedCredential, secret } from '../credentials.ts';
import { mediaTypes } from '../types.ts';
import { nextUrl, shownLocation } from './endpoint.ts';
import { openRegistry } from './open-registry.ts';
import type { RegistryOptions } from './options.ts';

const PASSWORD = 'hunter2-secret';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback that does as it is told, and what it was asked. */
async function serve(handler: Handler) {
  const asked: { method: string; url: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method!, url: request.url!, authorization: request.headers.authorization });
    request.resume();
    response.on('error', () => {});
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function open(host: string, options: RegistryOptions = {}) {
  const credentials = fixedCredential(host, {
    kind: 'password',
    username: 'me',
    secret: secret(PASSWORD),
    from: 'test',
  });
  const clock = { now: () => 0, random: () => 0, sleep: async () => {} };
  const repository = openRegistry(
    { registry: host, repository: 'a/b' },
    { credentials, clock, attempts: 2, ...options },
  );
  closing.push(() => repository.close());
  return repository;
}

/** The failure, whose every word in every language is looked through for what must not be there. */
async function failing(work: Promise<unknown>, never: readonly string[] = [PASSWORD]) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  const { diagnostic, stack, cause } = error as Failure;
  const words = (['en', 'ja', 'ko'] as const).map((language) => JSON.stringify(inWords(diagnostic, language)));
  const everything = [JSON.stringify(diagnostic), stack, String(cause), ...words].join('\n');
  for (const one of [...never, Buffer.from(`me:${PASSWORD}`).toString('base64')]) expect(everything).not.toContain(one);
  expect(words.join()).not.toMatch(/undefined|\[object|NaN/);
  return diagnostic;
}

const basic = (response: ServerResponse) =>
  response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end('{}');
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: {}, layers: [] });

describe('a redirect', () => {
  it.each([
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['https://me:hunter2-secret@127.0.0.1.example:99999/x', 'https://127.0.0.1.example:99999/x'],
    ['gopher://me:hunter2-secret@elsewhere/x?X-Amz-Signature=hunter2-secret', 'gopher://elsewhere/x'],
    ['http://elsewhere.example/x?sig=hunter2-secret#hunter2-secret', 'http://elsewhere.example/x'],
    ['javascript:hunter2()', 'javascript:hunter2()'],
  ])('to %s is refused, and shown without its secrets', async (to, shown) => {
    const { host } = await serve((_, response) => response.writeHead(307, { location: to }).end());
    const diagnostic = await failing(open(host).resolve('latest'));
    expect(diagnostic).toMatchObject({ code: 'registry/redirect-refused', args: { to: shown } });
  });

  it('from far away never leads to this machine, or out of TLS', () => {
    const from = new URL('https://registry.example/v2/');
    for (const to of [
      'https://127.0.0.1/x',
      'https://localhost:8443/',
      'https://[::1]/',
      'http://127.1/',
      'http://169.254.169.254/latest/',
      'http://registry.example:8080/',
    ]) {
      expect(nextUrl(from, to, []), to).toBeUndefined();
    }
    const plain = new URL('http://registry.example:5000/v2/');
    expect(nextUrl(plain, 'http://127.0.0.1:2375/images/json', ['registry.example:5000'])).toBeUndefined();
    expect(nextUrl(plain, 'http://169.254.169.254/', ['registry.example:5000'])).toBeUndefined();
    expect(nextUrl(from, 'https://user:word@cdn.example/x?y', [])?.href).toBe('https://cdn.example/x?y');
    expect(shownLocation('//user:word@cdn.example/x?y')).toBe('//cdn.example/x');
  });

  it('in a circle ends', async () => {
    const { host, asked } = await serve((request, response) =>
      response.writeHead(302, { location: request.url! }).end(),
    );
    expect((await failing(open(host).resolve('latest'))).code).toBe('registry/redirect-loop');
    expect(asked.length).toBeLessThan(12);
  });

  it('of an upload takes no credentials along', async () => {
    const elsewhere = await serve((_, response) => response.writeHead(201).end());
    const bytes = Buffer.from('blob');
    const { host, asked } = await serve((request, response) => {
      if (request.headers.authorization === undefined) return basic(response);
      if (request.method === 'HEAD') return response.writeHead(404).end();
      response.writeHead(202, { location: `http://${elsewhere.host}/upload?state=1` }).end();
    });
    await open(host).writeBlob({ mediaType: 'x', digest: digestOf(bytes), size: 4 }, async function* () {
      yield bytes;
    });
    expect(asked.some(({ authorization }) => authorization !== undefined)).toBe(true);
    expect(elsewhere.asked).toEqual([
      { method: 'PUT', url: `/upload?state=1&digest=${encodeURIComponent(digestOf(bytes))}`, authorization: undefined },
    ]);
  });
});

describe('asking for credentials', () => {
  it('for ever is answered once', async () => {
    const { host, asked } = await serve((_, response) => basic(response));
    expect(await failing(open(host).resolve('latest'))).toMatchObject({ code: 'registry/unauthorized' });
    expect(asked.length).toBe(2);
  });

  it('for a token from this machine, in the clear, or from nowhere, gets nothing', async () => {
    const inner = await serve((_, response) => response.writeHead(200).end('{"token":"x"}'));
    for (const realm of [`ftp://${inner.host}/`, 'http://auth.example/token', 'file:///etc/passwd', 'nowhere', '']) {
      const { host } = await serve((_, response) =>
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end(),
      );
      expect((await failing(open(host).resolve('latest'))).code).toMatch(/token-endpoint-refused|malformed-answer/);
    }
    expect(inner.asked).toEqual([]);
  });

  it('follows no redirect of a token endpoint, which would carry the password on', async () => {
    const elsewhere = await serve((_, response) => response.writeHead(200).end('{"token":"x"}'));
    const { host } = await serve((request, response) =>
      request.url!.startsWith('/token')
        ? response.writeHead(307, { location: `http://${elsewhere.host}/token` }).end()
        : response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token"` }).end(),
    );
    expect((await failing(open(host).resolve('latest'))).code).toBe('registry/refused');
    expect(elsewhere.asked).toEqual([]);
  });

  it('in a header of any length and form ends', async () => {
    for (const header of [
      'Bearer '.repeat(1000),
      `Bearer realm="${'\\"'.repeat(4000)}`,
      ','.repeat(9000),
      'a='.repeat(3000),
    ]) {
      const { host } = await serve((_, response) => response.writeHead(401, { 'www-authenticate': header }).end());
      expect((await failing(open(host).resolve('latest'))).code).toMatch(/^registry\/malformed-answer$/);
    }
  });
});

describe('answers that cost time or memory', () => {
  const fast = { idleTimeoutMs: 150, headersTimeoutMs: 150, attempts: 1 };

  /** One byte, again and again, each well before anything times out. */
  const trickle = (response: ServerResponse, byte = ' ') => {
    const timer = setInterval(() => response.write(byte), 15);
    response.once('close', () => clearInterval(timer));
  };

  it('a body that only trickles is given up', async () => {
    const { host } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': mediaTypes.ociManifest });
      trickle(response);
    });
    expect((await failing(open(host, fast).resolve('latest'))).code).toBe('registry/cut-short');
  });

  it('and so is an error body, and a token', async () => {
    const error = await serve((_, response) => trickle(response.writeHead(404)));
    expect((await failing(open(error.host, fast).resolve('latest'))).code).toBe('registry/not-found');
    const token = await serve((request, response) =>
      request.url!.startsWith('/token')
        ? trickle(response.writeHead(200))
        : response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${token.host}/token"` }).end(),
    );
    expect((await failing(open(token.host, fast).resolve('latest'))).code).toMatch(/^registry\//);
  });

  it('headers that only trickle are given up', async () => {
    const { host } = await serve((request) => {
      request.socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => request.socket.write('x: y\r\n'), 15);
      request.socket.once('close', () => clearInterval(timer));
      request.socket.on('error', () => {});
    });
    expect((await failing(open(host, fast).resolve('latest'))).code).toBe('registry/unreachable');
  });

  it('headers beyond measure are refused', async () => {
    const { host } = await serve((request) => {
      request.socket.on('error', () => {});
      request.socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1 << 20)}\r\n\r\n`);
    });
    expect(await failing(open(host, fast).resolve('latest'))).toMatchObject({ code: 'registry/unreachable' });
  });

  it('lists whose pages go in a circle, or on for ever, end', async () => {
    let page = 0;
    for (const next of [() => `/v2/a/b/tags/list?page=${++page % 3}`, () => `/v2/a/b/tags/list?page=${++page}`]) {
      const { host, asked } = await serve((_, response) =>
        response.writeHead(200, { link: `<${next()}>; rel="next"` }).end('{"tags":["x"]}'),
      );
      const all = async () => {
        for await (const _ of open(host).tags());
      };
      expect(await failing(all())).toMatchObject({ code: 'registry/malformed-answer', args: { problem: 'endless' } });
      expect(asked.length).toBeLessThan(1010);
    }
  });

  it('and referrers without end are refused', async () => {
    let page = 0;
    const entry = { mediaType: 'x', digest: digestOf(''), size: 0 };
    const body = JSON.stringify({ schemaVersion: 2, manifests: new Array(3000).fill(entry) });
    const { host } = await serve((_, response) =>
      response.writeHead(200, { link: `</v2/a/b/referrers/${digestOf('')}?page=${++page}>; rel="next"` }).end(body),
    );
    expect((await failing(open(host).referrers!(digestOf('')))).code).toBe('image/too-many-entries');
  });

  it('pages of another origin are not asked for', async () => {
    const elsewhere = await serve((_, response) => response.writeHead(200).end('{"tags":["y"]}'));
    const { host } = await serve((_, response) =>
      response
        .writeHead(200, { link: `<http://${elsewhere.host}/v2/a/b/tags/list>; rel="next"` })
        .end('{"tags":["x"]}'),
    );
    const tags: string[] = [];
    for await (const tag of open(host).tags()) tags.push(tag);
    expect(tags).toEqual(['x']);
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('answers that lie', () => {
  it('about the digest of a tag are refused', async () => {
    const { host } = await serve((_, response) =>
      response
        .writeHead(200, { 'content-type': mediaTypes.ociManifest, 'docker-content-digest': digestOf('other') })
        .end(manifest),
    );
    expect((await failing(open(host).resolve('latest'))).code).toBe('registry/wrong-digest');
  });

  it('about what a manifest is are refused', async () => {
    const { host } = await serve((_, response) =>
      response.writeHead(200, { 'content-type': mediaTypes.ociIndex }).end(manifest),
    );
    expect((await failing(open(host).resolve('latest'))).code).toBe('registry/malformed-answer');
  });

  it('words of a registry cannot move a cursor', async () => {
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'no\u001b[2J\r\nrightarch: proven' }] });
    const { host } = await serve((_, response) => response.writeHead(403).end(body));
    const diagnostic = await failing(open(host).resolve('latest'));
    expect(diagnostic.because?.join()).not.toMatch(/[\u0000-\u001f]/);
  });

  it('a manifest that is not what its descriptor says is not sent anywhere', async () => {
    const { host, asked } = await serve((_, response) => response.writeHead(201).end());
    const descriptor = { mediaType: mediaTypes.ociManifest, digest: digestOf('other'), size: 5 };
    expect((await failing(open(host).writeManifest(descriptor, Buffer.from('bytes')))).code).toBe('image/digest-wrong');
    expect(asked).toEqual([]);
  });
});

it('the password of a proxy is never printed', async () => {
  for (const http of [`http://me:${PASSWORD}@127.0.0.1:9`, `http://me:${PASSWORD}@[bad`]) {
    const reference = { registry: 'registry.test:5000', repository: 'a' };
    const repository = openRegistry(reference, { proxy: { http }, insecureHosts: ['registry.test'], attempts: 1 });
    closing.push(() => repository.close());
    await failing(repository.resolve('latest'));
  }
});
