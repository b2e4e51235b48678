import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commandLines } from '../packages/rightarch/src/cli/action/command-lines.ts';
import { inputNames, readInputs } from '../packages/rightarch/src/cli/action/inputs.ts';
import { runAction } from '../packages/rightarch/src/cli/action/run-action.ts';
import { elfBytes, startRegistry, type TestRegistry } from '../packages/rightarch/src/testing/index.ts';
import { testShell, typeLine } from './support/command-line.ts';

const root = join(import.meta.dirname, '..');
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: object;
};

type With = Readonly<Record<string, string | boolean>>;

/** As a runner hands `with:` over: every input, its default where it is not given, `true` as `true`. */
function environmentOf(given: With): Record<string, string> {
  for (const name of Object.keys(given)) expect(Object.keys(action.inputs)).toContain(name);
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      String(given[name] ?? input.default),
    ]),
  );
}

const linesFor = (given: With) => commandLines(readInputs(environmentOf(given)), (text) => text);

test('action.yml has the inputs that are read, each described, and the outputs that are written', () => {
  expect(Object.keys(action.inputs)).toEqual([...inputNames]);
  for (const { description } of Object.values(action.inputs)) expect(description).toMatch(/\S/);
  expect(Object.keys(action.outputs)).toEqual(['digest', 'digests', 'verdict', 'report']);
});

describe('the inputs as command lines', () => {
  test.each<[string, With, readonly string[][]]>([
    ['nothing at all', {}, [['check', '--', '.']]],
    [
      'check',
      { path: 'services', for: 'lambda:arm64\nfargate', 'fail-on': 'error', lang: 'ja', baseline: 'b.json' },
      ['check --for lambda:arm64 --for fargate --fail-on error --lang ja --baseline b.json -- services'.split(' ')],
    ],
    ['verify', { mode: 'verify', image: 'a:1, b:2' }, [['verify', '--', 'a:1', 'b:2']]],
    ['verify what was built last', { mode: 'verify' }, [['verify']]],
    [
      'push',
      { mode: 'push', source: 'oci:out', tags: 'a:1\na:2\n', 'fail-on': 'refuted' },
      [['push', '--fail-on', 'refuted', '--yes', '--', 'oci:out', 'a:1', 'a:2']],
    ],
    [
      'ship',
      {
        mode: 'ship',
        context: '.',
        platforms: 'linux/amd64,linux/arm64',
        tags: 'a:1',
        'build-args': 'A=1, 2\nB=',
        'no-cache': true,
        push: true,
        for: 'api',
      },
      [
        [
          ...'ship --for api --tag a:1 --platform linux/amd64 --platform linux/arm64 --build-arg'.split(' '),
          'A=1, 2',
          ...'--build-arg B= --no-cache --yes -- .'.split(' '),
        ],
      ],
    ],
    [
      'ship that publishes nothing',
      { mode: 'ship', context: 'app', push: false, 'fail-on': 'refuted', for: 'api' },
      [
        ['build', '--for', 'api', '--', 'app'],
        ['verify', '--for', 'api', '--fail-on', 'refuted'],
      ],
    ],
    ['a word that looks like a flag', { mode: 'verify', image: '--json' }, [['verify', '--', '--json']]],
  ])('%s', (_name, given, lines) => {
    expect(linesFor(given).lines).toEqual(lines);
  });

  test('a secret is in no argument', () => {
    const { lines, env } = linesFor({
      mode: 'ship',
      secrets: 'npm=s3cret=x\n"pem=one\ntwo ""three"""\n\n',
      'secret-envs': 'token=NPM_TOKEN',
      'secret-files': 'rc=./.npmrc',
    });
    expect(lines[0]!.join(' ')).toBe(
      'ship --secret id=npm,env=RIGHTARCH_ACTION_SECRET_0 --secret id=pem,env=RIGHTARCH_ACTION_SECRET_1 --secret id=token,env=NPM_TOKEN --secret id=rc,src=./.npmrc --yes',
    );
    expect(Object.values(env)).toEqual(['s3cret=x', 'one\ntwo "three"']);
  });

  test('a secret without a name is refused, and not shown', () => {
    const pem = 'key=-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----';
    for (const secrets of ['NPM_TOKEN', '=hidden', pem]) {
      const refused = () => linesFor({ mode: 'ship', secrets });
      expect(refused).toThrow('cli/usage');
      expect(refused).not.toThrow(/NPM_TOKEN|hidden|MIIE/);
    }
  });

  test('what BuildKit is told goes to it as it stands', () => {
    const { lines } = linesFor({
      mode: 'ship',
      'cache-from': 'type=gha',
      'cache-to': 'type=gha,mode=max',
      provenance: 'mode=max',
      sbom: true,
      attests: 'type=provenance,mode=min',
    });
    expect(lines[0]!.join(' ')).toBe(
      'ship --cache-from type=gha --cache-to type=gha,mode=max --provenance mode=max --sbom true --attest type=provenance,mode=min --yes',
    );
  });

  test('a mode that is none, and tags without what they name, are refused', () => {
    expect(() => linesFor({ mode: 'deploy' })).toThrow('cli/bad-value');
    expect(() => linesFor({ mode: 'push', tags: 'a:1' })).toThrow('cli/usage');
  });
});

describe('what would end well and had not been done is refused', () => {
  test.each<[string, With, string]>([
    ['an image without a mode', { image: 'a:1' }, 'cli/usage'],
    ['tags without a mode', { tags: 'a:1', push: true }, 'cli/usage'],
    ['a source that is to be shipped', { mode: 'ship', source: 'image.tar' }, 'cli/usage'],
    ['a context that is to be pushed', { mode: 'push', context: '.' }, 'cli/usage'],
    ['a word for false that is none', { mode: 'ship', push: 'no' }, 'cli/bad-value'],
    ['a word for true that is none', { mode: 'ship', 'no-cache': '1' }, 'cli/bad-value'],
  ])('%s', (_name, given, code) => {
    expect(() => linesFor(given)).toThrow(code);
  });

  test('a file that is not there is looked for as a file, and not in a registry', () => {
    const source = (text: string) => linesFor({ mode: 'push', source: text, tags: 'a:1' }).lines[0]!.at(-2);
    expect(['out/image.tar', './nowhere', '/tmp/nowhere/x', 'ghcr.io/a/b:1', 'oci:nowhere'].map(source)).toEqual([
      'archive:out/image.tar',
      'archive:./nowhere',
      'archive:/tmp/nowhere/x',
      'ghcr.io/a/b:1',
      'oci:nowhere',
    ]);
  });
});

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.close());

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-action-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function writeContext(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const machine of ['amd64', 'arm64'] as const) {
    writeFileSync(join(folder, `app-${machine}`), elfBytes({ machine }));
    chmodSync(join(folder, `app-${machine}`), 0o755);
  }
  writeFileSync(
    join(folder, 'Dockerfile'),
    'FROM scratch\nARG TARGETARCH\nCOPY app-$TARGETARCH /app\nENTRYPOINT ["/app"]\n',
  );
}

interface Played {
  readonly status: number;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly page: string;
}

/** One step, as a runner plays it. */
async function step(given: With): Promise<Played> {
  const [outputFile, pageFile] = ['outputs', 'page'].map((name) => join(directory, name)) as [string, string];
  for (const file of [outputFile, pageFile]) writeFileSync(file, '');
  let log = '';
  const env = {
    ...environmentOf(given),
    GITHUB_OUTPUT: outputFile,
    GITHUB_STEP_SUMMARY: pageFile,
    RUNNER_TEMP: directory,
  };
  const write = (text: string) => {
    log += text;
  };
  const err = (text: string) => {
    throw new Error(`the runner reads this in any order: ${text}`);
  };
  const status = await runAction(testShell(directory, { out: write, err, env }));
  const outputs = Object.fromEntries(
    [...readFileSync(outputFile, 'utf8').matchAll(/^(\w+)<<(.*)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [
      name!,
      value!,
    ]),
  );
  return { status, log, outputs, page: readFileSync(pageFile, 'utf8') };
}

interface Job {
  readonly strategy?: { readonly matrix: { readonly cpu: readonly string[] } };
  readonly steps: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly id?: string;
  readonly with?: With;
}

/** The workflows of the page, by their names. */
const workflows = new Map(
  [...readFileSync(join(root, 'docs/github-actions.md'), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm)]
    .map(([, text]) => parse(text!) as { readonly name?: string; readonly jobs?: Record<string, Job> })
    .flatMap(({ name, jobs }) => (name === undefined || jobs === undefined ? [] : [[name, Object.values(jobs)]])),
);

/** Plays a workflow of the page; what build-push-action does is done by our own build, the names go to the registry here. */
async function play(name: string, event: 'push' | 'pull_request'): Promise<readonly Played[]> {
  const played: Played[] = [];
  const outputs = new Map<string, Readonly<Record<string, string>>>();
  const steps = workflows
    .get(name)!
    .flatMap(({ strategy, steps }) =>
      (strategy?.matrix.cpu ?? ['']).flatMap((cpu) => steps.map((one) => ({ cpu, ...one }))),
    );
  const fillFor =
    (cpu: string) =>
    (value: string | boolean): string =>
      String(value)
        .replaceAll('ghcr.io', registry.host)
        .replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
          if (expression === 'runner.temp') return directory;
          if (expression === 'matrix.cpu') return cpu;
          if (expression === "github.event_name != 'pull_request'") return String(event !== 'pull_request');
          const [, id, output] = /^steps\.(\w+)\.outputs\.(\w+)$/.exec(expression) ?? [];
          if (id === undefined) throw new Error(`nobody evaluates ${expression} here`);
          return outputs.get(id)![output!]!;
        });
  for (const { cpu, uses = '', id = '', with: given = {} } of steps) {
    const fill = fillFor(cpu);
    if (uses.startsWith('docker/build-push-action@')) {
      const dest = /dest=(.*)/.exec(fill(given['outputs'] ?? ''))?.[1];
      const to = dest === undefined ? ['-t', fill(given['tags']!), '--push'] : ['-o', `type=oci,dest=${dest}`];
      const { status, out, all } = await typeLine(directory, [
        'build',
        '--platform',
        fill(given['platforms']!),
        ...to,
        '--json',
        '.',
      ]);
      expect(status, all).toBe(0);
      outputs.set(id, { digest: (JSON.parse(out) as { digest: string }).digest });
    } else if (uses.startsWith('rightarch/rightarch@')) {
      const one = await step(Object.fromEntries(Object.entries(given).map(([key, value]) => [key, fill(value)])));
      outputs.set(id, one.outputs);
      played.push(one);
    }
  }
  return played;
}

describe('the recipes of the page', () => {
  beforeEach(() => writeContext(directory));

  test('they are these', () => {
    expect([...workflows.keys()]).toEqual([
      'verify after',
      'prove before the tag',
      'join native builds',
      'check',
      'ship',
    ]);
  });

  test.each(['verify after', 'prove before the tag', 'join native builds', 'ship'])('%s', async (name) => {
    const [played] = await play(name, 'push');
    expect(played!.status, played!.log).toBe(0);
    const tag = registry.repository('team/app').tags.get('1.2');
    expect(played!.outputs['digest']).toBe(tag);
    expect(Object.keys(JSON.parse(played!.outputs['digests']!))).toEqual(['linux/amd64', 'linux/arm64']);
    expect(played!.outputs['verdict']).toBe('proven');
    const report = JSON.parse(readFileSync(played!.outputs['report']!, 'utf8')) as { readonly verdict: string };
    expect(report.verdict).toBe('proven');
    expect(played!.page).toContain('<code>linux/arm64</code>');
  });

  test('of a pull request nothing is published', async () => {
    const writes = () => registry.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
    registry.calm();
    const [played] = await play('ship', 'pull_request');
    expect([played!.status, played!.outputs['verdict'], writes()], played!.log).toEqual([0, 'proven', []]);
  });

  test('check', async () => {
    expect((await play('check', 'pull_request')).map(({ status }) => status)).toEqual([0]);
  });

  test('what is refuted fails the step, moves no tag, and stands at its place', async () => {
    writeFileSync(join(directory, 'app-arm64'), elfBytes({ machine: 'amd64' }));
    registry.repository('team/app').tags.clear();
    const [played] = await play('prove before the tag', 'push');
    expect(played!.status).toBe(1);
    expect(played!.outputs['verdict']).toBe('refuted');
    expect(registry.repository('team/app').tags.size).toBe(0);
    expect(played!.log).toMatch(/^::error .*title=proof\//m);
    expect(played!.page).toContain('❌');
  });
});

test('what a file says is no word to the runner', async () => {
  mkdirSync(join(directory, 'api'));
  writeFileSync(
    join(directory, 'api/Dockerfile'),
    'FROM --platform=linux/amd64 debian AS <b>x</b>\n::set-env name=A::b\n::error::x\nRUN true\n',
  );
  const { status, log, page, outputs } = await step({ 'working-directory': 'api' });
  expect(status).toBe(1);
  const [, token, said, after] = /^::stop-commands::([\w-]+)\n([\s\S]*)^::\1::\n([\s\S]*)$/m.exec(log)!;
  expect(said).toContain('error[');
  expect(said).not.toContain(token!);
  for (const line of after!.trim().split('\n')) expect(line).toMatch(/^::(?:error|warning) file=api\/Dockerfile,line=/);
  expect(page).not.toContain('<b>');
  expect([outputs['digest'], outputs['verdict']]).toEqual(['', '']);
});

test('an image that cannot be had has no verdict, and says why', async () => {
  const { status, outputs, log } = await step({ mode: 'verify', image: `${registry.host}/not/there:1`, lang: 'ko' });
  expect([status, outputs['verdict'], outputs['digest']]).toEqual([3, '', '']);
  expect(log).toMatch(/^::error title=registry\//m);
  expect(log).toMatch(/[\uac00-\ud7af]/);
});

test('an input that is refused stands on the page of the run, and its value is no word to the runner', async () => {
  const { status, log, page, outputs } = await step({ mode: 'x\n::error::y', image: 'a:1' });
  expect([status, outputs['verdict'], outputs['report']]).toEqual([2, '', '']);
  expect(log).toMatch(/^::stop-commands::([\w-]+)\n[\s\S]*\n::\1::\n::error title=cli\/bad-value::[^\n]*\n$/);
  expect(page).toContain('cli/bad-value');
});

test('of two images, the one that could be had does not stand for both', async () => {
  writeContext(directory);
  const [name, missing] = [`${registry.host}/team/one:1`, `${registry.host}/not/there:1`];
  expect((await typeLine(directory, ['build', '-t', name, '--push', '--platform', 'linux/amd64', '.'])).status).toBe(0);
  const { status, outputs } = await step({ mode: 'verify', image: `${name}\n${missing}` });
  expect([status === 0, outputs['verdict'], outputs['digest']]).toEqual([false, 'undecided', '']);
  expect(Object.keys(JSON.parse(outputs['digests']!))).toEqual([name]);
});
