import { type Platform, samePlatform } from '../core/index.ts';
import { platformOfWord } from './cpu-words.ts';
import { type MachineWords, machineWords } from './machine-words.ts';

/** Who has words of their own for CPUs. */
export type Namer = 'go' | 'rust' | 'dotnet' | 'npm' | 'apt' | 'debian-folder' | 'debian-java';

/** A word for a CPU in a place where somebody else's words count. */
export interface Misnamed {
  /** Of a download: the project that publishes it. */
  readonly namer: Namer | { readonly project: string };
  readonly word: string;
  readonly expected: string;
  /** Theirs for the platforms that everybody builds, and for this one, by what `TARGETARCH` says of it. */
  readonly words: Readonly<Record<string, string>>;
}

const EVERYBODYS: readonly Platform[] = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

interface Project {
  readonly name: string;
  /** The group is the word for the CPU. */
  readonly url: RegExp;
  readonly amd64: string;
  readonly arm64: string;
}

/**
 * What projects call the two CPUs in the names of what they publish. Each row was held against public Dockerfiles and
 * scripts that fetch the files of both CPUs, read on 2026-11-29 and quoted beside it; the page is where the project says it
 * itself. Only those whose names are the same in every version that has both.
 */
const PROJECTS: readonly Project[] = [
  // https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
  // read: awscli-exe-linux-x86_64.zip, awscli-exe-linux-aarch64.zip
  {
    name: 'awscli.amazonaws.com',
    url: /awscli\.amazonaws\.com\/awscli-exe-linux-(\w+?)(?:-[^/]*)?\.zip/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/protocolbuffers/protobuf/releases
  // read: protoc-35.0-linux-x86_64.zip, protoc-35.0-linux-aarch_64.zip
  {
    name: 'protocolbuffers/protobuf',
    url: /github\.com\/(?:protocolbuffers|google)\/protobuf\/releases\/download\/[^/]+\/protoc-[^/]+-linux-(\w+)\.zip/,
    amd64: 'x86_64',
    arm64: 'aarch_64',
  },
  // https://nodejs.org/dist/
  // read: node-v22.14.0-linux-x64.tar.xz, node-v22.14.0-linux-arm64.tar.xz
  {
    name: 'nodejs.org',
    url: /nodejs\.org\/dist\/[^/]+\/node-v?[^/]+-linux-(\w+)\.tar/,
    amd64: 'x64',
    arm64: 'arm64',
  },
  // https://go.dev/dl/
  // read: go1.26.6.linux-amd64.tar.gz, go1.26.6.linux-arm64.tar.gz; from 1.13.9 on
  {
    name: 'go.dev',
    url: /(?:go\.dev\/dl|golang\.org\/dl|dl\.google\.com\/go|storage\.googleapis\.com\/golang)\/go[^/]+\.linux-(\w+)\.tar/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://kubernetes.io/docs/tasks/tools/install-kubectl-linux/
  // read: release/v1.27.16/bin/linux/amd64/kubectl, …/arm64/kubectl
  {
    name: 'dl.k8s.io',
    url: /(?:dl\.k8s\.io|storage\.googleapis\.com\/kubernetes-release)\/(?:release\/)?[^/]+\/bin\/linux\/(\w+)\//,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://helm.sh/docs/intro/install/
  // read: helm-v3.8.0-linux-amd64.tar.gz, helm-v…-linux-arm64.tar.gz
  { name: 'get.helm.sh', url: /get\.helm\.sh\/helm-[^/]+-linux-(\w+)\./, amd64: 'amd64', arm64: 'arm64' },
  // https://releases.hashicorp.com/terraform/
  // read: terraform_0.12.18_linux_amd64.zip, terraform_1.0.1_linux_arm64.zip
  {
    name: 'releases.hashicorp.com',
    url: /releases\.hashicorp\.com\/[^/]+\/[^/]+\/[^/]+_linux_(\w+)\.zip/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://github.com/krallin/tini/releases
  // read: v0.19.0/tini-amd64, v0.19.0/tini-arm64
  {
    name: 'krallin/tini',
    url: /github\.com\/krallin\/tini\/releases\/download\/[^/]+\/tini-(?:static-)?(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://github.com/tianon/gosu/releases
  // read: 1.17/gosu-amd64, 1.17/gosu-arm64; from 1.10 on
  {
    name: 'tianon/gosu',
    url: /github\.com\/tianon\/gosu\/releases\/download\/[^/]+\/gosu-(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://download.docker.com/linux/static/stable/
  // read: x86_64/docker-27.1.1.tgz, aarch64/docker-27.1.1.tgz
  {
    name: 'download.docker.com',
    url: /download\.docker\.com\/linux\/static\/\w+\/(\w+)\//,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/docker/compose/releases, from version 2 on
  // read: v2.39.2/docker-compose-linux-aarch64, v2.32.1/docker-compose-linux-x86_64
  {
    name: 'docker/compose',
    url: /github\.com\/docker\/compose\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?docker-compose-linux-(\w+)/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/docker/buildx/releases
  // read: buildx-v0.37.1.linux-amd64, buildx-v0.37.1.linux-arm64
  {
    name: 'docker/buildx',
    url: /github\.com\/docker\/buildx\/releases\/download\/[^/]+\/buildx-[^/]+\.linux-(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://repo.anaconda.com/miniconda/
  // read: Miniconda3-latest-Linux-x86_64.sh, Miniconda3-latest-Linux-aarch64.sh
  {
    name: 'repo.anaconda.com',
    url: /repo\.(?:anaconda\.com|continuum\.io)\/miniconda\/Miniconda\d?-[^/]+-Linux-(\w+)\.sh/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/oven-sh/bun/releases
  // read: bun-linux-x64.zip, bun-linux-aarch64.zip, of v1.4.2 too
  {
    name: 'oven-sh/bun',
    url: /github\.com\/oven-sh\/bun\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?bun-linux-(\w+)[.-]/,
    amd64: 'x64',
    arm64: 'aarch64',
  },
  // https://github.com/hadolint/hadolint/releases
  // read: hadolint-Linux-x86_64, hadolint-Linux-arm64; v2.14.0/hadolint-linux-arm64
  {
    name: 'hadolint/hadolint',
    url: /github\.com\/hadolint\/hadolint\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?hadolint-[Ll]inux-(\w+)/,
    amd64: 'x86_64',
    arm64: 'arm64',
  },
  // https://forge.rust-lang.org/infra/other-installation-methods.html
  // read: archive/1.28.2/x86_64-unknown-linux-gnu/rustup-init, …/aarch64-unknown-linux-gnu/…
  {
    name: 'static.rust-lang.org',
    url: /static\.rust-lang\.org\/rustup\/(?:dist|archive\/[^/]+)\/(\w+)-unknown-linux-/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/mikefarah/yq/releases
  // read: v4.35.1/yq_linux_amd64, v4.47.2/yq_linux_arm64
  {
    name: 'mikefarah/yq',
    url: /github\.com\/mikefarah\/yq\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?yq_linux_(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
  // https://cloud.google.com/sdk/docs/downloads-versioned-archives
  // read: google-cloud-cli-linux-x86_64.tar.gz, google-cloud-cli-linux-arm.tar.gz
  {
    name: 'dl.google.com',
    url: /dl\.google\.com\/dl\/cloudsdk\/channels\/rapid\/downloads\/google-cloud-(?:sdk|cli)-(?:[^/]+-)?linux-(\w+)\.tar/,
    amd64: 'x86_64',
    arm64: 'arm',
  },
  // https://github.com/just-containers/s6-overlay#which-architecture-to-use-depending-on-your-targetarch, from version 3 on
  // read: v3.1.6.0/s6-overlay-aarch64.tar.xz, s6-overlay-x86_64.tar.xz
  {
    name: 'just-containers/s6-overlay',
    url: /github\.com\/just-containers\/s6-overlay\/releases\/download\/[^/]+\/s6-overlay-(\w+)\.tar\.xz/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/astral-sh/uv/releases
  // read: uv-x86_64-unknown-linux-gnu.tar.gz, uv-aarch64-unknown-linux-gnu.tar.gz, -musl too
  {
    name: 'astral-sh/uv',
    url: /github\.com\/astral-sh\/uv\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?uv-(\w+)-unknown-linux-/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/denoland/deno/releases
  // read: deno-x86_64-unknown-linux-gnu.zip, deno-aarch64-unknown-linux-gnu.zip
  {
    name: 'denoland/deno',
    url: /github\.com\/denoland\/deno\/releases\/(?:latest\/)?download\/(?:[^/]+\/)?deno-(\w+)-unknown-linux-/,
    amd64: 'x86_64',
    arm64: 'aarch64',
  },
  // https://github.com/grpc-ecosystem/grpc-health-probe/releases
  // read: v0.4.24/grpc_health_probe-linux-amd64, …-linux-arm64
  {
    name: 'grpc-ecosystem/grpc-health-probe',
    url: /github\.com\/grpc-ecosystem\/grpc-health-probe\/releases\/download\/[^/]+\/grpc_health_probe-linux-(\w+)/,
    amd64: 'amd64',
    arm64: 'arm64',
  },
];

/** What stands before the word that counts, by whose it is: the group is the word. */
const PLACES: readonly {
  readonly namer: Namer;
  readonly text: RegExp;
  readonly of: (words: MachineWords) => string | undefined;
}[] = [
  // GNU's word, which for ppc64le is another than the kernel's (powerpc64le: data/cputable of dpkg). Of that one nothing is
  // said: what has `$(uname -m)` there is a file that nobody builds for it (test/container/Dockerfile of argo-cd).
  {
    namer: 'debian-folder',
    text: /^["']?\/usr\/lib\/(\w+)-linux-gnu(?:\/|$)/,
    of: ({ kernel }) => (kernel === 'ppc64le' ? undefined : kernel),
  },
  { namer: 'debian-java', text: /^["']?\/usr\/lib\/jvm\/java-\d+-openjdk-(\w+)(?:\/|$)/, of: ({ debian }) => debian },
];

/** A download that its project has under another word for the CPU. */
export function misnamedUrl(text: string, platform: Platform): Misnamed | undefined {
  if (!text.includes('://')) return undefined;
  for (const { name, url, amd64, arm64 } of PROJECTS) {
    const word = url.exec(text)?.[1];
    const of = ({ architecture }: Platform): string | undefined =>
      architecture === 'amd64' ? amd64 : architecture === 'arm64' ? arm64 : undefined;
    if (word !== undefined) return misnamed({ project: name }, word, { of, platform });
  }
  return undefined;
}

/** A folder of Debian, whose name has the word of another tool. */
export function misnamedPath(text: string, platform: Platform): Misnamed | undefined {
  for (const { namer, text: pattern, of } of PLACES) {
    const word = pattern.exec(text)?.[1];
    if (word !== undefined) return misnamed(namer, word, { of: wordBy(of), platform });
  }
  return undefined;
}

/** What is named by a tool, in the word of another one. */
export function misnamedFor(
  namer: Exclude<Namer, `debian-${string}`>,
  word: string,
  platform: Platform,
): Misnamed | undefined {
  // The SDK takes it for `x64` (RuntimeArgFunc in dotnet/sdk, src/Cli/dotnet/CommonOptions.cs, read 2026-11-29).
  if (namer === 'dotnet' && word === 'amd64') return undefined;
  const of = {
    go: ({ architecture }: Platform) => architecture,
    rust: wordBy(({ rust }) => rust),
    dotnet: wordBy(({ dotnet }) => dotnet),
    npm: wordBy(({ node }) => node),
    apt: wordBy(({ debian }) => debian),
  }[namer];
  return misnamed(namer, word, { of, platform });
}

const wordBy =
  (of: (words: MachineWords) => string | undefined) =>
  (platform: Platform): string | undefined => {
    const words = machineWords(platform);
    return words === undefined ? undefined : of(words);
  };

/** Only a word that means this very CPU and is another one than theirs: any other mistake is none of names. */
function misnamed(
  namer: Misnamed['namer'],
  word: string,
  { of, platform }: { readonly of: (platform: Platform) => string | undefined; readonly platform: Platform },
): Misnamed | undefined {
  const expected = of(platform);
  const meant = platformOfWord(word);
  if (expected === undefined || word === expected || meant === undefined || !samePlatform(meant, platform))
    return undefined;
  const words = [...EVERYBODYS, platform].flatMap((one) => {
    const theirs = of(one);
    return theirs === undefined ? [] : [[one.architecture, theirs] as const];
  });
  return { namer, word, expected, words: Object.fromEntries(words) };
}
