import { describe, expect, test } from 'vitest';
import { Dockerfile, found } from './test-found.ts';

const job = (matrix: string, ...script: readonly string[]) => ({
  Dockerfile,
  '.gitlab-ci.yml': `variables:\n  IMAGE: $CI_REGISTRY_IMAGE/api\nbuild:\n  parallel:\n    matrix: ${matrix}\n  tags: [$RUNNER]\n  script:\n${script.map((one) => `    - ${one}\n`).join('')}`,
});
const CPUS = '[{ ARCH: [amd64, arm64] }]';
const RUNNERS = '[{ RUNNER: saas-linux-small-amd64 }, { RUNNER: saas-linux-small-arm64 }]';
const build = (tag: string, more = '') => `docker buildx build --platform linux/$ARCH -t ${tag} --push ${more}.`;

describe('legs of GitLab that push under one tag', () => {
  test.each<[string, ReturnType<typeof job>, readonly string[]]>([
    ['one tag for all', job(CPUS, build('$CI_REGISTRY_IMAGE:latest')), ['tag-overwritten .gitlab-ci.yml:8']],
    ['a tag for each', job(CPUS, build('$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA-$ARCH')), []],
    [
      'by docker push',
      job(CPUS, 'docker build --platform linux/$ARCH -t r.io/a:1 .', 'docker push r.io/a:1'),
      ['tag-overwritten .gitlab-ci.yml:8'],
    ],
    ['built and not pushed', job(CPUS, 'docker build --platform linux/$ARCH -t r.io/a:1 .'), []],
    [
      'by the CPU of its runner',
      job(RUNNERS, 'docker build -t r.io/a:1 .', 'docker push r.io/a:1'),
      ['tag-overwritten .gitlab-ci.yml:8'],
    ],
    [
      'runners of one CPU',
      job('[{ RUNNER: saas-linux-small-amd64, V: [1, 2] }]', 'docker build -t r.io/a:1 .', 'docker push r.io/a:1'),
      [],
    ],
    ['by a word that is not seen', job(CPUS, build('r.io/a:$TAG')), []],
    [
      'for one platform in all legs',
      job('[{ V: [1, 2] }]', 'docker buildx build --platform linux/arm64 -t r.io/a:1 --push .'),
      [],
    ],
    ['under a name that the file makes', job(CPUS, 'T=r.io/a:1', build('$T')), ['tag-overwritten .gitlab-ci.yml:9']],
    ['under a variable of a variable', job(CPUS, build('$IMAGE:latest')), []],
    [
      'joined by digests afterwards',
      job(CPUS, build('r.io/a:1', '--iidfile digest '), 'docker buildx imagetools create -t r.io/a:1 r.io/a@sha256:$D'),
      [],
    ],
  ])('%s', (_, files, expected) => {
    expect(found(files).filter((one) => !one.startsWith('no-emulation'))).toEqual(expected);
  });
});
