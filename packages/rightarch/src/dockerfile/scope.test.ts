import { describe, expect, it } from 'vitest';
import type { Platform } from '../core/index.ts';
import { parseDockerfile } from './parse.ts';
import { globalScope, openStage, proxyEnvironment } from './scope.ts';
import { splitStages } from './stages.ts';

const amd64: Platform = { os: 'linux', architecture: 'amd64' };
const arm64: Platform = { os: 'linux', architecture: 'arm64' };

/** The environment behind the last instruction of each stage, and the notes on the way. */
function follow(text: string, args: Record<string, string> = {}, base: readonly string[] = []) {
  const file = parseDockerfile(text, { file: 'Dockerfile' });
  const global = globalScope(file, { args, platform: arm64, buildPlatform: amd64 });
  const scope = openStage(global, { environment: base });
  const applied = splitStages(file)[0]!.instructions.map((each) => scope.apply(each));
  return { scope, applied, global, problems: [...global.problems, ...applied.flatMap(({ problems }) => problems)] };
}

describe('the variables of a stage', () => {
  it.each([
    ['an automatic variable needs an ARG', 'FROM x\nENV V=$TARGETARCH', {}, ''],
    ['a bare ARG takes the automatic value', 'FROM x\nARG TARGETARCH\nENV V=$TARGETARCH', {}, 'arm64'],
    [
      'a default in the stage beats the automatic value',
      'FROM x\nARG TARGETARCH=amd64\nENV V=$TARGETARCH',
      {},
      'amd64',
    ],
    [
      '--build-arg beats the default',
      'FROM x\nARG TARGETARCH=amd64\nENV V=$TARGETARCH',
      { TARGETARCH: 's390x' },
      's390x',
    ],
    [
      'a global default reaches a bare ARG',
      'ARG TARGETARCH=ppc64le\nFROM x\nARG TARGETARCH\nENV V=$TARGETARCH',
      {},
      'ppc64le',
    ],
    [
      'a bare global ARG leaves the automatic value',
      'ARG TARGETARCH\nFROM x\nARG TARGETARCH\nENV V=$TARGETARCH',
      {},
      'arm64',
    ],
    ['a global ARG does not reach a stage', 'ARG A=1\nFROM x\nENV V=$A', {}, ''],
    ['ENV beats the ARG before it', 'FROM x\nARG A=1\nENV A=2\nENV V=$A', { A: '3' }, '2'],
    ['ARG wins over the ENV before it, as in BuildKit', 'FROM x\nENV A=2\nARG A=1\nENV V=$A', {}, '1'],
    ['a bare ARG leaves the ENV before it', 'FROM x\nENV A=2\nARG A\nENV V=$A', {}, '2'],
    ['words of one ENV see the old values', 'FROM x\nENV A=old\nENV A=new V=$A', {}, 'old'],
    ['words of one ARG see each other', 'FROM x\nARG A=1 B=$A-2\nENV V=$B', {}, '1-2'],
    ['the base image gives variables', 'FROM x\nENV V=$FROM_BASE', {}, 'yes'],
    ['PATH is there where the base has none', 'FROM x\nENV V=${PATH%%:*}', {}, '/usr/local/sbin'],
  ])('%s', (_, text, args, expected) => {
    expect(follow(text, args, ['FROM_BASE=yes']).scope.environment.get('V')).toBe(expected);
  });

  it('keeps ARG out of the image', () => {
    const { scope } = follow('FROM x\nARG SECRET=1\nENV A=b\n');
    expect([...scope.imageEnvironment.keys()]).toEqual(['PATH', 'A']);
    expect(scope.args).toEqual(new Map([['SECRET', '1']]));
  });

  it('hands ARG and ENV on to a stage built from it, where ENV beats ARG again', () => {
    const text = 'FROM x AS one\nENV A=env\nARG A=arg B=kept\nFROM one\nENV V=$A W=$B';
    const file = parseDockerfile(text, { file: 'Dockerfile' });
    const global = globalScope(file, { args: {}, platform: arm64, buildPlatform: amd64 });
    const [one, two] = splitStages(file);
    const first = openStage(global, { environment: [] });
    for (const each of one!.instructions) first.apply(each);
    expect(first.environment.get('A')).toBe('arg');
    const second = openStage(global, { stage: first });
    for (const each of two!.instructions) second.apply(each);
    expect([second.environment.get('V'), second.environment.get('W')]).toEqual(['env', 'kept']);
  });

  it('notes a variable that is not set, at its word, with the one that was meant', () => {
    const { problems } = follow('FROM x\nARG VERSION=1\nWORKDIR /a/$VERSON');
    expect(problems).toMatchObject([
      {
        code: 'dockerfile/variable-undefined',
        severity: 'note',
        args: { name: 'VERSON', nearest: 'VERSION' },
        at: { start: { line: 3, column: 9 } },
      },
    ]);
    expect(follow('FROM x\nARG A\nWORKDIR /a/$A').problems).toEqual([]);
  });

  it('refuses an expansion that fails', () => {
    const { problems } = follow('FROM x\nUSER ${UID:?give a user}');
    expect(problems).toMatchObject([
      { code: 'dockerfile/expansion-failed', args: { problem: 'required', name: 'UID', message: 'give a user' } },
    ]);
  });

  it('fills in paths, owners and heredocs, but neither --from nor quotes inside of a heredoc', () => {
    const text = 'FROM x\nARG D=dir\nCOPY --chown=$D --from=$D <<A <<"B" $D/a /d/ \n"$D"\nA\n$D\nB\n';
    const copy = follow(text).applied.at(-1)!.instruction;
    if (copy.keyword !== 'COPY') throw new Error(copy.keyword);
    expect(copy.sources.map((word) => word.text)).toEqual(['dir/a']);
    expect(copy.flags.map(({ value }) => value.text)).toEqual(['dir', '$D']);
    expect(copy.heredocs.map(({ body }) => body)).toEqual(['"dir"\n', '$D\n']);
  });

  it('leaves the text of RUN to the shell', () => {
    const run = follow('FROM x\nARG A=1\nRUN --mount=type=cache,target=/c/$A echo $A').applied.at(-1)!.instruction;
    expect(run).toMatchObject({ command: { text: 'echo $A' }, flags: [{ value: { text: 'type=cache,target=/c/1' } }] });
  });

  it('gives proxies to RUN without any ARG, and to nothing else', () => {
    const { scope } = follow('FROM x\nENV V=$HTTP_PROXY', { HTTP_PROXY: 'http://p' });
    expect(scope.environment.get('V')).toBe('');
    expect(proxyEnvironment({ http_proxy: 'http://p', OTHER: '1' })).toEqual(
      new Map([
        ['HTTP_PROXY', 'http://p'],
        ['http_proxy', 'http://p'],
      ]),
    );
  });
});
