import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'packages/rightarch/src');

/** The rooms in order, as ARCHITECTURE.md draws them: a room imports only rooms before it. */
const rooms = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  .split('\n')
  .flatMap((line) => /^\| `([a-z]+)\/` \|/.exec(line)?.[1] ?? []);

function filesBelow(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const files = filesBelow(src).map((path) => ({
  path: relative(src, path).split(sep).join('/'),
  text: readFileSync(path, 'utf8'),
}));
/** Beside the product in its rooms: tests, and `test-…` files that only tests import. */
const product = files.filter(({ path }) => !/\.test\.ts$|(^|\/)test-[a-z-]+\.ts$/.test(path));
const roomOf = (path: string): string => path.split('/')[0] ?? '';

describe('the rooms', () => {
  test('ARCHITECTURE.md names every room, and only rooms that are there', () => {
    const there = new Set(product.map(({ path }) => roomOf(path)).filter((room) => !room.endsWith('.ts')));
    expect([...rooms].sort()).toEqual([...there].sort());
  });

  test('a room imports only rooms before it', () => {
    const wrong: string[] = [];
    for (const { path, text } of product) {
      const room = roomOf(path);
      if (room.endsWith('.ts')) continue;
      for (const [, target] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
        const imported = roomOf(
          relative(src, resolve(src, dirname(path), target!))
            .split(sep)
            .join('/'),
        );
        if (imported === room || imported === '..') continue;
        const allowed =
          room === 'testing'
            ? imported !== 'cli'
            : rooms.indexOf(imported) < rooms.indexOf(room) && imported !== 'testing';
        if (!allowed) wrong.push(`${path} imports ${imported}/`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('nothing outside cli prints, reads the environment or the process, or exits', () => {
    const wrong = product
      .filter(({ path }) => !['cli', 'testing'].includes(roomOf(path)))
      .flatMap(({ path, text }) => {
        const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        const match = /\bconsole\.|\bprocess\.(?:env|exit|exitCode|stdout|stderr|argv|cwd|platform|arch)\b/.exec(code);
        return match === null ? [] : [`${path}: ${match[0]}`];
      });
    expect(wrong).toEqual([]);
  });

  test('every room says in its index what is there, what never is, and where to start', () => {
    for (const room of rooms) {
      const index = product.find(({ path }) => path === `${room}/index.ts`);
      expect(index?.text, room).toMatch(/^\/\*\*[\s\S]*?Never here:[\s\S]*?Start with[\s\S]*?\*\//);
    }
  });
});

describe('the dependencies', () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const section = text.slice(text.indexOf('## Dependencies'), text.indexOf('## How truth is tested'));
  const [table, development] = section.split('Development:') as [string, string];
  const pinsOf = (path: string, kind: 'dependencies' | 'devDependencies'): Readonly<Record<string, string>> =>
    (JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, Record<string, string>>)[kind] ?? {};
  const own = pinsOf('packages/rightarch/package.json', 'dependencies');
  const tools = {
    ...pinsOf('package.json', 'devDependencies'),
    ...pinsOf('packages/rightarch/package.json', 'devDependencies'),
  };

  test('ARCHITECTURE.md tells why each is there, and names no other', () => {
    expect([...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name).sort()).toEqual(Object.keys(own).sort());
    expect([...development.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort()).toEqual(Object.keys(tools).sort());
  });

  test('each is one version, and that is the one in package-lock.json', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    for (const [name, pin] of Object.entries({ ...own, ...tools })) {
      const at = packages[`packages/rightarch/node_modules/${name}`] ?? packages[`node_modules/${name}`];
      expect(`${name} ${pin}`).toBe(`${name} ${at?.version}`);
    }
  });
});
