import { describe, expect, test } from 'vitest';
import { found } from './test-found.ts';

/** Nothing in it runs on its target, so that an emulator is not asked for. */
const Dockerfile = 'FROM debian:bookworm-slim\nCOPY . /srv\n';
const TWO = 'docker buildx build --platform linux/amd64,linux/arm64 -t $CI_REGISTRY_IMAGE:latest --push .';

const BAKED = 'target "default" { platforms = ["linux/amd64", "linux/arm64"] }\n';
const COMPOSED =
  'services:\n  api:\n    image: r.io/api\n    build: { context: ., platforms: [linux/amd64, linux/arm64] }\n';

const job = (service: string, script: readonly string[], { root = '', own = '' } = {}) => ({
  Dockerfile,
  '.gitlab-ci.yml': `${root}build:\n${own}  services: [${service}]\n  script:\n${script.map((one) => `    - ${one}\n`).join('')}`,
});

describe("several platforms on the Docker of a job's service", () => {
  test.each<[string, Parameters<typeof found>[0], readonly string[]]>([
    ['27', job('"docker:27-dind"', [TWO]), ['no-builder .gitlab-ci.yml:4']],
    [
      'of a registry, by minor version',
      job('mirror.example/docker:28.3.1-dind-rootless', [TWO]),
      ['no-builder .gitlab-ci.yml:4'],
    ],
    ['by its name', job('{ name: "docker:24.0.5-dind", alias: docker }', [TWO]), ['no-builder .gitlab-ci.yml:4']],
    [
      'by bake',
      { ...job('"docker:27-dind"', ['docker buildx bake --push']), 'docker-bake.hcl': BAKED },
      ['no-builder .gitlab-ci.yml:4'],
    ],
    [
      'by bake, behind a builder',
      { ...job('"docker:27-dind"', ['docker buildx create --use', 'docker buildx bake']), 'docker-bake.hcl': BAKED },
      [],
    ],
    [
      'by compose',
      { ...job('"docker:27-dind"', ['docker compose build --push']), 'compose.yaml': COMPOSED },
      ['no-builder .gitlab-ci.yml:4'],
    ],
    [
      'by compose, of which it runs one',
      { ...job('"docker:27-dind"', ['docker compose up --build']), 'compose.yaml': COMPOSED },
      [],
    ],
    [
      'one by bake',
      { ...job('"docker:27-dind"', ['docker buildx bake']), 'docker-bake.hcl': 'target "default" {}\n' },
      [],
    ],
    ['29, which has another store', job('"docker:29-dind"', [TWO]), []],
    ['20, which has another builder', job('"docker:20.10-dind"', [TWO]), []],
    ['a version that nobody names', job('"docker:dind"', [TWO]), []],
    ['one platform', job('"docker:27-dind"', ['docker buildx build --platform linux/arm64 -t a --push .']), []],
    ['a builder of its own', job('"docker:27-dind"', ['docker buildx create --use', TWO]), []],
    ['a builder that is named', job('"docker:27-dind"', [TWO.replace('build ', 'build --builder pool ')]), []],
    [
      "containerd's store, asked for",
      job('{ name: "docker:27-dind", command: ["--feature=containerd-snapshotter"] }', [TWO]),
      [],
    ],
    [
      'a login and an install before',
      job('"docker:27-dind"', ['apk add curl', 'docker login', TWO]),
      ['no-builder .gitlab-ci.yml:6'],
    ],
    ['a script before', job('"docker:27-dind"', ['./prepare.sh', TWO]), ['no-builder .gitlab-ci.yml:5 ?']],
    [
      'commands of another job',
      job('"docker:27-dind"', ['!reference [.setup, script]', TWO]),
      ['no-builder .gitlab-ci.yml:5 ?'],
    ],
    [
      'commands before, of another job',
      job('"docker:27-dind"', [TWO], { own: '  before_script: [!reference [.setup, before_script]]\n' }),
      ['no-builder .gitlab-ci.yml:5 ?'],
    ],
    ['a list of commands', job('"docker:27-dind"', ['[date, ./prepare.sh]', TWO]), ['no-builder .gitlab-ci.yml:5 ?']],
    ['a script behind', job('"docker:27-dind"', [TWO, './tell.sh']), ['no-builder .gitlab-ci.yml:4']],
    [
      'a script that all jobs begin with',
      job('"docker:27-dind"', [TWO], { root: 'default:\n  before_script: [./prepare.sh]\n' }),
      ['no-builder .gitlab-ci.yml:6 ?'],
    ],
    [
      'commands before, instead of those of all jobs',
      job('"docker:27-dind"', [TWO], { root: 'before_script: [./prepare.sh]\n', own: '  before_script: [date]\n' }),
      ['no-builder .gitlab-ci.yml:6'],
    ],
    [
      'what another file brings',
      job('"docker:27-dind"', [TWO], { root: 'include: /x.yml\n' }),
      ['no-builder .gitlab-ci.yml:5 ?'],
    ],
    ['a job of another', job('"docker:27-dind"', [TWO], { own: '  extends: .docker\n' }), []],
    [
      'a service of all jobs',
      {
        Dockerfile,
        '.gitlab-ci.yml': `default:\n  services: ["docker:26-dind"]\nvariables: { FOR: "linux/amd64,linux/arm64" }\nbuild:\n  script:\n    - docker build --platform $FOR -t a .\n`,
      },
      ['no-builder .gitlab-ci.yml:6'],
    ],
    [
      'a version that a variable of the file holds',
      job('"docker:${DOCKER_VERSION}-dind"', [TWO], { root: 'variables: { DOCKER_VERSION: "24" }\n' }),
      ['no-builder .gitlab-ci.yml:5'],
    ],
    ['a version of a variable that nobody sees', job('"docker:${DOCKER_VERSION}-dind"', [TWO]), []],
    [
      'an image of somebody, that may start with a builder',
      job('"docker:27-dind"', [TWO], { own: '  image: $CI_REGISTRY_IMAGE/ci\n' }),
      ['no-builder .gitlab-ci.yml:5 ?'],
    ],
    [
      "Docker's own image",
      job('"docker:27-dind"', [TWO], { own: '  image: { name: mirror.example/docker:27 }\n' }),
      ['no-builder .gitlab-ci.yml:5'],
    ],
    [
      'the daemon of the service, by its address',
      job('"docker:27-dind"', [TWO], { root: 'variables: { DOCKER_HOST: "tcp://docker:2376" }\n' }),
      ['no-builder .gitlab-ci.yml:5'],
    ],
    [
      'another daemon',
      job('"docker:27-dind"', [TWO], { root: 'variables: { DOCKER_HOST: "tcp://build.example:2376" }\n' }),
      [],
    ],
    [
      'no such service',
      { Dockerfile, '.gitlab-ci.yml': `build:\n  tags: [own]\n  script:\n    - ${TWO}\n    - echo dind\n` },
      [],
    ],
  ])('%s', (_, files, expected) => {
    expect(found(files).filter((one) => one.startsWith('no-builder'))).toEqual(expected);
  });
});
