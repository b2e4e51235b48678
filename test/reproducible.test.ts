import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Places, startPlaces } from './support/places.ts';
import { type Machine, makeNodeBase, openWorkshop } from './support/workshop.ts';

// Two machines that have nothing in common but the sources and the base come to the same digest.

const workshop = openWorkshop();
let places: Places;
let base: string;

const sources = {
  Dockerfile: `FROM node:22-slim AS made
RUN mkdir -p /made/b /made/a && echo hello > /made/a/x && ln -s ../a/x /made/b/l && chmod 700 /made/b
FROM node:22-slim
ARG npm_config_registry
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY --from=made /made /made
COPY --chown=node src ./src
COPY <<EOF /app/note
from $npm_config_registry_unset
EOF
ENV NODE_ENV=production
USER node
CMD ["node", "src/server.js"]
`,
  'package.json': JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { tool: '^1.0.0' } }),
  'src/server.js': 'console.log(1)\n',
  'src/run.sh': { run: '#!/bin/sh\n' },
  'src/deep/er/data': 'x'.repeat(70_000),
  'src/link': { link: 'deep/er/data' },
};

beforeAll(async () => {
  places = startPlaces(workshop.directory);
  await makeNodeBase(places, 'base');
  base = join(workshop.directory, 'base');
  await places.startNpm(
    JSON.stringify({
      packages: [
        {
          name: 'tool',
          version: '1.2.0',
          manifest: { bin: 'cli.js', dependencies: { '@a/part': '2.0.0' } },
          files: { 'cli.js': '#!/usr/bin/env node\n' },
        },
        { name: '@a/part', version: '2.0.0', files: { 'index.js': 'module.exports = 1\n' } },
      ],
    }),
  );
});
afterAll(async () => {
  await places.close();
  workshop.close();
});

function contextUnder(name: string, umask: number): string {
  const context = workshop.context(name, sources, { umask });
  places.writeLock(join(name, 'package-lock.json'), {
    name: 'app',
    version: '1.0.0',
    dependencies: { tool: '^1.0.0' },
    entries: {
      'node_modules/tool': { version: '1.2.0', bin: { tool: 'cli.js' }, dependencies: { '@a/part': '2.0.0' } },
      'node_modules/@a/part': { version: '2.0.0' },
    },
  });
  // Tracked files have Git's modes, whatever the umask of whoever checked them out.
  return workshop.context(name, {}, { git: true }) && context;
}

const ordinary: Machine = { env: { TZ: 'UTC', LANG: 'C.UTF-8' } };
const strange: Machine = {
  umask: 0o077,
  uid: 65534,
  env: {
    TZ: 'Pacific/Kiritimati',
    LANG: 'ko_KR.UTF-8',
    LC_ALL: 'tr_TR.UTF-8',
    SOURCE_DATE_EPOCH: '1',
    NODE_ENV: 'development',
  },
};

test('directory, umask, user, HOME, TZ, LANG and an earlier cache change no byte', async () => {
  const args = { npm_config_registry: places.fill('$NPM') };
  const one = contextUnder('one', 0o022);
  const other = join(workshop.directory, 'an other', 'place');
  cpSync(contextUnder('two', 0o002), other, { recursive: true, verbatimSymlinks: true });
  for (const path of ['', '/src', '/src/deep', '/src/deep/er']) chmodSync(`${other}${path}`, 0o777);
  const job = { base, args, created: 1_700_000_000 };
  const [here, there] = await Promise.all([
    workshop.build('one', { ...job, context: one }, ordinary),
    workshop.build('two', { ...job, context: other }, strange),
  ]);
  expect(here).toHaveProperty('root');
  expect(there).toEqual(here);

  // With a cache that is there already, and beside it a build of a later commit.
  const [again, later] = await Promise.all([
    workshop.build('one', { ...job, context: one }, { umask: 0o077, env: strange.env ?? {} }),
    workshop.build('later', { ...job, context: one, created: 1_800_000_000 }, ordinary),
  ]);
  expect(again).toEqual(here);

  // The commit's time is in `created` and the history, and nowhere else.
  if (!('root' in here) || !('root' in later)) throw new Error(JSON.stringify([here, later]));
  expect(later.layers).toEqual(here.layers);
  expect(later.root).not.toBe(here.root);
  expect(later.configs.map((text) => text.replaceAll('2027-01-15T08:00:00Z', '2023-11-14T22:13:20Z'))).toEqual(
    here.configs,
  );

  // Every Node line and every machine that runs this test makes these very bytes. Those of the base come first.
  const count = here.layers.length / 2;
  expect(here.layers.slice(1, count)).toEqual(here.layers.slice(count + 1));
  expect(here.layers.slice(1, count)).toMatchInlineSnapshot(`
    [
      "sha256:b629ef72f35e34c989128225b92fa96cf0cd3f671a47318a6aebfd01b8ee760c",
      "sha256:f51677aafd63f521cdfafcbbe7d9633af6699df6656ea1ccffb1cf5cb9d575b5",
      "sha256:c2066fe4e0cca799b220b3f76111d73e2528acb993d887e0e1cce285da255121",
      "sha256:6c9358545abd573fdec1c7d22f3f7ecb6e980f52c4b8f2e7e0ca2f5b1fb9e973",
      "sha256:139da34eb5828cd26885122c8c1fc5ec14a3bdf7ca386b21719bd42c017f212c",
      "sha256:6cb1d2b305fe7b9cc9fbc19c8c2d8d0d952d432c64dcd97e17764d65e7dc67bf",
    ]
  `);
}, 30_000);

test('SOURCE_DATE_EPOCH, where it is asked for, is the time of everything', async () => {
  const context = workshop.context('epoch', { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' });
  const job = { base, args: {}, context };
  const [one, same, other] = await Promise.all([
    workshop.build('epoch 1', { ...job, created: 1_600_000_000, sourceDateEpoch: 1_500_000_000 }, ordinary),
    workshop.build('epoch 2', { ...job, created: 1_600_000_001, sourceDateEpoch: 1_500_000_000 }, ordinary),
    workshop.build('epoch 3', { ...job, created: 1_600_000_000, sourceDateEpoch: 1_500_000_001 }, ordinary),
  ]);
  expect(same).toEqual(one);
  if (!('root' in one) || !('root' in other)) throw new Error(JSON.stringify([one, other]));
  expect(other.layers).not.toEqual(one.layers);
  expect(one.configs[0]).toContain('2017-07-14T02:40:00Z');
}, 30_000);
