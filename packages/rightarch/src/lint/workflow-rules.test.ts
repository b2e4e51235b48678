import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRepository } from './check.ts';
import { inLeg, viewWorkflow } from './documents/workflow.ts';

const FILE = '.github/workflows/build.yml';

function found(workflow: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const all = { Dockerfile: 'FROM node\nRUN npm ci\n', ...files, [FILE]: workflow };
  return checkRepository(
    Object.entries(all).map(([path, text]) => ({ path, text })),
    { platforms: [], inlineIgnore: true, today: '2026-11-29' },
  ).diagnostics.flatMap(({ code, at }) =>
    code.startsWith('workflow/') && at.in === 'file' ? [`${code.slice('workflow/'.length)} ${at.start.line}`] : [],
  );
}

const QEMU = '      - uses: docker/setup-qemu-action@v3\n';
const BUILDX = '      - uses: docker/setup-buildx-action@v3\n';
const step = (...inputs: readonly string[]) =>
  `      - uses: docker/build-push-action@v6\n        with:\n${inputs.map((one) => `          ${one}\n`).join('')}`;
const job = (steps: string, { runsOn = 'ubuntu-latest', matrix = '' } = {}) =>
  `jobs:\n  build:\n    runs-on: ${runsOn}\n${matrix === '' ? '' : `    strategy:\n      matrix:\n${matrix}`}    steps:\n${steps}`;

describe('legs', () => {
  const legs = (matrix: string) => viewWorkflow(FILE, job(step('push: true'), { matrix })).jobs[0]?.legs;

  test.each([
    [
      '        a: [1, 2]\n        b: [x]\n',
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'x' },
      ],
    ],
    ['        include:\n          - {a: 1}\n          - {a: 2, b: y}\n', [{ a: '1' }, { a: '2', b: 'y' }]],
    [
      '        a: [1, 2]\n        include:\n          - {a: 2, b: y}\n          - {c: z}\n          - {a: 3}\n',
      [{ a: '1', c: 'z' }, { a: '2', b: 'y', c: 'z' }, { a: '3' }],
    ],
    [
      '        a: [1, 2]\n        b: [1, 2]\n        exclude:\n          - {a: 1, b: 2}\n',
      [
        { a: '1', b: '1' },
        { a: '2', b: '1' },
        { a: '2', b: '2' },
      ],
    ],
    ['        p: [{os: u, arch: arm64}]\n', [{ 'p.os': 'u', 'p.arch': 'arm64' }]],
  ])('%j', (matrix, expected) => {
    expect(legs(matrix)).toEqual(expected);
  });

  test('a matrix that an expression makes is not seen, and its job is not judged', () => {
    expect(legs('        a: ${{ fromJSON(needs.x.outputs.y) }}\n')).toBeUndefined();
  });

  test.each([
    ['a/${{ matrix.p }}:${{ github.sha }}', { p: 'arm64' }, 'a/arm64:${{ github.sha }}'],
    ['${{ env.REG }}/a', {}, 'ghcr.io/a'],
    ['${{ env.OTHER }}/a', {}, undefined],
    ['${{ steps.x.outputs.y }}', {}, undefined],
    ["${{ matrix.p == 'arm64' && 'a' || 'b' }}", { p: 'arm64' }, undefined],
  ])('%s in a leg', (text, leg, expected) => {
    expect(inLeg(text, leg as never, new Map([['REG', 'ghcr.io']]))).toBe(expected);
  });
});

describe('tag-overwritten', () => {
  const matrix = '        platform: [linux/amd64, linux/arm64]\n';
  const platforms = 'platforms: ${{ matrix.platform }}';
  const run = (more: readonly string[], options: Parameters<typeof job>[1] = { matrix }, before = BUILDX) =>
    found(job(before + step(platforms, ...more), options));

  test.each([
    ['one tag for all', ['push: true', 'tags: a/b:latest'], ['tag-overwritten 13']],
    ['the commit is no difference', ['push: true', 'tags: "a/b:${{ github.sha }}"'], ['tag-overwritten 13']],
    [
      'an event decides whether',
      ["push: ${{ github.event_name != 'pull_request' }}", 'tags: a/b:latest'],
      ['tag-overwritten 13'],
    ],
    ['a tag for each', ['push: true', 'tags: a/b:${{ matrix.platform }}'], []],
    ['not pushed', ['push: false', 'tags: a/b:latest'], []],
    ['unknown tags', ['push: true', 'tags: ${{ steps.x.outputs.tags }}'], []],
  ])('%s', (_name, inputs, expected) => {
    expect(run(inputs)).toEqual(expected);
  });

  test('by digest no tag is taken from anybody', () => {
    const text = job(
      BUILDX +
        step(platforms, 'outputs: type=image,push-by-digest=true,push=true', 'tags: a/b') +
        '      - run: docker buildx imagetools create -t a/b x\n',
      { matrix },
    );
    expect(found(text)).toEqual([]);
  });

  test('what the legs have written down is joined behind them', () => {
    const text = job(BUILDX + step(platforms, 'push: true', 'tags: a/b:latest'), { matrix });
    const join = (run: string, needs: string): string =>
      `${text}  join:\n    needs: ${needs}\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run}\n`;
    const digests = 'docker buildx imagetools create -t a/b:latest $(printf "a/b@sha256:%s " *)';
    const told = (one: string): readonly string[] => found(one).filter((row) => row.startsWith('tag-overwritten'));
    const name = /^ {2}(\w+):$/m.exec(text.slice(text.indexOf('jobs:')))![1]!;
    expect(told(join(digests, name))).toEqual([]);
    expect(told(join(digests, 'other'))).toEqual(['tag-overwritten 13']);
    expect(told(join('docker buildx imagetools create -t a/b:v1 a/b:latest', name))).toEqual(['tag-overwritten 13']);
    expect(told(join('./ci/tell.sh', name))).toEqual(['tag-overwritten 13']);
    expect(told(join('./ci/join.sh "$(cat digests/*)"', name))).toEqual([]);
    expect(
      told(join('docker info', name) + join(digests, 'join').slice(text.length).replace('join:', 'last:')),
    ).toEqual([]);
    const written = (one: string): string => one.replace('  join:', '      - run: echo "$DIGEST" > digest\n  join:');
    expect(told(written(join('./ci/join.sh', name)))).toEqual([]);
    expect(told(written(join('docker info', name)))).toEqual(['tag-overwritten 13']);
    const whole =
      join('docker info', name) +
      BUILDX +
      step('platforms: "linux/amd64,linux/arm64"', 'push: true', 'tags: a/b:latest');
    expect(told(whole)).toEqual([]);
    expect(told(text.replace('a/b:latest', 'localhost:5000/b:latest'))).toEqual([]);
  });

  test('runners of two CPUs, without a platform named', () => {
    const steps = BUILDX + step('push: true', 'tags: a/b:latest');
    const runners = { runsOn: '${{ matrix.os }}', matrix: '        os: [ubuntu-latest, ubuntu-24.04-arm]\n' };
    expect(found(job(steps, runners))).toEqual(['tag-overwritten 12']);
    expect(found(job(steps, { ...runners, matrix: '        os: [ubuntu-latest, ubuntu-22.04]\n' }))).toEqual([]);
  });

  test('tags of metadata-action, with a flavor of the leg or without', () => {
    const meta = (flavor: string) =>
      `      - id: meta\n        uses: docker/metadata-action@v5\n        with:\n          images: a/b\n${flavor}`;
    const tags = ['push: true', 'tags: ${{ steps.meta.outputs.tags }}'];
    expect(run(tags, { matrix }, meta('') + BUILDX)).toEqual(['tag-overwritten 17']);
    expect(run(tags, { matrix }, meta('          flavor: suffix=-${{ matrix.platform }}\n') + BUILDX)).toEqual([]);
  });

  test('a service in the tag, and a platform that goes with it', () => {
    const both =
      '        include:\n          - {platform: linux/amd64, s: api}\n          - {platform: linux/arm64, s: web}\n';
    expect(run(['push: true', 'tags: a/${{ matrix.s }}'], { matrix: both })).toEqual([]);
  });
});

describe('tag-overwritten, by two jobs or two steps', () => {
  const one = (platforms: string, ...more: readonly string[]) =>
    BUILDX + step(`platforms: ${platforms}`, 'push: true', ...(more.length === 0 ? ['tags: a/b:latest'] : more));
  const two = (first: string, second: string, head = '', behind = '') =>
    `jobs:\n  x86:\n    runs-on: ubuntu-latest\n    steps:\n${first}  arm:\n    runs-on: ubuntu-24.04-arm\n${head}    steps:\n${second}${behind}`;
  const told = (text: string): readonly string[] => found(text).filter((row) => row.startsWith('tag-overwritten'));
  const [amd64, arm64] = [one('linux/amd64'), one('linux/arm64')];
  const JOIN = (steps: string, name = 'join', needs = '[x86, arm]'): string =>
    `  ${name}:\n    needs: ${needs}\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;

  test('digests that the workflow gives to those who call it may be joined there', () => {
    const called = (outputs: string): string => `on:\n  workflow_call:${outputs}\n${two(amd64, arm64)}`;
    const given = '\n    outputs:\n      amd64: {value: "${{ jobs.x86.outputs.digest }}"}';
    expect(told(called(given))).toEqual([]);
    expect(told(called(' {}'))).toEqual(['tag-overwritten 21']);
    const legs = (steps: string): string =>
      `on:\n  workflow_call: {}\n${job(BUILDX + step('platforms: ${{ matrix.p }}', 'push: true', 'tags: a/b') + steps, { matrix: '        p: [linux/amd64, linux/arm64]\n' })}`;
    expect(told(legs('      - run: echo ${{ steps.build.outputs.digest }} > d\n'))).toEqual([]);
    expect(told(legs('      - run: echo done\n'))).toEqual(['tag-overwritten 15']);
  });

  test('what is behind them and neither joins nor renames changes nothing', () => {
    const behind = JOIN('      - uses: actions/checkout@v4\n      - run: kubectl apply -f k.yaml\n');
    expect(told(two(amd64, arm64, '', behind))).toEqual(['tag-overwritten 19']);
    expect(told(job(one('linux/amd64,linux/arm64') + amd64 + arm64))).toEqual(['tag-overwritten 22']);
    const when = "push: ${{ github.event_name != 'pull_request' }}";
    const pushed = (text: string): string => text.replace('push: true', when);
    expect(told(two(pushed(amd64), pushed(arm64)))).toEqual(['tag-overwritten 19']);
    const other = JOIN('      - run: ./ci/join.sh\n', 'join', 'lint');
    expect(told(two(amd64, arm64, '', other))).toEqual(['tag-overwritten 19']);
  });

  test('an action of the repository is read', () => {
    const text = two(amd64, arm64, '', JOIN('      - uses: ./.github/actions/a\n'));
    const action = (run: string) => ({
      '.github/actions/a/action.yml': `runs:\n  using: composite\n  steps:\n    - run: ${run}\n      shell: bash\n`,
    });
    const of = (run: string) => found(text, action(run)).filter((row) => row.startsWith('tag-overwritten'));
    expect(of('docker manifest create a/b:latest x y')).toEqual([]);
    expect(of('echo done')).toEqual(['tag-overwritten 19']);
  });

  test('the last one has the tag', () => {
    expect(told(two(amd64, arm64))).toEqual(['tag-overwritten 19']);
    expect(told(two(amd64, arm64, '    needs: x86\n'))).toEqual(['tag-overwritten 20']);
    expect(told(job(amd64 + arm64))).toEqual(['tag-overwritten 16']);
    // By the CPU of their runners.
    const plain = step('push: true', 'tags: a/b:latest');
    expect(told(two(plain, plain))).toEqual(['tag-overwritten 15']);
    const run = (line: string) => `      - run: ${line}\n`;
    const command = run('docker build -t a/b:latest . && docker push a/b:latest');
    expect(told(two(command, command))).toEqual(['tag-overwritten 9']);
    expect(told(two(amd64, command))).toEqual(['tag-overwritten 14']);
    const both = one('linux/amd64', 'tags: "a/b:1,a/b:latest"');
    expect(told(two(both, arm64))).toEqual(['tag-overwritten 19']);
  });

  test.each<[string, string]>([
    ['a tag for each', two(one('linux/amd64', 'tags: a/b:amd64'), one('linux/arm64', 'tags: a/b:arm64'))],
    ['the same platform', two(amd64, amd64)],
    ['all platforms at last', two(amd64, one('linux/amd64,linux/arm64'), '    needs: x86\n')],
    ['at another event', two(amd64, arm64, "    if: github.event_name == 'release'\n")],
    [
      'steps that exclude each other',
      job(amd64 + arm64.replace('build-push-action@v6\n', 'build-push-action@v6\n        if: inputs.arm\n')),
    ],
    [
      'not pushed',
      two(amd64, one('linux/arm64', 'push: false', 'tags: a/b:latest').replace('          push: true\n', '')),
    ],
    [
      'joined behind them',
      two(
        amd64,
        arm64,
        '',
        '  join:\n    needs: [x86, arm]\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker buildx imagetools create -t a/b:latest x y\n',
      ),
    ],
    [
      'joined by an action that is given the digests',
      two(
        amd64,
        arm64,
        '',
        JOIN('      - uses: acme/x@v1\n        with:\n          digests: ${{ needs.x86.outputs.digest }}\n'),
      ),
    ],
    [
      'joined by a script that is given the digests',
      two(
        amd64,
        arm64,
        '',
        JOIN('      - run: ./ci/join.sh\n        env:\n          AMD: ${{ needs.x86.outputs.digest }}\n'),
      ),
    ],
    ['joined by a script that has them of files', two(amd64, arm64, '', JOIN('      - run: ci/join.sh\n'))],
    ['joined by an action that is not there', two(amd64, arm64, '', JOIN('      - uses: ./.github/actions/merge\n'))],
    [
      'joined behind what waits for them',
      two(
        amd64,
        arm64,
        '',
        `${JOIN('      - run: docker info\n', 'test')}${JOIN('      - run: docker buildx imagetools create -t a/b:1 $(cat refs)\n', 'join', 'test')}`,
      ),
    ],
    [
      'each renamed before the next',
      job(
        `${amd64}      - run: crane copy a/b:latest a/b:1-amd64\n${arm64}      - run: crane copy a/b:latest a/b:1-arm64\n`,
      ),
    ],
    ['all platforms in a third step', job(amd64 + arm64 + one('linux/amd64,linux/arm64'))],
    ['platforms that are not seen in a third step', job(amd64 + arm64 + one('${{ inputs.all }}'))],
    ['all platforms in a job behind both', two(amd64, arm64, '', JOIN(one('linux/amd64,linux/arm64'), 'whole'))],
    [
      'pushed for a ref each',
      two(
        amd64.replace('push: true', "push: ${{ github.ref_name == 'x86' }}"),
        arm64.replace('push: true', "push: ${{ github.ref_name == 'arm' }}"),
      ),
    ],
    [
      'a registry of the runner, at all of its addresses',
      job(one('linux/amd64', 'tags: 0.0.0.0:5000/a') + one('linux/arm64', 'tags: 0.0.0.0:5000/a')),
    ],
    ['handed on by its digest', two(amd64, `${arm64}      - run: echo \${{ steps.b.outputs.digest }} >> digests\n`)],
    [
      'a registry of the runner',
      job(one('linux/amd64', 'tags: localhost:5000/a') + one('linux/arm64', 'tags: localhost:5000/a')),
    ],
    [
      'a name that is not seen',
      two(one('linux/amd64', 'tags: ${{ steps.x.outputs.y }}'), one('linux/arm64', 'tags: ${{ steps.x.outputs.y }}')),
    ],
  ])('%s: silent', (_name, text) => {
    expect(told(text)).toEqual([]);
  });
});

describe('load-several', () => {
  test.each([
    [BUILDX + step('platforms: linux/amd64,linux/arm64', 'load: true'), ['load-several 9']],
    [BUILDX + step('platforms: linux/amd64', 'load: true'), []],
    [BUILDX + step('platforms: linux/amd64,linux/arm64', 'load: false'), []],
    // Docker's own builder does not come so far.
    [step('platforms: linux/amd64,linux/arm64', 'load: true'), ['no-builder 7']],
  ])('%s', (steps, expected) => {
    expect(found(job(steps))).toEqual(expected);
  });
});

describe('no-builder', () => {
  const both = step('platforms: linux/amd64,linux/arm64', 'push: true', 'tags: a/b');
  const line = 'docker buildx build --platform linux/amd64,linux/arm64 -t a/b --push .';
  const run = (text: string): string => `      - run: ${text}\n`;
  const told = (steps: string, options: object = {}, files: Readonly<Record<string, string>> = {}) => {
    const all = { Dockerfile: 'FROM node\nRUN npm ci\n', ...files, [FILE]: job(steps, options) };
    const { diagnostics, undecided } = checkRepository(
      Object.entries(all).map(([path, text]) => ({ path, text })),
      { platforms: [], inlineIgnore: true, today: '2026-11-30' },
    );
    const of = (list: typeof diagnostics, word: string) =>
      list.flatMap(({ code, args }) => (code === 'workflow/no-builder' ? [`${word}${args['unseen'] ?? ''}`] : []));
    return [...of(diagnostics, 'known'), ...of(undecided, 'unseen ')].join();
  };

  test.each<[string, string, object, string]>([
    ['neither', both, {}, 'known'],
    ['an emulator alone', QEMU + both, {}, 'known'],
    ['a runner of Arm', QEMU + both, { runsOn: 'ubuntu-24.04-arm' }, 'known'],
    ['the driver of Docker', step('driver: docker').replace('build-push', 'setup-buildx') + both, {}, 'known'],
    ['a command', QEMU + run(line), {}, 'known'],
    ['docker build', run('docker build --platform=linux/amd64,linux/arm64 .'), {}, 'known'],
    ['an SBOM', step('sbom: true', 'push: true', 'tags: a/b'), {}, 'known'],
    ['provenance', step('provenance: mode=max', 'push: true', 'tags: a/b'), {}, 'known'],
    ['a machine of somebody', both, { runsOn: '[self-hosted, linux]' }, 'unseen runner'],
    ['a larger runner', run(line), { runsOn: 'ubuntu-24.04-16core' }, 'unseen runner'],
    ['runners of two kinds', both, { runsOn: '${{ matrix.r }}', matrix: '        r: [big, ubuntu-latest]\n' }, 'known'],
    ['a container', both, { runsOn: 'ubuntu-latest\n    container: alpine' }, 'unseen container'],
    ['behind a script', run('./ci/prepare.sh') + both, {}, 'unseen step'],
    ['behind a script by its folder', run('.github/scripts/setup-docker.sh') + both, {}, 'unseen step'],
    ['behind one with an interpreter', run('sudo -E env A=b ci/prepare') + both, {}, 'unseen step'],
    [
      'behind a program of Python',
      `${run('python3 ci/setup_builder.py && npm run docker:builder')}${both}`,
      {},
      'unseen step',
    ],
    ['behind a script of npm', run('npm run docker:builder') + both, {}, 'unseen step'],
    ['behind a shell that is given a script', run('curl -fsSL https://r.io/x | sh') + both, {}, 'unseen step'],
    ['behind a program that nobody knows', run('rake docker:builder') + both, {}, 'unseen step'],
    ['behind an expression', run('${{ inputs.prepare }}') + both, {}, 'unseen step'],
    ['in one step with a script', run(`|\n          ./ci/builder.sh\n          ${line}`), {}, 'unseen step'],
    ['in one step with what is sourced', run(`|\n          source ci/env\n          ${line}`), {}, 'unseen step'],
    ['in one step with a script behind it', run(`|\n          ${line}\n          ./ci/tell.sh`), {}, 'known'],
    [
      'behind commands that do what they say',
      run(
        '|\n          set -eu\n          tag() { git describe; }\n          echo "TAG=$(tag)" >> $GITHUB_ENV\n          npm ci && sudo chmod -R u+w . && python3 -m pip install x && go test ./...',
      ) + run(line),
      {},
      'known',
    ],
    [
      'behind actions that are known',
      `      - uses: actions/checkout@v4\n      - uses: aws-actions/amazon-ecr-login@v2\n      - uses: ruby/setup-ruby@v1\n      - uses: redhat-actions/podman-login@v1\n${both}`,
      {},
      'known',
    ],
    ['behind the action of another', `      - uses: acme/docker-setup@v1\n${both}`, {}, 'unseen step'],
    ['behind any action of another', `      - uses: acme/gha/multi-arch@v1\n${both}`, {}, 'unseen step'],
    [
      'behind JavaScript in the workflow',
      `      - uses: actions/github-script@v7\n        with:\n          script: await exec.exec('x')\n${both}`,
      {},
      'unseen step',
    ],
    ['behind an action that is not there', `      - uses: ./.github/actions/x\n${both}`, {}, 'unseen step'],
  ])('%s', (_name, steps, options, expected) => {
    expect(told(steps, options)).toBe(expected);
  });

  test.each<[string, string, object]>([
    ['a builder', BUILDX + both, {}],
    ['a builder by a command', run('docker buildx create --use') + both, {}],
    ['a builder in the same script', run(`docker buildx create --use && ${line}`), {}],
    ['a builder that is named', step('platforms: linux/amd64,linux/arm64', 'builder: big'), {}],
    ['a builder that is named by a command', run(line.replace('build ', 'build --builder big ')), {}],
    ['another daemon', run(line.replace('docker ', 'docker -H tcp://localhost:2375 ')), {}],
    ['another context', run(line.replace('docker ', 'docker --context far ')), {}],
    ['a Docker that is set up', `      - uses: docker/setup-docker-action@v4\n${both}`, {}],
    [
      'another store',
      run('echo \'{"features":{"containerd-snapshotter":true}}\' > /etc/docker/daemon.json') + both,
      {},
    ],
    ['a runner with a newer Docker', both, { runsOn: 'ubuntu-26.04' }],
    ['a hosted builder', both, { runsOn: 'depot-ubuntu-24.04' }],
    ['one platform', step('platforms: linux/amd64'), {}],
    ['no attestations', step('provenance: false', 'sbom: false'), {}],
    ['platforms that are not seen', step('platforms: ${{ inputs.platforms }}'), {}],
    ['another engine', run('podman build --platform linux/amd64,linux/arm64 .'), {}],
  ])('%s: silent', (_name, steps, options) => {
    expect(told(steps, options)).toBe('');
  });

  test('an action of the repository is followed, and those that it calls', () => {
    const action = (steps: string) => `runs:\n  using: composite\n  steps:\n${steps}`;
    const calls = `      - uses: ./.github/actions/a\n${both}`;
    const a = '.github/actions/a/action.yml';
    expect(told(calls, {}, { [a]: action(BUILDX) })).toBe('');
    expect(told(calls, {}, { [a]: action(QEMU) })).toBe('known');
    const b = { [a]: action('      - uses: ./.github/actions/b\n'), '.github/actions/b/action.yaml': action(BUILDX) };
    expect(told(calls, {}, b)).toBe('');
    expect(told(calls, {}, { [a]: 'runs: { using: node20, main: x.js }\n' })).toBe('unseen step');
    expect(told(calls, {}, { [a]: action('      - uses: ./.github/actions/a\n') })).toBe('unseen step');
  });
});

describe('no-emulation', () => {
  const arm = step('platforms: linux/arm64', 'push: true', 'tags: a/b');
  test.each([
    ['neither', arm, {}, ['no-emulation 7']],
    ['qemu', QEMU + arm, {}, []],
    ['a builder that brings its own', BUILDX + arm, {}, []],
    ['by a command', `      - run: docker run --privileged --rm tonistiigi/binfmt --install all\n${arm}`, {}, []],
    ['a runner of that CPU', arm, { runsOn: 'ubuntu-24.04-arm' }, []],
    ['a runner of somebody', arm, { runsOn: '[self-hosted, arm64]' }, []],
    ['behind a script by its folder', `      - run: ci/prepare.sh\n${arm}`, {}, []],
    ['behind the action of another', `      - uses: acme/gha/multi-arch@v1\n${arm}`, {}, []],
    ['behind commands that do what they say', `      - run: npm ci && docker info\n${arm}`, {}, ['no-emulation 8']],
  ])('%s', (_name, steps, options, expected) => {
    expect(found(job(steps, options))).toEqual(expected);
  });

  test.each([
    ['nothing runs there', 'FROM nginx\nCOPY site /srv\n'],
    [
      'cross-compiled',
      'FROM --platform=$BUILDPLATFORM golang AS b\nARG TARGETARCH\nRUN GOARCH=$TARGETARCH go build -o /a\nFROM scratch\nCOPY --from=b /a /a\n',
    ],
  ])('%s: silent', (_name, Dockerfile) => {
    expect(found(job(arm), { Dockerfile })).toEqual([]);
  });

  const build = 'docker build --platform linux/arm64 -t a/b .';
  test.each<[string, string, object, readonly string[]]>([
    ['docker build', `      - run: ${build}\n`, {}, ['no-emulation 5']],
    [
      'several, on a Docker that takes them',
      '      - run: docker buildx build --platform linux/amd64,linux/arm64 .\n',
      { runsOn: 'ubuntu-26.04' },
      ['no-emulation 5'],
    ],
    ['in a block', `      - run: |\n          set -e\n          ${build}\n`, {}, ['no-emulation 7']],
    ['its own CPU', '      - run: docker build --platform linux/amd64 .\n', {}, []],
    ['no platform', '      - run: docker build .\n', {}, []],
    ['qemu', `${QEMU}      - run: ${build}\n`, {}, []],
    [
      'binfmt in the same script',
      `      - run: |\n          docker run --privileged tonistiigi/binfmt --install all\n          ${build}\n`,
      {},
      [],
    ],
    ['a builder', `${BUILDX}      - run: ${build}\n`, {}, []],
    ['a builder by a command', `      - run: docker buildx create --use && ${build}\n`, {}, []],
    ['another daemon', `      - run: ${build}\n        env:\n          DOCKER_HOST: ssh://arm\n`, {}, []],
    ['another engine', '      - run: podman build --platform linux/arm64 .\n', {}, []],
    ['another folder', `      - run: cd web && ${build}\n`, {}, []],
    ['the folder of the step', `      - run: ${build}\n        working-directory: web\n`, {}, []],
    ['a runner of that CPU', `      - run: ${build}\n`, { runsOn: 'ubuntu-24.04-arm' }, []],
    ['an action of its own before', `      - uses: ./.github/actions/prepare\n      - run: ${build}\n`, {}, []],
    ['emulated behind it', `      - run: ${build}\n${QEMU}`, {}, ['no-emulation 5']],
    ['behind a script of the repository', `      - run: ./ci/prepare.sh\n      - run: ${build}\n`, {}, []],
    ['behind a target of make', `      - run: make emulators\n      - run: ${build}\n`, {}, []],
    ['behind an action of another', `      - uses: acme/arm@v1\n      - run: ${build}\n`, {}, []],
    ['in one step with a script', `      - run: ci/arm && ${build}\n`, {}, []],
  ])('a command, %s', (_name, steps, options, expected) => {
    expect(found(job(steps, options)).filter((one) => one.startsWith('no-emulation'))).toEqual(expected);
  });
});

describe('attestations-refused', () => {
  const lambda = {
    'template.yaml': 'Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      PackageType: Image\n',
  };
  const push = (...more: readonly string[]) => BUILDX + step('push: true', 'tags: a/b', ...more);

  test.each([
    ['by default', push(), ['attestations-refused 6']],
    ['told not to', push('provenance: false'), []],
    ['not pushed', BUILDX + step('tags: a/b'), []],
    ['without a builder of buildx', step('push: true', 'tags: a/b'), []],
  ])('%s', (_name, steps, expected) => {
    expect(found(job(steps), lambda)).toEqual(expected);
  });

  test('a runtime that takes an index, an image that is not the only one', () => {
    expect(found(job(push()), { 'deploy.sh': 'gcloud run deploy x --image a/b\n' })).toEqual([]);
    expect(found(job(push()), { ...lambda, 'web/Dockerfile': 'FROM nginx\n' })).toEqual([]);
  });
});

describe('joining', () => {
  const digest = job(BUILDX + step('outputs: type=image,name=a/b,push-by-digest=true,push=true'));

  test('digests that nothing joins, in this file or another', () => {
    expect(found(digest)).toEqual(['digests-not-joined 8']);
    expect(found(digest, { 'join.sh': 'docker buildx imagetools create -t a/b x y\n' })).toEqual([]);
    expect(found(digest, { Makefile: 'join:\n\tdocker manifest create a/b x y\n' })).toEqual([]);
  });

  test('docker manifest create over what has provenance', () => {
    const create =
      '      - run: |\n          docker manifest create a/b:1 a/b:${{ github.sha }}-amd64\n          docker manifest push a/b:1\n';
    const push = step('push: true', 'tags: a/b:x-amd64');
    expect(found(job(BUILDX + push + create))).toEqual(['manifest-of-indexes 10']);
    expect(found(job(push + create))).toEqual([]);
    expect(found(job(BUILDX + step('push: true', 'tags: a/b:x-amd64', 'provenance: false') + create))).toEqual([]);
  });
});

test('a comment before the line, or for the file, answers for a finding', () => {
  const text = job(
    BUILDX +
      step(
        'platforms: linux/amd64,linux/arm64',
        '# rightarch-ignore workflow/load-several: mended upstream',
        'load: true',
      ),
  );
  expect(found(text)).toEqual([]);
  expect(
    found(
      `# rightarch-ignore-file workflow/load-several\n${job(BUILDX + step('platforms: linux/amd64,linux/arm64', 'load: true'))}`,
    ),
  ).toEqual([]);
});

test('no text makes it throw', () => {
  const line = fc.constantFrom(
    'jobs:',
    '  a:',
    '    strategy:',
    '      matrix:',
    '        p: [linux/amd64, &x b]',
    '        include: [*x, {p: 1}]',
    '        <<: *x',
    '    runs-on: ${{ matrix.p }}',
    '    steps:',
    '      - uses: docker/build-push-action@v6',
    '        with: {push: true, tags: a, platforms: "${{ matrix.p }}"}',
    '      - run: docker manifest create $(',
    '? [a]',
    '- - :',
  );
  const text = fc
    .array(fc.oneof(line, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 16 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, (workflow) => void found(workflow)),
    { numRuns: 500 },
  );
});

describe('one cache for several platforms', () => {
  const LEGS =
    '        include:\n          - {p: linux/amd64, r: ubuntu-latest}\n          - {p: linux/arm64, r: ubuntu-24.04-arm}\n';
  const legs = (...inputs: readonly string[]) =>
    found(job(BUILDX + step('platforms: ${{ matrix.p }}', ...inputs), { runsOn: '${{ matrix.r }}', matrix: LEGS }));

  test.each([
    ['no scope', 'cache-to: type=gha,mode=max'],
    ['one scope', 'cache-to: type=gha,scope=app,mode=max'],
    ['one for each branch', 'cache-to: type=gha,scope=${{ github.ref_name }}'],
    ['a tag', 'cache-to: type=registry,ref=ghcr.io/a/b:cache,mode=max'],
    ['a bare tag', 'cache-to: ghcr.io/a/b:cache'],
  ])('%s', (_what, input) => {
    expect(legs(input)).toEqual(['cache-shared 14']);
  });

  test.each([
    ['a scope for each', 'cache-to: type=gha,scope=${{ matrix.p }}'],
    ['a tag for each', 'cache-to: type=registry,ref=ghcr.io/a/b:cache-${{ matrix.p }}'],
    ['in the image', 'cache-to: type=inline'],
    ['not seen', 'cache-to: type=gha,scope=${{ steps.x.outputs.y }}'],
    ['read alone', 'cache-from: type=gha'],
  ])('%s is none', (_what, input) => {
    expect(legs(input)).toEqual([]);
  });

  test('several platforms of one build share theirs, and so do builds of the same platform', () => {
    const both = step('platforms: linux/amd64,linux/arm64', 'cache-to: type=gha');
    expect(found(job(QEMU + BUILDX + both + both))).toEqual([]);
    const other = step('platforms: linux/amd64', 'file: other/Dockerfile', 'cache-to: type=gha');
    expect(found(job(QEMU + BUILDX + step('platforms: linux/arm64', 'cache-to: type=gha') + other))).toEqual([]);
  });
});

describe('BuildKit switched off', () => {
  const BY_TARGET = 'FROM node\nARG TARGETARCH\nRUN curl -o /x https://x/$TARGETARCH\n';
  const run = (line: string, env = '') =>
    `      - run: ${line}\n${env === '' ? '' : `        env:\n          ${env}\n`}`;

  test.each([
    ['by the step', run('docker build .', 'DOCKER_BUILDKIT: 0'), BY_TARGET],
    ['before the command', run('DOCKER_BUILDKIT=0 docker build -t x .'), BY_TARGET],
    [
      'for the platform of a stage',
      run('docker build .', "DOCKER_BUILDKIT: '0'"),
      'FROM --platform=$BUILDPLATFORM node\nCMD x\n',
    ],
  ])('%s', (_what, steps, dockerfile) => {
    const codes = found(job(steps), { Dockerfile: dockerfile }).filter((one) => one.startsWith('buildkit'));
    expect(codes).toEqual(['buildkit-off 5']);
  });

  test.each([
    ['a Dockerfile that asks nothing', run('docker build .', 'DOCKER_BUILDKIT: 0'), 'FROM node\nRUN npm ci\n'],
    [
      'a default of its own',
      run('docker build .', 'DOCKER_BUILDKIT: 0'),
      'FROM node\nARG TARGETARCH=amd64\nRUN x $TARGETARCH\n',
    ],
    [
      'a default in the shell',
      run('docker build .', 'DOCKER_BUILDKIT: 0'),
      'FROM node\nARG TARGETARCH\nRUN x ${TARGETARCH:-amd64}\n',
    ],
    ['BuildKit on', run('docker build .', 'DOCKER_BUILDKIT: 1'), BY_TARGET],
    ['buildx', run('docker buildx build .', 'DOCKER_BUILDKIT: 0'), BY_TARGET],
    ['another Dockerfile', run('docker build -f x/Dockerfile .', 'DOCKER_BUILDKIT: 0'), BY_TARGET],
  ])('%s is silent', (_what, steps, dockerfile) => {
    expect(found(job(steps), { Dockerfile: dockerfile }).filter((one) => one.startsWith('buildkit'))).toEqual([]);
  });

  test('in a Makefile and a script too', () => {
    const files = [
      { path: 'Dockerfile', text: BY_TARGET },
      { path: 'a.sh', text: 'export DOCKER_BUILDKIT=0\ndocker build -t a .\n' },
      { path: 'Makefile', text: 'a:\n\tDOCKER_BUILDKIT=0 docker build --file=./Dockerfile -t a .\n' },
    ];
    const { diagnostics } = checkRepository(files, { platforms: [], inlineIgnore: true, today: '2026-11-29' });
    const told = diagnostics.flatMap(({ code, at }) =>
      code === 'workflow/buildkit-off' && at.in === 'file' ? [`${at.file}:${at.start.line}`] : [],
    );
    expect(told.sort()).toEqual(['Makefile:2', 'a.sh:2']);
  });
});

describe('a composite action', () => {
  const action = (steps: string) => `name: build\nruns:\n  using: composite\n  steps:\n${steps}`;
  const told = (text: string, path = '.github/actions/build/action.yml') =>
    checkRepository([{ path, text }], { platforms: [], inlineIgnore: true, today: '2026-11-29' }).diagnostics.flatMap(
      ({ code, at }) => (at.in === 'file' ? [`${code} ${at.file}:${at.start.line}`] : []),
    );

  test('has the rules of a workflow, for its steps and its commands', () => {
    const load = action(BUILDX + step('platforms: linux/amd64,linux/arm64', 'load: true'));
    expect(told(load)).toEqual(['workflow/load-several .github/actions/build/action.yml:9']);
    const digests = action(BUILDX + step('outputs: type=image,push-by-digest=true,push=true'));
    expect(told(digests, 'action.yaml')).toEqual(['workflow/digests-not-joined action.yaml:8']);
    const script =
      '    - run: |\n        docker buildx create --use\n        docker buildx build --platform linux/amd64,linux/arm64 --load .\n      shell: bash\n';
    expect(told(action(script))).toEqual(['workflow/load-several .github/actions/build/action.yml:7']);
  });

  test('is no runner: what it builds without a platform has the CPU of whoever calls it', () => {
    expect(told(action(step('platforms: linux/arm64', 'push: true')))).toEqual([]);
    expect(told('name: x\nruns:\n  using: node20\n  main: index.js\n')).toEqual([]);
    expect(told('jobs:\n  a:\n    steps:\n', 'node_modules/x/action.yml')).toEqual([]);
  });
});

test('the CPU of a runner is what a plain build makes, whatever runs it', () => {
  const files = (runsOn: string, cpu: string) => [
    { path: 'Dockerfile', text: 'FROM node\nRUN npm ci\n' },
    {
      path: FILE,
      text: job('      - run: docker build -t ghcr.io/a/b:1 . && docker push ghcr.io/a/b:1\n', { runsOn }),
    },
    {
      path: 'main.tf',
      text: `resource "aws_lambda_function" "f" {\n  package_type = "Image"\n  architectures = ["${cpu}"]\n}\n`,
    },
  ];
  const told = (...call: Parameters<typeof files>) =>
    checkRepository(files(...call), { platforms: [], inlineIgnore: true, today: '2026-11-29' }).diagnostics.map(
      ({ code, args }) => [code, args['built'], args['runs']],
    );
  expect(told('ubuntu-24.04-arm', 'x86_64')).toEqual([['repository/cpu-differs', 'linux/arm64', 'linux/amd64']]);
  expect(told('ubuntu-latest', 'arm64')).toEqual([['repository/cpu-differs', 'linux/amd64', 'linux/arm64']]);
  expect(told('ubuntu-24.04-arm', 'arm64')).toEqual([]);
});

describe('joined-too-early', () => {
  const legs = (tags: string, more = '') =>
    `  build:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        arch: [amd64, arm64]\n    steps:\n${QEMU}${BUILDX}${step('platforms: linux/${{ matrix.arch }}', 'push: true', 'provenance: false', `tags: ${tags}`)}${more}`;
  const TAGS = 'r.io/app:${{ env.TAG }}-${{ matrix.arch }}';
  const joined = (run: string, needs = '') => `  join:\n    runs-on: ubuntu-latest\n${needs}    steps:\n${run}`;
  const tools = (...names: readonly string[]) =>
    `      - run: docker buildx imagetools create -t r.io/app:1 ${names.map((one) => `r.io/app:\${{env.TAG}}-${one}`).join(' ')}\n`;
  const action = (...names: readonly string[]) =>
    `      - uses: int128/docker-manifest-create-action@v2\n        with:\n          tags: r.io/app:1\n          sources: |\n${names.map((one) => `            r.io/app:\${{ env.TAG }}-${one}\n`).join('')}`;
  const other = '  other:\n    runs-on: ubuntu-latest\n    needs: build\n    steps:\n      - run: make\n';
  const NEEDS = '    needs: build\n';

  test.each<[string, string, readonly string[]]>([
    ['without waiting', joined(tools('amd64', 'arm64')), ['joined-too-early 19']],
    ['after another job', joined(action('amd64', 'arm64'), '    needs: lint\n'), ['joined-too-early 18']],
    ['after the legs', joined(tools('amd64', 'arm64'), NEEDS), []],
    ['after a job that is after the legs', other + joined(action('amd64', 'arm64'), '    needs: [other]\n'), []],
    [
      'by docker manifest',
      joined(tools('amd64', 'arm64').replace('buildx imagetools create -t', 'manifest create')),
      ['joined-too-early 19'],
    ],
    [
      'in a loop that waits for them',
      joined(`      - run: until docker manifest inspect x; do sleep 5; done\n${tools('amd64')}`),
      [],
    ],
    ['of what another workflow pushes', joined(tools('amd64', 'arm64').replaceAll('r.io/app:$', 'r.io/base:$')), []],
    [
      'at another event',
      joined(tools('amd64', 'arm64'), "    if: github.event_name == 'release'\n"),
      ['joined-too-early 20'],
    ],
    ['with a leg that is not there', joined(tools('amd64', 'arm64', 'armv7'), NEEDS), ['joined-too-early 20']],
    ['with a leg of another kind', joined(tools('amd64', 'arm64', 'windows'), NEEDS), []],
    [
      'with one that a script pushes',
      `${joined(tools('amd64', 'armv7'), NEEDS)}  v7:\n    runs-on: x\n    steps:\n      - run: ./push.sh armv7\n`,
      [],
    ],
    [
      'with one of another kind',
      joined(tools('amd64', 'arm64'), NEEDS).replace('r.io/app:${{env.TAG}}-arm64', 'r.io/old:1-arm64'),
      [],
    ],
  ])('%s', (_name, text, expected) => {
    expect(found(`jobs:\n${legs(TAGS)}${text}`).filter((one) => one.startsWith('joined'))).toEqual(expected);
  });

  const digest = 'outputs: type=image,name=r.io/app,push-by-digest=true,push=true';
  const byDigest = (needs: string, before = '') =>
    `jobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${QEMU}${BUILDX}${step('platforms: linux/arm64', digest)}      - uses: actions/upload-artifact@v4\n${before}${joined("      - uses: actions/download-artifact@v4\n      - run: docker buildx imagetools create -t r.io/app:1 $(printf 'r.io/app@sha256:%s ' *)\n", needs)}`;
  test.each<[string, string, readonly string[]]>([
    ['digests without waiting', byDigest(''), ['joined-too-early 16']],
    ['digests after the legs', byDigest(NEEDS), []],
    [
      'digests of a job that hands them on',
      byDigest('    needs: up\n', '  up:\n    steps:\n      - uses: actions/upload-artifact@v4\n'),
      [],
    ],
  ])('%s', (_name, text, expected) => {
    expect(found(text).filter((one) => one.startsWith('joined'))).toEqual(expected);
  });
});
