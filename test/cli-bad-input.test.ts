import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Shell } from '../packages/rightarch/src/cli/index.ts';
import { elfBytes, startRegistry, testImage } from '../packages/rightarch/src/testing/index.ts';
import { typeLine } from './support/command-line.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-bad-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const type = (args: readonly string[], own: Partial<Pick<Shell, 'cwd' | 'env'>> = {}) => typeLine(directory, args, own);

/** A context whose image starts on amd64. */
function writeContext(folder = directory): void {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'app');
  writeFileSync(program, elfBytes({ machine: 'amd64' }));
  chmodSync(program, 0o755);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n');
}

describe('what reaches the terminal', () => {
  test('no control character of a hostile name, in text or in JSON', async () => {
    const folder = join(directory, 'a\u001b[31mb\r\u202egpj\u009b');
    writeContext(folder);
    for (const args of [
      ['build', '.'],
      ['build', '--progress', 'plain', '.'],
      ['plan', '--json'],
      ['verify', '--json'],
      [],
    ]) {
      const { status, all } = await type(args, { cwd: folder });
      expect(status, all).toBe(0);
      expect(all).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
    }
  });

  test.each([
    [['verify', 'https://bob:hunter2@127.0.0.1:1/a:1']],
    [['verify', 'https://bob:hunter2@127.0.0.1:1/a:1', '--json', '--verbose']],
    [['push', 'oci:out', 'https://bob:hunter2@127.0.0.1:1/a:1']],
    [['build', 'https://bob:hunter2@example.com/x.git']],
    [['build', '--mirror', 'docker.io=https://bob:hunter2@127.0.0.1:1', '.']],
  ])('no password of a URL: %j', async (args) => {
    const { status, all } = await type(args);
    expect(status).toBe(2);
    expect(all).not.toContain('hunter2');
  });

  test('a proxy that cannot be is a bad request, and its password stays hidden', async () => {
    const env = { HTTPS_PROXY: 'socks5://bob:hunter2@127.0.0.1:1' };
    const { status, err } = await type(['verify', 'ghcr.io/team/app:1'], { env });
    expect(status).toBe(2);
    expect(err).toContain('error[cli/bad-value]: `HTTPS_PROXY`');
    expect(err).not.toContain('hunter2');
  });
});

describe('JSON', () => {
  test.each([
    [['verify', 'oci:nowhere'], 2],
    [['verify', '--no-such'], 2],
    [['build', 'nowhere'], 2],
    [['build', '--load', '-t', 'A'], 2],
    [['targets', 'nowhere'], 2],
    [['push'], 2],
    [['verify', '127.0.0.1:1/a:1'], 3],
  ] as const)('%j fails with one value on stdout and nothing beside it', async (args, expected) => {
    const { status, out, err } = await type([...args, '--json']);
    expect(status).toBe(expected);
    expect(err).toBe('');
    const { diagnostics } = JSON.parse(out) as { diagnostics: { code: string; fix: string; at: { in: string } }[] };
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.fix).not.toBe('');
    expect(['file', 'image', 'input']).toContain(diagnostics[0]?.at.in);
  });
});

describe('a definition', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...Array.from(
      { length: 40 },
      (_, i) =>
        `b${i}: &b${i} [${Array(9)
          .fill(i === 0 ? '*a' : `*b${i - 1}`)
          .join(', ')}]`,
    ),
    'containerDefinitions: *b39',
  ].join('\n');
  const hostile: readonly (readonly [string, string | Buffer])[] = [
    ['of nothing', ''],
    ['that unfolds without end', bomb],
    ['that is no text', Buffer.from([0xff, 0xfe, 0x7b, 0x00])],
    ['of a text that is not UTF-8', Buffer.from('{"family": "\xe9"}', 'latin1')],
    ['with a NUL', '{"containerDefinitions":[{"name":"\u0000"}]}\u0000'],
    ['that is nested without end', '['.repeat(100_000)],
    ['that means itself', 'containerDefinitions: &a [*a]'],
    ['that ends within a word', '{"containerDefinitions":[{"na'],
    ['of numbers', '{"containerDefinitions":7,"kind":1,"apiVersion":2,"services":3,"Resources":[4]}'],
    ['that names what every object has', '{"containerDefinitions":"constructor","services":{"__proto__":null}}'],
    ['larger than any', `# ${'x'.repeat(9_000_000)}`],
  ];
  test.each(hostile)('%s is one diagnostic, from a file and from stdin', async (_name, text) => {
    writeContext();
    await type(['build', '-t', 'app:1', '.']);
    writeFileSync(join(directory, 'definition'), text);
    const file = await type(['verify', '--definition', 'definition', '--for', 'fargate']);
    const input = async (): Promise<string> => text.toString('utf8');
    const piped = await typeLine(directory, ['verify', '--definition', '-', '--for', 'fargate'], { input });
    for (const { status, err } of [file, piped]) {
      expect(err.match(/^error\[definition\/(?:unreadable|container-needed|differs)\]/gm)).toHaveLength(1);
      expect(err.match(/^\w+\[/gm)).toHaveLength(1);
      expect(status).toBe(2);
    }
  });

  test('of 100 MB is not read', async () => {
    writeContext();
    await type(['build', '-t', 'app:1', '.']);
    writeFileSync(join(directory, 'definition'), '');
    truncateSync(join(directory, 'definition'), 100 << 20);
    const { status, err } = await type(['verify', '--definition', 'definition']);
    expect(err).toContain('it is larger than any definition that a service accepts');
    expect(status).toBe(2);
  });

  test('of a target is what verify without a name judges by', async () => {
    writeContext();
    const container = { name: 'web', image: 'registry.example.com/app:1', command: ['/gone'], entryPoint: ['/gone'] };
    const task = {
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'log', image: 'x' }, container],
    };
    mkdirSync(join(directory, 'deploy'));
    writeFileSync(join(directory, 'deploy', 'task.json'), JSON.stringify(task));
    writeFileSync(
      join(directory, 'rightarch.yaml'),
      'images: { app: { repository: registry.example.com/app } }\ntargets: { api: { runtime: fargate, definition: deploy/task.json } }\n',
    );
    await type(['build']);
    const { status, out } = await type(['verify']);
    expect(out).toContain('deploy/task.json:1: container web');
    expect(out).toContain('error[proof/command-missing]: `/gone` does not exist in the image');
    expect(status).toBe(1);
  });
});

test.each([
  ['is no JSON', '{'],
  ['is empty', ''],
  ['has no bases', '{"version":1}'],
  ['has bases that are none', '{"bases":[null]}'],
  ['is null', 'null'],
])('a kept plan that %s is one diagnostic', async (_, text) => {
  writeContext();
  await type(['build', '-t', 'app:1', '.']);
  writeFileSync(join(directory, '.rightarch', 'app.plan.json'), text);
  const { status, err } = await type(['build', '--locked', '-t', 'app:1', '.']);
  expect(status).toBe(2);
  expect(err.match(/^error\[/gm)).toHaveLength(1);
  expect(err).toContain('of its last plan, and `.rightarch/app.plan.json` cannot be read as one');
});

test('the line for Docker is true for every value, and can be typed where the user stands', async () => {
  const folder = join(directory, 'my app');
  writeContext(folder);
  writeFileSync(join(folder, 'Dockerfile'), '# check=error=true\nFROM scratch\nADD https://example.com/x /x\n');
  writeFileSync(join(folder, 'key'), '');
  const flags = ['--ssh', 'default', '--annotation', 'a=b c', '--label', 'l=1', '--pull', '--no-cache'];
  const given = ['--secret', 'id=k,src=my app/key', '--build-context', 'more=my app'];
  // A value is no path, whatever it looks like.
  const value = ['--build-arg', `WHERE=${folder}`];
  const { all } = await type([
    'build',
    '--platform',
    'linux/amd64',
    ...flags,
    ...given,
    ...value,
    '-t',
    'app:1',
    'my app',
  ]);
  expect(all).toContain(
    `docker buildx build --platform linux/amd64 -f 'my app/Dockerfile' -t app -o type=oci,dest=app.tar --build-arg 'WHERE=${folder}' --label l=1 --annotation 'a=b c' --build-context 'more=my app' --secret 'id=k,src=my app/key' --ssh default --pull --no-cache 'my app' && rightarch verify archive:app.tar`,
  );
  expect(all.match(/docker buildx build --check -f 'my app\/Dockerfile' 'my app'/g)).toHaveLength(1);
});

describe('places', () => {
  test('are named as they were typed, not as absolute paths', async () => {
    writeContext();
    await type(['build', '-t', 'app:1', '.']);
    const missing = await type(['build', '-f', 'Nope', '.']);
    const proof = await type(['verify', '--for', 'lambda']);
    for (const { all } of [missing, proof]) expect(all).not.toContain(directory);
    expect(proof.out.split('\n')[0]).toMatch(/^oci:\.rightarch\/app {2}OCI layout, manifest, sha256:/);
  });

  test('of an image with the wrong CPU inside: the cause stands before what it means for the runtime', async () => {
    const wrong = testImage({
      platform: 'linux/arm64',
      files: [{ path: 'app', mode: 0o755, content: elfBytes({ machine: 'amd64' }) }],
      config: { Entrypoint: ['/app'] },
    });
    await wrong.writeLayout(join(directory, 'out'));
    const { status, out } = await type(['verify', 'oci:out', '--for', 'fargate:arm64']);
    expect(status).toBe(1);
    expect(out.indexOf('[proof/')).toBeGreaterThan(0);
    expect(out.indexOf('[target/image-refuted]')).toBeGreaterThan(out.indexOf('[proof/'));
  });

  test('a platform that was asked for and is not there counts as one that is not proven', async () => {
    writeContext();
    await type(['build', '-o', 'oci:out', '.']);
    const { status, out } = await type(['verify', 'oci:out', '--platform', 'riscv64']);
    expect(status).toBe(1);
    expect(out).toContain('linux/riscv64  refuted  not in the image');
    expect(out).toContain('0 of 1 platform proven');
  });
});

describe('files', () => {
  test('a result file that cannot be written is named, and nothing half-written is left', async () => {
    writeContext();
    const { status, err } = await type(['build', '-q', '--iidfile', 'nowhere/iid', '.']);
    expect(status).toBe(3);
    expect(err).toContain('error[cli/write-failed]: `nowhere/iid` cannot be written: its folder is not there');
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.each([
    ['src=', 2],
    ['id=', 2],
  ] as const)('--secret %s says what it takes', async (secret, expected) => {
    writeContext();
    const { status, err } = await type(['build', '--secret', secret, '.']);
    expect(status).toBe(expected);
    expect(err).toContain('error[cli/bad-value]: `--secret`');
  });

  test.each<[string, Readonly<Record<string, string>>, number]>([
    // No RUN asks for any of them: what has a source is no fault, as for docker.
    ['id=zz', { zz: '' }, 0],
    ['id=app', {}, 0],
    ['id=zz,env=NOT_SET', {}, 0],
    ['id=zz', {}, 2],
    ['id=zz,src=nowhere', { zz: 'x' }, 2],
    ['id=zz,src=.', {}, 2],
  ])('--secret %s with %j has a source or ends the build', async (secret, env, expected) => {
    writeContext();
    const { status, err } = await type(['build', '--secret', secret, '.'], { env });
    expect(status, err).toBe(expected);
    expect(err.includes('error[cli/file-missing]: `--secret`')).toBe(expected === 2);
    expect(readdirSync(directory).includes('.rightarch')).toBe(expected === 0);
  });

  test('a secret and an agent of rightarch.yaml are told at their line', async () => {
    writeContext();
    const text = 'images:\n  a:\n    secrets: ["id=zz"]\n    ssh: [default]\n';
    writeFileSync(join(directory, 'rightarch.yaml'), text);
    const missing = await type(['build']);
    expect(missing.status).toBe(2);
    expect(missing.err).toMatch(/`secrets` names `zz`, which is neither[^\n]+\n\s+--> rightarch\.yaml:3:/);
    writeFileSync(join(directory, 'rightarch.yaml'), 'images: { a: { secrets: ["id=zz,src=no"] } }\n');
    expect((await type(['build'])).err).toContain('counts from the folder of rightarch.yaml');
    writeFileSync(join(directory, 'rightarch.yaml'), text);
    const built = await type(['build', '--json'], { env: { zz: '1' } });
    const { diagnostics } = JSON.parse(built.out) as { diagnostics: readonly unknown[] };
    expect(diagnostics).toMatchObject([{ code: 'plan/ssh-not-yet', at: { in: 'file', start: { line: 4 } } }]);
  });

  test('a build that cannot reach its base leaves nothing behind', async () => {
    writeFileSync(join(directory, 'Dockerfile'), 'FROM 127.0.0.1:1/app:1\n');
    const { status, err } = await type(['build', '--allow-http', '127.0.0.1:1', '.']);
    expect(status, err).toBe(3);
    expect(readdirSync(directory)).toEqual(['Dockerfile']);
    // And what is written goes into folders that are not there yet.
    rmSync(join(directory, 'Dockerfile'));
    writeContext();
    expect((await type(['build', '-o', 'oci:far/away/out', '.'])).status).toBe(0);
    expect(readdirSync(join(directory, 'far', 'away', 'out'))).toContain('oci-layout');
  });
});

test('a folder of a layout is answered with the corrected line of the command that was typed', async () => {
  writeContext();
  await type(['build', '-t', 'app:1', '.']);
  const pushed = await type(['push', '.rightarch/app', '127.0.0.1:1/app:1', '127.0.0.1:1/app:2']);
  expect(pushed.status).toBe(2);
  expect(pushed.err).toContain('`rightarch push oci:.rightarch/app 127.0.0.1:1/app:1 127.0.0.1:1/app:2`');
  expect((await type(['verify', '.rightarch/app'])).err).toContain('`rightarch verify oci:.rightarch/app`');
});

test('a mirror that fails says so in the language of the reader', async () => {
  const env = { LANG: 'ja' };
  const mirror = ['--mirror', '127.0.0.1:2=http://127.0.0.1:1'];
  const { status, err } = await type(['verify', '127.0.0.1:2/app:1', ...mirror], { env });
  expect(status).toBe(3);
  expect(err).toMatch(/原因: [^\n]*\(mirror http:\/\/127\.0\.0\.1:1\): [^\n]*接続/);
  expect(err).not.toMatch(/原因: [^\n]*registry\/unreachable/);
});

test('push without words publishes what was built last under the names of -t', async () => {
  const registry = await startRegistry();
  try {
    writeContext();
    const names = ['1', '2'].map((tag) => `${registry.host}/team/app:${tag}`);
    expect((await type(['build', '-t', names[0]!, '-t', names[1]!, '.'])).status).toBe(0);
    const { status, out, err } = await type(['push']);
    expect(status, err).toBe(0);
    for (const name of names) expect(out).toContain(name);
    expect([...registry.repository('team/app').tags.keys()].sort()).toEqual(['1', '2']);
  } finally {
    await registry.close();
  }
});

describe('files that are foreign on purpose, and findings that somebody answers for', () => {
  let registry: Awaited<ReturnType<typeof startRegistry>>;
  let repository: string;
  beforeEach(async () => {
    registry = await startRegistry();
    repository = `${registry.host}/team/app`;
    writeContext();
    writeFileSync(join(directory, 'tool'), elfBytes({ machine: 'arm64' }));
    chmodSync(join(directory, 'tool'), 0o755);
    writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY app tool /\nENTRYPOINT ["/app"]\n');
  });
  afterEach(() => registry.close());

  const configure = (lines: string): void =>
    writeFileSync(
      join(directory, 'rightarch.yaml'),
      `images:\n  app:\n    repository: ${repository}\n    tags: [latest]\n    platforms: linux/amd64\n${lines}`,
    );
  const foreign = "    foreign: [{ path: /tool, reason: 'sent to the devices' }]\n";
  const ignore = "ignore:\n  - { code: CODE, paths: /tool, reason: 'sent to the devices' }\n";

  /** The same question to each command that proves: build, verify, push, ship. */
  async function statuses(...flags: string[]): Promise<readonly number[]> {
    const built = await type(['build']);
    expect(built.status, built.all).toBe(0);
    const all: number[] = [];
    for (const command of [['verify'], ['verify', 'oci:.rightarch/app'], ['push'], ['ship']])
      all.push((await type([...command, ...flags])).status);
    return all;
  }

  test('every command that proves says the same of them', async () => {
    configure('');
    expect(await statuses()).toEqual([1, 1, 1, 1]);
    const code = /\[(proof\/[\w-]+)\]/.exec((await type(['verify'])).out)![1]!;
    expect(await statuses('--foreign', '/tool=for the devices')).toEqual([0, 0, 0, 0]);
    configure(foreign);
    expect(await statuses()).toEqual([0, 0, 0, 0]);
    configure(ignore.replace('CODE', code));
    expect(await statuses()).toEqual([0, 0, 0, 0]);
    const shown = await type(['verify']);
    expect(shown.out).toContain('1 finding ignored by rightarch.yaml; the verdict stays');
    expect(shown.out).not.toContain('1 of 1 platform proven');
    const json = JSON.parse((await type(['verify', '--json'])).out) as Record<string, unknown>;
    expect(json).toMatchObject({ accepted: true, diagnostics: [], ignored: [{ code, reason: 'sent to the devices' }] });
    configure(ignore.replace('CODE', `${code}x`));
    expect(await statuses()).toEqual([1, 1, 1, 1]);
  });
});

test('of several images one that is not there keeps nobody from hearing of the others', async () => {
  writeContext();
  await type(['build', '.']);
  const [context] = readdirSync(join(directory, '.rightarch')).filter((name) => !name.includes('.'));
  const built = `oci:.rightarch/${context}`;
  const { status, out, err } = await type(['verify', 'oci:nowhere', built, 'oci:elsewhere']);
  expect(status).toBe(2);
  expect(out).toContain('1 of 1 platform proven');
  expect(err.match(/error\[image\/not-found\]/g)).toHaveLength(2);
  const json = await type(['verify', '--json', 'oci:nowhere', built]);
  expect(json.err).toBe('');
  expect(JSON.parse(json.out)).toMatchObject([
    { image: 'oci:nowhere', diagnostics: [{ code: 'image/not-found' }] },
    { image: built, verdict: 'proven' },
  ]);
});

describe('started by npx', () => {
  const typed = (args: readonly string[]) => typeLine(directory, args, { program: 'npx rightarch' });

  test('fixes, pages and help name the command that is there', async () => {
    writeContext();
    const { err } = await typed(['build', '--locked', '-t', 'app', '.']);
    expect(err).toContain('fix: Run `npx rightarch plan` once');
    expect(err).toContain('docs: npx rightarch explain cli/nothing-locked');
    expect((await typed(['help', 'plan'])).out).toContain('\n  npx rightarch plan --for fargate:arm64 --json .\n');
    expect((await typed(['build', '--attest', 'type=sbom', '-t', 'app', '.'])).err).toContain(
      '. && npx rightarch verify archive:app.tar`',
    );
  });

  test('what is data stays as it is, also where it reads like a command', async () => {
    writeContext();
    writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\nRUNN rightarch verify app\n');
    const { err } = await typed(['plan', '.']);
    expect(err).toContain(' 2 | RUNN rightarch verify app\n');
    const { out } = await typed(['plan', '--json', '.']);
    expect(out).not.toContain('npx');
    expect(out).toContain('"docs": "rightarch explain dockerfile/unknown-instruction"');
  });

  test.each(['en', 'ja', 'ko'])('what was typed stays as it is inside a command and beside one: %s', async (lang) => {
    writeContext();
    const words = ['--build-arg', 'A=1 && rightarch verify x', '--label', 'a=`rightarch b'];
    const { err } = await typed(['build', '--lang', lang, '--attest', 'type=sbom', '-t', 'app', ...words, '.']);
    expect(err).toContain("'A=1 && rightarch verify x'");
    expect(err).toContain("'a=`rightarch b'");
    expect(err).toContain('. && npx rightarch verify archive:app.tar`');
    writeFileSync(join(directory, 'rightarch.yaml'), 'images: { rightarch: , other: }\n');
    const unknown = await typed(['plan', '--lang', lang, 'rightarc']);
    expect(unknown.err).toContain('`rightarch`');
    expect(unknown.err.replace('npx rightarch explain cli/unknown-image', '')).not.toContain('npx');
  });
});
