import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { elfBytes } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

// What `--json` prints against the schemas that are published: nothing is missing, and nothing is there that they
// do not tell of.

let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-schemas-'));
  for (const cpu of ['amd64', 'arm64']) {
    const program = join(directory, `app-${cpu}`);
    writeFileSync(program, elfBytes({ machine: cpu as 'amd64' }));
    chmodSync(program, 0o755);
  }
  writeFileSync(join(directory, 'note'), 'note\n');
  const container = { name: 'web', image: 'registry.example.com/app:1', command: ['/app', 'serve'] };
  const task = { requiresCompatibilities: ['FARGATE'], containerDefinitions: [container] };
  writeFileSync(join(directory, 'task.json'), JSON.stringify(task));
  const open = { ...container, command: [{ Ref: 'Command' }] };
  writeFileSync(join(directory, 'open.json'), JSON.stringify({ ...task, containerDefinitions: [open] }));
  const lines = ['FROM scratch', 'ARG TARGETARCH', 'COPY app-$TARGETARCH /app', 'COPY NAME /tool', 'CMD ["/app"]', ''];
  mkdirSync(join(directory, 'sources'));
  writeFileSync(
    join(directory, 'sources/Dockerfile'),
    [
      'FROM --platform=$BUILDPLATFORM node AS deps',
      'WORKDIR /app',
      'RUN npm ci',
      '# rightarch-ignore dockerfile/platform-pinned: the vendor has no other',
      'FROM --platform=linux/amd64 node',
      'ADD https://example.com/tini-arm64 /tini',
      'COPY --from=deps /app/node_modules /app/node_modules',
      'RUN echo $TARGETARCH',
      '',
    ].join('\n'),
  );
  writeFileSync(join(directory, 'sources/deploy.sh'), 'docker build -t app .\ngcloud run deploy app --image app\n');
  for (const [folder, name] of [
    ['good', 'note'],
    ['bad', 'app-amd64'],
  ] as const) {
    writeFileSync(join(directory, 'Dockerfile'), lines.join('\n').replace('NAME', name));
    const { status, err } = await type('build', '--platform', 'linux/amd64,linux/arm64', '-o', `oci:${folder}`, '.');
    expect(status, err).toBe(0);
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const type = (...args: readonly string[]) => typeLine(directory, args);

type Schema = { readonly [key: string]: unknown };

function read(name: string): Schema {
  const file = new URL(`../packages/rightarch/schema/${name}.json`, import.meta.url);
  // ajv 6 knows no draft 2020-12; of that draft nothing is used here but the name `$defs`.
  const { $schema: _, ...schema } = JSON.parse(readFileSync(file, 'utf8')) as Schema;
  return schema;
}

/** The members of a value that its schema does not tell of. */
function untold(value: unknown, schema: Schema, root: Schema, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    const items = partsOf(schema, root).find((part) => part['items'] !== undefined)?.['items'] as Schema | undefined;
    return items === undefined ? [] : value.flatMap((one) => untold(one, items, root, `${path}[]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const described = partsOf(schema, root).flatMap((part) => Object.entries((part['properties'] ?? {}) as Schema));
  if (described.length === 0) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const found = described.find(([name]) => name === key);
    // What docker calls its config's members is not ours to list.
    if (found === undefined) return path.endsWith('.config') ? [] : [`${path}.${key}`];
    return untold(child, found[1] as Schema, root, `${path}.${key}`);
  });
}

/** A schema with all that it refers to and combines. */
function partsOf(schema: Schema, root: Schema): readonly Schema[] {
  const ref = schema['$ref'] as string | undefined;
  const own = ref === undefined ? schema : ((root['$defs'] as Schema)[ref.replace('#/$defs/', '')] as Schema);
  const inner = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => (own[key] ?? []) as readonly Schema[]);
  return [own, ...inner.flatMap((part) => partsOf(part, root))];
}

test.each([
  ['verify', ['verify', 'oci:good', '--for', 'fargate:arm64']],
  ['verify', ['verify', 'oci:bad', '--for', 'fargate:arm64']],
  ['verify', ['verify', 'oci:bad', '--foreign', '/tool=on purpose']],
  ['verify', ['verify', 'oci:good', '--definition', 'task.json']],
  ['verify', ['verify', 'oci:good', '--definition', 'open.json']],
  ['inspect', ['inspect', 'oci:good']],
  ['diff', ['diff', 'oci:good']],
  ['diff', ['diff', 'oci:bad']],
  ['diff', ['diff', 'oci:good', 'oci:bad']],
  ['check', ['check', 'sources']],
  ['check', ['check', 'sources', '--diff']],
])('%s.json tells of everything that `%j --json` prints', async (name, words) => {
  const schema = read(name);
  const isValid = new Ajv({ meta: false, validateSchema: false, unknownFormats: 'ignore' }).compile(schema);
  const { out, err } = await type(...words, '--json');
  expect(err).toBe('');
  const printed = JSON.parse(out) as unknown;
  const values = Array.isArray(printed) ? printed : [printed];
  expect(values.length).toBeGreaterThan(0);
  for (const value of values) {
    expect([isValid(value), isValid.errors]).toEqual([true, null]);
    expect(untold(value, schema, schema)).toEqual([]);
    expect(isValid({ ...value, platforms: 'none', left: 1 })).toBe(false);
  }
});
