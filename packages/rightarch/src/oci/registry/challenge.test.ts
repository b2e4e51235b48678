import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';
import { endpointOf, isLoopback, mayBePlain, nextUrl } from './endpoint.ts';

describe('parseChallenges', () => {
  it.each([
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: {
            realm: 'https://auth.docker.io/token',
            service: 'registry.docker.io',
            scope: 'repository:a/b:pull,push',
          },
        },
      ],
    ],
    ['Basic realm="a \\"quoted\\" name"', [{ scheme: 'basic', parameters: { realm: 'a "quoted" name' } }]],
    ['BASIC', [{ scheme: 'basic', parameters: {} }]],
    [
      'Basic realm="x", Bearer realm=y , service = z',
      [
        { scheme: 'basic', parameters: { realm: 'x' } },
        { scheme: 'bearer', parameters: { realm: 'y', service: 'z' } },
      ],
    ],
  ])('reads %s', (header, challenges) => {
    expect(
      parseChallenges(header)?.map(({ scheme, parameters }) => ({ scheme, parameters: { ...parameters } })),
    ).toEqual(challenges);
  });

  it.each(['', ' , ', '=', 'realm="x"', 'Bearer realm="x', 'Bearer realm=', '"x"'])('refuses %j', (header) => {
    expect(parseChallenges(header)).toBeUndefined();
  });

  it('ends on any text, and never reaches a prototype', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseChallenges(text)));
    const [challenge] = parseChallenges('Bearer __proto__="x",constructor="y"') ?? [];
    expect(Object.keys(challenge?.parameters ?? {})).toEqual(['__proto__', 'constructor']);
  });
});

describe('endpoints', () => {
  it.each([
    ['localhost', true],
    ['localhost:5000', true],
    ['127.0.0.1:80', true],
    ['127.9.9.9', true],
    ['[::1]:5000', true],
    ['10.0.0.1', false],
    ['localhost.evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['registry.local', false],
  ])('%s on loopback: %s', (host, expected) => {
    expect([isLoopback(host), mayBePlain(host, [])]).toEqual([expected, expected]);
  });

  it('allows plain HTTP by name only', () => {
    const origin = (registry: string, insecure: string[]) => endpointOf({ registry, repository: 'a' }, insecure).origin;
    expect(origin('r.example:5000', [])).toBe('https://r.example:5000');
    expect(origin('r.example:5000', ['r.example:5000'])).toBe('http://r.example:5000');
    expect(origin('r.example:5000', ['r.example'])).toBe('http://r.example:5000');
    expect(origin('r.example:5000', ['r.example:80'])).toBe('https://r.example:5000');
    expect(origin('docker.io', [])).toBe('https://registry-1.docker.io');
  });

  it.each([
    ['https://a/v2/', '/x', 'https://a/x'],
    ['https://a/v2/', 'https://b/x?y', 'https://b/x?y'],
    ['https://a/v2/', 'http://a/x', 'https://a/x'],
    ['https://a:8443/v2/', 'http://a/x', 'https://a:8443/x'],
    ['https://a/v2/', 'http://b/x', undefined],
    ['https://a/v2/', 'http://127.0.0.1/x', undefined],
    ['https://a/v2/', 'file:///etc/passwd', undefined],
    ['https://a/v2/', 'http://[', undefined],
    ['http://127.0.0.1:5000/', 'http://127.0.0.1:6000/x', 'http://127.0.0.1:6000/x'],
    ['http://127.0.0.1:5000/', 'http://169.254.169.254/x', undefined],
    ['http://127.0.0.1:5000/', 'https://b/x', 'https://b/x'],
  ])('from %s by %s to %s', (from, location, to) => {
    expect(nextUrl(new URL(from), location, [])?.href).toBe(to);
  });
});
