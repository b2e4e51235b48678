/** A mistake as people make it, put into every place of a clean file that it fits. */
export interface Mutation {
  readonly name: string;
  /** The codes that say it. */
  readonly codes: readonly string[];
  readonly file: RegExp;
  readonly from: RegExp;
  readonly to: string;
  /** Why nothing says it. */
  readonly unsaid?: string;
}

const DOCKERFILE = /(^|\/)Dockerfile$/;
const WORKFLOW = /^\.github\/workflows\//;
const BETWEEN = ['repository/cpu-differs', 'repository/no-such-cpu'];

/** Each `from` is one place; what stands in it once is one mutant. */
export const mutations: readonly Mutation[] = [
  at(
    DOCKERFILE,
    'the base of a stage on the target is pinned',
    ['dockerfile/platform-pinned', 'dockerfile/builder-output-copied', 'dockerfile/builder-output-unknown'],
    /^FROM (?!-)/gm,
    'FROM --platform=linux/amd64 ',
  ),
  at(
    DOCKERFILE,
    'the last stage is built on the builder',
    ['dockerfile/final-stage-on-builder'],
    /^FROM (?!-)(?![\s\S]*^FROM )/gm,
    'FROM --platform=$BUILDPLATFORM ',
  ),
  at(
    DOCKERFILE,
    'a base of one CPU by its name',
    ['dockerfile/base-for-one-platform'],
    /^FROM (?=(?:debian|alpine|python|node|rust):)/gm,
    'FROM arm64v8/',
  ),
  at(
    DOCKERFILE,
    'a base of one CPU by its tag',
    ['dockerfile/base-for-one-platform'],
    /(?<=^FROM public\.ecr\.aws\/lambda\/nodejs:22)/gm,
    '-x86_64',
  ),
  at(
    DOCKERFILE,
    'GOARCH is written out',
    ['dockerfile/architecture-hard-coded'],
    /GOARCH=\$TARGETARCH/g,
    'GOARCH=amd64',
  ),
  at(DOCKERFILE, 'GOARCH is dropped on the builder', ['dockerfile/builder-output-copied'], / GOARCH=\$TARGETARCH/g, ''),
  at(
    DOCKERFILE,
    'xx is left out',
    ['dockerfile/builder-output-copied'],
    /xx-go build (.*) && xx-verify .*/g,
    'go build $1',
  ),
  at(
    DOCKERFILE,
    'a compiler stage moves to the builder',
    ['dockerfile/builder-output-copied'],
    /^FROM (?=rust:.* AS build)/gm,
    'FROM --platform=$BUILDPLATFORM ',
  ),
  at(
    DOCKERFILE,
    'a download is of one CPU',
    ['dockerfile/architecture-hard-coded'],
    /\$\{(?:cpu|arch|TARGETARCH)\}(?=[-/"\n])/g,
    'amd64',
  ),
  at(
    DOCKERFILE,
    'a name of another project: amd64 for x86_64',
    ['dockerfile/cpu-name-unknown'],
    /cpu=x(?:86_)?64/g,
    'cpu=amd64',
    'what a project calls its files is only said of those that somebody looked up',
  ),
  at(
    DOCKERFILE,
    'the names of two branches are exchanged',
    ['dockerfile/cpu-name-unknown', 'dockerfile/architecture-hard-coded'],
    /amd64\) cpu=x86_64 ;; \\\n {6}arm64\) cpu=aarch64/g,
    'amd64) cpu=aarch64 ;; \\\n      arm64) cpu=x86_64',
    'a branch is asked whether it is there, not whether it gives its own CPU',
  ),
  at(DOCKERFILE, 'a branch of a case is missing', ['dockerfile/platform-without-branch'], / {6}arm64\) .*\n/g, ''),
  at(
    DOCKERFILE,
    'a branch of an if is missing',
    ['dockerfile/platform-without-branch'],
    /elif .*? then cpu=arm64; else exit 1; fi/g,
    'fi',
  ),
  at(DOCKERFILE, 'ARG TARGETARCH is missing', ['dockerfile/target-argument-undeclared'], /^ARG TARGETARCH\n/gm, ''),
  at(
    DOCKERFILE,
    'ARG TARGETARCH has a default',
    ['dockerfile/target-argument-default'],
    /^ARG TARGETARCH$/gm,
    'ARG TARGETARCH=amd64',
  ),
  at(
    DOCKERFILE,
    'TARGETARCH is asked of the builder',
    ['dockerfile/cpu-of-builder', 'dockerfile/builder-output-copied'],
    /GOARCH=\$TARGETARCH/g,
    'GOARCH=$(go env GOHOSTARCH)',
  ),
  at(
    DOCKERFILE,
    'one checksum for several downloads',
    ['dockerfile/checksum-of-one'],
    /^ADD (?=https)/gm,
    `ADD --checksum=sha256:${'93dcc18adc78c65a028a84799ecf8ad40c936fdfc5f2a57b1acda5a8117fa82c'} `,
  ),
  at(
    DOCKERFILE,
    'a program of glibc goes into musl',
    ['dockerfile/libc-of-another-base'],
    /FROM debian:13-slim\nARG TARGETARCH\nRUN apt-get .*/g,
    'FROM alpine:3.21\nARG TARGETARCH\nRUN apk add --no-cache ca-certificates curl',
    'a download for the other libc beside it may bring that libc',
  ),
  at(
    DOCKERFILE,
    'the compiler takes the builder’s own CPU',
    ['dockerfile/architecture-hard-coded', 'dockerfile/cpu-of-builder'],
    /(?<=RUN )(?=cargo build)/g,
    'RUSTFLAGS="-C target-cpu=native" ',
  ),
  at(WORKFLOW, 'one platform is dropped', BETWEEN, /linux\/amd64,linux\/arm64/g, 'linux/amd64'),
  at(WORKFLOW, 'another platform is built than runs', BETWEEN, /platforms: linux\/arm64/g, 'platforms: linux/amd64'),
  at(
    WORKFLOW,
    'no emulator, and Docker’s own builder',
    ['workflow/no-emulation', 'workflow/no-builder'],
    / {6}- uses: docker\/setup-qemu-action@v3\n {6}- uses: docker\/setup-buildx-action@v3\n/g,
    '',
  ),
  at(
    WORKFLOW,
    'an emulator, and no builder that makes several platforms',
    ['workflow/no-builder'],
    / {6}- uses: docker\/setup-buildx-action@v3\n(?=[\s\S]*linux\/amd64,linux\/arm64)/g,
    '',
  ),
  at(WORKFLOW, 'legs overwrite one tag', ['workflow/tag-overwritten'], /-\$\{\{ matrix\.arch \}\}$/gm, ''),
  at(
    WORKFLOW,
    'digests are not joined',
    ['workflow/digests-not-joined'],
    /(?<=path: \/tmp\/digests\/\*\n) {2}join:[\s\S]*/g,
    '',
  ),
  at(WORKFLOW, 'the join does not wait', ['workflow/joined-too-early'], /^ {4}needs: build\n/gm, ''),
  at(
    WORKFLOW,
    'a leg is joined that nothing builds',
    ['workflow/joined-too-early'],
    /^ +ghcr\.io\/(\S.*)-arm64$/gm,
    '$0 ghcr.io/$1-armv7',
  ),
  at(
    WORKFLOW,
    'tags with a CPU are not joined',
    ['workflow/digests-not-joined'],
    /(?<=matrix\.arch \}\}\n) {2}join:[\s\S]*/g,
    '',
    'a name for each CPU may be what is wanted',
  ),
  at(
    WORKFLOW,
    'several platforms are loaded',
    ['workflow/load-several'],
    /(?<=platforms: linux\/amd64,linux\/arm64\n {10})push: true/g,
    'load: true',
  ),
  at(WORKFLOW, 'legs share a cache', ['workflow/cache-shared'], /(?<=cache-to: .*),scope=.*/g, ''),
  at(
    WORKFLOW,
    'attestations for a runtime that refuses them',
    ['workflow/attestations-refused'],
    / {10}provenance: false\n(?= {10}push: true\n {10}tags: 123)/g,
    '',
  ),
  at(
    WORKFLOW,
    'an index of indexes by docker manifest',
    ['workflow/manifest-of-indexes'],
    / {10}provenance: false\n(?= {10}push: true\n {10}tags: ghcr)([\s\S]*)docker buildx imagetools create -t (\S+ [^\n]*\\\n)/g,
    '$1docker manifest create $2',
  ),
  at(/template\.yaml$/, 'a task runs on the other CPU', BETWEEN, /CpuArchitecture: ARM64/g, 'CpuArchitecture: X86_64'),
  at(/template\.yaml$/, 'a task says no CPU', BETWEEN, / {6}RuntimePlatform:\n.*\n.*\n/g, ''),
  at(
    /template\.yaml$/,
    'a function of an image runs on the other CPU',
    BETWEEN,
    /(?<=PackageType: Image\n {6})Architectures: \[arm64\]/g,
    'Architectures: [x86_64]',
  ),
  at(
    /template\.yaml$/,
    'a function of an image says no CPU',
    BETWEEN,
    /(?<=PackageType: Image\n) {6}Architectures: \[arm64\]\n/g,
    '',
  ),
  at(
    /template\.yaml$/,
    'a layer is of the other CPU',
    ['repository/layer-differs'],
    /LambdaInsightsExtension-Arm64/g,
    'LambdaInsightsExtension',
  ),
  at(
    /scorer\.yaml$/,
    'pods are put on nodes of the other CPU',
    BETWEEN,
    /kubernetes\.io\/arch: arm64/g,
    'kubernetes.io/arch: amd64',
  ),
  at(
    /scorer\.yaml$/,
    'pods are put on an instance type of the other CPU',
    BETWEEN,
    /kubernetes\.io\/arch: arm64/g,
    'node.kubernetes.io/instance-type: m7i.large',
  ),
  at(/build\.sh$/, 'a script builds for the other CPU', BETWEEN, /--platform linux\/arm64/g, '--platform linux/amd64'),
  at(/build\.sh$/, 'a script says no platform', ['repository/builder-decides'], / --platform linux\/arm64/g, ''),
  at(/dev\.sh$/, 'BuildKit is off', ['workflow/buildkit-off'], /^docker build/gm, 'DOCKER_BUILDKIT=0 docker build'),
  at(
    /compose\.yaml$/,
    'a service runs as what is not built',
    ['repository/platform-not-built'],
    /, linux\/arm64\]/g,
    ']',
  ),
  at(/\.hcl$/, 'a bake target builds the other CPU', BETWEEN, /"linux\/arm64"/g, '"linux/amd64"'),
];

/** A row; `unsaid` is why no code says it. */
function at(
  file: RegExp,
  name: string,
  codes: readonly string[],
  ...[from, to, unsaid]: readonly [RegExp, string, string?]
): Mutation {
  return { name, codes, file, from, to, ...(unsaid === undefined ? {} : { unsaid }) };
}
