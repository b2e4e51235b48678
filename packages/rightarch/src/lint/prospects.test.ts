import { describe, expect, test } from 'vitest';
import { parseProject, type ResolvedProject, resolveProject } from '../config/index.ts';
import { formatPlatform } from '../core/index.ts';
import { discoverRepository, judgeDeclared, undeclaredRuntimes } from './index.ts';

const HOST = { os: 'linux', architecture: 'amd64' } as const;

function declared(text: string): readonly ResolvedProject[] {
  const parsed = parseProject(text, '/p/rightarch.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ code }) => code).join(' '));
  const project = resolveProject(parsed.value, { env: undefined, today: '2026-11-29' });
  if (!project.ok) throw new Error(project.problems.map(({ code }) => code).join(' '));
  return [project.value];
}

const ofStage = (stage: string | undefined, cpu = 'arm64') =>
  declared(
    `images:\n  app: { dockerfile: Dockerfile${stage === undefined ? '' : `, target: ${stage}`} }\n` +
      `targets:\n  api: { runtime: ecs-fargate, image: app, architecture: ${cpu} }\n`,
  );

/** Each prospect as `kind line`, with the CPU that it is about. */
function judged(dockerfile: string, stage: string | undefined): readonly string[] {
  const { images } = discoverRepository([{ path: 'Dockerfile', text: dockerfile }]);
  return judgeDeclared('rightarch.yaml', ofStage(stage), images, HOST).map((one) => {
    const about = one.kind === 'fails' ? one.given : one.kind === 'stages-differ' ? one.first : undefined;
    return [one.kind, one.at.line, ...(about === undefined ? [] : [formatPlatform(about)])].join(' ');
  });
}

describe('an image of rightarch.yaml', () => {
  const STAGES =
    'FROM --platform=linux/amd64 node AS base\n' +
    'FROM base AS Web\n' +
    'FROM --platform=$BUILDPLATFORM golang AS tool\n' +
    'FROM debian AS plain\n' +
    'FROM --platform=linux/amd64 debian AS last\n';

  test.each<[string, string | undefined, readonly string[]]>([
    ['no stage is the last one', undefined, ['fails 5 linux/amd64']],
    ['the last stage by its name', 'last', ['fails 5 linux/amd64']],
    ['a stage that is built on a pinned one', 'web', ['fails 1 linux/amd64']],
    ['in any case', 'WEB', ['fails 1 linux/amd64']],
    ['a stage on the CPU of the builder', 'tool', ['final-on-builder 3', 'stages-differ 1 linux/amd64']],
    [
      'a stage without a platform: the others are told, its own is that of the build',
      'plain',
      ['stages-differ 1 linux/amd64'],
    ],
    ['a stage that is not there', 'none', []],
  ])('%s', (_name, stage, expected) => {
    expect(judged(STAGES, stage)).toEqual(expected);
  });

  test('what comes behind the named stage is not built, and is not judged', () => {
    expect(judged('FROM debian AS a\nFROM --platform=linux/amd64 debian\n', 'a')).toEqual([]);
    expect(judged('FROM --platform=linux/arm64 debian AS a\nFROM --platform=linux/amd64 debian\n', 'a')).toEqual([
      'holds-by-pin 1',
    ]);
  });
});

test('runtimes that rightarch.yaml does not name are those of the sources without its targets', () => {
  const { runtimes } = discoverRepository([
    { path: 'a.sh', text: 'gcloud run deploy svc\naws ecs update-service --service web\nkubectl apply -f k8s\n' },
  ]);
  const named = (resolved: readonly ResolvedProject[]) =>
    undeclaredRuntimes(runtimes, resolved)
      .map(({ runtime }) => runtime)
      .sort();
  expect(named([])).toEqual(['cloud-run', 'ecs-fargate', 'kubernetes']);
  // The stage of the image does not matter to where it runs.
  expect(named(ofStage('web'))).toEqual(['cloud-run', 'kubernetes']);
  expect(named(ofStage(undefined))).toEqual(['cloud-run', 'kubernetes']);
  expect(
    named(declared('images: { app: {} }\ntargets:\n  k: { runtime: eks, image: app, architecture: arm64 }\n')),
  ).toEqual(['cloud-run', 'ecs-fargate']);
});
