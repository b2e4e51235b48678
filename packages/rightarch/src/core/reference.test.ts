import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  familiarReference,
  formatReference,
  isRegistryHost,
  isTag,
  parseReference,
  withDefaultTag,
} from './reference.ts';

const sha256 = `sha256:${'f'.repeat(64)}`;
const sha512 = `sha512:${'f'.repeat(128)}`;

function read(text: string) {
  const parsed = parseReference(text);
  return parsed.ok ? parsed.value : parsed.problem;
}

// Cases of distribution/reference: reference_test.go and normalize_test.go.
describe('parseReference', () => {
  it.each([
    ['debian', 'docker.io/library/debian'],
    ['docker.io/debian', 'docker.io/library/debian'],
    ['index.docker.io/debian', 'docker.io/library/debian'],
    ['library/foo/bar', 'docker.io/library/foo/bar'],
    ['test.com:5000', 'docker.io/library/test.com:5000'],
    ['foo_bar.com:8080', 'docker.io/library/foo_bar.com:8080'],
    ['192.168.1.1:tag', 'docker.io/library/192.168.1.1:tag'],
    ['foo/foo_bar.com:8080', 'docker.io/foo/foo_bar.com:8080'],
    ['test:5000/repo:tag', 'test:5000/repo:tag'],
    [`test:5000/repo@${sha256}`, `test:5000/repo@${sha256}`],
    [`test:5000/repo:tag@${sha256}`, `test:5000/repo:tag@${sha256}`],
    [`repo@${sha512}`, `docker.io/library/repo@${sha512}`],
    ['lowercase:Uppercase', 'docker.io/library/lowercase:Uppercase'],
    ['b.gcr.io/test.example.com/my-app:test.example.com', 'b.gcr.io/test.example.com/my-app:test.example.com'],
    ['xn--n3h.com/myimage:xn--n3h.com', 'xn--n3h.com/myimage:xn--n3h.com'],
    ['192.168.1.1:5000/repo:5050', '192.168.1.1:5000/repo:5050'],
    ['[2001:db8::1]/repo', '[2001:db8::1]/repo'],
    ['[2001:db8::1]:5000/repo:tag', '[2001:db8::1]:5000/repo:tag'],
    [`[2001:db8::]:5000/repo@${sha256}`, `[2001:db8::]:5000/repo@${sha256}`],
    ['localhost/foo', 'localhost/foo'],
    ['LOCALHOST/foo', 'localhost/foo'],
    ['LOCALDOMAIN/foo', 'LOCALDOMAIN/foo'],
    ['Docker/docker', 'Docker/docker'],
    ['GHCR.io/team/app', 'ghcr.io/team/app'],
    ['docker---rules/dock__er', 'docker.io/docker---rules/dock__er'],
    ['d/t', 'docker.io/d/t'],
    [`docker.io/${'1a'.repeat(32)}`, `docker.io/library/${'1a'.repeat(32)}`],
  ])('%s is %s', (text, canonical) => {
    const value = read(text);
    expect(typeof value === 'string' ? value : formatReference(value)).toBe(canonical);
  });

  it.each([
    ['', 'empty'],
    [':justtag', 'form'],
    [`@${sha256}`, 'form'],
    ['repo@sha256:ffff', 'digest'],
    [`repo@${sha256.toUpperCase()}`, 'digest'],
    [`repo@invaliddigest:${'f'.repeat(64)}`, 'digest'],
    ['repo@__proto__:ff', 'digest'],
    ['repo@constructor:ff', 'digest'],
    ['Uppercase:tag', 'uppercase'],
    ['test:5000/Uppercase/lowercase:tag', 'uppercase'],
    ['docker/Docker', 'uppercase'],
    [`domain/${'a'.repeat(256)}:tag`, 'length'],
    [`app:${'t'.repeat(129)}`, 'tag'],
    ['app:', 'tag'],
    ['app:-x', 'tag'],
    ['aa/asdf$$^/aa', 'form'],
    ['[2001:db8::1]:5000', 'form'],
    ['[2001:db8::1]', 'tag'],
    ['fc00::1:5000/debian', 'form'],
    ['[fe80::1%eth0]:5000/debian', 'form'],
    ['[2001:db8:3:4::192.0.2.33]:5000/debian', 'form'],
    ['https://github.com/docker/docker', 'form'],
    ['-docker.io/docker/docker', 'form'],
    ['docker///docker', 'form'],
    ['example.com:99999/a', 'form'],
    ['localhost:65536/x', 'form'],
    ['1.2.3.999/a', 'form'],
    ['[1:2]/a', 'form'],
    ['docker/', 'form'],
    ['dock_.er/docker', 'form'],
    ['_docker/_docker', 'form'],
    ['1a'.repeat(32), 'form'],
    ['app\n', 'form'],
    ['app:1\n', 'tag'],
  ])('%j is refused: %s', (text, problem) => expect(read(text)).toBe(problem));

  it('takes a repository of 255 characters and none longer', () => {
    expect(read(`${'a/'.repeat(127)}a`)).toMatchObject({ registry: 'docker.io' });
    expect(read(`x.io/${'a'.repeat(256)}`)).toBe('length');
  });
});

describe('formatReference', () => {
  const host = fc.constantFrom(
    'docker.io',
    'ghcr.io',
    '127.0.0.1:5000',
    '[::1]:5000',
    'localhost',
    'LOCALDOMAIN',
    'a:1',
  );
  const path = fc.array(fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/), {
    minLength: 1,
    maxLength: 4,
  });
  const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/), { nil: undefined });

  it('is read back as the same value, and so is the familiar form', () => {
    fc.assert(
      fc.property(host, path, tag, fc.boolean(), (registry, parts, label, pinned) => {
        const parsed = parseReference(
          `${registry}/${parts.join('/')}${label === undefined ? '' : `:${label}`}${pinned ? `@${sha256}` : ''}`,
        );
        if (!parsed.ok) throw new Error(parsed.problem);
        expect(parseReference(formatReference(parsed.value))).toEqual(parsed);
        expect(parseReference(familiarReference(parsed.value))).toEqual(parsed);
      }),
    );
  });

  it('never throws on any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseReference(text)));
  });
});

it.each([
  ['docker.io/library/debian:12', 'debian:12'],
  ['docker.io/library/foo/bar', 'library/foo/bar'],
  ['docker.io/team/app', 'team/app'],
  ['docker.io/localhost/app', 'docker.io/localhost/app'],
  ['ghcr.io/team/app', 'ghcr.io/team/app'],
])('people type %s as %s', (canonical, familiar) => {
  const value = read(canonical);
  expect(typeof value === 'string' ? value : familiarReference(value)).toBe(familiar);
});

it('adds latest only where nothing is said', () => {
  const tagOf = (text: string) => {
    const value = read(text);
    return typeof value === 'string' ? value : withDefaultTag(value).tag;
  };
  expect([tagOf('app'), tagOf('app:1'), tagOf(`app@${sha256}`)]).toEqual(['latest', '1', undefined]);
});

it('knows hosts and tags', () => {
  expect(['ghcr.io', '127.0.0.1:5000', '[::1]:5000', 'localhost'].every(isRegistryHost)).toBe(true);
  expect(['https://x', 'a_b', '', 'x:', '[::1'].some(isRegistryHost)).toBe(false);
  expect([isTag('v1.2_3-x'), isTag('.x'), isTag(''), isTag('a/b')]).toEqual([true, false, false, false]);
});
